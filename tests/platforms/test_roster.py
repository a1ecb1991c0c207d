"""The roster in the forms in which it comes."""

from datetime import datetime, timezone
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.model.submission import Attempt, Student
from autograder.platforms.roster import read_roster, with_times

SAMPLES = Path(__file__).parents[1] / "samples"


def _read(folder: Path, content: str | bytes) -> tuple[Student, ...]:
    path = folder / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_roster(path)


def test_the_sample() -> None:
    roster = read_roster(SAMPLES / "roster.csv")
    assert len(roster) == 7
    assert roster[1] == Student(
        "小明 王", ("00102", "xiaoming-w", "xiaoming@uni.example"), "Monday"
    )


@pytest.mark.parametrize(
    "content",
    [
        "id,name,section\n007,Ada Wong,Monday\n",
        "\ufeffid;name;section\r\n007;Ada Wong;Monday\r\n",
        "ID\tFull  Name\tGroup\n007\tAda Wong\tMonday\n",
        'Section,"Student",SIS User ID\nMonday,"Ada Wong",007\n,    Points Possible,\n',
        "sid,First Name,Last Name,Sections\n 007 ,Ada,Wong,Monday\n\n,,,\n",
        "id,name,section\n007,Ada Wong,Monday\n".encode("utf-16"),
        "note,id,name,section\nx,007,Ada Wong,Monday\n",
    ],
)
def test_forms_that_say_the_same(tmp_path: Path, content: str | bytes) -> None:
    assert _read(tmp_path, content) == (Student("Ada Wong", ("007",), "Monday"),)


@pytest.mark.parametrize(
    ("titles", "row"),
    [
        ("Matrikel-Nr.;Name;Vorname", "00701;Wong;Ada"),
        ("Matr.-Nr.;Familienname;Vorname", "00701;Wong;Ada"),
        ("MATRIKELNR,NACHNAME,VORNAME", "00701,Wong,Ada"),
        ("N° étudiant;Nom;Prénom", "00701;Wong;Ada"),
        ("DNI;Apellidos;Nombre", "00701;Wong;Ada"),
        ("Matricola;Cognome;Nome", "00701;Wong;Ada"),
        ("Studentnummer;Achternaam;Voornaam", "00701;Wong;Ada"),
        ("Número de matrícula;Nome", "00701;Ada Wong"),
        ("学号,姓名", "00701,Ada Wong"),
        ("Student #,Student Name", "00701,Ada Wong"),
        ("Student No.,Surname,Given Name(s)", "00701,Wong,Ada"),
        ("StudentID|LastName|FirstName", "00701|Wong|Ada"),
        ("Name,Vorname,Matrikelnummer (7-stellig)", "Wong,Ada,00701"),
        ("Full Name,First Name,ID", "Ada Wong,Ada,00701"),
    ],
)
def test_titles_in_the_words_of_many_schools(titles: str, row: str, tmp_path: Path) -> None:
    assert _read(tmp_path, f"{titles}\n{row}\n") == (Student("Ada Wong", ("00701",)),)


def test_platforms_own_exports_are_rosters() -> None:
    canvas = read_roster(SAMPLES / "canvas_export.csv")
    assert canvas[0] == Student("Wong, Ada", ("4101", "00101", "adawong"), "Monday, first")
    assert len(canvas) == 7
    moodle = read_roster(SAMPLES / "moodle_worksheet.csv")
    assert moodle[0].ids == ("501", "00101", "ada@uni.example", "Participant 501")


def test_sections_of_one_person_are_joined(tmp_path: Path) -> None:
    rows = "id,name,section,email\n1,Ada,A,\n1,Ada,B,ada@x\n1,Ada,A,\n"
    assert _read(tmp_path, rows) == (Student("Ada", ("1", "ada@x"), "A, B"),)


def test_who_has_no_id_is_known_by_name(tmp_path: Path) -> None:
    assert _read(tmp_path, "id,name\n,Ada\n") == (Student("Ada", ("Ada",)),)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no column of ids"),
        ("name,Section\nAda,A\n", "in the first 10 lines; line 1 has name; section; write"),
        (b"PK\x03\x04\x14\0\x06\0", "the roster is a spreadsheet; save it as CSV UTF-8"),
        ("id,name\n,\n", "lists nobody"),
        ('id,name\n1,"Ada\n2,Li\n', "line 3 is not CSV"),
        (b"# coding: latin-1\n1,Jos\xe9\n", "line 2 of the roster is not UTF-8"),
        ("id,name\n1,Ada\n1,Li\n", "line 3 has the id '1'"),
        (b"id,name\n1,Jos\xe9\n", "UTF-8"),
        ('id,name\n1,"' + "x" * 200_000 + '"\n', "not CSV"),
    ],
)
def test_lists_that_do_not_tell_people_apart(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        _read(tmp_path, content)
    assert str(caught.value).isprintable()


def test_a_missing_roster(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_roster(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("sep=;\nstudent_id;name\n20301;Ada\n20302;Ben\n", ["20301", "20302"]),
        ('"sep=,"\r\nstudent_id,name\r\n20301,"Ada; the first"\r\n', ["20301"]),
        ("student_id,section\n20301.0,A\n20302.0,A\n", ["20301", "20302"]),
    ],
)
def test_what_spreadsheets_add_is_no_part_of_the_list(
    text: str, ids: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    assert [student.ids[0] for student in read_roster(path)] == ids


WORKSHEET = """Identifier,"Full name","Email address","Last modified (submission)"
"Participant 501","Ada Wong",ada@uni.example,"Friday, 11 September 2026, 8:05 PM"
"Participant 502","Ben Li",ben@uni.example,-
"Participant 503","Cara Kim",cara@uni.example,"Friday, 11 September 2026, 20:05"
"Participant 504","Do",do@uni.example,"vendredi 11 septembre 2026, 20:05"
"""


def test_moodles_worksheet_says_when_its_participants_handed_in(tmp_path: Path) -> None:
    (tmp_path / "worksheet.csv").write_text(WORKSHEET)
    (tmp_path / "plain.csv").write_text("id,name\n501,Ada Wong\n")
    own = datetime(2026, 9, 1, tzinfo=timezone.utc)
    attempts = [
        Attempt(id, (), (Student("", (id,)),), time=own if id == "503" else None)
        for id in ("501", "502", "503", "504", "505")
    ]
    timed = with_times(attempts, [tmp_path / "plain.csv", tmp_path / "worksheet.csv"])
    assert [attempt.time for attempt in timed] == [
        datetime(2026, 9, 11, 20, 5),
        None,
        own,  # the platform's own time counts first
        datetime(2026, 9, 11, 20, 5),
        None,
    ]
    assert with_times(attempts, []) == tuple(attempts)


@pytest.mark.parametrize(
    ("title", "time"),
    [
        ("Ultima modifica ({})", "venerdì, 11 settembre 2026, 20:05"),
        ("Última modificação ({})", "sexta-feira, 11 de setembro de 2026, 20:05"),
        ("Laatst gewijzigd ({})", "vrijdag, 11 september 2026, 20:05"),
        ("Senast ändrad ({})", "fredag, 11 september 2026, 20:05"),
        ("Sidst ændret ({})", "fredag den 11. september 2026, 20:05"),
        ("Ostatnio modyfikowane ({})", "piątek, 11 września 2026, 20:05"),
    ],
)
def test_moodles_worksheet_in_other_languages(title: str, time: str, tmp_path: Path) -> None:
    columns = ";".join(title.format(word) for word in ("x", "y"))
    text = f"ID;{columns};Lab (1);Lab (2);Lab (3)\nParticipant 501;{time};-;1;2;3\n"
    (tmp_path / "worksheet.csv").write_text(text)
    attempt = Attempt("501", (), (Student("", ("501",)),))
    (timed,) = with_times([attempt], [tmp_path / "worksheet.csv"])
    assert timed.time == datetime(2026, 9, 11, 20, 5)


@pytest.mark.parametrize(
    "time",
    [
        "perjantai, 11. syyskuuta 2026, 20:05",
        "2026年09月11日 星期五 20:05",
        "Friday, 31 September 2026, 8:05 PM",
        "11/09/26, 20:05",
    ],
)
def test_a_time_of_moodle_that_cannot_be_read_is_refused(time: str, tmp_path: Path) -> None:
    (tmp_path / "worksheet.csv").write_text(
        WORKSHEET.replace("vendredi 11 septembre 2026, 20:05", time)
    )
    with pytest.raises(
        UsageError, match=f"worksheet.csv: line 5 has the time '{time}'; set Moodle to"
    ):
        with_times([], [tmp_path / "worksheet.csv"])


def test_the_marks_that_brightspace_puts_before_ids_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("OrgDefinedId,Username,Last Name,First Name\n#00101,#adaw,Wong,Ada\n")
    assert read_roster(path) == (Student("Ada Wong", ("00101", "adaw")),)
