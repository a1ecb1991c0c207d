"""When an answer is wrong explains it only where that is told apart from when it is right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.grading import circumstances
from autograder.grading.compare import compare
from autograder.grading.evidence import Evidence
from autograder.model import Case, Outcome, Status, StudentError, Tolerance

RAISED = Outcome(Status.RAISED, error=StudentError("ValueError", "", builtin=True))
NONE = Outcome(Status.RETURNED_OTHER, returned="None")


def returned(value: Any) -> Outcome:
    return Outcome(Status.RETURNED, np.asarray(value))


RIGHT, WRONG = returned(1.0), returned(2.0)


def evidence(*rows: tuple[dict[str, Any], Outcome], **more: Any) -> Evidence:
    """Of cases with these arguments, of each of which 1.0 is expected."""
    cases = tuple(
        Case("e", "g", index, arguments, np.array(1.0), Tolerance(), **more)
        for index, (arguments, _) in enumerate(rows)
    )
    outcomes = tuple(outcome for _, outcome in rows)
    return Evidence(cases, outcomes, tuple(map(compare, cases, outcomes)))


def sized(*sizes: int) -> dict[str, Any]:
    return {name: np.ones(size) for name, size in zip("xyz", sizes, strict=False)}


def test_nothing_is_returned_only_if_it_never_is() -> None:
    assert circumstances.nothing_returned(evidence((sized(1), NONE), (sized(2), NONE)))
    assert not circumstances.nothing_returned(evidence((sized(1), NONE), (sized(2), WRONG)))


def test_changed_arguments_are_all_that_is_wrong() -> None:
    read_only = evidence((sized(1), RIGHT), (sized(2), RAISED), read_only=True)
    assert circumstances.changed_arguments(read_only)
    assert not circumstances.changed_arguments(evidence((sized(2), RAISED)))
    both = evidence((sized(1), WRONG), (sized(2), RAISED), read_only=True)
    assert not circumstances.changed_arguments(both)
    kept = evidence((sized(1), RIGHT), keeps_arguments=True)
    assert circumstances.changed_arguments(kept)


def test_the_same_arguments_with_two_answers_show_memory() -> None:
    assert circumstances.earlier_calls(evidence((sized(2), RIGHT), (sized(2), WRONG)))
    assert not circumstances.earlier_calls(evidence((sized(2), WRONG), (sized(2), WRONG)))
    assert not circumstances.earlier_calls(evidence((sized(2), RIGHT), (sized(3), WRONG)))
    whole = {"x": np.ones(2, dtype=int)}
    assert not circumstances.earlier_calls(evidence((sized(2), RIGHT), (whole, WRONG)))


def test_whole_numbers_and_only_these_go_wrong() -> None:
    whole = {"x": np.ones(2, dtype=int)}
    assert circumstances.whole_number_arguments(evidence((sized(2), RIGHT), (whole, WRONG)))
    assert not circumstances.whole_number_arguments(evidence((sized(2), WRONG), (whole, WRONG)))
    assert not circumstances.whole_number_arguments(evidence((whole, RIGHT), (whole, WRONG)))
    assert not circumstances.whole_number_arguments(evidence((whole, WRONG)))


@pytest.mark.parametrize(
    ("right", "wrong", "one_size", "mixed"),
    [
        ([(3, 5), (3, 5)], [(2, 2), (4, 1)], True, False),
        ([(3, 3), (2, 2)], [(2, 3), (4, 1)], False, True),
        ([(3, 5), (3, 5)], [(3, 5), (4, 1)], False, False),
        ([(1, 1)], [(2, 3), (4, 5)], False, False),
        ([], [(2, 3), (4, 5)], False, False),
    ],
)
def test_sizes(right: Any, wrong: Any, one_size: bool, mixed: bool) -> None:
    rows = [(sized(*sizes), RIGHT) for sizes in right] + [
        (sized(*sizes), RAISED) for sizes in wrong
    ]
    assert bool(circumstances.one_size(evidence(*rows))) is one_size
    assert bool(circumstances.mixed_sizes(evidence(*rows))) is mixed


def test_numbers_that_are_not_finite_are_all_that_is_wrong() -> None:
    infinite = returned(np.inf)
    assert circumstances.non_finite(evidence((sized(1), infinite), (sized(2), RIGHT)))
    assert not circumstances.non_finite(evidence((sized(1), infinite), (sized(2), WRONG)))
    assert not circumstances.non_finite(evidence((sized(1), RAISED)))


def test_shapes_are_all_that_is_wrong() -> None:
    column = returned([1.0])
    assert circumstances.wrong_shape(evidence((sized(1), column), (sized(2), RIGHT)))
    assert not circumstances.wrong_shape(evidence((sized(1), column), (sized(2), WRONG)))
