"""What a failed exercise shows: its cases, told apart by whether the answer was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from autograder.compare import right_cells
from autograder.model import Array, Case, Flaw, GroupResult, Mismatch, Outcome, Status, Tolerance


@dataclass(frozen=True)
class Diagnosis:
    """The name of a mistake, and hints from what the numbers show to how to go on."""

    name: str
    hints: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Evidence:
    """All cases of one exercise in order, with what came back and why it is wrong, if it is."""

    cases: tuple[Case, ...]
    outcomes: tuple[Outcome, ...]
    mismatches: tuple[Mismatch | None, ...]

    @property
    def failing(self) -> tuple[Mismatch, ...]:
        return tuple(mismatch for mismatch in self.mismatches if mismatch is not None)

    @property
    def passing(self) -> tuple[Case, ...]:
        pairs = zip(self.cases, self.mismatches, strict=True)
        return tuple(case for case, mismatch in pairs if mismatch is None)


@dataclass(frozen=True, eq=False)
class Wrong:
    """A wrong answer that is an array of numbers."""

    case: Case
    got: Array

    @property
    def expected(self) -> Array:
        return self.case.expected

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


def readings(wrong: Sequence[Wrong], passing: Sequence[Case]) -> list[Reading]:
    """The ways to read wrong answers; none where one of them is empty or has a wrong shape."""
    if not all(one.got.shape == one.expected.shape and one.got.size for one in wrong):
        return []
    cases = (*(one.case for one in wrong), *passing)
    starts = [
        name
        for name in cases[0].arguments
        if all(np.ndim(case.arguments[name]) > 0 for case in cases)
        and all(np.shape(case.arguments[name]) == case.expected.shape for case in cases)
    ]
    return [
        Reading(
            start,
            tuple(_change(one.case, one.got, start) for one in wrong),
            tuple(_change(case, case.expected, start) for case in passing),
        )
        for start in (None, *starts)
    ]


def _change(case: Case, got: Array, start: str | None) -> Change:
    begun = np.zeros(()) if start is None else np.asarray(case.arguments[start])
    return Change(case, got - begun, case.expected - begun)


def gather(results: Sequence[GroupResult]) -> Evidence:
    """The evidence of an exercise's results."""
    return Evidence(
        tuple(chain.from_iterable(result.cases for result in results)),
        tuple(chain.from_iterable(result.outcomes for result in results)),
        tuple(chain.from_iterable(result.mismatches for result in results)),
    )


def wrong_values(evidence: Evidence) -> tuple[Wrong, ...]:
    """The wrong answers, smallest first; empty where one of them is no array of real numbers."""
    wrong = []
    for mismatch in evidence.failing:
        value = mismatch.outcome.value
        if mismatch.outcome.status is not Status.RETURNED or value is None:
            return ()
        if mismatch.flaw in (Flaw.ARGUMENTS, Flaw.DTYPE) or value.dtype.kind not in "biuf":
            return ()
        wrong.append(Wrong(mismatch.case, value))
    return tuple(sorted(wrong, key=lambda one: one.got.size))


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
