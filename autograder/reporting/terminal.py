"""Prints the progress, marks and notes of a grading run to a terminal."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograder.gradebook.gradebook import Change
from autograder.gradebook.marks import FinalMark, Standing
from autograder.gradebook.policy import by_student, identities, zoned
from autograder.model.course import Course
from autograder.model.report import Isolation, Report, Verdict
from autograder.model.submission import Attempt, Student
from autograder.reporting.filling import Filled
from autograder.text import listed, number_of, printable

_ROWS = 40
_LINES = 20
_ID_WIDTH = 40
_LISTED = 20
_WIDTH = 60


class SteadyOutput:
    """A stream whose errors do not stop grading: after an error, output is dropped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure: OSError | None = None
        """The first error; nothing is written after it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        if self.failure is None:
            try:
                self._stream.write(text)
            except OSError as error:
                self.failure = error
        return len(text)

    def flush(self) -> None:
        if self.failure is None:
            try:
                self._stream.flush()
            except OSError as error:
                self.failure = error


@contextmanager
def progress(total: int, console: Console) -> Iterator[Callable[[Report, bool], None]]:
    """Yield a function to call with each report and whether it is new.

    A terminal shows a bar; otherwise about twenty lines are printed, however many reports there
    are.
    """
    kept = done = 0
    columns = TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("", total=total)

    def on_report(report: Report, fresh: bool) -> None:
        nonlocal kept, done
        done += 1
        kept += not fresh
        if console.is_terminal:
            bar.advance(task)
        elif total <= _LINES or done == total or done % (total // _LINES) == 0:
            console.print(Text(f"{done} of {total}: {_result(report)}"), soft_wrap=True)

    with bar if console.is_terminal else nullcontext():
        yield on_report
    if kept:
        console.print(f"{kept} of {total} were graded before and have not changed")


def print_summary(
    reports: Iterable[Report],
    isolation: Isolation,
    console: Console,
    names: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Print the scores, one row each unless there are many; return the number of failed gradings.

    `names` maps submissions to student names; if empty, the column is left out.
    """
    table = Table("submission", header_style="bold")
    if names:
        table.add_column("student")
    table.add_column("score", justify="right")
    table.add_column("passed", justify="right")
    table.add_column("not passed", overflow="fold", max_width=60)
    scores: list[float] = []
    failed: list[str] = []
    troubled: list[str] = []
    points = 0.0
    for report in reports:
        points = report.max_score
        if report.judge_error is None:
            scores.append(report.score)
        else:
            failed.append(f"{printable(report.id, _ID_WIDTH)}: {printable(report.judge_error)}")
        if report.problems:
            first, *others = report.problems
            more = f" and {len(others)} more" if others else ""
            troubled.append(f"{printable(report.id, _ID_WIDTH)}: {printable(first)}{more}")
        if len(scores) + len(failed) <= _ROWS:
            id, *cells = _row(report)
            name = [Text(printable(names.get(report.id, ""), _ID_WIDTH))] if names else []
            table.add_row(id, *name, *cells)
    if len(scores) + len(failed) <= _ROWS:
        console.print(table)
    for line in failed[:_ROWS]:
        console.print(Text(f"not graded, the grader failed: {line}"), soft_wrap=True)
    if troubled:
        count = f"{len(troubled)} to look at: not read in full, stopped early, or without code"
        console.print(count, soft_wrap=True)
    for line in troubled[:_LINES]:
        console.print(Text(f"  {line}"), soft_wrap=True)
    if len(troubled) > _LINES:
        console.print(f"  and {len(troubled) - _LINES} more, in gradebook.csv")
    console.print(_statistics(scores, points, len(failed)))
    console.print(f"isolation: {isolation.level}")
    return len(failed)


def _row(report: Report) -> tuple[Text, ...]:
    id = Text(printable(report.id, _ID_WIDTH))
    if report.judge_error is not None:
        return id, Text("-"), Text("-"), Text("not graded")
    lost = [one for one in report.exercises if one.verdict is not Verdict.ACCEPTED]
    passed = f"{len(report.exercises) - len(lost)}/{len(report.exercises)}"
    return (
        id,
        Text(f"{report.score:g}"),
        Text(passed),
        Text(_first_three([one.name for one in lost])),
    )


def _first_three(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _result(report: Report) -> str:
    id = printable(report.id, _ID_WIDTH)
    if report.judge_error is not None:
        return f"{id} not graded"
    return f"{id} {report.score:g} of {report.max_score:g}"


def _statistics(scores: list[float], points: float, failed: int) -> str:
    text = f"{len(scores)} graded"
    if scores:
        mean, median = statistics.fmean(scores), statistics.median(scores)
        text += (
            f", of {number_of(points, 'point')}: mean {mean:.1f}, median {median:.1f}, "
            f"lowest {min(scores):g}, highest {max(scores):g}"
        )
    return text + (f"; {failed} not graded" if failed else "")


# --- notes about students, one line each ----------------------------------------------------------


def class_lines(
    platform: str,
    attempts: Sequence[Attempt],
    marks: Sequence[FinalMark],
    strangers: Sequence[Student],
    course: Course,
    before: Sequence[FinalMark] = (),
) -> Iterator[str]:
    """One line for each notable fact; none for a plain folder with one submission each.

    `strangers` submitted but are not in the roster; `course` sets which attempt counts and the
    deadline; `before` are the marks of the last run.
    """
    if platform != "folder":
        yield f"submissions from {platform}"
    counting = {mark.submission for mark in marks}
    if spare := [attempt.id for attempt in attempts if attempt.id not in counting]:
        yield f"attempts not counted (the {course.attempts} counts): {_listed(spare)}"
    if tied := [student for student, own in by_student(attempts).items() if _is_tied(own)]:
        yield (
            "several submissions without a time to order them, so the last by name counts: "
            f"{listed_people(tied)}"
        )
    if late := [mark.student for mark in marks if mark.days_late]:
        yield f"late: {listed_people(late)}"
    yield from _deadline_lines(attempts, marks, course)
    if missing := [mark.student for mark in marks if mark.standing is Standing.MISSING]:
        yield f"no submission: {listed_people(missing)}"
    present = {id for mark in marks for id in identities(mark.student)}
    if gone := [one.student for one in before if present.isdisjoint(identities(one.student))]:
        yield f"no longer among the submissions, so no longer in the marks: {listed_people(gone)}"
    if strangers:
        yield f"not found in the roster, or more than one row matches: {listed_people(strangers)}"


def _is_tied(attempts: Sequence[Attempt]) -> bool:
    orders = [(one.time, one.number) for one in attempts]
    return len(set(orders)) < len(orders)


def _deadline_lines(
    attempts: Sequence[Attempt], marks: Sequence[FinalMark], course: Course
) -> Iterator[str]:
    deadline = course.deadline
    if deadline is None:
        return
    timed = [attempt.time for attempt in attempts if attempt.time is not None]
    untimed = [attempt for attempt in attempts if attempt.time is None and not attempt.late]
    if untimed and not timed:
        yield (
            "no submission has a time, so none is counted as late unless its platform marked it; "
            "grade the platform's own download, or give its list with --roster"
        )
    elif untimed:
        yield f"not counted as late, since it has no time: {_listed([one.id for one in untimed])}"
    unknown = sum(zoned(time, deadline) is None for time in timed)
    if unknown:
        yield (
            f"no late penalty for {number_of(unknown, 'submission')} without a time zone; "
            "set deadline.zone in course.yaml, such as Europe/Berlin"
        )
    if extended := [mark.student for mark in marks if mark.extension is not None]:
        yield f"with an extension: {listed_people(extended)}"
    if spent := [mark.student for mark in marks if mark.free_days]:
        yield f"free days spent: {listed_people(spent)}"


def names_of(marks: Iterable[FinalMark]) -> dict[str, str]:
    """The student names of each submission; empty if every name equals its submission's id."""
    names: dict[str, list[str]] = {}
    for mark in marks:
        if mark.submission is not None:
            names.setdefault(mark.submission, []).append(mark.student.name)
    if all(all(name in ("", id) for name in own) for id, own in names.items()):
        return {}
    return {id: ", ".join(own) for id, own in names.items()}


def listed_people(students: Sequence[Student]) -> str:
    """The number of students, and the names and ids of the first ones."""
    return _listed([called(student) for student in students])


def called(student: Student) -> str:
    """The name and, since names are not unique, the id if there is one; not escaped."""
    id = student.ids[0] if student.ids else ""
    if not student.name or student.name == id:
        return id or "?"
    return f"{student.name} ({id})" if id else student.name


def _listed(texts: Sequence[str]) -> str:
    return f"{len(texts)}: {listed(texts, _LISTED, _WIDTH)}"


def ungraded_lines(ungraded: Sequence[str]) -> Iterator[str]:
    """A line if the run was stopped or is still running."""
    if ungraded:
        yield (
            f"still to be graded: {_listed(ungraded)}; "
            "wait for `autograder grade`, or run it again if it was stopped"
        )


def filled_lines(path: Path, filled: Filled, marks: Iterable[FinalMark]) -> Iterator[str]:
    """What was filled into a platform's list, and whose marks were not."""
    scale = f", in proportion to {number_of(filled.scaled_to, 'point')}" if filled.scaled_to else ""
    yield f"{path}: wrote {number_of(len(filled.filled), 'mark')}{scale}"
    if filled.refused:
        yield (
            f"no mark written, because the list does not accept one: "
            f"{listed_people(filled.refused)}"
        )
    if filled.above:
        people = listed_people(filled.above)
        yield (
            f"above the list's maximum, which Moodle skips silently: {people}; raise "
            "its maximum, or write 'cap_at_maximum: true' into course.yaml"
        )
    if filled.unlisted:
        people = listed_people(filled.unlisted)
        yield f"no mark written: not found in the list, or more than one row matches: {people}"
    failed = [mark.student for mark in marks if mark.standing is Standing.JUDGE_ERROR]
    if failed:
        yield f"no mark written, because they could not be graded: {listed_people(failed)}"


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """One line for each change of a mark, or one that says there was none."""
    none = True
    for change in changes:
        none = False
        scales = {change.of_before or change.of_after, change.of_after}
        before, after = (
            "none" if points is None else f"{points:g}" + f" of {most:g}" * (len(scales) > 1)
            for points, most in (
                (change.before, change.of_before or 0.0),
                (change.after, change.of_after or 0.0),
            )
        )
        reasons = ", ".join(change.reasons) or "unknown"
        who = printable(called(change.student), _WIDTH)
        yield f"{change.at[:16].replace('T', ' ')}  {who}: {before} -> {after} ({reasons})"
    if none:
        yield "no mark has changed since it was first given"
