"""Explains wrong answers by how the calls went: what came back, was changed, or was kept."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from autograder.compare import NUMERIC_KINDS
from autograder.diagnosis.evidence import Diagnosis, Evidence, agrees, same_arguments
from autograder.diagnosis.hints import named
from autograder.model import Flaw, Mismatch, Status
from autograder.sandbox.guest import UNWRITTEN_BYTE

_UNWRITTEN = float(np.frombuffer(bytes([UNWRITTEN_BYTE] * 8))[0])


def nothing_returned(evidence: Evidence) -> Diagnosis | None:
    """Whether every call returned None, or failed to write into a read-only argument."""
    calls = zip(evidence.outcomes, evidence.mismatches, strict=True)
    texts = {
        outcome.returned if outcome.status is Status.RETURNED_OTHER else outcome.status.value
        for outcome, mismatch in calls
        if mismatch is None or not is_about_arguments(mismatch)
    }
    return named("nothing_returned") if texts and texts <= {"None", "NoneType"} else None


def several_returned(evidence: Evidence) -> Diagnosis | None:
    """Whether values that make no array together were returned as a tuple."""
    texts = [outcome.returned for outcome in evidence.outcomes]
    found = any(text.startswith("a tuple") for text in texts)
    return named("several_values_returned") if found else None


def changed_arguments(evidence: Evidence) -> Diagnosis | None:
    """Whether nothing is wrong except that arguments are changed."""
    changed = all(map(is_about_arguments, evidence.failing))
    return named("changes_its_arguments") if changed else None


def earlier_calls(evidence: Evidence) -> Diagnosis | None:
    """Whether the same arguments got a different answer in another call."""
    answers = [
        (case, outcome.value)
        for case, outcome in zip(evidence.cases, evidence.outcomes, strict=True)
        if outcome.value is not None and outcome.value.dtype.kind in NUMERIC_KINDS
    ]
    for (case, first), (other, second) in combinations(answers, 2):
        if not agrees(first, second, case.tolerance) and same_arguments(case, other):
            return named("depends_on_earlier_calls")
    return None


def kept_answer(evidence: Evidence) -> Diagnosis | None:
    """Whether every wrong answer is the right one for the arguments of another call."""
    for one in evidence.wrong:
        if not one.got.any() or not any(
            one.is_like(case.expected) and not same_arguments(one.case, case)
            for case in evidence.cases
        ):
            return None
    return named("answer_to_another_call") if evidence.wrong else None


def memory_not_set(evidence: Evidence) -> Diagnosis | None:
    """Whether a wrong answer holds what the sandbox leaves in memory that nobody has written.

    That is a number near 1e127, which no sum of ordinary numbers reaches.
    """
    for one in evidence.wrong:
        sizes = np.abs(one.got)
        rubbish = (sizes > _UNWRITTEN * 1e-7) & (sizes < _UNWRITTEN * 1e4)
        if rubbish.any() and np.abs(one.expected).max(initial=0.0) < 1e50:
            return named("memory_not_set")
    return None


def wrong_shape(evidence: Evidence) -> Diagnosis | None:
    """Whether every wrong answer has another shape than the expected one."""
    found = evidence.wrong and all(one.flaw is Flaw.SHAPE for one in evidence.failing)
    return named("wrong_shape") if found else None


def not_finite(evidence: Evidence) -> Diagnosis | None:
    """Whether all that is wrong is NaN or infinity in place of a number."""
    for mismatch in evidence.failing:
        value, expected = mismatch.outcome.value, mismatch.case.expected
        if mismatch.flaw is not Flaw.NON_FINITE or value is None or mismatch.wrong is None:
            return None
        if np.isfinite(value[mismatch.wrong]).any() or not np.isfinite(expected).all():
            return None
    return named("not_finite")


def is_about_arguments(mismatch: Mismatch) -> bool:
    """Whether the call wrote into an argument that it must leave alone."""
    error = mismatch.outcome.error
    read_only = mismatch.case.read_only and mismatch.outcome.status is Status.RAISED
    wrote = read_only and error is not None and error.builtin and error.type == "ValueError"
    return wrote or mismatch.flaw is Flaw.ARGUMENTS
