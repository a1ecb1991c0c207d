"""Rearrangements are found for every wrong answer together, and never against a right one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.arrangement import (
    among_others,
    arrangement,
    diagonal,
    left_out,
    reordered,
    reshaped,
    signs,
)
from autograder.diagnosis.evidence import Evidence
from autograder.model.course import Case, Tolerance
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


def test_the_right_part_of_many_may_be_the_last() -> None:
    steps = [(MATRIX, np.stack([0 * MATRIX, MATRIX])), (MATRIX, MATRIX[None])]
    assert among_others(seen(*steps)) is not None
    assert among_others(seen(steps[1])) is None
    assert among_others(seen(steps[0], (MATRIX, np.stack([MATRIX, 0 * MATRIX])))) is None


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


# --- where the wrong cells are ----------------------------------------------------------------

FULL = np.arange(1.0, 10.0).reshape(3, 3)
BLOCKS = np.arange(1.0, 9.0).reshape(4, 2)
ON = np.eye(3, dtype=bool)
ON_BLOCKS = np.repeat(np.eye(2, dtype=bool), 2, axis=0)


@pytest.mark.parametrize(
    ("expected", "got", "name"),
    [
        (FULL, np.where(ON, FULL, 0), "diagonal_only"),
        (FULL, np.where(ON, FULL, 99), "wrong_off_the_diagonal"),
        (FULL, np.where(ON, 0, FULL), "wrong_on_the_diagonal"),
        (BLOCKS, np.where(ON_BLOCKS, BLOCKS, 0), "diagonal_only"),
        (BLOCKS.T, np.where(ON_BLOCKS, 99, BLOCKS).T, "wrong_on_the_diagonal"),
        (np.where(ON, FULL, 0), np.where(ON, 99, 0), "only_zeros_right"),
        (FULL, 0 * FULL, None),
        (FULL, FULL[:2], None),
        (np.ones((4, 3)), np.zeros((4, 3)), None),
        (np.ones((1, 1)), np.zeros((1, 1)), None),
        (np.ones(3), np.zeros(3), None),
    ],
)
def test_the_diagonal(expected: Any, got: Any, name: str | None) -> None:
    case = Case("e", "g", 0, {}, np.asarray(expected), Tolerance())
    found = diagonal(evidence_of([(case, got)]))
    assert (found.name if found else None) == name


def name_of(expected: Any, got: Any, passing: Any = None, start: Any = None) -> str | None:
    def case(values: Any) -> Case:
        arguments = {} if start is None else {"W": np.asarray(start)}
        return Case("e", "g", 0, arguments, np.asarray(values), Tolerance())

    right = [] if passing is None else [case(passing)]
    found = left_out(evidence_of([(case(expected), got)], right))
    return found.name if found else None


def test_cells_that_were_never_filled() -> None:
    assert name_of([1.0, 2.0, 3.0], [1.0, 2.0, 0.0]) == "cells_left_at_zero"
    assert name_of([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]) is None
    assert name_of([1.0, 2.0, 3.0], [1.0, 2.0, 4.0]) is None
    assert name_of([1.0, 2.0], [0.0, 0.0], passing=[1.0, 2.0]) == "cells_left_at_zero"
    assert name_of([1.0, 2.0], [0.0, 0.0], passing=[0.0, 0.0]) is None


def test_cells_that_are_still_those_of_an_argument() -> None:
    start = [5.0, 5.0]
    assert name_of([6.0, 7.0], [6.0, 5.0], start=start) == "cells_left_unchanged"
    assert name_of([6.0, 7.0], [6.0, 4.0], start=start) is None
    assert name_of([6.0, 7.0], [5.0, 5.0], start=start) is None
