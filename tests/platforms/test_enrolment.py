"""Hand-ins joined with the roster."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from autograder.model.submission import Attempt, Student
from autograder.platforms.hand_ins import hand_ins
from autograder.platforms.roster import enrol, read_roster

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
