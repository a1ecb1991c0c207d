"""Writes a study session's view as text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from autograder.judging.explain import explain_failure
from autograder.judging.judge import JudgedExercise
from autograder.model import Verdict
from autograder.reporting.check_view import WORDS, show_outcome
from autograder.reporting.grid_text import grid_text
from autograder.reporting.styled_text import Span, Styled, cut, line, painted, wrapped
from autograder.study.lesson import View

KEYS = "n next  h hint  l list  c check all  s see  r reference  x reset  q quit"

_LEAST = 3
"""The lines above a hint that are worth their room."""
_NOTES = 3
_LOW = 12


def screen(view: View, width: int, height: int | None = None) -> str:
    """The view with ANSI colours, in lines of at most `width` characters.

    With `height` they are at most so many. Where not all fits, the groups are told in brief, and
    the newest hint comes first.
    """
    head = [cut(line(view.course.name, "bold"), width), cut(line(_progress(view)), width), ()]
    is_low = height is not None and height < _LOW
    keys = [cut(line(KEYS, "dim"), width)] if is_low else wrapped(KEYS, width, style="dim")
    message = wrapped(view.message, width)
    room = None
    if height is not None:
        # A blank line stands above the message, and the cursor takes the last line.
        left = height - len(head) - len(keys) - 2
        message = _shortened(message, max(left - _LEAST, 1))
        room = max(left - len(message), _LEAST)
    body = list(_page(view, width)) if view.page else _exercise(view, width, room)
    return painted([*head, *_shortened(body, room), (), *message, *keys])


def _progress(view: View) -> str:
    standings = view.standings.values()
    solved = sum(standing.solved for standing in standings)
    bar = "".join("#" if standing.solved else "." for standing in standings)
    points = sum(standing.report.score for standing in standings)
    return f"[{bar}] {solved} of {len(bar)} solved, {points:g} of {view.course.points:g} points"


def _page(view: View, width: int) -> Iterator[Styled]:
    if view.page == ("list",):
        yield from _list(view, width)
        return
    for text in view.page:
        yield from wrapped(text, width, hanging=8) or [()]


def _list(view: View, width: int) -> Iterator[Styled]:
    column = max(map(len, view.standings))
    for name, standing in view.standings.items():
        mark = ">" if name == view.current else " "
        score = f"{standing.report.score:g}/{standing.report.max_score:g}"
        text = f"{name:<{column}} {score:<7} {standing.exercise.part}"
        yield _marked(standing.report.verdict, text, width, mark)


def _exercise(view: View, width: int, room: int | None) -> list[Styled]:
    standing = view.standings[view.current]
    number = list(view.standings).index(view.current) + 1
    points = f"{standing.report.score:g} of {standing.report.max_score:g} points"
    title = f"{number}. {view.current}, in {standing.exercise.part}: {points}"
    top = [cut(line(title, "bold"), width)]
    groups = [_marked(group.verdict, group.name, width) for group in standing.report.groups]
    rest = list(_wrong(view, standing, width))
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


def _wrong(view: View, standing: JudgedExercise, width: int) -> Iterator[Styled]:
    """What is wrong, first of all with the files themselves."""
    failures = [f"error: {explain_failure(failure)}" for failure in view.failures[:_NOTES]]
    told = [*failures, *(f"note: {note}" for note in view.notes[:_NOTES])]
    if told:
        yield ()
    for text in told:
        yield from wrapped(text, width)
    if standing.solved or (standing.untouched and failures):
        return
    yield ()
    if standing.untouched:
        yield from wrapped(f"Write {view.current} and save the file: it is checked at once.", width)
    else:
        yield from _first_wrong(standing, width)


def _in_brief(standing: JudgedExercise, width: int) -> Iterator[Styled]:
    """One line for each verdict, with the names of its groups; what is passed comes last."""
    names: dict[Verdict, list[str]] = {}
    for group in sorted(standing.report.groups, key=lambda one: one.verdict is Verdict.ACCEPTED):
        names.setdefault(group.verdict, []).append(group.name)
    for verdict, of_it in names.items():
        yield _marked(verdict, ", ".join(of_it), width)


def _marked(verdict: Verdict, text: str, width: int, mark: str = " ") -> Styled:
    word, colour = WORDS[verdict]
    return cut((Span(f"{mark} "), Span(word, colour), Span(f"{'':<{7 - len(word)}}{text}")), width)


def _first_wrong(standing: JudgedExercise, width: int) -> Iterator[Styled]:
    report = next(one for one in standing.report.groups if one.verdict is not Verdict.ACCEPTED)
    yield from wrapped(f"{report.name}: {report.message}", width)
    mismatch = standing.mismatch
    if mismatch is None or not report.public:
        return  # what hidden groups hold is not shown, here neither
    if report.grid is not None:
        yield from (line(f"  {each}") for each in grid_text(report.grid, width - 2))
    yield from show_outcome(mismatch.outcome, width)


def _shortened(lines: list[Styled], room: int | None) -> list[Styled]:
    return lines if room is None or len(lines) <= room else [*lines[: room - 1], line("  …")]
