"""Explains wrong answers that are close to the right ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from autograder.diagnosis.evidence import Diagnosis, Wrong, agrees
from autograder.model import Array, Case

_MOST_PLACES = 9
_HALF_ERROR = 2.0**-6
"""Against the largest number; rounding of float16 is 2**-11, and it adds up."""
_SINGLE_ERROR = 2.0**-16
"""The same for float32, whose rounding is 2**-24."""
_INEXACT_ERROR = 1e-3


def whole(wrong: Sequence[Wrong], passing: Sequence[Case]) -> Diagnosis | None:
    """Whether every wrong answer is the right one without its fractions."""
    for make in (np.trunc, np.floor, np.rint):
        if all(np.array_equal(one.got, make(one.expected)) for one in wrong):
            integers = all(one.got.dtype.kind in "biu" for one in wrong)
            return _WHOLE if integers or _leaves(make, passing) else None
    return None


def inexact(wrong: Sequence[Wrong], passing: Sequence[Case]) -> Diagnosis | None:
    """How digits were lost, where every wrong answer is close to the right one."""
    if not all(_is_close(one, _HALF_ERROR) for one in wrong):
        return _rounded(wrong, passing)
    if all(one.got.dtype == np.float16 for one in wrong):
        return _HALF
    if all(one.got.dtype == np.float32 for one in wrong):
        return _SINGLE if all(_is_close(one, _SINGLE_ERROR) for one in wrong) else None
    for dtype, diagnosis in ((np.float16, _HALF), (np.float32, _SINGLE)):
        if all(_is_held_in(one, dtype) for one in wrong):
            return diagnosis
    found = _rounded(wrong, passing)
    if found is None and all(_is_close(one, _INEXACT_ERROR) for one in wrong):
        return _INEXACT
    return found


def _rounded(wrong: Sequence[Wrong], passing: Sequence[Case]) -> Diagnosis | None:
    for places in range(1, _MOST_PLACES):
        if all(_is_rounded(one, places) for one in wrong):

            def rounded(values: Array, places: int = places) -> Array:
                return np.round(values, places)

            return _ROUNDED if _leaves(rounded, passing) else None
    return None


def _leaves(make: Callable[[Array], Array], passing: Sequence[Case]) -> bool:
    """Whether the answers that were right would not change."""
    return all(agrees(make(case.expected), case.expected, case.tolerance) for case in passing)


def _is_rounded(one: Wrong, places: int) -> bool:
    if one.got.shape != one.expected.shape or one.got.dtype.kind != "f":
        return False
    got = one.got.astype(np.float64)
    near = np.abs(got - one.expected) <= 0.5001 * 10.0**-places
    return bool(near.all()) and bool((np.abs(np.round(got, places) - got) < 1e-14).all())


def _is_held_in(one: Wrong, dtype: type[np.floating]) -> bool:
    """Whether the numbers are ones of `dtype`, and as close as its rounding lets them be."""
    error = _HALF_ERROR if dtype is np.float16 else _SINGLE_ERROR
    return _is_close(one, error) and np.array_equal(one.got.astype(dtype), one.got)


def _is_close(one: Wrong, share: float) -> bool:
    if one.got.shape != one.expected.shape:
        return False
    largest = float(np.abs(one.expected).max(initial=0.0))
    got = one.got.astype(np.float64)
    return bool((np.abs(got - one.expected) <= share * largest).all())


_WHOLE = Diagnosis(
    "whole_numbers",
    (
        "Your numbers have lost their fractions.",
        "An array of integers cannot hold fractions: look at the type of the array that you fill "
        "(zeros_like takes over the type of its argument), and for // or a conversion to int.",
    ),
)
_HALF = Diagnosis(
    "half_precision",
    (
        "Your numbers are right to about three digits: that is the precision of float16.",
        "Leave the type of your arrays at numpy's default, float64.",
    ),
)
_SINGLE = Diagnosis(
    "single_precision",
    (
        "Your numbers are right to about seven digits: that is the precision of float32.",
        "Leave the type of your arrays at numpy's default, float64.",
    ),
)
_ROUNDED = Diagnosis(
    "rounded",
    (
        "Your numbers are rounded to a few decimals.",
        "Return what you computed: rounding is for printing only.",
    ),
)
_INEXACT = Diagnosis(
    "inexact",
    (
        "Your numbers are close, but not close enough.",
        "Look for a small number that is added for safety, a constant typed with few digits, a "
        "derivative by differences, or a coarse number type.",
    ),
)
