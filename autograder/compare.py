"""Compares the outcome of a student's function on a test case with the answer key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from autograder.model.course import Case, Output, TestGroup, Tolerance
from autograder.model.report import Flaw, Mismatch, Verdict
from autograder.model.submission import Outcome, Status
from autograder.model.values import Array, Data
from autograder.text import number_of, ordinal

NUMERIC_KINDS = "biufc"

_SINGLE = (np.dtype(np.float32), np.dtype(np.complex64))
_SINGLE_ROUNDINGS = 16
"""The error allowed in a float32 result, in units of float32's epsilon times the largest number."""

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
    """The first reason why `outcome` is not the answer to `case`; None if it is right.

    Checks, in this order: status, structure, dtype, shape, non-finite pattern, values, and, if the
    case asks for it, that the arguments are unchanged. Never warns, and raises only JudgeError,
    where the exercise's own judge fails.
    """
    found = _first_flaw(case, outcome)
    if case.keeps_arguments and (found is None or found.share) and changed_arguments(case, outcome):
        if found is not None:
            return replace(found, share=0.0)
        return Mismatch(case, outcome, Verdict.WRONG_ANSWER, Flaw.ARGUMENTS)
    return found


def _first_flaw(case: Case, outcome: Outcome) -> Mismatch | None:
    """The result of `compare` on what was returned alone."""
    verdict = _VERDICTS[outcome.status]
    value = outcome.value
    if outcome.status is Status.RETURNED and case.judge is not None:
        return _judged(case, outcome)
    if outcome.status is Status.RETURNED and case.data is not None:
        if outcome.data is None:
            return Mismatch(case, outcome, verdict, Flaw.STRUCTURE)
        return _first_other(case, outcome, outcome.data.value, case.data.value)
    if outcome.status is not Status.RETURNED:
        other = outcome.status is Status.RETURNED_OTHER
        return Mismatch(case, outcome, verdict, Flaw.STRUCTURE if other else Flaw.STATUS)
    if value is None:
        return Mismatch(case, outcome, verdict, Flaw.STRUCTURE)
    if value.dtype.kind not in NUMERIC_KINDS:
        return Mismatch(case, outcome, verdict, Flaw.DTYPE)
    # Shapes before values: an empty array, once broadcast, would agree with everything.
    if value.shape != case.expected.shape:
        return Mismatch(case, outcome, verdict, Flaw.SHAPE)
    if not _all_within(value, case):
        right = right_cells(value, case.expected, case.tolerance)
        if not right.all():
            wrong = np.asarray(~right)
            infinite = wrong & ~(np.isfinite(value) & np.isfinite(case.expected))
            flaw = Flaw.NON_FINITE if infinite.any() else Flaw.VALUES
            return Mismatch(case, outcome, verdict, flaw, wrong)
    return None


def compare_group(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Mismatch | None]:
    """The result of `compare` for each case.

    As a fast path, float64 answers of the right shapes are concatenated and compared as one array.
    If any of them is out of bounds, or the group does not qualify, it compares case by case.
    """
    if len(cases) > 1 and _all_right(cases, outcomes):
        return [None] * len(cases)
    return list(map(compare, cases, outcomes))


def _all_right(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> bool:
    """A fast check that all answers are right; False means that it is not known yet."""
    values = []
    for case, outcome in zip(cases, outcomes, strict=True):
        value = outcome.value
        if (
            value is None
            or value.dtype != np.float64
            or value.shape != case.expected.shape
            or outcome.status is not Status.RETURNED
            or case.keeps_arguments
            or case.judge is not None
        ):
            return False
        values.append(value.ravel())
    got = np.concatenate(values)
    expected, bound = _joined(cases)
    return _within_bound(got, expected, bound)


_joined_groups: WeakKeyDictionary[Case, tuple[tuple[Case, ...], Array, Array]] = WeakKeyDictionary()


def _joined(cases: Sequence[Case]) -> tuple[Array, Array]:
    """The expected answers of `cases`, concatenated, and their error bounds; both 1-d, cached."""
    known = _joined_groups.get(cases[0])
    if known is None or known[0] != tuple(cases):
        expected = np.concatenate([case.expected.ravel() for case in cases])
        bound = np.concatenate([_bound(case).ravel() for case in cases])
        known = _joined_groups[cases[0]] = (tuple(cases), expected, bound)
    return known[1:]


def _judged(case: Case, outcome: Outcome) -> Mismatch | None:
    """The verdict of the exercise's own judge. Raises JudgeError if the judge fails.

    Answers with NaN or infinity are rejected here unless the reference's has them, too: judges need
    not handle them.
    """
    assert case.judge is not None
    value = outcome.value if outcome.data is None else outcome.data.value
    if not is_finite(value) and is_finite(case.expected if case.data is None else case.data.value):
        said = (_NOT_FINITE, _NOT_FINITE)
        return Mismatch(case, outcome, Verdict.WRONG_ANSWER, Flaw.VALUES, said=said)
    share, why = case.judge(case, value)
    if share >= 1.0:
        return None
    # A number in the text may come from the hidden case.
    hidden = "is not accepted" if any(map(str.isdigit, why)) else why
    return Mismatch(
        case, outcome, Verdict.WRONG_ANSWER, Flaw.VALUES, said=(why, hidden), share=share
    )


_NOT_FINITE = "holds NaN or infinity: look for overflow, log of 0 or a division by 0"


def is_finite(part: Any) -> bool:
    """Whether plain data or an array has neither NaN nor infinity in it."""
    if isinstance(part, dict):
        return all(map(is_finite, part.values()))
    if isinstance(part, list | tuple | set | frozenset):
        return all(map(is_finite, part))
    if isinstance(part, float | complex):
        return bool(np.isfinite(part))
    numeric = isinstance(part, np.ndarray) and part.dtype.kind in NUMERIC_KINDS
    return not numeric or bool(np.isfinite(part).all())


_NUMBERS = (bool, int, float, complex, np.ndarray)


def _first_other(
    case: Case, outcome: Outcome, got: Any, expected: Any, place: tuple[str, ...] = ()
) -> Mismatch | None:
    """The first part of the plain data `got` that differs from `expected`; None if equal."""
    if isinstance(expected, tuple | list):
        said = _other_values(case, got, expected, outermost=not place)
    elif isinstance(expected, dict):
        said = _other_keys(got, expected)
    elif isinstance(expected, set):
        said = _other_members(got, expected)
    elif expected is None or isinstance(expected, str):
        said = _other_text(got, expected)
    elif isinstance(got, _NUMBERS):
        return _number_mismatch(case, outcome, got, expected, place)
    else:
        said = f"got {in_short(got)}, expected {in_short(expected)}", "is not a number"
    if said is not None:
        flaw = Flaw.STRUCTURE if isinstance(expected, _NUMBERS) else Flaw.VALUES
        return Mismatch(case, outcome, Verdict.WRONG_ANSWER, flaw, place=place, said=said)
    for name, one, right in _parts(case, got, expected, outermost=not place):
        if mismatch := _first_other(case, outcome, one, right, (*place, name)):
            return mismatch
    return None


_Words = tuple[str, str]
"""What is wrong, in words: for a public case, and without any of its values for a hidden one."""


def _other_values(
    case: Case, got: Any, expected: Sequence[Any], *, outermost: bool
) -> _Words | None:
    """What is wrong with a list or several values as a whole; None if the number of items fits."""
    is_tuple = isinstance(expected, tuple)
    items = _items(got)
    # An array may hold several values, one in each row, if they have the shapes of its rows.
    if is_tuple and outermost and _is_array(got):
        if len(items) != len(expected) or any(map(_differ, items, expected)):
            return _one_array(case, len(expected))
    elif items is None:
        wanted = number_of(len(expected), "value") if is_tuple else "a list"
        hidden = "should be several values" if is_tuple else "is not a list"
        return f"got {in_short(got)}, expected {wanted}", hidden
    elif len(items) != len(expected):
        found = f"got {number_of(len(items), 'value')}, expected {len(expected)}"
        return found, "has the wrong number of values"
    return None


def _other_keys(got: Any, expected: dict[Any, Any]) -> _Words | None:
    if not isinstance(got, dict):
        return f"got {in_short(got)}, expected a dict", "is not a dict"
    lacking = [f"lacks the key {key!r}" for key in expected if key not in got]
    extra = [f"has the key {key!r}" for key in got if key not in expected]
    return ((lacking + extra)[0], "has the wrong keys") if lacking or extra else None


def _other_members(got: Any, expected: set[Any]) -> _Words | None:
    if not isinstance(got, set):
        return f"got {in_short(got)}, expected a set", "is not a set"
    if got == expected:
        return None
    fewer, more = expected - got, got - expected
    what = f"lacks {in_short(min(fewer, key=_repr))}" if fewer else ""
    what = what or f"has {in_short(min(more, key=_repr))}, which it should not"
    return what, "has the wrong members"


def _other_text(got: Any, expected: str | None) -> _Words | None:
    alike = type(got) is type(expected)
    if alike and got == expected:
        return None
    kind = "None" if expected is None else "text"
    hidden = "is the wrong text" if alike else f"is not {kind}"
    return f"got {in_short(got)}, expected {in_short(expected)}", hidden


def _parts(
    case: Case, got: Any, expected: Any, *, outermost: bool
) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name of each part of a list, several values or a dict, and its two values."""
    if isinstance(expected, dict):
        for key, right in expected.items():
            yield f"key {key!r}", got[key], right
    elif isinstance(expected, tuple | list):
        named = outermost and isinstance(expected, tuple)
        for number, (one, right) in enumerate(zip(_items(got), expected, strict=True)):
            yield _nth(case, number, named), one, right


def _number_mismatch(
    case: Case, outcome: Outcome, got: Any, expected: Any, place: tuple[str, ...]
) -> Mismatch | None:
    """Compare a number or array inside plain data like an answer of its own.

    Where integers are expected the tolerance is 0, unless the output declares its own.
    """
    if type(got) is int and type(expected) is int and got == expected:
        return None
    try:
        value, right = _as_array(got), _as_array(expected)
    except OverflowError:  # beyond 64 bits, where only equality counts
        said = (f"got {in_short(got)}, expected {in_short(expected)}", "is the wrong number")
        return Mismatch(case, outcome, Verdict.WRONG_ANSWER, Flaw.VALUES, place=place, said=said)
    tolerance = case.tolerance
    if right.dtype.kind in "biu":
        tolerance = Tolerance(0.0, 0.0)
    output = _output(case, place)
    if output is not None and output.tolerance is not None:
        tolerance = output.tolerance
    part = replace(
        case, expected=right, data=None, judge=None, tolerance=tolerance, keeps_arguments=False
    )
    mismatch = compare(part, replace(outcome, value=value, data=None))
    return None if mismatch is None else replace(mismatch, place=place)


def _as_array(number: Any) -> Array:
    array = np.asarray(number)
    if array.dtype.kind not in NUMERIC_KINDS:
        raise OverflowError
    return array


def _items(got: Any) -> Any:
    """The items of a list or tuple, or the rows of an array; None for anything else."""
    if isinstance(got, list | tuple):
        return got
    return list(got) if _is_array(got) else None


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0


def _differ(row: Any, expected: Any) -> bool:
    return not isinstance(expected, _NUMBERS) or np.shape(row) != np.shape(expected)


def _one_array(case: Case, count: int) -> tuple[str, str]:
    names = [output.name for output in case.outputs]
    listed = f": {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else ""
    public = f"returned one array, expected {number_of(count, 'value')}{listed}"
    return public, f"returned one array, expected several values{listed}"


def _output(case: Case, place: tuple[str, ...]) -> Output | None:
    names = [_nth(case, number, True) for number in range(len(case.outputs))]
    return case.outputs[names.index(place[0])] if place and place[0] in names else None


def _nth(case: Case, number: int, outermost: bool) -> str:
    """The name of item `number` of several values: its output, its step, or `third value`."""
    if outermost and number < len(case.outputs):
        return case.outputs[number].name
    if outermost and number < len(case.steps):
        return f"step {number + 1}, {case.steps[number]}"
    return f"{ordinal(number)} value"


_SHORT = 60


def in_short(value: Any) -> str:
    """Plain data on one line, cut if it is long. A student's text in it is not yet escaped."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    text = str(value.item()) if isinstance(value, np.ndarray) else _repr(value)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def _repr(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > 4 * _SHORT:
        return f"a number of {value.bit_length()} bits"
    if isinstance(value, list | tuple | dict | set | frozenset) and len(value) > _SHORT:
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, set | frozenset) and value:
        return f"{{{', '.join(sorted(map(_repr, value)))}}}"  # the same in every process
    return repr(value)


def same_value(one: Any, other: Any) -> bool:
    """Whether two values, arrays or plain data, have the same types and the same bits.

    Arrays must agree in strides, and dicts in the order of their keys, too.
    """
    if isinstance(one, Data) and isinstance(other, Data):
        return same_value(one.value, other.value)
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        alike = one.dtype == other.dtype and one.strides == other.strides
        return bool(alike and one.shape == other.shape and one.tobytes() == other.tobytes())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same_value, one.values(), other.values()))
    return bool(one == other or (one != one and other != other))  # NaN


_bounds: WeakKeyDictionary[Case, Array] = WeakKeyDictionary()


def _bound(case: Case) -> Array:
    """The largest allowed error of each cell, cached; -1 if only `right_cells` can compare them."""
    bound = _bounds.get(case)
    if bound is None:
        with np.errstate(all="ignore"):
            bound = np.asarray(case.tolerance.atol + case.tolerance.rtol * np.abs(case.expected))
        if case.expected.dtype != np.float64 or not np.isfinite(bound).all():
            bound = np.full(bound.shape, -1.0)
        _bounds[case] = bound
    return bound


def _all_within(got: Array, case: Case) -> bool:
    """A fast check that all cells are right; False means that it is not known yet."""
    return got.dtype == np.float64 and _within_bound(got, case.expected, _bound(case))


def _within_bound(got: Array, expected: Array, bound: Array) -> bool:
    if np.count_nonzero(got == expected) == got.size > 0:
        return True
    with np.errstate(all="ignore"):
        error = np.asarray(got - expected)
        np.abs(error, out=error)  # in place: allocating a second array would cost more
        return int(np.count_nonzero(error <= bound)) == got.size > 0


def right_cells(got: Array, expected: Array, tolerance: Tolerance) -> npt.NDArray[np.bool_]:
    """A mask of the cells of `got` that are within `tolerance` of `expected`, of the same shape.

    The bound is atol + rtol * |expected|. A float32 result may also be off by a few float32
    roundings of the largest |expected|. NaN is right only where NaN is expected, an infinity only
    where the same infinity is. If `expected` is real, the imaginary part of a complex `got` must be
    zero within the bound.
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
    """The tolerance for a group, given its expected `answers`.

    A tolerance declared in course.yaml is used. Without one, answers that are all whole numbers
    (counts, indices) are compared exactly, and others with numpy's default tolerances.
    """
    if group.tolerance_declared or not all(map(_is_whole, answers)):
        return group.tolerance
    return Tolerance(0.0, 0.0)


def _is_whole(answer: Array) -> bool:
    return answer.dtype.kind in "biu" or bool((answer == np.rint(answer)).all())


def changed_arguments(case: Case, outcome: Outcome) -> tuple[str, ...]:
    """The names of the arguments that the call changed; all names if none were sent back."""
    names = tuple(case.arguments)
    after = outcome.arguments
    if after is None or len(after) != len(names):
        return names
    pairs = zip(names, case.arguments.values(), after, strict=True)
    return tuple(name for name, before, now in pairs if not _same_values(before, now))


def note(outcome: Outcome) -> str:
    """A remark on a right answer with needlessly low precision; "" for most answers."""
    if outcome.value is not None and outcome.value.dtype in _SINGLE:
        return "accepted, though the result is float32: float64, numpy's default, is more precise"
    return ""


def _within(got: Array, expected: Array, bound: Array) -> npt.NDArray[np.bool_]:
    error = _distance(got, expected)
    # Comparisons with NaN are false, so NaN fails. The bound is infinite where an infinity is
    # expected; the second comparison keeps it from letting every number pass.
    right = (error <= bound) & (error < np.inf)
    if right.all():
        return right
    return np.asarray(right | (got == expected) | ((got != got) & (expected != expected)))


def _distance(got: Array, expected: Array) -> Array:
    if expected.dtype.kind == "c":
        return np.asarray(np.abs(got.astype(np.clongdouble) - expected))
    # Not in the arrays' own types: bools cannot be subtracted, unsigned integers wrap around, and
    # float64 rounds large integers.
    integers = got.dtype.kind in "iu" and expected.dtype.kind in "iu"
    longer = integers or np.longdouble in (got.dtype, expected.dtype)
    wide = np.longdouble if longer else np.float64
    return np.asarray(np.abs(got.astype(wide, copy=False) - expected.astype(wide, copy=False)))


def _same_values(before: Any, now: Any) -> bool:
    """Whether an argument has the same values as before the call; memory order does not matter."""
    before, now = (one.value if isinstance(one, Data) else one for one in (before, now))
    if isinstance(before, list | tuple):
        alike = type(before) is type(now) and len(before) == len(now)
        return alike and all(map(_same_values, before, now))
    if isinstance(before, dict):
        alike = isinstance(now, dict) and list(before) == list(now)
        return alike and all(map(_same_values, before.values(), now.values()))
    numbers = np.ndarray | float | int | complex
    if isinstance(before, bool) or not isinstance(before, numbers):
        return type(before) is type(now) and bool(before == now)
    if isinstance(now, bool) or not isinstance(now, numbers):
        return False
    first, second = np.asarray(before), np.asarray(now)
    if first.shape != second.shape or first.dtype.kind != second.dtype.kind:
        return False
    if np.count_nonzero(first == second) == first.size:
        return True
    return bool(np.array_equal(first, second, equal_nan=first.dtype.kind in "fc"))
