"""Writes a report as the results.json that Gradescope reads.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator
from typing import Any

from autograder.batch.single import GradedHandIn
from autograder.model import Course, ExerciseReport, Gradescope, GroupReport, Verdict
from autograder.text import as_markdown

_NOT_GRADED = (
    "This hand-in could not be graded, through no fault of yours, and no points are lost. "
    "Your instructor sees why, and can have it graded again."
)


def gradescope_results(graded: GradedHandIn, shown: Gradescope) -> dict[str, Any]:
    """What goes into results.json: one test for each group, the hidden ones shown as `shown` says.

    Every message is escaped. Where grading itself failed there is no score at all.
    """
    report = graded.report
    if report.judge_error is not None:
        return gradescope_failure(report.judge_error)
    return {
        "score": report.score,
        "execution_time": math.ceil(report.seconds),
        "output": _written([_title(graded.course), *graded.notes], shown.feedback),
        "output_format": shown.feedback,
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            _test(exercise, group, f"{e}.{g}", shown)
            for e, exercise in enumerate(report.exercises, 1)
            for g, group in enumerate(exercise.groups, 1)
        ],
        "extra_data": {
            "key": graded.key_digest,
            "isolation": {"level": graded.isolation.level, "layers": dict(graded.isolation.layers)},
            "misconceptions": {
                exercise.name: exercise.misconception
                for exercise in report.exercises
                if exercise.misconception is not None
            },
        },
    }


def gradescope_failure(why: str) -> dict[str, Any]:
    """Results without a score: a word for the student, and `why` for the instructor alone."""
    return {
        "output": _NOT_GRADED,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            {
                "name": "The autograder failed",
                "status": "failed",
                "output": why,
                "output_format": "text",
                "visibility": "hidden",
            }
        ],
        "extra_data": {"judge_error": why},
    }


def _title(course: Course) -> str:
    return f"{course.name}, version {course.version}"


def _test(
    exercise: ExerciseReport, group: GroupReport, number: str, shown: Gradescope
) -> dict[str, Any]:
    passed = group.verdict is Verdict.ACCEPTED
    return {
        "name": f"{exercise.name}: {group.name}",
        "score": group.score,
        "max_score": group.max_score,
        "status": "passed" if passed else "failed",
        "output": _written(_messages(exercise, group), shown.feedback),
        "output_format": shown.feedback,
        "visibility": "visible" if group.public else shown.hidden_groups,
        "tags": [exercise.part, exercise.name, "public" if group.public else "hidden"],
        "number": number,
    }


def _messages(exercise: ExerciseReport, group: GroupReport) -> Iterator[str]:
    if group.message:
        yield group.message
    # Beside the first failed group: a hint must not tell of hidden groups before they are shown.
    first = next((one for one in exercise.groups if one.verdict is not Verdict.ACCEPTED), None)
    if exercise.hint and group is first:
        yield f"Hint: {exercise.hint}"


def _written(texts: Iterable[str], feedback: str) -> str:
    """Paragraphs in which nothing of the texts is markup."""
    if feedback == "html":
        return "\n".join(f"<p>{html.escape(text)}</p>" for text in texts)
    return "\n\n".join(map(as_markdown, texts))
