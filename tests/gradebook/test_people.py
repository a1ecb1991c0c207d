from datetime import datetime, timedelta, timezone

import pytest

from autograder.gradebook.database import Database
from autograder.gradebook.marks import Adjustment, FinalMark, Standing
from autograder.gradebook.people import Register, now
from autograder.gradebook.policy import Rules
from autograder.model.course import Deadline
from autograder.model.submission import Attempt, Student

ADA, LI = Student("Ada", ("1", "ada"), "Monday"), Student("李", ("2",))
THEN = datetime(2026, 9, 11, 23, 59, 5, tzinfo=timezone(timedelta(hours=-7)))


@pytest.fixture
def register(tmp_path):
    database = Database(tmp_path / "g.sqlite")
    yield Register(database)
    database.close()


def test_attempts_come_back_as_they_were_entered(register):
    attempts = (
        Attempt("a", (), (ADA, LI), THEN, 3, True),
        Attempt("b", (), (LI,)),
    )
    register.enter(reversed(attempts), (ADA,), Rules("best", Deadline(THEN, 10.0, 1.0, 50.0)))
    assert register.attempts() == attempts
    assert register.missing() == (ADA,)
    assert register.rules() == Rules("best", Deadline(THEN, 10.0, 1.0, 50.0))


def test_a_new_entry_replaces_the_old_one(register):
    register.enter((Attempt("a", (), (ADA,)),), (LI,), Rules("best", Deadline(THEN)))
    register.enter((Attempt("b", (), (LI,)),), (), Rules())
    assert [attempt.id for attempt in register.attempts()] == ["b"]
    assert (register.missing(), register.rules()) == ((), Rules())


def test_a_hand_in_of_nobody_is_that_of_its_id(register):
    register.enter((Attempt("submission_7", ()),), (), Rules())
    assert register.attempts()[0].students == (Student("", ("submission_7",)),)


def test_adjustments_add_up_and_stay(register):
    together = Adjustment(2.0, "together", now(), "softmax")
    register.adjust([(ADA, together), (LI, together)])
    register.adjust([(ADA, Adjustment(-1.0, "alone", now()))])
    register.enter((), (), Rules())
    found = [(who.name, one.points, one.reason) for who, one in register.adjustments()]
    assert found == [("Ada", 2.0, "together"), ("李", 2.0, "together"), ("Ada", -1.0, "alone")]
    assert [one.exercise for _, one in register.adjustments()] == ["softmax", "softmax", ""]
    assert all(datetime.fromisoformat(one.made_at).tzinfo for _, one in register.adjustments())


def test_only_marks_that_are_not_as_before_are_noted(register):
    mark = FinalMark(ADA, "a", Standing.GRADED, 10.0, score=5.0)
    register.note([(mark, 1)])
    register.note([(mark, 1)])
    with_roster = FinalMark(Student("Ada", ("00101", "1")), "a", Standing.GRADED, 10.0, score=5.0)
    register.note([(with_roster, 1)])
    assert len(register.history()) == 1
    register.note([(with_roster, 2)])
    assert [noted.grading for noted in register.history()] == [1, 2]
    assert (register.history()[0].student, register.history()[0].final) == (ADA, 5.0)
