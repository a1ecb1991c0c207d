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


_SEVERAL = 3
_ARITHMETIC = ("OverflowError", "ZeroDivisionError", "FloatingPointError")
_MATH_DOMAIN = ("math domain error", "math range error", "expected a positive input")
"""What math.log says of zero; the same words in every Python up to 3.13, others since."""


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


def changes_arguments_too(evidence: Evidence) -> bool:
    """Whether arguments are changed, and something else is wrong besides.

    A ValueError says so only where no other call ends in one.
    """
    about = [mismatch for mismatch in evidence.failing if is_about_arguments(mismatch)]
    others = [mismatch for mismatch in evidence.failing if not is_about_arguments(mismatch)]
    raised = {one.outcome.error.type for one in others if one.outcome.error is not None}
    return bool(about) and bool(others) and "ValueError" not in raised


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


def same_answer_always(evidence: Evidence) -> Diagnosis | None:
    """Whether one answer is given to all calls, though three different ones are expected.

    A second answer to other arguments would refute it.
    """
    answers = [outcome.value for outcome in evidence.outcomes]
    if len(answers) < _SEVERAL or not all(
        answer is not None and answer.dtype.kind in NUMERIC_KINDS for answer in answers
    ):
        return None
    first = np.asarray(answers[0])
    if not all(np.array_equal(first, answer) for answer in answers if answer is not None):
        return None
    expected = {case.expected.tobytes() for case in evidence.cases}
    return named("same_answer_always") if len(expected) >= _SEVERAL else None


def one_shape_only(evidence: Evidence) -> Diagnosis | None:
    """Whether all answers have one shape, though three are expected, and it fits one of them.

    An answer of another shape would refute it.
    """
    if any(outcome.value is None for outcome in evidence.outcomes):
        return None
    shapes = {outcome.value.shape for outcome in evidence.outcomes if outcome.value is not None}
    expected = {case.expected.shape for case in evidence.cases}
    if len(shapes) != 1 or len(expected) < _SEVERAL or not shapes <= expected or shapes == {()}:
        return None
    return named("one_shape_only")


def right_but_for(evidence: Evidence) -> Diagnosis | None:
    """The groups that are wrong, where they are at most a third of all.

    More wrong groups would refute it.
    """
    groups = {case.group for case in evidence.cases}
    wrong = list(dict.fromkeys(mismatch.case.group for mismatch in evidence.failing))
    if len(wrong) > len(groups) / 3 or len(groups) < _SEVERAL:
        return None
    return named("right_but_for", groups=", ".join(f"'{name}'" for name in wrong))


def wrong_shape(evidence: Evidence) -> Diagnosis | None:
    """Whether every wrong answer has another shape than the expected one."""
    found = evidence.wrong and all(one.flaw is Flaw.SHAPE for one in evidence.failing)
    return named("wrong_shape") if found else None


def not_finite(evidence: Evidence) -> Diagnosis | None:
    """Whether all that is wrong is NaN or infinity in place of a number, or Python's error for it.

    One wrong number that is finite would refute it.
    """
    for mismatch in evidence.failing:
        value, wrong = mismatch.outcome.value, mismatch.wrong
        if not is_not_finite(mismatch) or not np.isfinite(mismatch.case.expected).all():
            return None
        if value is not None and wrong is not None and np.isfinite(value[wrong]).any():
            return None
    # errors alone say what they are; that other numbers are right needs numbers that are
    seen = evidence.passing or any(one.outcome.value is not None for one in evidence.failing)
    return named("not_finite") if seen else None


def is_not_finite(mismatch: Mismatch) -> bool:
    """Whether a wrong answer holds NaN or infinity.

    Where numpy gives these, Python's own arithmetic raises OverflowError, ZeroDivisionError, or
    the ValueError of math.log.
    """
    value, error = mismatch.outcome.value, mismatch.outcome.error
    if value is not None:
        return value.dtype.kind in "fc" and not np.isfinite(value).all()
    if error is None or not error.builtin:
        return False
    return error.type in _ARITHMETIC or (
        error.type == "ValueError" and error.message.startswith(_MATH_DOMAIN)
    )


def is_about_arguments(mismatch: Mismatch) -> bool:
    """Whether the call wrote into an argument that it must leave alone."""
    error = mismatch.outcome.error
    read_only = mismatch.case.read_only and mismatch.outcome.status is Status.RAISED
    wrote = read_only and error is not None and error.builtin and error.type == "ValueError"
    return wrote or mismatch.flaw is Flaw.ARGUMENTS
