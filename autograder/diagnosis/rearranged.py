"""Explains wrong answers whose numbers are the right ones in a wrong arrangement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autograder.diagnosis.evidence import Diagnosis, Wrong, agrees
from autograder.model import Array, Case

_LONGEST_DIAGONAL = 1024  # a matrix of it is built, which must not cost gigabytes

Change = Callable[[Case], "Array | None"]
"""What an answer would be under a mistake; None where the mistake cannot be made."""


def arrangement(wrong: Sequence[Wrong], passing: Sequence[Case]) -> Diagnosis | None:
    """The first rearrangement of the expected values that explains every wrong answer.

    It has to leave the expected values of the passing cases as they are.
    """
    for diagnosis, changes in _REARRANGEMENTS:
        for change in changes(wrong[0].case):
            if all(_explains(change, one) for one in wrong) and all(
                _leaves(change, case) for case in passing
            ):
                return diagnosis
    return None


def reshaped(wrong: Sequence[Wrong]) -> Diagnosis | None:
    """Whether each wrong answer holds the expected numbers, in order, in another shape."""
    for one in wrong:
        if one.got.shape == one.expected.shape or one.got.size != one.expected.size:
            return None
        flat, tolerance = one.got.reshape(-1), one.case.tolerance
        rows, columns = one.expected.reshape(-1), one.expected.reshape(-1, order="F")
        if not agrees(flat, rows, tolerance) and not agrees(flat, columns, tolerance):
            return None
    return _WRONG_SHAPE


def signs(wrong: Sequence[Wrong], passing: Sequence[Case]) -> Diagnosis | None:
    """Whether nothing is wrong but signs: all of them positive, or some the wrong way round."""
    if all(one.is_like(np.abs(one.expected)) for one in wrong) and all(
        agrees(np.abs(case.expected), case.expected, case.tolerance) for case in passing
    ):
        return _SIGN_LOST
    if all(agrees(np.abs(one.got), np.abs(one.expected), one.case.tolerance) for one in wrong):
        return _SOME_SIGNS
    return None


def reordered(wrong: Sequence[Wrong]) -> Diagnosis | None:
    """Whether each wrong answer holds the expected numbers, in some other order."""
    for one in wrong:
        if one.got.shape != one.expected.shape or one.got.size < 2:
            return None
        if not agrees(np.sort(one.got, None), np.sort(one.expected, None), one.case.tolerance):
            return None
    return _OTHER_ORDER


def _explains(change: Change, one: Wrong) -> bool:
    answer = change(one.case)
    return answer is not None and one.is_like(answer)


def _leaves(change: Change, case: Case) -> bool:
    answer = change(case)
    return answer is not None and agrees(answer, case.expected, case.tolerance)


def _always(*changes: Callable[[Array], Array | None]) -> Callable[[Case], Iterator[Change]]:
    def of(change: Callable[[Array], Array | None]) -> Change:
        return lambda case: change(case.expected)

    return lambda case: (of(change) for change in changes)


def _transposed(expected: Array) -> Array | None:
    return expected.T if expected.ndim > 1 else None


def _columns_first(expected: Array) -> Array:
    return expected.reshape(-1, order="F").reshape(expected.shape)


def _rows_first(expected: Array) -> Array:
    return expected.reshape(-1).reshape(expected.shape, order="F")


def _flat_orders(case: Case) -> Iterator[Change]:
    """One axis that counts two indices, as i*n + j, taken to count them as j*m + i.

    One of the two sizes has to be that of an axis of an argument.
    """
    for axis in range(case.expected.ndim):
        for name, value in case.arguments.items():
            for side in range(np.ndim(value)):
                yield _flat_order(axis, name, side, outer=True)
                yield _flat_order(axis, name, side, outer=False)


def _flat_order(axis: int, name: str, side: int, *, outer: bool) -> Change:
    def change(case: Case) -> Array | None:
        shape = case.expected.shape
        sizes = np.shape(case.arguments[name])
        if axis >= len(shape) or side >= len(sizes) or sizes[side] == 0:
            return None
        size = sizes[side]
        if shape[axis] % size:
            return None
        pair = (size, shape[axis] // size) if outer else (shape[axis] // size, size)
        split = case.expected.reshape(*shape[:axis], *pair, *shape[axis + 1 :])
        return np.swapaxes(split, axis, axis + 1).reshape(shape)

    return change


def _sums(case: Case) -> Iterator[Change]:
    if not case.expected.size:
        return
    for keepdims in (False, True):
        for axis in (None, *range(case.expected.ndim)):
            yield _reduced(np.sum, axis, keepdims)
            yield _reduced(np.mean, axis, keepdims)


def _reduced(reduce: Callable[..., Array], axis: int | None, keepdims: bool) -> Change:
    def change(case: Case) -> Array | None:
        if not case.expected.size or (axis is not None and axis >= case.expected.ndim):
            return None
        return np.asarray(reduce(case.expected, axis=axis, keepdims=keepdims))

    return change


def _diagonal_taken(expected: Array) -> Array | None:
    if expected.ndim == 2 or (expected.ndim == 1 and expected.size <= _LONGEST_DIAGONAL):
        return np.diag(expected)
    return None


_TRANSPOSED = Diagnosis(
    "transposed",
    (
        "Your numbers are right, but rows and columns have changed places.",
        "Go through what the rows stand for and what the columns stand for, with two different "
        "sizes, and check the order of the two factors in each product.",
    ),
)
_WRONG_SHAPE = Diagnosis(
    "right_values_wrong_shape",
    (
        "Your numbers are right, but the result has the wrong shape.",
        "Print the shape of your result next to the shape in the docstring: an axis of length 1, "
        "or one axis where two are asked for, counts as a different shape.",
    ),
)
_RESHAPE_ORDER = Diagnosis(
    "reshape_order",
    (
        "Your numbers are right, but they were laid out in the wrong order by a reshape.",
        "reshape and ravel go row by row (order 'C'). To go column by column, transpose first, or "
        "ask for order 'F'.",
    ),
)
_FLAT_ORDER = Diagnosis(
    "flat_index_order",
    (
        "Your numbers are right, but in the flat order two indices have changed places.",
        "Write down which index runs fastest: in i*n + j it is j. With two different sizes, list "
        "the first few places by hand.",
    ),
)
_SUMMED = Diagnosis(
    "summed",
    (
        "You added up (or averaged) numbers that should stay apart.",
        "Look for a sum, a mean or a product that makes an axis disappear that is asked for.",
    ),
)
_DIAGONAL_VECTOR = Diagnosis(
    "diagonal_as_another_shape",
    (
        "You returned a diagonal where the whole array is asked for, or the other way round.",
        "np.diag makes a matrix of a vector, and takes a vector out of a matrix: check which one "
        "you need.",
    ),
)
_SIGN_LOST = Diagnosis(
    "sign_lost",
    (
        "Your numbers have the right size, but those that should be negative are positive.",
        "Look for an absolute value, a square, or a difference taken the wrong way round.",
    ),
)
_SOME_SIGNS = Diagnosis(
    "some_signs_wrong",
    (
        "Your numbers are right but for the signs of some.",
        "Take one number whose sign is right and one whose sign is wrong, and compare how each "
        "comes about.",
    ),
)
_OTHER_ORDER = Diagnosis(
    "right_values_wrong_order",
    (
        "You have the right numbers, but in another order.",
        "Work out by hand which number belongs in the first two places.",
    ),
)

_REARRANGEMENTS: tuple[tuple[Diagnosis, Callable[[Case], Iterator[Change]]], ...] = (
    (_TRANSPOSED, _always(_transposed)),
    (_FLAT_ORDER, _flat_orders),
    (_RESHAPE_ORDER, _always(_columns_first, _rows_first)),
    (_SUMMED, _sums),
    (_DIAGONAL_VECTOR, _always(_diagonal_taken)),
)
