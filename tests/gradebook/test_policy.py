"""Which attempt counts, how late it is, and what that costs."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from autograder.gradebook.policy import by_student, counted, days_late, points_lost
from autograder.model.course import Deadline
from autograder.model.submission import Attempt, Student

ADA, LI = Student("Ada", ("1",)), Student("Li", ("2",))


def _at(day: int) -> datetime:
    return datetime(2026, 9, day, tzinfo=timezone.utc)


ATTEMPTS = (
    Attempt("late", (), (ADA,), _at(12)),
    Attempt("early", (), (ADA, LI), _at(10)),
    Attempt("undated", (), (Student("Ada W.", ("1", "ada")),), None, 7),
)
SCORES = {"late": 50.0, "early": 90.0, "undated": 10.0}


def _chosen(rule: str, scores: dict[str, float] = SCORES) -> dict[str, str]:
    return {
        who.ids[0]: counted(mine, scores, rule).id for who, mine in by_student(ATTEMPTS).items()
    }


def test_the_latest_or_the_best_counts() -> None:
    assert _chosen("latest") == {"1": "late", "2": "early"}
    assert _chosen("best") == {"1": "early", "2": "early"}


def test_of_equal_scores_the_later_counts_and_none_is_below_all() -> None:
    assert _chosen("best", {"late": 90.0, "early": 90.0})["1"] == "late"
    assert _chosen("best", {"undated": 0.0})["1"] == "undated"


def test_numbers_order_what_has_no_time() -> None:
    attempts = [Attempt(str(number), (), (ADA,), None, number) for number in (2, 10, 1)]
    assert counted(attempts, {}, "latest").id == "10"


DUE = datetime(2026, 9, 11, 23, 59, tzinfo=timezone(timedelta(hours=2)))
TEN = Deadline(DUE, percent_per_day=10.0, grace_hours=1.0, cap_percent=40.0)


def after(**time: float) -> Attempt:
    return Attempt("li", (), time=DUE + timedelta(**time))


@pytest.mark.parametrize(
    ("time", "days"),
    [
        ({"days": -30}, 0),
        ({}, 0),
        ({"hours": 1}, 0),
        ({"hours": 1, "seconds": 1}, 1),
        ({"days": 1}, 1),
        ({"days": 1, "seconds": 1}, 2),
        ({"days": 400}, 400),
    ],
)
def test_every_day_begun_counts_once_the_grace_is_over(time, days):
    assert days_late(after(**time), TEN) == days


def test_time_zones_are_told_apart():
    utc = Attempt("li", (), time=datetime(2026, 9, 11, 22, 30, tzinfo=timezone.utc))
    assert days_late(utc, Deadline(DUE)) == 1


def test_a_platform_that_tells_no_time_is_believed_for_one_day():
    assert days_late(Attempt("li", (), late=True), TEN) == 1
    assert days_late(Attempt("li", ()), TEN) == 0
    # where there is a time, it is what counts
    assert days_late(Attempt("li", (), time=DUE, late=True), TEN) == 0


def test_without_a_deadline_nothing_is_late():
    assert days_late(Attempt("li", (), late=True), None) == 0
    assert points_lost(100.0, 9, None) == 0.0


@pytest.mark.parametrize(("days", "percent"), [(0, 0.0), (1, 10.0), (4, 40.0), (9, 40.0)])
def test_the_cap_is_the_most_that_lateness_costs(days, percent):
    assert points_lost(100.0, days, TEN) == percent


def test_points_are_lost_from_what_was_earned():
    assert points_lost(87.5, 2, TEN) == 17.5
    assert points_lost(0.0, 2, TEN) == 0.0
    assert points_lost(1 / 3, 1, TEN) == 0.033333
    assert points_lost(50.0, 100, Deadline(DUE, 10.0)) == 50.0
