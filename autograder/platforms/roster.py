"""Reads the roster, the list of all students of the course, and finds submitters in it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.model.submission import Attempt, Student
from autograder.submissions.sources import as_utf8
from autograder.text import printable

if TYPE_CHECKING:
    import _csv  # has the type of csv.reader

SIZE_LIMIT = 16 * 1024 * 1024

_TITLES = {
    "id": "id, student id, student number, sid, id number, identifier, sis user id, sis id, "
    "user id, userid, canvas user id, orgdefinedid, matriculation number, matrikelnummer, "
    "id-nummer, identifiant, identificador, identificativo, número de id",
    "login": "login, login id, sis login id, username, user name, user, netid, github username, "
    "github, anmeldename, nom d'utilisateur, nombre de usuario, display id",
    "email": "email, e-mail, email address, e-mail address, mail, e-mail-adresse, "
    "adresse de courriel, adresse e-mail, dirección de correo, correo electrónico, "
    "dirección email, indirizzo email",
    "name": "name, full name, fullname, student, student name, vollständiger name, nom complet, "
    "nombre completo, nome completo, volledige naam",
    "first": "first name, firstname, given name, forename, vorname, prénom, nombre",
    "last": "last name, lastname, surname, family name, nachname, nom de famille, apellidos, "
    "apellido(s)",
    "section": "section, sections, group, groups, group name, team, teams, team name, class, "
    "tutorial, lab, gruppe, groupe, grupo, gruppo",
    "role": "role, roles",
}
"""Column titles by kind, in lower case with `_` as a space: common ones, and platforms' own."""
_IDS = frozenset({"id", "login", "email"})
_HEAD = 10
"""The number of lines searched for the titles; a course name may come above them."""
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*E[+]?[0-9]+", re.IGNORECASE)
"""A long number in the scientific notation of spreadsheets."""
_STAFF = frozenset(
    {"instructor", "teacher", "ta", "teaching assistant", "reader", "grader", "observer"}
    | {"designer", "editing teacher", "non-editing teacher", "manager"}
)
COLUMN_KINDS = {title: kind for kind, titles in _TITLES.items() for title in titles.split(", ")}
_HANDED_IN = (
    "last modified (submission)",
    "zuletzt geändert (abgabe)",
    "dernière modification (travail remis)",
    "última modificación (entrega)",
)
"""Titles of the submission time's column in Moodle's grading worksheet, in some languages."""
_TIME = re.compile(
    r"(?:[^\W\d]+,? )?(?:(?P<day>[0-9]{1,2})\.?(?: de)? )?(?P<month>[^\W\d]+)\.?"
    r"(?: (?P<late_day>[0-9]{1,2}),)?(?: de)? (?P<year>[0-9]{4}), "
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2})?(?: (?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE,
)
"""Moodle's times, for example:

    `Friday, 11 September 2026, 11:58 PM`
    `Freitag, 11. September 2026, 23:58`
    `viernes, 11 de septiembre de 2026, 23:58`
    `vendredi 11 septembre 2026, 23:58`
"""
_MONTHS = (
    "january januar janvier enero gennaio",
    "february februar février febrero febbraio",
    "march märz mars marzo",
    "april avril abril aprile",
    "may mai mayo maggio",
    "june juni juin junio giugno",
    "july juli juillet julio luglio",
    "august août agosto",
    "september septembre septiembre settembre",
    "october oktober octobre octubre ottobre",
    "november novembre noviembre",
    "december dezember décembre diciembre dicembre",
)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .ods files begin, and older .xls files."""
_NOBODY = ("points possible", "student, test", "test student")
"""Rows of Canvas's export that are not people."""


def read_roster(path: Path) -> tuple[Student, ...]:
    """Read the people in a CSV file with a title row, separated by comma, semicolon or tab.

    Each person has an id, a login or an email address, a name in one or two columns, and perhaps a
    section. The titles may be those of exports from Canvas, Moodle, Gradescope or Classroom 50. A
    person listed in several sections is returned once. Raises UsageError if the list does not
    identify each person.
    """
    shown = printable(str(path))
    people: dict[str, Student] = {}
    rows: _csv.Reader | None = None
    try:
        rows, titles = _table(_text(path, shown))
        kinds = [COLUMN_KINDS.get(title, "") for title in titles]
        if not _IDS.intersection(kinds):
            found = "; ".join(printable(title, 40) for title in titles[:14]) or "nothing"
            raise UsageError(
                f"{shown}: no column of ids in the first {_HEAD} lines; line 1 has {found}; "
                "write titles such as id,name,section above the people"
            )
        for row in rows:
            person = _person(zip(kinds, row, strict=False))
            if person is None:
                continue
            if shortened := next(filter(_SHORTENED.fullmatch, person.ids), ""):
                raise UsageError(
                    f"{shown}: line {rows.line_num} has the id {printable(shortened)!r}, of which "
                    "a spreadsheet kept only some digits; export the list again, with ids as text"
                )
            key = person.ids[0].casefold()
            known = people.get(key, person)
            if known.name.casefold() != person.name.casefold():
                raise UsageError(
                    f"{shown}: line {rows.line_num} has the id {printable(person.ids[0], 60)!r} "
                    "of another name above; give each person their own id"
                )
            people[key] = _in_both_sections(known, person)
    except csv.Error as error:
        line = rows.line_num if rows else 1
        raise UsageError(
            f"{shown}: line {line} is not CSV ({error}); save the list again"
        ) from None
    if not people:
        raise UsageError(f"{shown}: lists nobody below its titles; write one line per person")
    return tuple(people.values())


def read_rosters(paths: Sequence[Path]) -> tuple[Student, ...]:
    """Read several rosters; each person is returned once.

    If there are several files, a file without sections is a section itself. Raises UsageError as
    `read_roster` does, and if an id has different names in two files.
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
                    f"{printable(known.name, 60)!r} in another list; give each person their own id"
                )
            people[key] = _in_both_sections(known, person)
    return tuple(people.values())


def with_times(attempts: Iterable[Attempt], paths: Iterable[Path]) -> tuple[Attempt, ...]:
    """Add times from Moodle's grading worksheet, if one is given, to attempts without a time.

    The worksheet has the time of each participant's last submission, in words, in the time zone of
    the person who downloaded it. Raises UsageError for a time that cannot be read, such as one in
    another language: without it, a late submission would count as on time.
    """
    times: dict[str, datetime] = {}
    for path in paths:
        shown = printable(str(path))
        rows, titles = _table(_text(path, shown))
        column = next((place for place, title in enumerate(titles) if title in _HANDED_IN), None)
        if column is not None:
            kinds = [COLUMN_KINDS.get(title, "") for title in titles]
            for row in rows:
                person = _person(zip(kinds, row, strict=False))
                cell = row[column].strip() if column < len(row) else ""
                moment = _moment(cell)
                if moment is None and cell not in ("", "-"):
                    raise UsageError(
                        f"{shown}: line {rows.line_num} has the time {printable(cell, 60)!r}; set "
                        "Moodle to English, German, French, Spanish or Italian and export it again"
                    )
                if person is not None and moment is not None:
                    times[person.ids[0]] = moment

    def time_of(attempt: Attempt) -> datetime | None:
        found = (times.get(id) for student in attempt.students for id in student.ids)
        return attempt.time or max(filter(None, found), default=None)

    return tuple(replace(one, time=time_of(one)) if times else one for one in attempts)


def _moment(text: str) -> datetime | None:
    match = _TIME.fullmatch(" ".join(text.split()))
    word = match["month"].casefold() if match else ""
    month = next((n for n, words in enumerate(_MONTHS, 1) if word in words.split()), 0)
    if match is None or not month:
        return None
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"].casefold() == "p")
    day = int(match["day"] or match["late_day"] or 0)
    try:
        return datetime(int(match["year"]), month, day, hour, int(match["minute"]))
    except ValueError:
        return None


def _table(text: str) -> tuple[_csv.Reader, list[str]]:
    """Return a reader of the rows below the title line, and the titles.

    The title line is the first of the top ten lines with a column of ids, or else the first line.
    Separators are tried in order of frequency in the first line. Raises csv.Error.
    """
    first_line, _, rest = text.partition("\n")
    separators = sorted(",;\t", key=first_line.count, reverse=True)
    if said := re.fullmatch(r'"?sep=(.)"?\r?', first_line):  # a line that only Excel uses
        separators, text = [said[1]], rest
    for separator in separators:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        with suppress(csv.Error):  # not a valid table with this separator
            for line in islice(rows, _HEAD):
                titles = _titles(line)
                if _IDS.intersection(COLUMN_KINDS.get(title, "") for title in titles):
                    return rows, titles
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separators[0], strict=True)
    return rows, _titles(next(rows, []))


def _titles(line: list[str]) -> list[str]:
    return [" ".join(title.casefold().replace("_", " ").split()) for title in line]


def _text(path: Path, shown: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            f"{shown}: the roster cannot be read ({error.strerror}); name a CSV file"
        ) from None
    if len(content) > SIZE_LIMIT:
        raise UsageError(f"{shown}: the roster is larger than 16 MiB; give a list of people")
    if content.startswith(_SPREADSHEETS):
        raise UsageError(f"{shown}: the roster is a spreadsheet; save it as CSV UTF-8")
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
    given = [_plain(id) for id in by_kind.get("id", ())]
    by_kind["id"] = [whole_number(participant_number(id) or id) for id in given]
    name = _name(by_kind)
    if all(role.casefold() in _STAFF for role in by_kind.get("role", [""])):
        return None
    ids = [_plain(id) for kind in ("id", "login", "email") for id in by_kind.get(kind, ())]
    ids += filter(participant_number, given)
    if name.casefold() in _NOBODY or not (name or ids):
        return None
    return Student(name, tuple(dict.fromkeys(ids or [name])), ", ".join(by_kind.get("section", ())))


def participant_number(id: str) -> str:
    """The number in an id of Moodle's grading worksheet; "" for any other id.

    `Participant 123`, `Teilnehmer/in123`: Moodle's other exports have only the number.
    """
    found = re.fullmatch(r"[^0-9]+(?: |/[^\W\d]+)([0-9]+)", id)
    return found[1] if found else ""


def _plain(id: str) -> str:
    """Remove the marks that keep an id text in a spreadsheet: `="00101"`, `'00101`, `#00101`."""
    return re.sub(r"""^(?:="([^"]*)"|['#](.*))$""", r"\1\2", id)


def _name(by_kind: Mapping[str, list[str]]) -> str:
    if "name" in by_kind:
        return by_kind["name"][0]
    return " ".join(by_kind.get("first", []) + by_kind.get("last", []))


def _in_both_sections(known: Student, again: Student) -> Student:
    person = merged(known, again)
    if f", {again.section}, " in f", {known.section}, ":
        return person
    return replace(person, section=", ".join(filter(None, (known.section, again.section))))


# --- matching people of two lists ---------------------------------------------------------------


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
