"""Makes the final marks of a class from what was graded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.gradebook.attempts import counted
from autograder.gradebook.final_mark import Adjustment, FinalMark, Standing
from autograder.gradebook.lateness import days_late, points_lost
from autograder.model import Attempt, Deadline, Student


@dataclass(frozen=True)
class Rules:
    """What the course says of attempts and of lateness."""

    attempts: str = "latest"
    """A key of counting.RULES."""
    deadline: Deadline | None = None


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
