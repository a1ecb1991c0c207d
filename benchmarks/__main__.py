"""`python -m benchmarks`: prints tables; with `--json FILE`, also writes them as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.base import base
from benchmarks.checking import checks
from benchmarks.material import Material, load_material
from benchmarks.measure import Measured, in_turns
from benchmarks.mistakes import mistakes
from benchmarks.others import nbgrader, otter_and_pytest
from benchmarks.ours import ALL_LAYERS, FORMS, forms
from benchmarks.whole_class import Grown, clusters, grow, peak_megabytes, workers


def main() -> None:
    options = _options()
    materials = load_material()
    quick = materials["quick"]
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print(f"{platform.system()} {platform.release()}, {os.cpu_count()} cores")
    print(f"one submission with full marks: {quick.calls} calls\n")
    times = {"fork": _forks(materials, options.runs, options.base)}
    if options.only_forks:
        return
    with (
        forms(quick) as ours,
        workers(quick) as pools,
        tempfile.TemporaryDirectory() as folder,
    ):
        fast = in_turns(ours | pools, options.runs)
        others = otter_and_pytest(quick, Path(folder))
        if options.nbgrader:
            others |= nbgrader(quick, Path(folder), options.nbgrader)
        else:
            print("nbgrader: not measured; give --nbgrader PYTHON of an environment that has it\n")
        times["submission"] = [*fast, *in_turns(others, options.slow_runs)]
    _show("one submission", times["submission"], fast[-1])
    with mistakes(materials["plain"]) as graded:
        times["mistakes"] = in_turns(graded, options.runs)
    _show("one submission with mistakes", times["mistakes"], times["mistakes"][0])
    with clusters(quick) as dask:
        times["cluster"] = in_turns(dask, options.slow_runs)
    _show("one submission of a class, on Dask", times["cluster"], times["cluster"][-1])
    times["check"] = in_turns(checks(), options.runs)
    _show("one check of the stubs", times["check"], times["check"][0])
    grown = [
        grow(quick, size, workers)
        for size in options.sizes
        for workers in (1, 2)
        if workers == 2 or size <= options.most_alone
    ]
    _show_growth(grown)
    if options.json:
        rows = {name: list(map(asdict, found)) for name, found in times.items()}
        found = {"times": rows, "growth": list(map(asdict, grown))}
        options.json.write_text(json.dumps(found, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs and few submissions")
    parser.add_argument("--runs", type=int, default=25, help="runs of everything fast")
    parser.add_argument(
        "--slow-runs", type=int, default=3, help="runs of otter, pytest and nbgrader"
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1000, 10_000])
    parser.add_argument(
        "--most-alone", type=int, default=1000, help="submissions for one worker; two do more"
    )
    parser.add_argument("--nbgrader", metavar="PYTHON", help="an interpreter that has nbgrader")
    parser.add_argument("--base", type=Path, metavar="DIR", help="a checkout to compare with")
    parser.add_argument(
        "--only-forks", action="store_true", help="measure only the floor and the base"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    if options.quick:
        options.runs, options.slow_runs, options.sizes = 5, 1, [50, 200]
    return options


def _forks(
    materials: Mapping[str, Material], runs: int, base_folder: Path | None
) -> list[Measured]:
    """Measure all layers next to the floor, for each submission."""
    rows = []
    for name, material in materials.items():
        with (
            forms(material, {ALL_LAYERS: FORMS[ALL_LAYERS]}) as pair,
            base(base_folder, name) as before,
        ):
            things = {f"{name}: {what}": run for what, run in {**pair, **before}.items()}
            measured = in_turns(things, runs)
        _show(f"{name} submission", measured, measured[0])
        rows += measured
    return rows


def _show(title: str, rows: list[Measured], unit: Measured) -> None:
    print(f"{title:<40}  median ms  fastest ms   ratio   MB")
    for row in rows:
        times = f"{row.median * 1e3:9.1f}  {row.fastest * 1e3:10.1f}"
        print(f"{row.name:<40}  {times}  {row.median / unit.median:6.2f}  {row.megabytes:4.0f}")
    print(flush=True)


def _show_growth(grown: list[Grown]) -> None:
    print("submissions  workers  ms each  MB here  descriptors  children")
    for one in grown:
        print(
            f"{one.submissions:>11,}  {one.workers:>7}  {one.seconds_each * 1e3:7.1f}"
            f"  {one.megabytes:7.0f}  {one.descriptors:>11}  {one.children:>8}"
        )
    own, children = peak_megabytes()
    print(f"\npeak memory: {own:.0f} MB here, {children:.0f} MB in the largest child")


main()
