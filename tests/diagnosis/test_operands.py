"""A missing or an extra factor is found along each axis, whichever index runs faster."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.evidence import Wrong, readings
from autograder.diagnosis.operands import added, misused
from autograder.model import Case, Tolerance

X, S = np.array([0.3, -2.0]), np.array([0.5, 0.75, 4.0])
W = np.arange(6.0).reshape(2, 3)
ARGUMENTS = {"W": W, "x": X, "S": S, "rate": 0.7}
OUTER, FLAT = np.outer(X, S), np.outer(S, X).ravel()


def name_of(expected: Any, got: Any, passing: tuple[Any, ...] = ()) -> str | None:
    def case(values: Any) -> Case:
        return Case("e", "g", 0, ARGUMENTS, np.asarray(values), Tolerance())

    found = misused(readings([Wrong(case(expected), got)], [case(one) for one in passing]))
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
    assert name_of(expected, got) == name


def test_a_right_answer_with_such_a_factor_is_a_contradiction() -> None:
    assert name_of(FLAT, np.repeat(S, 2), passing=(FLAT,)) is None
    assert name_of(FLAT, np.repeat(S, 2), passing=(0 * FLAT,)) == "factor_x_missing"


def test_a_multiple_of_an_argument_is_added() -> None:
    def found(got: Any, *passing: Any) -> bool:
        cases = [Case("e", "g", 0, ARGUMENTS, one, Tolerance()) for one in (OUTER, *passing)]
        return bool(added(readings([Wrong(cases[0], got)], cases[1:])))

    assert found(OUTER + 0.3 * W)
    assert not found(OUTER + 0.3 * W * W)
    assert not found(OUTER + 0.3 * W, OUTER)
