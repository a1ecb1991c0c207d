"""How late a hand-in is, with what that costs."""

from __future__ import annotations

import math
from datetime import timedelta

from autograder.model import Attempt, Deadline

_DAY = timedelta(days=1)


def days_late(attempt: Attempt, deadline: Deadline | None) -> int:
    """Days begun after the deadline; 0 within its time of grace, or where there is no deadline.

    What a platform calls late without telling a time counts as one day.
    """
    if deadline is None:
        return 0
    if attempt.time is None:
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
