"""Brings hand-ins and the roster together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.model import Attempt, Student
from autograder.platforms.people import matches, merged


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
    attempts = tuple(attempts)
    students = dict.fromkeys(student for attempt in attempts for student in attempt.students)
    listed = matches(students, roster)

    def known(student: Student) -> Student:
        return merged(listed[student], student) if student in listed else student

    joined = tuple(
        replace(attempt, students=tuple(map(known, attempt.students))) for attempt in attempts
    )
    present = set(listed.values())
    missing = tuple(student for student in roster if student not in present)
    strangers = tuple(student for student in students if student not in listed)
    return Enrolment(joined, missing, strangers)
