"""Finds the students of a gradebook whom an id or a name means."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from autograder.errors import UsageError
from autograder.gradebook.marks import FinalMark
from autograder.gradebook.policy import identities
from autograder.model import Student
from autograder.text import printable


def find_students(marks: Sequence[FinalMark], meant: str) -> tuple[Student, ...]:
    """All students of the submission with this id; else the one with it as an id, or as a name.

    Raises UsageError where there is none, or several of that name.
    """
    wanted = meant.casefold()
    team = tuple(mark.student for mark in marks if mark.submission == meant)
    if team:
        return team
    people = {mark.student: None for mark in marks}
    for found in (
        [one for one in people if wanted in identities(one)],
        [one for one in people if one.name and one.name.casefold() == wanted],
        [
            mark.student
            for mark in marks
            if mark.submission and mark.submission.casefold() == wanted
        ],
    ):
        if len(found) == 1:
            return (found[0],)
        if found:
            ids = ", ".join(printable(one.ids[0] if one.ids else one.name, 40) for one in found[:5])
            raise UsageError(f"{printable(meant, 60)!r}: means several students; give one of {ids}")
    known = {mark.submission for mark in marks if mark.submission}
    known |= {id for one in people for id in (*one.ids, one.name) if id}
    near = get_close_matches(meant, sorted(known), 1)
    hint = f"did you mean {printable(near[0], 60)!r}?" if near else "see its gradebook.csv"
    raise UsageError(f"{printable(meant, 60)!r}: nobody in the gradebook has this id; {hint}")
