"""The rules about time and attempts: which attempt counts, how late it is, what that costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone, tzinfo
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from autograder.model import Attempt, Course, Deadline, Extension, Student

_DAY = timedelta(days=1)
_BEFORE_ALL = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Rules:
    """What the course says of attempts, of lateness and of the highest mark."""

    attempts: str = "latest"
    """A key of RANKS."""
    deadline: Deadline | None = None
    extensions: tuple[Extension, ...] = ()
    cap_at_maximum: bool = False
    spent: Mapping[str, int] = field(default_factory=dict)
    """Free days that were spent in earlier assignments, by each id of each student."""


def rules_of(course: Course, spent: Mapping[str, int] = MappingProxyType({})) -> Rules:
    """The course's rules, with the free days that each student has `spent`, by each id."""
    return Rules(
        course.attempts, course.deadline, course.extensions, course.cap_at_maximum, dict(spent)
    )


def identities(student: Student) -> tuple[str, ...]:
    """What a student is known by in a gradebook: the ids, or the name where there is none."""
    return tuple(id.casefold() for id in student.ids or (student.name,))


# --- attempts ---------------------------------------------------------------------------------


def latest(attempt: Attempt, _scores: Mapping[str, float]) -> tuple[Any, ...]:
    """The last one: by time, then by number."""
    time = attempt.time or _BEFORE_ALL
    if time.tzinfo is None:  # all times of a platform lack a zone, or none does: this only orders
        time = time.replace(tzinfo=timezone.utc)
    return (time, attempt.number, attempt.id)


def best(attempt: Attempt, scores: Mapping[str, float]) -> tuple[Any, ...]:
    """The one with the highest score, then the last one."""
    return (scores.get(attempt.id, float("-inf")), *latest(attempt, scores))


RANKS: Mapping[str, Callable[[Attempt, Mapping[str, float]], tuple[Any, ...]]] = {
    "latest": latest,
    "best": best,
}
"""Each ranks the attempts of one student; the highest counts."""


def by_student(attempts: Iterable[Attempt]) -> dict[Student, list[Attempt]]:
    """The attempts of each student, alone and with others.

    Students are one person when their first ids are the same.
    """
    students: dict[str, Student] = {}
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        for student in attempt.students:
            key = identities(student)[0]
            students.setdefault(key, student)
            found.setdefault(key, []).append(attempt)
    return {students[key]: mine for key, mine in found.items()}


def counted(attempts: Iterable[Attempt], scores: Mapping[str, float], rule: str) -> Attempt:
    """The attempt of one student that counts; `scores` are by the attempts' ids.

    Raises KeyError for a rule that does not exist.
    """
    rank = RANKS[rule]
    return max(attempts, key=lambda attempt: rank(attempt, scores))


# --- lateness ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lateness:
    """How late one attempt is for one student, and what that costs."""

    days: int = 0
    """Days begun after the student's own deadline."""
    free_days: int = 0
    """Those of them that were paid with free days."""
    lost: float = 0.0
    """Points, at least 0."""


def deadline_of(student: Student, rules: Rules) -> tuple[Deadline | None, Extension | None]:
    """The student's own deadline, and the extension it comes from."""
    deadline = rules.deadline
    known = {*identities(student), student.name.casefold()} - {""}
    own = (one for one in rules.extensions if one.student.casefold() in known)
    extension = next(own, None)
    if deadline is None or extension is None:
        return deadline, None
    due = extension.due
    if due is None:  # hours pass alike whatever the clocks do
        later = deadline.due.astimezone(timezone.utc) + timedelta(hours=extension.hours)
        local = later.astimezone(_zone(deadline) or deadline.due.tzinfo)
        due = local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
    return replace(deadline, due=due), extension


def lateness(attempt: Attempt, student: Student, score: float, rules: Rules) -> Lateness:
    """What it costs `student` that an attempt with this score came when it did."""
    deadline, extension = deadline_of(student, rules)
    if extension is not None and attempt.time is None:
        return Lateness()  # the platform that calls it late knows nothing of the extension
    days = days_late(attempt, deadline)
    left = free_days_left(student, rules)
    costs = {free: points_lost(score, days - free, deadline) for free in range(min(days, left) + 1)}
    free = min(costs, key=lambda free: (costs[free], free))
    return Lateness(days, free, costs[free])


def free_days_left(student: Student, rules: Rules) -> int:
    """The free days that earlier assignments have left the student."""
    spent = max((rules.spent.get(id, 0) for id in identities(student)), default=0)
    return max(0, rules.deadline.free_days - spent) if rules.deadline else 0


def days_late(attempt: Attempt, deadline: Deadline | None) -> int:
    """Days begun after the deadline; 0 within its time of grace, or where there is no deadline.

    A day ends at the deadline's time on the clock, also where that takes 23 or 25 hours. What a
    platform calls late without telling a time counts as one day. A time without a zone is that of
    the deadline's zone; where that is not known either, nothing is late.
    """
    if deadline is None:
        return 0
    if attempt.time is None:
        return int(attempt.late)
    time = zoned(attempt.time, deadline)
    if time is None:
        return int(attempt.late)
    over = time - deadline.due
    if over <= max(timedelta(), timedelta(hours=deadline.grace_hours)):
        return 0
    return max(1, math.ceil(_on_the_clock(time, deadline) / _DAY))


def zoned(time: datetime, deadline: Deadline) -> datetime | None:
    """`time` with its zone, or with the deadline's; None where neither is known.

    Of a time that happens twice, as clocks are put back, it is the first: nobody is late for that.
    """
    if time.tzinfo is not None:
        return time
    zone = _zone(deadline)
    return None if zone is None else time.replace(tzinfo=zone).astimezone(timezone.utc)


def _on_the_clock(time: datetime, deadline: Deadline) -> timedelta:
    """From the deadline until `time`, as clocks on the wall at the deadline's place show it."""
    zone, due = _zone(deadline), deadline.due
    if zone is not None:
        due, local = due.astimezone(zone), time.astimezone(zone)
    elif abs((time.utcoffset() or _DAY) - (due.utcoffset() or timedelta())) == timedelta(hours=1):
        local = time  # the place's own clocks, after they were changed
    else:
        local = time.astimezone(due.tzinfo)
    return local.replace(tzinfo=None) - due.replace(tzinfo=None)


def _zone(deadline: Deadline) -> tzinfo | None:
    return ZoneInfo(deadline.zone) if deadline.zone else None


def percent_lost(days: int, deadline: Deadline | None) -> float:
    """Of the hand-in's own score, 0 to 100."""
    if deadline is None or days <= 0:
        return 0.0
    return min(days * deadline.percent_per_day, deadline.cap_percent)


def points_lost(score: float, days: int, deadline: Deadline | None) -> float:
    """Of a hand-in with this score, at least 0; rounded to six decimals, as scores are."""
    return round(max(score, 0.0) * percent_lost(days, deadline) / 100.0, 6)
