"""Detects arithmetic mistakes: a wrong factor, an extra term or function, lost digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import permutations
from math import log

import numpy as np

from autograder.diagnosis.evidence import (
    Change,
    Diagnosis,
    Evidence,
    Reading,
    agrees,
    are_several,
    sides_of,
    size_of,
)
from autograder.diagnosis.hints import named
from autograder.model.course import Case
from autograder.model.values import Array

_NAMED = (
    (2.0, "2", "twice"),
    (0.5, "one_half", "half of"),
    (log(2), "ln2", "ln 2 times"),
    (1 / log(2), "1_over_ln2", "1/ln 2 times"),
    (log(10), "ln10", "ln 10 times"),
    (1 / log(10), "1_over_ln10", "1/ln 10 times"),
)
_NO_FACTOR = 1e-3
"""A factor closer to 1 than this is a matter of lost digits, not of a wrong factor."""

_FUNCTIONS: tuple[tuple[str, str, Callable[[Array], Array]], ...] = (
    ("reciprocal", "one divided by", np.reciprocal),
    ("reciprocal", "one divided by", lambda right: np.where(right == 0.0, 0.0, 1.0 / right)),
    ("squared", "the square of", np.square),
    ("square_root", "the square root of", np.sqrt),
    ("exponential", "the exponential of", np.exp),
    ("logarithm", "the logarithm of", np.log),
    ("negative_logarithm", "minus the logarithm of", lambda right: -np.log(right)),
    ("one_minus", "one minus", lambda right: 1.0 - right),
    ("minus_one", "one less than", lambda right: right - 1.0),
    ("plus_one", "one more than", lambda right: right + 1.0),
)

_SEVERAL = 3
"""The number of different values needed as evidence."""

Factor = Callable[[Case], "Array | None"]
"""Returns an argument shaped to broadcast with a case's answer; None if the sizes do not fit."""


# --- one factor or one amount for all numbers -------------------------------------------------


def zeros(evidence: Evidence) -> Diagnosis | None:
    """Detect answers that are all zeros."""
    if not evidence.all_in_shape:
        return None
    if not all(one.is_like(np.zeros_like(one.got)) for one in evidence.wrong):
        return None
    return None if any(case.expected.any() for case in evidence.passing) else named("zeros")


def argument_returned(evidence: Evidence) -> Diagnosis | None:
    """Detect that every answer is one of the arguments."""
    for name in evidence.cases[0].arguments:
        if evidence.fits(lambda case: np.asarray(case.arguments[name])):  # noqa: B023
            return named("returns_its_argument", argument=name)
    return None


def scaled(evidence: Evidence) -> Diagnosis | None:
    """Detect a factor by which all wrong answers are off, or all changes made to an argument."""
    for way in evidence.readings:
        if way.start is None:
            found = _factor(way, "Every number", "")
        else:
            found = _factor(way, f"Every change that you make to {way.start}", "step_")
        if found is not None:
            return found
    return None


def shifted(evidence: Evidence) -> Diagnosis | None:
    """Detect wrong answers whose numbers are all off by the same amount, one for each answer.

    Requires an answer with three different numbers, whose differences could refute it.
    """
    if not evidence.all_in_shape or not any(map(_varies, evidence.wrong)):
        return None
    for one in evidence.wrong:
        amount = np.mean(one.got - one.right, dtype=np.float64)
        if not np.isfinite(amount) or not one.is_like(one.right + amount):
            return None
    return named("off_by_a_constant")


def proportional(evidence: Evidence) -> Diagnosis | None:
    """Detect that most answers are wrong, each by a factor of its own.

    A single number is always a multiple of another one, so at least half of the wrong answers need
    three different non-zero numbers, whose ratios could refute it.
    """
    wrong = evidence.wrong
    if not evidence.all_in_shape or len(wrong) <= len(evidence.passing):
        return None
    for one in wrong:
        ratio = _ratio(one.got, one.right)
        if not ratio or not one.is_like(ratio * one.right):
            return None
    return named("proportional") if 2 * sum(map(_varies, wrong)) >= len(wrong) else None


def cut_off(evidence: Evidence) -> Diagnosis | None:
    """Detect numbers beyond a limit that come out as the limit, where all others are right.

    Requires three numbers beyond the limits, and three different ones between them: any of these
    could refute it.
    """
    return named("cut_off") if any(map(_is_cut, evidence.readings)) else None


def _is_cut(way: Reading) -> bool:
    low = min(float(one.got.min()) for one in way.changes)
    high = max(float(one.got.max()) for one in way.changes)
    beyond = sum(int(((one.right < low) | (one.right > high)).sum()) for one in way.changes)
    between = np.concatenate(
        [one.right[(one.right > low) & (one.right < high)] for one in (*way.changes, *way.still)]
    )
    # There may be two limits, and a single number at a limit is not evidence.
    return beyond >= _SEVERAL <= np.unique(between).size and all(
        one.is_like(np.clip(one.right, low, high)) for one in (*way.changes, *way.still)
    )


def _factor(way: Reading, what: str, prefix: str) -> Diagnosis | None:
    """The diagnosis of a common factor in all `way.changes`; None if there is none.

    The factor must leave the numbers in `way.still` right.
    """
    first, every = way.changes[0], (*way.changes, *way.still)
    ratio = _ratio(first.got, first.right)
    if not ratio or abs(ratio - 1.0) < _NO_FACTOR or not first.is_times(ratio):
        return None

    def holds(factor: float) -> bool:
        return all(change.is_times(factor) for change in every)

    def off_by(label: str, factor: str, *, negative: bool = False) -> Diagnosis:
        sign = ", and has the wrong sign" if negative else ""
        name = f"{prefix}minus_{label}" if negative else prefix + label
        return named("off_by_a_factor", name, what=what, factor=factor, sign=sign)

    if holds(-1.0):
        return named("negated", f"{prefix}negated", what=what)
    # A single number is always a multiple of another one, even if it occurs twice.
    if not are_several([one.right[one.right != 0.0] for one in way.changes], 2):
        return None
    for label, words, factors in _known_factors([change.case for change in every]):
        for sign in (1.0, -1.0):
            pairs = zip(every, factors, strict=True)
            if all(change.is_times(sign * factor) for change, factor in pairs):
                return off_by(label, words, negative=sign < 0)
    if holds(ratio):
        return off_by("factor_constant", "off by the same constant factor")
    return None


def _known_factors(cases: Sequence[Case]) -> Iterator[tuple[str, str, list[float]]]:
    """Yield each factor that has a name: a label, words for the hint, the factor in each case."""
    for factor, label, words in _NAMED:
        yield f"factor_{label}", f"{words} what it should be", [factor] * len(cases)
    for name, axis in sides_of(cases[0]):
        size = f"{'number of columns' if axis else 'length'} of {name}"
        for power, verb in ((1.0, "multiplied"), (-1.0, "divided")):
            label = f"{verb}_by_{'columns' if axis else 'length'}_of_{name}"
            sizes = [size_of(case, (name, axis)) ** power for case in cases]
            yield label, f"{verb} by the {size}", sizes


def named_factors(case: Case) -> Iterator[float]:
    """Yield the factors other than 1 and -1, without their signs, for which `scaled` has a name."""
    yield from (factor for factor, *_ in _NAMED)
    for side in sides_of(case):
        size = size_of(case, side)
        yield from (size, 1.0 / size)


def _varies(one: Change) -> bool:
    """Whether it has three different numbers, and three different non-zero ones are expected."""
    expected = one.right[one.right != 0.0]
    return are_several([expected], _SEVERAL) and are_several([one.got], _SEVERAL)


def _ratio(got: Array, expected: Array) -> float:
    """The factor that brings `expected` closest to `got` (least squares); 0.0 if there is none."""
    with np.errstate(all="ignore"):
        square = float(np.vdot(expected, expected))
        ratio = float(np.vdot(expected, got)) / square if square > 0.0 else 0.0
    return ratio if np.isfinite(ratio) else 0.0


# --- a function of each number ----------------------------------------------------------------


def transformed(evidence: Evidence) -> Diagnosis | None:
    """Detect a function that turns every expected answer into the one returned.

    It must leave the answers of passing cases right. Requires two different numbers, each of which
    could refute it.
    """
    if not are_several((one.right for one in evidence.wrong), 2):
        return None
    for name, words, function in _FUNCTIONS:
        if evidence.fits(lambda case: function(case.expected)):  # noqa: B023
            return named("function_of_the_answer", name, words=words)
    return None


# --- an argument as a factor or a term --------------------------------------------------------


def misused(evidence: Evidence) -> Diagnosis | None:
    """Detect an argument that is a missing factor, or a factor too many, in every wrong answer.

    Requires a cell where the argument is neither 0 nor 1, and neither the returned nor the expected
    number is 0: such a cell could refute it.
    """
    for way in evidence.readings:
        for name, factor in _factors(way.changes[0].case):
            every = (*way.changes, *way.still)
            if not any(_tells(change, factor) for change in way.changes):
                continue
            if all(_is_missing(change, factor) for change in every):
                return named("factor_missing", f"factor_{name}_missing", argument=name)
            if all(_is_extra(change, factor) for change in every):
                return named("factor_too_many", f"factor_{name}_too_many", argument=name)
    return None


def added(evidence: Evidence) -> Diagnosis | None:
    """Detect an argument of which a multiple is added to every answer."""
    for way in evidence.readings:
        if way.start is None or way.still or max(one.right.size for one in way.changes) < 3:
            continue
        name = way.start
        if all(
            _is_added(change, np.asarray(change.case.arguments[name])) for change in way.changes
        ):
            return named("multiple_added", f"multiple_of_{name}_added", argument=name)
    return None


def combined(evidence: Evidence) -> Diagnosis | None:
    """Detect two arguments added, subtracted, multiplied or divided in place of the answer.

    Both have the answer's shape. Requires three different numbers in the wrong answers.
    """
    if not are_several((one.got for one in evidence.wrong), _SEVERAL):
        return None
    names = [way.start for way in evidence.readings if way.start is not None]
    for one, other in permutations(names, 2):
        for sign, label, function in _OPERATIONS:

            def answer(case: Case) -> Array:
                first, second = case.arguments[one], case.arguments[other]  # noqa: B023
                return function(np.asarray(first), np.asarray(second))  # noqa: B023

            if evidence.fits(answer):
                name = f"{one}_{label}_{other}"
                return named("arguments_combined", name, words=f"{one} {sign} {other}")
    return None


_OPERATIONS: tuple[tuple[str, str, Callable[[Array, Array], Array]], ...] = (
    ("+", "plus", np.add),
    ("-", "minus", np.subtract),
    ("*", "times", np.multiply),
    ("/", "over", np.divide),
)


def _is_added(change: Change, value: Array) -> bool:
    square = np.vdot(value, value)
    multiple = np.vdot(value, change.got - change.right) / square if square else 0.0
    return change.is_like(change.right + multiple * value)


def _factors(case: Case) -> Iterator[tuple[str, Factor]]:
    for name, value in case.arguments.items():
        if np.ndim(value) == 0:
            yield name, _number(name)
        elif np.ndim(value) == 1:
            for axis in range(case.expected.ndim):
                yield name, _vector(name, axis, np.tile)
                yield name, _vector(name, axis, np.repeat)


def _number(name: str) -> Factor:
    return lambda case: np.asarray(case.arguments[name])


def _vector(name: str, axis: int, stretch: Callable[[Array, int], Array]) -> Factor:
    """The factor for a vector along `axis`, whose length may be a multiple of the vector's.

    `stretch` repeats the vector to that length: np.tile as a whole, np.repeat element by element.
    """

    def factor(case: Case) -> Array | None:
        vector, shape = np.asarray(case.arguments[name]), case.expected.shape
        if vector.ndim != 1 or not vector.size or shape[axis] % vector.size:
            return None
        stretched = stretch(vector, shape[axis] // vector.size)
        return stretched.reshape(-1, *(1 for _ in shape[axis + 1 :]))

    return factor


def _is_missing(change: Change, factor: Factor) -> bool:
    value = factor(change.case)
    return value is not None and Change(change.case, change.right, change.got).is_times(value)


def _is_extra(change: Change, factor: Factor) -> bool:
    value = factor(change.case)
    return value is not None and change.is_times(value)


def _tells(change: Change, factor: Factor) -> bool:
    """Whether there is a cell that could refute `factor`; see `misused`."""
    value = factor(change.case)
    if value is None:
        return False
    some = np.broadcast_to((value != 0.0) & (value != 1.0), change.right.shape)
    return bool((some & (change.got != 0.0) & (change.right != 0.0)).any())


# --- lost digits ----------------------------------------------------------------------------------


_MOST_PLACES = 9
_HALF_ERROR = 2.0**-6
"""The error of float16, relative to the largest number. One rounding is 2**-11; they add up."""
_SINGLE_ERROR = 2.0**-16
"""The same for float32, whose rounding is 2**-24."""
_INEXACT_ERROR = 1e-3


def whole(evidence: Evidence) -> Diagnosis | None:
    """Detect wrong answers that are the right ones without their fractions.

    Requires a number other than 0 and 1 among them, or answers of integer dtype: a one-hot answer
    looks the same as rounded probabilities.
    """
    numbers = [one.got.ravel() for one in evidence.wrong]
    if not numbers or (
        np.isin(np.concatenate(numbers), (0, 1)).all()
        and not all(one.got.dtype.kind in "iu" for one in evidence.wrong)
    ):
        return None
    types = {one.got.dtype for one in evidence.wrong}
    integers = all(dtype.kind in "biu" for dtype in types)
    # Small and unsigned dtypes wrap numbers that they cannot hold.
    casts = [partial(np.asarray, dtype=dtype) for dtype in types if dtype.kind in "iu"]
    makes: tuple[Callable[[Array], Array], ...] = (np.trunc, np.floor, np.rint, *casts)
    for make in makes:
        if all(np.array_equal(one.got, make(one.right)) for one in evidence.wrong):
            return named("whole_numbers") if integers or _leaves(make, evidence) else None
    return None


def lost_digits(evidence: Evidence) -> Diagnosis | None:
    """Detect how digits were lost, where every wrong answer is close to the right one.

    Requires two different numbers: a single one may be exact in any dtype, and close by chance.
    """
    wrong = evidence.wrong
    if not are_several((one.got for one in wrong), 2):
        return None
    if not all(_is_close(one, _HALF_ERROR) for one in wrong):
        return _rounded(evidence)
    if all(one.got.dtype == np.float32 for one in wrong):
        close = all(_is_close(one, _SINGLE_ERROR) for one in wrong)
        return named("single_precision") if close else None
    for dtype, name in ((np.float16, "half_precision"), (np.float32, "single_precision")):
        if all(_is_held_in(one, dtype) for one in wrong):
            return named(name)
    return _rounded(evidence)


def inexact(evidence: Evidence) -> Diagnosis | None:
    """Detect that every wrong answer is close to the right one."""
    near = evidence.wrong and all(_is_close(one, _INEXACT_ERROR) for one in evidence.wrong)
    return named("inexact") if near else None


def held_in_half(evidence: Evidence) -> Diagnosis | None:
    """Detect that every answer has dtype float16."""
    types = {outcome.value.dtype for outcome in evidence.outcomes if outcome.value is not None}
    return named("held_in_half") if types == {np.dtype(np.float16)} else None


def _rounded(evidence: Evidence) -> Diagnosis | None:
    """Detect numbers rounded to a few decimals.

    Requires three different numbers: a constant may be close to the right ones by chance.
    """
    if not are_several((one.got for one in evidence.wrong), _SEVERAL):
        return None
    for places in range(1, _MOST_PLACES):
        if all(_is_rounded(one, places) for one in evidence.wrong):

            def rounded(values: Array, places: int = places) -> Array:
                return np.round(values, places)

            return named("rounded") if _leaves(rounded, evidence) else None
    return None


def _leaves(make: Callable[[Array], Array], evidence: Evidence) -> bool:
    """Whether `make` leaves the answers of the passing cases right."""
    return all(
        agrees(make(case.expected), case.expected, case.tolerance) for case in evidence.passing
    )


def _is_rounded(one: Change, places: int) -> bool:
    if one.got.shape != one.right.shape or one.got.dtype.kind != "f":
        return False
    got = one.got.astype(np.float64)
    near = np.abs(got - one.right) <= 0.5001 * 10.0**-places
    return bool(near.all()) and bool((np.abs(np.round(got, places) - got) < 1e-14).all())


def _is_held_in(one: Change, dtype: type[np.floating]) -> bool:
    """Whether `dtype` holds the numbers exactly, and they are as close as its rounding allows."""
    error = _HALF_ERROR if dtype is np.float16 else _SINGLE_ERROR
    return _is_close(one, error) and np.array_equal(one.got.astype(dtype), one.got)


def _is_close(one: Change, share: float) -> bool:
    if one.got.shape != one.right.shape:
        return False
    largest = float(np.abs(one.right).max(initial=0.0))
    got = one.got.astype(np.float64)
    return bool((np.abs(got - one.right) <= share * largest).all())
