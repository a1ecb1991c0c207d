"""Chooses which of a student's attempts counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from autograder.model import Attempt, Student

_BEFORE_ALL = datetime.min.replace(tzinfo=timezone.utc)


def latest(attempt: Attempt, _scores: Mapping[str, float]) -> tuple[Any, ...]:
    """The last one: by time, then by number."""
    return (attempt.time or _BEFORE_ALL, attempt.number, attempt.id)


def best(attempt: Attempt, scores: Mapping[str, float]) -> tuple[Any, ...]:
    """The one with the highest score, then the last one."""
    return (scores.get(attempt.id, float("-inf")), *latest(attempt, scores))


RULES: Mapping[str, Callable[[Attempt, Mapping[str, float]], tuple[Any, ...]]] = {
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
    rank = RULES[rule]
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
