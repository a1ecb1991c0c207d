"""Explains wrong answers by where their wrong cells are, and what stands there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from autograder.compare import right_cells
from autograder.diagnosis.evidence import Change, Diagnosis, Reading, Wrong


def diagonal(wrong: Sequence[Wrong]) -> Diagnosis | None:
    """Whether all wrong cells are on the diagonal, or all off it."""
    off: list[bool] = []
    on: list[bool] = []
    zero, telling = True, False
    for one in wrong:
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
    if all(off):
        return _ONLY_DIAGONAL if zero else _OFF_DIAGONAL
    return _ON_DIAGONAL if all(on) and telling else None


def left_out(ways: Sequence[Reading]) -> Diagnosis | None:
    """Whether every wrong cell is zero, or still that of an argument, and others are right."""
    for way in ways:
        if _only_zeros_wrong(way.changes, way.still):
            return _LEFT_OUT if way.start is None else _left_unchanged(way.start)
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


_ONLY_DIAGONAL = Diagnosis(
    "diagonal_only",
    (
        "You kept only the diagonal: it is right, and everything beside it is zero.",
        "Ask of each pair of indices that differ whether one still depends on the other.",
    ),
)
_OFF_DIAGONAL = Diagnosis(
    "wrong_off_the_diagonal",
    (
        "Your diagonal is right; the wrong numbers are all beside it.",
        "Derive the case of two different indices on its own, and compare one such cell by hand.",
    ),
)
_ON_DIAGONAL = Diagnosis(
    "wrong_on_the_diagonal",
    (
        "The wrong numbers are all on the diagonal; everything beside it is right.",
        "Derive the case of two equal indices on its own, and compare one such cell by hand.",
    ),
)
_LEFT_OUT = Diagnosis(
    "cells_left_at_zero",
    (
        "All your wrong numbers are zero, and the others are right.",
        "Look for cells that are never filled (the first and the last step of each loop, the ends "
        "of each slice), and for a condition that leaves them out or sets them to zero.",
    ),
)


def _left_unchanged(name: str) -> Diagnosis:
    return Diagnosis(
        "cells_left_unchanged",
        (
            f"All your wrong numbers are still those of {name}, and the others are right.",
            f"Every cell of {name} has its change: look for an index that picks some of them, and "
            "at the first and the last step of each loop.",
        ),
    )
