"""Compares what a student's function did on a case with the answer key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from autograder.model import (
    Array,
    Case,
    Flaw,
    Mismatch,
    Outcome,
    Status,
    TestGroup,
    Tolerance,
    Value,
    Verdict,
)
from autograder.per_case import once_per_case

NUMERIC_KINDS = "biufc"

_SINGLE = (np.dtype(np.float32), np.dtype(np.complex64))
_SINGLE_ROUNDINGS = 16
"""How many roundings of float32, on the scale of the answer, a float32 result is allowed."""

_VERDICTS = {
    Status.RETURNED: Verdict.WRONG_ANSWER,
    Status.RETURNED_OTHER: Verdict.WRONG_ANSWER,
    Status.RAISED: Verdict.RUNTIME_ERROR,
    Status.NOT_WRITTEN: Verdict.NOT_ATTEMPTED,
    Status.MISSING: Verdict.NOT_ATTEMPTED,
    Status.OUT_OF_TIME: Verdict.TIME_LIMIT_EXCEEDED,
    Status.OUT_OF_MEMORY: Verdict.MEMORY_LIMIT_EXCEEDED,
    Status.OUT_OF_OUTPUT: Verdict.OUTPUT_LIMIT_EXCEEDED,
    Status.CRASHED: Verdict.RUNTIME_ERROR,
}


def compare(case: Case, outcome: Outcome) -> Mismatch | None:
    """The first reason why `outcome` is not the answer of `case`; None where it is right.

    Tried in this order: raised, structure, dtype, shape, non-finite pattern, values, and, where
    the case asks for it, whether the arguments are as they were. Never raises, never warns.
    """
    verdict = _VERDICTS[outcome.status]
    value = outcome.value
    if outcome.status is not Status.RETURNED:
        other = outcome.status is Status.RETURNED_OTHER
        return Mismatch(case, outcome, verdict, Flaw.STRUCTURE if other else Flaw.STATUS)
    if value is None:
        return Mismatch(case, outcome, verdict, Flaw.STRUCTURE)
    if value.dtype.kind not in NUMERIC_KINDS:
        return Mismatch(case, outcome, verdict, Flaw.DTYPE)
    # Shapes come first: an empty array, broadcast, would agree with everything.
    if value.shape != case.expected.shape:
        return Mismatch(case, outcome, verdict, Flaw.SHAPE)
    if not _all_within(value, case):
        right = right_cells(value, case.expected, case.tolerance)
        if not right.all():
            wrong = np.asarray(~right)
            infinite = wrong & ~(np.isfinite(value) & np.isfinite(case.expected))
            flaw = Flaw.NON_FINITE if infinite.any() else Flaw.VALUES
            return Mismatch(case, outcome, verdict, flaw, wrong)
    if case.keeps_arguments and changed_arguments(case, outcome):
        return Mismatch(case, outcome, verdict, Flaw.ARGUMENTS)
    return None


def compare_group(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Mismatch | None]:
    """What `compare` says of each case: all of a group as one array, where all answers are right.

    That array has float64 answers of the right shapes only; whatever differs from the key by more
    than the bound, and all else, is compared case by case.
    """
    if cases and _all_right(cases, outcomes):
        return [None] * len(cases)
    return list(map(compare, cases, outcomes))


def _all_right(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> bool:
    """Whether all are right, the quick way; False means that nothing is known yet."""
    values = []
    for case, outcome in zip(cases, outcomes, strict=True):
        value = outcome.value
        if (
            value is None
            or value.dtype != np.float64
            or value.shape != case.expected.shape
            or outcome.status is not Status.RETURNED
            or case.keeps_arguments
        ):
            return False
        values.append(value.ravel())
    got = np.concatenate(values)
    expected, bound = _joined(cases)
    return _within_bound(got, expected, bound)


_joined_groups: WeakKeyDictionary[Case, tuple[tuple[Case, ...], Array, Array]] = WeakKeyDictionary()


def _joined(cases: Sequence[Case]) -> tuple[Array, Array]:
    """The expected answers of these cases, and their bounds, each as one array; made once."""
    known = _joined_groups.get(cases[0])
    if known is None or known[0] != tuple(cases):
        expected = np.concatenate([case.expected.ravel() for case in cases])
        bound = np.concatenate([_bound(case).ravel() for case in cases])
        known = _joined_groups[cases[0]] = (tuple(cases), expected, bound)
    return known[1:]


@once_per_case
def _bound(case: Case) -> Array:
    """What an error may be, cell by cell; below zero where only `right_cells` can tell."""
    with np.errstate(all="ignore"):
        bound = np.asarray(case.tolerance.atol + case.tolerance.rtol * np.abs(case.expected))
    known = case.expected.dtype == np.float64 and np.isfinite(bound).all()
    return bound if known else np.full(bound.shape, -1.0)


def _all_within(got: Array, case: Case) -> bool:
    """Whether all cells are right, the quick way; False means that nothing is known yet."""
    return got.dtype == np.float64 and _within_bound(got, case.expected, _bound(case))


def _within_bound(got: Array, expected: Array, bound: Array) -> bool:
    if np.count_nonzero(got == expected) == got.size > 0:
        return True
    with np.errstate(all="ignore"):
        error = np.asarray(got - expected)
        np.abs(error, out=error)  # a second array of this size would cost more than all the rest
        return int(np.count_nonzero(error <= bound)) == got.size > 0


def right_cells(got: Array, expected: Array, tolerance: Tolerance) -> npt.NDArray[np.bool_]:
    """Which cells of `got` are within `tolerance` of `expected`; both of one shape.

    The bound is atol + rtol * |expected|. A float32 result may also be off by float32's own
    rounding on the scale of the largest |expected|. NaN is never right; an infinity only where the
    same one is expected. The imaginary part of a complex result has to be within the bound of zero.
    """
    with np.errstate(all="ignore"):
        size = np.abs(expected if expected.dtype.kind in "fc" else expected.astype(np.float64))
        bound = tolerance.atol + tolerance.rtol * size
        if got.dtype in _SINGLE:
            scale = size.max(where=np.isfinite(size), initial=0.0)
            bound = bound + _SINGLE_ROUNDINGS * float(np.finfo(np.float32).eps) * scale
        if got.dtype.kind == "c" and expected.dtype.kind != "c":
            imaginary = _within(got.imag, np.zeros_like(expected), bound)
            return np.asarray(_within(got.real, expected, bound) & imaginary)
        return np.asarray(_within(got, expected, bound))


def tolerance_for(group: TestGroup, answers: Iterable[Array]) -> Tolerance:
    """How far off an answer of `group` may be, whose expected answers are `answers`.

    What is declared in course.yaml holds. Where nothing is, answers that are all whole numbers (a
    count, an index) are compared exactly, and others with numpy's own tolerances.
    """
    if group.tolerance_declared or not all(map(_is_whole, answers)):
        return group.tolerance
    return Tolerance(0.0, 0.0)


def _is_whole(answer: Array) -> bool:
    return answer.dtype.kind in "biu" or bool((answer == np.rint(answer)).all())


def changed_arguments(case: Case, outcome: Outcome) -> tuple[str, ...]:
    """The names of the arguments that are not what they were; all of them if none came back."""
    names = tuple(case.arguments)
    after = outcome.arguments
    if after is None or len(after) != len(names):
        return names
    pairs = zip(names, case.arguments.values(), after, strict=True)
    return tuple(name for name, before, now in pairs if not _same_values(before, now))


def note(outcome: Outcome) -> str:
    """What to say about a right answer that is less exact than it could be; mostly nothing."""
    if outcome.value is not None and outcome.value.dtype in _SINGLE:
        return "accepted, though the result is float32: float64, numpy's default, is more exact"
    return ""


def _within(got: Array, expected: Array, bound: Array) -> npt.NDArray[np.bool_]:
    error = _distance(got, expected)
    # Comparisons with NaN are false, so NaN fails. The bound is infinite where an infinity is
    # expected; the second comparison keeps it from letting every number pass.
    right = (error <= bound) & (error < np.inf)
    return right if right.all() else right | (got == expected)


def _distance(got: Array, expected: Array) -> Array:
    if expected.dtype.kind == "c":
        return np.asarray(np.abs(got.astype(np.clongdouble) - expected))
    # Never in the arrays' own types: bools have no difference, unsigned ones wrap around, and
    # float64 rounds large integers.
    integers = got.dtype.kind in "iu" and expected.dtype.kind in "iu"
    longer = integers or np.longdouble in (got.dtype, expected.dtype)
    wide = np.longdouble if longer else np.float64
    return np.asarray(np.abs(got.astype(wide, copy=False) - expected.astype(wide, copy=False)))


def _same_values(before: Value, now: Value) -> bool:
    first, second = np.asarray(before), np.asarray(now)
    if first.shape != second.shape or first.dtype.kind != second.dtype.kind:
        return False
    if np.count_nonzero(first == second) == first.size:
        return True
    return bool(np.array_equal(first, second, equal_nan=first.dtype.kind in "fc"))
