"""Picks the wrong cell of an answer that is worth showing, with both of its numbers."""

from __future__ import annotations

import numpy as np

from autograder.model import Flaw, Mismatch


def first_wrong(mismatch: Mismatch) -> tuple[int, ...] | None:
    """The index of the first wrong cell, of a non-finite one if that is the flaw."""
    wrong, value = mismatch.wrong, mismatch.outcome.value
    if wrong is None or value is None:
        return None
    if mismatch.flaw is Flaw.NON_FINITE:
        wrong = wrong & ~(np.isfinite(value) & np.isfinite(mismatch.case.expected))
    return tuple(int(place) for place in np.unravel_index(int(np.argmax(wrong)), wrong.shape))


def two_numbers(got: complex, expected: complex, *, at_least: int = 6) -> tuple[str, str]:
    """Both numbers with as few digits as tell them apart, but `at_least` so many."""
    for digits in (at_least, 6, 9, 12, 17):
        texts = number(got, digits), number(expected, digits)
        if texts[0] != texts[1]:
            break
    return texts


def number(value: complex | np.generic, digits: int) -> str:
    """A number of any numeric type with at most so many significant digits."""
    plain = value.item() if isinstance(value, np.bool_) else value  # bools have no format
    return f"{plain:.{digits}g}"
