"""Brings hand-ins and the roster together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.model import Attempt, Student
from autograder.platforms.people import finder, merged


@dataclass(frozen=True)
class Enrolment:
    """Who handed in what, who did not, and who is not in the roster."""

    attempts: tuple[Attempt, ...]
    """With the students as the roster knows them, where it does."""
    missing: tuple[Student, ...]
    """Those of the roster without a hand-in, in its order."""
    strangers: tuple[Student, ...]
    """Those with a hand-in who are not, or not beyond doubt, in the roster."""


def enrol(attempts: Iterable[Attempt], roster: Sequence[Student]) -> Enrolment:
    """`attempts` with the ids, names and sections of `roster`."""
    find = finder(roster)
    present: set[Student] = set()
    strangers: dict[Student, None] = {}

    def known(student: Student) -> Student:
        listed = find(student)
        if listed is None:
            strangers[student] = None
            return student
        present.add(listed)
        return merged(listed, student)

    joined = tuple(
        replace(attempt, students=tuple(known(student) for student in attempt.students))
        for attempt in attempts
    )
    missing = tuple(student for student in roster if student not in present)
    return Enrolment(joined, missing, tuple(strangers))
