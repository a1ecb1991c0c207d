"""Writes the grid of a wrong answer as plain text, with a star at each wrong number."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence

from autograder.model import Grid, Line
from autograder.text import number_of

_GAP = "  "
_RIGHT, _WRONG = " ", "*"


def grid_text(grid: Grid, width: int = 80) -> list[str]:
    """The grid in lines of at most `width` characters. Nothing is said by colour.

    A number that is wrong has a star; of a matrix, what was expected stands in the line below.
    """
    left_out = 0
    if grid.dimensions < 2:
        lines = list(_aligned([_entry(grid, line) for line in grid.lines], str.ljust))
    else:
        rows, left_out = _matrix(grid, width)
        lines = list(_aligned(rows, str.rjust))
    lines = [_cut(line, width) for line in lines]
    notes = []
    if grid.rows_left_out:
        notes.append(f"and {number_of(grid.rows_left_out, 'more row')} with wrong numbers")
    if left_out + grid.columns_left_out:
        notes.append(f"and {number_of(left_out + grid.columns_left_out, 'more column')}")
    return [
        *lines,
        *(line for note in (*notes, grid.pattern) for line in textwrap.wrap(note, width)),
    ]


def _entry(grid: Grid, line: Line) -> list[str]:
    """One number of a vector, or the only one."""
    (cell,) = line.cells
    label = [_place(line.index, line.meaning)] if grid.dimensions else []
    expected = f"expected {cell.expected}" if cell.wrong else ""
    return [*label, f"got {cell.got}{_mark(cell.wrong)}", expected]


def _matrix(grid: Grid, width: int) -> tuple[list[list[str]], int]:
    """The rows of a table with as many columns as fit, and how many do not."""
    rows: list[list[str]] = [["", *(meaning or str(index) for index, meaning in grid.columns)]]
    for line in grid.lines:
        cells = line.cells
        rows.append(
            [_place(line.index, line.meaning), *(cell.got + _mark(cell.wrong) for cell in cells)]
        )
        if any(cell.wrong for cell in cells):
            below = (cell.expected + _RIGHT if cell.wrong else "" for cell in cells)
            rows.append(["  expected", *below])
    widths = _widths(rows)
    fitting, used = 0, widths[0]
    for column in widths[1:]:
        used += len(_GAP) + column
        fitting += used <= width
    fitting = max(fitting, 1)
    return [row[: fitting + 1] for row in rows], len(widths) - 1 - fitting


def _place(index: int, meaning: str) -> str:
    """`class 2` says the index itself; of two things counted in one axis it has to be told."""
    if "," in meaning:
        return f"row {index} = {meaning}"
    return meaning or f"row {index}"


def _mark(wrong: bool) -> str:
    return _WRONG if wrong else _RIGHT


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _aligned(rows: Sequence[Sequence[str]], justify: Callable[[str, int], str]) -> Iterator[str]:
    widths = _widths(rows)
    for row in rows:
        first, *others = row
        cells = [first.ljust(widths[0])]
        cells += [justify(cell, width) for cell, width in zip(others, widths[1:], strict=True)]
        yield _GAP.join(cells).rstrip()


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
