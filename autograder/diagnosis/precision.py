"""Explains wrong answers that are close to the right ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.diagnosis.evidence import Diagnosis, Evidence, Wrong, agrees
from autograder.diagnosis.hints import named
from autograder.model import Array

_MOST_PLACES = 9
_HALF_ERROR = 2.0**-6
"""Against the largest number; rounding of float16 is 2**-11, and it adds up."""
_SINGLE_ERROR = 2.0**-16
"""The same for float32, whose rounding is 2**-24."""
_INEXACT_ERROR = 1e-3


def whole(evidence: Evidence) -> Diagnosis | None:
    """Whether every wrong answer is the right one without its fractions.

    Needs a number other than 0 and 1 among them, or answers of whole-number type: a one-hot answer
    is what shares are rounded to.
    """
    numbers = [one.got.ravel() for one in evidence.wrong]
    if not numbers or (
        np.isin(np.concatenate(numbers), (0, 1)).all()
        and not all(one.got.dtype.kind in "iu" for one in evidence.wrong)
    ):
        return None
    for make in (np.trunc, np.floor, np.rint):
        if evidence.wrong and all(
            np.array_equal(one.got, make(one.expected)) for one in evidence.wrong
        ):
            integers = all(one.got.dtype.kind in "biu" for one in evidence.wrong)
            return named("whole_numbers") if integers or _leaves(make, evidence) else None
    return None


def inexact(evidence: Evidence) -> Diagnosis | None:
    """How digits were lost, where every wrong answer is close to the right one."""
    wrong = evidence.wrong
    if not wrong:
        return None
    if np.unique(np.concatenate([one.got.ravel() for one in wrong])).size < 2:
        # One number may be near another one by chance, and is held by any type.
        near = all(_is_close(one, _INEXACT_ERROR) for one in wrong)
        return named("inexact") if near else None
    if not all(_is_close(one, _HALF_ERROR) for one in wrong):
        return _rounded(evidence)
    if all(one.got.dtype == np.float16 for one in wrong):
        return named("half_precision")
    if all(one.got.dtype == np.float32 for one in wrong):
        close = all(_is_close(one, _SINGLE_ERROR) for one in wrong)
        return named("single_precision") if close else None
    for dtype, name in ((np.float16, "half_precision"), (np.float32, "single_precision")):
        if all(_is_held_in(one, dtype) for one in wrong):
            return named(name)
    found = _rounded(evidence)
    if found is None and all(_is_close(one, _INEXACT_ERROR) for one in wrong):
        return named("inexact")
    return found


def _rounded(evidence: Evidence) -> Diagnosis | None:
    """Three different numbers are needed: a constant may be near the right ones by chance."""
    if np.unique(np.concatenate([one.got.ravel() for one in evidence.wrong])).size < 3:
        return None
    for places in range(1, _MOST_PLACES):
        if all(_is_rounded(one, places) for one in evidence.wrong):

            def rounded(values: Array, places: int = places) -> Array:
                return np.round(values, places)

            return named("rounded") if _leaves(rounded, evidence) else None
    return None


def _leaves(make: Callable[[Array], Array], evidence: Evidence) -> bool:
    """Whether the answers that were right would not change."""
    return all(
        agrees(make(case.expected), case.expected, case.tolerance) for case in evidence.passing
    )


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
