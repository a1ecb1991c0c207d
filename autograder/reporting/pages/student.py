"""The page of one student: every exercise with its verdicts, points, hints, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from autograder.gradebook.final_mark import FinalMark, in_words
from autograder.gradebook.gradebook import GradedCourse
from autograder.model import ExerciseReport, Grid, GroupReport, Report, Verdict
from autograder.reporting.pages.document import document
from autograder.reporting.pages.grid_figure import grid_figure
from autograder.reporting.pages.html import Html, join, tag
from autograder.reporting.pages.meter import meter
from autograder.reporting.pages.verdicts import WORDS, verdict

_ALIKE = 8192
"""Rows that are kept as HTML: students share most of them."""
_PICTURES = 512
"""Pictures that are kept, each of some ten thousand letters."""
_SHORT = 20
"""A message of so many letters is short enough to be said again."""
_HEADS = tag(
    "thead",
    tag(
        "tr",
        tag("th", "Test group", scope="col"),
        tag("th", "Result", scope="col"),
        tag("th", "Points", scope="col", class_="number"),
    ),
)


def student_page(report: Report, course: GradedCourse, marks: Sequence[FinalMark] = ()) -> Html:
    """The page of those whose `marks` these are, which are made alike; it says of nobody else.

    A page of one student bears the name, that of partners the id of what they handed in. Where
    grading itself failed it says so, and gives no marks.
    """
    name = marks[0].student.name if len(marks) == 1 else ""
    title = name or report.id
    heading = tag(
        "header",
        tag("p", course.name, class_="course"),
        tag("h1", title, dir="auto"),
        _score(report, marks[0] if marks else None),
    )
    body = (_failed(),) if report.judge_error is not None else tuple(_exercises(report))
    footer = tag(
        "footer",
        tag(
            "p",
            f"{course.name}, version {course.version}. Hidden test groups are named so that you "
            "know what they ask for; their numbers are not shown.",
        ),
    )
    main = tag("main", _parts(marks[:1]), _notes(report.notes), body)
    page = join(heading, main, footer)
    return document(f"{title}: {course.name}", page, style="student.css")


def _score(report: Report, mark: FinalMark | None) -> Html:
    final = report.score if mark is None else mark.final
    if report.judge_error is not None or final is None:
        return tag("p", tag("strong", "no marks yet"), class_="score")
    points = tag("strong", f"{final:g}")
    return tag("p", points, f" of {report.max_score:g} points", class_="score")


def _parts(marks: Sequence[FinalMark]) -> Html | None:
    """What the mark is made of, where that is more than what was graded."""
    for mark in marks:
        if mark.lost or mark.days_late or mark.adjustments:
            lines = (tag("li", line, dir="auto") for line in in_words(mark))
            heading = tag("h2", "How your mark is made up", id="about-mark")
            return tag(
                "section", heading, tag("ul", lines), class_="aside", aria_labelledby="about-mark"
            )
    return None


def _failed() -> Html:
    return tag(
        "section",
        tag("h2", "Your work could not be graded"),
        tag(
            "p",
            "That is a failure of the grader, not of your work. You have lost nothing: your "
            "instructor sees this too, and can grade it again.",
        ),
        class_="aside",
    )


def _notes(notes: Sequence[str]) -> Html | None:
    if not notes:
        return None
    return tag(
        "section",
        tag("h2", "About your files", id="about-files"),
        tag("ul", (tag("li", note, dir="auto") for note in notes)),
        class_="aside",
        aria_labelledby="about-files",
    )


def _exercises(report: Report) -> Iterator[Html]:
    yield tag(
        "nav",
        tag("ul", map(_link, report.exercises), class_="overview"),
        aria_label="Exercises",
    )
    for part, exercises in groupby(report.exercises, key=lambda one: one.part):
        yield tag("h2", tag("code", f"{part}.py"))
        yield from map(_exercise, exercises)


def _link(exercise: ExerciseReport) -> Html:
    return _entry(exercise.name, exercise.verdict.value, exercise.score, exercise.max_score)


@lru_cache(_ALIKE)
def _entry(exercise: str, value: str, score: float, most: float) -> Html:
    name, words = WORDS[Verdict(value)]
    link = tag(
        "a",
        tag("code", exercise),
        " ",
        tag("span", words, class_="words"),
        " ",
        tag("span", f"{score:g}/{most:g}", class_="points"),
        meter(score / most if most else 0.0),
        href=f"#{exercise}",
        class_=f"sign {name}",
    )
    return tag("li", link)


def _exercise(exercise: ExerciseReport) -> Html:
    heading = tag(
        "h3",
        tag("code", exercise.name),
        " ",
        verdict(exercise.verdict),
        " ",
        tag("span", _points(exercise.score, exercise.max_score), class_="points"),
        id=exercise.name,
    )
    table = _groups(exercise.groups)
    if exercise.verdict is Verdict.ACCEPTED and not any(one.message for one in exercise.groups):
        summary = f"{len(exercise.groups)} test groups, all passed"
        table = tag("details", tag("summary", summary), table, class_="groups")
    return tag(
        "section",
        heading,
        _hints(exercise),
        table,
        _pictures(exercise.groups),
        class_="exercise",
        aria_labelledby=exercise.name,
    )


def _hints(exercise: ExerciseReport) -> Html | None:
    """The hint, with each further one inside the one before, so that they open one by one."""
    if exercise.hint is None:
        return None
    deeper: Html | None = None
    for number, text in reversed(list(enumerate(exercise.more_hints, start=2))):
        words = f"Hint {number} of {len(exercise.more_hints) + 1}"
        deeper = tag("details", tag("summary", words), tag("p", text), deeper)
    first = tag("p", tag("strong", "What the numbers show: "), exercise.hint)
    return tag("div", first, deeper, class_="hint")


def _groups(groups: Sequence[GroupReport]) -> Html:
    before = ("", *(group.message for group in groups))
    return tag(
        "table",
        _HEADS,
        tag("tbody", map(_group, groups, before)),
        class_="groups",
    )


def _group(group: GroupReport, before: str) -> Html:
    """One row; a long message that is the one of the row before is not said again."""
    repeated = group.message == before and len(before) > _SHORT
    return _row(
        group.name,
        group.public,
        group.verdict.value,
        _points(group.score, group.max_score),
        None if repeated else group.message,
    )


@lru_cache(_ALIKE)
def _row(name: str, public: bool, value: str, points: str, message: str | None) -> Html:
    heading = tag(
        "th",
        name,
        None if public else (" ", tag("span", "hidden", class_="hidden-group")),
        (" ", tag("span", "the same as above", class_="same")) if message is None else None,
        tag("p", message, dir="auto") if message else None,
        scope="row",
    )
    cells = tag("td", verdict(Verdict(value))), tag("td", points, class_="number")
    return tag("tr", heading, cells)


_figure = lru_cache(_PICTURES)(grid_figure)


def _pictures(groups: Sequence[GroupReport]) -> Iterator[Html]:
    seen: set[Grid] = set()
    for group in groups:
        if group.public and group.grid is not None and group.grid not in seen:
            seen.add(group.grid)
            yield _figure(group.grid, group.name)


def _points(score: float, most: float) -> str:
    return f"{score:g} / {most:g}"
