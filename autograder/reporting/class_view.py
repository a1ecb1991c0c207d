"""Says about people, a line each: who handed in, who got no mark, whose mark has moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.gradebook.class_marks import identities
from autograder.gradebook.final_mark import FinalMark, Standing
from autograder.gradebook.history import Change
from autograder.model import Attempt, Student
from autograder.reporting.filling import Filled
from autograder.text import printable

_LISTED = 20
_WIDTH = 60


def class_lines(
    platform: str,
    attempts: Sequence[Attempt],
    marks: Sequence[FinalMark],
    strangers: Sequence[Student],
    rule: str,
    before: Sequence[FinalMark] = (),
) -> Iterator[str]:
    """One line for each thing worth knowing; none for a plain folder with one hand-in each.

    `strangers` handed in and are not in the roster; `rule` is which of several attempts counts;
    `before` are the marks of the last run.
    """
    if platform != "folder":
        yield f"hand-ins from {platform}"
    counting = {mark.submission for mark in marks}
    if spare := [attempt.id for attempt in attempts if attempt.id not in counting]:
        yield f"of several attempts the {rule} counts; not counted: {_listed(spare)}"
    if late := [mark.student for mark in marks if mark.days_late]:
        yield f"late: {_people(late)}"
    if missing := [mark.student for mark in marks if mark.standing is Standing.MISSING]:
        yield f"no hand-in: {_people(missing)}"
    present = {id for mark in marks for id in identities(mark.student)}
    if gone := [one.student for one in before if present.isdisjoint(identities(one.student))]:
        yield f"no longer among the hand-ins, so no longer in the marks: {_people(gone)}"
    if strangers:
        yield f"not in the roster, or not beyond doubt: {_people(strangers)}"


def names_of(marks: Iterable[FinalMark]) -> dict[str, str]:
    """The names behind each submission; nothing where all are called like their submissions."""
    names: dict[str, list[str]] = {}
    for mark in marks:
        if mark.submission is not None:
            names.setdefault(mark.submission, []).append(mark.student.name)
    if all(all(name in ("", id) for name in own) for id, own in names.items()):
        return {}
    return {id: ", ".join(own) for id, own in names.items()}


def _people(students: Sequence[Student]) -> str:
    return _listed([called(student) for student in students])


def called(student: Student) -> str:
    """The name, and the id where there is one: two students may have one name. Not yet safe."""
    id = student.ids[0] if student.ids else ""
    if not student.name or student.name == id:
        return id or "?"
    return f"{student.name} ({id})" if id else student.name


def _listed(texts: Sequence[str]) -> str:
    shown = [printable(text, _WIDTH) for text in texts[:_LISTED]]
    more = [f"{len(texts) - _LISTED} more"] if len(texts) > _LISTED else []
    return f"{len(texts)}: " + ", ".join(shown + more)


def ungraded_lines(ungraded: Sequence[str]) -> Iterator[str]:
    """One line for a run that was stopped or is not done."""
    if ungraded:
        yield (
            f"still to be graded: {_listed(ungraded)}; "
            "wait for `autograder grade`, or run it again if it was stopped"
        )


def filled_lines(path: Path, filled: Filled, marks: Iterable[FinalMark]) -> Iterator[str]:
    """What was filled into a platform's list, and whose mark is not in it."""
    scale = f", in proportion to {filled.scaled_to:g} points" if filled.scaled_to else ""
    yield f"{path}: wrote {len(filled.filled)} marks{scale}"
    if filled.refused:
        yield f"no mark written, as the list takes none for them: {_people(filled.refused)}"
    if filled.unlisted:
        people = _people(filled.unlisted)
        yield f"no mark written, as they are not, or not beyond doubt, in the list: {people}"
    failed = [mark.student for mark in marks if mark.standing is Standing.JUDGE_ERROR]
    if failed:
        yield f"no mark written, as they could not be graded: {_people(failed)}"


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """One line for each move of a mark, or one that says there was none."""
    none = True
    for change in changes:
        none = False
        before, after = (
            "none" if points is None else f"{points:g}" for points in (change.before, change.after)
        )
        reasons = ", ".join(change.reasons) or "unknown"
        who = printable(called(change.student), _WIDTH)
        yield f"{change.at[:16].replace('T', ' ')}  {who}: {before} -> {after} ({reasons})"
    if none:
        yield "no mark has moved since it was first given"
