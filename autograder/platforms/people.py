"""Finds a person again in another list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from autograder.model import Student


def finder(people: Sequence[Student]) -> Callable[[Student], Student | None]:
    """A function that finds a student among `people`; None where there is none, or several.

    An id counts before an id without its leading zeros or its mail domain, and that before the
    name, in whatever order, case and accents. A number is not believed where the name is
    another person's: numbers of two platforms may be alike by chance.
    """
    indexes = [_index(people, keys) for keys in (_exact_ids, _loose_ids, _names)]

    def find(student: Student) -> Student | None:
        exact, loose, named = (
            {place for key in keys(student) for place in index.get(key, ())}
            for keys, index in zip((_exact_ids, _loose_ids, _names), indexes, strict=True)
        )
        found = exact or loose
        if found and named and not found & named and all(map(str.isdecimal, student.ids)):
            return None
        if len(found) != 1:
            found = found & named if found else named
        return people[found.pop()] if len(found) == 1 else None

    return find


def merged(known: Student, other: Student) -> Student:
    """One person of two entries; what `known` says counts first."""
    ids = tuple(dict.fromkeys(known.ids + other.ids))
    section = known.section or other.section
    return replace(known, name=known.name or other.name, ids=ids, section=section)


def _index(people: Sequence[Student], keys: Callable[[Student], set[str]]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for place, person in enumerate(people):
        for key in keys(person):
            index.setdefault(key, []).append(place)
    return index


def _exact_ids(student: Student) -> set[str]:
    return {unicodedata.normalize("NFKC", id).casefold().strip() for id in student.ids} - {""}


def _loose_ids(student: Student) -> set[str]:
    """Spreadsheets drop leading zeros; logins are often the first half of an address."""
    return {id.partition("@")[0].lstrip("0") for id in _exact_ids(student)} - {""}


def _names(student: Student) -> set[str]:
    """The words of the name run together, beginning with each: first name first, last name first.

    Canvas leaves `wongada` of "Wong, Ada"; others write "Ada Wong".
    """
    text = unicodedata.normalize("NFKD", student.name.casefold())
    text = "".join(character for character in text if not unicodedata.combining(character))
    words = re.findall(r"[^\W_]+", text)
    return {"".join(words[start:] + words[:start]) for start in range(len(words))}
