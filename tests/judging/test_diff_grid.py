"""The grid shows the wrong cells of a public case, what their place means and what they share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.answer_key.build import build_key
from autograder.compare import compare
from autograder.course.load import load_course
from autograder.judging.diff_grid import (
    MOST_COLUMNS,
    MOST_ROWS,
    first_wrong,
    lay_out,
    number,
    two_numbers,
)
from autograder.model.course import Case, Tolerance
from autograder.model.report import Grid, Mismatch
from autograder.model.submission import Outcome, Status
from autograder.reporting.styled_text import grid_text

AXES = ("class of Z, input", "class")
ARGUMENTS = {"Z": np.arange(3.0), "x": np.arange(2.0)}
EXPECTED = np.kron(np.eye(3), np.array([[0.5], [0.25]]))


def grid_of(expected: Any, got: Any, axes: tuple[str, ...] = ()) -> Grid | None:
    case = Case("z_dir", "group", 0, ARGUMENTS, np.asarray(expected), Tolerance())
    mismatch = compare(case, Outcome(Status.RETURNED, np.asarray(got)))
    assert mismatch is not None
    return lay_out(mismatch, axes)


def text_of(expected: Any, got: Any, axes: tuple[str, ...] = (), width: int = 80) -> str:
    grid = grid_of(expected, got, axes)
    assert grid is not None
    return "\n".join(grid_text(grid, width))


def test_a_matrix_marks_its_wrong_cells_and_shows_what_was_expected_below() -> None:
    got = EXPECTED.copy()
    got[3, 1] = 0.75
    assert text_of(EXPECTED, got, AXES) == (
        "                          class 0  class 1  class 2\n"
        "row 0 = class 0, input 0     0.5        0        0\n"
        "row 1 = class 0, input 1    0.25        0        0\n"
        "row 2 = class 1, input 0       0      0.5        0\n"
        "row 3 = class 1, input 1       0     0.75*       0\n"
        "  expected                           0.25\n"
        "row 4 = class 2, input 0       0        0      0.5\n"
        "row 5 = class 2, input 1       0        0     0.25\n"
        "All wrong cells are in row 3 (class 1, input 1); the wrong number is too far\n"
        "from zero."
    )


def test_a_vector_is_one_line_for_each_number() -> None:
    assert text_of([0.5, 0.25, 0.25], [0.5, 0.25, 0.75], ("class",)) == (
        "class 0  got 0.5\n"
        "class 1  got 0.25\n"
        "class 2  got 0.75*  expected 0.25\n"
        "1 of 3 cells is wrong; the wrong number is too far from zero."
    )


def test_a_single_number_has_no_place() -> None:
    assert text_of(1.5, -1.5) == (
        "got -1.5*  expected 1.5\nThe wrong number has the right size and the wrong sign."
    )


def test_close_numbers_get_the_digits_that_tell_them_apart() -> None:
    grid = grid_of([0.123456, 1.0], [0.123459, 1.0])
    assert grid is not None
    assert [(cell.got, cell.expected) for line in grid.lines for cell in line.cells] == [
        ("0.123459", "0.123456"),
        ("1", "1"),
    ]


@pytest.mark.parametrize(
    ("got", "pattern"),
    [
        (lambda e: -e, "off the diagonal; each of them has the right size and the wrong sign"),
        (lambda e: e + 1, "Every cell is wrong; each of them is too far from zero."),
        (lambda e: np.full_like(e, np.nan), "Every cell is wrong; each of them is NaN."),
        (lambda e: np.full_like(e, np.inf), "Every cell is wrong; each of them is infinite."),
        (lambda e: 0 * e, "Every cell is wrong; each of them is zero."),
        (lambda e: e * np.eye(3), "All wrong cells are off the diagonal; each of them is zero."),
        (lambda e: e - np.eye(3), "All wrong cells are on the diagonal"),
        (lambda e: e * [1, 1, 2], "All wrong cells are in column 2 (class 2)"),
        (lambda e: e * [[1], [2], [1]], "All wrong cells are in row 1 (class 1)"),
        (lambda e: e / 2, "Every cell is wrong; each of them is too close to zero."),
        (lambda e: e * [[1, 2, 1], [1, 1, 1], [1, 1, 3]], "2 of 9 cells are wrong"),
    ],
)
def test_the_pattern_says_what_the_wrong_cells_share(got: Any, pattern: str) -> None:
    expected = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    made = got(expected)
    if pattern.startswith("off the diagonal"):
        made[np.eye(3, dtype=bool)] *= -1
        pattern = "All wrong cells are " + pattern
    grid = grid_of(expected, made, ("class", "class"))
    assert grid is not None
    assert grid.pattern.startswith(pattern)


def test_cells_where_zero_is_expected_are_named() -> None:
    got = EXPECTED.copy()
    got[EXPECTED == 0] = 0.5
    grid = grid_of(EXPECTED, got)
    assert grid is not None
    assert grid.pattern == "12 of 18 cells are wrong; each of them should be zero."


def test_a_large_answer_is_cut_to_what_is_wrong() -> None:
    expected = np.ones((100, 50))
    got = expected.copy()
    got[40:90, 30:] = 2.0
    grid = grid_of(expected, got)
    assert grid is not None
    assert [line.row for line in grid.lines] == list(range(40, 40 + MOST_ROWS))
    assert [index for index, _ in grid.columns] == list(range(28, 28 + MOST_COLUMNS))
    assert (grid.rows_left_out, grid.columns_left_out) == (50 - MOST_ROWS, 50 - MOST_COLUMNS)
    for width in (40, 80):
        shown = grid_text(grid, width)
        assert max(map(len, shown)) <= width
        assert f"and {50 - MOST_ROWS} more rows with wrong numbers" in shown


def test_what_has_no_cells_to_compare_has_no_grid() -> None:
    assert grid_of([1.0, 2.0], [[1.0, 2.0]]) is None
    assert grid_of(np.ones((2, 2, 2)), np.zeros((2, 2, 2))) is None


def test_meanings_that_do_not_fit_the_case_are_left_out() -> None:
    for axes in (("class of Q, input", "class"), ("class of x, class of Z, a of x",), ()):
        grid = grid_of(EXPECTED, EXPECTED + 1, axes)
        assert grid is not None
        assert {line.meaning for line in grid.lines} == {""}


def test_the_axes_of_the_course_fit_its_public_cases() -> None:
    course = load_course(Path(__file__).parents[2])
    key = build_key(course)
    for exercise in course.exercises:
        case = key.cases[exercise.name][0]
        assert len(exercise.axes) == case.expected.ndim
        mismatch = compare(case, Outcome(Status.RETURNED, case.expected + 1.0))
        assert mismatch is not None
        grid = lay_out(mismatch, exercise.axes)
        assert grid is not None
        assert case.expected.ndim == 0 or all(line.meaning for line in grid.lines)
        assert max(map(len, grid_text(grid))) <= 80
        if exercise.name == "z_dir":
            assert grid.lines[7].meaning == "class 2, input 1"


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float16, np.longdouble, complex])
def test_every_numeric_type_can_be_shown(dtype: Any) -> None:
    grid = grid_of([5.5, 1.0], np.array([0, 1], dtype=dtype))
    assert grid is not None
    assert grid.lines[0].cells[0].expected == "5.5"


def mismatch(expected: Any, got: Any) -> Mismatch:
    case = Case("e", "g", 0, {}, np.asarray(expected), Tolerance())
    found = compare(case, Outcome(Status.RETURNED, np.asarray(got)))
    assert found is not None
    return found


def test_the_first_wrong_cell_is_found() -> None:
    assert first_wrong(mismatch([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [0.0, 0.0]])) == (1, 0)
    assert first_wrong(mismatch(1.0, 2.0)) == ()
    assert first_wrong(mismatch([1.0], [[1.0]])) is None


def test_one_that_is_not_finite_comes_first() -> None:
    assert first_wrong(mismatch([1.0, 2.0, 3.0], [9.0, 2.0, np.nan])) == (2,)


@pytest.mark.parametrize(
    ("got", "expected", "texts"),
    [
        (0.5, 0.25, ("0.5", "0.25")),
        (1.0000001, 1.0, ("1.0000001", "1")),
        (0.1 + 0.2, 0.3, ("0.30000000000000004", "0.29999999999999999")),
        (np.nan, 1.0, ("nan", "1")),
        (1 + 2j, 1 - 2j, ("1+2j", "1-2j")),
        (np.True_, 0.5, ("1", "0.5")),
    ],
)
def test_two_numbers_are_told_apart(got: Any, expected: Any, texts: tuple[str, str]) -> None:
    assert two_numbers(got, expected) == texts


def test_a_number_has_at_most_so_many_digits() -> None:
    assert number(np.float64(1 / 3), 4) == "0.3333"
    assert number(np.uint64(2**63), 4) == "9.223e+18"
