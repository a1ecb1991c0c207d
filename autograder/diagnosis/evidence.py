"""What a failed exercise shows: its cases, told apart by whether the answer was right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from autograder.compare import right_cells
from autograder.model import (
    Array,
    Case,
    Flaw,
    GroupResult,
    Misconception,
    Mismatch,
    Outcome,
    Status,
    Tolerance,
)


@dataclass(frozen=True)
class Diagnosis:
    """The name of a mistake, and hints from what the numbers show to how to go on."""

    name: str
    hints: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Alternative:
    """A function that answers like the reference but for one change."""

    name: str
    """Unique among the alternatives of an exercise: its answers are kept under it."""
    answer: Callable[[Case], object]
    """Its answer to a case; it may raise."""
    diagnosis: Callable[[tuple[str, ...]], Diagnosis]
    """What to say, with the words of those of its family that answer alike, its own first."""
    words: str = ""
    family: str = ""
    """What differs in a constant only: numbers often leave open which one it is."""
    excused: bool = False
    """Whether cases in which it raises say nothing, rather than speak against it: who makes the
    slip meets the same error, and has to get round it somehow."""


@dataclass(frozen=True, eq=False)
class Wrong:
    """A wrong answer that is an array of numbers."""

    case: Case
    got: Array

    @property
    def expected(self) -> Array:
        return self.case.expected

    @property
    def in_shape(self) -> bool:
        """Whether it has the expected shape, and any number at all."""
        return self.got.shape == self.expected.shape and self.got.size > 0

    def is_like(self, answer: Array) -> bool:
        """Whether the wrong answer is `answer`, within the tolerance of its case."""
        return agrees(self.got, answer, self.case.tolerance)


@dataclass(frozen=True, eq=False)
class Change:
    """Numbers of one case as they came back, and as they should be."""

    case: Case
    got: Array
    right: Array

    def is_times(self, factor: float | Array) -> bool:
        """Whether what came back is `factor` times what should."""
        return agrees(self.got, np.asarray(factor * self.right), self.case.tolerance)


@dataclass(frozen=True, eq=False)
class Reading:
    """One way to read the answers: as they are, or as what was changed about an argument."""

    start: str | None
    """The argument, which has the shape of the answer in every case."""
    changes: tuple[Change, ...]
    """Of the wrong answers."""
    still: tuple[Change, ...]
    """Of the right ones, which an explanation must leave right."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """All cases of one exercise in order, with what came back and why it is wrong, if it is.

    This is what every detector is asked about.
    """

    cases: tuple[Case, ...]
    outcomes: tuple[Outcome, ...]
    mismatches: tuple[Mismatch | None, ...]
    known: tuple[Misconception, ...] = ()
    """The misconceptions of the exercise, each with an answer to every case."""
    reference: Callable[..., Any] | None = None
    """The reference itself; None where it is not known."""
    shown: tuple[bool, ...] = ()
    """Of each case, whether it is public."""
    find_slips: Callable[[], tuple[Alternative, ...]] = tuple
    """Makes the reference with each slip in an index, where a loop form of it is known."""

    @property
    def public(self) -> tuple[bool, ...]:
        return self.shown or (False,) * len(self.cases)

    @property
    def rows(self) -> Iterator[tuple[Case, Outcome, Mismatch | None]]:
        return zip(self.cases, self.outcomes, self.mismatches, strict=True)

    @cached_property
    def failing(self) -> tuple[Mismatch, ...]:
        return tuple(mismatch for mismatch in self.mismatches if mismatch is not None)

    @cached_property
    def wrong_first(self) -> tuple[int, ...]:
        """The numbers of the cases, those with a wrong answer before the others."""
        numbers = range(len(self.cases))
        return tuple(sorted(numbers, key=lambda number: self.mismatches[number] is None))

    @cached_property
    def passing(self) -> tuple[Case, ...]:
        pairs = zip(self.cases, self.mismatches, strict=True)
        return tuple(case for case, mismatch in pairs if mismatch is None)

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        """The wrong answers, smallest first; empty if one of them is not a real numeric array."""
        found = []
        for mismatch in self.failing:
            value = mismatch.outcome.value
            if mismatch.outcome.status is not Status.RETURNED or value is None:
                return ()
            if mismatch.flaw in (Flaw.ARGUMENTS, Flaw.DTYPE) or value.dtype.kind not in "biuf":
                return ()
            found.append(Wrong(mismatch.case, value))
        return tuple(sorted(found, key=lambda one: one.got.size))

    @cached_property
    def all_in_shape(self) -> bool:
        """Whether there are wrong answers, and all of them have the expected shape."""
        return bool(self.wrong) and all(one.in_shape for one in self.wrong)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The ways to read the wrong answers; none where one is empty or has a wrong shape."""
        if not self.all_in_shape:
            return ()
        cases = (*(one.case for one in self.wrong), *self.passing)
        starts = [
            name
            for name in cases[0].arguments
            if all(np.ndim(case.arguments[name]) > 0 for case in cases)
            and all(np.shape(case.arguments[name]) == case.expected.shape for case in cases)
        ]
        return tuple(
            Reading(
                start,
                tuple(_change(one.case, one.got, start) for one in self.wrong),
                tuple(_change(case, case.expected, start) for case in self.passing),
            )
            for start in (None, *starts)
        )


def gather(
    results: Sequence[GroupResult],
    known: Sequence[Misconception] = (),
    reference: Callable[..., Any] | None = None,
    find_slips: Callable[[], tuple[Alternative, ...]] = tuple,
) -> Evidence:
    """The evidence of an exercise's results; of `known`, what has an answer to every case."""
    cases = tuple(chain.from_iterable(result.cases for result in results))
    return Evidence(
        cases,
        tuple(chain.from_iterable(result.outcomes for result in results)),
        tuple(chain.from_iterable(result.mismatches for result in results)),
        tuple(one for one in known if len(one.answers) == len(cases)),
        reference,
        tuple(result.group.public for result in results for _ in result.cases),
        find_slips,
    )


def agrees(got: Array, answer: Array, tolerance: Tolerance) -> bool:
    """Whether `got` is `answer` within `tolerance`, in shape and with NaN in the same places."""
    if got.shape != answer.shape or answer.dtype.kind not in "biufc":
        return False
    right = right_cells(got, answer, tolerance)
    return bool(right.all() or (right | np.isnan(got) & np.isnan(answer)).all())


def same_arguments(one: Case, other: Case) -> bool:
    """Whether two calls are given the same numbers, of the same types."""
    pairs = zip(one.arguments.values(), other.arguments.values(), strict=True)
    return all(
        np.array_equal(first, second) and np.asarray(first).dtype == np.asarray(second).dtype
        for first, second in pairs
    )


def sides_of(case: Case) -> list[tuple[str, int]]:
    """Each axis of each argument, as the argument's name and the axis."""
    return [
        (name, axis) for name, value in case.arguments.items() for axis in range(np.ndim(value))
    ]


def size_of(case: Case, side: tuple[str, int]) -> float:
    """The length of an axis of an argument; NaN where that is 0, or the axis is not there."""
    name, axis = side
    shape = np.shape(case.arguments[name])
    return float(shape[axis] or np.nan) if axis < len(shape) else np.nan


def _change(case: Case, got: Array, start: str | None) -> Change:
    begun = np.zeros(()) if start is None else np.asarray(case.arguments[start])
    return Change(case, got - begun, case.expected - begun)
