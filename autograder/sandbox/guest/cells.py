"""Turns the text of a notebook cell into Python."""

from __future__ import annotations

import re

# Cell magics whose cell is Python all the same; any other makes it another language.
_PYTHON_MAGICS = {"time", "timeit", "capture", "prun", "python", "python3", "pypy"}
_LINE = re.compile(r"^(\s*)([%!].*|\?.*|.*\?\s*)$")
_ASSIGNMENT = re.compile(r"^(\s*[\w\s,.\[\]]+=\s*)[%!].*$")


def python_of(cell: str) -> str:
    """The cell without what only a notebook understands; "" where it is another language.

    Lines keep their numbers. Call it for a cell that does not compile as it is: in one that does,
    `%` is an operator and `?` stands in a string.
    """
    lines = cell.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        words = lines[first][2:].split()
        if not words or words[0] not in _PYTHON_MAGICS:
            return ""
        lines[first] = ""
    return "\n".join(_ASSIGNMENT.sub(r"\1None", _LINE.sub(r"\1pass", line)) for line in lines)
