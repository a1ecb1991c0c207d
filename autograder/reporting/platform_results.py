"""Writes reports as the platforms read them: the result files of `autograder grade-for`.

- PrairieLearn, results.json (docs/externalGrading.md, 2025): `score` between 0 and 1, `tests` with
  points and messages, `images` as data URLs, 1 MB in all. If grading failed, `gradable` is false,
  which costs the student no attempt.
- Coursera, feedback.json of a custom grader: `fractionalScore` between 0 and 1, and `feedback`, of
  which 64 KB are shown (programming-assignments-demo, custom-graders/README.md and v2/README.md).
- Autolab, the last line of the grader's output (`parseAutoresult` in
  app/controllers/assessment/autograde.rb): `scores` by problem. Autolab puts quotes around every
  word before a colon in that line, even inside strings, so the line contains only names and
  numbers.
- Submitty, validation_results.json of a custom validator (its documentation of "Python Custom
  Validator Output"): `status`, and `data` with `score` between 0 and 1 and messages with a status.
  If grading failed, `status` is `failure`, with a message for the instructor.
- JUnit's XML, as read by GitLab, Jenkins and others: a suite for each exercise, a case for each
  test group. GitLab (lib/gitlab/ci/parsers/test/junit.rb) shows the text inside `failure`, not its
  message, and only the first of two cases with the same class name and name.
- Gradescope, results.json: a test for each group, with its visibility.
- GitHub: a job summary in Markdown, annotations, and Classroom 50's result.json.
"""

from __future__ import annotations

import base64
import html
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import isfinite
from typing import Any
from xml.etree import ElementTree

from autograder.judging.grader import GradedSubmission
from autograder.model.course import Course, Gradescope
from autograder.model.report import ExerciseReport, Grid, GroupReport, Verdict
from autograder.model.submission import Source
from autograder.reporting.styled_text import grid_numbers, grid_text, largest_size
from autograder.text import as_markdown, number_of, printable

_NOT_GRADED = (
    "This submission could not be graded because the grader failed. You lose no points and no "
    "attempt. Your instructor can have it graded again."
)
_MOST_TEXT = 2_000
"""Maximum length of one message in characters; PrairieLearn accepts 1 MB in all."""
_COURSERA_BYTES = 60_000


def share(graded: GradedSubmission) -> float:
    """The score as a fraction between 0 and 1; extra credit above 1 is cut off."""
    most = graded.report.max_score
    return min(1.0, round(graded.report.score / most, 6)) if most else 0.0


def prairielearn_results(graded: GradedSubmission) -> dict[str, Any]:
    """The content of /grade/results/results.json."""
    report = graded.report
    return {
        "gradable": True,
        "score": share(graded),
        "message": f"{report.score:g} of {number_of(report.max_score, 'point')}",
        "output": "\n".join(graded.notes)[:_MOST_TEXT],
        "tests": [
            {
                "name": f"{exercise.name}: {group.name}",
                "description": _kind(group),
                "points": group.score,
                "max_points": group.max_score,
                "message": _message(exercise, group)[:_MOST_TEXT],
                "output": "\n".join(grid_text(group.grid))[:_MOST_TEXT] if group.grid else "",
                "images": _images(group),
            }
            for exercise, group in _groups(graded)
        ],
    }


def prairielearn_failure() -> dict[str, Any]:
    """The results if grading itself failed: the student loses no points and no attempt."""
    return {"gradable": False, "format_errors": [_NOT_GRADED]}


def coursera_feedback(graded: GradedSubmission) -> dict[str, Any]:
    """The content of feedback.json."""
    text = "\n".join(feedback_lines(graded)).encode(errors="backslashreplace")
    if len(text) > _COURSERA_BYTES:
        text = text[:_COURSERA_BYTES] + b"\n..."
    return {"fractionalScore": share(graded), "feedback": text.decode(errors="ignore")}


def autolab_result(graded: GradedSubmission) -> dict[str, Any]:
    """The last output line for Autolab, whose problems must be named like the exercises."""
    return {"scores": {one.name: one.score for one in graded.report.exercises}}


def submitty_result(graded: GradedSubmission) -> dict[str, Any]:
    """The content of validation_results.json."""
    messages = [
        {"message": line, "status": "success" if passed else "failure"}
        for exercise, group in _groups(graded)
        for passed in [group.verdict is Verdict.ACCEPTED]
        for line in [_line(exercise, group)]
    ]
    whole = share(graded)
    status = "success" if whole == 1.0 else "failure" if whole == 0.0 else "warning"
    return {"status": "success", "data": {"score": whole, "message": messages, "status": status}}


def submitty_failure(why: str) -> dict[str, Any]:
    """The results if grading itself failed; `why` is for the instructor's log."""
    return {"status": "failure", "message": why}


def junit_xml(graded: GradedSubmission) -> str:
    """The whole file; points are written as properties, since JUnit has only passed and failed."""
    root = ElementTree.Element("testsuites", name=printable(graded.course.name))
    for exercise in graded.report.exercises:
        failed = [one for one in exercise.groups if one.verdict is not Verdict.ACCEPTED]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=exercise.name,
            tests=str(len(exercise.groups)),
            failures=str(len(failed)),
            errors="0",
            skipped="0",
            time="0",
        )
        properties = ElementTree.SubElement(suite, "properties")
        for name, value in (("score", exercise.score), ("max_score", exercise.max_score)):
            ElementTree.SubElement(properties, "property", name=name, value=f"{value:g}")
        for group in exercise.groups:
            classname = f"{exercise.part}.{exercise.name}"
            case = ElementTree.SubElement(
                suite, "testcase", classname=classname, name=printable(group.name), time="0"
            )
            if group in failed:
                text = printable(_message(exercise, group), _MOST_TEXT)
                failure = ElementTree.SubElement(
                    case, "failure", message=printable(text, 200), type=group.verdict.value
                )
                failure.text = text
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def feedback_lines(graded: GradedSubmission) -> Iterator[str]:
    """The marks as plain text: one line for each exercise and for each failed test group."""
    for exercise in graded.report.exercises:
        yield f"{exercise.name}: {exercise.score:g} of {number_of(exercise.max_score, 'point')}"
        for group in exercise.groups:
            if group.verdict is not Verdict.ACCEPTED:
                yield f"  {_line(exercise, group)}"
    yield from graded.notes


def _groups(graded: GradedSubmission) -> Iterator[tuple[ExerciseReport, GroupReport]]:
    for exercise in graded.report.exercises:
        for group in exercise.groups:
            yield exercise, group


def _kind(group: GroupReport) -> str:
    kind = "public" if group.public else "hidden"
    return f"{kind}, extra credit" if group.extra else kind


def _words(verdict: Verdict) -> str:
    return verdict.value.replace("_", " ").lower()


def _hint(exercise: ExerciseReport, group: GroupReport) -> str:
    """The titled hint, for the first failed group only, so that no later one is revealed."""
    return f"Hint: {exercise.hint}" if exercise.hint and group is exercise.first_wrong else ""


def _message(exercise: ExerciseReport, group: GroupReport) -> str:
    words = group.message or ("passed" if group.verdict is Verdict.ACCEPTED else "")
    words = words or _words(group.verdict)
    return f"{words} {_hint(exercise, group)}".strip()


def _line(exercise: ExerciseReport, group: GroupReport) -> str:
    points = f"{group.score:g} of {group.max_score:g}"
    return f"{exercise.name}: {group.name} ({points}): {_message(exercise, group)}"


# --- pictures ---------------------------------------------------------------------------------

_CELL = 14


def _images(group: GroupReport) -> list[dict[str, str]]:
    if group.grid is None or not group.public or group.grid.dimensions == 0:
        return []
    content = base64.b64encode(_svg(group.grid).encode()).decode()
    label = f"Expected, then yours: {group.name}"
    return [{"label": label, "url": f"data:image/svg+xml;base64,{content}"}]


def _svg(grid: Grid) -> str:
    """The expected cells, then the student's, with a frame around the wrong ones.

    Numbers are shown as colours, so the picture contains no text from the student.
    """
    expected, got, wrong = grid_numbers(grid)
    top = max(largest_size(expected), largest_size(got))
    across = len(expected[0]) * _CELL
    drawn = [
        _square(x * _CELL, y * _CELL, expected[y][x], top, False)
        + _square(across + 12 + x * _CELL, y * _CELL, got[y][x], top, wrong[y][x])
        for y, row in enumerate(expected)
        for x in range(len(row))
    ]
    size = f'width="{2 * across + 12}" height="{len(expected) * _CELL}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(drawn)}</svg>'


def _square(x: int, y: int, number: float, top: float, wrong: bool) -> str:
    if not isfinite(number):
        colour = "#fff3d6"
    else:
        rest = 243 - round(200 * min(1.0, abs(number) / top)) if top else 243
        colour = f"#{rest:02x}{rest:02x}f3" if number >= 0 else f"#f3{rest:02x}{rest:02x}"
    frame = ' stroke="#b02a1c" stroke-width="2"' if wrong else ""
    side = _CELL - 3
    return f'<rect x="{x + 1}" y="{y + 1}" width="{side}" height="{side}" fill="{colour}"{frame}/>'


# --- Gradescope: results.json -----------------------------------------------------------------


def gradescope_results(graded: GradedSubmission, shown: Gradescope) -> dict[str, Any]:
    """The content of results.json: one test for each group; `shown` sets the format and visibility.

    Every message is escaped. If grading itself failed, there is no score at all.
    """
    report = graded.report
    if report.judge_error is not None:
        return gradescope_failure(report.judge_error)
    title = f"{graded.course.name}, version {graded.course.version}"
    return {
        "score": report.score,
        "execution_time": math.ceil(report.seconds),
        "output": _written([title, *graded.notes], shown.feedback),
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
    """Results without a score: a message for the student, and `why` for the instructor only."""
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
    return filter(None, (group.message, _hint(exercise, group)))


def _written(texts: Iterable[str], feedback: str) -> str:
    """Join the texts as paragraphs, with markup in the texts escaped."""
    if feedback == "html":
        return "\n".join(f"<p>{html.escape(text)}</p>" for text in texts)
    return "\n\n".join(map(as_markdown, texts))


# --- GitHub: the job summary and annotations ------------------------------------------------------


def job_summary(graded: GradedSubmission) -> str:
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


def workflow_commands(graded: GradedSubmission) -> Iterator[str]:
    """One workflow command (annotation) for each exercise that lost points, at its definition.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    for exercise in graded.report.exercises:
        group = exercise.first_wrong
        if group is None:
            continue
        place = _definition(exercise, graded.submission.sources)
        is_to_do = group.verdict is Verdict.NOT_ATTEMPTED and not exercise.unreadable
        kind = "notice" if is_to_do else "error"
        title = _property(f"{exercise.name}: {group.name}")
        yield f"::{kind} {place}title={title}::{_data(group.message)}"


def _row(exercise: ExerciseReport) -> str:
    passed = sum(group.verdict is Verdict.ACCEPTED for group in exercise.groups)
    cells = [
        f"`{exercise.name}`",
        f"{exercise.score:g} / {exercise.max_score:g}",
        f"{passed} / {len(exercise.groups)}",
        "file does not run" if exercise.unreadable else _words(exercise.verdict),
    ]
    return f"| {' | '.join(cells)} |"


def _item(group: GroupReport) -> str:
    points = f"{group.score:g} of {group.max_score:g}"
    name = as_markdown(f"{group.name} ({'public' if group.public else 'hidden'}, {points})")
    return f"- **{name}** {as_markdown(group.message)}"


def _definition(exercise: ExerciseReport, sources: tuple[Source, ...]) -> str:
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

_CLASSROOM50 = "classroom50/result/v1"
_FINEST = 1000
_JUDGED = 0.01


def classroom50_result(graded: GradedSubmission, identity: Mapping[str, str]) -> dict[str, Any]:
    """The content of result.json: one test for each group, plus the fields of `identity`.

    Scores must be integers, so if there are fractions of a point, all scores are multiplied by the
    same number (see `units_per_point`), which keeps every share of the total.
    """
    unit = units_per_point(graded.course)

    def whole(score: float) -> int:
        return math.floor(Fraction(str(score)) * unit)

    tests = [
        {
            "test-name": f"{exercise.name}: {group.name}",
            "passed": group.verdict is Verdict.ACCEPTED,
            "score": whole(group.score),
            "max-score": whole(group.max_score),
            "message": group.message,
        }
        for exercise, group in _groups(graded)
    ]
    return {
        "schema": _CLASSROOM50,
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
