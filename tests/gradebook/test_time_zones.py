"""A day ends at the deadline's time on the clock, and a time without a zone is never UTC.

The table has both changes of the year in three zones, where they fall on other nights:
Berlin 2026-03-29 and 2026-10-25, New York 2026-03-08 and 2026-11-01, Adelaide (half an hour off,
and the other way round) 2026-04-05 back and 2026-10-04 forth. Worked out with a calendar.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from autograder.course.deadlines import moment, zone_named
from autograder.gradebook.policy import Rules, days_late, deadline_of, lateness
from autograder.model.course import Deadline, Extension
from autograder.model.submission import Attempt, Student

BERLIN, NEW_YORK, ADELAIDE = "Europe/Berlin", "America/New_York", "Australia/Adelaide"

TABLE = [
    # clocks go forward in the night after the deadline: the first day has 23 hours
    (BERLIN, "2026-03-28 23:59", "2026-03-28 23:58 +01:00", 0),
    (BERLIN, "2026-03-28 23:59", "2026-03-29 00:00 +01:00", 1),
    (BERLIN, "2026-03-28 23:59", "2026-03-29 23:58 +02:00", 1),
    (BERLIN, "2026-03-28 23:59", "2026-03-30 00:00 +02:00", 2),
    (NEW_YORK, "2026-03-07 23:59", "2026-03-07 23:59 -05:00", 0),
    (NEW_YORK, "2026-03-07 23:59", "2026-03-08 23:58 -04:00", 1),
    (NEW_YORK, "2026-03-07 23:59", "2026-03-09 00:00 -04:00", 2),
    (ADELAIDE, "2026-10-03 23:59", "2026-10-03 23:59 +09:30", 0),
    (ADELAIDE, "2026-10-03 23:59", "2026-10-04 23:58 +10:30", 1),
    (ADELAIDE, "2026-10-03 23:59", "2026-10-05 00:00 +10:30", 2),
    # clocks go back: the first day has 25 hours
    (BERLIN, "2026-10-24 23:59", "2026-10-24 23:59 +02:00", 0),
    (BERLIN, "2026-10-24 23:59", "2026-10-25 23:30 +01:00", 1),
    (BERLIN, "2026-10-24 23:59", "2026-10-25 22:30 Z", 1),
    (BERLIN, "2026-10-24 23:59", "2026-10-26 00:00 +01:00", 2),
    (NEW_YORK, "2026-10-31 23:59", "2026-11-01 23:58 -05:00", 1),
    (NEW_YORK, "2026-10-31 23:59", "2026-11-02 05:00 Z", 2),
    (ADELAIDE, "2026-04-04 23:59", "2026-04-05 23:58 +09:30", 1),
    (ADELAIDE, "2026-04-04 23:59", "2026-04-06 00:00 +09:30", 2),
    # no change in between, and a whole week over one
    (BERLIN, "2026-09-11 23:59", "2026-09-12 23:59 +02:00", 1),
    (BERLIN, "2026-10-22 18:00", "2026-10-29 18:00 +01:00", 7),
    (BERLIN, "2026-10-22 18:00", "2026-10-29 18:01 +01:00", 8),
]


def at(text: str, zone: str = "") -> datetime:
    return moment(text, zone_named(zone) if zone else None)


@pytest.mark.parametrize(("zone", "due", "time", "days"), TABLE)
def test_days_end_at_the_deadlines_time_on_the_clock(
    zone: str, due: str, time: str, days: int
) -> None:
    deadline = Deadline(at(due, zone), zone=zone)
    assert days_late(Attempt("a", (), time=at(time)), deadline) == days
    # and so it is when the platform says the same moment in the words of another zone
    elsewhere = at(time).astimezone(timezone(timedelta(hours=-8)))
    assert days_late(Attempt("a", (), time=elsewhere), deadline) == days


@pytest.mark.parametrize(("zone", "due", "time", "days"), TABLE)
def test_a_time_without_a_zone_is_the_clock_at_the_deadlines_place(
    zone: str, due: str, time: str, days: int
) -> None:
    bare = at(time).astimezone(zone_named(zone)).replace(tzinfo=None)
    attempt = Attempt("a", (), time=bare)
    assert days_late(attempt, Deadline(at(due, zone), zone=zone)) == days
    assert days_late(attempt, Deadline(at(due, zone))) == 0  # nobody knows which clock it was


def test_a_deadline_with_an_offset_alone_follows_the_clocks_of_the_hand_in() -> None:
    deadline = Deadline(at("2026-10-24 23:59 +02:00"))
    for time, days in (("2026-10-25 23:30 +01:00", 1), ("2026-10-26 00:30 +01:00", 2)):
        assert days_late(Attempt("a", (), time=at(time)), deadline) == days
    # in UTC, which nobody's clock shows there, it is the time that has passed
    assert days_late(Attempt("a", (), time=at("2026-10-25 21:58 Z")), deadline) == 1
    assert days_late(Attempt("a", (), time=at("2026-10-25 22:30 Z")), deadline) == 2


def test_an_hour_that_comes_twice_is_in_favour_of_the_student() -> None:
    due = at("2026-10-25 02:30", BERLIN)
    assert due == at("2026-10-25 02:30 +01:00")  # the second half past two
    bare = datetime(2026, 10, 25, 2, 45)
    assert days_late(Attempt("a", (), time=bare), Deadline(due, zone=BERLIN)) == 0


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2026-03-29 02:30", BERLIN, "clocks skip"),
        ("2026-09-11 23:59", "", "has no time zone"),
        ("2026-12-11 23:59 +02:00", BERLIN, "which is 22:59 in Europe/Berlin"),
        ("11.9.2026 23:59", BERLIN, "write it like"),
    ],
)
def test_a_time_that_cannot_be_is_refused(text: str, zone: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        at(text, zone)


@pytest.mark.parametrize("name", ["Mars/Base", "../etc/passwd", "CEST+5"])
def test_a_zone_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="IANA name"):
        zone_named(name)


ADA = Student("Ada Wong", ("17", "adaw"))
DUE = Deadline(at("2026-10-24 23:59", BERLIN), 10.0, zone=BERLIN)


@pytest.mark.parametrize("meant", ["17", "ADAW", "ada wong"])
def test_an_extension_moves_the_deadline_of_one_student(meant: str) -> None:
    until = at("2026-10-26 12:00", BERLIN)
    rules = Rules(deadline=DUE, extensions=(Extension(meant, until, reason="ill"),))
    deadline, extension = deadline_of(ADA, rules)
    assert deadline is not None
    assert (deadline.due, extension) == (until, rules.extensions[0])
    assert deadline_of(Student("Li", ("18",)), rules) == (DUE, None)
    late = Attempt("a", (), time=at("2026-10-26 13:00 +01:00"))
    assert lateness(late, ADA, 50.0, rules).lost == 5.0
    assert lateness(late, Student("Li", ("18",)), 50.0, rules).lost == 10.0


def test_hours_of_an_extension_pass_whatever_the_clocks_do() -> None:
    deadline, _ = deadline_of(ADA, Rules(deadline=DUE, extensions=(Extension("17", hours=24.0),)))
    assert deadline is not None
    assert deadline.due == at("2026-10-25 22:59 +01:00")


def test_a_platform_that_only_says_late_knows_nothing_of_an_extension() -> None:
    rules = Rules(deadline=DUE, extensions=(Extension("17", hours=24.0),))
    late = Attempt("a", (), late=True)
    assert lateness(late, ADA, 50.0, rules).days == 0
    assert lateness(late, Student("Li", ("18",)), 50.0, rules).days == 1


@pytest.mark.parametrize(
    ("days", "spent", "cap", "free", "lost"),
    [
        (1, 0, 100.0, 1, 0.0),
        (3, 0, 100.0, 2, 5.0),
        (3, 1, 100.0, 1, 10.0),
        (3, 5, 100.0, 0, 15.0),
        (9, 0, 50.0, 0, 25.0),  # the cap is reached anyhow: no free day is wasted
        (6, 0, 50.0, 2, 20.0),
    ],
)
def test_free_days_are_spent_where_they_save_points(
    days: int, spent: int, cap: float, free: int, lost: float
) -> None:
    due = at("2026-09-11 23:59", BERLIN)
    deadline = Deadline(due, 10.0, cap_percent=cap, zone=BERLIN, free_days=2)
    rules = Rules(deadline=deadline, spent={"adaw": spent})
    attempt = Attempt("a", (), time=due + timedelta(days=days - 1, minutes=1))
    found = lateness(attempt, ADA, 50.0, rules)
    assert (found.days, found.free_days, found.lost) == (days, free, lost)
    assert lateness(attempt, ADA, 0.0, rules).free_days == 0
