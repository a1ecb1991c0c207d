"""Shows the results of a check: on one screen in a terminal, or as JSON for editors."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
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
    return painted(_View(judged, course, isolation, width, in_full).lines(place))


def _is_untouched(one: JudgedExercise) -> bool:
    return all(_is_to_do(group) or group.verdict is Verdict.ACCEPTED for group in one.report.groups)


def _is_to_do(group: GroupReport) -> bool:
    return group.verdict is Verdict.NOT_ATTEMPTED


@dataclass(frozen=True)
class _View:
    judged: Judgement
    course: Course
    isolation: Isolation
    width: int
    in_full: bool

    def lines(self, place: str) -> Iterator[Styled]:
        """All lines of the view."""
        exercises = self.judged.exercises
        states = [state_of(one, self.judged) for one in exercises]
        touched = [
            one
            for one in exercises
            if one.report.verdict is not Verdict.ACCEPTED and not _is_untouched(one)
        ]
        detailed = touched if self.in_full else touched[:1]
        heading = f"{self.course.name}: public groups of {printable(place)}"
        yield from wrapped(heading, self.width, style="bold")
        titles = {part.name: part.title for part in self.course.parts}
        before, shown_part = State(Progress.PASSED), ""
        for one, state in zip(exercises, states, strict=True):
            if one.exercise.part != shown_part:
                shown_part = one.exercise.part
                yield self._cut(line(f"{shown_part}: {titles[shown_part]}", "bold"))
            yield from self._headline(one, state)
            if state != before:  # the reason why a file fails is shown once
                yield from self._reason(state)
            before = state
            if one not in detailed:
                yield from self._messages(one)
            yield from self._hidden(one.exercise)
            if self.in_full and one not in detailed:
                yield from self._printed(one)
        for one in detailed:
            yield ()
            yield from self._detail(one)
        yield from self._notes({state.filename for state in states})
        yield ()
        yield from self._summary()
        if not self.in_full and (
            printed := [
                one.exercise.name for one in exercises if one not in detailed and _said(one)
            ]
        ):
            text = f"These printed something; -e EXERCISE shows it: {', '.join(printed)}."
            yield from wrapped(text, self.width)

    def _cut(self, styled: Styled) -> Styled:
        return cut(styled, self.width)

    def _headline(self, one: JudgedExercise, state: State) -> list[Styled]:
        column = max(len(each.exercise.name) for each in self.judged.exercises)
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
        if not self.in_full:
            return [self._cut((*head, Span(groups)))]
        margin = len(text_of([head])) - 1
        lines = wrapped(groups, self.width, margin)
        first = text_of(lines[:1])[margin:-1]
        return [(*head, Span(first)), *lines[1:]]

    def _reason(self, state: State) -> Iterator[Styled]:
        """Why nothing was run, with the source line that caused it."""
        if state.why:
            yield from wrapped(state.why, self.width, _INDENT)
        if state.source:
            yield self._cut(line(f"{'':<{_INDENT + 2}}{state.source}"))

    def _messages(self, one: JudgedExercise) -> Iterator[Styled]:
        told = [group for group in one.report.groups if group.message and not _is_to_do(group)]
        for group in told if self.in_full else told[:1]:
            text = f"{group.name}: {WORDS[group.verdict][0]}; {group.message}"
            yield from wrapped(text, self.width, _INDENT)

    def _hidden(self, exercise: Exercise) -> list[Styled]:
        hidden = [group for group in exercise.groups if not group.public]
        points = number_of(sum(group.points for group in hidden), "point")
        names = ", ".join(group.name for group in hidden)
        text = f"hidden, {points}: {names}" if hidden else "hidden: none"
        if self.in_full:
            return wrapped(text, self.width, _INDENT, "dim")
        return [self._cut(line(" " * _INDENT + text, "dim"))]

    def _printed(self, one: JudgedExercise) -> Iterator[Styled]:
        """The output of the first group that printed anything; other groups mostly repeat it."""
        if said := _said(one):
            group, text = said
            yield from wrapped(f"Your code printed, in {group}:", self.width, _INDENT)
            yield from _quoted(text, self.width, _INDENT + 2)

    def _detail(self, one: JudgedExercise) -> Iterator[Styled]:
        width = self.width
        pairs = list(zip(one.results, one.report.groups, strict=True))
        # Correct numbers may still break a rule of the course.
        refused = (pair for pair in pairs if pair[1].verdict is not Verdict.ACCEPTED)
        mismatched = (pair for pair in pairs if first_mismatch(pair[0]) is not None)
        result, report = next(chain(mismatched, refused))
        mismatch = first_mismatch(result)
        word, colour = WORDS[report.verdict]
        title = f"{one.exercise.name}, {result.group.name}: {word}"
        yield self._cut(line(title, f"bold {colour}"))
        yield from wrapped(report.message, width, 2)
        if report.grid is not None:
            yield from (line(f"  {each}") for each in grid_text(report.grid, width - 2))
        if one.report.hint:
            yield from wrapped(f"Hint: {one.report.hint}", width, 2)
        if mismatch is not None:
            yield from show_outcome(mismatch.outcome, width)
        for other in one.report.groups if self.in_full else ():
            if other is not report and other.verdict is not Verdict.ACCEPTED:
                why = "for the same reason" if other.message == report.message else other.message
                yield from wrapped(f"{other.name}: {WORDS[other.verdict][0]}; {why}", width, 2)

    def _notes(self, said: Collection[str]) -> Iterator[Styled]:
        """The files that stopped, except those in `said`, and what was left out."""
        notes = [
            [
                *wrapped(f"error: {note}", self.width),
                *([self._cut(line(f"    {source}"))] if source else []),
            ]
            for note, source in notes_on_failures(self.judged, said)
        ]
        notes += [wrapped(f"note: {note}", self.width) for note in self.judged.notes]
        if not notes:
            return
        yield ()
        # A line "and 1 more note" would take as much room as the note.
        shown = notes if len(notes) == _NOTES + 1 else notes[:_NOTES]
        for lines in shown:
            yield from lines
        if len(notes) > len(shown):
            yield line(f"and {number_of(len(notes) - len(shown), 'more note')}")

    def _summary(self) -> list[Styled]:
        exercises = self.judged.exercises
        got = sum(one.report.score for one in exercises)
        public = sum(one.report.max_score for one in exercises)
        hidden = sum(one.exercise.points for one in exercises) - public
        text = (
            f"Public groups: {got:g} of {number_of(public, 'point')}. Grading also "
            f"runs the hidden groups listed above, worth {number_of(hidden, 'point')}."
        )
        if not self.in_full:
            text += " With -e EXERCISE, names are shown in full."
        return wrapped(f"{text} Sandbox: {self.isolation.level}.", self.width)


def state_span(state: State) -> Span:
    """The progress word of an exercise, in its colour."""
    return Span(state.progress.value, STYLES.get(state.progress, "red"))


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
