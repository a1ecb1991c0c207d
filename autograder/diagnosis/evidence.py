"""The evidence for a diagnosis: the cases of a failed exercise, with the answers to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from autograder.compare import right_cells
from autograder.model.course import Case, Misconception, Tolerance
from autograder.model.report import Flaw, GroupResult, Mismatch
from autograder.model.submission import Outcome, Status
from autograder.model.values import Array


@dataclass(frozen=True)
class Diagnosis:
    """The name of a mistake and its hints: first what the numbers show, then what to do."""

    name: str
    hints: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Alternative:
    """The reference with one change."""

    name: str
    """Unique among the alternatives of an exercise: the key under which its answers are cached."""
    answer: Callable[[Case], object]
    """Returns its answer to a case; may raise."""
    diagnosis: Callable[[tuple[str, ...]], Diagnosis]
    """Takes the `words` of the alternatives in its family that fit as well, its own first."""
    words: str = ""
    family: str = ""
    """Alternatives of a family differ only in a constant, which the numbers often leave open."""
    undone_by: str = ""
    """The word in the names of findings that only undo the change: with one of these on top of it,
    a single mistake looks like two, such as S + S Sᵀ like minus what comes out for -S."""
    excused: bool = False
    """Whether cases in which it raises are ignored rather than counted against it: a student who
    makes the slip gets the same error and has to work around it."""


@dataclass(frozen=True, eq=False)
class Change:
    """The numbers of one case as returned and as expected, as they are or under one reading."""

    case: Case
    got: Array
    right: Array

    @property
    def in_shape(self) -> bool:
        """Whether the returned array has the expected shape and is not empty."""
        return self.got.shape == self.right.shape and self.got.size > 0

    def is_like(self, answer: Array) -> bool:
        """Whether the returned numbers are `answer`, within the tolerance of the case."""
        return agrees(self.got, answer, self.case.tolerance)

    def is_times(self, factor: float | Array) -> bool:
        """Whether the returned numbers are `factor` times the expected ones."""
        return self.is_like(np.asarray(factor * self.right))


@dataclass(frozen=True, eq=False)
class Reading:
    """One way to read the answers: as they are, or as the change made to an argument."""

    start: str | None
    """The argument, which has the answer's shape in every case; None: the answers as they are."""
    changes: tuple[Change, ...]
    """One for each wrong answer."""
    still: tuple[Change, ...]
    """One for each right answer; an explanation must leave these right."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """All cases of one exercise in order, with their outcomes and mismatches.

    Every detector takes this as its argument.
    """

    cases: tuple[Case, ...]
    outcomes: tuple[Outcome, ...]
    mismatches: tuple[Mismatch | None, ...]
    known: tuple[Misconception, ...] = ()
    """The misconceptions of the exercise that have an answer to every case."""
    reference: Callable[..., Any] | None = None
    """The reference function; None if it is not known."""
    shown: tuple[bool, ...] = ()
    """For each case, whether it is public; empty if none is."""
    find_slips: Callable[[], tuple[Alternative, ...]] = tuple
    """Returns the reference's loop forms with each slip in an index; empty if there are none."""

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
        """The indices of the cases, those with a wrong answer first."""
        numbers = range(len(self.cases))
        return tuple(sorted(numbers, key=lambda number: self.mismatches[number] is None))

    @cached_property
    def passing(self) -> tuple[Case, ...]:
        pairs = zip(self.cases, self.mismatches, strict=True)
        return tuple(case for case, mismatch in pairs if mismatch is None)

    @cached_property
    def wrong(self) -> tuple[Change, ...]:
        """The wrong answers, smallest array first; empty if one is not an array of real numbers."""
        found = []
        for mismatch in self.failing:
            value = mismatch.outcome.value
            if mismatch.outcome.status is not Status.RETURNED or value is None:
                return ()
            if mismatch.flaw in (Flaw.ARGUMENTS, Flaw.DTYPE) or value.dtype.kind not in "biuf":
                return ()
            found.append(Change(mismatch.case, value, mismatch.case.expected))
        return tuple(sorted(found, key=lambda one: one.got.size))

    @cached_property
    def finite(self) -> tuple[tuple[Case, Array], ...]:
        """The wrong answers that are finite numbers, with their cases."""
        return tuple(
            (case, outcome.value)
            for case, outcome, mismatch in self.rows
            if mismatch is not None
            and outcome.value is not None
            and outcome.value.dtype.kind in "biuf"
            and np.isfinite(outcome.value).all()
        )

    def fits(self, answer: Callable[[Case], Array | None]) -> bool:
        """Whether `answer` gives every answer of the student, wrong or right.

        That is, if some are wrong, and all of these are arrays of real numbers.
        """
        wrong = [(one.case, one.got) for one in self.wrong]
        given = (*wrong, *((case, case.expected) for case in self.passing)) if wrong else ()
        return bool(given) and all(
            (found := answer(case)) is not None and agrees(got, found, case.tolerance)
            for case, got in given
        )

    @cached_property
    def all_in_shape(self) -> bool:
        """Whether there are wrong answers, and all of them have the expected shape."""
        return bool(self.wrong) and all(one.in_shape for one in self.wrong)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The ways to read the answers; empty if a wrong one is empty or has a wrong shape."""
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
    """The evidence of an exercise's results; drops `known` ones without an answer to every case."""
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
    """Whether `got` equals `answer` within `tolerance`, with the same shape and NaN cells."""
    if got.shape != answer.shape or answer.dtype.kind not in "biufc":
        return False
    right = right_cells(got, answer, tolerance)
    return bool(right.all() or (right | np.isnan(got) & np.isnan(answer)).all())


def are_several(arrays: Iterable[Array], count: int) -> bool:
    """Whether there are at least `count` different numbers in all of these arrays together."""
    flat = [array.ravel() for array in arrays]
    # Nearly always a few numbers of each array are enough, and large arrays take long to sort.
    return any(
        np.unique(np.concatenate(numbers)).size >= count
        for numbers in ([array[:_A_FEW] for array in flat], flat)
        if numbers
    )


_A_FEW = 32


def same_arguments(one: Case, other: Case) -> bool:
    """Whether two cases have equal arguments of the same dtypes."""
    pairs = zip(one.arguments.values(), other.arguments.values(), strict=True)
    return all(
        np.array_equal(first, second) and np.asarray(first).dtype == np.asarray(second).dtype
        for first, second in pairs
    )


def sides_of(case: Case) -> list[tuple[str, int]]:
    """The axes of all arguments, as (name, axis)."""
    return [
        (name, axis) for name, value in case.arguments.items() for axis in range(np.ndim(value))
    ]


def size_of(case: Case, side: tuple[str, int]) -> float:
    """The length of an axis of an argument; NaN if it is 0 or there is no such axis."""
    name, axis = side
    shape = np.shape(case.arguments[name])
    return float(shape[axis] or np.nan) if axis < len(shape) else np.nan


def _change(case: Case, got: Array, start: str | None) -> Change:
    begun = np.zeros(()) if start is None else np.asarray(case.arguments[start])
    return Change(case, got - begun, case.expected - begun)
