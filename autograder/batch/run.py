"""Brings a gradebook up to date with the submissions of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from autograder.answer_key.assignment import Assignment, digest_assignment, ingredients
from autograder.batch.schedule import Pool, Unfinished, grade_all
from autograder.gradebook.gradebook import Gradebook
from autograder.judging.grader import describe
from autograder.judging.judge import judge_error
from autograder.model import Attempt, Report, Student, Submission
from autograder.submissions.read import own_work, read_attempt


def collect(
    attempts: Sequence[Attempt],
    assignment: Assignment,
    gradebook: Gradebook,
    pool: Pool,
    on_report: Callable[[Report, bool], None],
    *,
    version: str,
    missing: Iterable[Student] = (),
    spent: Mapping[str, int] = MappingProxyType({}),
    batch_size: int = 1,
    again: bool = False,
) -> None:
    """Grade `attempts`; what `gradebook` already has for the same content and key it keeps.

    Every attempt is graded; which one counts for its student is decided when the gradebook is
    read. `missing` are those of the roster without an attempt, `spent` the free days of earlier
    assignments. Reports are in the gradebook before `on_report` is called with each, and with
    whether it is new. With `again` everything is graded. `version` is the engine's: what another
    one graded is graded again. Of the submissions only those being graded are in memory.
    """
    course = assignment.course
    parts = tuple(part.name for part in course.parts)
    gradebook.begin(
        course,
        assignment.key.digest,
        digest_assignment(assignment, version),
        ingredients=ingredients(assignment, version),
        attempts=attempts,
        missing=missing,
        spent=spent,
    )

    def to_grade() -> Iterator[Submission]:
        for attempt in attempts:
            try:
                submission = own_work(read_attempt(attempt, parts), assignment.support)
            except Exception as error:
                # a student's fault is a note in the submission; this is the disk's, or a bug
                record_failure(Submission(attempt.id, (), "unread"), describe(error))
                continue
            kept = None if again else gradebook.keep(submission, assignment.least_level)
            if kept is None:
                yield submission
            else:
                on_report(kept, False)

    def record_failure(submission: Submission, reason: str) -> None:
        report = judge_error(course, submission, reason, 0.0)
        gradebook.record([(submission, report)], None)
        on_report(report, True)

    for graded in grade_all(to_grade(), pool, batch_size):
        if isinstance(graded, Unfinished):
            record_failure(graded.submission, graded.reason)
            continue
        gradebook.record(zip(graded.submissions, graded.reports, strict=True), graded.isolation)
        for report in graded.reports:
            on_report(report, True)
    gradebook.note_marks()
