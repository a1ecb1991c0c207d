"""Turns stubs into notebooks, and public test groups into otter's test files."""

from __future__ import annotations

import ast
import json
from typing import Any

from autograder.model import Exercise, Part

_FIRST = """\
# Run this cell first: it makes the checks below work. Leave the notebook in the folder that it
# came in: workbench.py and tests/ lie beside it.
try:
    import otter
except ModuleNotFoundError:  # the same checks, without otter
    from autograder.integrations import notebook_check as otter

grader = otter.Notebook({notebook}, tests_dir="tests")"""

# Not otter's check_all(): it would also check the functions of the other parts' notebooks.
_LAST = """\
# Every check of this part once more. These groups are not all: `autograder check` names those
# that are run only when your work is graded.
for exercise in {exercises}:
    print(grader.check(exercise))"""


def notebook_text(stub: str, part: Part) -> str:
    """The text of `exercises/<part>.ipynb`: the cells of `stub` with a check after each exercise.

    The cells that check are otter's own and work without it too. The same stub gives the same
    text: cells are numbered, and nothing of the machine or the time gets in.
    """
    import jupytext

    checked = [e.name for e in part.exercises if any(group.public for group in e.groups)]
    cells: list[_Cell] = []
    for cell in jupytext.reads(stub, fmt="py:percent").cells:
        if cell.cell_type == "code" and not any(kind == "code" for kind, _, _ in cells):
            cells.append(_check(_FIRST.format(notebook=json.dumps(f"{part.name}.ipynb"))))
        tags = {"tags": list(cell.metadata["tags"])} if cell.metadata.get("tags") else {}
        cells.append((cell.cell_type, cell.source, tags))
        if cell.cell_type == "code":
            defined = _functions(cell.source)
            cells += [_check(f"grader.check({json.dumps(n)})") for n in checked if n in defined]
    cells.append(_check(_LAST.format(exercises=json.dumps(checked))))
    notebook = {
        "cells": [_json(number, *cell) for number, cell in enumerate(cells, 1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


_Cell = tuple[str, str, dict[str, Any]]
"""Its type, its source and its metadata."""


def _check(source: str) -> _Cell:
    return "code", source, {"deletable": False, "editable": False}


def _json(number: int, kind: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    cell = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": metadata,
        "source": source.splitlines(keepends=True),
    }
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell


def _functions(source: str) -> set[str]:
    try:
        nodes = ast.parse(source).body
    except SyntaxError:  # a line such as `%matplotlib inline`
        return set()
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}


HEADER = "# Made by `autograder sync` from course.yaml; what is changed here is lost.\n"

_TOP = """\
from otter.test_files import test_case

from autograder.integrations.notebook_check import check_public

OK_FORMAT = False
name = {name}
all_or_nothing = False
"""

# Otter takes the decorated values of the module's namespace: two functions of one name would be
# one test, so they are numbered.
_CASE = """

@test_case(name={title}, points={points})
def group_{number}(env):
    check_public({exercise}, {group}, env)
"""


def otter_test(exercise: Exercise) -> str | None:
    """The text of `exercises/tests/<exercise>.py`; None for an exercise without a public group.

    The file holds no inputs and no answers: it asks `check_public`, which finds both in the
    public key beside the exercises and says the same as `autograder check`.
    """
    public = [group for group in exercise.groups if group.public]
    if not public:
        return None
    cases = (
        _CASE.format(
            title=quoted(f"{exercise.name}: {group.name}"),
            points=f"{group.points:g}",
            number=number,
            exercise=quoted(exercise.name),
            group=quoted(group.name),
        )
        for number, group in enumerate(public, 1)
    )
    return HEADER + _TOP.format(name=quoted(exercise.name)) + "".join(cases)


def quoted(text: str) -> str:
    """`text` as a Python literal in double quotes, as the formatter writes it."""
    return json.dumps(text)
