"""When an answer is wrong explains it only where that is told apart from when it is right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.compare import compare
from autograder.diagnosis.evidence import Evidence
from autograder.diagnosis.input_conditions import (
    mixed_sizes,
    one_example,
    one_size,
    whole_number_arguments,
    zeros_and_ones,
)
from autograder.model import Case, Outcome, Status, StudentError, Tolerance

RAISED = Outcome(Status.RAISED, error=StudentError("ValueError", "", builtin=True))
RIGHT = Outcome(Status.RETURNED, np.array(1.0))
WRONG = Outcome(Status.RETURNED, np.array(2.0))


def evidence(*rows: tuple[dict[str, Any], Outcome]) -> Evidence:
    """Of cases with these arguments, of each of which 1.0 is expected."""
    cases = tuple(
        Case("e", "g", index, arguments, np.array(1.0), Tolerance())
        for index, (arguments, _) in enumerate(rows)
    )
    outcomes = tuple(outcome for _, outcome in rows)
    return Evidence(cases, outcomes, tuple(map(compare, cases, outcomes)))


def sized(*sizes: int) -> dict[str, Any]:
    return {name: np.ones(size) for name, size in zip("xyz", sizes, strict=False)}


def holding(*numbers: float) -> dict[str, Any]:
    return {"y": np.array(numbers)}


def test_whole_numbers_and_only_these_go_wrong() -> None:
    whole = {"x": np.ones(2, dtype=int)}
    assert whole_number_arguments(evidence((sized(2), RIGHT), (whole, WRONG)))
    assert not whole_number_arguments(evidence((sized(2), WRONG), (whole, WRONG)))
    assert not whole_number_arguments(evidence((whole, RIGHT), (whole, WRONG)))
    assert not whole_number_arguments(evidence((whole, WRONG)))


@pytest.mark.parametrize(
    ("right", "wrong", "single", "mixed"),
    [
        ([(3, 5), (3, 5)], [(2, 2), (4, 1)], True, False),
        ([(3, 3), (2, 2)], [(2, 3), (4, 1)], False, True),
        ([(3, 5), (3, 5)], [(3, 5), (4, 1)], False, False),
        ([(1, 1)], [(2, 3), (4, 5)], False, False),
        ([], [(2, 3), (4, 5)], False, False),
    ],
)
def test_sizes(right: Any, wrong: Any, single: bool, mixed: bool) -> None:
    rows = [(sized(*sizes), RIGHT) for sizes in right] + [
        (sized(*sizes), RAISED) for sizes in wrong
    ]
    assert bool(one_size(evidence(*rows))) is single
    assert bool(mixed_sizes(evidence(*rows))) is mixed


def test_it_is_wrong_exactly_where_two_sizes_are_equal() -> None:
    equal, other, single = sized(3, 3), sized(2, 3), sized(1, 1)
    found = mixed_sizes(evidence((other, RIGHT), (equal, WRONG)))
    assert found
    assert found.name == "wrong_for_equal_sizes"
    assert not mixed_sizes(evidence((other, WRONG), (equal, WRONG)))
    assert not mixed_sizes(evidence((other, RIGHT), (sized(4, 4), RIGHT), (equal, WRONG)))
    assert not mixed_sizes(evidence((other, RIGHT), (single, WRONG)))


def test_it_is_right_exactly_for_zeros_and_ones() -> None:
    plain, soft, single = holding(0.0, 1.0), holding(0.5, 0.5), holding(1.0)
    assert zeros_and_ones(evidence((plain, RIGHT), (soft, WRONG)))
    assert not zeros_and_ones(evidence((plain, WRONG), (soft, WRONG)))
    assert not zeros_and_ones(evidence((plain, RIGHT), (soft, RIGHT), (soft, WRONG)))
    assert not zeros_and_ones(evidence((single, RIGHT), (soft, WRONG)))


def test_it_is_right_for_one_example_only() -> None:
    example, other, single = holding(3.0, 5.0), holding(4.0, 6.0), holding(7.0)
    twice = ((example, RIGHT), (example, RIGHT))
    assert one_example(evidence(*twice, (other, WRONG)))
    assert one_example(evidence(*twice, (single, RIGHT), (other, WRONG)))
    assert not one_example(evidence((example, RIGHT), (other, WRONG)))
    assert not one_example(evidence(*twice, (other, RIGHT), (holding(1.0, 2.0), WRONG)))
    assert not one_example(evidence(*twice, (single, WRONG)))
