"""The page of one student: every exercise with its verdicts, points, hints, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup

from autograder.gradebook.gradebook import GradedCourse
from autograder.gradebook.marks import FinalMark, in_words
from autograder.model import ExerciseReport, Grid, Report, Verdict
from autograder.reporting.pages.document import macro, page
from autograder.reporting.pages.figures import grid_figure

_ALIKE = 8192
"""Rows that are kept as HTML: students share most of them."""
_SHORT = 20
"""A message of so many letters is short enough to be said again."""


def student_page(report: Report, course: GradedCourse, marks: Sequence[FinalMark] = ()) -> str:
    """The page of those whose `marks` these are, which are made alike; it says of nobody else.

    A page of one student bears the name, that of partners the id of what they handed in. Where
    grading itself failed it says so, and gives no marks.
    """
    mark = marks[0] if marks else None
    by_part = groupby(report.exercises, key=lambda one: one.part)
    pieces = page(
        "student.html",
        style="student.css",
        course=course,
        report=report,
        title=(mark.student.name if mark and len(marks) == 1 else "") or report.id,
        final=_final(report, mark),
        parts=in_words(mark) if mark and mark.has_parts else (),
        by_part=[(part, list(exercises)) for part, exercises in by_part],
        entries=[_entry(*_of(one)) for one in report.exercises],
        rows=_rows,
        pictures=_pictures,
    )
    return "".join(pieces)


def _final(report: Report, mark: FinalMark | None) -> float | None:
    if report.judge_error is not None:
        return None
    return report.score if mark is None else mark.final


def _pictures(exercise: ExerciseReport) -> list[Markup]:
    """Each once, of public groups only."""
    by_grid: dict[Grid, str] = {}
    for group in exercise.groups:
        if group.public and group.grid is not None:
            by_grid.setdefault(group.grid, group.name)
    return [grid_figure(grid, name) for grid, name in by_grid.items()]


def _of(exercise: ExerciseReport) -> tuple[str, Verdict, float, float, bool]:
    unreadable = bool(exercise.unreadable)
    return exercise.name, exercise.verdict, exercise.score, exercise.max_score, unreadable


@lru_cache(_ALIKE)
def _entry(name: str, verdict: Verdict, score: float, most: float, unreadable: bool) -> Markup:
    return macro("exercise.html", "entry")(name, verdict, score, most, unreadable)


def _rows(exercise: ExerciseReport) -> list[Markup]:
    """A long message that is the one of the row before is not said again."""
    rows = []
    before = ""
    for group in exercise.groups:
        repeated = group.message == before and len(before) > _SHORT
        points = f"{group.score:g} / {group.max_score:g}" + " extra" * group.extra
        message = "" if repeated else group.message
        rows.append(_row(group.name, group.public, group.verdict, points, message, repeated))
        before = group.message
    return rows


@lru_cache(_ALIKE)
def _row(
    name: str, public: bool, verdict: Verdict, points: str, message: str, repeated: bool
) -> Markup:
    return macro("exercise.html", "group_row")(name, public, verdict, points, message, repeated)
