"""Shows a report on GitHub: job summary, line annotations, and Classroom 50's result."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from autograder.batch.single import GradedHandIn
from autograder.model.course import Course
from autograder.model.report import ExerciseReport, GroupReport, Verdict
from autograder.model.submission import Source
from autograder.text import as_markdown, number_of


def job_summary(graded: GradedHandIn) -> str:
    """A Markdown summary: a table of the exercises, then the failed groups, then notes."""
    report = graded.report
    points = f"{report.score:g} of {number_of(report.max_score, 'point')}"
    lines = [
        f"## {as_markdown(graded.course.name)}: {points}",
        "",
        "| Exercise | Points | Groups passed | Result |",
        "|---|---:|---:|---|",
        *map(_row, report.exercises),
    ]
    for exercise in report.exercises:
        failed = [group for group in exercise.groups if group.verdict is not Verdict.ACCEPTED]
        if failed and exercise.verdict is not Verdict.NOT_ATTEMPTED:
            lines += ["", f"### `{exercise.name}`", "", *map(_item, failed)]
            lines += [f"- Hint: {as_markdown(exercise.hint)}"] if exercise.hint else []
    if graded.notes:
        lines += ["", "### Notes", "", *(f"- {as_markdown(note)}" for note in graded.notes)]
    return "\n".join([*lines, ""])


def workflow_commands(graded: GradedHandIn) -> Iterator[str]:
    """One workflow command (annotation) for each exercise that lost points, at its definition.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    for exercise in graded.report.exercises:
        group = next((g for g in exercise.groups if g.verdict is not Verdict.ACCEPTED), None)
        if group is None:
            continue
        place = _place(exercise, graded.submission.sources)
        kind = "notice" if group.verdict is Verdict.NOT_ATTEMPTED else "error"
        title = _property(f"{exercise.name}: {group.name}")
        yield f"::{kind} {place}title={title}::{_data(group.message)}"


def _row(exercise: ExerciseReport) -> str:
    passed = sum(group.verdict is Verdict.ACCEPTED for group in exercise.groups)
    cells = [
        f"`{exercise.name}`",
        f"{exercise.score:g} / {exercise.max_score:g}",
        f"{passed} / {len(exercise.groups)}",
        exercise.verdict.value.replace("_", " ").lower(),
    ]
    return f"| {' | '.join(cells)} |"


def _item(group: GroupReport) -> str:
    points = f"{group.score:g} of {group.max_score:g}"
    name = as_markdown(f"{group.name} ({'public' if group.public else 'hidden'}, {points})")
    return f"- **{name}** {as_markdown(group.message)}"


def _place(exercise: ExerciseReport, sources: tuple[Source, ...]) -> str:
    """The location of the function's definition: file and line in a script, the file of a notebook.

    A stub is used only if there is no other definition: students get each part as a script and a
    notebook, and leave one of them untouched.
    """
    name = re.escape(exercise.name).encode()
    head = rb"^(?:def[ \t]+%b\b|%b[ \t]*[:=])" % (name, name)
    defined = re.compile(head + rb"[^\n]*(?:\n(?:[ \t][^\n]*|\r?$))*", re.MULTILINE)
    places = []
    for source in sorted(sources, key=lambda source: source.module != exercise.part):
        for cell in source.cells:
            found = defined.search(cell)
            if found is not None:
                file = f"file={_property(source.filename)},"
                line = cell.count(b"\n", 0, found.start()) + 1
                place = file if source.notebook else f"{file}line={line},"
                last_line = found[0].rstrip().rpartition(b"\n")[2]
                places.append((last_line.lstrip().startswith(b"raise NotImplementedError"), place))
    return min(places, key=lambda place: place[0], default=(False, ""))[1]


def _data(text: str) -> str:
    """Escape a message; a line break in a student's text would start a new command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# --- Classroom 50: result.json ----------------------------------------------------------------

SCHEMA = "classroom50/result/v1"
_FINEST = 1000
_JUDGED = 0.01


def classroom50_result(graded: GradedHandIn, identity: Mapping[str, str]) -> dict[str, Any]:
    """The content of result.json: one test for each group, plus the fields of `identity`.

    Scores must be integers, so if there are fractions of a point, all scores are multiplied by the
    same number (see `units_per_point`), which keeps every share of the total.
    """
    unit = units_per_point(graded.course)
    tests = [
        _test(exercise, group, unit)
        for exercise in graded.report.exercises
        for group in exercise.groups
    ]
    return {
        "schema": SCHEMA,
        **identity,
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def units_per_point(course: Course) -> int:
    """The smallest factor that makes every possible score of a group an integer, at most 1000.

    Shares granted by a judge are not known in advance and are counted in hundredths. Finer
    fractions of a point are rounded down.
    """
    scores = [
        Fraction(str(group.points)) * Fraction(str(share))
        for exercise in course.exercises
        for group in exercise.groups
        for share in (1.0, exercise.follow_through, _JUDGED if exercise.judge else 1.0)
    ]
    return min(math.lcm(*(score.denominator for score in scores)), _FINEST)


def _test(exercise: ExerciseReport, group: GroupReport, unit: int) -> dict[str, Any]:
    return {
        "test-name": f"{exercise.name}: {group.name}",
        "passed": group.verdict is Verdict.ACCEPTED,
        "score": _whole(group.score, unit),
        "max-score": _whole(group.max_score, unit),
        "message": group.message,
    }


def _whole(score: float, unit: int) -> int:
    return math.floor(Fraction(str(score)) * unit)
