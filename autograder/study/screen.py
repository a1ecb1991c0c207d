"""Renders the view of a study session as text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from autograder.judging.explain import in_words
from autograder.judging.judge import JudgedExercise
from autograder.judging.states import Progress, State, notes_on_failures, state_of
from autograder.model.course import Part
from autograder.model.report import Verdict
from autograder.reporting.check_view import WORDS, show_outcome, state_span
from autograder.reporting.styled_text import Span, Styled, cut, grid_text, line, painted, wrapped
from autograder.study.lesson import Page, View
from autograder.text import number_of

KEYS = "n next  p previous  l list  h hint  c check  s see  r reference  x reset  q quit"

_LEAST = 3
"""The minimum number of lines shown above a hint."""
_NOTES = 3
_LOW = 12
_WORD = 8
_BAR = 20


def screen(
    view: View,
    width: int,
    height: int | None = None,
    checking: tuple[str, float] | None = None,
) -> str:
    """The view with ANSI colours, in lines of at most `width` characters.

    `height`, if given, is the maximum number of lines. If the view does not fit, the groups are
    summarised, and the newest hint takes priority. `checking` is the exercise being run ("" before
    the first one) and the seconds since the check began.
    """
    head = [cut(line(view.course.name, "bold"), width), cut(line(_progress(view)), width), ()]
    is_low = height is not None and height < _LOW
    keys = [cut(line(KEYS, "dim"), width)] if is_low else wrapped(KEYS, width, style="dim")
    running = [] if checking is None else [cut(line(told_checking(view, checking), "cyan"), width)]
    message = wrapped(view.message, width)
    room = None
    if height is not None:
        # A blank line comes above the message, and the cursor takes the last line.
        left = height - len(head) - len(keys) - len(running) - 2
        message = _shortened(message, max(left - _LEAST, 1))
        room = max(left - len(message), _LEAST)
    body = _exercise(view, width, room) if view.page is Page.EXERCISE else list(_page(view, width))
    at = next((number for number, each in enumerate(body) if each[:1] == (_MARK,)), 0)
    return painted([*head, *_shortened(body, room, at), (), *running, *message, *keys])


def told_checking(view: View, checking: tuple[str, float]) -> str:
    """A line that says what is being checked and for how long."""
    name, seconds = checking
    return f"checking {name or view.current} … {seconds:.0f} s"


def bars(view: View) -> Iterator[tuple[Part, float, float]]:
    """Each part of the course with its earned points and its maximum points."""
    for part in view.course.parts:
        earned = sum(view.score(one.name) for one in part.exercises)
        yield part, earned, sum(one.points for one in part.exercises)


def _progress(view: View) -> str:
    standings = [view.standings.get(one.name) for one in view.course.exercises]
    bar = "".join("#" if one and one.solved else "." for one in standings)
    points = sum(one.report.score for one in standings if one)
    all_of_them = number_of(view.course.points, "point")
    return f"[{bar}] {bar.count('#')} of {len(bar)} solved, {points:g} of {all_of_them}"


_MARK = Span("> ")


def _page(view: View, width: int) -> Iterator[Styled]:
    if view.page is Page.REFERENCE:
        for text in view.lines:
            yield from wrapped(text, width, hanging=8) or [()]
    elif view.page is Page.LIST:
        yield from _list(view, width)
    else:
        yield from _results(view, width)


def _list(view: View, width: int) -> Iterator[Styled]:
    """All exercises by part, each part with a bar of its points; the selected one is marked."""
    names = list(view.course.by_name)
    column = max(map(len, names))
    for part, earned, points in bars(view):
        full = round(_BAR * earned / points) if points else _BAR
        bar = f"[{'#' * full}{'.' * (_BAR - full)}] {earned:g}/{points:g}"
        yield cut((Span(f"{part.name:<{column + 20}} ", "bold"), Span(bar)), width)
        for one in part.exercises:
            mark = _MARK if one.name == view.marked else Span("  ")
            text = f"{one.name:<{column}} {view.score(one.name):g}/{one.points:g}"
            number = Span(f"{names.index(one.name) + 1:>2} ")
            word = _word(view, view.standings.get(one.name))
            yield cut((mark, number, *word, Span(text)), width)


def _results(view: View, width: int) -> Iterator[Styled]:
    """All exercises with their run times and the first failure of each."""
    column = max(len(one.name) for one in view.course.exercises)
    for one in view.course.exercises:
        standing = view.standings.get(one.name)
        if standing is None:
            continue
        text = f"{one.name:<{column}} {standing.report.score:g}/{one.points:g}"
        took = _took(view, one.name)
        yield cut((Span("  "), *_word(view, standing), Span(f"{text:<{column + 10}}{took}")), width)
        first = standing.report.first_wrong
        if first is not None and not standing.untouched:
            yield cut(line(f"{'':<{_WORD + 2}}{first.name}: {first.message}", "dim"), width)


def _word(view: View, standing: JudgedExercise | None) -> tuple[Span, Span]:
    state = Span("…") if standing is None else state_span(state_of(standing, view.judgement))
    return state, Span(" " * (_WORD - len(state.text)))


def _took(view: View, name: str) -> str:
    seconds = view.seconds.get(name)
    return "" if seconds is None else f"{seconds:.2f} s"


def _exercise(view: View, width: int, room: int | None) -> list[Styled]:
    names = list(view.course.by_name)
    exercise = view.course.by_name[view.current]
    standing = view.standing
    number = names.index(view.current) + 1
    points = f"{view.score(view.current):g} of {number_of(exercise.points, 'point')}"
    title = f"{number}. {view.current}, in {exercise.part}: {points}"
    took = _took(view, view.current)
    top = [cut((Span(title, "bold"), Span(f"  ran {took}" if took else "", "dim")), width)]
    if standing is None:
        return [*top, line("It is not checked yet.")]
    groups = [_marked(group.verdict, group.name, width) for group in standing.report.groups]
    state = state_of(standing, view.judgement)
    if state.progress in (Progress.ERROR, Progress.WAITS, Progress.MISSING) and state.why:
        groups = [cut((Span("  "), state_span(state), Span(f"  {view.current}")), width)]
    rest = list(_wrong(view, standing, state, width))
    total = len(view.hints) + view.more_hints
    hints = [
        [(), *wrapped(f"Hint {level} of {total}: {hint}", width)]
        for level, hint in enumerate(view.hints, 1)
    ]
    whole = [*top, *groups, *rest, *chain(*hints)]
    if room is None or len(whole) <= room:
        return whole
    above = [*top, *_in_brief(standing, width), *rest]
    while len(hints) > 1 and len(list(chain(*hints))) + len(above) > room:
        del hints[0]
    told = list(chain(*hints))
    if len(told) > room - _LEAST:
        return _shortened(told[1:], room)
    return [*_shortened(above, room - len(told)), *told]


def _wrong(view: View, standing: JudgedExercise, state: State, width: int) -> Iterator[Styled]:
    """What is wrong with the exercise, starting with problems in the files themselves."""
    failures = list(notes_on_failures(view.judgement, {state.filename}))[:_NOTES]
    part = standing.exercise.part
    about = [note for of, note in view.notes if of == part]
    if failures or about:
        yield ()
    for text, source in failures:
        yield from wrapped(f"error: {text}", width)
        if source:
            yield cut(line(f"    {source}"), width)
    for note in about[:_NOTES]:
        yield from wrapped(f"note: {note}", width)
    if standing.solved:
        return
    yield ()
    if state.why:
        yield from wrapped(state.why, width)
        if state.source:
            yield cut(line(f"    {state.source}"), width)
    if standing.untouched and not state.why and not failures:
        yield from wrapped(f"Write {view.current} and save the file: it is checked at once.", width)
    elif not state.why:
        yield from _first_wrong(standing, width)


def _in_brief(standing: JudgedExercise, width: int) -> Iterator[Styled]:
    """One line for each verdict, with the names of its groups; accepted groups come last."""
    names: dict[Verdict, list[str]] = {}
    for group in sorted(standing.report.groups, key=lambda one: one.verdict is Verdict.ACCEPTED):
        names.setdefault(group.verdict, []).append(group.name)
    for verdict, of_it in names.items():
        yield _marked(verdict, ", ".join(of_it), width)


def _marked(verdict: Verdict, text: str, width: int) -> Styled:
    word, colour = WORDS[verdict]
    return cut((Span("  "), Span(word, colour), Span(f"{'':<{7 - len(word)}}{text}")), width)


def _first_wrong(standing: JudgedExercise, width: int) -> Iterator[Styled]:
    report = standing.report.first_wrong
    assert report is not None  # the exercise is not solved
    yield from wrapped(f"{report.name}: {report.message}", width)
    mismatch = standing.mismatch
    if mismatch is None:
        return
    if report.grid is not None:
        yield from (line(f"  {each}") for each in grid_text(report.grid, width - 2))
    if "called with" not in report.message:
        yield from wrapped(f"  called with {in_words(mismatch.case)}", width, hanging=4)
    yield from show_outcome(mismatch.outcome, width)


def _shortened(lines: list[Styled], room: int | None, at: int = 0) -> list[Styled]:
    """The lines cut to `room`, keeping line `at` visible."""
    if room is None or len(lines) <= room:
        return lines
    if at >= room - 1:
        first = min(at - room + 3, len(lines) - room + 1)
        lines = [line("  …"), *lines[first:]]
    return lines if len(lines) <= room else [*lines[: room - 1], line("  …")]
