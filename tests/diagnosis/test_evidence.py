"""Evidence tells right cases from wrong ones, and reads answers as values and as changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.compare import compare
from autograder.diagnosis.evidence import agrees, gather
from autograder.model.course import Case, Draw, TestGroup, Tolerance
from autograder.model.report import GroupResult
from autograder.model.submission import Outcome, Status

TOLERANCE = Tolerance()


def results_of(*got: Any) -> tuple[GroupResult, ...]:
    """One group for each answer; 1 and 2 are expected of each."""
    groups = []
    for index, value in enumerate(got):
        group = TestGroup(f"group {index}", 1.0, False, Draw("r"), TOLERANCE)
        arguments = {"W": np.array([1.0, 1.0]), "rate": 0.5}
        case = Case("e", group.name, 0, arguments, np.array([1.0, 2.0]), TOLERANCE)
        outcome = Outcome(Status.RAISED)
        if value is not None:
            outcome = Outcome(Status.RETURNED, np.asarray(value))
        groups.append(GroupResult(group, (case,), (outcome,), (compare(case, outcome),)))
    return tuple(groups)


@pytest.mark.parametrize(
    ("got", "answer", "same"),
    [
        ([1.0, np.nan], [1.0, np.nan], True),
        ([1.0, np.nan], [np.nan, 1.0], False),
        ([np.inf], [np.inf], True),
        ([np.inf], [-np.inf], False),
        ([[1.0]], [1.0], False),
        ([1.0], [1.0 + 1e-7], True),
        ([1.0], ["1.0"], False),
    ],
)
def test_answers_agree_with_nan_in_the_same_places(got: Any, answer: Any, same: bool) -> None:
    assert agrees(np.asarray(got), np.asarray(answer), TOLERANCE) is same


def test_cases_are_told_apart_in_order() -> None:
    evidence = gather(results_of([1.0, 2.0], [1.0, 3.0], None))
    assert [case.group for case in evidence.passing] == ["group 0"]
    assert [mismatch.case.group for mismatch in evidence.failing] == ["group 1", "group 2"]
    assert len(evidence.cases) == len(evidence.outcomes) == len(evidence.mismatches) == 3


def test_wrong_values_are_given_only_if_all_are_arrays_of_real_numbers() -> None:
    wrong = gather(results_of([1.0, 3.0], [1.0, 2.0], [[0.0]])).wrong
    assert [one.got.tolist() for one in wrong] == [[[0.0]], [1.0, 3.0]]
    assert gather(results_of([1.0, 3.0], None)).wrong == ()
    assert gather(results_of([1j, 3.0])).wrong == ()


def test_answers_are_read_as_they_are_and_as_changes() -> None:
    plain, change = gather(results_of([1.0, 3.0])).readings
    assert (plain.start, change.start) == (None, "W")
    assert plain.changes[0].right.tolist() == [1.0, 2.0]
    assert change.changes[0].got.tolist() == [0.0, 2.0]
    assert change.changes[0].right.tolist() == [0.0, 1.0]
    assert change.changes[0].is_times(2.0)
    assert not plain.changes[0].is_times(2.0)
    assert gather(results_of([[0.0, 0.0], [0.0, 0.0]])).readings == ()
