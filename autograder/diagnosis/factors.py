"""Explains wrong answers that are off by a factor, by a constant or in their last digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log

import numpy as np

from autograder.diagnosis.evidence import Change, Diagnosis, Reading, Wrong, agrees
from autograder.model import Array, Case

_NAMED = (
    (2.0, "2", "twice"),
    (0.5, "one_half", "half of"),
    (log(2), "ln2", "ln 2 times"),
    (1 / log(2), "1_over_ln2", "1/ln 2 times"),
    (log(10), "ln10", "ln 10 times"),
    (1 / log(10), "1_over_ln10", "1/ln 10 times"),
)


_NO_FACTOR = 1e-3
"""A factor this close to 1 is no mistake in a factor, but in the digits."""


def scaled(ways: Sequence[Reading]) -> Diagnosis | None:
    """The factor by which every wrong answer is off, or every change to an argument."""
    for way in ways:
        if way.start is None:
            found = _factor(way.changes, way.still, "Every number")
        elif all(change.is_times(0.0) for change in (*way.changes, *way.still)):
            found = _unchanged(way.start)
        else:
            found = _factor(way.changes, way.still, f"Every change that you make to {way.start}")
            found = Diagnosis(f"step_{found.name}", found.hints) if found else None
        if found is not None:
            return found
    return None


def shifted(wrong: Sequence[Wrong]) -> Diagnosis | None:
    """Whether all numbers of each wrong answer are off by the same amount."""
    if not _same_shapes(wrong) or all(one.got.size < 2 for one in wrong):
        return None
    for one in wrong:
        amount = np.mean(one.got - one.expected, dtype=np.float64)
        if not np.isfinite(amount) or not one.is_like(one.expected + amount):
            return None
    return _SHIFTED


def proportional(wrong: Sequence[Wrong], passing: Sequence[Case]) -> Diagnosis | None:
    """Whether most answers are wrong, each by one factor, which changes from case to case."""
    if not _same_shapes(wrong) or len(wrong) <= len(passing):
        return None
    # A single number is always some multiple of another one; many of them are evidence.
    if max(np.unique(one.expected).size for one in wrong) < 3:
        return None
    ratios = [_ratio(one.got, one.expected) for one in wrong]
    if not all(
        ratio and one.is_like(ratio * one.expected)
        for ratio, one in zip(ratios, wrong, strict=True)
    ):
        return None
    return _PROPORTIONAL


def cut_off(ways: Sequence[Reading]) -> Diagnosis | None:
    """Whether all is right but for numbers beyond a limit, which come out as the limit."""
    return _CUT_OFF if any(_is_cut(way.changes, way.still) for way in ways) else None


def _is_cut(changes: Sequence[Change], still: Sequence[Change]) -> bool:
    low = min(float(one.got.min()) for one in changes)
    high = max(float(one.got.max()) for one in changes)
    beyond = sum(int(((one.right < low) | (one.right > high)).sum()) for one in changes)
    # There may be two limits, and a single number at a limit is no evidence.
    return beyond > 2 and all(
        agrees(one.got, np.clip(one.right, low, high), one.case.tolerance)
        for one in (*changes, *still)
    )


def zeros(wrong: Sequence[Wrong], passing: Sequence[Case]) -> Diagnosis | None:
    """Whether every answer is zero throughout."""
    if not _same_shapes(wrong) or not all(one.is_like(np.zeros_like(one.got)) for one in wrong):
        return None
    if any(case.expected.any() for case in passing):
        return None
    return _ZEROS


def _factor(changes: Sequence[Change], still: Sequence[Change], what: str) -> Diagnosis | None:
    """The factor of `changes`, which must not show in those that are `still` right."""
    ratio = _ratio(changes[0].got, changes[0].right)
    if not ratio or abs(ratio - 1.0) < _NO_FACTOR or not changes[0].is_times(ratio):
        return None
    every = (*changes, *still)

    def holds(factor: float) -> bool:
        return all(change.is_times(factor) for change in every)

    if holds(-1.0):
        return _negated(what)
    for factor, name, words in _NAMED:
        for sign in (1.0, -1.0):
            if holds(sign * factor):
                return _off_by(f"factor_{name}", f"{what} is {words} what it should be", sign < 0)
    for name, side in _sides(changes[0].case):
        for power in (1.0, -1.0):
            sizes = [_size(change.case, name, side) ** power for change in every]
            for sign in (1.0, -1.0):
                pairs = zip(every, sizes, strict=True)
                if all(change.is_times(sign * size) for change, size in pairs):
                    return _off_by_size(what, name, side, power < 0, sign < 0)
    numbers = sum(np.count_nonzero(change.right) for change in changes)
    if numbers > 1 and holds(ratio):
        return _off_by("factor_constant", f"{what} is off by the same constant factor", False)
    return None


def _sides(case: Case) -> Iterator[tuple[str, int]]:
    for name, value in case.arguments.items():
        for side in range(min(np.ndim(value), 2)):
            yield name, side


def _size(case: Case, name: str, side: int) -> float:
    shape = np.shape(case.arguments[name])
    return float(shape[side]) if side < len(shape) and shape[side] else np.nan


def _ratio(got: Array, expected: Array) -> float:
    """The factor that brings `expected` closest to `got`; 0.0 where there is none."""
    with np.errstate(all="ignore"):
        square = float(np.vdot(expected, expected))
        ratio = float(np.vdot(expected, got)) / square if square > 0.0 else 0.0
    return ratio if np.isfinite(ratio) else 0.0


def _same_shapes(wrong: Sequence[Wrong]) -> bool:
    return all(one.got.shape == one.expected.shape and one.got.size for one in wrong)


def _negated(what: str) -> Diagnosis:
    return Diagnosis(
        "negated",
        (
            f"{what} has the wrong sign.",
            "Look for a minus that is missing or one too many, or a difference taken the wrong "
            "way round.",
        ),
    )


def _off_by(label: str, words: str, negative: bool) -> Diagnosis:
    sign = ", and has the wrong sign" if negative else ""
    return Diagnosis(
        f"minus_{label}" if negative else label,
        (
            f"{words}{sign}.",
            "Look for a factor that is missing or one too many: a sum where a mean belongs, a mean "
            "where a sum belongs, a derivative of a power, the base of a logarithm.",
        ),
    )


def _off_by_size(what: str, name: str, side: int, divided: bool, negative: bool) -> Diagnosis:
    verb = "divided" if divided else "multiplied"
    size = f"the length of {name}" if side == 0 else f"the number of columns of {name}"
    label = f"{verb}_by_{'length' if side == 0 else 'columns'}_of_{name}"
    return _off_by(label, f"{what} is {verb} by {size}", negative)


def _unchanged(name: str) -> Diagnosis:
    return Diagnosis(
        "returns_its_argument",
        (
            f"You return {name} as it came in.",
            f"What is asked for is computed from {name}: return the result of the computation.",
        ),
    )


_SHIFTED = Diagnosis(
    "off_by_a_constant",
    (
        "All numbers of a result are off by the same amount.",
        "Look for a constant that is added where it should be multiplied, or a term that does not "
        "depend on the place in the result.",
    ),
)
_PROPORTIONAL = Diagnosis(
    "proportional",
    (
        "Within one result all numbers are off by the same factor, another one for each input.",
        "Look at what the result is multiplied or divided by as a whole: a missing or a wrong "
        "normalisation.",
    ),
)
_CUT_OFF = Diagnosis(
    "cut_off",
    (
        "Numbers beyond a limit come out as the limit; all others are right.",
        "Look for a clip, a minimum or a maximum: the definition has no limits.",
    ),
)
_ZEROS = Diagnosis(
    "zeros",
    (
        "Every number that you return is zero.",
        "Is the result filled in after it is created, and is it that array that is returned?",
    ),
)
