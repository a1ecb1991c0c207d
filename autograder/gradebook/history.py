"""Finds marks that changed after they were first recorded, with the reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.gradebook.gradebook import Gradebook
from autograder.gradebook.people import NotedMark
from autograder.gradebook.policy import identities
from autograder.model.submission import Student

_EVERYTHING = "course"
"""The ingredient that covers the whole course, so it changes whenever any other one does."""


@dataclass(frozen=True)
class Change:
    """One change of one student's mark."""

    student: Student
    before: float | None
    """None if there was no mark: nothing was submitted, or grading had failed."""
    after: float | None
    of_before: float | None
    """The maximum score at that time; None if it was not recorded."""
    of_after: float | None
    reasons: tuple[str, ...]
    """Short and safe to show: `submission`, `answer key`, `tolerance`, `points`, ..."""
    at: str
    """ISO 8601, UTC."""


def changes(gradebook: Gradebook) -> tuple[Change, ...]:
    """Return every change of a final mark between runs or by an adjustment, oldest first."""
    last: dict[str, NotedMark] = {}
    moved = []
    for noted in gradebook.register.history():
        ids = identities(noted.student)
        before = next((last[id] for id in ids if id in last), None)
        last.update(dict.fromkeys(ids, noted))
        if before is not None and _moved(before, noted):
            moved.append(
                Change(
                    student=noted.student,
                    before=before.final,
                    after=noted.final,
                    of_before=before.max_score,
                    of_after=noted.max_score,
                    reasons=tuple(_reasons(gradebook, before, noted)),
                    at=noted.noted_at,
                )
            )
    return tuple(moved)


def _moved(before: NotedMark, after: NotedMark) -> bool:
    """Whether points or percent changed; removing a test group lowers the score and the maximum."""
    if before.final != after.final:
        return True
    return None not in (before.percent, after.percent) and before.percent != after.percent


def _reasons(gradebook: Gradebook, before: NotedMark, after: NotedMark) -> Iterator[str]:
    if before.submission is None or after.submission is None:
        if after.submission != before.submission:
            yield "submission (withdrawn)" if after.submission is None else "submission (the first)"
    elif after.submission != before.submission:
        yield "submission (another attempt counts)"
        yield from _ingredients(gradebook, before, after)
    elif (after.score, after.max_score) != (before.score, before.max_score or after.max_score):
        old, new = (gradebook.made_of(each.grading or 0)[0] for each in (before, after))
        reasons = ["submission"] * (old != new) + list(_ingredients(gradebook, before, after))
        yield from reasons or ["graded again"]
    if after.partners != before.partners:
        yield "team"
    if after.due != before.due and before.due and after.due:
        yield "deadline or extension"
    elif after.free_days != before.free_days:
        yield "free days"
    elif after.lost != before.lost and after.score == before.score:
        yield "deadline"
    if after.adjustment != before.adjustment:
        yield f"adjusted by {after.adjustment - before.adjustment:+g}"


def _ingredients(gradebook: Gradebook, before: NotedMark, after: NotedMark) -> list[str]:
    """The names of the assignment's ingredients that changed."""
    old, new = (gradebook.made_of(each.grading or 0)[1] for each in (before, after))
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return [name for name in changed if name != _EVERYTHING] or changed
