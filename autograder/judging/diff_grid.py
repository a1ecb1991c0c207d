"""Lays out a wrong answer of a public case cell by cell, against what was expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from autograder.model import Array, Case, Cell, Flaw, Grid, Line, Mismatch

Mask = npt.NDArray[np.bool_]

MOST_ROWS = 16
MOST_COLUMNS = 16
_DIGITS = 4
_SPECK = 1e-15
"""How small a number is, against the largest of the answer, to be what rounding leaves of zero."""
_BESIDE = 2
"""How many columns to show to the left of the first one with a wrong cell."""


def lay_out(mismatch: Mismatch, axes: Sequence[str] = ()) -> Grid | None:
    """The cells of a wrong answer with at most two dimensions; None where shapes differ.

    `axes` says what each axis of the answer counts, as in Exercise.axes. For public cases only: it
    holds expected values.
    """
    got, expected, wrong = mismatch.outcome.value, mismatch.case.expected, mismatch.wrong
    if wrong is None or got is None or got.ndim > 2 or not wrong.any():
        return None
    cells, right, marks = map(_as_matrix, (got, expected, wrong))
    least = _SPECK * max(_largest(cells), _largest(right))
    rows, columns = _rows(marks), _columns(marks)
    row_words = meanings(axes, 0, mismatch.case)
    column_words = meanings(axes, 1, mismatch.case)
    return Grid(
        dimensions=got.ndim,
        columns=tuple((column, column_words(column)) for column in columns),
        lines=tuple(
            Line(
                row,
                row_words(row) if got.ndim else "",
                tuple(
                    _cell(cells[row, column], right[row, column], bool(marks[row, column]), least)
                    for column in columns
                ),
            )
            for row in rows
        ),
        rows_left_out=int(np.count_nonzero(marks.any(axis=1)))
        - int(np.count_nonzero(marks[rows].any(axis=1))),
        columns_left_out=marks.shape[1] - len(columns),
        pattern=_pattern(got, expected, wrong, axes, mismatch.case),
    )


def _as_matrix(array: Array) -> Array:
    return array if array.ndim == 2 else array.reshape(-1, 1)


def _rows(marks: Mask) -> list[int]:
    if marks.shape[0] <= MOST_ROWS:
        return list(range(marks.shape[0]))
    return [int(row) for row in np.flatnonzero(marks.any(axis=1))[:MOST_ROWS]]


def _columns(marks: Mask) -> list[int]:
    count = marks.shape[1]
    if count <= MOST_COLUMNS:
        return list(range(count))
    first = max(0, int(np.argmax(marks.any(axis=0))) - _BESIDE)
    first = min(first, count - MOST_COLUMNS)
    return list(range(first, first + MOST_COLUMNS))


def _cell(got: complex, expected: complex, wrong: bool, least: float) -> Cell:
    """Both numbers; what is smaller than `least` reads 0, unless they differ in nothing else."""
    if not wrong:
        shown, right = (number(_kept(one, least), _DIGITS) for one in (got, expected))
        return Cell(shown, right, wrong)
    texts = two_numbers(_kept(got, least), _kept(expected, least), at_least=_DIGITS)
    if texts[0] == texts[1]:
        texts = two_numbers(got, expected, at_least=_DIGITS)
    return Cell(*texts, wrong)


def _kept(value: complex, least: float) -> complex:
    return type(value)(0) if abs(value) < least else value


def _largest(array: Array) -> float:
    finite = array[np.isfinite(array)]
    return float(np.abs(finite).max(initial=0.0))


# --- one wrong cell ---------------------------------------------------------------------------


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


# --- what a place means -----------------------------------------------------------------------


def meanings(axes: Sequence[str], axis: int, case: Case) -> Callable[[int], str]:
    """The meaning of each index of one axis: `class 2, input 1`, or nothing where unknown.

    `axes` says what each axis of the answer counts, as in Exercise.axes.
    """
    counted = _counted(axes[axis], case, axis) if axis < min(len(axes), case.expected.ndim) else ()

    def meaning(index: int) -> str:
        words = []
        for word, count in reversed(counted):
            index, place = divmod(index, count)
            words.append(f"{word} {place}")
        return ", ".join(reversed(words))

    return meaning


def _counted(axis_words: str, case: Case, axis: int) -> tuple[tuple[str, int], ...]:
    """Each word of an axis with how many it counts: `class of Z, input` as class 5, input 3."""
    length = case.expected.shape[axis]
    counts: list[tuple[str, int]] = []
    for part in axis_words.split(", "):
        word, _, name = part.partition(" of ")
        sizes = np.shape(case.arguments.get(name, 0.0))
        counts.append((word, sizes[0] if sizes else 0))
    known = prod(count for _, count in counts if count)
    if not known or length % known:
        return ()
    filled = tuple((word, count or length // known) for word, count in counts)
    return filled if prod(count for _, count in filled) == length else ()


# --- what the wrong cells have in common ------------------------------------------------------


def _pattern(got: Array, expected: Array, wrong: Mask, axes: Sequence[str], case: Case) -> str:
    where = _where(wrong, axes, case)
    what = _what(got[wrong], expected[wrong], expected[~wrong])
    sentence = "; ".join(filter(None, (where, what)))
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def _where(wrong: Mask, axes: Sequence[str], case: Case) -> str:
    if wrong.size == 1:
        return ""
    if wrong.all():
        return "every cell is wrong"
    if wrong.ndim == 2 and wrong.shape[0] == wrong.shape[1]:
        diagonal = np.eye(wrong.shape[0], dtype=bool)
        if not wrong[~diagonal].any():
            return "all wrong cells are on the diagonal"
        if not wrong[diagonal].any():
            return "all wrong cells are off the diagonal"
    for axis, name in enumerate(("row", "column")[: wrong.ndim]):
        places = np.flatnonzero(wrong.any(axis=tuple({0, 1} & set(range(wrong.ndim)) - {axis})))
        if wrong.ndim == 2 and places.size == 1:
            index = int(places[0])
            meaning = meanings(axes, axis, case)(index)
            return f"all wrong cells are in {name} {index}" + (f" ({meaning})" if meaning else "")
    count = int(wrong.sum())
    return f"{count} of {wrong.size} cells {'is' if count == 1 else 'are'} wrong"


def _what(got: Array, expected: Array, right: Array) -> str:
    """What the wrong numbers are, with `right` as the numbers expected elsewhere."""
    each = "the wrong number is" if got.size == 1 else "each of them is"
    if np.isnan(got).all():
        return f"{each} NaN"
    if not np.isfinite(got).any():
        return f"{each} infinite"
    if not got.any():
        return f"{each} zero"
    with np.errstate(all="ignore"):
        if np.allclose(got, -expected, equal_nan=False):
            return f"{each} right but for its sign"
        if right.size and not expected.any() and right.all():
            return f"{each} where zero is expected"
        if got.dtype.kind == "c":
            return ""
        if (np.abs(got) > np.abs(expected)).all():
            return f"{each} too far from zero"
        if (np.abs(got) < np.abs(expected)).all() and (got * expected >= 0).all():
            return f"{each} too close to zero"
    return ""
