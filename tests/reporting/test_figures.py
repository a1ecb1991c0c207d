"""The picture shows every cell, wrong ones with a cross, and fits what it is given."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sample_class import GRID, MARKUP

from autograder.model.report import Cell, Grid, Line
from autograder.reporting.figures import LEVELS, grid_figure, heat_map, legend


def vector(*cells: tuple[str, str], dimensions: int = 1) -> Grid:
    lines = tuple(
        Line(place, f"class {place}", (Cell(got, expected, got != expected),))
        for place, (got, expected) in enumerate(cells)
    )
    return Grid(dimensions, ((0, ""),), lines, 0, 0, "1 of 2 cells is wrong.")


def squares(picture: str) -> dict[str, int]:
    """How many cells have each shade."""
    found: dict[str, int] = {}
    for shade, path in re.findall(r'<path class="(z|odd|[pn]\d)" d="([^"]*)"', picture):
        found[shade] = found.get(shade, 0) + path.count("M")
    return found


def crosses(picture: str) -> int:
    return sum(path.count("M") for path in re.findall(r'class="cross" d="([^"]*)"', picture))


def test_three_maps_have_every_cell_and_two_of_them_crosses() -> None:
    picture = heat_map(GRID, "what it says")
    assert sum(squares(picture).values()) == 3 * 6
    assert crosses(picture) == 2 * 2
    assert picture.startswith('<svg class="maps" role="img"')
    assert "<title>what it says</title>" in picture
    assert re.findall(r'class="name"[^>]*>([^<]*)', picture) == [
        "expected",
        "yours",
        "yours \N{MINUS SIGN} expected",
    ]
    assert picture.count(">class 1, input 0<") == 1


def test_shades_follow_size_and_sign() -> None:
    grid = vector(("-1", "-1"), ("0", "0"), ("0.001", "0.001"), ("0.5", "0.5"), ("2", "1"))
    picture = heat_map(grid, "")
    expected, yours, difference = re.findall(r"<g .*?</g>", picture)
    assert squares(expected) == {f"n{LEVELS}": 1, "z": 1, "p1": 1, "p3": 1, f"p{LEVELS}": 1}
    assert squares(yours) == squares(expected)
    assert squares(difference) == {"z": 4, f"p{LEVELS}": 1}
    assert crosses(expected) == 0
    assert crosses(yours) == crosses(difference) == 1


@pytest.mark.parametrize("got", ["nan", "inf", "-inf", "1+2j", "True", MARKUP])
def test_what_has_no_place_on_the_scale_is_odd(got: str) -> None:
    picture = heat_map(vector((got, "1"), ("2", "2")), "")
    assert squares(picture)["odd"] == 2
    assert "script" not in picture
    assert "nan" not in picture


@pytest.mark.parametrize(
    "numbers",
    [("0", "0"), ("nan", "nan"), ("1e300", "-1e308"), ("1e308", "1e-5"), ("-1e308", "5e-324")],
)
def test_no_scale_is_too_small_or_too_large(numbers: tuple[str, str]) -> None:
    grid = vector(numbers, ("0", "0"))
    assert sum(squares(heat_map(grid, "")).values()) == 6
    assert "legend" in legend(grid)


def test_a_vector_lies_down_and_a_wide_matrix_stacks_its_maps() -> None:
    flat = heat_map(vector(*[("1", "1")] * 5), "")
    assert "class 0" not in flat
    assert flat.count('text-anchor="middle">4<') == 3
    wide = replace(
        GRID,
        columns=tuple((place, "") for place in range(12)),
        lines=tuple(line._replace(cells=line.cells * 6) for line in GRID.lines),
    )
    size = r'viewBox="0 0 (\d+) (\d+)"'
    (across, down), (narrow, low) = (
        map(int, re.search(size, heat_map(grid, "")).groups())  # type: ignore[union-attr]
        for grid in (wide, GRID)
    )
    assert down > 3 * 3 * 22
    assert across < 3 * 12 * 22
    assert narrow > 3 * 2 * 22
    assert low < down


def test_the_figure_says_in_words_and_numbers_what_it_shows() -> None:
    figure = grid_figure(GRID, "the worked example")
    assert "<strong>Your answer to the worked example. </strong>2 of 6 cells are wrong." in figure
    assert '<th scope="row">1: class 0, input 1</th><td><b>✗ nan</b>' in figure
    assert "<small>expected -0.125</small>" in figure
    assert '<th scope="col">class 1</th>' in figure
    assert "2 cells shown are wrong" in figure


def test_a_single_wrong_cell_is_in_the_singular() -> None:
    lines = tuple(
        line._replace(
            cells=tuple(cell._replace(wrong=(n, m) == (0, 0)) for m, cell in enumerate(line.cells))
        )
        for n, line in enumerate(GRID.lines)
    )
    assert "1 cell shown is wrong" in grid_figure(replace(GRID, lines=lines), "the worked example")


def test_a_single_number_needs_no_picture() -> None:
    figure = grid_figure(vector(("1", "2"), dimensions=0), "the worked example")
    assert "<svg" not in figure
    assert "<details open>" in figure
    assert "<td><b>✗ 1</b></td><td>2</td>" in figure


def test_what_is_not_shown_is_said() -> None:
    figure = grid_figure(replace(GRID, rows_left_out=3, columns_left_out=2), "g")
    assert "Not shown: 3 more rows with wrong numbers and 2 more columns." in figure
