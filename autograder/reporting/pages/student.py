"""The page of one student: every exercise with verdicts, points, hints and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup

from autograder.gradebook.gradebook import GradedCourse
from autograder.gradebook.marks import Adjustment, FinalMark, in_words
from autograder.model.report import ExerciseReport, Grid, Report
from autograder.reporting.pages.document import macro, page
from autograder.reporting.pages.figures import grid_figure

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
        final=_final(report, mark),
        parts=in_words(mark) if mark and mark.has_parts else (),
        by_part=[
            (part, [_rendered(one, mark.adjustments_of(one.name) if mark else ()) for one in own])
            for part, own in by_part
        ],
    )
    return "".join(pieces)


def _final(report: Report, mark: FinalMark | None) -> float | None:
    if report.judge_error is not None:
        return None
    return report.score if mark is None else mark.final


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
