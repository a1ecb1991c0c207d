"""Finds the people who submitted in the roster: by id, by name, as members of a team."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product, starmap

from autograder.errors import UsageError
from autograder.model.course import Extension
from autograder.model.submission import Attempt, Student
from autograder.platforms.roster import merged, whole_number
from autograder.text import listed as listed_texts
from autograder.text import printable

# --- matching people of two lists ---------------------------------------------------------------


_Find = Callable[[Student], tuple[Student | None, bool]]
"""Finds a student in a list of people, and says whether the match was by id."""


def matches(students: Iterable[Student], people: Sequence[Student]) -> dict[Student, Student]:
    """Match each of `students` to one of `people`; those without a certain match are left out.

    Matches are tried in this order: the exact id; the id without leading zeros or mail domain; the
    name, in any word order, case and spelling of accents; a name combined with an id, such as
    `adaw Ada Wong`, `Ada Wong (adaw)` or `hw1-adaw-main`. A match by number is rejected if the name
    belongs to someone else, since numbers of two platforms may be equal by chance. A match by name
    is rejected if another student matches that person by id or by name.
    """
    return _matched(students, _People(people).find)


def _matched(students: Iterable[Student], find: _Find) -> dict[Student, Student]:
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


class _People:
    """The people of a list, found by their ids and names."""

    def __init__(self, people: Sequence[Student]) -> None:
        self._people = people
        self._by_exact_id = _index(people, _exact_ids)
        self._by_loose_id = _index(people, _loose_ids)
        self._by_name = _index(people, _names)

    def find(self, student: Student) -> tuple[Student | None, bool]:
        """The person who is this student, if that is clear, and whether an id says so."""
        named = _under(_names(student), self._by_name)
        found = _under(_exact_ids(student), self._by_exact_id)
        found = found or _under(_loose_ids(student), self._by_loose_id)
        is_by_id = bool(found)
        if found and named and not found & named and all(map(str.isdecimal, student.ids)):
            return None, False
        if len(found) != 1:
            found = found & named if found else named
        if len(found) != 1:
            found = self._named_with_id(student)
        return (self._people[found.pop()], is_by_id) if len(found) == 1 else (None, False)

    def _named_with_id(self, student: Student) -> set[int]:
        """People whose id is a word of the student's name.

        Those whose name matches the other words come first; else those where the other words match
        nobody.
        """
        words = r"[\s()\[\],;_]+", r"[\W_]+"
        return self._with_id(student, words[0]) or self._with_id(student, words[1])

    def _with_id(self, student: Student, separator: str) -> set[int]:
        words = [word for word in re.split(separator, student.name) if word]
        confirmed: set[int] = set()
        alone: set[int] = set()
        for word in words if len(words) > 1 else ():
            rest = Student(" ".join(other for other in words if other is not word))
            of_rest = _under(_names(rest), self._by_name)
            for key in _loose_ids(Student(ids=(word,))):
                found = _under({key}, self._by_exact_id) | _under({key}, self._by_loose_id)
                confirmed |= found & of_rest
                # a first name may be another person's login, and a team's number or a date an id
                if not of_rest and not _A_TEAM.fullmatch(rest.name) and not _SHORT.fullmatch(key):
                    alone |= {p for p in found if key not in _words(self._people[p].name)}
        return confirmed or alone


def _under(keys: Iterable[str], index: Mapping[str, Sequence[int]]) -> set[int]:
    return {place for key in keys for place in index.get(key, ())}


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


def _names(student: Student) -> set[str]:
    """All rotations of the name's words, joined: first name first, last name first.

    Canvas writes `wongada` for "Wong, Ada"; others write "Ada Wong". What is in parentheses or
    quotes, such as a nickname, may be missing in the other list.
    """
    found = set()
    for name in {student.name, _ASIDE.sub(" ", student.name)}:
        for words in (_words(name), [] if name.isascii() else _words(name, german=True)):
            found |= {"".join(words[start:] + words[:start]) for start in range(len(words))}
    return found


def _words(name: str, *, german: bool = False) -> list[str]:
    """The name's words in lower case, without accents; ILIAS writes `ae` for `ä`."""
    text = name.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_GERMAN if german else {})
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(character for character in text if not unicodedata.combining(character))
    return re.findall(r"[^\W_]+", text)


_ASIDE = re.compile(r"""\([^()]*\)|"[^"]*"|“[^”]*”""")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that are not a letter with an accent in Unicode."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def _nearly(students: Iterable[Student], people: Sequence[Student]) -> dict[Student, Student]:
    """Match each of `students` to the only one of `people` who is called almost the same.

    One name has all words of the other, and at least two; or one id is a number of at least five
    digits and the other the same with letters before it. Only students without a known id are
    matched, and only if they are the only ones who fit.
    """
    strangers = list(students)
    if not strangers or not people:
        return {}
    known = {id for person in people for id in _exact_ids(person) | _loose_ids(person)}
    spelt = {person: _spellings(person) for person in people}
    by_word: dict[str, set[Student]] = {}
    for person, spellings in spelt.items():
        for word in set().union(*spellings):
            by_word.setdefault(word, set()).add(person)

    def rarest(words: set[str]) -> str:
        return min(words, key=lambda word: len(by_word.get(word, ())), default="")

    by_rarest: dict[str, set[Student]] = {}
    for person, spellings in spelt.items():
        for words in spellings:
            by_rarest.setdefault(rarest(_named(words)), set()).add(person)
    fitting: dict[Student, list[Student]] = {}
    for student in strangers:
        if known.isdisjoint(_exact_ids(student) | _loose_ids(student)):
            own = _spellings(student)
            # who has all words of the student has the rarest, too, and the other way round
            near = {one for words in own for one in by_word.get(rarest(_named(words)), ())}
            for word in set().union(*own):
                near |= (by_word if word.isdecimal() else by_rarest).get(word, set())
            fitting[student] = [
                one for one in near if any(starmap(_is_near, product(own, spelt[one])))
            ]
    often = Counter(one for near in fitting.values() for one in near)
    return {
        student: near[0]
        for student, near in fitting.items()
        if len(near) == 1 and often[near[0]] == 1
    }


def _spellings(student: Student) -> list[set[str]]:
    """The words of a student's name that have a letter, and the long numbers in the ids.

    In two spellings, without and with German ones.
    """
    ids = (_LETTERS_AND_NUMBER.fullmatch(id) for id in _exact_ids(student))
    numbers = {id[1] for id in ids if id}
    return [
        {word for word in _words(student.name, german=german) if not word.isdecimal()} | numbers
        for german in (False, True)
    ]


def _is_near(own: set[str], other: set[str]) -> bool:
    words, both = _named(own), own & other
    return not both <= words or (len(both) > 1 and both in (words, _named(other)))


def _named(words: set[str]) -> set[str]:
    """Those of `words` that are not numbers."""
    return {word for word in words if not word.isdecimal()}


_LETTERS_AND_NUMBER = re.compile(r"[a-z]{0,3}([0-9]{5,})")
_TEAM = 8
"""The most members of a group that only its number names; a larger one is a section."""
_SHORT = re.compile("[0-9]{0,3}")
_A_TEAM = re.compile(r"(?:group|gruppe|groupe|grupo|gruppo|team|[eé]quipe|equipo)", re.IGNORECASE)


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
    notes: tuple[str, ...] = ()
    """Which matches may be wrong; safe to show."""


def _with_members(
    attempts: Iterable[Attempt], roster: Sequence[Student], find: _Find
) -> Iterator[Attempt]:
    """Replace a team by its members, if the roster has a group with the team's name.

    Moodle names a team's folder by the group, GitHub names the repository by the team. A team
    without a group may be called by its members: `Ada Wong & Ben Li`, `adaw_bli`.
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
    by_key: dict[str, set[Student]] = {}
    for attempt in attempts:
        called = _team_name(attempt.students[0].name) if len(attempt.students) == 1 else ""
        numbered = members.get(_number(called), [])
        team = members.get(called) or (numbered if len(numbered) <= _TEAM else [])
        team = [] if called in people else team
        if called and not team and find(attempt.students[0])[0] is None:
            if not by_key:
                for person in roster:
                    for key in _keys(person):
                        by_key.setdefault(key, set()).add(person)
            team = _called_by_members(attempt.students[0].name, by_key)
        yield replace(attempt, students=tuple(team)) if team else attempt


def _team_name(text: str) -> str:
    """Normalise a team's name: `Team A`, `team-a` and `Team_A` are equal."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _number(team: str) -> str:
    """`1` for the team `group 1`; else a name that no team has."""
    word, _, number = team.rpartition(" ")
    return number if number.isdecimal() and _A_TEAM.fullmatch(word) else " "


def _called_by_members(name: str, called: Mapping[str, set[Student]]) -> list[Student]:
    """The people whose names or ids make up a team's name, if all of it is made up of them.

    `called` has the people by each of their ids and names.
    """
    for separator in (r"\s*[&+;/,]\s*|\s+(?:-|and|und|et|y|e)\s+", r"_+", r"[\W_]+"):
        pieces = [Student(piece, (piece,)) for piece in re.split(separator, name)]
        found = [
            {one for key in _keys(piece) for one in called.get(key, ())}
            for piece in pieces
            if not _SHORT.fullmatch(piece.name)
        ]
        team = {one for people in found if len(people) == 1 for one in people}
        if 1 < len(team) == len(pieces):
            return [one for (one,) in found]
    return []


def _keys(student: Student) -> set[str]:
    return _exact_ids(student) | _loose_ids(student) | _names(student)


def enrol(attempts: Iterable[Attempt], roster: Sequence[Student]) -> Enrolment:
    """`attempts` with the ids, names and sections of `roster`; teams become their members."""
    find = cache(_People(roster).find)
    attempts = tuple(_with_members(attempts, roster, find))
    students = dict.fromkeys(student for attempt in attempts for student in attempt.students)
    listed = _matched(students, find)
    present = set(listed.values())
    near = _nearly((student for student in students if student not in listed), roster)
    near = {student: person for student, person in near.items() if person not in present}
    listed |= near

    def known(student: Student) -> Student:
        return merged(listed[student], student) if student in listed else student

    joined = tuple(
        replace(attempt, students=tuple(map(known, attempt.students))) for attempt in attempts
    )
    present = set(listed.values())
    missing = tuple(student for student in roster if student not in present)
    strangers = tuple(student for student in students if student not in listed)
    return Enrolment(joined, missing, strangers, tuple(_near_lines(near)))


def _near_lines(near: Mapping[Student, Student]) -> Iterator[str]:
    if near:
        pairs = [f"{one.name or one.ids[0]} as {person.name}" for one, person in near.items()]
        yield (
            f"found in the roster by a part of the name or number: {listed_texts(pairs)}; "
            "if one is wrong, correct the roster"
        )


def extended(
    extensions: Iterable[Extension], enrolment: Enrolment
) -> tuple[tuple[Extension, ...], tuple[str, ...]]:
    """`extensions` with each student's own id, found as in a roster; and a note on those unused.

    Raises UsageError if a name is that of several students, or a student has several extensions.
    """
    extensions = tuple(extensions)
    present = dict.fromkeys(each for one in enrolment.attempts for each in one.students)
    people = (*present, *enrolment.missing)
    asked = {one: Student(one.student, (one.student,)) for one in extensions}
    found = matches(asked.values(), people)
    for one, student in asked.items():
        alike = [each for each in people if student not in found and _names(student) & _names(each)]
        if len(alike) > 1:
            ids = listed_texts([each.ids[0] for each in alike if each.ids])
            raise UsageError(
                f"extensions: {printable(one.student)!r} is the name of {len(alike)} students; "
                f"write an id: {ids}"
            )
    own = {one: found[student] for one, student in asked.items() if student in found}
    twice = [one.student for one, person in own.items() if [*own.values()].count(person) > 1]
    if twice:
        raise UsageError(
            f"extensions: {listed_texts(twice)} are the same student; keep one of them"
        )
    unused = [one.student for one in extensions if own.get(one) not in present]
    return (
        tuple(
            replace(one, student=own[one].ids[0]) if one in own and own[one].ids else one
            for one in extensions
        ),
        (f"extensions for students without a submission: {listed_texts(unused)}",) * bool(unused),
    )
