from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from autograder.gradebook.gradebook import Gradebook, changes
from autograder.gradebook.marks import Adjustment
from autograder.model.course import Course, Deadline
from autograder.model.report import ExerciseReport, GroupReport, Isolation, Report, Verdict
from autograder.model.submission import Attempt, Student, Submission

COURSE = Course("c", "1", Path(), (), seed=1)
DUE = datetime(2026, 9, 11, tzinfo=timezone.utc)
LI = Student("Li", ("2",))
SAME = {"answer key": "k", "tolerance": "t", "points": "p", "course": "c"}


class Class:
    """One student's submission, graded again and again."""

    def __init__(self, gradebook: Gradebook) -> None:
        self.gradebook = gradebook

    def grade(
        self,
        score: float | None,
        content: str = "one",
        ingredients: Mapping[str, str] = SAME,
        id: str = "li",
        course: Course = COURSE,
    ) -> None:
        attempts = [Attempt(id, (), (LI,), DUE.replace(day=12))]
        digest = "".join(ingredients.values())
        self.gradebook.begin(course, "key", digest, ingredients=ingredients, attempts=attempts)
        group = GroupReport("all", True, score or 0.0, 10.0, Verdict.WRONG_ANSWER)
        failed = "no sandbox" if score is None else None
        report = Report(id, (ExerciseReport("e", "p", (group,)),), 0.1, failed)
        self.gradebook.record([(Submission(id, (), content), report)], Isolation("full", {}))
        self.gradebook.note_marks()

    def moves(self) -> list[tuple[float | None, float | None, tuple[str, ...]]]:
        return [(one.before, one.after, one.reasons) for one in changes(self.gradebook)]


@pytest.fixture
def li(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        yield Class(gradebook)


def test_a_first_mark_is_no_change_and_neither_is_the_same_again(li):
    li.grade(5.0)
    li.grade(5.0)
    assert li.moves() == []


@pytest.mark.parametrize(
    ("content", "ingredients", "reasons"),
    [
        ("two", SAME, ("submission",)),
        ("one", {**SAME, "answer key": "x"}, ("answer key",)),
        ("one", {**SAME, "tolerance": "x", "course": "x"}, ("tolerance",)),
        ("one", {**SAME, "points": "x", "course": "x"}, ("points",)),
        ("one", {**SAME, "course": "x"}, ("course",)),
        ("two", {**SAME, "points": "x", "answer key": "x"}, ("submission", "answer key", "points")),
        ("one", SAME, ("graded again",)),
    ],
)
def test_a_mark_moves_for_a_reason(li, content, ingredients, reasons):
    li.grade(5.0)
    li.grade(7.0, content, ingredients)
    assert li.moves() == [(5.0, 7.0, reasons)]


def test_what_changed_while_the_mark_stood_still_is_no_reason_later(li):
    li.grade(5.0)
    li.grade(5.0, "two")
    li.grade(7.0, "two", {**SAME, "answer key": "x"})
    assert li.moves() == [(5.0, 7.0, ("answer key",))]


def test_another_attempt_may_come_with_another_key(li):
    li.grade(5.0)
    li.grade(7.0, "two", {**SAME, "answer key": "x"}, id="li_2")
    assert li.moves() == [(5.0, 7.0, ("submission (another attempt counts)", "answer key"))]


def test_a_failure_of_ours_and_its_end(li):
    li.grade(5.0)
    li.grade(None)
    li.grade(5.0)
    assert [move[:2] for move in li.moves()] == [(5.0, None), (None, 5.0)]


def test_a_new_deadline_and_an_adjustment(li):
    li.grade(5.0)
    li.grade(5.0, course=replace(COURSE, deadline=Deadline(DUE, 10.0)))
    li.gradebook.register.adjust([(LI, Adjustment(2.0, "a good idea", "2026-09-12"))])
    li.gradebook.note_marks()
    assert li.moves() == [(5.0, 4.5, ("deadline",)), (4.5, 6.5, ("adjusted by +2",))]


def test_a_run_that_was_stopped_moves_nobody(li):
    li.grade(5.0)
    attempts = [Attempt(id, (), (Student(id, (id,)),)) for id in ("li", "wong")]
    li.gradebook.begin(COURSE, "key", "".join(SAME.values()), ingredients=SAME, attempts=attempts)
    li.gradebook.note_marks()
    assert li.moves() == []


def test_who_was_missing_and_then_handed_in(li):
    li.gradebook.begin(COURSE, "key", "x", missing=[LI])
    li.gradebook.note_marks()
    li.grade(5.0)
    assert li.moves() == [(None, 5.0, ("submission (the first)",))]


def test_who_is_no_longer_in_the_class_has_no_mark_any_more(li):
    li.grade(5.0)
    li.gradebook.register.adjust([(LI, Adjustment(2.0, "a good idea", "2026-09-12"))])
    li.gradebook.note_marks()
    for _ in range(2):  # said once
        li.gradebook.begin(COURSE, "key", "x")
        li.gradebook.note_marks()
    gone = [(5.0, 7.0, ("adjusted by +2",)), (7.0, None, ("submission (withdrawn)",))]
    assert li.moves() == gone
    li.grade(5.0)
    assert li.moves() == [*gone, (None, 7.0, ("submission (there again)",))]


def test_points_by_hand_go_with_their_student(li):
    li.gradebook.register.adjust([(LI, Adjustment(2.0, "was ill", "2026-09-12"))])
    for missing in ([LI], [], [LI]):
        li.gradebook.begin(COURSE, "key", "x", missing=missing)
        li.gradebook.note_marks()
    assert li.moves() == [
        (2.0, None, ("no longer in the class",)),
        (None, 2.0, ("in the class again",)),
    ]
