"""Reads the roster, the list of all who take the course."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.model import Attempt, Student
from autograder.platforms.people import merged, whole_number
from autograder.submissions.sources import as_utf8
from autograder.text import printable

if TYPE_CHECKING:
    import _csv  # which has the type of a reader

SIZE_LIMIT = 16 * 1024 * 1024

_TITLES = {
    "id": "id, student id, student_id, student number, sid, id number, identifier, sis user id, "
    "sis id, user id, userid, matriculation number, matrikelnummer",
    "login": "login, login id, sis login id, username, user name, user, netid, github username, "
    "github_username, github",
    "email": "email, e-mail, email address, e-mail address, mail",
    "name": "name, full name, fullname, student, student name",
    "first": "first name, first_name, firstname, given name, forename, vorname",
    "last": "last name, last_name, lastname, surname, family name, nachname",
    "section": "section, sections, group, groups, group name, team, teams, team name, class, "
    "tutorial, lab",
}
"""What a column may be called, in lower case: by hand, or in the exports of platforms."""
COLUMN_KINDS = {title: kind for kind, titles in _TITLES.items() for title in titles.split(", ")}
_HANDED_IN = "last modified (submission)"
_TIMES = (
    "%A, %d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%A, %B %d, %Y, %I:%M %p",
    "%d %B %Y, %I:%M %p",
    "%d %B %Y, %H:%M",
)
"""How Moodle writes a time in English; in other languages it is not read."""
_NOBODY = ("points possible", "student, test", "test student")
"""Rows of Canvas's export that are no person."""


def read_roster(path: Path) -> tuple[Student, ...]:
    """The people in a CSV file with a row of titles, separated by comma, semicolon or tab.

    A person has some id, login or address, a name in one column or two, perhaps a section; the
    titles may be those of Canvas's, Moodle's, Gradescope's or Classroom 50's lists. Who is listed
    in several sections is one person. Raises UsageError for a list that does not tell people apart.
    """
    shown = printable(str(path))
    rows = _rows(_text(path, shown))
    people: dict[str, Student] = {}
    try:
        titles = [" ".join(title.casefold().split()) for title in next(rows, [])]
        kinds = [COLUMN_KINDS.get(title, "") for title in titles]
        if not {"id", "login", "email"}.intersection(kinds):
            found = "; ".join(printable(title, 40) for title in titles[:14]) or "nothing"
            raise UsageError(
                f"{shown}: line 1 has no column of ids, found {found}; "
                "write titles such as id,name,section there"
            )
        for row in rows:
            person = _person(zip(kinds, row, strict=False))
            if person is None:
                continue
            key = person.ids[0].casefold()
            known = people.get(key, person)
            if known.name.casefold() != person.name.casefold():
                raise UsageError(
                    f"{shown}: line {rows.line_num} has the id {printable(person.ids[0], 60)!r} "
                    "of another name above; give each person an id of their own"
                )
            people[key] = _in_both_sections(known, person)
    except csv.Error as error:
        raise UsageError(
            f"{shown}: line {rows.line_num} is no CSV ({error}); save the list again"
        ) from None
    if not people:
        raise UsageError(f"{shown}: lists nobody below its titles; write a line for each person")
    return tuple(people.values())


def read_rosters(paths: Sequence[Path]) -> tuple[Student, ...]:
    """The people of several lists, each once; a list without sections is a section itself.

    Raises what `read_roster` raises, and UsageError where an id has another name in another list.
    """
    people: dict[str, Student] = {}
    for path in paths:
        listed = read_roster(path)
        if len(paths) > 1 and not any(person.section for person in listed):
            listed = tuple(replace(person, section=path.stem) for person in listed)
        for person in listed:
            key = person.ids[0].casefold()
            known = people.get(key, person)
            if known.name and person.name and known.name.casefold() != person.name.casefold():
                raise UsageError(
                    f"{printable(str(path))}: has the id {printable(person.ids[0], 60)!r} of "
                    f"{printable(known.name, 60)!r} in another list; give each person an own id"
                )
            people[key] = _in_both_sections(known, person)
    return tuple(people.values())


def with_times(attempts: Iterable[Attempt], paths: Iterable[Path]) -> tuple[Attempt, ...]:
    """The attempts, those without a time with that of Moodle's grading worksheet, if one is given.

    It says when each participant last handed in, in words, by the clock of whoever downloaded it.
    """
    times: dict[str, datetime] = {}
    for path in paths:
        rows = _rows(_text(path, printable(str(path))))
        titles = [" ".join(title.casefold().split()) for title in next(rows, [])]
        if _HANDED_IN in titles:
            kinds = [COLUMN_KINDS.get(title, "") for title in titles]
            for row in rows:
                person = _person(zip(kinds, row, strict=False))
                time = dict(zip(titles, row, strict=False)).get(_HANDED_IN, "")
                moment = next(filter(None, (_moment(time, one) for one in _TIMES)), None)
                if person is not None and moment is not None:
                    times[person.ids[0]] = moment

    def time_of(attempt: Attempt) -> datetime | None:
        found = (times.get(id) for student in attempt.students for id in student.ids)
        return attempt.time or max(filter(None, found), default=None)

    return tuple(replace(one, time=time_of(one)) if times else one for one in attempts)


def _moment(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(" ".join(text.split()), pattern)
    except ValueError:
        return None


def _rows(text: str) -> _csv.Reader:
    """The rows of a list, whose cells are separated by what its first line has most of."""
    first_line, _, rest = text.partition("\n")
    separator = max(",;\t", key=first_line.count)
    if said := re.fullmatch(r'"?sep=(.)"?\r?', first_line):  # a line that is for Excel alone
        separator, text = said[1], rest
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _text(path: Path, shown: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            f"{shown}: the roster cannot be read ({error.strerror}); name a CSV file"
        ) from None
    if len(content) > SIZE_LIMIT:
        raise UsageError(f"{shown}: the roster has more than 16 MiB; name a list of people")
    content, _ = as_utf8(content)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{shown}: line {line} of the roster is not UTF-8; save it as CSV UTF-8"
        ) from None


def _person(cells: Iterable[tuple[str, str]]) -> Student | None:
    by_kind: dict[str, list[str]] = {}
    for kind, cell in cells:
        if cell.strip():
            by_kind.setdefault(kind, []).append(" ".join(cell.split()))
    # Moodle's "Participant 123": elsewhere it says just the number.
    by_kind["id"] = [
        whole_number(re.sub(r"^[^0-9]+ (?=[0-9]+$)", "", id)) for id in by_kind.get("id", ())
    ]
    name = _name(by_kind)
    ids = [id for kind in ("id", "login", "email") for id in by_kind.get(kind, ())]
    if name.casefold() in _NOBODY or not (name or ids):
        return None
    return Student(name, tuple(dict.fromkeys(ids or [name])), ", ".join(by_kind.get("section", ())))


def _name(by_kind: Mapping[str, list[str]]) -> str:
    if "name" in by_kind:
        return by_kind["name"][0]
    return " ".join(by_kind.get("first", []) + by_kind.get("last", []))


def _in_both_sections(known: Student, again: Student) -> Student:
    person = merged(known, again)
    if f", {again.section}, " in f", {known.section}, ":
        return person
    return replace(person, section=", ".join(filter(None, (known.section, again.section))))
