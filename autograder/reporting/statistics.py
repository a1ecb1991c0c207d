"""What the marks of a class say about its tests: pure functions of arrays.

The terms are those of classical test theory: an item is a test group or an exercise. Lord & Novick,
Statistical Theories of Mental Test Scores (1968), chapter 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

_NOISE = 1e-9
"""A spread smaller than this share of the largest value is rounding, not a difference."""


@dataclass(frozen=True)
class Summary:
    """A class's scores in a few numbers."""

    count: int
    mean: float
    median: float
    lowest: float
    highest: float
    deviation: float
    """The standard deviation of these very scores, 0 for a single one."""


def summary(scores: Vector) -> Summary | None:
    """Of scores of shape (N,); None where there are none."""
    if not scores.size:
        return None
    return Summary(
        count=int(scores.size),
        mean=float(scores.mean()),
        median=float(np.median(scores)),
        lowest=float(scores.min()),
        highest=float(scores.max()),
        deviation=float(scores.std()),
    )


def histogram(scores: Vector, top: float, bins: int = 20) -> tuple[int, ...]:
    """How many of the scores, of shape (N,), lie in each of `bins` equal steps from 0 to `top`.

    A step holds its lower end, the last one `top` as well. What lies outside counts at the ends.
    """
    if top <= 0.0:
        return (int(scores.size),) + (0,) * (bins - 1)
    # 0.1 + 0.2 is a little more than 0.3: a score that is meant to be an edge must be on it
    places = np.floor(np.round(scores * (bins / top), 9))
    counts = np.bincount(np.clip(places, 0, bins - 1).astype(np.int64), minlength=bins)
    return tuple(int(count) for count in counts)


def difficulty(earned: Matrix, points: Vector) -> Vector:
    """The share of each item's points that the class lost: 0 where everybody got all of them.

    `earned` has shape (N, G), `points` (G,). NaN for items of no points, and for an empty class.
    """
    if not len(earned):
        return np.full(points.shape, np.nan)
    shares: Vector = np.full(points.shape, np.nan)
    np.divide(earned.mean(axis=0), points, out=shares, where=points > 0.0)
    return 1.0 - shares


def discrimination(earned: Matrix, totals: Vector) -> Vector:
    """The corrected item-total correlation of each column of `earned`, between -1 and 1.

    That is the correlation of what students earned on an item with what they earned on everything
    else: `totals` of shape (N,) less the item, so that no item is compared with itself. NaN where
    one of the two is the same for all students.
    """
    # one column at a time: all at once would need several times the memory of the matrix
    columns = (_correlation(item, totals - item) for item in earned.T)
    return np.fromiter(columns, dtype=np.float64, count=earned.shape[1])


def _correlation(one: Vector, other: Vector) -> float:
    """Pearson's, of two vectors of shape (N,); NaN where one of them does not vary."""
    if one.size < 2:
        return float("nan")
    deviations = one - one.mean(), other - other.mean()
    spreads = [float(np.sqrt(np.mean(each**2))) for each in deviations]
    largest = max(1.0, float(np.abs(one).max()), float(np.abs(other).max()))
    if min(spreads) <= _NOISE * largest:
        return float("nan")
    found = float(np.mean(deviations[0] * deviations[1])) / (spreads[0] * spreads[1])
    return min(max(found, -1.0), 1.0)  # rounding may carry a perfect one over the edge


def separates(earned: Matrix) -> npt.NDArray[np.bool_]:
    """Whether an item, a column of `earned`, gave different points to any two students."""
    if not len(earned):
        return np.zeros(earned.shape[1], dtype=bool)
    spread: Vector = earned.max(axis=0) - earned.min(axis=0)
    return spread > _NOISE


def largest(values: Vector, count: int) -> Sequence[int]:
    """The places of the largest of `values`, at most `count` of them, the largest first.

    Of equal ones the earlier comes first; NaN is left out.
    """
    order = np.argsort(-values, kind="stable")
    return [int(place) for place in order[:count] if not np.isnan(values[place])]
