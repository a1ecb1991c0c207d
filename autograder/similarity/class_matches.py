"""Compares all submissions of a class; each match comes with the code to look at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from autograder.model import Attempt, Source, Submission
from autograder.similarity.matches import Match, find_matches
from autograder.similarity.sketches import Place, known_hashes, sketch, text_of
from autograder.text import number_of, printable

FUNCTIONS = 12
"""Functions of one pair that are shown."""
LINES = 60
"""Lines of one function that are shown."""
_WIDTH = 160


@dataclass(frozen=True)
class MatchWithCode:
    """A match with its code."""

    match: Match
    code: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """The lines of both, for the first FUNCTIONS pairs: printable, not escaped."""


def class_matches(
    attempts: Sequence[Attempt],
    read: Callable[[Attempt], Submission],
    handed_out: Iterable[Source],
    names: Collection[str],
) -> tuple[MatchWithCode, ...]:
    """The pairs of `attempts` whose code is alike beyond what was handed out or is forced.

    Only a sketch of each stays in memory; `read` is called again for those that are shown.
    `names` are the exercises' names. Raises what `read` raises.
    """
    known = known_hashes(handed_out, names)
    by_id = {attempt.id: attempt for attempt in attempts}
    found = find_matches(
        [sketch(read(attempt), _owners(attempt), known, names) for attempt in attempts]
    )
    texts: dict[str, dict[str, list[str]]] = {}
    for one in found:
        for id in (one.one, one.other):
            if id not in texts:
                texts[id] = _lines_of(read(by_id[id]))
    return tuple(
        MatchWithCode(
            one,
            tuple(
                (_excerpt(texts[one.one], mine), _excerpt(texts[one.other], theirs))
                for mine, theirs in one.pairs[:FUNCTIONS]
            ),
        )
        for one in found
    )


def _owners(attempt: Attempt) -> list[str]:
    return [id.casefold() for one in attempt.students for id in one.ids or (one.name,) if id]


def _lines_of(submission: Submission) -> dict[str, list[str]]:
    return {source.filename: text_of(source).split("\n") for source in submission.sources}


def _excerpt(files: dict[str, list[str]], place: Place) -> tuple[str, ...]:
    lines = files.get(place.filename, [])[place.first - 1 : place.last]
    shown = [printable(line.expandtabs(4).rstrip(), _WIDTH) for line in lines[:LINES]]
    return (
        (*shown, f"and {number_of(len(lines) - LINES, 'more line')}")
        if len(lines) > LINES
        else tuple(shown)
    )
