"""Writes a study session's view as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autograder.model import Verdict
from autograder.reporting.ansi import painted
from autograder.reporting.check_view import WORDS, show_outcome
from autograder.reporting.grid_text import grid_text
from autograder.study.lesson import View
from autograder.study.standing import Standing

KEYS = "n next  h hint  l list  c check all  s see  r reference  x reset  q quit"


def screen(view: View, width: int, height: int | None = None) -> str:
    """The view in lines of at most `width` characters, and at most `height` lines where given."""
    head = list(_head(view))
    body = list(_body(view, width))
    foot = ["", *_wrapped(view.message, width), painted(KEYS[:width], "dim")]
    if height is not None and (room := max(height - len(head) - len(foot) - 1, 3)) < len(body):
        body = [*body[: room - 1], "  …"]
    return "\n".join([*head, *body, *foot]) + "\n"


def _head(view: View) -> Iterator[str]:
    standings = view.standings.values()
    solved = sum(standing.solved for standing in standings)
    bar = "".join("#" if standing.solved else "." for standing in standings)
    points = sum(standing.report.score for standing in standings)
    yield painted(view.course.name, "bold")
    yield f"[{bar}] {solved} of {len(bar)} solved, {points:g} of {view.course.points:g} points"
    yield ""


def _body(view: View, width: int) -> Iterator[str]:
    if view.page == ("list",):
        yield from _list(view)
    elif view.page:
        yield from view.page
    else:
        yield from _exercise(view, width)


def _list(view: View) -> Iterator[str]:
    column = max(map(len, view.standings))
    for name, standing in view.standings.items():
        word, colour = WORDS[standing.report.verdict]
        mark = ">" if name == view.current else " "
        score = f"{standing.report.score:g}/{standing.report.max_score:g}"
        place = standing.exercise.part
        yield f"{mark} {painted(f'{word:<6}', colour)} {name:<{column}} {score:<7} {place}"


def _exercise(view: View, width: int) -> Iterator[str]:
    standing = view.standings[view.current]
    number = list(view.standings).index(view.current) + 1
    points = f"{standing.report.score:g} of {standing.report.max_score:g} points"
    title = f"{number}. {view.current}, in {standing.exercise.part}: {points}"
    yield painted(title, "bold")
    for group in standing.report.groups:
        word, colour = WORDS[group.verdict]
        yield f"  {painted(f'{word:<6}', colour)} {group.name}"
    if standing.untouched:
        yield ""
        yield f"Write {view.current} and save the file: it is checked at once."
    elif not standing.solved:
        yield ""
        yield from _first_wrong(standing, width)
    total = len(view.hints) + view.more_hints
    for level, hint in enumerate(view.hints, 1):
        yield ""
        yield from _wrapped(f"Hint {level} of {total}: {hint}", width)


def _first_wrong(standing: Standing, width: int) -> Iterator[str]:
    report = next(one for one in standing.report.groups if one.verdict is not Verdict.ACCEPTED)
    yield from _wrapped(f"{report.name}: {report.message}", width)
    mismatch = standing.mismatch
    if mismatch is None or not report.public:
        return  # what hidden groups hold is not shown, here neither
    if report.grid is not None:
        yield from (f"  {line}" for line in grid_text(report.grid, width - 2))
    yield from show_outcome(mismatch.outcome, width)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)
