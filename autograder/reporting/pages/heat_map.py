"""Draws a wrong answer beside the right one and their difference, as coloured cells in SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite

from autograder.model import Cell, Grid
from autograder.reporting.pages.html import Html, tag
from autograder.reporting.pages.meter import MINUS

LEVELS = 6
"""Shades of each sign; the style sheet has as many."""

_CELL = 22
_GAP = 2
_TITLE = 20
_TICKS = 14
_LETTER = 6.3
"""Width of a letter of the labels, on average, at the most."""
_BOLD_LETTER = 8.2
_BESIDE = 30
_DIFFERENCE = f"yours {MINUS} expected"

Numbers = Sequence[Sequence[float]]


def heat_map(grid: Grid, description: str) -> Html:
    """One picture of three maps; cells that are wrong bear a cross.

    The maps stand beside one another unless they are wider than high. `description` is what the
    picture says, for those who cannot see it.
    """
    got, expected = _numbers(grid, _got), _numbers(grid, _expected)
    wrong = [[float(cell.wrong) for cell in line.cells] for line in grid.lines]
    rows, columns = [_row_label(grid, row) for row in range(len(grid.lines))], _column_labels(grid)
    if grid.dimensions == 1:  # a vector reads from left to right
        got, expected, wrong = _turned(got), _turned(expected), _turned(wrong)
        rows, columns = [""], [str(line.index) for line in grid.lines]
    scale = _largest(expected) or _largest(got) or 1.0
    difference = _minus(got, expected)
    maps = (
        ("expected", expected, None, scale),
        ("yours", got, wrong, scale),
        (_DIFFERENCE, difference, wrong, _largest(difference) or 1.0),
    )
    margin = max(map(len, rows)) * _LETTER + (6 if any(rows) else 0)
    width = max(len(columns) * _CELL, len(_DIFFERENCE) * _BOLD_LETTER)
    height = _TITLE + _TICKS + len(rows) * _CELL
    stacked = len(columns) > 2 * len(rows) and len(columns) > 6
    drawn: list[Html] = []
    for place, (title, numbers, marks, top) in enumerate(maps):
        x, y = (0.0, place * (height + 10)) if stacked else (place * (width + _BESIDE), 0.0)
        labels = rows if stacked or place == 0 else ()
        drawn.append(_map(title, numbers, marks, top, labels, columns, (margin + x, y)))
    across = margin + (width if stacked else 3 * width + 2 * _BESIDE)
    down = 3 * height + 20 if stacked else height
    return tag(
        "svg",
        tag("title", description),
        drawn,
        class_="maps",
        role="img",
        viewBox=f"0 0 {across:.0f} {down:.0f}",
        width=round(across),
        height=round(down),
    )


def legend(grid: Grid) -> Html:
    """What the colours mean, from the most negative to the most positive."""
    got, expected = _numbers(grid, _got), _numbers(grid, _expected)
    scale = _largest(expected) or _largest(got) or 1.0
    apart = _largest(_minus(got, expected))
    steps = range(-LEVELS, LEVELS + 1)
    bar = [
        tag("path", class_=_shade(step), d=f"M{(step + LEVELS) * 12} 0h12v10h-12z")
        for step in steps
    ]
    picture = tag(
        "svg", bar, class_="bar", width=156, height=10, viewBox="0 0 156 10", aria_hidden="true"
    )
    beside = f"; the difference reaches {apart:.3g}" if apart else ""
    words = f" {scale:.3g}{beside}. A cross marks a wrong cell."
    return tag("p", f"{MINUS}{scale:.3g} ", picture, tag("span", words), class_="legend")


def _map(
    title: str,
    numbers: Numbers,
    marks: Numbers | None,
    top: float,
    rows: Iterable[str],
    columns: Sequence[str],
    corner: tuple[float, float],
) -> Html:
    """One map with its title and labels; one path for all the cells of a shade keeps it small."""
    x, y = corner
    shades: dict[str, list[str]] = {}
    crosses: list[str] = []
    for row, line in enumerate(numbers):
        for column, number in enumerate(line):
            left, up = column * _CELL, row * _CELL
            size = _CELL - _GAP
            shade = _shade_of(number, top)
            shades.setdefault(shade, []).append(f"M{left} {up}h{size}v{size}h-{size}z")
            if marks is not None and marks[row][column]:
                crosses.append(f"M{left + 7} {up + 7}l6 6m0-6l-6 6")
    cells = [tag("path", class_=shade, d="".join(paths)) for shade, paths in shades.items()]
    if crosses:
        d = "".join(crosses)
        cells += [tag("path", class_="halo", d=d), tag("path", class_="cross", d=d)]
    ticks = (
        _label(label, (column + 0.5) * _CELL - _GAP / 2, -4, "middle")
        for column, label in enumerate(columns)
    )
    names = (_label(label, -6, (row + 0.5) * _CELL + 2.5, "end") for row, label in enumerate(rows))
    heading = tag("text", title, class_="name", x=0, y=-_TICKS - 4)
    return tag(
        "g", heading, ticks, names, cells, transform=f"translate({x:g} {y + _TITLE + _TICKS:g})"
    )


def _label(text: str, x: float, y: float, anchor: str) -> Html:
    return tag("text", text, x=x, y=y, text_anchor=anchor) if text else Html()


def _row_label(grid: Grid, row: int) -> str:
    line = grid.lines[row]
    return line.meaning or str(line.index)


def _column_labels(grid: Grid) -> list[str]:
    return [str(index) for index, _ in grid.columns]


def _numbers(grid: Grid, text: Callable[[Cell], str]) -> list[list[float]]:
    return [[_number(text(cell)) for cell in line.cells] for line in grid.lines]


def _got(cell: Cell) -> str:
    return cell.got


def _expected(cell: Cell) -> str:
    return cell.expected


def _minus(got: Numbers, expected: Numbers) -> Numbers:
    rows = zip(got, expected, strict=True)
    return [[one - other for one, other in zip(*row, strict=True)] for row in rows]


def _number(text: str) -> float:
    """NaN also for a complex number, which has no place on the scale."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _largest(numbers: Numbers) -> float:
    return max((abs(one) for line in numbers for one in line if isfinite(one)), default=0.0)


def _shade_of(number: float, top: float) -> str:
    if not isfinite(number):
        return "odd"
    # Cut off before it is rounded: the share of a huge number may be infinite.
    level = round(max(-1.0, min(1.0, number / top)) * LEVELS)
    if level == 0 and number:  # almost zero is not zero
        level = 1 if number > 0 else -1
    return _shade(level)


def _shade(level: int) -> str:
    return "z" if level == 0 else f"{'p' if level > 0 else 'n'}{abs(level)}"


def _turned(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*rows, strict=True)]
