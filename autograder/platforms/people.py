"""Matches people between two lists, mainly submitters to the roster."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.model.submission import Attempt, Student


def matches(students: Iterable[Student], people: Sequence[Student]) -> dict[Student, Student]:
    """Match each of `students` to one of `people`; those without a certain match are left out.

    Matches are tried in this order: the exact id; the id without leading zeros or mail domain; the
    name, in any word order, case and accents; a name combined with an id, such as `adaw Ada Wong`
    or `Ada Wong (adaw)`. A match by number is rejected if the name belongs to someone else, since
    numbers of two platforms may be equal by chance. A match by name is rejected if another student
    matches that person by id or by name.
    """
    find = _finder(people)
    found = {student: find(student) for student in students}
    by_id = {person for person, is_by_id in found.values() if is_by_id}
    namesakes: dict[Student, set[frozenset[str]]] = {}
    for student, (person, _) in found.items():
        if person is not None:
            namesakes.setdefault(person, set()).add(frozenset(_exact_ids(student)))
    return {
        student: person
        for student, (person, is_by_id) in found.items()
        if person is not None
        and (is_by_id or (person not in by_id and len(namesakes[person]) == 1))
    }


def merged(known: Student, other: Student) -> Student:
    """Merge two entries of one person; `known` takes precedence."""
    ids = tuple(dict.fromkeys(known.ids + other.ids))
    section = known.section or other.section
    return replace(known, name=known.name or other.name, ids=ids, section=section)


def _finder(people: Sequence[Student]) -> Callable[[Student], tuple[Student | None, bool]]:
    """Return a function that finds a student in `people`, and says whether the match was by id."""
    indexes = [_index(people, keys) for keys in (_exact_ids, _loose_ids, _names)]

    def named_with_id(student: Student) -> set[int]:
        """People whose id is a word of the student's name.

        Those whose name matches the other words come first; else those where the other words match
        nobody.
        """
        words = [word for word in re.split(r"[\s()\[\],;_]+", student.name) if word]
        confirmed: set[int] = set()
        alone: set[int] = set()
        for word in words if len(words) > 1 else ():
            rest = Student(" ".join(other for other in words if other is not word))
            of_rest = {place for name in _names(rest) for place in indexes[2].get(name, ())}
            for key in _loose_ids(Student(ids=(word,))):
                found = {*indexes[0].get(key, ()), *indexes[1].get(key, ())}
                confirmed |= found & of_rest
                # a first name may be another person's login
                alone |= {p for p in found if not of_rest and key not in _words(people[p].name)}
        return confirmed or alone

    def find(student: Student) -> tuple[Student | None, bool]:
        exact, loose, named = (
            {place for key in keys(student) for place in index.get(key, ())}
            for keys, index in zip((_exact_ids, _loose_ids, _names), indexes, strict=True)
        )
        found = exact or loose
        is_by_id = bool(found)
        if found and named and not found & named and all(map(str.isdecimal, student.ids)):
            return None, False
        if len(found) != 1:
            found = (found & named if found else named) or named_with_id(student)
        return (people[found.pop()], is_by_id) if len(found) == 1 else (None, False)

    return find


def _index(people: Sequence[Student], keys: Callable[[Student], set[str]]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for place, person in enumerate(people):
        for key in keys(person):
            index.setdefault(key, []).append(place)
    return index


def _exact_ids(student: Student) -> set[str]:
    return {unicodedata.normalize("NFKC", id).casefold().strip() for id in student.ids} - {""}


def _loose_ids(student: Student) -> set[str]:
    """The ids without leading zeros, decimals and mail domain.

    Spreadsheets drop leading zeros or write 20301.0; a login is often the local part of an email
    address.
    """
    return {whole_number(id).partition("@")[0].lstrip("0") for id in _exact_ids(student)} - {""}


def whole_number(id: str) -> str:
    """`id` without the decimals or the exponent that a spreadsheet adds to numbers.

    The exponent is kept if digits are missing, since they cannot be recovered.
    """
    short = re.fullmatch(r"([0-9])[.,]([0-9]+)E\+?([0-9]+)", id, re.IGNORECASE)
    if short and len(short[2]) == int(short[3]):
        return short[1] + short[2]
    return re.sub(r"^([0-9]+)[.,]0+$", r"\1", id)


def _names(student: Student) -> set[str]:
    """All rotations of the name's words, joined: first name first, last name first.

    Canvas writes `wongada` for "Wong, Ada"; others write "Ada Wong".
    """
    words = _words(student.name)
    return {"".join(words[start:] + words[:start]) for start in range(len(words))}


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKD", name.casefold())
    text = "".join(character for character in text if not unicodedata.combining(character))
    return re.findall(r"[^\W_]+", text)


# --- submissions and the roster ---------------------------------------------------------------


@dataclass(frozen=True)
class Enrolment:
    """The attempts matched with the roster."""

    attempts: tuple[Attempt, ...]
    """With each student's data from the roster, where found."""
    missing: tuple[Student, ...]
    """Students of the roster without a submission, in its order."""
    strangers: tuple[Student, ...]
    """Students with a submission who have no certain match in the roster."""


def _with_members(attempts: Iterable[Attempt], roster: Sequence[Student]) -> Iterator[Attempt]:
    """Replace a team by its members, if the roster has a group with the team's name.

    Moodle names a team's folder by the group, GitHub names the repository by the team.
    """
    members: dict[str, list[Student]] = {}
    called_alike: dict[str, set[str]] = {}
    for person in roster:
        for group in map(_team_name, person.section.split(",")):
            members.setdefault(group, []).append(person)
            called_alike.setdefault(group.replace(" ", ""), set()).add(group)
    for short, groups in called_alike.items():  # Canvas writes `group1` for "Group 1"
        if len(groups) == 1:
            members.setdefault(short, members[next(iter(groups))])
    # Moodle's name for students without a group, who submit together
    members.setdefault("default group", members.get("", []) if len(members) > 1 else [])
    people = {_team_name(text) for one in roster for text in (one.name, *one.ids)} | {""}
    for attempt in attempts:
        called = _team_name(attempt.students[0].name) if len(attempt.students) == 1 else ""
        team = [] if called in people else members.get(called, [])
        yield replace(attempt, students=tuple(team)) if team else attempt


def _team_name(text: str) -> str:
    """Normalise a team's name: `Team A`, `team-a` and `Team_A` are equal."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def enrol(attempts: Iterable[Attempt], roster: Sequence[Student]) -> Enrolment:
    """`attempts` with the ids, names and sections of `roster`; teams become their members."""
    attempts = tuple(_with_members(attempts, roster))
    students = dict.fromkeys(student for attempt in attempts for student in attempt.students)
    listed = matches(students, roster)

    def known(student: Student) -> Student:
        return merged(listed[student], student) if student in listed else student

    joined = tuple(
        replace(attempt, students=tuple(map(known, attempt.students))) for attempt in attempts
    )
    present = set(listed.values())
    missing = tuple(student for student in roster if student not in present)
    strangers = tuple(student for student in students if student not in listed)
    return Enrolment(joined, missing, strangers)
