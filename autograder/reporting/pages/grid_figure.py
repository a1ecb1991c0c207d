"""Shows a wrong public answer: a picture, what the wrong cells have in common, the numbers."""

from __future__ import annotations

from autograder.model import Cell, Grid, Line
from autograder.reporting.pages.heat_map import heat_map, legend
from autograder.reporting.pages.html import Html, tag


def grid_figure(grid: Grid, group: str) -> Html:
    """A figure with a caption; the picture is left out where there is a single number."""
    caption = tag("figcaption", tag("strong", f"Your answer to {group}. "), grid.pattern)
    single = grid.dimensions == 0
    picture = None
    if not single:
        picture = tag("div", heat_map(grid, _description(grid, group)), class_="scroll")
    missing = _left_out(grid)
    numbers = tag(
        "details",
        tag("summary", "The numbers"),
        tag("div", _numbers(grid), class_="scroll"),
        tag("p", missing) if missing else None,
        open=single,
    )
    return tag("figure", caption, picture, None if single else legend(grid), numbers)


def _description(grid: Grid, group: str) -> str:
    wrong = sum(cell.wrong for line in grid.lines for cell in line.cells)
    return (
        f"Three maps of {group}: what was expected, your answer, and their difference. "
        f"{wrong} cells shown are wrong. {grid.pattern} The numbers follow as a table."
    )


def _numbers(grid: Grid) -> Html:
    if grid.dimensions < 2:
        heads = ["place", "yours", "expected"] if grid.dimensions else ["yours", "expected"]
        rows = [_entry(grid, line) for line in grid.lines]
    else:
        heads = ["place", *(meaning or str(index) for index, meaning in grid.columns)]
        rows = [_matrix_row(line) for line in grid.lines]
    return tag(
        "table",
        tag("thead", tag("tr", (tag("th", head, scope="col") for head in heads))),
        tag("tbody", rows),
        class_="numbers",
    )


def _entry(grid: Grid, line: Line) -> Html:
    (cell,) = line.cells
    place = tag("th", _place(line), scope="row") if grid.dimensions else None
    return tag("tr", place, tag("td", _got(cell)), tag("td", cell.expected))


def _matrix_row(line: Line) -> Html:
    cells = (
        tag("td", _got(cell), tag("small", f"expected {cell.expected}") if cell.wrong else None)
        for cell in line.cells
    )
    return tag("tr", tag("th", _place(line), scope="row"), cells)


def _place(line: Line) -> str:
    return f"{line.index}: {line.meaning}" if line.meaning else str(line.index)


def _got(cell: Cell) -> str | Html:
    return tag("b", f"✗ {cell.got}") if cell.wrong else cell.got


def _left_out(grid: Grid) -> str:
    left_out = []
    if grid.rows_left_out:
        left_out.append(f"{grid.rows_left_out} more rows with wrong numbers")
    if grid.columns_left_out:
        left_out.append(f"{grid.columns_left_out} more columns")
    return f"Not shown: {' and '.join(left_out)}." if left_out else ""
