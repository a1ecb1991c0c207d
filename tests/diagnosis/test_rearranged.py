"""Rearrangements are found for every wrong answer together, and never against a right one."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.diagnosis.evidence import Wrong
from autograder.diagnosis.rearranged import arrangement, reordered, reshaped, signs
from autograder.model import Case, Tolerance

MATRIX = np.arange(1.0, 13.0).reshape(6, 2)
ARGUMENTS = {"x": np.ones(3), "S": np.ones(2)}


def case(expected: Any) -> Case:
    return Case("e", "g", 0, ARGUMENTS, np.asarray(expected), Tolerance())


def wrong(expected: Any, got: Any) -> Wrong:
    return Wrong(case(expected), np.asarray(got))


def test_a_flat_order_needs_a_size_of_an_argument() -> None:
    vector = np.arange(6.0)
    swapped = vector.reshape(2, 3).T.ravel()
    found = arrangement([wrong(vector, swapped)], [])
    assert found is not None
    assert found.name == "flat_index_order"
    lone = Wrong(Case("e", "g", 0, {"n": 6}, vector, Tolerance()), swapped)
    assert arrangement([lone], []) is None


def test_all_wrong_answers_need_the_same_explanation() -> None:
    both = [wrong(MATRIX, MATRIX.T), wrong(MATRIX, MATRIX.sum(axis=0))]
    assert arrangement(both, []) is None
    assert [found.name for one in both if (found := arrangement([one], []))] == [
        "transposed",
        "summed",
    ]


def test_what_would_change_a_right_answer_is_no_explanation() -> None:
    square = MATRIX[:2]
    assert arrangement([wrong(square, square.T)], [case(MATRIX)]) is None
    assert arrangement([wrong(square, square.T)], [case(np.eye(2))]) is not None


def test_another_shape_with_the_same_numbers() -> None:
    found = reshaped([wrong(MATRIX, MATRIX.ravel(order="F")), wrong([1.0], 1.0)])
    assert found is not None
    assert found.name == "right_values_wrong_shape"
    assert reshaped([wrong(MATRIX, MATRIX)]) is None
    assert reshaped([wrong(MATRIX, MATRIX.ravel()[::-1])]) is None


def test_signs_and_order() -> None:
    mixed = np.array([1.0, -2.0, 3.0])
    found = [signs([wrong(mixed, got)], []) for got in (abs(mixed), mixed[::1] * [1, 1, -1])]
    assert [one.name for one in found if one] == ["sign_lost", "some_signs_wrong"]
    assert signs([wrong(mixed, 2 * mixed)], []) is None
    assert reordered([wrong(mixed, mixed[::-1])]) is not None
    assert reordered([wrong(mixed, mixed + 1)]) is None


def test_a_long_vector_is_never_made_a_matrix() -> None:
    long = np.ones(100_000)
    assert arrangement([wrong(long, 2 * long)], []) is None
