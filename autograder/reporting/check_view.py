"""Shows the results of a check: on one screen in a terminal, or as JSON for editors."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any

from autograder.judging.explain import distinct_frames, explain_failure, place
from autograder.judging.judge import JudgedExercise, Judgement
from autograder.judging.score import first_mismatch
from autograder.judging.states import Progress, State, notes_on_failures, state_of
from autograder.model.course import Course, Exercise
from autograder.model.report import GroupReport, GroupResult, Isolation, Verdict
from autograder.model.submission import Outcome, StudentError
from autograder.reporting.styled_text import (
    Span,
    Styled,
    cut,
    grid_text,
    line,
    painted,
    text_of,
    wrapped,
)
from autograder.text import number_of, printable

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
"""A short word and a colour for each verdict; the word alone is enough to tell them apart."""

STYLES = {
    Progress.PASSED: "green",
    Progress.TO_DO: "yellow",
    Progress.WAITS: "yellow",
    Progress.MISSING: "yellow",
    Progress.NOT_TRIED: "dim",
}
"""The colour of each progress word; all others are red."""

_INDENT = 10
_PRINTED_LINES = 10
_NOTES = 5


def render(
    judged: Judgement,
    course: Course,
    isolation: Isolation,
    *,
    place: str,
    width: int = 80,
    in_full: bool = False,
) -> str:
    """The whole view as text with ANSI colours, at most `width` columns wide.

    Unless `in_full` is set or there is only one exercise, the view fits one screen: names are cut
    short, and only the first mismatch is shown in detail.
    """
    in_full = in_full or len(judged.exercises) == 1
    failed = [one for one in judged.exercises if one.report.verdict is not Verdict.ACCEPTED]
    touched = [one for one in failed if not _is_untouched(one)]
    detailed = touched if in_full else touched[:1]
    column = max(len(one.exercise.name) for one in judged.exercises)
    titles = {part.name: part.title for part in course.parts}
    heading = f"{course.name}: public groups of {printable(place)}"
    lines = wrapped(heading, width, style="bold")
    shown_part = ""
    shown = State(Progress.PASSED)
    stopped: set[str] = set()
    for one in judged.exercises:
        if one.exercise.part != shown_part:
            shown_part = one.exercise.part
            lines.append(cut(line(f"{shown_part}: {titles[shown_part]}", "bold"), width))
        state = state_of(one, judged)
        lines += _headline(one, state, column, width, in_full)
        if state != shown:  # the reason why a file fails is shown once
            lines += _reason(state, width)
        shown = state
        stopped.add(state.filename)
        if one not in detailed:
            lines += _messages(one, width, 99 if in_full else 1)
        hidden = wrapped(_hidden(one.exercise), width, _INDENT, "dim")
        lines += hidden if in_full else [_one_line(_hidden(one.exercise), width, "dim")]
        if in_full and one not in detailed:
            lines += _printed(one, width)
    for one in detailed:
        lines += [(), *_detail(one, width, in_full)]
    lines += _notes(judged, stopped, width)
    lines += [(), *_summary(judged, isolation, width, in_full)]
    silent = [one for one in judged.exercises if in_full or one in detailed or not _said(one)]
    if printed := [one.exercise.name for one in judged.exercises if one not in silent]:
        text = f"These printed something; -e EXERCISE shows it: {', '.join(printed)}."
        lines += wrapped(text, width)
    return painted(lines)


def _is_untouched(one: JudgedExercise) -> bool:
    return all(_is_to_do(group) or group.verdict is Verdict.ACCEPTED for group in one.report.groups)


def _is_to_do(group: GroupReport) -> bool:
    return group.verdict is Verdict.NOT_ATTEMPTED


def _one_line(text: str, width: int, style: str = "") -> Styled:
    return cut(line(" " * _INDENT + text, style), width)


def _reason(state: State, width: int) -> Iterator[Styled]:
    """Why nothing was run, with the source line that caused it."""
    if state.why:
        yield from wrapped(state.why, width, _INDENT)
    if state.source:
        yield cut(line(f"{'':<{_INDENT + 2}}{state.source}"), width)


def state_span(state: State) -> Span:
    """The progress word of an exercise, in its colour."""
    return Span(state.progress.value, STYLES.get(state.progress, "red"))


def _headline(
    one: JudgedExercise, state: State, column: int, width: int, in_full: bool
) -> list[Styled]:
    word, name = state_span(state), one.exercise.name
    points = f"{one.report.score:g}/{one.report.max_score:g}"
    head = (
        Span("  "),
        word,
        Span(" " * (8 - len(word.text))),
        Span(name, "bold"),
        Span(f"{'':<{column - len(name)}} {points:<7} "),
    )
    groups = ", ".join(group.name for group in one.report.groups)
    if not groups:
        return [head]
    if not in_full:
        return [cut((*head, Span(groups)), width)]
    margin = len(text_of([head])) - 1
    lines = wrapped(groups, width, margin)
    first = text_of(lines[:1])[margin:-1]
    return [(*head, Span(first)), *lines[1:]]


def _messages(one: JudgedExercise, width: int, most: int) -> Iterator[Styled]:
    told = [group for group in one.report.groups if group.message and not _is_to_do(group)]
    for group in told[:most]:
        text = f"{group.name}: {WORDS[group.verdict][0]}; {group.message}"
        yield from wrapped(text, width, _INDENT)


def _hidden(exercise: Exercise) -> str:
    hidden = [group for group in exercise.groups if not group.public]
    if not hidden:
        return "hidden: none"
    points = sum(group.points for group in hidden)
    return f"hidden, {number_of(points, 'point')}: {', '.join(group.name for group in hidden)}"


def _detail(one: JudgedExercise, width: int, in_full: bool) -> Iterator[Styled]:
    pairs = list(zip(one.results, one.report.groups, strict=True))
    # Correct numbers may still break a rule of the course.
    refused = (pair for pair in pairs if pair[1].verdict is not Verdict.ACCEPTED)
    mismatched = (pair for pair in pairs if first_mismatch(pair[0]) is not None)
    result, report = next(chain(mismatched, refused))
    mismatch = first_mismatch(result)
    word, colour = WORDS[report.verdict]
    title = f"{one.exercise.name}, {result.group.name}: {word}"
    yield cut(line(title, f"bold {colour}"), width)
    yield from wrapped(report.message, width, 2)
    if report.grid is not None:
        yield from (line(f"  {each}") for each in grid_text(report.grid, width - 2))
    if one.report.hint:
        yield from wrapped(f"Hint: {one.report.hint}", width, 2)
    if mismatch is not None:
        yield from show_outcome(mismatch.outcome, width)
    for other in one.report.groups if in_full else ():
        if other is not report and other.verdict is not Verdict.ACCEPTED:
            why = "for the same reason" if other.message == report.message else other.message
            yield from wrapped(f"{other.name}: {WORDS[other.verdict][0]}; {why}", width, 2)


def show_outcome(outcome: Outcome, width: int) -> Iterator[Styled]:
    """The student's own lines in the traceback, and the printed output, made printable."""
    if outcome.error is not None:
        yield from _traceback(outcome.error, width)
    if outcome.printed:
        yield line("  Your code printed:")
        yield from _quoted(outcome.printed, width, 4)


def _traceback(error: StudentError, width: int) -> Iterator[Styled]:
    if not error.frames:
        return
    yield line("  Your lines, most recent call last:")
    for frame in distinct_frames(error):
        where = f"{place(frame.filename, frame.cell, frame.line)}, in {printable(frame.function)}"
        yield cut(line(f"    {where}"), width)
        if frame.source:
            yield cut(line(f"      {printable(frame.source.strip())}"), width)
    yield cut(line(f"    {printable(error.type)}: {printable(error.message)}"), width)


def _printed(one: JudgedExercise, width: int) -> Iterator[Styled]:
    """The output of the first group that printed anything; other groups mostly repeat it."""
    if said := _said(one):
        group, text = said
        yield from wrapped(f"Your code printed, in {group}:", width, _INDENT)
        yield from _quoted(text, width, _INDENT + 2)


def _said(one: JudgedExercise) -> tuple[str, str] | None:
    """The first group that printed anything, and the output of its first such call."""
    for result in one.results:
        if text := next((each.printed for each in result.outcomes if each.printed), ""):
            return result.group.name, text
    return None


def _quoted(text: str, width: int, indent: int) -> Iterator[Styled]:
    margin = " " * indent
    lines = text.splitlines()
    for each in lines[:_PRINTED_LINES]:
        yield cut(line(f"{margin}| {printable(each, width)}"), width)
    if len(lines) > _PRINTED_LINES:
        yield line(f"{margin}and {number_of(len(lines) - _PRINTED_LINES, 'more line')}")


def _notes(judged: Judgement, said: Collection[str], width: int) -> Iterator[Styled]:
    notes = [
        [
            *wrapped(f"error: {note}", width),
            *([cut(line(f"    {source}"), width)] if source else []),
        ]
        for note, source in notes_on_failures(judged, said)
    ]
    notes += [wrapped(f"note: {note}", width) for note in judged.notes]
    if not notes:
        return
    yield ()
    # A line "and 1 more note" would take as much room as the note.
    shown = notes if len(notes) == _NOTES + 1 else notes[:_NOTES]
    for lines in shown:
        yield from lines
    if len(notes) > len(shown):
        yield line(f"and {number_of(len(notes) - len(shown), 'more note')}")


def _summary(
    judged: Judgement, isolation: Isolation, width: int, in_full: bool
) -> Iterator[Styled]:
    got = sum(one.report.score for one in judged.exercises)
    public = sum(one.report.max_score for one in judged.exercises)
    hidden = sum(one.exercise.points for one in judged.exercises) - public
    text = (
        f"Public groups: {got:g} of {number_of(public, 'point')}. Grading also "
        f"runs the hidden groups listed above, worth {number_of(hidden, 'point')}."
    )
    if not in_full:
        text += " With -e EXERCISE, names are shown in full."
    yield from wrapped(f"{text} Sandbox: {isolation.level}.", width)


# --- a check as JSON, for editors -------------------------------------------------------------

SCHEMA = "autograder/check/v1"
_OF_FRAME = ("cell", "line", "function", "source")


def check_json(judged: Judgement, course: Course, isolation: Isolation) -> str:
    """One JSON object; the student's text is unchanged, written in ASCII with escapes."""
    entry = {
        "schema": SCHEMA,
        "course": {"name": course.name, "version": course.version},
        "isolation": {"level": isolation.level, "layers": dict(isolation.layers)},
        "accepted": judged.accepted,
        "exercises": [_exercise(one) for one in judged.exercises],
        "notes": [*map(explain_failure, judged.ran.failures), *judged.notes],
    }
    return json.dumps(entry, indent=1, allow_nan=False) + "\n"


def _exercise(one: JudgedExercise) -> dict[str, Any]:
    return {
        "name": one.exercise.name,
        "part": one.exercise.part,
        "verdict": one.report.verdict.value,
        "score": one.report.score,
        "max_score": one.report.max_score,
        "misconception": one.report.misconception,
        "hint": one.report.hint,
        "groups": [
            _group(result, report)
            for result, report in zip(one.results, one.report.groups, strict=True)
        ],
        "hidden": [
            {"name": group.name, "max_score": group.points}
            for group in one.exercise.groups
            if not group.public
        ],
    }


def _group(result: GroupResult, report: GroupReport) -> dict[str, Any]:
    mismatch = first_mismatch(result)
    error = mismatch.outcome.error if mismatch else None
    return {
        "name": report.name,
        "verdict": report.verdict.value,
        "score": report.score,
        "max_score": report.max_score,
        "message": report.message,
        "grid": grid_text(report.grid) if report.grid else [],
        "printed": "".join(outcome.printed for outcome in result.outcomes),
        "traceback": [
            {"file": frame.filename, **{name: getattr(frame, name) for name in _OF_FRAME}}
            for frame in (error.frames if error else ())
        ],
    }
