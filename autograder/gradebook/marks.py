"""The marks of a class: made from what was graded, with each of their parts.

Whoever shows a mark takes its parts from here: `class_marks` gives one FinalMark for each student,
and `in_words` says the parts of one as lines of text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from autograder.gradebook.policy import Rules, counted, days_late, points_lost
from autograder.model import Attempt, Student
from autograder.text import printable


class Standing(Enum):
    """Where a student's mark comes from, or why there is none."""

    GRADED = "graded"
    JUDGE_ERROR = "judge_error"
    """Grading itself failed: no mark, and never a zero."""
    MISSING = "missing"
    """Is in the roster and handed nothing in."""


@dataclass(frozen=True)
class Adjustment:
    """Points given or taken by hand."""

    points: float
    reason: str
    """In the instructor's words, as they were typed: escape them."""
    made_at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True)
class FinalMark:
    """What one student gets, with all that it is made of."""

    student: Student
    submission: str | None
    """The id of the attempt that counts; None for who handed nothing in."""
    standing: Standing
    max_score: float
    score: float | None = None
    """As graded; None where there is none."""
    days_late: int = 0
    lost: float = 0.0
    """Points that lateness costs, at least 0."""
    adjustments: tuple[Adjustment, ...] = ()
    """In the order in which they were made."""

    @property
    def adjustment(self) -> float:
        """All adjustments together."""
        return round(sum((one.points for one in self.adjustments), 0.0), 6)

    @property
    def final(self) -> float | None:
        """Score less what lateness costs, adjusted: at least 0, above the maximum where given so.

        None where grading failed, and for who handed nothing in, unless points were given by hand.
        """
        if self.standing is Standing.JUDGE_ERROR:
            return None
        if self.score is None and not self.adjustments:
            return None
        return max(0.0, round((self.score or 0.0) - self.lost + self.adjustment, 6))


def in_words(mark: FinalMark) -> tuple[str, ...]:
    """Each part on a line, the final mark last; only the score's where nothing else counts.

    Plain text on one line each, that is still to be escaped for HTML or Markdown.
    """
    if mark.standing is Standing.JUDGE_ERROR:
        return ("not graded yet, through no fault of the hand-in",)
    lines = [
        "no hand-in" if mark.score is None else f"graded: {mark.score:g} of {mark.max_score:g}"
    ]
    if mark.days_late:
        days = "1 day" if mark.days_late == 1 else f"{mark.days_late} days"
        lines.append(f"late by {days}: {-mark.lost or 0.0:+g}")
    lines += [f"adjusted: {one.points:+g} ({printable(one.reason)})" for one in mark.adjustments]
    if len(lines) > 1 and mark.final is not None:
        lines.append(f"final mark: {mark.final:g} of {mark.max_score:g}")
    return tuple(lines)


@dataclass(frozen=True)
class Score:
    """What grading gave one attempt."""

    score: float | None
    """None where grading itself failed."""
    max_score: float


def class_marks(
    attempts: Sequence[Attempt],
    scores: Mapping[str, Score],
    rules: Rules,
    missing: Iterable[Student] = (),
    adjustments: Iterable[tuple[Student, Adjustment]] = (),
) -> tuple[FinalMark, ...]:
    """One mark for each student: of the attempt that counts, in the order of these attempts' ids.

    Only attempts with a score, or with a failure to grade them, are taken: in a run that was
    stopped, others are still to come. A score of none of the `attempts` is that of a student who
    is called like its id. The best attempt is that with the most points after what
    lateness costs. Those who are `missing` come last, in their order.
    """
    unknown = sorted(scores.keys() - {attempt.id for attempt in attempts})
    done = [attempt for attempt in attempts if attempt.id in scores]
    done += [Attempt(id, (), (Student("", (id,)),)) for id in unknown]
    days = {attempt.id: days_late(attempt, rules.deadline) for attempt in done}
    lost = {id: points_lost(scores[id].score or 0.0, days[id], rules.deadline) for id in days}
    ranks = {id: (scores[id].score or 0.0) - lost[id] for id in days if _is_graded(scores[id])}
    chosen = counted(done, ranks, rules.attempts)
    by_id = _by_id(adjustments)
    most = max((one.max_score for one in scores.values()), default=0.0)
    marks = [
        FinalMark(
            student=student,
            submission=attempt.id,
            standing=Standing.GRADED if _is_graded(scores[attempt.id]) else Standing.JUDGE_ERROR,
            max_score=scores[attempt.id].max_score,
            score=scores[attempt.id].score,
            days_late=days[attempt.id],
            lost=lost[attempt.id],
            adjustments=_of(student, by_id),
        )
        for student, attempt in chosen.items()
    ]
    marks.sort(key=lambda mark: (mark.submission or "", identities(mark.student)))
    marks += [
        FinalMark(student, None, Standing.MISSING, most, adjustments=_of(student, by_id))
        for student in missing
    ]
    return tuple(marks)


def identities(student: Student) -> tuple[str, ...]:
    """What a student is known by in a gradebook: the ids, or the name where there is none."""
    return tuple(id.casefold() for id in student.ids or (student.name,))


def _is_graded(score: Score) -> bool:
    return score.score is not None


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
