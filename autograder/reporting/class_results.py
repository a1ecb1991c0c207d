"""Gathers the reports of a class into arrays: a row for each student, a column for each group."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from autograder.errors import AutograderError
from autograder.model import ExerciseReport, Report, Verdict


@dataclass(frozen=True)
class GroupColumn:
    """One column: a test group of an exercise."""

    exercise: int
    """The place of its exercise."""
    name: str
    public: bool
    points: float


@dataclass(frozen=True)
class ExerciseColumn:
    name: str
    part: str
    points: float


@dataclass(frozen=True)
class Mistake:
    """A misconception that somebody has."""

    exercise: int
    name: str
    hint: str
    count: int


@dataclass(frozen=True)
class StudentRow:
    """One row, but for the points."""

    id: str
    seconds: float
    judge_error: str | None
    mistakes: tuple[int, ...]
    """Their places among all mistakes."""


@dataclass(frozen=True, eq=False)
class ClassResults:
    """All that the class page is made from."""

    exercises: tuple[ExerciseColumn, ...]
    groups: tuple[GroupColumn, ...]
    mistakes: tuple[Mistake, ...]
    """The most frequent first."""
    students: tuple[StudentRow, ...]
    earned: npt.NDArray[np.float64]
    """Points, shape (students, groups); NaN in every place of a student who was not graded."""
    passed: npt.NDArray[np.bool_]
    """Shape (students, groups); False for who was not graded."""

    @property
    def graded(self) -> npt.NDArray[np.bool_]:
        """Shape (students,)."""
        return np.array([one.judge_error is None for one in self.students], dtype=bool)

    @property
    def points(self) -> float:
        return round(sum(group.points for group in self.groups), 6)

    @property
    def earned_by_exercise(self) -> npt.NDArray[np.float64]:
        """Shape (students, exercises)."""
        owner = np.array([group.exercise for group in self.groups], dtype=np.int64)
        member = owner[:, np.newaxis] == np.arange(len(self.exercises))
        sums: npt.NDArray[np.float64] = self.earned @ member.astype(np.float64)
        return np.round(sums, 6)

    @property
    def passed_by_exercise(self) -> npt.NDArray[np.bool_]:
        """Whether every group of it is passed; shape (students, exercises)."""
        owner = np.array([group.exercise for group in self.groups], dtype=np.int64)
        columns = [
            self.passed[:, owner == place].all(axis=1) for place in range(len(self.exercises))
        ]
        return np.column_stack(columns) if columns else np.zeros((len(self.students), 0), bool)


def gather(reports: Iterable[Report]) -> ClassResults:
    """The results of `reports`, which are read one at a time.

    Raises AutograderError where two of them are not of the same exercises and groups.
    """
    gathering = _Gathering()
    for report in reports:
        gathering.add(report)
    return gathering.results()


@dataclass
class _Gathering:
    shape: tuple[ExerciseReport, ...] | None = None
    headings: list[tuple[str, str, bool, float]] = field(default_factory=list)
    earned: array[float] = field(default_factory=lambda: array("d"))
    passed: bytearray = field(default_factory=bytearray)
    students: list[tuple[str, float, str | None, list[tuple[str, str]]]] = field(
        default_factory=list
    )
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    hints: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, report: Report) -> None:
        headings = _headings(report)
        if self.shape is None:
            self.shape, self.headings = report.exercises, headings
        elif headings != self.headings:
            raise AutograderError(
                f"gradebook: {report.id} was graded on other test groups than those before; "
                "run `autograder grade` again"
            )
        graded = report.judge_error is None
        mistakes: list[tuple[str, str]] = []
        for exercise in report.exercises:
            for group in exercise.groups:
                self.earned.append(group.score if graded else np.nan)
                self.passed.append(graded and group.verdict is Verdict.ACCEPTED)
            if exercise.misconception is not None and graded:
                mistake = exercise.name, exercise.misconception
                mistakes.append(mistake)
                self.hints.setdefault(mistake, exercise.hint or "")
        self.counts.update(mistakes)
        self.students.append((report.id, report.seconds, report.judge_error, mistakes))

    def results(self) -> ClassResults:
        shape = self.shape or ()
        exercises = tuple(ExerciseColumn(one.name, one.part, one.max_score) for one in shape)
        groups = tuple(
            GroupColumn(place, group.name, group.public, group.max_score)
            for place, exercise in enumerate(shape)
            for group in exercise.groups
        )
        order = {one.name: place for place, one in enumerate(exercises)}
        frequent = sorted(self.counts, key=lambda one: (-self.counts[one], order[one[0]], one[1]))
        places = {mistake: place for place, mistake in enumerate(frequent)}
        size = len(self.students), len(groups)
        return ClassResults(
            exercises=exercises,
            groups=groups,
            mistakes=tuple(
                Mistake(order[one[0]], one[1], self.hints[one], self.counts[one])
                for one in frequent
            ),
            students=tuple(
                StudentRow(id, seconds, why, tuple(places[one] for one in mistakes))
                for id, seconds, why, mistakes in self.students
            ),
            earned=np.frombuffer(self.earned, dtype=np.float64).reshape(size),
            passed=np.frombuffer(self.passed, dtype=np.bool_).reshape(size),
        )


def _headings(report: Report) -> list[tuple[str, str, bool, float]]:
    return [
        (exercise.name, group.name, group.public, group.max_score)
        for exercise in report.exercises
        for group in exercise.groups
    ]
