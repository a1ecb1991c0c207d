"""The web pages made from a gradebook: one for the class, one for each student.

Every page is a single self-contained file that makes no network requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from autograder.gradebook.gradebook import GradedCourse
from autograder.gradebook.marks import Adjustment, FinalMark, Standing, in_words
from autograder.model.report import ExerciseReport, Grid, Isolation, Report
from autograder.reporting.class_results import (
    ClassResults,
    GroupColumn,
    Matrix,
    Mistake,
    StudentRow,
    difficulty,
    discrimination,
    largest,
    separates,
    summary,
)
from autograder.reporting.document import DASH, macro, page
from autograder.reporting.figures import grid_figure, histogram_figure

_FIRST_MISTAKES = 12
"""The number of mistakes shown at first; the others are collapsed."""
_SHADES = 4
_SLOWEST = 10
_NO_MARK = {Standing.JUDGE_ERROR: "not graded", Standing.MISSING: "no submission"}
_ISOLATION = {
    "full": "Every protection there is stood between the students' code and the machine.",
    "partial": "Some protections were missing; see below which.",
    "process": "Students' code ran in a process of its own, with little else around it.",
}


def class_page(
    results: ClassResults,
    marks: Sequence[FinalMark],
    course: GradedCourse,
    isolation: Isolation,
    links: Mapping[int, str],
) -> Iterator[str]:
    """The whole page, in pieces, so that a large class's rows are never all in memory.

    `links` maps the index of a mark to the address of its feedback page.
    """
    has_sections = any(mark.student.section for mark in marks)
    has_graded = any(mark.lost or mark.adjustments for mark in marks)
    heads = [("Student", "text")]
    heads += [("Section", "text")] * has_sections
    heads += [("Mark", "number")]
    heads += [("As graded", "number")] * has_graded
    heads += [(exercise.name, "number") for exercise in results.exercises]
    heads += [("Seconds", "number")]
    facts, histogram = _marks(results, marks)
    exercises, groups = _exercises(results), _groups(results)
    return page(
        "class.html",
        style="class.css",
        script="class.js",
        course=course,
        results=results,
        facts=facts,
        histogram=histogram,
        exercises=exercises,
        mistakes=results.mistakes,
        first_mistakes=_FIRST_MISTAKES,
        graded=max(1, int(results.graded.sum())),
        groups=groups,
        idle=_idle(results, groups),
        student_heads=heads,
        has_sections=has_sections,
        has_graded=has_graded,
        students=_students(results, marks, links),
        not_graded=[one for one in results.students if one.judge_error is not None],
        troubled=sum(1 for one in results.students if one.problems),
        slowest=_slowest(results, marks, links),
        isolation=isolation,
        isolation_words=_ISOLATION.get(isolation.level, ""),
    )


def _marks(
    results: ClassResults, marks: Sequence[FinalMark]
) -> tuple[dict[str, str], Markup | None]:
    """The summary of the class, and its histogram."""
    final = np.array([mark.final for mark in marks if mark.final is not None], dtype=np.float64)
    found = summary(final)
    counts = {
        "submissions": len(results.students),
        "not graded": sum(mark.standing is Standing.JUDGE_ERROR for mark in marks),
        "without a submission": sum(mark.standing is Standing.MISSING for mark in marks),
    }
    facts = {name: str(count) for name, count in counts.items() if count or name == "submissions"}
    if found is None:
        return facts, None
    full = sum(mark.final >= mark.max_score > 0.0 for mark in marks if mark.final is not None)
    facts |= {
        "mean": f"{found.mean:.1f}",
        "median": f"{found.median:.1f}",
        "lowest to highest": f"{found.lowest:g} to {found.highest:g}",
        "standard deviation": f"{found.deviation:.1f}",
        "with full marks": str(full),
    }
    return facts, histogram_figure(final, results.points, found)


# --- exercises and test groups ----------------------------------------------------------------


@dataclass(frozen=True)
class _Item:
    """An exercise or a test group, with the class's results; NaN where unknown."""

    exercise: str
    points: float
    passed: float
    difficulty: float
    discrimination: float
    group: GroupColumn | None = None
    mistake: Mistake | None = None
    """The most frequent mistake."""


def _exercises(results: ClassResults) -> list[_Item]:
    graded = results.graded
    frequent: dict[int, Mistake] = {}
    for mistake in results.mistakes:
        frequent.setdefault(mistake.exercise, mistake)
    numbers = _statistics(
        [one.points for one in results.exercises],
        results.earned_by_exercise[graded],
        results.passed_by_exercise[graded],
    )
    return [
        _Item(one.name, *each, mistake=frequent.get(place))
        for place, (one, each) in enumerate(zip(results.exercises, numbers, strict=True))
    ]


def _groups(results: ClassResults) -> list[_Item]:
    graded = results.graded
    points = [group.points for group in results.groups]
    numbers = _statistics(points, results.earned[graded], results.passed[graded])
    return [
        _Item(results.exercises[one.exercise].name, *each, group=one)
        for one, each in zip(results.groups, numbers, strict=True)
    ]


def _statistics(
    points: Sequence[float], earned: Matrix, passed: npt.NDArray[np.bool_]
) -> Iterator[tuple[float, float, float, float]]:
    """The points, the share who passed, difficulty and discrimination of each item."""
    shares = passed.mean(axis=0) if len(passed) else np.full(passed.shape[1], np.nan)
    hard = difficulty(earned, np.array(points))
    return zip(points, shares, hard, discrimination(earned, earned.sum(axis=1)), strict=True)


@dataclass(frozen=True)
class _Idle:
    """The test groups that gave everybody the same points, so they do not separate students."""

    count: int
    lists: list[tuple[str, dict[str, list[str]]]]
    """Pairs of a title and the groups' names by exercise."""


def _idle(results: ClassResults, groups: Sequence[_Item]) -> _Idle | None:
    """None if there are fewer than two graded submissions."""
    earned = results.earned[results.graded]
    if len(earned) < 2:
        return None
    idle = [groups[int(place)] for place in np.flatnonzero(~separates(earned))]
    lists = []
    for title, share in (("Passed by everybody", 1.0), ("Passed by nobody", 0.0)):
        by_exercise: dict[str, list[str]] = {}
        for one in idle:
            if one.passed == share and one.group is not None:
                by_exercise.setdefault(one.exercise, []).append(one.group.name)
        if by_exercise:
            lists.append((title, by_exercise))
    return _Idle(len(idle), lists)


# --- students ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Student:
    """One row of the student table."""

    name: str
    id: str
    """Shown next to the name, since names are not unique; empty if it equals the name."""
    address: str | None
    mark: FinalMark
    no_mark: str
    remarks: list[str]
    cells: list[tuple[float | str, int]]
    """The points of each exercise, and a shade from 0 (all points) upwards for missing points."""
    seconds: str
    mistakes: str
    problems: tuple[str, ...]


def _students(
    results: ClassResults, marks: Sequence[FinalMark], links: Mapping[int, str]
) -> Iterator[_Student]:
    """Yield one row for each mark."""
    places = {one.id: place for place, one in enumerate(results.students)}
    points = results.earned_by_exercise
    for number, mark in enumerate(marks):
        place = places.get(mark.submission or "")
        row: StudentRow | None = None if place is None else results.students[place]
        graded = [None] * points.shape[1] if place is None else points[place].tolist()
        id = mark.submission or ", ".join(mark.student.ids)
        name = mark.student.name or id
        yield _Student(
            name=name,
            id="" if name == id else id,
            address=links.get(number),
            mark=mark,
            no_mark=_NO_MARK.get(mark.standing, DASH),
            remarks=["late"] * bool(mark.days_late) + ["adjusted"] * bool(mark.adjustments),
            cells=[
                _cell(mark.points_of(one.name, earned), one.points)
                for one, earned in zip(results.exercises, graded, strict=True)
            ],
            seconds="" if row is None else f"{row.seconds:.3f}",
            mistakes="" if row is None else " ".join(map(str, row.mistakes)),
            problems=() if row is None else row.problems,
        )


def _cell(points: float | None, most: float) -> tuple[float | str, int]:
    if points is None:
        return "", 0
    missing = (1.0 - points / most) if most else 0.0
    return points, min(_SHADES, int(missing * _SHADES) + 1) if missing > 1e-9 else 0


def _slowest(
    results: ClassResults, marks: Sequence[FinalMark], links: Mapping[int, str]
) -> list[tuple[StudentRow, str | None]]:
    """The submissions that took longest to grade, with their pages' addresses."""
    addresses: dict[str | None, str] = {}
    for place, address in links.items():
        addresses.setdefault(marks[place].submission, address)
    slowest = largest(np.array([one.seconds for one in results.students]), _SLOWEST)
    rows = [results.students[place] for place in slowest]
    return [(row, addresses.get(row.id)) for row in rows]


# --- the page of one student: every exercise with verdicts, points, hints and pictures --------

_ALIKE = 1024
"""Cached exercises, about five thousand characters of HTML each; many students share them."""


def student_page(report: Report, course: GradedCourse, marks: Sequence[FinalMark] = ()) -> str:
    """The feedback page of the students with `marks`, whose parts are equal; it names nobody else.

    The title is the student's name, or the submission's id if several students share the page. If
    grading itself failed, the page says so and shows no marks.
    """
    mark = marks[0] if marks else None
    by_part = groupby(report.exercises, key=lambda one: one.part)
    pieces = page(
        "student.html",
        style="student.css",
        course=course,
        report=report,
        title=(mark.student.name if mark and len(marks) == 1 else "") or report.id,
        final=None
        if report.judge_error is not None
        else report.score
        if mark is None
        else mark.final,
        parts=in_words(mark) if mark and mark.has_parts else (),
        by_part=[
            (part, [_rendered(one, mark.adjustments_of(one.name) if mark else ()) for one in own])
            for part, own in by_part
        ],
    )
    return "".join(pieces)


@lru_cache(_ALIKE)
def _rendered(
    exercise: ExerciseReport, adjustments: tuple[Adjustment, ...]
) -> tuple[Markup, Markup]:
    """The exercise's overview entry and its section; the points include `adjustments`."""
    entry, section = (macro("exercise.html", name) for name in ("entry", "section"))
    verdict, most = exercise.verdict, exercise.max_score
    score = round(exercise.score + sum(one.points for one in adjustments), 6)
    by_grid: dict[Grid, str] = {}  # each picture once, of public groups only
    for group in exercise.groups:
        if group.public and group.grid is not None:
            by_grid.setdefault(group.grid, group.name)
    pictures = [grid_figure(grid, name) for grid, name in by_grid.items()]
    return (
        entry(exercise, verdict, score, most),
        section(exercise, verdict, score, most, adjustments, pictures),
    )
