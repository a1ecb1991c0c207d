"""Recognises the misconceptions of the course by what they answer."""

from __future__ import annotations

import numpy as np

from autograder.diagnosis.evidence import Diagnosis, Evidence, agrees
from autograder.model import (
    Answered,
    Array,
    Case,
    Flaw,
    Misconception,
    Mismatch,
    Outcome,
    Status,
)

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


def recognised(evidence: Evidence) -> Diagnosis | None:
    """The one misconception that answers like the student.

    First the one that does so on every case, then the one that does so wherever it has a finite
    answer. None where several do.
    """
    alike = [one for one in evidence.known if _answers_alike(evidence, one)] or [
        one for one in evidence.known if _answers_alike(evidence, one, guarded=True)
    ]
    return Diagnosis(alike[0].name, alike[0].hints) if len(alike) == 1 else None


def _answers_alike(
    evidence: Evidence, misconception: Misconception, *, guarded: bool = False
) -> bool:
    """Whether the student did on every case what the misconception does.

    With `guarded`, the student may have done anything where the misconception stops or is not
    finite: the same mistake can be made by someone who prevented that.
    """
    # The wrong answers first: nearly always the first one shows that it is another mistake.
    rows = sorted(
        zip(
            evidence.mismatches,
            evidence.cases,
            evidence.outcomes,
            misconception.answers,
            strict=True,
        ),
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
