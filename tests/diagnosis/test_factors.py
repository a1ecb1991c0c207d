"""A factor is named where it holds for all answers, and is more than a coincidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.evidence import Wrong, readings
from autograder.diagnosis.factors import cut_off, proportional, scaled, shifted, zeros
from autograder.model import Case, Tolerance

VALUES = np.array([0.5, 2.0, -3.0])


def case(expected: Any, size: int = 3) -> Case:
    arguments = {"x": np.ones(size), "W": np.ones((2, size)), "start": np.ones(3)}
    return Case("e", "g", 0, arguments, np.asarray(expected), Tolerance())


def name_of(*wrong: tuple[Any, Any], passing: tuple[Case, ...] = ()) -> str | None:
    found = scaled(readings([Wrong(one, np.asarray(got)) for one, got in wrong], passing))
    return found.name if found else None


@pytest.mark.parametrize(
    ("factor", "name"),
    [
        (-1.0, "negated"),
        (2.0, "factor_2"),
        (-2.0, "minus_factor_2"),
        (np.log(2), "factor_ln2"),
        (3.0, "multiplied_by_length_of_x"),
        (-1 / 3, "minus_divided_by_length_of_x"),
        (7.5, "factor_constant"),
        (1.0 + 1e-4, None),
        (0.0, None),
        (np.nan, None),
    ],
)
def test_factors_and_their_names(factor: float, name: str | None) -> None:
    assert name_of((case(VALUES), factor * VALUES)) == name


def test_a_size_is_told_from_a_number_by_a_second_case() -> None:
    first, second = (case(VALUES, 2), 2 * VALUES), (case(VALUES, 5), 5 * VALUES)
    assert name_of(first) == "factor_2"
    assert name_of(first, second) == "multiplied_by_length_of_x"


def test_a_right_answer_that_the_factor_would_change_is_a_contradiction() -> None:
    assert name_of((case(VALUES), 2 * VALUES), passing=(case(VALUES),)) is None
    assert name_of((case(VALUES), 2 * VALUES), passing=(case(0 * VALUES),)) == "factor_2"


def test_changes_to_an_argument_are_read_too() -> None:
    assert name_of((case(VALUES), 2 - VALUES)) == "step_negated"
    assert name_of((case(VALUES), 2 * VALUES - 1)) == "step_factor_2"
    assert name_of((case(VALUES), np.ones(3))) == "returns_its_argument"


def test_shifts_zeros_and_proportions() -> None:
    one = Wrong(case(VALUES), VALUES + 0.3)
    assert shifted([one]) is not None
    assert shifted([one, Wrong(case(VALUES), 2 * VALUES)]) is None
    assert shifted([Wrong(case(1.0), np.array(2.0))]) is None
    assert zeros([Wrong(case(VALUES), 0 * VALUES)], ()) is not None
    assert zeros([Wrong(case(VALUES), np.zeros(0))], ()) is None
    assert zeros([Wrong(case(VALUES), 0 * VALUES)], (case(VALUES),)) is None
    each = [Wrong(case(VALUES), factor * VALUES) for factor in (1.5, 2.5)]
    assert proportional(each, ()) is not None
    assert proportional(each, (case(VALUES),) * 2) is None
    assert proportional([Wrong(case([2.0, 2.0]), np.array([3.0, 3.0]))], ()) is None


@pytest.mark.parametrize(
    ("right", "got", "passing", "cut"),
    [
        ([-3.0, 0.5, 2.0, 4.0], [-1.0, 0.5, 1.0, 1.0], [0.5], True),
        ([-3.0, 0.5, 2.0, 4.0], [-1.0, 0.5, 1.0, 1.0], [9.0], False),
        ([-3.0, 0.5, 2.0, 4.0], [-1.0, 0.6, 1.0, 1.0], [0.5], False),
        ([0.5, 4.0], [0.5, 1.0], [0.5], False),
    ],
)
def test_numbers_beyond_a_limit(right: Any, got: Any, passing: Any, cut: bool) -> None:
    ways = readings([Wrong(case(right), np.asarray(got))], [case(passing)])
    assert bool(cut_off(ways)) is cut
