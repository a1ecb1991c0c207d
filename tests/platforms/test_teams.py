"""Every member of a team gets the mark of the one submission, and several lists are one roster."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.model.submission import Attempt, Student
from autograder.platforms.enrolment import enrol
from autograder.platforms.roster import read_rosters

GITHUB = """identifier,github_username,name,group
101,adaw,Ada Wong,team-blue
102,bli,Ben Li,team-blue
103,ckim,Cara Kim,team-red
104,dn,Dan Ng,
"""
MOODLE = """Identifier,"Full name","Email address",Status,Group,Grade
"Participant 501","Ada Wong",ada@uni.example,"Submitted for grading","Team A, Lab 1",
"Participant 502","Ben Li",ben@uni.example,"Submitted for grading","Team A, Lab 1",
"Participant 12","Cara Kim",cara@uni.example,"Submitted for grading","Team B, Lab 1",
"""


def roster(folder: Path, **texts: str) -> tuple[Student, ...]:
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text)
    return read_rosters(paths)


def members(attempt: Attempt) -> list[str]:
    return [student.name for student in attempt.students]


def test_a_repository_of_a_team_is_every_members(tmp_path: Path) -> None:
    people = roster(tmp_path, github=GITHUB)
    attempts = [
        Attempt(f"hw1-{name}", (), (Student(name, (name,)),))
        for name in ("team-blue", "team-red", "dn", "team-grey")
    ]
    enrolment = enrol(attempts, people)
    assert [members(attempt) for attempt in enrolment.attempts] == [
        ["Ada Wong", "Ben Li"],
        ["Cara Kim"],
        ["Dan Ng"],
        ["team-grey"],
    ]
    assert enrolment.missing == ()
    assert [one.name for one in enrolment.strangers] == ["team-grey"]


def test_moodles_group_is_a_team_and_its_number_is_nobodys(tmp_path: Path) -> None:
    people = roster(tmp_path, moodle=MOODLE)
    attempts = [Attempt("Team A_12", (), (Student("Team A", ("12",)),))]
    enrolment = enrol(attempts, people)
    # 12 is the group's number, and a participant's by chance
    assert members(enrolment.attempts[0]) == ["Ada Wong", "Ben Li"]
    assert [one.name for one in enrolment.missing] == ["Cara Kim"]


def test_a_person_who_is_called_like_a_group_is_a_person(tmp_path: Path) -> None:
    people = roster(tmp_path, r="id,name,group\n1,Blue,\n2,Ada,blue\n")
    enrolment = enrol([Attempt("blue", (), (Student("blue", ("blue",)),))], people)
    assert members(enrolment.attempts[0]) == ["Blue"]


def test_several_lists_are_sections_and_everybody_is_listed_once(tmp_path: Path) -> None:
    people = roster(tmp_path, monday="id,name\n1,Ada\n2,Ben\n", tuesday="id,name\n2,Ben\n3,Cara\n")
    assert [(one.name, one.section) for one in people] == [
        ("Ada", "monday"),
        ("Ben", "monday, tuesday"),
        ("Cara", "tuesday"),
    ]


def test_one_id_of_two_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"b\.csv: has the id '1' of 'Ada' in another list"):
        roster(tmp_path, a="id,name\n1,Ada\n", b="id,name\n1,Zoe\n")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Ada Wong & Ben Li", ["Ada Wong", "Ben Li"]),
        ("Ada Wong and Ben Li", ["Ada Wong", "Ben Li"]),
        ("adaw_bli", ["Ada Wong", "Ben Li"]),
        ("bli-ckim-adaw", ["Ben Li", "Cara Kim", "Ada Wong"]),
        ("adaw_zoe", ["Ada Wong"]),  # the login of one, with a word that is nobody's
        ("Zoe & Ben Li", ["Ben Li"]),
    ],
)
def test_a_team_may_be_called_by_its_members(name: str, found: list[str], tmp_path: Path) -> None:
    people = roster(tmp_path, github=GITHUB)
    enrolment = enrol([Attempt(name, (), (Student(name, (name,)),))], people)
    assert members(enrolment.attempts[0]) == found


def test_a_groups_number_is_a_group_and_not_a_persons_id(tmp_path: Path) -> None:
    people = roster(tmp_path, r="id,name,group\n1,Ada,2\n2,Ben,1\n3,Cara,1\n")
    enrolment = enrol([Attempt("Group 1", (), (Student("Group 1", ("Group 1",)),))], people)
    assert members(enrolment.attempts[0]) == ["Ben", "Cara"]
    many = [Student(f"P{number}", (f"p{number}",), "1") for number in range(9)]
    enrolment = enrol([Attempt("Group 1", (), (Student("Group 1", ("Group 1",)),))], many)
    assert members(enrolment.attempts[0]) == ["Group 1"]  # a section of the class
