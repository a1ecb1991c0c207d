"""What platforms, mail programs and spreadsheets make of submissions and lists of people.

Each case is a download in its smallest form, with a roster or without: who handed in what, when,
and who did not; or the one line that says why nobody can tell.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.platforms.enrolment import enrol
from autograder.platforms.hand_ins import hand_ins
from autograder.platforms.roster import read_roster, with_times

CODE = "def softmax(Z):\n    return Z\n"


@dataclass(frozen=True)
class Case:
    files: Mapping[str, str | bytes]
    roster: str | None
    wanted: list[str] | str
    """The platform; then each submission: names, ids, number, late, time, count of files; then who
    is missing. Or what the error says."""
    encoding: str = "utf-8"


LOGINS = "login,name\nwong,Ada Wong\nli,Ben Li\n"


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def found(folder: Path, roster: Path | None) -> list[str]:
    with hand_ins(folder, ["part1_softmax", "part2_layer"], exercises=["softmax"]) as listed:
        attempts, missing = listed.attempts, ()
        if roster is not None:
            enrolment = enrol(attempts, read_roster(roster))
            attempts, missing = with_times(enrolment.attempts, [roster]), enrolment.missing
    lines = [listed.platform]
    for one in attempts:
        words = [" + ".join(f"{s.name} {s.ids[0] if s.ids else '-'}" for s in one.students)]
        words += [f"#{one.number}"] * bool(one.number) + ["late"] * one.late
        words += [f"{one.time:%m-%d %H:%M}"] if one.time else []
        lines.append(" ".join([*words, str(len(one.files))]))
    return lines + [f"missing {student.name}" for student in missing]


CASES: dict[str, Case] = {
    "canvas accents, apostrophe, two family names, late, copy": Case(
        {
            "garcialopezjose_101_1001_part1_softmax.py": CODE,
            "obriensean_LATE_102_1002_part1_softmax.py": CODE,
            "mullerjurgen_103_1003_part1_softmax-1.py": CODE,
            "mullerjurgen_103_1004_part2_layer.py": CODE,
        },
        "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
        '"García López, José",101,00101,jgarcia,A\n"O\'Brien, Seán",102,00102,sobrien,A\n'
        '"Müller, Jürgen",103,00103,jmuller,B\n"Student, Test",999,,x,\n',
        ["Canvas", "García López, José 101 1", "Müller, Jürgen 103 2", "O'Brien, Seán 102 late 1"],
    ),
    "canvas same names twice": Case(
        {"wongada_101_1_part1_softmax.py": CODE, "wongada_102_2_part1_softmax.py": CODE},
        'Student,ID,SIS Login ID,Section\n"Wong, Ada",101,aw1,A\n"Wong, Ada",102,aw2,A\n',
        ["Canvas", "Wong, Ada 101 1", "Wong, Ada 102 1"],
    ),
    "canvas group: user who submits": Case(
        {"group1_101_1_part1_softmax.py": CODE, "group2_102_2_part1_softmax.py": CODE},
        "name,canvas_user_id,user_id,login_id,sections,group_name\n"
        "Ada,101,s1,a1,A,Group 1\nBen,103,s3,b3,A,Group 1\nCy,102,s2,c2,A,Group 2\n",
        ["Canvas", "Ada 101 + Ben 103 1", "Cy 102 1"],
    ),
    "moodle apostrophe, two family names, comma decimals": Case(
        {
            "Seán O'Brien_55_assignsubmission_file_/part1_softmax.py": CODE,
            "María José García López_56_assignsubmission_file_/part1_softmax.py": CODE,
            "Anna-Lena von der Leyen_57_assignsubmission_file_/part1_softmax.py": CODE,
            "Anna-Lena von der Leyen_57_assignsubmission_onlinetext_/onlinetext.html": "<p>x</p>",
        },
        "\ufeffID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;"
        "Bewertung kann geändert werden;Zuletzt geändert (Abgabe);"
        "Feedback als Kommentar\n"
        "Teilnehmer/in55;Seán O'Brien;s@x.de;Zur Bewertung;-;10,00;Ja;Freitag,"
        " 11. September 2026, 22:15;\n"
        "Teilnehmer/in56;María José García López;m@x.de;Zur Bewertung;;10,00;Ja;"
        "Freitag, 11. September 2026, 23:15;\n"
        "Teilnehmer/in57;Anna-Lena von der Leyen;a@x.de;;;10,00;Ja;-;\n",
        [
            "Moodle",
            "Anna-Lena von der Leyen 57 2",
            "María José García López 56 09-11 23:15 1",
            "Seán O'Brien 55 09-11 22:15 1",
        ],
    ),
    "moodle worksheet english participant 12h": Case(
        {
            "Ada Wong_55_assignsubmission_file_/part1_softmax.py": CODE,
            "Ben Li_56_assignsubmission_file_/part1_softmax.py": CODE,
        },
        'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade",'
        '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
        '"Feedback comments"\n'
        '"Participant 55","Ada Wong",a@x,"Submitted for grading - ",,10.00,Yes,"Friday,'
        ' 11 September 2026, 11:58 PM",-,\n'
        '"Participant 56","Ben Li",b@x,"Submitted for grading - 2 hours late",,10.00,'
        'Yes,"Saturday, 12 September 2026, 12:05 AM",-,\n',
        ["Moodle", "Ada Wong 55 09-11 23:58 1", "Ben Li 56 09-12 00:05 1"],
    ),
    "brightspace 24h & AM/PM, resubmission, apostrophes": Case(
        {
            "1001-33 - Seán O'Brien - Sep 24, 2026 926 PM/part1_softmax.py": CODE,
            "1001-33 - Seán O'Brien - Sep 25, 2026 1201 AM/part1_softmax.py": CODE,
            "1002-33 - Ana María Gil Pérez - Sep 24, 2026 2126/part1_softmax.py": CODE,
            "index.html": "<html>",
        },
        None,
        [
            "Brightspace",
            "Ana María Gil Pérez 1002 09-24 21:26 1",
            "Seán O'Brien 1001 09-24 21:26 1",
            "Seán O'Brien 1001 #1 09-25 00:01 1",
        ],
    ),
    "brightspace sept, noon": Case(
        {
            "1001-33 - Ada Wong - September 4, 2026 1200 PM/part1_softmax.py": CODE,
            "1002-33 - Bo Li - Mar 4, 2026 905 AM/part1_softmax.py": CODE,
        },
        None,
        ["Brightspace", "Ada Wong 1001 09-04 12:00 1", "Bo Li 1002 03-04 09:05 1"],
    ),
    "brightspace flat with 4-part ids": Case(
        {
            "12345-67890 - Ada Wong - Oct 1, 2026 126 PM - part1_softmax.py": CODE,
            "12346-67890 - Bo Li - Oct 1, 2026 1126 PM - part1_softmax.py": CODE,
        },
        None,
        ["Brightspace", "Ada Wong 12345 10-01 13:26 1", "Bo Li 12346 10-01 23:26 1"],
    ),
    "blackboard two attempts, underscores in user, accents in assignment": Case(
        {
            "Übung 1_a_wong_attempt_2026-09-11-21-00-00.txt": "Name: Ada Wong (a_wong)\n",
            "Übung 1_a_wong_attempt_2026-09-11-21-00-00_part1_softmax.py": CODE,
            "Übung 1_a_wong_attempt_2026-09-11-22-00-00_part1_softmax.py": CODE,
            "Übung 1_bli_attempt_2026-09-11-21-00-00_part1_softmax.py": CODE,
        },
        "Last Name\tFirst Name\tUsername\tStudent ID\nWong\tAda\ta_wong\t001\nLi\tBen\tbli\t002\n",
        [
            "Blackboard",
            "Ada Wong 001 09-11 21:00 1",
            "Ada Wong 001 09-11 22:00 1",
            "Ben Li 002 09-11 21:00 1",
        ],
        encoding="utf-16",
    ),
    "sakai": Case(
        {
            "O'Brien, Seán(sob1)/Submission attachment(s)/part1_softmax.py": CODE,
            "O'Brien, Seán(sob1)/timestamp.txt": "20261025013000000",
            "García López, José(jgl)/Submission attachment(s)/part1_softmax.py": CODE,
            "García López, José(jgl)/timestamp.txt": "20261025003000000",
            "grades.csv": "Homework 1,Points\n",
        },
        None,
        ["Sakai", "García López, José jgl 10-25 00:30 1", "O'Brien, Seán sob1 10-25 01:30 1"],
    ),
    "gradescope offsets, two submitters": Case(
        {
            "submission_1/part1_softmax.py": CODE,
            "submission_2/part1_softmax.py": CODE,
            "submission_metadata.yml": "submission_1:\n  :submitters:\n"
            "  - :name: Seán O'Brien\n    :sid: '00101'\n    :email: s@x\n  - :name: Bo\n"
            "    :sid: '00102'\n    :email: b@x\n"
            "  :created_at: 2026-10-25 02:30:00.000000000 +02:00\n  :score: 0\n"
            "submission_2:\n  :submitters:\n  - :name: Cy\n    :sid: '103'\n    :email: c@x\n"
            "  :created_at: 2026-10-25T01:30:00Z\n",
        },
        "Name,SID,Email,Role\nSeán O'Brien,101,s@x,Student\nBo,102,b@x,Student\n"
        "Cy,00103,c@x,Student\n",
        ["Gradescope", "Seán O'Brien 101 + Bo 102 10-25 02:30 1", "Cy 00103 10-25 01:30 1"],
    ),
    "gh classroom teams + roster of classroom": Case(
        {
            "hw1-submissions/hw1-adawong/part1_softmax.py": CODE,
            "hw1-submissions/hw1-bli/part1_softmax.py": CODE,
        },
        '"identifier","github_username","github_id","name"\n'
        '"Wong, Ada","adawong","123",""\n"Li, Ben","BLi","124",""\n',
        ["classroom repositories", "adawong Wong, Ada 1", "bli Li, Ben 1"],
    ),
    "nbgrader exchange": Case(
        {
            "submitted/adaw/ps1/part1_softmax.py": CODE,
            "submitted/adaw/ps1/timestamp.txt": "2026-09-11 21:30:00.000000 UTC",
            "submitted/bli/ps1/part1_softmax.py": CODE,
            "submitted/bli/ps1/timestamp.txt": "2026-09-11 22:30:00.000000 UTC",
        },
        None,
        ["nbgrader", "adaw adaw 09-11 21:30 1", "bli bli 09-11 22:30 1"],
    ),
    "nbgrader inside submitted": Case(
        {
            "adaw/ps1/part1_softmax.py": CODE,
            "adaw/ps1/timestamp.txt": "2026-09-11 21:30:00.000000 UTC",
            "bli/ps1/part1_softmax.py": CODE,
            "bli/ps1/timestamp.txt": "2026-09-11 22:30:00 UTC",
        },
        None,
        ["nbgrader", "adaw adaw 09-11 21:30 1", "bli bli 09-11 22:30 1"],
    ),
    "nbgrader zip collect exchange inbound": Case(
        {
            "adaw+ps1+2026-09-11 21:30:00 UTC/part1_softmax.py": CODE,
            "adaw+ps1+2026-09-11 22:30:00 UTC/part1_softmax.py": CODE,
            "bli+ps1+2026-09-11 21:30:00 UTC/part1_softmax.py": CODE,
        },
        None,
        ["nbgrader", "adaw adaw 09-11 21:30 1", "adaw adaw 09-11 22:30 1", "bli bli 09-11 21:30 1"],
    ),
    "google classroom": Case(
        {
            "Ada Wong - part1_softmax.py": CODE,
            "Seán O'Brien - Copy of part1_softmax.py": CODE,
            "Jean-Luc Picard - part1_softmax.py": CODE,
        },
        None,
        ["Google", "Ada Wong - 1", "Jean-Luc Picard - 1", "Seán O'Brien - 1"],
    ),
    "google drive (1) duplicates": Case(
        {
            "Ada Wong - part1_softmax.py": CODE,
            "Ada Wong - part1_softmax (1).py": CODE,
            "Bo Li - part1_softmax.py": CODE,
        },
        None,
        ["Google", "Ada Wong - 2", "Bo Li - 1"],
    ),
    "google drive part zips": Case(
        {
            "Homework 1-20260911T203000Z-001.zip": zipped(
                {
                    "Homework 1/Ada Wong - part1_softmax.py": CODE,
                    "Homework 1/Bo Li - part1_softmax.py": CODE,
                }
            ),
            "Homework 1-20260911T203000Z-002.zip": zipped(
                {
                    "Homework 1/Ada Wong - part2_layer.py": CODE,
                    "Homework 1/Cy - part1_softmax.py": CODE,
                }
            ),
        },
        None,
        ["Google", "Ada Wong - 2", "Bo Li - 1", "Cy - 1"],
    ),
    "ms teams": Case(
        {
            "Student Work/Submitted files/Wong, Ada/Homework 1/Version 1/part1_softmax.py": CODE,
            "Student Work/Submitted files/Wong, Ada/Homework 1/Version 2/part1_softmax.py": CODE,
            "Student Work/Submitted files/Li, Ben/Homework 1/Version 1/part1_softmax.py": CODE,
        },
        None,
        ["Teams", "Li, Ben - #1 1", "Wong, Ada - #1 1", "Wong, Ada - #2 1"],
    ),
    "ms teams inner": Case(
        {
            "Submitted files/Wong, Ada/Homework 1/part1_softmax.py": CODE,
            "Submitted files/Li, Ben/Homework 1/part1_softmax.py": CODE,
            "Working files/Li, Ben/Homework 1/part1_softmax.py": CODE,
        },
        None,
        ["Teams", "Li, Ben - #1 1", "Wong, Ada - #1 1"],
    ),
    "ms teams without the folder for all": Case(
        {
            "Wong, Ada/Homework 1/Version 1/part1_softmax.py": CODE,
            "Wong, Ada/Homework 1/Version 2/part1_softmax.py": CODE,
            "Li, Ben/Homework 1/Version 1/part1_softmax.py": CODE,
        },
        None,
        ["Teams", "Li, Ben - #1 1", "Wong, Ada - #1 1", "Wong, Ada - #2 1"],
    ),
    "email attachments": Case(
        {
            "ada.wong@uni.edu/part1_softmax.py": CODE,
            "Seán O'Brien <sob@uni.edu>/part1_softmax.py": CODE,
        },
        None,
        [
            "folder",
            "Seán O'Brien _sob@uni.edu_ Seán O'Brien _sob@uni.edu_ 1",
            "ada.wong@uni.edu ada.wong@uni.edu 1",
        ],
    ),
    "email flat names": Case(
        {
            "ada_wong_part1_softmax.py": CODE,
            "ben-li part1 softmax (1).py": CODE,
            "part1_softmax_Cy_Ng.py": CODE,
        },
        None,
        ["folder", "ada_wong ada_wong 1", "ben-li ben-li 1", "Cy_Ng Cy_Ng 1"],
    ),
    "zip in zip per student": Case(
        {
            "ada.zip": zipped({"hw/inner.zip": zipped({"part1_softmax.py": CODE})}),
            "bo.zip": zipped({"bo/part1_softmax.py": CODE}),
        },
        None,
        ["folder", "ada ada 1", "bo bo 1"],
    ),
    "flat names, several parts, one person": Case(
        {
            "ada_wong_part1_softmax.py": CODE,
            "ada_wong_part2_layer.py": CODE,
            "part1_softmax - Ben Li.py": CODE,
            "part2_layer - Ben Li.py": CODE,
            "cy_part1 (1).py": CODE,
            "cy_part1.py": CODE,
        },
        None,
        ["folder", "Ben Li Ben Li 2", "ada_wong ada_wong 2", "cy cy 2"],
    ),
    "roster semicolon, BOM, decimal ids, extra header": Case(
        {"20301/part1_softmax.py": CODE, "00102/part1_softmax.py": CODE},
        "\ufeffKurs: Numerik;;\n;;\nMatrikelnummer;Nachname;Vorname\n20301,0;Wong;Ada\n"
        "102;Li;Ben\n",
        ["folder", "Ben Li 102 1", "Ada Wong 20301 1"],
    ),
    "roster excel 2.0301E+4": Case(
        {"20301/part1_softmax.py": CODE},
        "id,name\n2.0301E+04,Ada Wong\n",
        ["folder", "Ada Wong 20301 1"],
    ),
    "roster ids as formula": Case(
        {"00101/part1_softmax.py": CODE, "102/part1_softmax.py": CODE},
        'id,name\n"=""00101""",Ada\n\'00102,Ben\n',
        ["folder", "Ada 00101 1", "Ben 00102 1"],
    ),
    "roster duplicate id two names": Case(
        {"101/part1_softmax.py": CODE},
        "id,name\n101,Ada\n101,Ben\n",
        "line 3 has the id '101' of another name above",
    ),
    "roster same student id leading zeros duplicates": Case(
        {"00101/part1_softmax.py": CODE},
        "id,name\n101,Ada\n00101,Ben\n",
        ["folder", "Ben 00101 1", "missing Ada"],
    ),
    "roster missing ids": Case(
        {"101/part1_softmax.py": CODE},
        "name,section\nAda,A\n",
        "no column of ids in the first 10 lines; line 1 has name",
    ),
    "roster utf16 semicolon": Case(
        {"101/part1_softmax.py": CODE},
        "id;name\n101;Zoë\n102;Bo\n",
        ["folder", "Zoë 101 1", "missing Bo"],
        encoding="utf-16",
    ),
    "roster latin1": Case(
        {"101/part1_softmax.py": CODE},
        "id;name\n101;Zoë\n",
        "line 2 of the roster is not UTF-8",
        encoding="latin-1",
    ),
    "two family names order": Case(
        {
            "José García López/part1_softmax.py": CODE,
            "Nguyễn Văn A/part1_softmax.py": CODE,
            "Jean d'Arc/part1_softmax.py": CODE,
        },
        "id,last name,first name\n1,García López,José\n2,Nguyễn,Văn A\n3,d\u2019Arc,Jean\n",
        ["folder", "Jean d\u2019Arc 3 1", "José García López 1 1", "Văn A Nguyễn 2 1"],
    ),
    "same name twice no id": Case(
        {"Ada Wong/part1_softmax.py": CODE, "Bo/part1_softmax.py": CODE},
        "id,name\n1,Ada Wong\n2,Ada Wong\n3,Bo\n",
        ["folder", "Ada Wong Ada Wong 1", "Bo 3 1", "missing Ada Wong", "missing Ada Wong"],
    ),
    "member in two teams": Case(
        {
            "hw1-submissions/hw1-red/part1_softmax.py": CODE,
            "hw1-submissions/hw1-blue/part1_softmax.py": CODE,
        },
        "id,name,team\n1,Ada,red\n1,Ada,blue\n2,Bo,blue\n3,Cy,red\n",
        ["classroom repositories", "Ada 1 + Bo 2 1", "Ada 1 + Cy 3 1"],
    ),
    "moodle team default group": Case(
        {
            "Default group_assignsubmission_file_/part1_softmax.py": CODE,
            "Team A_12_assignsubmission_file_/part1_softmax.py": CODE,
        },
        "ID,Name,Group\n1,Ada,Team A\n2,Bo,Team A\n3,Cy,\n",
        ["Moodle", "Cy 3 1", "Ada 1 + Bo 2 1"],
    ),
    "brightspace de date": Case(
        {
            "1001-33 - Ada Wong - 24 September, 2026 2126/part1_softmax.py": CODE,
            "1002-33 - Bo Li - 24 September, 2026 2126/part1_softmax.py": CODE,
        },
        None,
        ["Brightspace", "Ada Wong 1001 09-24 21:26 1", "Bo Li 1002 09-24 21:26 1"],
    ),
    "open edx: a course, a question, students, and a list": Case(
        {
            "course/block/adaw/attachments/part1_softmax.py": CODE,
            "course/block/bli/attachments/part1_softmax.py": CODE,
            "downloads.csv": "course_id,block_id\n",
        },
        "username,name\nadaw,Ada Wong\nbli,Ben Li\n",
        ["folder", "Ada Wong adaw 1", "Ben Li bli 1"],
    ),
    "a time in each name": Case(
        {
            "wong_20260911-2130/part1_softmax.py": CODE,
            "wong_2026-09-12 00.30.05/part1_softmax.py": CODE,
            "li 2026-09-11T21:31:00Z/part1_softmax.py": CODE,
        },
        LOGINS,
        [
            "folder",
            "Ben Li li 09-11 21:31 1",
            "Ada Wong wong 09-12 00:30 1",
            "Ada Wong wong 09-11 21:30 1",
        ],
    ),
    "names that are only times": Case(
        {
            "20260911-2130/part1_softmax.py": CODE,
            "20260911-2131/part1_softmax.py": CODE,
        },
        None,
        ["folder", "20260911-2130 20260911-2130 1", "20260911-2131 20260911-2131 1"],
    ),
    "a second folder, a resubmission": Case(
        {
            "wong/part1_softmax.py": CODE,
            "wong (1)/part1_softmax.py": CODE,
            "li.zip": zipped({"part1_softmax.py": CODE}),
            "li-resubmission.zip": zipped({"part1_softmax.py": CODE}),
        },
        LOGINS,
        ["folder", "Ben Li li 1", "Ben Li li #1 1", "Ada Wong wong 1", "Ada Wong wong #1 1"],
    ),
    "a mark after a login that has no other": Case(
        {"wong_late_part1_softmax.py": CODE, "li_part1_softmax-1.py": CODE},
        LOGINS,
        ["folder", "Ben Li li 1", "Ada Wong wong 1"],
    ),
    "numbered students without names": Case(
        {f"student ({number})/part1_softmax.py": CODE for number in (1, 2)},
        None,
        ["folder", "student (1) student (1) 1", "student (2) student (2) 1"],
    ),
    "onedrive requests, the number before the name": Case(
        {
            "part1_softmax_Ada Wong.py": CODE,
            "part1_softmax_Ben Li.py": CODE,
            "part1_softmax 1_Ben Li.py": CODE,
        },
        None,
        ["folder", "Ben Li Ben Li 2", "Ada Wong Ada Wong 1"],
    ),
    "roster lost digits": Case(
        {"101/part1_softmax.py": CODE},
        "id,name\n1.23457E+08,Ada Wong\n",
        "line 2 has the id '1.23457E+08', of which a spreadsheet kept only some digits",
    ),
    "roster no sep in first line": Case(
        {"101/part1_softmax.py": CODE, "102/part1_softmax.py": CODE},
        'Teilnehmerliste WS 26\n\n"Matrikelnummer";"Nachname, Vorname"\n101;"Wong, Ada"\n102;Li\n',
        ["folder", "Wong, Ada 101 1", "Li 102 1"],
    ),
    "roster roles": Case(
        {"101/part1_softmax.py": CODE},
        "First Name,Last Name,SID,Email,Role,Section\nAda,Wong,101,a@x,Student,A\n"
        "Pro,Fessor,9,p@x,Instructor,\nT,A,8,t@x,TA,\n",
        ["folder", "Ada Wong 101 1"],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_who_handed_in_what(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "download"
    for name, content in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    roster = None
    if case.roster is not None:
        roster = tmp_path / "roster.csv"
        roster.write_bytes(case.roster.encode(case.encoding))
    if isinstance(case.wanted, list):
        assert found(folder, roster) == case.wanted
    else:
        with pytest.raises(UsageError) as caught:
            found(folder, roster)
        assert str(caught.value).startswith(f"{roster}: {case.wanted}; ")
        assert "\n" not in str(caught.value)
