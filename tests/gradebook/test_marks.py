"""Each student has one mark, made of parts that add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from autograder.errors import UsageError
from autograder.gradebook.marks import (
    Adjustment,
    FinalMark,
    Score,
    Standing,
    class_marks,
    find_students,
    identities,
    in_words,
)
from autograder.gradebook.policy import Rules
from autograder.model.course import Deadline, Extension
from autograder.model.submission import Attempt, Student

DUE = datetime(2026, 9, 11, tzinfo=timezone.utc)
ADA, LI, ZOE = Student("Ada", ("00101", "ada")), Student("Li", ("2",)), Student("Zoe", ("3",))
FIRST = Attempt("a1", (), (ADA,), DUE)
SECOND = Attempt("a2", (), (ADA,), DUE + timedelta(days=2))
TEAM = Attempt("team", (), (LI, ZOE), DUE)


def scores(**points: float | None) -> dict[str, Score]:
    return {id: Score(score, 100.0) for id, score in points.items()}


def test_each_student_has_one_mark_and_each_of_a_team_the_same():
    marks = class_marks((TEAM, FIRST, SECOND), scores(a1=80.0, a2=90.0, team=50.0), Rules())
    assert [(mark.student.name, mark.submission, mark.final) for mark in marks] == [
        ("Ada", "a2", 90.0),
        ("Li", "team", 50.0),
        ("Zoe", "team", 50.0),
    ]


def test_the_best_is_the_best_after_what_lateness_costs():
    rules = Rules("best", Deadline(DUE, percent_per_day=10.0))
    (mark,) = class_marks((FIRST, SECOND), scores(a1=80.0, a2=90.0), rules)
    assert (mark.submission, mark.days_late, mark.final) == ("a1", 0, 80.0)
    (mark,) = class_marks((FIRST, SECOND), scores(a1=60.0, a2=90.0), rules)
    assert (mark.submission, mark.days_late, mark.lost, mark.final) == ("a2", 2, 18.0, 72.0)


def test_a_failure_of_ours_counts_only_where_it_is_the_latest():
    failed = scores(a1=80.0, a2=None)
    (latest,) = class_marks((FIRST, SECOND), failed, Rules())
    assert (latest.standing, latest.final) == (Standing.JUDGE_ERROR, None)
    (best,) = class_marks((FIRST, SECOND), failed, Rules("best"))
    assert (best.submission, best.final) == ("a1", 80.0)


def test_attempts_without_a_score_are_still_to_come():
    assert [mark.submission for mark in class_marks((FIRST, SECOND), scores(a1=1.0), Rules())] == [
        "a1"
    ]


def test_a_score_without_an_attempt_is_somebodys():
    (mark,) = class_marks((), scores(li=1.0), Rules())
    assert (mark.student.ids, mark.submission) == (("li",), "li")


def test_the_missing_come_last():
    marks = class_marks((TEAM,), scores(team=50.0), Rules(), missing=(ADA,))
    assert (marks[-1].student, marks[-1].submission, marks[-1].final) == (ADA, None, None)
    assert (marks[-1].standing, marks[-1].max_score) == (Standing.MISSING, 100.0)


def test_adjustments_follow_a_student_by_any_id():
    bonus, more = Adjustment(2.0, "one", "1"), Adjustment(3.0, "two", "2")
    before_the_roster = Student("ada", ("ADA",))
    given = [(before_the_roster, bonus), (LI, more), (ADA, more)]
    ada, li, zoe = class_marks((FIRST, TEAM), scores(a1=1.0, team=1.0), Rules(), (), given)
    assert ada.adjustments == (bonus, more)
    assert (li.adjustments, zoe.adjustments) == ((more,), ())


def test_who_has_no_id_is_known_by_name():
    assert identities(Student("Ada Wong")) == ("ada wong",)
    assert identities(ADA) == ("00101", "ada")


SHE = Student("Li", ("1",))
BONUS = Adjustment(2.0, "a good idea", "2026-09-12T10:00:00+00:00")
TAKEN = Adjustment(-100.0, "copied", "2026-09-13T10:00:00+00:00")


def mark(standing: Standing = Standing.GRADED, **parts: Any) -> FinalMark:
    return FinalMark(SHE, "li", standing, 100.0, **parts)


def test_the_parts_add_up():
    assert mark(score=87.5).final == 87.5
    assert mark(score=87.5, days_late=2, lost=17.5, adjustments=(BONUS,)).final == 72.0
    assert mark(score=100.0, adjustments=(BONUS, BONUS)).final == 104.0


def test_a_mark_is_never_below_zero():
    both = mark(score=87.5, adjustments=(TAKEN, BONUS))
    assert (both.adjustment, both.final) == (-98.0, 0.0)


def test_what_was_not_graded_has_no_mark_whatever_was_adjusted():
    assert mark(Standing.JUDGE_ERROR, adjustments=(BONUS,)).final is None
    assert "not the submission" in in_words(mark(Standing.JUDGE_ERROR))[0]


def test_who_handed_nothing_in_has_no_mark_but_one_given_by_hand():
    assert mark(Standing.MISSING).final is None
    assert in_words(mark(Standing.MISSING)) == ("no submission",)
    given = mark(Standing.MISSING, adjustments=(BONUS,))
    assert given.final == 2.0
    assert in_words(given)[-1] == "final mark: 2 of 100"


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        ({}, ("graded: 87.5 of 100",)),
        (
            {"days_late": 2, "lost": 17.5, "adjustments": (BONUS,)},
            (
                "graded: 87.5 of 100",
                "late by 2 days: -17.5",
                "adjusted: +2 (a good idea)",
                "final mark: 72 of 100",
            ),
        ),
        (
            {"days_late": 1},
            ("graded: 87.5 of 100", "late by 1 day: +0", "final mark: 87.5 of 100"),
        ),
    ],
)
def test_in_words(parts, lines):
    assert in_words(mark(score=87.5, **parts)) == lines


def test_a_reason_stays_on_its_line():
    odd = Adjustment(1.0, "a\nb\x1b[31m\u202e", "2026")
    lines = in_words(mark(score=1.0, adjustments=(odd,)))
    assert all(line.isprintable() for line in lines)


def test_free_days_and_extensions_are_said() -> None:
    due = datetime(2026, 10, 26, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    ill = Extension("1", due, reason="ill")
    parts = {"score": 80.0, "extension": ill, "due": due, "days_late": 3, "free_days_left": 0}
    assert in_words(mark(**parts, free_days=2, lost=8.0))[1:] == (
        "extension: due 2026-10-26 12:00+01:00 (ill)",
        "late by 3 days, 2 of them paid with free days (0 left): -8",
        f"final mark: 72 of {mark().max_score:g}",
    )
    assert "late by 3 days, paid with free days (0 left): +0" in in_words(
        mark(**parts, free_days=3)
    )


def test_a_capped_mark_says_so() -> None:
    above = mark(score=mark().max_score + 5.0, capped=True)
    assert above.final == above.max_score
    assert in_words(above)[-1].endswith(", the most there is")


def test_the_commit_that_was_graded_is_said_with_its_time():
    graded = replace(FIRST, commit="0123456789abcdef", time=DUE - timedelta(hours=1))
    zone = timezone(timedelta(hours=2))
    rules = Rules(deadline=Deadline(DUE.astimezone(zone)))
    (mark,) = class_marks((graded,), scores(a1=80.0), rules)
    assert in_words(mark) == (
        "graded: 80 of 100",
        "commit 0123456789 of 2026-09-11 01:00+02:00, a time that the committer's computer wrote",
        "final mark: 80 of 100",
    )
    assert mark.has_parts


# ---  ---


WONG, ADA2 = Student("Ada Wong", ("00101", "ada@x")), Student("Ada Wong", ("00105",))
WEI_LI, ZOE_MAY = Student("Li", ("2",)), Student("Zoe", ("3",))
MARKS = (
    FinalMark(WONG, "Wong_1", Standing.GRADED, 1.0, 1.0),
    FinalMark(WEI_LI, "team", Standing.GRADED, 1.0, 1.0),
    FinalMark(ADA2, "team", Standing.GRADED, 1.0, 1.0),
    FinalMark(ZOE_MAY, None, Standing.MISSING, 1.0),
)


@pytest.mark.parametrize(
    ("meant", "found"),
    [
        ("team", (WEI_LI, ADA2)),
        ("Wong_1", (WONG,)),
        ("wong_1", (WONG,)),
        ("ADA@x", (WONG,)),
        ("00105", (ADA2,)),
        ("zoe", (ZOE_MAY,)),
    ],
)
def test_an_id_or_a_name_means_somebody(meant, found):
    assert find_students(MARKS, meant) == found


@pytest.mark.parametrize(
    ("meant", "said"),
    [
        ("Ada Wong", "several students match; give one of the ids 00101, 00105"),
        ("00106", "did you mean '00105'"),
        ("nobody at all\x1b", "see its gradebook.csv"),
        ("", "nobody in the gradebook"),
    ],
)
def test_who_is_not_there_or_not_alone(meant, said):
    with pytest.raises(UsageError, match=said) as caught:
        find_students(MARKS, meant)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("points", "of_exercise", "final"),
    [
        ((-2.0, 1.0, -8.0), 0.0, 4.0),
        ((-2.0, 1.0, -8.0, 8.0), 7.0, 11.0),
        ((2.0, 1.0), 11.0, 15.0),
    ],
)
def test_adjustments_never_leave_an_exercise_with_less_than_nothing(
    points: tuple[float, ...], of_exercise: float, final: float
) -> None:
    made = [(ADA, Adjustment(each, "x", str(n), "sm_dir")) for n, each in enumerate(points)]
    graded = {"a1": Score(12.0, 20.0, {"sm_dir": 8.0, "softmax": 4.0})}
    (mark, missing) = class_marks((FIRST,), graded, Rules(), (ZOE,), [*made, (ZOE, made[0][1])])
    assert (mark.points_of("sm_dir", 8.0), mark.final) == (of_exercise, final)
    assert missing.points_of("sm_dir", None) == max(points[0], 0.0)
    lines = "\n".join(in_words(mark))
    assert ("an exercise has no" in lines) == (mark.adjustment != sum(points))
