"""The results of a class as arrays, and item statistics computed from them.

There is one row for each student and one column for each test group. The terms are those of
classical test theory, where an item is a test group or an exercise: Lord & Novick, Statistical
Theories of Mental Test Scores (1968), chapter 15.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from autograder.errors import AutograderError
from autograder.model.report import ExerciseReport, Report, Verdict

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

_NOISE = 1e-9
"""A spread below this share of the largest value, or of 1 if that is larger, is rounding error."""


@dataclass(frozen=True)
class GroupColumn:
    """One column: a test group of an exercise."""

    exercise: int
    """The index of its exercise."""
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
    """A misconception found in at least one submission."""

    exercise: int
    name: str
    hint: str
    count: int


@dataclass(frozen=True)
class StudentRow:
    """One row, without the points."""

    id: str
    seconds: float
    judge_error: str | None
    mistakes: tuple[int, ...]
    """Indices into ClassResults.mistakes."""
    problems: tuple[str, ...] = ()
    """Notes on files that could not be read or stopped early."""


@dataclass(frozen=True, eq=False)
class ClassResults:
    """The data of the class page."""

    exercises: tuple[ExerciseColumn, ...]
    groups: tuple[GroupColumn, ...]
    mistakes: tuple[Mistake, ...]
    """The most frequent first."""
    students: tuple[StudentRow, ...]
    earned: npt.NDArray[np.float64]
    """Points, shape (students, groups); a row of NaN for a student who was not graded."""
    passed: npt.NDArray[np.bool_]
    """Shape (students, groups); False for a student who was not graded."""

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
        """Whether all groups of the exercise passed; shape (students, exercises)."""
        owner = np.array([group.exercise for group in self.groups], dtype=np.int64)
        columns = [
            self.passed[:, owner == place].all(axis=1) for place in range(len(self.exercises))
        ]
        return np.column_stack(columns) if columns else np.zeros((len(self.students), 0), bool)


def gather(reports: Iterable[Report]) -> ClassResults:
    """Collect the results of `reports`, reading one report at a time.

    Raises AutograderError if two reports have different exercises or groups.
    """
    shape: tuple[ExerciseReport, ...] = ()
    headings: list[tuple[str, str, bool, float]] | None = None
    earned, passed = array("d"), bytearray()
    without_exercises: list[Report] = []
    mistakes: list[dict[tuple[str, str], str]] = []  # of each student
    for report in reports:
        if headings is None:
            shape, headings = report.exercises, _headings(report)
        elif _headings(report) != headings:
            raise AutograderError(
                f"gradebook: {report.id} was graded on other test groups than those before; "
                "run `autograder grade` again"
            )
        graded = report.judge_error is None
        for group in (group for exercise in report.exercises for group in exercise.groups):
            earned.append(group.score if graded else np.nan)
            passed.append(graded and group.verdict is Verdict.ACCEPTED)
        mistakes.append(_mistakes(report) if graded else {})
        without_exercises.append(replace(report, exercises=()))
    groups = tuple(
        GroupColumn(place, group.name, group.public, group.max_score)
        for place, exercise in enumerate(shape)
        for group in exercise.groups
    )
    frequent = _frequent(mistakes, [one.name for one in shape])
    places = {(shape[one.exercise].name, one.name): at for at, one in enumerate(frequent)}
    size = len(without_exercises), len(groups)
    return ClassResults(
        exercises=tuple(ExerciseColumn(one.name, one.part, one.max_score) for one in shape),
        groups=groups,
        mistakes=frequent,
        students=tuple(
            StudentRow(
                report.id,
                report.seconds,
                report.judge_error,
                tuple(places[one] for one in own),
                report.problems,
            )
            for report, own in zip(without_exercises, mistakes, strict=True)
        ),
        earned=np.frombuffer(earned, dtype=np.float64).reshape(size),
        passed=np.frombuffer(passed, dtype=np.bool_).reshape(size),
    )


def _mistakes(report: Report) -> dict[tuple[str, str], str]:
    """The hint for each misconception that was found, by exercise and misconception."""
    return {
        (one.name, one.misconception): one.hint or ""
        for one in report.exercises
        if one.misconception is not None
    }


def _frequent(
    mistakes: Sequence[Mapping[tuple[str, str], str]], exercises: Sequence[str]
) -> tuple[Mistake, ...]:
    """All mistakes of the class, the most frequent first; each with its first hint."""
    counts = Counter(mistake for own in mistakes for mistake in own)
    hints: dict[tuple[str, str], str] = {}
    for mistake, hint in (pair for own in mistakes for pair in own.items()):
        hints.setdefault(mistake, hint)
    found = (
        Mistake(exercises.index(exercise), name, hints[exercise, name], count)
        for (exercise, name), count in counts.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.count, one.exercise, one.name)))


def _headings(report: Report) -> list[tuple[str, str, bool, float]]:
    return [
        (exercise.name, group.name, group.public, group.max_score)
        for exercise in report.exercises
        for group in exercise.groups
    ]


# --- statistics: pure functions on arrays -------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """Summary statistics of a class's scores."""

    count: int
    mean: float
    median: float
    lowest: float
    highest: float
    deviation: float
    """The population standard deviation; 0 for a single score."""


def summary(scores: Vector) -> Summary | None:
    """Summary statistics of scores of shape (N,); None if N is 0."""
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
    """Count the scores, of shape (N,), in `bins` bins of equal width from 0 to `top`.

    A bin includes its lower edge, and the last bin includes `top` too. Scores outside the range are
    counted in the first or last bin.
    """
    if top <= 0.0:
        return (int(scores.size),) + (0,) * (bins - 1)
    # round, since 0.1 + 0.2 > 0.3: a score equal to an edge must fall in the right bin
    places = np.floor(np.round(scores * (bins / top), 9))
    counts = np.bincount(np.clip(places, 0, bins - 1).astype(np.int64), minlength=bins)
    return tuple(int(count) for count in counts)


def difficulty(earned: Matrix, points: Vector) -> Vector:
    """The share of each item's points that the class lost; 0 if everybody got all of them.

    `earned` has shape (N, G), `points` shape (G,). NaN for items without points, and for an empty
    class.
    """
    if not len(earned):
        return np.full(points.shape, np.nan)
    shares: Vector = np.full(points.shape, np.nan)
    np.divide(earned.mean(axis=0), points, out=shares, where=points > 0.0)
    return 1.0 - shares


def discrimination(earned: Matrix, totals: Vector) -> Vector:
    """The corrected item-total correlation of each column of `earned`, between -1 and 1.

    That is the correlation of the students' points on an item with their points on everything else:
    `totals`, of shape (N,), minus the item, so that no item is compared with itself. NaN if either
    of the two is the same for all students.
    """
    # one column at a time: all at once would need several times the matrix's memory
    columns = (_correlation(item, totals - item) for item in earned.T)
    return np.fromiter(columns, dtype=np.float64, count=earned.shape[1])


def _correlation(one: Vector, other: Vector) -> float:
    """Pearson's correlation of two vectors of shape (N,); NaN if one of them is constant."""
    if one.size < 2:
        return float("nan")
    deviations = one - one.mean(), other - other.mean()
    spreads = [float(np.sqrt(np.mean(each**2))) for each in deviations]
    largest = max(1.0, float(np.abs(one).max()), float(np.abs(other).max()))
    if min(spreads) <= _NOISE * largest:
        return float("nan")
    found = float(np.mean(deviations[0] * deviations[1])) / (spreads[0] * spreads[1])
    return min(max(found, -1.0), 1.0)  # rounding may give a value just outside [-1, 1]


def separates(earned: Matrix) -> npt.NDArray[np.bool_]:
    """Whether each item (column of `earned`) gave different points to any two students."""
    if not len(earned):
        return np.zeros(earned.shape[1], dtype=bool)
    spread: Vector = earned.max(axis=0) - earned.min(axis=0)
    largest: Vector = np.maximum(1.0, np.abs(earned).max(axis=0))
    return np.greater(spread, _NOISE * largest)


def largest(values: Vector, count: int) -> Sequence[int]:
    """The indices of the largest of `values`, at most `count`, in descending order of value.

    Ties are in order of index; NaN is left out.
    """
    order = np.argsort(-values, kind="stable")
    return [int(place) for place in order[:count] if not np.isnan(values[place])]
