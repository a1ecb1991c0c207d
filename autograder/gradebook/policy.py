"""Rules for attempts and deadlines: which attempt counts, how late it is, and the penalty."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from autograder.model.course import Course, Deadline, Extension
from autograder.model.submission import Attempt, Student

_DAY = timedelta(days=1)
_BEFORE_ALL = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Rules:
    """The course's rules for attempts, lateness and the maximum mark."""

    attempts: str = "latest"
    """A CountedAttempt."""
    deadline: Deadline | None = None
    extensions: tuple[Extension, ...] = ()
    cap_at_maximum: bool = False
    spent: Mapping[str, int] = field(default_factory=dict)
    """Free days used in earlier assignments, by each id of each student."""


def rules_of(course: Course, spent: Mapping[str, int] = MappingProxyType({})) -> Rules:
    """The course's rules, with the free days that each student has already `spent`, by each id."""
    return Rules(
        course.attempts, course.deadline, course.extensions, course.cap_at_maximum, dict(spent)
    )


def identities(student: Student) -> tuple[str, ...]:
    """The keys that identify a student in a gradebook, casefolded: the ids, or else the name."""
    return tuple(id.casefold() for id in student.ids or (student.name,))


# --- attempts ---------------------------------------------------------------------------------


def by_student(attempts: Iterable[Attempt]) -> dict[Student, list[Attempt]]:
    """Group attempts by student; an attempt of a team is listed for each member.

    Two Student values are the same person if their first ids are equal.
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
    """The attempt that counts among one student's attempts; `scores` are by attempt id.

    It is the latest by time, then by number; if `rule` is "best", of those with the most points.
    """

    def rank(attempt: Attempt) -> tuple[float, datetime, int, list[tuple[int, str]]]:
        time = attempt.time or _BEFORE_ALL
        # a platform gives a zone for all times or for none, so UTC here affects only the order
        if time.tzinfo is None:
            time = time.replace(tzinfo=timezone.utc)
        score = scores.get(attempt.id, float("-inf")) if rule == "best" else 0.0
        words = re.findall(r"([0-9]+)|([^0-9]+)", attempt.id)  # `wong_10` is after `wong_9`
        return score, time, attempt.number, [(int(digits or 0), text) for digits, text in words]

    return max(attempts, key=rank)


# --- lateness ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lateness:
    """How late one attempt is for one student, and the penalty."""

    days: int = 0
    """Days started after the student's own deadline."""
    free_days: int = 0
    """The number of late days covered by free days."""
    lost: float = 0.0
    """The penalty in points, at least 0."""


def deadline_of(student: Student, rules: Rules) -> tuple[Deadline | None, Extension | None]:
    """The student's own deadline, and the extension that changed it, if any."""
    deadline = rules.deadline
    known = {*identities(student), student.name.casefold()} - {""}
    own = (one for one in rules.extensions if one.student.casefold() in known)
    extension = next(own, None)
    if deadline is None or extension is None:
        return deadline, None
    due = extension.due
    if due is None:  # added in UTC, so that clock changes do not alter the number of hours
        later = deadline.due.astimezone(timezone.utc) + timedelta(hours=extension.hours)
        local = later.astimezone(_zone(deadline) or deadline.due.tzinfo)
        due = local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
    return replace(deadline, due=due), extension


def lateness(attempt: Attempt, student: Student, score: float, rules: Rules) -> Lateness:
    """Return how late `attempt` is for `student`, and the penalty for an attempt with this score.

    Free days are used only as far as they lower the penalty. A commit with an impossible time loses
    the most that the rules take, whatever extension and free days there are.
    """
    deadline, extension = deadline_of(student, rules)
    if deadline is not None and has_impossible_time(attempt.time, attempt.commit):
        days = _most_days(deadline)
        return Lateness(days, 0, points_lost(score, days, deadline))
    if extension is not None and attempt.time is None:
        return Lateness()  # the platform's late flag does not take the extension into account
    days = days_late(attempt, deadline)
    left = free_days_left(student, rules)
    costs = {free: points_lost(score, days - free, deadline) for free in range(min(days, left) + 1)}
    free = min(costs, key=lambda free: (costs[free], free))
    return Lateness(days, free, costs[free])


def has_impossible_time(time: datetime | None, commit: str) -> bool:
    """Whether an attempt is a commit whose own time is in the future or before git existed."""
    return bool(commit) and time is None


def _most_days(deadline: Deadline) -> int:
    """The days after which the penalty grows no more; at least 1."""
    per_day = deadline.percent_per_day
    return max(1, math.ceil(deadline.cap_percent / per_day)) if per_day > 0 else 1


def free_days_left(student: Student, rules: Rules) -> int:
    """The student's free days that earlier assignments have not used."""
    spent = max((rules.spent.get(id, 0) for id in identities(student)), default=0)
    return max(0, rules.deadline.free_days - spent) if rules.deadline else 0


def days_late(attempt: Attempt, deadline: Deadline | None) -> int:
    """Days started after the deadline; 0 within the grace period or if there is no deadline.

    A day ends at the deadline's wall-clock time, even if that day has 23 or 25 hours. If a platform
    marks an attempt as late without giving a time, it counts as one day late. A time without a zone
    is taken to be in the deadline's zone; if that is unknown too, only the platform's late flag
    counts.
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
    """Return `time` with its zone, or with the deadline's; None if neither is known.

    If a time occurs twice because clocks are set back, the first is taken, in the student's favour.
    """
    if time.tzinfo is not None:
        return time
    zone = _zone(deadline)
    return None if zone is None else time.replace(tzinfo=zone).astimezone(timezone.utc)


def _on_the_clock(time: datetime, deadline: Deadline) -> timedelta:
    """The wall-clock difference from the deadline to `time`, at the deadline's place."""
    zone, due = _zone(deadline), deadline.due
    if zone is not None:
        due, local = due.astimezone(zone), time.astimezone(zone)
    elif abs((time.utcoffset() or _DAY) - (due.utcoffset() or timedelta())) == timedelta(hours=1):
        local = time  # the same place, after a daylight saving change
    else:
        local = time.astimezone(due.tzinfo)
    return local.replace(tzinfo=None) - due.replace(tzinfo=None)


def _zone(deadline: Deadline) -> tzinfo | None:
    return ZoneInfo(deadline.zone) if deadline.zone else None


def points_lost(score: float, days: int, deadline: Deadline | None) -> float:
    """The penalty in points for a submission with this score, at least 0, rounded as scores are."""
    if deadline is None:
        return 0.0
    percent = min(days * deadline.percent_per_day, deadline.cap_percent)
    return round(max(score, 0.0) * percent / 100.0, 6)
