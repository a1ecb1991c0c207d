"""Lays out a wrong answer next to the expected one, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from autograder.model.course import Case
from autograder.model.report import Cell, Flaw, Grid, Line, Mismatch
from autograder.model.values import Array

Mask = npt.NDArray[np.bool_]

MOST_ROWS = 16
MOST_COLUMNS = 16
_DIGITS = 4
_SPECK = 1e-15
"""Numbers below this share of the largest one are shown as 0: they are rounding errors."""
_BESIDE = 2
"""How many columns to show to the left of the first one with a wrong cell."""


def lay_out(mismatch: Mismatch, axes: Sequence[str] = ()) -> Grid | None:
    """The grid of a wrong answer with at most two dimensions; None if the shapes differ.

    `axes` says what each axis of the answer counts, as in Exercise.axes. The grid shows expected
    values, so students may see it for public cases only.
    """
    got, expected, wrong = mismatch.outcome.value, mismatch.case.expected, mismatch.wrong
    if wrong is None or got is None or got.ndim > 2 or not wrong.any():
        return None
    arrays = cells, right, marks = [_as_matrix(one) for one in (got, expected, wrong)]
    least = _SPECK * max(_largest(cells), _largest(right))
    rows, columns = _rows(marks), _columns(marks)
    # Plain numbers rather than numpy's: many grids are made for a wrong submission.
    shown = [one[np.ix_(rows, columns)].tolist() for one in arrays]
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
                    _cell(one, other, mark, least)
                    for one, other, mark in zip(*numbers, strict=True)
                ),
            )
            for row, *numbers in zip(rows, *shown, strict=True)
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
    """The cell for two numbers; those smaller than `least` are shown as 0.

    That does not apply where a wrong cell would then show two equal numbers.
    """
    kept, right = _kept(got, least), _kept(expected, least)
    texts = number(kept, _DIGITS), number(right, _DIGITS)
    if wrong and texts[0] == texts[1]:
        texts = two_numbers(kept, right)
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
    """The index of the first wrong cell, or of the first non-finite one if that is the flaw.

    None if no cells were compared.
    """
    wrong, value = mismatch.wrong, mismatch.outcome.value
    if wrong is None or value is None:
        return None
    if mismatch.flaw is Flaw.NON_FINITE:
        wrong = wrong & ~(np.isfinite(value) & np.isfinite(mismatch.case.expected))
    return tuple(int(place) for place in np.unravel_index(int(np.argmax(wrong)), wrong.shape))


def two_numbers(got: complex, expected: complex, *, at_least: int = 6) -> tuple[str, str]:
    """Both numbers as text, with as many digits as it takes to tell them apart.

    Tries `at_least` digits first, then up to 17.
    """
    for digits in (at_least, 6, 9, 12, 17):
        texts = number(got, digits), number(expected, digits)
        if texts[0] != texts[1]:
            break
    return texts


def number(value: complex | np.generic, digits: int) -> str:
    """A number of any numeric type as text, with at most `digits` significant digits."""
    plain = value.item() if isinstance(value, np.bool_) else value  # numpy bools do not take "g"
    return f"{plain:.{digits}g}"


# --- what a place means -----------------------------------------------------------------------


def meanings(axes: Sequence[str], axis: int, case: Case) -> Callable[[int], str]:
    """A function that puts an index of `axis` into words: `class 2, input 1`, or "" if unknown.

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
    """The words of an axis with their counts: `class of Z, input` gives (class, 5), (input, 3).

    Empty if the counts do not multiply to the length of the axis.
    """
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
    """What the wrong numbers have in common; `right` has the expected values of the right cells."""
    each = "the wrong number" if got.size == 1 else "each of them"
    if np.isnan(got).all():
        return f"{each} is NaN"
    if not np.isfinite(got).any():
        return f"{each} is infinite"
    if not got.any():
        return f"{each} is zero"
    with np.errstate(all="ignore"):
        if np.allclose(got, -expected, equal_nan=False):
            return f"{each} has the right size and the wrong sign"
        if right.size and not expected.any() and right.all():
            return f"{each} should be zero"
        if got.dtype.kind == "c":
            return ""
        if (np.abs(got) > np.abs(expected)).all():
            return f"{each} is too far from zero"
        if (np.abs(got) < np.abs(expected)).all() and (got * expected >= 0).all():
            return f"{each} is too close to zero"
    return ""
