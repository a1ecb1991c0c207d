"""How the calls went explains a wrong answer only where it went otherwise with right ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.compare import compare
from autograder.diagnosis import call_behaviour
from autograder.diagnosis.evidence import Evidence
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
    assert call_behaviour.nothing_returned(evidence((sized(1), NONE), (sized(2), NONE)))
    assert not call_behaviour.nothing_returned(evidence((sized(1), NONE), (sized(2), WRONG)))
    assert not call_behaviour.nothing_returned(evidence((sized(1), NONE), (sized(2), RAISED)))


def test_who_returns_nothing_may_fail_to_write() -> None:
    refused = evidence((sized(1), NONE), (sized(2), RAISED), read_only=True)
    assert call_behaviour.nothing_returned(refused)
    assert not call_behaviour.nothing_returned(evidence((sized(2), RAISED), read_only=True))


def test_changed_arguments_are_all_that_is_wrong() -> None:
    read_only = evidence((sized(1), RIGHT), (sized(2), RAISED), read_only=True)
    assert call_behaviour.changed_arguments(read_only)
    assert not call_behaviour.changed_arguments(evidence((sized(2), RAISED)))
    both = evidence((sized(1), WRONG), (sized(2), RAISED), read_only=True)
    assert not call_behaviour.changed_arguments(both)
    kept = evidence((sized(1), RIGHT), keeps_arguments=True)
    assert call_behaviour.changed_arguments(kept)


def test_the_same_arguments_with_two_answers_show_memory() -> None:
    assert call_behaviour.earlier_calls(evidence((sized(2), RIGHT), (sized(2), WRONG)))
    assert not call_behaviour.earlier_calls(evidence((sized(2), WRONG), (sized(2), WRONG)))
    assert not call_behaviour.earlier_calls(evidence((sized(2), RIGHT), (sized(3), WRONG)))
    whole = {"x": np.ones(2, dtype=int)}
    assert not call_behaviour.earlier_calls(evidence((sized(2), RIGHT), (whole, WRONG)))


def test_an_answer_that_is_right_for_other_arguments() -> None:
    def kept(*rows: tuple[float, float, float]) -> bool:
        """Of rows of an argument, the right answer and the one that was given."""
        cases = [
            Case("e", "g", 0, {"x": np.array(x)}, np.array(right), Tolerance())
            for x, right, _ in rows
        ]
        outcomes = [returned(got) for _, _, got in rows]
        mismatches = tuple(map(compare, cases, outcomes))
        found = Evidence(tuple(cases), tuple(outcomes), mismatches)
        return bool(call_behaviour.kept_answer(found))

    assert kept((1.0, 5.0, 5.0), (2.0, 6.0, 5.0))
    assert not kept((1.0, 5.0, 5.0), (2.0, 6.0, 7.0))
    assert not kept((1.0, 0.0, 0.0), (2.0, 6.0, 0.0))
    assert not kept((1.0, 5.0, 5.0))


def test_numbers_that_are_not_finite_are_all_that_is_wrong() -> None:
    infinite = returned(np.inf)
    assert call_behaviour.not_finite(evidence((sized(1), infinite), (sized(2), RIGHT)))
    assert not call_behaviour.not_finite(evidence((sized(1), infinite), (sized(2), WRONG)))
    assert not call_behaviour.not_finite(evidence((sized(1), RAISED)))


def test_shapes_are_all_that_is_wrong() -> None:
    column = returned([1.0])
    assert call_behaviour.wrong_shape(evidence((sized(1), column), (sized(2), RIGHT)))
    assert not call_behaviour.wrong_shape(evidence((sized(1), column), (sized(2), WRONG)))
