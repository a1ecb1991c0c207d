"""Detects right numbers in the wrong cells, and patterns of wrong cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from autograder.compare import right_cells
from autograder.diagnosis.evidence import Change, Diagnosis, Evidence, agrees, are_several
from autograder.diagnosis.hints import named
from autograder.model.course import Case
from autograder.model.values import Array

_LONGEST_DIAGONAL = 1024  # np.diag builds a square matrix, which must not take gigabytes

Rearrangement = Callable[[Case], "Array | None"]
"""Returns the answer to a case under a mistake; None if the mistake cannot be made there."""


def arrangement(evidence: Evidence) -> Diagnosis | None:
    """Detect a rearrangement of the expected values that explains every wrong answer.

    It must leave the answers of the passing cases right. Requires two different numbers, each of
    which could refute it.
    """
    if not are_several((one.got for one in evidence.wrong), 2):
        return None  # a single number can be the sum of many things
    for name, changes in _REARRANGEMENTS:
        for change in changes(evidence.wrong[0].case):
            if evidence.fits(change):
                return named(name)
    return None


def reshaped(evidence: Evidence) -> Diagnosis | None:
    """Detect wrong answers that hold the expected numbers, in order, in another shape."""
    for one in evidence.wrong:
        if one.got.shape == one.right.shape or one.got.size != one.right.size:
            return None
        flat, tolerance = one.got.reshape(-1), one.case.tolerance
        rows, columns = one.right.reshape(-1), one.right.reshape(-1, order="F")
        if not agrees(flat, rows, tolerance) and not agrees(flat, columns, tolerance):
            return None
    return named("right_values_wrong_shape") if evidence.wrong else None


def among_others(evidence: Evidence) -> Diagnosis | None:
    """Detect wrong answers with an extra leading axis, one part of which is the right answer.

    The right part must have the same index in all of them, counted from the start or the end.
    """
    places: set[int] | None = None
    for one in evidence.wrong:
        if one.got.ndim != one.right.ndim + 1:
            return None
        right = {
            place
            for at, part in enumerate(one.got)
            if agrees(np.asarray(part), one.right, one.case.tolerance)
            for place in (at, at - len(one.got))
        }
        places = right if places is None else places & right
    several = any(len(one.got) > 1 for one in evidence.wrong)
    return named("right_among_others") if places and several else None


def signs(evidence: Evidence) -> Diagnosis | None:
    """Detect wrong signs: all numbers are positive, or some signs are the wrong way round."""
    wrong = evidence.wrong
    if evidence.fits(lambda case: np.abs(case.expected)):
        return named("sign_lost")
    if wrong and all(
        agrees(np.abs(one.got), np.abs(one.right), one.case.tolerance) for one in wrong
    ):
        return named("some_signs_wrong")
    return None


def reordered(evidence: Evidence) -> Diagnosis | None:
    """Detect wrong answers that hold the expected numbers in some other order."""
    for one in evidence.wrong:
        if one.got.shape != one.right.shape or one.got.size < 2:
            return None
        if not agrees(np.sort(one.got, None), np.sort(one.right, None), one.case.tolerance):
            return None
    return named("right_values_wrong_order") if evidence.wrong else None


def _always(*changes: Callable[[Array], Array | None]) -> Callable[[Case], Iterator[Rearrangement]]:
    def of(change: Callable[[Array], Array | None]) -> Rearrangement:
        return lambda case: change(case.expected)

    return lambda case: (of(change) for change in changes)


def _transposed(expected: Array) -> Array | None:
    return expected.T if expected.ndim > 1 else None


def _columns_first(expected: Array) -> Array:
    return expected.reshape(-1, order="F").reshape(expected.shape)


def _rows_first(expected: Array) -> Array:
    return expected.reshape(-1).reshape(expected.shape, order="F")


def _flat_orders(case: Case) -> Iterator[Rearrangement]:
    """Yield the rearrangements of an axis that flattens two indices as j*m + i, not as i*n + j.

    One of the two sizes must be that of an axis of an argument.
    """
    for axis in range(case.expected.ndim):
        for name, value in case.arguments.items():
            for side in range(np.ndim(value)):
                yield _flat_order(axis, name, side, outer=True)
                yield _flat_order(axis, name, side, outer=False)


def _flat_order(axis: int, name: str, side: int, *, outer: bool) -> Rearrangement:
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


def _sums(case: Case) -> Iterator[Rearrangement]:
    if not case.expected.size:
        return
    for keepdims in (False, True):
        for axis in (None, *range(case.expected.ndim)):
            yield _reduced(np.sum, axis, keepdims)
            yield _reduced(np.mean, axis, keepdims)


def _reduced(reduce: Callable[..., Array], axis: int | None, keepdims: bool) -> Rearrangement:
    def change(case: Case) -> Array | None:
        if not case.expected.size or (axis is not None and axis >= case.expected.ndim):
            return None
        return np.asarray(reduce(case.expected, axis=axis, keepdims=keepdims))

    return change


def _diagonal_taken(expected: Array) -> Array | None:
    if expected.ndim == 2 or (expected.ndim == 1 and expected.size <= _LONGEST_DIAGONAL):
        return np.diag(expected)
    return None


_REARRANGEMENTS: tuple[tuple[str, Callable[[Case], Iterator[Rearrangement]]], ...] = (
    ("transposed", _always(_transposed)),
    ("flat_index_order", _flat_orders),
    ("reshape_order", _always(_columns_first, _rows_first)),
    ("summed", _sums),
    ("diagonal_as_another_shape", _always(_diagonal_taken)),
)


# --- where the wrong cells are --------------------------------------------------------------------


def diagonal(evidence: Evidence) -> Diagnosis | None:
    """Detect wrong cells that are all on the diagonal, or all off it."""
    off: list[bool] = []
    on: list[bool] = []
    zero, sparse, telling, blocks = True, True, False, False
    for one in evidence.wrong:
        mask = _diagonal_mask(one.right.shape)
        if mask is None or one.got.shape != one.right.shape:
            return None
        right = right_cells(one.got, one.right, one.case.tolerance)
        off.append(bool(right[mask].all()))
        on.append(bool(right[~mask].all()))
        zero = zero and not one.got[~mask].any()
        sparse = sparse and not one.right[~mask].any()
        blocks = blocks or mask.shape[0] != mask.shape[1]
        telling = telling or not bool(mask.all())
        if not off[-1] and not on[-1]:
            return None
    if not off:
        return None
    place = "the diagonal blocks" if blocks else "the diagonal"
    if all(off):
        return named("diagonal_only" if zero else "wrong_off_the_diagonal", place=place)
    if not all(on) or not telling:
        return None
    return named("only_zeros_right" if sparse else "wrong_on_the_diagonal", place=place)


def left_out(evidence: Evidence) -> Diagnosis | None:
    """Detect wrong cells that are all zero, or all unchanged from an argument; others are right."""
    for way in evidence.readings:
        if _only_zeros_wrong(way.changes, way.still):
            if way.start is None:
                return named("cells_left_at_zero")
            return named("cells_left_unchanged", argument=way.start)
    return None


def _only_zeros_wrong(changes: Sequence[Change], still: Sequence[Change]) -> bool:
    filled = any(one.right.any() for one in still)
    for one in changes:
        right = right_cells(one.got, one.right, one.case.tolerance)
        if one.got[~right].any():
            return False
        filled = filled or bool(one.got[right].any())
    return filled


def _diagonal_mask(shape: tuple[int, ...]) -> npt.NDArray[np.bool_] | None:
    """A mask of the diagonal of a square matrix; None if `shape` has none.

    For shapes (n*m, m) and (m, n*m), the m diagonal blocks of n cells each.
    """
    if len(shape) != 2 or 0 in shape:
        return None
    rows, columns = shape
    small, large = sorted(shape)
    if large % small:
        return None
    row, column = np.arange(rows)[:, None], np.arange(columns)
    return np.asarray(row * small // rows == column * small // columns)
