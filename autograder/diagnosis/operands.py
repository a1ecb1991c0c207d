"""Explains wrong answers in which an argument is missing as a factor, or is one too many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autograder.diagnosis.evidence import Change, Diagnosis, Reading, agrees
from autograder.model import Array, Case

Factor = Callable[[Case], "Array | None"]
"""An argument, laid out along the answer of a case; None where the sizes do not fit."""


def misused(ways: Sequence[Reading]) -> Diagnosis | None:
    """The argument that every wrong answer lacks as a factor, or has as one too many."""
    for way in ways:
        for name, factor in _factors(way.changes[0].case):
            every = (*way.changes, *way.still)
            if all(_is_missing(change, factor) for change in every):
                return _missing(name)
            if all(_is_extra(change, factor) for change in every):
                return _extra(name)
    return None


def added(ways: Sequence[Reading]) -> Diagnosis | None:
    """The argument of which every answer holds a multiple besides what it should be."""
    for way in ways:
        if way.start is None or way.still or max(one.right.size for one in way.changes) < 3:
            continue
        if all(
            _is_added(change, np.asarray(change.case.arguments[way.start]))
            for change in way.changes
        ):
            return _added(way.start)
    return None


def _is_added(change: Change, value: Array) -> bool:
    square = np.vdot(value, value)
    multiple = np.vdot(value, change.got - change.right) / square if square else 0.0
    return agrees(change.got, change.right + multiple * value, change.case.tolerance)


def _factors(case: Case) -> Iterator[tuple[str, Factor]]:
    for name, value in case.arguments.items():
        if np.ndim(value) == 0:
            yield name, _number(name)
        elif np.ndim(value) == 1:
            for axis in range(case.expected.ndim):
                yield name, _vector(name, axis, np.tile)
                yield name, _vector(name, axis, np.repeat)


def _number(name: str) -> Factor:
    return lambda case: np.asarray(case.arguments[name])


def _vector(name: str, axis: int, stretch: Callable[[Array, int], Array]) -> Factor:
    """A vector along one axis, which may count something else besides: slower, or faster."""

    def factor(case: Case) -> Array | None:
        vector, shape = np.asarray(case.arguments[name]), case.expected.shape
        if vector.ndim != 1 or not vector.size or shape[axis] % vector.size:
            return None
        stretched = stretch(vector, shape[axis] // vector.size)
        return stretched.reshape(-1, *(1 for _ in shape[axis + 1 :]))

    return factor


def _is_missing(change: Change, factor: Factor) -> bool:
    value = factor(change.case)
    return value is not None and Change(change.case, change.right, change.got).is_times(value)


def _is_extra(change: Change, factor: Factor) -> bool:
    value = factor(change.case)
    return value is not None and change.is_times(value)


def _missing(name: str) -> Diagnosis:
    return Diagnosis(
        f"factor_{name}_missing",
        (
            f"Your numbers would be right if they were multiplied by {name} once more.",
            f"Follow each term of the formula: {name} is missing as a factor, or divided by once "
            "too often.",
        ),
    )


def _extra(name: str) -> Diagnosis:
    return Diagnosis(
        f"factor_{name}_too_many",
        (
            f"Your numbers would be right if they were divided by {name} once more.",
            f"Follow each term of the formula: {name} is a factor once too often, or a division by "
            "it is missing.",
        ),
    )


def _added(name: str) -> Diagnosis:
    return Diagnosis(
        f"multiple_of_{name}_added",
        (
            f"Your numbers are right but for a multiple of {name} that is added to them.",
            f"Look for a term that holds {name} and does not belong to the formula.",
        ),
    )
