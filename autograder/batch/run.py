"""Brings a gradebook up to date with a set of attempts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from autograder.answer_key.assignment import Assignment, digest_assignment, ingredients
from autograder.batch.schedule import Pool, Unfinished, grade_all
from autograder.gradebook.gradebook import Gradebook
from autograder.judging.grader import describe
from autograder.judging.judge import judge_error
from autograder.model.report import Report
from autograder.model.submission import Attempt, Student, Submission
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
    """Grade `attempts`, reusing the reports that `gradebook` has for the same content and key.

    All attempts are graded; which one counts for a student is decided when the gradebook is read.
    `missing` are the students of the roster without an attempt, `spent` the free late days used in
    earlier assignments. Each report is stored in the gradebook before `on_report` is called with
    it and with whether it is new. With `again`, no report is reused. `version` is the engine's:
    reports of another version are not reused. Only submissions being graded are in memory.
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
                # a faulty submission is read with a note, so this is a disk error or a bug
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
