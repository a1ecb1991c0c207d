"""Explains wrong answers by when they come: after which calls, for which kinds of argument."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from autograder.grading.compare import NUMERIC_KINDS
from autograder.grading.evidence import Diagnosis, Evidence, Wrong, agrees
from autograder.model import Case, Flaw, Mismatch, Status


def nothing_returned(evidence: Evidence) -> Diagnosis | None:
    """Whether every call returned None."""
    statuses = {outcome.status for outcome in evidence.outcomes}
    texts = {outcome.returned for outcome in evidence.outcomes}
    if statuses == {Status.RETURNED_OTHER} and texts <= {"None", "NoneType"}:
        return _NOTHING
    return None


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
        if not agrees(first, second, case.tolerance) and _same_arguments(case, other):
            return _EARLIER_CALLS
    return None


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


def whole_number_arguments(evidence: Evidence) -> Diagnosis | None:
    """Whether it goes wrong where an argument is an array of integers, and only there."""
    whole = all(_has_integers(mismatch.case) for mismatch in evidence.failing)
    if whole and evidence.passing and not any(map(_has_integers, evidence.passing)):
        return _WHOLE_ARGUMENTS
    return None


def one_size(evidence: Evidence) -> Diagnosis | None:
    """Whether all that is right has one set of sizes, and all that is wrong has others."""
    right = {_shapes(case) for case in evidence.passing}
    wrong = {_shapes(mismatch.case) for mismatch in evidence.failing}
    if len(right) == 1 and len(wrong) > 1 and not right & wrong and len(evidence.passing) > 1:
        return _ONE_SIZE
    return None


def mixed_sizes(evidence: Evidence) -> Diagnosis | None:
    """Whether it is right exactly where two sizes happen to be the same."""
    if not evidence.passing:
        return None
    sides = _sides(evidence.cases[0])
    for one, other in combinations(sides, 2):
        same = [_size(case, one) == _size(case, other) for case in evidence.cases]
        right = [mismatch is None for mismatch in evidence.mismatches]
        if same == right and any(_size(case, one) > 1 for case in evidence.passing):
            return _MIXED_SIZES
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


def _same_arguments(one: Case, other: Case) -> bool:
    pairs = zip(one.arguments.values(), other.arguments.values(), strict=True)
    return all(
        np.array_equal(first, second) and np.asarray(first).dtype == np.asarray(second).dtype
        for first, second in pairs
    )


def _has_integers(case: Case) -> bool:
    values = case.arguments.values()
    return any(isinstance(value, np.ndarray) and value.dtype.kind in "biu" for value in values)


def _shapes(case: Case) -> tuple[tuple[int, ...], ...]:
    return tuple(np.shape(value) for value in case.arguments.values())


def _sides(case: Case) -> list[tuple[str, int]]:
    return [
        (name, side) for name, value in case.arguments.items() for side in range(np.ndim(value))
    ]


def _size(case: Case, side: tuple[str, int]) -> int:
    name, axis = side
    shape = np.shape(case.arguments[name])
    return shape[axis] if axis < len(shape) else 0


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
_WHOLE_ARGUMENTS = Diagnosis(
    "whole_number_arguments",
    (
        "It goes wrong only where an argument holds whole numbers.",
        "An array that is made from such an argument, by zeros_like or a copy, holds integers and "
        "drops every fraction; some operations refuse integers altogether.",
    ),
)
_ONE_SIZE = Diagnosis(
    "one_size_only",
    (
        "It is right for one set of sizes and wrong for every other.",
        "Look for sizes written as numbers: take them from the shapes of the arguments.",
    ),
)
_MIXED_SIZES = Diagnosis(
    "sizes_mixed_up",
    (
        "It is right only where two different sizes happen to be equal.",
        "Somewhere one size is used in the place of the other: check each range, reshape and "
        "repeat against the shapes of the arguments.",
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
