"""The wrong cell to show is the first one, with enough digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.compare import compare
from autograder.judging.wrong_cells import first_wrong, number, two_numbers
from autograder.model import Case, Mismatch, Outcome, Status, Tolerance


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
