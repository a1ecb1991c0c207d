"""Text for a terminal: styled spans, and the grid of a wrong answer as text or numbers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from autograder.model.report import Grid, Line
from autograder.text import number_of

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True)
class Span:
    """Text with a style: words out of `bold dim red green yellow cyan`, or ""."""

    text: str
    style: str = ""


Styled = tuple[Span, ...]
"""One line. Styles only add emphasis: the text is complete without them."""


def line(text: str, style: str = "") -> Styled:
    """A line in a single style."""
    return (Span(text, style),)


def wrapped(
    text: str, width: int, indent: int = 0, style: str = "", hanging: int = 0
) -> list[Styled]:
    """Wrap `text` to lines of at most `width` characters, each indented by `indent` spaces.

    All lines but the first are indented by `hanging` more.
    """
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
    )
    return [line(each, style) for each in lines]


def cut(styled: Styled, width: int) -> Styled:
    """The line cut to `width` characters, ending in an ellipsis if it was cut."""
    if sum(len(span.text) for span in styled) <= width:
        return styled
    kept, room = [], width - 1
    for span in styled:
        kept.append(Span(span.text[:room], span.style))
        room -= len(kept[-1].text)
    return (*(span for span in kept if span.text), Span("…"))


def text_of(lines: Iterable[Styled]) -> str:
    """The lines without styles, each with a newline."""
    return "".join("".join(span.text for span in each) + "\n" for each in lines)


def painted(lines: Iterable[Styled]) -> str:
    """The lines with ANSI escape codes, each with a newline."""
    return "".join("".join(map(_painted, each)) + "\n" for each in lines)


def _painted(span: Span) -> str:
    codes = ";".join(_CODES[word] for word in span.style.split())
    return f"\x1b[{codes}m{span.text}\x1b[0m" if codes and span.text else span.text


def plain(text: str) -> str:
    """`text` without the escape codes that `painted` added."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


# --- the grid of a wrong answer, with a star at each wrong number -----------------------------

_GAP = "  "
_RIGHT, _WRONG = " ", "*"


def grid_text(grid: Grid, width: int = 80) -> list[str]:
    """The grid as lines of at most `width` characters, without colours.

    Wrong numbers are marked with a star; for a matrix, the expected numbers are in the line below.
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


Numbers = Sequence[Sequence[float]]


def grid_numbers(grid: Grid) -> tuple[Numbers, Numbers, Sequence[Sequence[bool]]]:
    """The expected numbers, the student's, and which of these are wrong, row by row, for pictures.

    A vector is a single row. What is not a real number is NaN: it has no place on a scale.
    """
    rows = [line.cells for line in grid.lines]
    if grid.dimensions == 1:
        rows = [tuple(cell for cells in rows for cell in cells)]
    return (
        [[_number(cell.expected) for cell in cells] for cells in rows],
        [[_number(cell.got) for cell in cells] for cells in rows],
        [[cell.wrong for cell in cells] for cells in rows],
    )


def largest_size(numbers: Numbers) -> float:
    """The largest absolute value of the finite numbers; 0 if there are none."""
    return max((abs(one) for row in numbers for one in row if isfinite(one)), default=0.0)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _entry(grid: Grid, line: Line) -> list[str]:
    """The cells of one number of a vector, or of a scalar."""
    (cell,) = line.cells
    label = [_place(line.row, line.meaning)] if grid.dimensions else []
    expected = f"expected {cell.expected}" if cell.wrong else ""
    return [*label, f"got {cell.got}{_mark(cell.wrong)}", expected]


def _matrix(grid: Grid, width: int) -> tuple[list[list[str]], int]:
    """The rows of a table with as many columns as fit, and the number of columns left out."""
    rows: list[list[str]] = [["", *(meaning or str(index) for index, meaning in grid.columns)]]
    for line in grid.lines:
        cells = line.cells
        rows.append(
            [_place(line.row, line.meaning), *(cell.got + _mark(cell.wrong) for cell in cells)]
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
    """The label of a row; the index is added if the meaning covers several axes."""
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
