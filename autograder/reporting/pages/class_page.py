"""The page of a class: how it did, what its tests are worth, who is who."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from autograder.gradebook.final_mark import FinalMark, Standing
from autograder.gradebook.gradebook import GradedCourse
from autograder.model import Isolation
from autograder.reporting.class_results import ClassResults
from autograder.reporting.pages.document import document
from autograder.reporting.pages.exercise_tables import exercise_table, group_table, idle_groups
from autograder.reporting.pages.histogram import histogram_figure
from autograder.reporting.pages.html import Html, join, raw, tag
from autograder.reporting.pages.mistake_table import mistake_table
from autograder.reporting.pages.run_tables import isolation_table, not_graded, slowest_table
from autograder.reporting.pages.student_table import student_rows, student_table
from autograder.reporting.statistics import histogram, summary

_ROWS = raw("<!-- students -->")
"""No text of anybody's can hold this: in a text, the first character would be escaped."""
_SECTIONS = {
    "marks": "Marks",
    "exercises": "Exercises",
    "mistakes": "Mistakes",
    "groups": "Test groups",
    "students": "Students",
    "run": "This run",
}


def class_page(
    results: ClassResults,
    marks: Sequence[FinalMark],
    course: GradedCourse,
    isolation: Isolation,
    links: Mapping[int, str],
) -> Iterator[str]:
    """The whole page, in pieces, so that the rows of a large class are never in memory together.

    `links` are the addresses of feedback pages, by the place of the mark.
    """
    before, after = _page(results, marks, course, isolation, links).split(_ROWS)
    yield before
    yield from student_rows(results, marks, links)
    yield after


def _page(
    results: ClassResults,
    marks: Sequence[FinalMark],
    course: GradedCourse,
    isolation: Isolation,
    links: Mapping[int, str],
) -> Html:
    """The page with _ROWS where the students' rows belong."""
    sections = {
        "marks": _marks(results, marks),
        "exercises": exercise_table(results),
        "mistakes": mistake_table(results),
        "groups": join(idle_groups(results), group_table(results)),
        "students": student_table(results, marks, _ROWS),
        "run": join(
            not_graded(results), slowest_table(results, marks, links), isolation_table(isolation)
        ),
    }
    heading = tag(
        "header",
        tag("p", "Class report", class_="course"),
        tag("h1", course.name),
        tag("p", f"Version {course.version}, answer key {course.key_digest[:12]}", class_="soft"),
        tag(
            "nav",
            tag(
                "ul",
                (tag("li", tag("a", name, href=f"#{id}")) for id, name in _SECTIONS.items()),
            ),
            aria_label="Sections",
        ),
    )
    body = tag(
        "main",
        (
            tag("section", tag("h2", name, id=id), sections[id], aria_labelledby=id)
            for id, name in _SECTIONS.items()
        ),
    )
    return document(
        f"Class report: {course.name}", join(heading, body), style="class.css", script="class.js"
    )


def _marks(results: ClassResults, marks: Sequence[FinalMark]) -> Html:
    final = np.array([mark.final for mark in marks if mark.final is not None], dtype=np.float64)
    found = summary(final)
    counts = {
        "hand-ins": len(results.students),
        "not graded": sum(mark.standing is Standing.JUDGE_ERROR for mark in marks),
        "without a hand-in": sum(mark.standing is Standing.MISSING for mark in marks),
    }
    facts = {name: str(count) for name, count in counts.items() if count or name == "hand-ins"}
    if found is None:
        return join(_facts(facts), tag("p", "There are no marks yet."))
    full = int(np.count_nonzero(final >= results.points)) if results.points else 0
    facts |= {
        "mean": f"{found.mean:.1f}",
        "median": f"{found.median:.1f}",
        "lowest to highest": f"{found.lowest:g} to {found.highest:g}",
        "standard deviation": f"{found.deviation:.1f}",
        "with full marks": str(full),
    }
    counted = histogram(final, results.points)
    return join(_facts(facts), histogram_figure(counted, results.points, found))


def _facts(facts: Mapping[str, str]) -> Html:
    return tag(
        "dl",
        (tag("div", tag("dt", name), tag("dd", value)) for name, value in facts.items()),
        class_="facts",
    )
