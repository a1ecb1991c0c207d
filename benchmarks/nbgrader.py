"""nbgrader's autograde, on the same submission and cases as a notebook."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.material import HAND_IN, Material
from benchmarks.measure import Run, in_a_row
from benchmarks.others import check_text, run, write_key


def nbgrader(material: Material, folder: Path, python: str) -> dict[str, Run]:
    """It as a function that grades the submission once, by an interpreter that has nbgrader.

    It is no dependency of ours: it wants other versions of what otter wants too.
    """
    course = folder / "nbgrader"
    key = folder / "key.npz"
    cells = [_cell("code", HAND_IN.read_text())]
    for name, (first, last) in write_key(material, key).items():
        text = check_text(key, first, last, name) + "\ncheck(globals())"
        cells.append(_cell(f"test_{name}", text, points=1))
    for place in ("source/week", "submitted/full/week"):
        path = course / place / "hand_in.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(_notebook(cells)))
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    run([python, "-m", "nbgrader", "generate_assignment", "week"], course)
    autograde = [python, "-m", "nbgrader", "autograde", "week", "--force"]
    return {"nbgrader autograde": in_a_row(lambda: run(autograde, course), 1)}


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
