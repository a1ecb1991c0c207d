"""Explains wrong answers by how the calls went: what came back, was changed, or was kept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from autograder.compare import NUMERIC_KINDS
from autograder.diagnosis.evidence import Diagnosis, Evidence, Wrong, agrees, same_arguments
from autograder.model import Flaw, Mismatch, Status


def nothing_returned(evidence: Evidence) -> Diagnosis | None:
    """Whether every call returned None, or failed to write into a read-only argument."""
    calls = zip(evidence.outcomes, evidence.mismatches, strict=True)
    texts = {
        outcome.returned if outcome.status is Status.RETURNED_OTHER else outcome.status.value
        for outcome, mismatch in calls
        if mismatch is None or not _is_about_arguments(mismatch)
    }
    return _NOTHING if texts and texts <= {"None", "NoneType"} else None


def several_returned(evidence: Evidence) -> Diagnosis | None:
    """Whether values that make no array together were returned as a tuple."""
    texts = [outcome.returned for outcome in evidence.outcomes]
    return _SEVERAL if any(text.startswith("a tuple") for text in texts) else None


def changed_arguments(evidence: Evidence) -> Diagnosis | None:
    """Whether nothing is wrong but that arguments are changed."""
    return _CHANGES if all(map(_is_about_arguments, evidence.failing)) else None


def earlier_calls(evidence: Evidence) -> Diagnosis | None:
    """Whether the same arguments were answered differently at another time."""
    answers = [
        (case, outcome.value)
        for case, outcome in zip(evidence.cases, evidence.outcomes, strict=True)
        if outcome.value is not None and outcome.value.dtype.kind in NUMERIC_KINDS
    ]
    for (case, first), (other, second) in combinations(answers, 2):
        if not agrees(first, second, case.tolerance) and same_arguments(case, other):
            return _EARLIER_CALLS
    return None


def kept_answer(evidence: Evidence, wrong: Sequence[Wrong]) -> Diagnosis | None:
    """Whether every wrong answer is the right one for the arguments of another call."""
    for one in wrong:
        if not one.got.any() or not any(
            one.is_like(case.expected) and not same_arguments(one.case, case)
            for case in evidence.cases
        ):
            return None
    return _KEPT if wrong else None


def memory_not_set(wrong: Sequence[Wrong]) -> Diagnosis | None:
    """Whether a wrong answer holds what the sandbox leaves in memory that nobody has written.

    That is a number near 1e127, which no sum of ordinary numbers reaches.
    """
    for one in wrong:
        sizes = np.abs(one.got)
        rubbish = (sizes > 1e120) & (sizes < 1e131)
        if rubbish.any() and np.abs(one.expected).max(initial=0.0) < 1e50:
            return _NOT_SET
    return None


def wrong_shape(evidence: Evidence) -> Diagnosis | None:
    """Whether all that is wrong has another shape than what is asked for."""
    return _SHAPE if all(one.flaw is Flaw.SHAPE for one in evidence.failing) else None


def non_finite(evidence: Evidence) -> Diagnosis | None:
    """Whether all that is wrong is NaN or infinity where a number belongs."""
    for mismatch in evidence.failing:
        value, expected = mismatch.outcome.value, mismatch.case.expected
        if mismatch.flaw is not Flaw.NON_FINITE or value is None or mismatch.wrong is None:
            return None
        if np.isfinite(value[mismatch.wrong]).any() or not np.isfinite(expected).all():
            return None
    return _NON_FINITE


def _is_about_arguments(mismatch: Mismatch) -> bool:
    error = mismatch.outcome.error
    read_only = mismatch.case.read_only and mismatch.outcome.status is Status.RAISED
    wrote = read_only and error is not None and error.builtin and error.type == "ValueError"
    return wrote or mismatch.flaw is Flaw.ARGUMENTS


_NOT_SET = Diagnosis(
    "memory_not_set",
    (
        "Some of your numbers are whatever happened to be in memory.",
        "np.empty makes an array without setting its values, so every cell has to be written "
        "before it is read or returned. Where only some are, or where += adds to them, begin with "
        "np.zeros.",
    ),
)
_NOTHING = Diagnosis(
    "nothing_returned",
    (
        "Your function returns None.",
        "It needs a return statement, also where it prints its result.",
    ),
)
_SEVERAL = Diagnosis(
    "several_values_returned",
    (
        "Your function returns several values at once; one array is asked.",
        "A comma in a return statement makes a tuple. Return the answer alone, without a loss or a "
        "history beside it.",
    ),
)
_CHANGES = Diagnosis(
    "changes_its_arguments",
    (
        "Your numbers are right, but the function changes the arrays that it is given.",
        "Work on a copy. Statements like Z -= 1 or W[0] = 1 write into the caller's array.",
    ),
)
_EARLIER_CALLS = Diagnosis(
    "depends_on_earlier_calls",
    (
        "The same arguments were answered differently at another time.",
        "Look for something that is kept between calls (a global, a default argument, an array "
        "that is reused), for memory that is never filled (np.empty), and for random numbers.",
    ),
)
_KEPT = Diagnosis(
    "answer_to_another_call",
    (
        "Where you are wrong you return what is right for other arguments.",
        "Look for an answer that is stored and found again by too little, such as a shape or a "
        "first number, and for one that is typed in.",
    ),
)
_NON_FINITE = Diagnosis(
    "not_finite",
    (
        "Some of your numbers are NaN or infinite; all others are right.",
        "Look for the exponential of a large number, the logarithm of zero, and zero divided by "
        "zero.",
    ),
)
_SHAPE = Diagnosis(
    "wrong_shape",
    (
        "Your result has the wrong shape.",
        "Print the shapes of the factors and of the result, and compare them with the docstring: "
        "each axis has to be there, in the order and of the length that is asked for.",
    ),
)
