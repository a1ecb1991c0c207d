"""Hand-ins joined with the roster."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.model.course import Extension
from autograder.model.submission import Attempt, Student
from autograder.platforms.enrolment import Enrolment, enrol, extended
from autograder.platforms.hand_ins import hand_ins
from autograder.platforms.roster import read_roster

SAMPLES = Path(__file__).parents[1] / "samples"


def _ids(students: Iterable[Student]) -> set[str]:
    return {student.ids[0] for student in students}


@pytest.mark.parametrize(
    ("sample", "roster", "missing", "strangers"),
    [
        # Two people are called Ada Wong, and only Canvas's own list knows Canvas's numbers.
        ("canvas", "roster.csv", {"00101", "00105", "00107"}, {"4101", "4105"}),
        ("canvas", "canvas_export.csv", {"4107"}, set()),
        ("moodle", "roster.csv", {"00101", "00105", "00107"}, {"501", "505"}),
        ("moodle", "moodle_worksheet.csv", {"507"}, {"506"}),
        ("gradescope", "roster.csv", {"00105", "00106", "00107"}, set()),
        (
            "repositories/hw1-submissions",
            "roster.csv",
            {"00104", "00105", "00106", "00107"},
            set(),
        ),
    ],
)
def test_samples_meet_the_roster(
    sample: str, roster: str, missing: set[str], strangers: set[str]
) -> None:
    with hand_ins(SAMPLES / sample) as handed_in:
        enrolment = enrol(handed_in.attempts, read_roster(SAMPLES / roster))
    assert _ids(enrolment.missing) == missing
    assert _ids(enrolment.strangers) == strangers
    assert len(enrolment.attempts) == len(handed_in.attempts)


def test_the_rosters_name_comes_first_and_all_ids_are_kept() -> None:
    attempt = Attempt("a", (), (Student("wongada", ("77",)),))
    enrolment = enrol([attempt], [Student("Ada Wong", ("1",), "Monday")])
    assert enrolment.attempts[0].students == (Student("Ada Wong", ("1", "77"), "Monday"),)
    assert enrolment.missing == enrolment.strangers == ()


def test_the_hand_in_of_a_namesake_who_is_not_listed_is_nobodys_in_the_roster() -> None:
    attempts = [
        Attempt(f"wongada_{number}", (), (Student("wongada", (number,)),))
        for number in ("9", "101")
    ]
    enrolment = enrol(attempts, [Student("Ada Wong", ("101",))])
    assert [attempt.students[0].ids for attempt in enrolment.attempts] == [("9",), ("101",)]
    assert _ids(enrolment.strangers) == {"9"}
    assert enrolment.missing == ()


def _enrolled(roster: Iterable[Student], *names: str) -> tuple[list[str], tuple[str, ...]]:
    attempts = [Attempt(name, (), (Student(name, (name,)),)) for name in names]
    enrolment = enrol(attempts, tuple(roster))
    found = [" + ".join(one.ids[0] for one in each.students) for each in enrolment.attempts]
    return found, enrolment.notes


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Ada Wong", Student("Wong, Ada Marie", ("101",))),
        ("García López Ana", Student("Ana García", ("101",))),
        ("Ben Li jr", Student("Li, Ben, Jr.", ("101",))),
        ("Wong_Ada_adaw_1001", Student("Ada Wong", ("00701",))),  # ILIAS, with its own number
        ("Li, Ben - 12346", Student("Ben Li", ("101",))),
        ("s00701", Student("Ada Wong", ("00701",))),
    ],
)
def test_a_part_of_the_name_is_enough_if_only_one_fits_and_is_said(
    name: str, person: Student
) -> None:
    others = [Student("Ada Li", ("102",)), Student("Marie García", ("103",))]
    assert _enrolled([person, *others], name) == (
        [person.ids[0]],
        (
            "found in the roster by a part of the name or number: "
            f"{name} as {person.name}; if one is wrong, correct the roster",
        ),
    )


@pytest.mark.parametrize(
    ("names", "roster"),
    [
        (["Ada Wong"], [Student("Ada Marie Wong", ("1",)), Student("Ada Eve Wong", ("2",))]),
        (["Ada Wong", "Wong Marie"], [Student("Ada Marie Wong", ("1",))]),
        (["Ada Smith"], [Student("Ada Wong", ("1",))]),
        (["Group 1"], [Student("Ada Wong", ("1",))]),
        (["Zoe 2026-01-20"], [Student("Ada Wong", ("1",)), Student("Ben Li", ("2",))]),
    ],
)
def test_a_part_of_the_name_that_fits_several_is_nobodys(
    names: list[str], roster: list[Student]
) -> None:
    assert _enrolled(roster, *names) == (names, ())


def test_a_part_of_the_name_of_somebody_who_submitted_is_a_strangers() -> None:
    roster = [Student("Ada Marie Wong", ("1",))]
    assert _enrolled(roster, "Ada Wong", "Ada Marie Wong")[0] == ["Ada Wong", "1"]


@pytest.mark.parametrize(
    "student", ["00101", "101", "ada@uni.example", "ada", "Wong, Ada", "Ada Wong"]
)
def test_an_extension_names_its_student_as_a_roster_does(student: str) -> None:
    ada = Student("Ada Wong", ("00101", "ada@uni.example"))
    enrolment = Enrolment((Attempt("a", (), (ada,)),), (Student("Ben Li", ("00102",)),), ())
    asked = [Extension(student, hours=24.0), Extension("Ben Li", hours=1.0), Extension("x")]
    extensions, notes = extended(asked, enrolment)
    assert [one.student for one in extensions] == ["00101", "00102", "x"]
    assert notes == ("extensions for students without a submission: Ben Li, x",)


def test_an_extension_for_one_of_two_namesakes_is_refused() -> None:
    people = (Student("Ada Wong", ("1",)), Student("Wong, Ada", ("2",)))
    with pytest.raises(UsageError, match="'Ada Wong' is the name of 2 students; write an id: 1, 2"):
        extended([Extension("Ada Wong", hours=1.0)], Enrolment((), people, ()))
    with pytest.raises(UsageError, match="1, 01 are the same student; keep one"):
        extended([Extension("1", hours=1.0), Extension("01")], Enrolment((), people, ()))
