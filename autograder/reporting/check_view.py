"""Shows a check on one screen: every exercise, then the first mismatch in detail."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autograder.judging.explain import explain_failure, place
from autograder.judging.public_check import Check, CheckedExercise
from autograder.judging.score import first_mismatch
from autograder.model import (
    Course,
    Exercise,
    GroupReport,
    Isolation,
    Outcome,
    StudentError,
    Verdict,
)
from autograder.reporting.ansi import painted
from autograder.reporting.grid_text import grid_text
from autograder.text import printable

WORDS = {
    Verdict.ACCEPTED: ("passed", "green"),
    Verdict.WRONG_ANSWER: ("wrong", "red"),
    Verdict.RUNTIME_ERROR: ("error", "red"),
    Verdict.TIME_LIMIT_EXCEEDED: ("time", "red"),
    Verdict.MEMORY_LIMIT_EXCEEDED: ("memory", "red"),
    Verdict.OUTPUT_LIMIT_EXCEEDED: ("output", "red"),
    Verdict.NOT_ATTEMPTED: ("to do", "yellow"),
    Verdict.JUDGE_ERROR: ("judge", "red"),
}
"""Each verdict as one short word, so that colour adds nothing that is not said."""

_INDENT = 9
_PRINTED_LINES = 10
_NOTES = 5


def render(
    check: Check,
    course: Course,
    isolation: Isolation,
    *,
    place: str,
    width: int = 80,
    in_full: bool = False,
) -> str:
    """The whole view as text with ANSI colours, at most `width` columns wide.

    Unless `in_full`, or of one exercise alone, it fits one screen: names are cut short, and only
    the first mismatch is shown in detail.
    """
    in_full = in_full or len(check.exercises) == 1
    failed = [one for one in check.exercises if one.report.verdict is not Verdict.ACCEPTED]
    touched = [one for one in failed if not _is_untouched(one)]
    detailed = touched if in_full else touched[:1]
    column = max(len(one.exercise.name) for one in check.exercises)
    titles = {part.name: part.title for part in course.parts}
    heading = f"{course.name}: public groups of {printable(place)}"
    lines = [painted(line, "bold") for line in _wrapped(heading, width, 0)]
    shown_part = ""
    for one in check.exercises:
        if one.exercise.part != shown_part:
            shown_part = one.exercise.part
            lines.append(painted(_cut(f"{shown_part}: {titles[shown_part]}", width), "bold"))
        lines += _headline(one, column, width, in_full)
        if one not in detailed:
            lines += _messages(one, width, 99 if in_full else 1)
        hidden = " " * _INDENT + _hidden(one.exercise)
        cut = _wrapped(hidden.strip(), width) if in_full else [_cut(hidden, width)]
        lines += [painted(line, "dim") for line in cut]
        if in_full and one not in detailed:
            lines += _printed(one, width)
    for one in detailed:
        lines += ["", *_detail(one, width, in_full)]
    lines += _notes(check, width)
    lines += ["", *_summary(check, isolation, width, in_full)]
    silent = [one for one in check.exercises if in_full or one in detailed or not _said(one)]
    if printed := [one.exercise.name for one in check.exercises if one not in silent]:
        text = f"Printed something, which -e EXERCISE shows: {', '.join(printed)}."
        lines += _wrapped(text, width, 0)
    return "\n".join(lines) + "\n"


def _is_untouched(one: CheckedExercise) -> bool:
    return all(_is_to_do(group) or group.verdict is Verdict.ACCEPTED for group in one.report.groups)


def _is_to_do(group: GroupReport) -> bool:
    return group.verdict is Verdict.NOT_ATTEMPTED


def _headline(one: CheckedExercise, column: int, width: int, in_full: bool) -> list[str]:
    word, colour = WORDS[one.report.verdict]
    name = one.exercise.name
    points = f"{one.report.score:g}/{one.report.max_score:g}"
    head = f"  {word:<6} {name:<{column}} {points:<7} "
    groups = ", ".join(group.name for group in one.report.groups)
    lines = _wrapped(groups, width, len(head)) if in_full else [_cut(head + groups, width)]
    first = head + lines[0][len(head) :]
    first = first.replace(word, painted(word, colour), 1).replace(name, painted(name, "bold"), 1)
    return [first, *lines[1:]]


def _messages(one: CheckedExercise, width: int, most: int) -> Iterator[str]:
    told = [group for group in one.report.groups if group.message and not _is_to_do(group)]
    for group in told[:most]:
        yield from _wrapped(f"{group.name}: {WORDS[group.verdict][0]}; {group.message}", width)


def _hidden(exercise: Exercise) -> str:
    hidden = [group for group in exercise.groups if not group.public]
    if not hidden:
        return "hidden: none"
    points = sum(group.points for group in hidden)
    return f"hidden, {_points(points)}: {', '.join(group.name for group in hidden)}"


def _detail(one: CheckedExercise, width: int, in_full: bool) -> Iterator[str]:
    result = next(result for result in one.results if first_mismatch(result) is not None)
    mismatch = first_mismatch(result)
    assert mismatch is not None
    report = next(group for group in one.report.groups if group.name == result.group.name)
    word, colour = WORDS[report.verdict]
    title = f"{one.exercise.name}, {result.group.name}: {word}"
    yield painted(_cut(title, width), "bold", colour)
    yield from _wrapped(report.message, width, 2)
    if report.grid is not None:
        yield from (f"  {line}" for line in grid_text(report.grid, width - 2))
    if one.report.hint:
        yield from _wrapped(f"Hint: {one.report.hint}", width, 2)
    yield from show_outcome(mismatch.outcome, width)
    for other in one.report.groups if in_full else ():
        if other is not report and other.verdict is not Verdict.ACCEPTED:
            why = "for the same reason" if other.message == report.message else other.message
            yield from _wrapped(f"{other.name}: {WORDS[other.verdict][0]}; {why}", width, 2)


def show_outcome(outcome: Outcome, width: int) -> Iterator[str]:
    """The student's own lines on the way to the error, and what was printed, made safe."""
    if outcome.error is not None:
        yield from _traceback(outcome.error, width)
    if outcome.printed:
        yield "  Your code printed:"
        yield from _quoted(outcome.printed, width, 4)


def _traceback(error: StudentError, width: int) -> Iterator[str]:
    if not error.frames:
        return
    yield "  Your lines, the last one called last:"
    for frame in error.frames:
        where = f"{place(frame.filename, frame.cell, frame.line)}, in {printable(frame.function)}"
        yield _cut(f"    {where}", width)
        if frame.source:
            yield _cut(f"      {printable(frame.source.strip())}", width)
    yield _cut(f"    {printable(error.type)}: {printable(error.message)}", width)


def _printed(one: CheckedExercise, width: int) -> Iterator[str]:
    """What the first group printed that printed anything: the others mostly repeat it."""
    if said := _said(one):
        group, text = said
        yield from _wrapped(f"Your code printed, in {group}:", width)
        yield from _quoted(text, width, _INDENT + 2)


def _said(one: CheckedExercise) -> tuple[str, str] | None:
    """The first group that printed anything, with what its first such call printed."""
    for result in one.results:
        if text := next((each.printed for each in result.outcomes if each.printed), ""):
            return result.group.name, text
    return None


def _quoted(text: str, width: int, indent: int) -> Iterator[str]:
    margin = " " * indent
    lines = text.splitlines()
    for line in lines[:_PRINTED_LINES]:
        yield _cut(f"{margin}| {printable(line, width)}", width)
    if len(lines) > _PRINTED_LINES:
        yield f"{margin}and {len(lines) - _PRINTED_LINES} more lines"


def _notes(check: Check, width: int) -> Iterator[str]:
    failures = [
        f"error: {explain_failure(failure)}; what it defines may be missing"
        for failure in check.failures
    ]
    notes = [*failures, *(f"note: {note}" for note in check.submission.notes)]
    if not notes:
        return
    yield ""
    for note in notes[:_NOTES]:
        yield from _wrapped(note, width, 0)
    if len(notes) > _NOTES:
        yield f"and {len(notes) - _NOTES} more notes"


def _summary(check: Check, isolation: Isolation, width: int, in_full: bool) -> Iterator[str]:
    got = sum(one.report.score for one in check.exercises)
    public = sum(one.report.max_score for one in check.exercises)
    hidden = sum(one.exercise.points for one in check.exercises) - public
    text = (
        f"Public groups: {got:g} of {_points(public)}. These are not all: grading also runs the "
        f"hidden groups named above, which hold {_points(hidden)}."
    )
    if not in_full:
        text += " With -e EXERCISE their names are not cut short."
    yield from _wrapped(f"{text} Sandbox: {isolation.level}.", width, 0)


def _points(points: float) -> str:
    return f"{points:g} point" if points == 1 else f"{points:g} points"


def _wrapped(text: str, width: int, indent: int = _INDENT) -> list[str]:
    margin = " " * indent
    return textwrap.wrap(
        text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    )


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
