"""Computes the marks of a class from scores, lateness and adjustments.

All code that shows a mark uses this module: `class_marks` returns one FinalMark for each student,
and `in_words` describes the parts of a mark as lines of text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from autograder.errors import UsageError
from autograder.gradebook.policy import (
    Rules,
    by_student,
    counted,
    deadline_of,
    free_days_left,
    has_impossible_time,
    identities,
    lateness,
)
from autograder.model.course import Extension
from autograder.model.submission import Attempt, Student
from autograder.text import did_you_mean, number_of, printable


class Standing(Enum):
    """Where a student's mark comes from, or why there is none."""

    GRADED = "graded"
    JUDGE_ERROR = "judge_error"
    """Grading itself failed: the student has no mark, which is never shown as a zero."""
    MISSING = "missing"
    """The student is in the roster but submitted nothing."""


@dataclass(frozen=True)
class Adjustment:
    """Points added or subtracted by hand."""

    points: float
    reason: str
    """The instructor's text, unescaped."""
    made_at: str
    """ISO 8601, UTC."""
    exercise: str = ""
    """The name of the exercise; empty if it applies to the whole mark."""


@dataclass(frozen=True)
class FinalMark:
    """One student's mark, with all of its parts."""

    student: Student
    submission: str | None
    """The id of the attempt that counts; None if the student submitted nothing."""
    standing: Standing
    max_score: float
    score: float | None = None
    """The score as graded; None if there is none."""
    days_late: int = 0
    lost: float = 0.0
    """The late penalty in points, at least 0."""
    free_days: int = 0
    """Late days of this mark that free days covered."""
    free_days_left: int = 0
    """The student's remaining free days."""
    extension: Extension | None = None
    due: datetime | None = None
    """The student's own deadline."""
    adjustments: tuple[Adjustment, ...] = ()
    """In the order in which they were made."""
    capped: bool = False
    """Whether the course limits marks to the maximum score."""
    commit: str = ""
    """The hash of the graded commit, if the attempt is a cloned repository."""
    time: datetime | None = None
    """When the attempt was submitted or committed."""

    @property
    def has_parts(self) -> bool:
        """Whether the mark has parts besides the graded score."""
        return bool(
            self.lost
            or self.days_late
            or self.adjustments
            or self.extension
            or self.commit
            or self.final != self.score
        )

    @property
    def adjustment(self) -> float:
        """The sum of all adjustments."""
        return round(sum((one.points for one in self.adjustments), 0.0), 6)

    def adjustments_of(self, exercise: str) -> tuple[Adjustment, ...]:
        """The adjustments of one exercise."""
        return tuple(one for one in self.adjustments if one.exercise == exercise)

    def points_of(self, exercise: str, graded: float | None) -> float | None:
        """The student's points for one exercise: the `graded` points plus its adjustments.

        None if there are neither, or if grading failed. The points of all exercises, minus the late
        penalty, plus the adjustments of the whole mark, add up to the final mark unless that is
        raised to 0 or capped.
        """
        given = self.adjustments_of(exercise)
        if self.standing is Standing.JUDGE_ERROR or (graded is None and not given):
            return None
        return round((graded or 0.0) + sum(one.points for one in given), 6)

    @property
    def final(self) -> float | None:
        """Score minus late penalty plus adjustments: at least 0, and capped only if `capped`.

        None if grading failed, or if the student submitted nothing and has no adjustments.
        """
        if self.standing is Standing.JUDGE_ERROR:
            return None
        if self.score is None and not self.adjustments:
            return None
        return min(self._uncapped, self.max_score) if self.capped else self._uncapped

    @property
    def _uncapped(self) -> float:
        return max(0.0, round((self.score or 0.0) - self.lost + self.adjustment, 6))


NO_HAND_IN, GRADED = "no submission", "graded: "
"""How the words about a mark begin."""


def in_words(mark: FinalMark) -> tuple[str, ...]:
    """Describe each part of the mark on a line, the final mark last.

    If nothing changes the score, there is only its line. Each line is plain text and must be
    escaped for HTML or Markdown.
    """
    if mark.standing is Standing.JUDGE_ERROR:
        return ("not graded yet: the grader failed, not the submission",)
    lines = [NO_HAND_IN if mark.score is None else f"{GRADED}{mark.score:g} of {mark.max_score:g}"]
    if mark.commit:
        zone = mark.due.tzinfo if mark.due is not None else None
        when = f" of {mark.time.astimezone(zone).isoformat(' ', 'minutes')}" if mark.time else ""
        lines.append(f"commit {mark.commit[:10]}{when}, a time that the committer's computer wrote")
    if mark.extension is not None and mark.due is not None:
        reason = f" ({printable(mark.extension.reason)})" if mark.extension.reason else ""
        due = mark.due.isoformat(" ", "minutes")
        lines.append(f"extension: due {due}{reason}")
    if mark.days_late:
        late = f"late by {number_of(mark.days_late, 'day')}"
        if has_impossible_time(mark.time, mark.commit):
            late = "the commit's time is impossible, so it loses all that lateness can cost"
        if mark.free_days:
            some = f"{mark.free_days} of them " if mark.free_days < mark.days_late else ""
            late += f", {some}paid with free days ({mark.free_days_left} left)"
        lines.append(f"{late}: {-mark.lost or 0.0:+g}")
    for one in mark.adjustments:
        where = f"adjusted in {printable(one.exercise)}" if one.exercise else "adjusted"
        lines.append(f"{where}: {one.points:+g} ({printable(one.reason)})")
    if mark.final is not None and (len(lines) > 1 or mark.final != mark.score):
        cap = ", the most there is" if mark.capped and mark.final < mark._uncapped else ""
        lines.append(f"final mark: {mark.final:g} of {mark.max_score:g}{cap}")
    return tuple(lines)


# --- computing the marks ----------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """The graded score of one attempt."""

    score: float | None
    """None if grading itself failed."""
    max_score: float
    exercises: Mapping[str, float] = field(default_factory=dict)
    """The graded points of each exercise; needed only where an exercise is adjusted."""


AT_LEAST = "an exercise has no less than 0 points"
"""Why an adjustment is made that nobody made by hand."""


def class_marks(
    attempts: Sequence[Attempt],
    scores: Mapping[str, Score],
    rules: Rules,
    missing: Iterable[Student] = (),
    adjustments: Iterable[tuple[Student, Adjustment]] = (),
    given: Mapping[str, Sequence[Adjustment]] = MappingProxyType({}),
) -> tuple[FinalMark, ...]:
    """Return one mark for each student, for the attempt that counts, sorted by submission id.

    Only attempts in `scores` are considered: if a run was stopped, the others are not graded yet. A
    score without an attempt belongs to a student named after its id. The best attempt is the one
    with the most points after the late penalty. The `missing` students come last, in their order.
    `given` holds adjustments by submission id, for all students of that submission. If those of one
    exercise leave it below 0 points, one more adjustment brings it back to 0.
    """
    unknown = sorted(scores.keys() - {attempt.id for attempt in attempts})
    done = [attempt for attempt in attempts if attempt.id in scores]
    done += [Attempt(id, (), (Student("", (id,)),)) for id in unknown]
    by_id = _by_id(adjustments)
    most = max((one.max_score for one in scores.values()), default=0.0)
    marks = []
    for student, mine in by_student(done).items():
        own = {one.id: scores[one.id] for one in mine}
        marks.append(_mark(student, mine, own, rules, _of(student, by_id), given))
    marks.sort(key=lambda mark: (mark.submission or "", identities(mark.student)))
    marks += [
        FinalMark(
            student,
            None,
            Standing.MISSING,
            most,
            adjustments=_not_negative(_of(student, by_id), {}),
            capped=rules.cap_at_maximum,
        )
        for student in missing
    ]
    return tuple(marks)


def _mark(
    student: Student,
    attempts: Sequence[Attempt],
    scores: Mapping[str, Score],
    rules: Rules,
    adjustments: Iterable[Adjustment],
    given: Mapping[str, Sequence[Adjustment]],
) -> FinalMark:
    """The mark for that one of a student's `attempts` that counts; other values as above."""
    late = {one.id: lateness(one, student, scores[one.id].score or 0.0, rules) for one in attempts}
    ranks = {id: (scores[id].score or 0.0) - late[id].lost for id in late if _is_graded(scores[id])}
    attempt = counted(attempts, ranks, rules.attempts)
    score, own = scores[attempt.id], late[attempt.id]
    deadline, extension = deadline_of(student, rules)
    changed = [*adjustments, *(given.get(attempt.id, ()) if _is_graded(score) else ())]
    return FinalMark(
        student=student,
        submission=attempt.id,
        standing=Standing.GRADED if _is_graded(score) else Standing.JUDGE_ERROR,
        max_score=score.max_score,
        score=score.score,
        days_late=own.days,
        lost=own.lost,
        free_days=own.free_days,
        free_days_left=free_days_left(student, rules) - own.free_days,
        extension=extension,
        due=None if deadline is None else deadline.due,
        adjustments=_not_negative(changed, score.exercises),
        capped=rules.cap_at_maximum,
        commit=attempt.commit,
        time=attempt.time,
    )


def _is_graded(score: Score) -> bool:
    return score.score is not None


def _not_negative(
    adjustments: Iterable[Adjustment], exercises: Mapping[str, float]
) -> tuple[Adjustment, ...]:
    """The adjustments in order, and those that keep each exercise from less than 0 points."""
    made = sorted(adjustments, key=lambda one: one.made_at)
    for name in dict.fromkeys(one.exercise for one in made if one.exercise):
        own = [one for one in made if one.exercise == name]
        points = round(exercises.get(name, 0.0) + sum(one.points for one in own), 6)
        if points < 0.0:
            made.append(replace(own[-1], points=-points, reason=AT_LEAST))
    return tuple(made)


def _by_id(
    adjustments: Iterable[tuple[Student, Adjustment]],
) -> dict[str, dict[int, Adjustment]]:
    found: dict[str, dict[int, Adjustment]] = {}
    for number, (student, adjustment) in enumerate(adjustments):
        for id in identities(student):
            found.setdefault(id, {})[number] = adjustment
    return found


def _of(student: Student, by_id: Mapping[str, Mapping[int, Adjustment]]) -> tuple[Adjustment, ...]:
    own: dict[int, Adjustment] = {}
    for id in identities(student):
        own.update(by_id.get(id, {}))
    return tuple(own[number] for number in sorted(own))


# --- finding a student by id or name ----------------------------------------------------------


def find_students(marks: Sequence[FinalMark], meant: str) -> tuple[Student, ...]:
    """Return all students of the submission with this id, or else the student with this id or name.

    Raises UsageError if nobody or more than one student matches.
    """
    wanted = meant.casefold()
    team = tuple(mark.student for mark in marks if mark.submission == meant)
    if team:
        return team
    people = {mark.student: None for mark in marks}
    by_submission = [mark.student for mark in marks if _folded(mark.submission) == wanted]
    for found in (
        [one for one in people if wanted in identities(one)],
        [one for one in people if _folded(one.name) == wanted],
        by_submission,
    ):
        if len(found) == 1:
            return (found[0],)
        if found:
            ids = ", ".join(printable(one.ids[0] if one.ids else one.name, 40) for one in found[:5])
            raise UsageError(
                f"{printable(meant, 60)!r}: several students match; give one of the ids {ids}"
            )
    known = {mark.submission for mark in marks if mark.submission}
    known |= {id for one in people for id in (*one.ids, one.name) if id}
    hint = did_you_mean(meant, known, "see its gradebook.csv")
    raise UsageError(f"{printable(meant, 60)!r}: nobody in the gradebook has this id; {hint}")


def _folded(name: str | None) -> str | None:
    return name.casefold() if name else None
