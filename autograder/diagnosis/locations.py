"""Explains wrong answers by where their wrong cells are, and what stands there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from autograder.compare import right_cells
from autograder.diagnosis.evidence import Change, Diagnosis, Evidence
from autograder.diagnosis.hints import named


def diagonal(evidence: Evidence) -> Diagnosis | None:
    """Whether all wrong cells are on the diagonal, or all off it."""
    off: list[bool] = []
    on: list[bool] = []
    zero, telling = True, False
    for one in evidence.wrong:
        mask = _diagonal_mask(one.expected.shape)
        if mask is None or one.got.shape != one.expected.shape:
            return None
        right = right_cells(one.got, one.expected, one.case.tolerance)
        off.append(bool(right[mask].all()))
        on.append(bool(right[~mask].all()))
        zero = zero and not one.got[~mask].any()
        telling = telling or not bool(mask.all())
        if not off[-1] and not on[-1]:
            return None
    if not off:
        return None
    if all(off):
        return named("diagonal_only" if zero else "wrong_off_the_diagonal")
    return named("wrong_on_the_diagonal") if all(on) and telling else None


def left_out(evidence: Evidence) -> Diagnosis | None:
    """Whether every wrong cell is zero, or still that of an argument, and others are right."""
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
    """The diagonal of a square; of (n*m, m) and (m, n*m) the m diagonal blocks of n."""
    if len(shape) != 2 or 0 in shape:
        return None
    rows, columns = shape
    small, large = sorted(shape)
    if large % small:
        return None
    row, column = np.arange(rows)[:, None], np.arange(columns)
    return np.asarray(row * small // rows == column * small // columns)
