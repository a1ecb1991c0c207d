"""Attempts in a plain folder: which names are one student's, their order and their times.

A name is split only if other names in the folder show what it means: `wong (1)` is an attempt of
`wong` if that name is there too; a time counts if every name has one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from autograder.model.submission import Attempt, Student
from autograder.platforms.layouts import moment
from autograder.text import listed

_ATTEMPT = re.compile(r"(?P<student>.+?)[ _-]*attempt[ _-]*(?P<number>[0-9]{1,9})", re.IGNORECASE)
_AGAIN = re.compile(
    r"(?P<student>.+?)(?:[\W_]*\((?P<copy>[0-9]{1,2})\)|[\W_]+(?:copy|final|new|late|latest|revised"
    r"|updated?|corrected|re-?do|re-?sub(?:mit|mitted|mission)?|(?:v|version|try)(?=[\W_]*[0-9]))"
    r"[\W_]*(?P<number>[0-9]{0,2}))[\W_]*",
    re.IGNORECASE,
)
_CLOCK = r"20\d\d-?[01]\d-?[0-3]\d[-_T. ]*[0-2]\d[-_.:h]?[0-5]\d(?:[-_.:]?[0-5]\d)?"
_TIMED = re.compile(
    rf"(?P<first>{_CLOCK})[\W_]+(?P<rest>.*[^\W\d_].*)|(?P<student>.+?)[\W_]+(?P<time>{_CLOCK})Z?"
)


def with_attempts(found: Sequence[Attempt]) -> tuple[list[Attempt], list[str]]:
    """`found`, one for each name in a plain folder, with students, numbers and times; and notes."""
    attempts = [numbered(one) for one in found]
    timed = {one.id: split for one in attempts if (split := _time(one.students[0].name))}
    alone = len({student.casefold() for student, _ in timed.values()}) < 2
    if timed and not alone and len(timed) == len(attempts):
        attempts = [_of(one, *timed[one.id]) for one in attempts]
        example = f"such as {listed([attempts[0].id])}"
        return attempts, [f"times of submission taken from the names, {example}"]
    there = {one.students[0].name.casefold() for one in attempts}
    again: list[str] = []
    for place, one in enumerate(attempts):
        match = _AGAIN.fullmatch(one.students[0].name)
        if match and match["student"].casefold() in there:
            number = int(match["copy"] or match["number"] or 1)
            attempts[place] = replace(_of(one, match["student"]), number=number)
            again.append(one.id)
        elif match:  # the roster may know the student without the mark
            (student,) = one.students
            student = replace(student, ids=(*student.ids, match["student"]))
            attempts[place] = replace(one, students=(student,))
    if again:
        return attempts, [
            f"{listed(again)}: taken as a later attempt of the student whose name it begins with; "
            "if it is another student's, rename it"
        ]
    return attempts, []


def numbered(attempt: Attempt) -> Attempt:
    """`attempt` with the student and number of a name such as `wong_attempt_2`."""
    match = _ATTEMPT.fullmatch(attempt.students[0].name)
    return (
        replace(_of(attempt, match["student"]), number=int(match["number"])) if match else attempt
    )


def _time(name: str) -> tuple[str, datetime] | None:
    """The student and the time in a name that begins or ends with a time; else None."""
    match = _TIMED.fullmatch(name)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match["first"] or match["time"]).ljust(14, "0")
    time = moment(digits, "%Y%m%d%H%M%S")
    return (match["rest"] or match["student"], time) if time else None


def _of(attempt: Attempt, student: str, time: datetime | None = None) -> Attempt:
    return replace(attempt, students=(Student(student, (student,)),), time=time)
