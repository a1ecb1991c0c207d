"""What people would use instead, on the same submission and cases: otter, pytest, nbgrader."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.material import HAND_IN, Material
from benchmarks.measure import Run, in_a_row

_PYTHON = (sys.executable, "-m")
_CHECK = """
import numpy as np

def check(functions):
    key = np.load({key!r})
    for number in range({first}, {last}):
        arguments = [key[f"{{number}}_{{at}}"] for at in range(int(key[f"{{number}}_count"]))]
        arguments = [each if each.ndim else each.item() for each in arguments]
        got = functions[{name!r}](*arguments)
        assert np.allclose(got, key[f"{{number}}_expected"])
"""
_OTTER_TEST = """
from otter.test_files import test_case
OK_FORMAT = False
name = {name!r}
points = 1.0
{check}
@test_case()
def test_all(env):
    check(env)
"""
_PYTEST_TEST = """
import submission
{check}
def test_all():
    check(vars(submission))
"""


def otter_and_pytest(material: Material, folder: Path) -> dict[str, Run]:
    """For each program, a function that grades the submission once, with files in `folder`."""
    key = folder / "key.npz"
    for name, (first, last) in _write_key(material, key).items():
        check = _check_text(key, first, last, name)
        for kind, text in (("otter", _OTTER_TEST), ("plain", _PYTEST_TEST)):
            path = folder / kind / f"test_{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.format(name=name, check=check))
    (folder / "plain" / "submission.py").write_bytes(HAND_IN.read_bytes())
    archive = folder / "autograder.zip"
    generate = [*_PYTHON, "otter", "generate", "-t", str(folder / "otter"), "-o", str(archive)]
    _run([*generate, "--no-config", "--no-requirements", "--no-environment"], folder)
    run_otter = [*_PYTHON, "otter", "run", "-a", str(archive), "-o", str(folder), "--no-logo"]
    plain = [*_PYTHON, "pytest", "-q", "-p", "no:cacheprovider", str(folder / "plain")]
    return {
        "otter run": in_a_row(lambda: _run([*run_otter, str(HAND_IN)], folder), 1),
        "otter.api.grade_submission": in_a_row(lambda: _grade_in_process(archive), 1),
        "pytest": in_a_row(lambda: _run(plain, folder / "plain"), 1),
    }


def nbgrader(material: Material, folder: Path, python: str) -> dict[str, Run]:
    """A function that grades the submission once, by nbgrader in the interpreter `python`.

    nbgrader is not one of our dependencies: it needs other versions of packages that otter needs.
    """
    course = folder / "nbgrader"
    key = folder / "key.npz"
    cells = [_cell("code", HAND_IN.read_text())]
    for name, (first, last) in _write_key(material, key).items():
        text = _check_text(key, first, last, name) + "\ncheck(globals())"
        cells.append(_cell(f"test_{name}", text, points=1))
    for place in ("source/week", "submitted/full/week"):
        path = course / place / "hand_in.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(_notebook(cells)))
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    _run([python, "-m", "nbgrader", "generate_assignment", "week"], course)
    autograde = [python, "-m", "nbgrader", "autograde", "week", "--force"]
    return {"nbgrader autograde": in_a_row(lambda: _run(autograde, course), 1)}


def _check_text(key: Path, first: int, last: int, name: str) -> str:
    """The source of `check(functions)`, which compares these cases of one exercise."""
    return _CHECK.format(key=str(key), first=first, last=last, name=name)


def _write_key(material: Material, path: Path) -> dict[str, tuple[int, int]]:
    """Write all cases to `path`; return the range of each exercise's cases."""
    arrays: dict[str, np.ndarray] = {}
    ranges = {}
    number = 0
    for name, cases in material.assignment.key.cases.items():
        first = number
        for case in cases:
            for at, value in enumerate(case.arguments.values()):
                arrays[f"{number}_{at}"] = np.asarray(value)
            arrays[f"{number}_count"] = np.asarray(len(case.arguments))
            arrays[f"{number}_expected"] = case.expected
            number += 1
        ranges[name] = (first, number)
    np.savez(path, allow_pickle=False, **arrays)
    return ranges


def _grade_in_process(archive: Path) -> None:
    from otter.api import grade_submission

    with contextlib.redirect_stdout(io.StringIO()):
        results = grade_submission(str(HAND_IN), str(archive), quiet=True)
    if results.total != results.possible:
        raise RuntimeError(f"otter gave {results.total} of {results.possible}")


def _run(command: list[str], folder: Path) -> None:
    """Run the command. Raises RuntimeError with the end of its output if it fails."""
    # nbgrader calls programs of its own environment by their names
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-500:]}{done.stderr[-500:]}")


def _cell(name: str, text: str, points: int = 0) -> dict[str, object]:
    about: dict[str, object] = {
        "grade": points > 0,
        "grade_id": name,
        "locked": points > 0,
        "schema_version": 3,
        "solution": points == 0,
        "task": False,
    }
    if points:
        about["points"] = points
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"nbgrader": about},
        "source": text,
        "outputs": [],
        "execution_count": None,
    }


def _notebook(cells: list[dict[str, object]]) -> dict[str, object]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
