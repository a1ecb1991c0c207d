"""The rules about time and attempts: which attempt counts, how late it is, what that costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from autograder.model import Attempt, Deadline, Student

_DAY = timedelta(days=1)
_BEFORE_ALL = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Rules:
    """What the course says of attempts and of lateness."""

    attempts: str = "latest"
    """A key of RANKS."""
    deadline: Deadline | None = None


# --- attempts ---------------------------------------------------------------------------------


def latest(attempt: Attempt, _scores: Mapping[str, float]) -> tuple[Any, ...]:
    """The last one: by time, then by number."""
    time = attempt.time or _BEFORE_ALL
    # one download has times of one kind: without a zone they are in order all the same
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc), attempt.number, attempt.id)


def best(attempt: Attempt, scores: Mapping[str, float]) -> tuple[Any, ...]:
    """The one with the highest score, then the last one."""
    return (scores.get(attempt.id, float("-inf")), *latest(attempt, scores))


RANKS: Mapping[str, Callable[[Attempt, Mapping[str, float]], tuple[Any, ...]]] = {
    "latest": latest,
    "best": best,
}
"""Each ranks the attempts of one student; the highest counts."""


def counted(
    attempts: Iterable[Attempt], scores: Mapping[str, float], rule: str = "latest"
) -> dict[Student, Attempt]:
    """The attempt that counts for each student; `scores` are by the attempts' ids.

    Students are one person when their first ids are the same. Who handed in with others and alone
    has one attempt that counts, as everybody. Raises KeyError for a rule that does not exist.
    """
    rank = RANKS[rule]
    students: dict[str, Student] = {}
    by_student: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        for student in attempt.students:
            key = (student.ids[0] if student.ids else student.name).casefold()
            students.setdefault(key, student)
            by_student.setdefault(key, []).append(attempt)
    return {
        students[key]: max(mine, key=lambda attempt: rank(attempt, scores))
        for key, mine in by_student.items()
    }


# --- lateness ---------------------------------------------------------------------------------


def days_late(attempt: Attempt, deadline: Deadline | None) -> int:
    """Days begun after the deadline; 0 within its time of grace, or where there is no deadline.

    What a platform calls late without telling a time counts as one day.
    """
    if deadline is None:
        return 0
    if attempt.time is None or attempt.time.tzinfo is None:
        return int(attempt.late)
    over = attempt.time - deadline.due
    if over <= max(timedelta(), timedelta(hours=deadline.grace_hours)):
        return 0
    return math.ceil(over / _DAY)


def percent_lost(days: int, deadline: Deadline | None) -> float:
    """Of the hand-in's own score, 0 to 100."""
    if deadline is None or days <= 0:
        return 0.0
    return min(days * deadline.percent_per_day, deadline.cap_percent)


def points_lost(score: float, days: int, deadline: Deadline | None) -> float:
    """Of a hand-in with this score, at least 0; rounded to six decimals, as scores are."""
    return round(max(score, 0.0) * percent_lost(days, deadline) / 100.0, 6)
