"""Reads the roster, the list of all students of the course, and finds submitters in it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.model.submission import Attempt, Student
from autograder.submissions.sources import as_utf8
from autograder.text import printable, without_separator_line

if TYPE_CHECKING:
    import _csv  # has the type of csv.reader

SIZE_LIMIT = 16 * 1024 * 1024

_TITLES = {
    "id": "id, student id, student number, student no, student nr, sid, id number, identifier, "
    "sis user id, sis id, user id, canvas user id, orgdefinedid, emplid, puid, uin, banner id, "
    "campus id, university id, matriculation number, matriculation no, registration number, "
    "matrikelnummer, matrikelnr, matrikel, matr nr, id-nummer, identifiant, identificador, "
    "identificativo, número de id, numéro étudiant, numéro d'étudiant, n° étudiant, nº étudiant, "
    "matricule, matrícula, número de matrícula, nº de matrícula, número de aluno, dni, nia, niu, "
    "matricola, numero di matricola, studentnummer, studienummer, numer albumu, nr albumu, "
    "номер студенческого билета, 学号, 學號, 学籍番号, 학번",
    "login": "login, login id, sis login id, username, user name, user, netid, uni, eid, zid, "
    "utorid, github username, github login, github, gitlab username, gitlab, anmeldename, "
    "benutzername, nutzername, kennung, nom d'utilisateur, nombre de usuario, nome utente, "
    "gebruikersnaam, логин, display id",
    "email": "email, e-mail, email address, e-mail address, mail, mail address, e-mail-adresse, "
    "courriel, adresse de courriel, adresse e-mail, correo, dirección de correo, "
    "correo electrónico, dirección email, indirizzo email, endereço de email, e-mailadres, "
    "почта, 邮箱, メールアドレス, 이메일",
    "name": "name, full name, student, student name, display name, vollständiger name, "
    "name vorname, nachname vorname, vorname nachname, nom complet, nom prénom, nom et prénom, "
    "nombre completo, apellidos y nombre, apellidos nombre, nome completo, cognome e nome, "
    "nome e cognome, volledige naam, naam, namn, navn, imię i nazwisko, nazwisko i imię, фио, "
    "姓名, 氏名, 名前, 이름",
    "first": "first name, first, given name, given names, forename, forenames, vorname, vornamen, "
    "prénom, prénoms, nombre, nombres, nome, voornaam, förnamn, fornavn, etunimi, imię, имя, 名",
    "last": "last name, last, surname, surnames, family name, nachname, familienname, zuname, "
    "nom, nom de famille, apellidos, apellido, primer apellido, segundo apellido, cognome, "
    "apelido, sobrenome, achternaam, efternamn, etternavn, efternavn, sukunimi, nazwisko, "
    "фамилия, 姓",
    "section": "section, sections, group, groups, group name, team, teams, team name, class, "
    "tutorial, lab, gruppe, übungsgruppe, tutorium, groupe, équipe, grupo, equipo, gruppo, "
    "classe, clase, turma, groep, grupa, группа, 班级, 组",
    "role": "role, roles",
}
"""Column titles by kind, as people and platforms write them in several languages."""
_IDS = frozenset({"id", "login", "email"})
_HEAD = 10
"""The number of lines searched for the titles; a course name may come above them."""
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*E[+]?[0-9]+", re.IGNORECASE)
"""A long number in the scientific notation of spreadsheets."""
_STAFF = frozenset(
    {"instructor", "teacher", "ta", "teaching assistant", "reader", "grader", "observer"}
    | {"designer", "editing teacher", "non-editing teacher", "manager"}
)


def column_kind(title: str) -> str:
    """The kind of a roster's column with this title: a key of _TITLES, or ""."""
    return _KINDS.get(_bare(title)) or _KINDS.get(_bare(re.sub(r"\(.*", "", title)), "")


def _bare(title: str) -> str:
    """The letters and digits of a title, without accents: `Matrikel-Nr.`, `StudentID`."""
    text = unicodedata.normalize("NFKD", title.casefold().replace("#", "number"))
    return "".join(re.findall(r"[^\W_]+", re.sub(r"[\u0300-\u036f]", "", text)))


_KINDS = {_bare(title): kind for kind, titles in _TITLES.items() for title in titles.split(", ")}
_HANDED_IN = (
    "last modified (submission)",
    "zuletzt geändert (abgabe)",
    "dernière modification (travail remis)",
    "última modificación (entrega)",
)
"""Titles of the submission time's column in Moodle's grading worksheet, in some languages."""
_TIME = re.compile(
    r"(?:[^\W\d]+(?:-[^\W\d]+)?,? (?:den )?)?"
    r"(?:(?P<day>[0-9]{1,2})\.?(?: de)? )?(?P<month>[^\W\d]+)\.?"
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
    "january januar janvier enero gennaio janeiro januari stycznia",
    "february februar février febrero febbraio fevereiro februari lutego",
    "march märz mars marzo março maart marts marca",
    "april avril abril aprile kwietnia",
    "may mai mayo maggio maio mei maj maja",
    "june juni juin junio giugno junho czerwca",
    "july juli juillet julio luglio julho lipca",
    "august août agosto augustus augusti sierpnia",
    "september septembre septiembre settembre setembro września",
    "october oktober octobre octubre ottobre outubro października",
    "november novembre noviembre novembro listopada",
    "december dezember décembre diciembre dicembre dezembro desember grudnia",
)
"""The months in ten languages of Moodle."""
_CLOCK = re.compile(r"\b20[0-9]{2}\b.*[0-9]:[0-9]{2}")
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .ods files begin, and older .xls files."""
_NOBODY = ("points possible", "student, test", "test student")
"""Rows of Canvas's export that are not people."""


def read_roster(path: Path) -> tuple[Student, ...]:
    """Read the people in a CSV file with a title row, separated by comma, semicolon, tab or `|`.

    Each person has an id, a login or an email address, a name in one or two columns, and perhaps a
    section; `_TITLES` has the titles. A person listed in several sections is returned once. Raises
    UsageError if the list does not identify each person.
    """
    shown = printable(str(path))
    people: dict[str, Student] = {}
    rows: _csv.Reader | None = None
    try:
        rows, titles = _table(_text(path, shown))
        kinds = [column_kind(title) for title in titles]
        if not _IDS.intersection(kinds):
            found = "; ".join(printable(title, 40) for title in titles[:14]) or "nothing"
            raise UsageError(
                f"{shown}: no column of ids in the first {_HEAD} lines; line 1 has {found}; "
                "write a header row such as id,name,section"
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
        column = _time_column(titles)
        if column is not None:
            kinds = [column_kind(title) for title in titles]
            for row in rows:
                person = _person(zip(kinds, row, strict=False))
                cell = row[column].strip() if column < len(row) else ""
                moment = _moment(cell)
                is_time = _CLOCK.search(cell) or titles[column] in _HANDED_IN
                if moment is None and is_time and cell not in ("", "-"):
                    raise UsageError(
                        f"{shown}: line {rows.line_num} has the time {printable(cell, 60)!r}; set "
                        "Moodle to English, and export it again"
                    )
                if person is not None and moment is not None:
                    times[person.ids[0]] = moment

    def time_of(attempt: Attempt) -> datetime | None:
        found = (times.get(id) for student in attempt.students for id in student.ids)
        return attempt.time or max(filter(None, found), default=None)

    return tuple(replace(one, time=time_of(one)) if times else one for one in attempts)


def _time_column(titles: Sequence[str]) -> int | None:
    """The column of the submission times; in any language there is another one for the grades.

    `Ultima modifica (consegna)`, `Ultima modifica (valutazione)`
    """
    known = [place for place, title in enumerate(titles) if title in _HANDED_IN]
    before = [title.partition("(")[0] if title.endswith(")") else "" for title in titles]
    twice = (place for place, text in enumerate(before) if text and before.count(text) == 2)
    return next(iter((*known, *twice)), None)


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
    text, separators = without_separator_line(text)
    for separator in separators:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        with suppress(csv.Error):  # not a valid table with this separator
            for line in islice(rows, _HEAD):
                titles = _titles(line)
                if _IDS.intersection(column_kind(title) for title in titles):
                    return rows, titles
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separators[0], strict=True)
    return rows, _titles(next(filter(None, rows), []))


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
    first, last = by_kind.get("first", []), by_kind.get("last", [])
    if "name" not in by_kind:
        return " ".join(first + last)
    (name, *_) = by_kind["name"]
    if last or not first or first[0].casefold() in name.casefold():
        return name
    return " ".join([*first, name])  # `Name;Vorname`: next to first names, it is the last name


def _in_both_sections(known: Student, again: Student) -> Student:
    person = merged(known, again)
    if f", {again.section}, " in f", {known.section}, ":
        return person
    return replace(person, section=", ".join(filter(None, (known.section, again.section))))


def merged(known: Student, other: Student) -> Student:
    """Merge two entries of one person; `known` takes precedence."""
    ids = tuple(dict.fromkeys(known.ids + other.ids))
    section = known.section or other.section
    return replace(known, name=known.name or other.name, ids=ids, section=section)


def whole_number(id: str) -> str:
    """`id` without the decimals or the exponent that a spreadsheet adds to numbers.

    The exponent is kept if digits are missing, since they cannot be recovered.
    """
    short = re.fullmatch(r"([0-9])[.,]([0-9]+)E\+?([0-9]+)", id, re.IGNORECASE)
    if short and len(short[2]) == int(short[3]):
        return short[1] + short[2]
    return re.sub(r"^([0-9]+)[.,]0+$", r"\1", id)
