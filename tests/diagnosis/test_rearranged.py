"""Rearrangements are found for every wrong answer together, and never against a right one."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.diagnosis.evidence import Evidence
from autograder.diagnosis.rearranged import arrangement, reordered, reshaped, signs
from autograder.model import Case, Tolerance
from tests.support.evidence import evidence_of

MATRIX = np.arange(1.0, 13.0).reshape(6, 2)
ARGUMENTS = {"x": np.ones(3), "S": np.ones(2)}


def case(expected: Any) -> Case:
    return Case("e", "g", 0, ARGUMENTS, np.asarray(expected), Tolerance())


def seen(*pairs: tuple[Any, Any], passing: Any = ()) -> Evidence:
    """Of pairs of what was expected and what came back."""
    return evidence_of([(case(expected), got) for expected, got in pairs], map(case, passing))


def test_a_flat_order_needs_a_size_of_an_argument() -> None:
    vector = np.arange(6.0)
    swapped = vector.reshape(2, 3).T.ravel()
    found = arrangement(seen((vector, swapped)))
    assert found is not None
    assert found.name == "flat_index_order"
    lone = Case("e", "g", 0, {"n": 6}, vector, Tolerance())
    assert arrangement(evidence_of([(lone, swapped)])) is None


def test_all_wrong_answers_need_the_same_explanation() -> None:
    both = [(MATRIX, MATRIX.T), (MATRIX, MATRIX.sum(axis=0))]
    assert arrangement(seen(*both)) is None
    assert [found.name for one in both if (found := arrangement(seen(one)))] == [
        "transposed",
        "summed",
    ]


def test_what_would_change_a_right_answer_is_no_explanation() -> None:
    square = MATRIX[:2]
    assert arrangement(seen((square, square.T), passing=[MATRIX])) is None
    assert arrangement(seen((square, square.T), passing=[np.eye(2)])) is not None


def test_another_shape_with_the_same_numbers() -> None:
    found = reshaped(seen((MATRIX, MATRIX.ravel(order="F")), ([1.0], 1.0)))
    assert found is not None
    assert found.name == "right_values_wrong_shape"
    assert reshaped(seen((MATRIX, MATRIX + 1))) is None
    assert reshaped(seen((MATRIX, MATRIX.ravel()[::-1]))) is None


def test_signs_and_order() -> None:
    mixed = np.array([1.0, -2.0, 3.0])
    found = [signs(seen((mixed, got))) for got in (abs(mixed), mixed[::1] * [1, 1, -1])]
    assert [one.name for one in found if one] == ["sign_lost", "some_signs_wrong"]
    assert signs(seen((mixed, 2 * mixed))) is None
    assert reordered(seen((mixed, mixed[::-1]))) is not None
    assert reordered(seen((mixed, mixed + 1))) is None


def test_a_long_vector_is_never_made_a_matrix() -> None:
    long = np.ones(100_000)
    assert arrangement(seen((long, 2 * long))) is None
