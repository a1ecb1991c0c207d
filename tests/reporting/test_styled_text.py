from __future__ import annotations

from autograder.model.report import Cell, Grid, Line
from autograder.reporting.styled_text import (
    Span,
    cut,
    grid_text,
    line,
    painted,
    plain,
    text_of,
    wrapped,
)


def test_paint_is_taken_off_again():
    lines = [(Span("m", "bold red"), Span("!"))]
    assert painted(lines) == "\x1b[1;31mm\x1b[0m!\n"
    assert plain(painted(lines)) == text_of(lines) == "m!\n"


def test_no_style_is_no_code():
    assert painted([line("wrong"), (), (Span("", "red"),)]) == "wrong\n\n\n"


def test_a_line_is_cut_within_its_spans():
    two = (Span("passed", "green"), Span(" double", "bold"))
    assert cut(two, 13) == two
    assert cut(two, 9) == (Span("passed", "green"), Span(" d", "bold"), Span("…"))
    assert cut(two, 4) == (Span("pas", "green"), Span("…"))


def test_lines_after_the_first_may_hang():
    assert text_of(wrapped("one two three", 8, 1, hanging=2)) == " one two\n   three\n"


# --- the grid as text: stars for wrong numbers, never wider than it may be ---


RIGHT, WRONG = Cell("0.5", "0.5", False), Cell("0.75", "0.25", True)


def a_grid(*rows: tuple[str, tuple[Cell, ...]], dimensions: int = 2, **more: int) -> Grid:
    lines = tuple(Line(index, meaning, cells) for index, (meaning, cells) in enumerate(rows))
    columns = tuple((index, "") for index in range(len(rows[0][1])))
    return Grid(dimensions, columns, lines, more.get("rows", 0), more.get("columns", 0), "Why.")


def test_a_matrix_says_what_was_expected_below_a_wrong_number() -> None:
    grid = a_grid(("class 0, input 0", (RIGHT, WRONG)), ("", (RIGHT, RIGHT)))
    assert grid_text(grid) == [
        "                             0      1",
        "row 0 = class 0, input 0  0.5   0.75*",
        "  expected                      0.25",
        "row 1                     0.5    0.5",
        "Why.",
    ]


def test_a_vector_says_it_on_the_same_line() -> None:
    grid = a_grid(("class 0", (RIGHT,)), ("class 1", (WRONG,)), dimensions=1)
    assert grid_text(grid) == ["class 0  got 0.5", "class 1  got 0.75*  expected 0.25", "Why."]


def test_a_single_number_has_no_place() -> None:
    assert grid_text(a_grid(("", (WRONG,)), dimensions=0))[0] == "got 0.75*  expected 0.25"


def test_what_is_left_out_is_counted() -> None:
    grid = a_grid(("", (WRONG,) * 10), rows=3, columns=2)
    assert grid_text(grid, 40)[-3:] == [
        "and 3 more rows with wrong numbers",
        "and 8 more columns",
        "Why.",
    ]


def test_one_that_is_left_out_is_one() -> None:
    grid = a_grid(("", (WRONG,)), rows=1, columns=1)
    assert grid_text(grid)[-3:-1] == ["and 1 more row with wrong numbers", "and 1 more column"]


def test_no_line_is_too_wide() -> None:
    grid = a_grid(("a class with a long name, an input", (WRONG,) * 10), rows=3, columns=2)
    for width in (20, 30, 50, 80):
        assert max(map(len, grid_text(grid, width))) <= width
