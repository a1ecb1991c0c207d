"""A factor is named where it holds for all answers, and is more than a coincidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.arithmetic import (
    added,
    argument_returned,
    combined,
    cut_off,
    inexact,
    lost_digits,
    misused,
    proportional,
    scaled,
    shifted,
    transformed,
    whole,
    zeros,
)
from autograder.model.course import Case, Tolerance
from tests.support.evidence import evidence_of

VALUES = np.array([0.5, 2.0, -3.0])


def case(expected: Any, size: int = 3) -> Case:
    arguments = {"x": np.ones(size), "W": np.ones((2, size)), "start": np.ones(3)}
    return Case("e", "g", 0, arguments, np.asarray(expected), Tolerance())


def name_of(*wrong: tuple[Any, Any], passing: tuple[Case, ...] = ()) -> str | None:
    found = scaled(evidence_of(wrong, passing))
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


def test_an_argument_that_is_returned_is_named_whatever_its_shape() -> None:
    one = (case(VALUES), np.ones((2, 3)))
    found = argument_returned(evidence_of([one]))
    assert found is not None
    assert "You return W unchanged" in found.hints[0]
    assert argument_returned(evidence_of([one, (case(VALUES), np.ones((3, 2)))])) is None
    assert argument_returned(evidence_of([one], passing=[case(VALUES)])) is None


def test_small_whole_numbers_wrap() -> None:
    wide = np.array([2.7, 300.2])
    assert whole(evidence_of([(case(wide), wide.astype(np.uint8))]))
    assert not whole(evidence_of([(case(wide), wide.astype(np.uint8) + 1)]))


def test_shifts_zeros_and_proportions() -> None:
    one = (case(VALUES), VALUES + 0.3)
    assert shifted(evidence_of([one])) is not None
    assert shifted(evidence_of([one, (case(VALUES), 2 * VALUES)])) is None
    assert shifted(evidence_of([(case(1.0), 2.0)])) is None
    assert zeros(evidence_of([(case(VALUES), 0 * VALUES)])) is not None
    assert zeros(evidence_of([(case(VALUES), np.zeros(0))])) is None
    assert zeros(evidence_of([(case(VALUES), 0 * VALUES)], [case(VALUES)])) is None
    each = [(case(VALUES), factor * VALUES) for factor in (1.5, 2.5)]
    assert proportional(evidence_of(each)) is not None
    assert proportional(evidence_of(each, [case(VALUES)] * 2)) is None
    assert proportional(evidence_of([(case([2.0, 2.0]), [3.0, 3.0])])) is None


@pytest.mark.parametrize(
    ("right", "got", "passing", "cut"),
    [
        ([-3.0, 0.5, 2.0, 4.0, 0.1, 0.2], [-1.0, 0.5, 1.0, 1.0, 0.1, 0.2], [0.5], True),
        ([-3.0, 0.5, 2.0, 4.0], [-1.0, 0.5, 1.0, 1.0], [0.5], False),
        ([-3.0, 0.5, 2.0, 4.0], [1.0, 1.0, 1.0, 1.0], [0.5], False),
        ([-3.0, 0.5, 2.0, 4.0], [-1.0, 0.5, 1.0, 1.0], [9.0], False),
        ([-3.0, 0.5, 2.0, 4.0], [-1.0, 0.6, 1.0, 1.0], [0.5], False),
        ([0.5, 4.0], [0.5, 1.0], [0.5], False),
    ],
)
def test_numbers_beyond_a_limit(right: Any, got: Any, passing: Any, cut: bool) -> None:
    assert bool(cut_off(evidence_of([(case(right), got)], [case(passing)]))) is cut


# --- an argument as a factor or a term --------------------------------------------------------

X, S = np.array([0.3, -2.0]), np.array([0.5, 0.75, 4.0])
W = np.arange(6.0).reshape(2, 3)
ARGUMENTS = {"W": W, "x": X, "S": S, "rate": 0.7}
OUTER, FLAT = np.outer(X, S), np.outer(S, X).ravel()


def factor_of(expected: Any, got: Any, passing: tuple[Any, ...] = ()) -> str | None:
    def case(values: Any) -> Case:
        return Case("e", "g", 0, ARGUMENTS, np.asarray(values), Tolerance())

    found = misused(evidence_of([(case(expected), got)], [case(one) for one in passing]))
    return found.name if found else None


@pytest.mark.parametrize(
    ("expected", "got", "name"),
    [
        (OUTER, np.ones((2, 1)) * S, "factor_x_missing"),
        (OUTER, np.ones(3) * X[:, None], "factor_S_missing"),
        (OUTER, OUTER * S, "factor_S_too_many"),
        (FLAT, np.repeat(S, 2), "factor_x_missing"),
        (FLAT, np.tile(X, 3), "factor_S_missing"),
        (FLAT, FLAT * np.tile(X, 3), "factor_x_too_many"),
        (FLAT, FLAT / 0.7, "factor_rate_missing"),
        (W - 0.7 * OUTER, W - OUTER, "factor_rate_missing"),
        (W - 0.7 * OUTER, W - 0.49 * OUTER, "factor_rate_too_many"),
        (OUTER, OUTER + 1, None),
        (OUTER, OUTER.T, None),
        (np.array(2.0), np.array(3.0), None),
    ],
)
def test_a_factor_that_is_missing_or_one_too_many(
    expected: Any, got: Any, name: str | None
) -> None:
    assert factor_of(expected, got) == name


def test_a_right_answer_with_such_a_factor_is_a_contradiction() -> None:
    assert factor_of(FLAT, np.repeat(S, 2), passing=(FLAT,)) is None
    assert factor_of(FLAT, np.repeat(S, 2), passing=(0 * FLAT,)) == "factor_x_missing"


def test_a_multiple_of_an_argument_is_added() -> None:
    def found(got: Any, *passing: Any) -> bool:
        cases = [Case("e", "g", 0, ARGUMENTS, one, Tolerance()) for one in (OUTER, *passing)]
        return bool(added(evidence_of([(cases[0], got)], cases[1:])))

    assert found(OUTER + 0.3 * W)
    assert not found(OUTER + 0.3 * W * W)
    assert not found(OUTER + 0.3 * W, OUTER)


@pytest.mark.parametrize(
    ("got", "right", "name"),
    [
        ([1.5, 4.0, -1.0], None, "a_plus_b"),
        ([-0.5, 0.0, -5.0], None, "a_minus_b"),
        ([0.5, 0.0, 5.0], None, "b_minus_a"),
        ([0.5, 4.0, -6.0], None, "a_times_b"),
        ([2.0, 1.0, -2 / 3], None, "b_over_a"),
        ([0.5, 0.0, 4.0], None, None),
        ([0.5, 0.0, 5.0], [9.0, 9.0, 9.0], None),  # another right answer speaks against it
        ([0.5, 0.0, 5.0], [0.5, 0.0, 5.0], "b_minus_a"),
    ],
)
def test_two_arguments_are_combined(got: Any, right: Any, name: str | None) -> None:
    arguments = {"a": np.array([0.5, 2.0, -3.0]), "b": np.array([1.0, 2.0, 2.0]), "c": 3.0}
    cases = [
        Case("e", "g", 0, arguments, np.asarray(one), Tolerance())
        for one in ([7.0, 8.0, 9.5], right)
        if one
    ]
    found = combined(evidence_of([(cases[0], got)], cases[1:]))
    assert (found and found.name) == name


def test_two_numbers_are_too_few_for_a_combination() -> None:
    arguments = {"a": np.array([0.5, 2.0]), "b": np.array([1.0, 2.0])}
    case = Case("e", "g", 0, arguments, np.array([7.0, 8.0]), Tolerance())
    assert combined(evidence_of([(case, [0.5, 0.0])])) is None


# --- a function of each number ----------------------------------------------------------------

POSITIVE = np.array([0.25, 2.0, 3.0])


@pytest.mark.parametrize(
    ("got", "name"),
    [
        (1 / POSITIVE, "reciprocal"),
        (POSITIVE**2, "squared"),
        (POSITIVE**0.5, "square_root"),
        (np.exp(POSITIVE), "exponential"),
        (np.log(POSITIVE), "logarithm"),
        (1 - POSITIVE, "one_minus"),
        (POSITIVE - 1, "minus_one"),
        (POSITIVE + 1, "plus_one"),
        (np.sin(POSITIVE), None),
        (POSITIVE[:2], None),
    ],
)
def test_functions_and_their_names(got: Any, name: str | None) -> None:
    found = transformed(evidence_of([(case(POSITIVE), got)]))
    assert (found.name if found else None) == name


def test_one_number_is_no_evidence_and_a_right_one_may_contradict() -> None:
    assert transformed(evidence_of([(case(3.0), 9.0)])) is None
    assert transformed(evidence_of([(case(POSITIVE), POSITIVE**2)], [case(POSITIVE)])) is None
    assert transformed(evidence_of([(case(POSITIVE), POSITIVE**2)], [case([0.0, 1.0])])) is not None


# --- lost digits ------------------------------------------------------------------------------

DIGITS = np.array([0.123456789, 22.987654321, -3.14159265])


@pytest.mark.parametrize(
    ("got", "name"),
    [
        (np.round(DIGITS, 2), "rounded"),
        (np.round(DIGITS, 4), "rounded"),
        (DIGITS.astype(np.float16), "half_precision"),
        (DIGITS.astype(np.float16).astype(float), "half_precision"),
        ((DIGITS + 5e-4).astype(np.float32), "inexact"),
        (DIGITS * (1 + 5e-5), "inexact"),
        (DIGITS * 1.1, None),
        (DIGITS[:2], None),
        (DIGITS * np.nan, None),
    ],
)
def test_how_digits_were_lost(got: Any, name: str | None) -> None:
    seen = evidence_of([(case(DIGITS), got)])
    found = lost_digits(seen) or inexact(seen)
    assert (found.name if found else None) == name


def test_float32_is_named_where_it_is_too_coarse() -> None:
    exact = Case("e", "g", 0, {}, DIGITS, Tolerance(1e-12, 0.0))
    held = DIGITS.astype(np.float32).astype(np.float64)
    found = lost_digits(evidence_of([(exact, held)]))
    assert found is not None
    assert found.name == "single_precision"


def test_a_right_answer_with_more_digits_speaks_against_rounding() -> None:
    found = lost_digits(evidence_of([(case(DIGITS), np.round(DIGITS, 2))], [case(DIGITS)]))
    assert found is None or found.name != "rounded"


def test_fractions_that_were_dropped() -> None:
    for make in (np.trunc, np.floor, np.rint):
        assert whole(evidence_of([(case(DIGITS), make(DIGITS))])) is not None
    assert whole(evidence_of([(case(DIGITS), np.trunc(DIGITS))], [case(DIGITS)])) is None
    assert whole(evidence_of([(case(DIGITS), DIGITS.astype(int))], [case(DIGITS)])) is not None
    assert whole(evidence_of([(case(DIGITS), np.zeros(3))])) is None
