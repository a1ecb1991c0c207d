"""Words what was left out of a hand-in as notes that are safe to show."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.submissions.entries import NOT_CODE, LeftOut, ending
from autograder.submissions.module_names import recognised_part
from autograder.text import printable

NOTE_LIMIT = 20
"""Notes for one hand-in."""
_PLACES = 4
"""Places that one note names."""
_COMPANIONS = frozenset(
    {"", ".csv", ".tsv", ".txt", ".md", ".rst", ".tex", ".bib", ".json", ".xml", ".npy", ".npz"}
    | {".yaml", ".yml", ".toml", ".cfg", ".ini", ".lock", ".log", ".typed", ".pyc", ".url", ".db"}
    | {".whl", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".css", ".js"}
)
"""Endings of files that lie beside code and that nobody takes for it."""


def notes(left_out: Iterable[LeftOut], parts: Iterable[str] = ()) -> tuple[str, ...]:
    """One line for each reason, with the places it holds for; escaped and capped.

    A file that is no code is named only where somebody could miss it: it has the name of a part,
    or an ending that is none of those of data and pictures.
    """
    parts = tuple(parts)
    by_reason: dict[str, list[str]] = {}
    for each in left_out:
        if each.reason != NOT_CODE or _is_missed(each.place, parts):
            by_reason.setdefault(each.reason, []).append(each.place)
    lines = [f"{_listed(places)}: {reason}" for reason, places in by_reason.items()]
    if len(lines) > NOTE_LIMIT:
        lines[NOTE_LIMIT - 1 :] = [f"and {len(lines) - NOTE_LIMIT + 1} more notes of this kind"]
    return tuple(lines)


def _is_missed(place: str, parts: tuple[str, ...]) -> bool:
    name = place.rpartition("/")[2]
    if ending(name) not in _COMPANIONS or ".py" in name.lower():
        return ending(name) != ".pyc"
    return ending(name) in ("", ".txt") and recognised_part(name, parts) is not None


def _listed(places: list[str]) -> str:
    shown = [printable(place, 100) or "the hand-in" for place in dict.fromkeys(places)]
    if len(shown) > _PLACES:
        shown[_PLACES:] = [f"{len(shown) - _PLACES} more"]
    return ", ".join(shown)
