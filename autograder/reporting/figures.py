"""The pages' SVG figures: a wrong answer next to the expected one, and a histogram of marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from markupsafe import Markup

from autograder.model.report import Grid
from autograder.reporting.class_results import Summary, Vector, histogram
from autograder.reporting.document import MINUS, macro
from autograder.reporting.styled_text import Numbers, grid_numbers, largest_size
from autograder.text import number_of

LEVELS = 6
"""Shades of each sign; the style sheet defines as many."""

_CELL = 22
_GAP = 2
_TITLE = 20
_TICKS = 14
_LETTER = 6.3
"""The maximum average width of a letter in labels."""
_BOLD_LETTER = 8.2
_BESIDE = 30
_DIFFERENCE = f"yours {MINUS} expected"

_WIDTH, _HEIGHT = 720.0, 190.0
_BELOW, _ABOVE = 24.0, 64.0
_AXIS_TICKS = 5
_LABEL, _LABEL_HEIGHT = 140.0, 22.0
"""The room for a line's name, in the large letters of a narrow screen."""

_PICTURES = 512
"""Cached figures, about ten thousand characters each; many students share the same ones."""


@dataclass(frozen=True)
class _Label:
    text: str
    x: float
    y: float
    anchor: str


# --- a wrong answer next to the expected one --------------------------------------------------


@dataclass(frozen=True)
class _Map:
    """One of the three maps; all cells of a shade share one path, to keep the SVG small."""

    title: str
    x: float
    y: float
    labels: list[_Label]
    cells: dict[str, str]
    """SVG paths by shade."""
    crosses: str
    """An SVG path; empty if no cell is wrong."""


@lru_cache(_PICTURES)
def grid_figure(grid: Grid, group: str) -> Markup:
    """A picture with a caption and a table of the numbers; for a scalar, no picture."""
    if grid.dimensions < 2:
        heads = ["place", "yours", "expected"] if grid.dimensions else ["yours", "expected"]
    else:
        heads = ["place", *(meaning or str(index) for index, meaning in grid.columns)]
    left_out = []
    if grid.rows_left_out:
        left_out.append(f"{number_of(grid.rows_left_out, 'more row')} with wrong numbers")
    if grid.columns_left_out:
        left_out.append(f"{number_of(grid.columns_left_out, 'more column')}")
    wrong = sum(cell.wrong for line in grid.lines for cell in line.cells)
    description = (
        f"Three maps of {group}: what was expected, your answer, and their difference. "
        f"{number_of(wrong, 'cell')} shown {'is' if wrong == 1 else 'are'} wrong. "
        f"{grid.pattern} The numbers follow as a table."
    )
    single = grid.dimensions == 0
    return macro("figures.html", "grid_figure")(
        grid,
        group,
        "" if single else heat_map(grid, description),
        "" if single else legend(grid),
        heads,
        left_out,
    )


def heat_map(grid: Grid, description: str) -> Markup:
    """One picture of three maps; wrong cells are marked with a cross.

    The maps are side by side, or stacked if they are much wider than high. `description` is the
    alternative text for people who cannot see the picture.
    """
    expected, got, wrong = grid_numbers(grid)
    rows = [line.meaning or str(line.row) for line in grid.lines]
    columns = [str(index) for index, _ in grid.columns]
    if grid.dimensions == 1:  # a vector reads from left to right
        rows, columns = [""], [str(line.row) for line in grid.lines]
    scale = largest_size(expected) or largest_size(got) or 1.0
    difference = _minus(got, expected)
    margin = max(map(len, rows)) * _LETTER + (6 if any(rows) else 0)
    width = max(len(columns) * _CELL, len(_DIFFERENCE) * _BOLD_LETTER)
    height = _TITLE + _TICKS + len(rows) * _CELL
    stacked = len(columns) > 2 * len(rows) and len(columns) > 6
    maps = []
    for place, (title, numbers, marks, top) in enumerate(
        (
            ("expected", expected, None, scale),
            ("yours", got, wrong, scale),
            (_DIFFERENCE, difference, wrong, largest_size(difference) or 1.0),
        )
    ):
        x, y = (0.0, place * (height + 10)) if stacked else (place * (width + _BESIDE), 0.0)
        labels = _labels(rows if stacked or place == 0 else (), columns)
        cells, crosses = _cells(numbers, marks, top)
        maps.append(_Map(title, margin + x, y + _TITLE + _TICKS, labels, cells, crosses))
    across = margin + (width if stacked else 3 * width + 2 * _BESIDE)
    down = 3 * height + 20 if stacked else height
    return macro("figures.html", "heat_map")(maps, description, round(across), round(down))


def legend(grid: Grid) -> Markup:
    """The meaning of the colours, from the most negative to the most positive."""
    expected, got, _ = grid_numbers(grid)
    scale = largest_size(expected) or largest_size(got) or 1.0
    apart = largest_size(_minus(got, expected))
    shades = [_shade(step) for step in range(-LEVELS, LEVELS + 1)]
    return macro("figures.html", "legend")(f"{scale:.3g}", f"{apart:.3g}" * bool(apart), shades)


def _labels(rows: Sequence[str], columns: Sequence[str]) -> list[_Label]:
    ticks = [
        _Label(label, (column + 0.5) * _CELL - _GAP / 2, -4, "middle")
        for column, label in enumerate(columns)
        if label
    ]
    names = [
        _Label(label, -6, (row + 0.5) * _CELL + 2.5, "end")
        for row, label in enumerate(rows)
        if label
    ]
    return ticks + names


def _cells(
    numbers: Numbers, marks: Sequence[Sequence[bool]] | None, top: float
) -> tuple[dict[str, str], str]:
    shades: dict[str, list[str]] = {}
    crosses: list[str] = []
    size = _CELL - _GAP
    for row, line in enumerate(numbers):
        for column, number in enumerate(line):
            left, up = column * _CELL, row * _CELL
            path = f"M{left} {up}h{size}v{size}h-{size}z"
            shades.setdefault(_shade_of(number, top), []).append(path)
            if marks is not None and marks[row][column]:
                crosses.append(f"M{left + 7} {up + 7}l6 6m0-6l-6 6")
    return {shade: "".join(paths) for shade, paths in shades.items()}, "".join(crosses)


def _minus(got: Numbers, expected: Numbers) -> Numbers:
    rows = zip(got, expected, strict=True)
    return [[one - other for one, other in zip(*row, strict=True)] for row in rows]


def _shade_of(number: float, top: float) -> str:
    if not isfinite(number):
        return "odd"
    # Clip before rounding: the quotient of a huge number may be infinite.
    level = round(max(-1.0, min(1.0, number / top)) * LEVELS)
    if level == 0 and number:  # a non-zero number must not look like zero
        level = 1 if number > 0 else -1
    return _shade(level)


def _shade(level: int) -> str:
    return "z" if level == 0 else f"{'p' if level > 0 else 'n'}{abs(level)}"


# --- histogram of marks -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Bar:
    range: str
    count: int
    left: float
    up: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True)
class _Line:
    """A line at the mean or the median, distinguished by their dashes."""

    name: str
    value: float
    x: float
    label: _Label


def histogram_figure(scores: Vector, top: float, summary: Summary) -> Markup:
    """A histogram of `scores` from 0 to `top`, with lines at the mean and the median."""
    counts = histogram(scores, top)
    return macro("figures.html", "histogram")(
        width=_WIDTH,
        height=_HEIGHT + _BELOW + _ABOVE,
        base=_ABOVE + _HEIGHT,
        step=top / len(counts),
        summary=summary,
        bars=list(_bars(counts, top / len(counts))),
        ticks=[_tick(place, top) for place in range(_AXIS_TICKS + 1)],
        lines=list(_lines(summary, top)),
    )


def _bars(counts: Sequence[int], step: float) -> Iterator[_Bar]:
    width, most = _WIDTH / len(counts), max(max(counts), 1)
    for place, count in enumerate(counts):
        height = max(2.0, _HEIGHT * count / most)
        low, high = place * step, (place + 1) * step
        under = "" if place == len(counts) - 1 else "under "
        yield _Bar(
            range=f"{low:g} to {under}{high:g}",
            count=count,
            left=place * width + 1.5,
            up=_ABOVE + _HEIGHT - height,
            width=width - 3,
            height=height,
            middle=place * width + width / 2,
        )


def _tick(place: int, top: float) -> _Label:
    anchor = {0: "start", _AXIS_TICKS: "end"}.get(place, "middle")
    text = f"{top * place / _AXIS_TICKS:g}"
    return _Label(text, _WIDTH * place / _AXIS_TICKS, _ABOVE + _HEIGHT + 17, anchor)


def _lines(summary: Summary, top: float) -> Iterator[_Line]:
    """Lines with their names on the sides that face away from each other."""
    both = sorted([(summary.mean, "mean"), (summary.median, "median")])
    for row, (value, name) in enumerate(both):
        x = _WIDTH * min(max(value / top, 0.0), 1.0) if top > 0 else 0.0
        leans = x > _LABEL if row == 0 else x > _WIDTH - _LABEL
        label = _Label(
            f"{name} {value:.1f}",
            x + (-5 if leans else 5),
            18 + _LABEL_HEIGHT * row,
            "end" if leans else "start",
        )
        yield _Line(name, value, x, label)
