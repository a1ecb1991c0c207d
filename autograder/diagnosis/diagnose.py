"""Finds out which mistake the answers of a failed exercise are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.diagnosis import call_behaviour as circumstances
from autograder.diagnosis import elementwise, operands, precision
from autograder.diagnosis import factors as scaling
from autograder.diagnosis import input_conditions as conditions
from autograder.diagnosis import locations as places
from autograder.diagnosis import rearranged as structure
from autograder.diagnosis.evidence import (
    Diagnosis,
    Evidence,
    agrees,
    gather,
    readings,
    wrong_values,
)
from autograder.model import (
    Answered,
    Array,
    Case,
    Exercise,
    Flaw,
    GroupResult,
    Misconception,
    Mismatch,
    Outcome,
    Status,
)

__all__ = ["Diagnosis", "diagnose"]

_NOT_THERE = frozenset({Status.MISSING, Status.NOT_WRITTEN})
_STOPPED = frozenset(
    {
        Status.RAISED,
        Status.RETURNED_OTHER,
        Status.OUT_OF_TIME,
        Status.OUT_OF_MEMORY,
        Status.OUT_OF_OUTPUT,
        Status.CRASHED,
    }
)
"""What a misconception without an answer may have come to in the sandbox."""


def diagnose(
    exercise: Exercise,
    results: Sequence[GroupResult],
    misconceptions: Sequence[Misconception] = (),
) -> Diagnosis | None:
    """The mistake that the results of `exercise` show; None where there is none or no name fits.

    A misconception that answers like the student on every case comes first, then one that does so
    wherever it has a finite answer. Where none does, or several answer alike, the first general
    explanation that holds for every wrong answer, and is at odds with no right one, is given. No
    hint holds a number of a case.
    """
    evidence = gather(results)
    if all(outcome.status in _NOT_THERE for outcome in evidence.outcomes) or not evidence.failing:
        return None
    found = circumstances.nothing_returned(evidence) or circumstances.several_returned(evidence)
    if found:
        return found
    with np.errstate(all="ignore"):
        own = [one for one in misconceptions if one.exercise == exercise.name]
        matching = [one for one in own if _answers_alike(evidence, one)] or [
            one for one in own if _answers_alike(evidence, one, guarded=True)
        ]
        if len(matching) == 1:
            return Diagnosis(matching[0].name, matching[0].hints)
        return _explained(evidence)


def _answers_alike(
    evidence: Evidence, misconception: Misconception, *, guarded: bool = False
) -> bool:
    """Whether the student did on every case what the misconception does.

    With `guarded`, the student may have done anything where the misconception stops or is not
    finite: whoever makes the same mistake may have prevented that.
    """
    answers = misconception.answers
    if len(answers) != len(evidence.cases):
        return False
    # The wrong answers first: nearly always the first one tells that it is another mistake.
    rows = sorted(
        zip(evidence.mismatches, evidence.cases, evidence.outcomes, answers, strict=True),
        key=lambda row: row[0] is None,
    )
    if guarded:
        rows = [row for row in rows if not _fails(row[-1])]
        if not any(isinstance(row[-1], np.ndarray) for row in rows):
            return False
    return all(_is_alike(*row) for row in rows)


def _fails(answer: Array | Answered | None) -> bool:
    return answer is None or (isinstance(answer, np.ndarray) and not np.isfinite(answer).all())


def _is_alike(
    mismatch: Mismatch | None, case: Case, outcome: Outcome, answer: Array | Answered | None
) -> bool:
    """Whether the student did on this case what the misconception does."""
    if mismatch is None:
        if isinstance(answer, np.ndarray):
            return agrees(answer, case.expected, case.tolerance)
        return answer is Answered.RIGHT
    if answer is None:
        return mismatch.flaw is Flaw.ARGUMENTS or outcome.status in _STOPPED
    if outcome.status is not Status.RETURNED or mismatch.flaw is Flaw.ARGUMENTS:
        return False
    if isinstance(answer, Answered):
        return answer is Answered.WRONG
    return outcome.value is not None and agrees(outcome.value, answer, case.tolerance)


def _explained(evidence: Evidence) -> Diagnosis | None:
    """The first general explanation: from what leaves no doubt to what says least."""
    wrong, passing = wrong_values(evidence), evidence.passing
    found = (
        circumstances.changed_arguments(evidence)
        or circumstances.memory_not_set(wrong)
        or circumstances.earlier_calls(evidence)
        or circumstances.kept_answer(evidence, wrong)
    )
    ways = readings(wrong, passing) if wrong else []
    if found is None and wrong:
        found = (
            structure.arrangement(wrong, passing)
            or structure.reshaped(wrong)
            or scaling.zeros(wrong, passing)
            or scaling.scaled(ways)
            or structure.signs(wrong, passing)
            or elementwise.transformed(wrong, passing)
            or operands.misused(ways)
            or operands.added(ways)
            or scaling.shifted(wrong)
            or precision.whole(wrong, passing)
            or precision.inexact(wrong, passing)
            or places.diagonal(wrong)
        )
    found = (
        found
        or conditions.whole_number_arguments(evidence)
        or conditions.zeros_and_ones(evidence)
        or conditions.mixed_sizes(evidence)
        or conditions.one_size(evidence)
        or circumstances.non_finite(evidence)
    )
    if found is None and wrong:
        found = (
            structure.reordered(wrong)
            or scaling.cut_off(ways)
            or places.left_out(ways)
            or scaling.proportional(wrong, passing)
            or circumstances.wrong_shape(evidence)
        )
    return found or conditions.one_example(evidence)
