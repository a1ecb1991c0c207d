"""Brings a gradebook up to date with a class, graded in batches on the workers of a pool."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from autograder.answer_key.assignment import Assignment, digest_assignment, ingredients
from autograder.errors import SandboxError
from autograder.judging.grader import Grader, describe
from autograder.judging.judge import judge_error
from autograder.model.report import Isolation, Report
from autograder.model.submission import Attempt, Student, Submission
from autograder.submissions.read import own_work, read_attempt

if TYPE_CHECKING:  # a worker needs no database
    from autograder.gradebook.gradebook import Gradebook

LARGEST_BATCH = 8
LARGEST_BYTES = 8 * 2**20
"""Size of the code in a batch from which no further submission is added to it."""
BATCHES_PER_PLACE = 2
"""Minimum number of batches per place in the pool's capacity, if there are enough submissions, so
that no single worker is left with all the slow ones."""


class WorkerDied(SandboxError):
    """A worker exited or was killed while it graded a batch."""


@dataclass(frozen=True)
class Graded:
    """The reports of one batch, in its order, and the isolation they were made under."""

    submissions: tuple[Submission, ...]
    reports: tuple[Report, ...]
    isolation: Isolation


@dataclass(frozen=True)
class Unfinished:
    """A submission whose worker died twice, the second time with no other one in its batch."""

    submission: Submission
    reason: str


class Pool(Protocol):
    """Workers that grade batches: in this process, in others, or on other machines."""

    @property
    def capacity(self) -> int:
        """The number of batches to keep submitted: no worker waits, and memory stays bounded."""

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        """Queue `batch` for grading. The future raises WorkerDied if the worker dies."""


def grade_batch(grader: Grader, batch: Sequence[Submission]) -> Graded:
    """Grade a batch; every kind of worker calls this."""
    upcoming = (*batch[1:], None)
    reports = tuple(map(grader.grade, batch, upcoming))
    return Graded(tuple(batch), reports, grader.isolation)


def grade_all(
    submissions: Iterable[Submission], pool: Pool, batch_size: int = 1
) -> Iterator[Graded | Unfinished]:
    """Yield the results for all submissions, in the order in which batches finish.

    `submissions` is read only as fast as the workers grade. When a worker dies, each submission of
    its batch is graded again on its own; if its worker dies again, an Unfinished is yielded.
    """
    fresh = iter(submissions)
    again: deque[Submission] = deque()
    running: dict[Future[Graded], tuple[Submission, ...]] = {}
    second_try: set[Future[Graded]] = set()
    try:
        while True:
            while len(running) < pool.capacity:
                if again:
                    batch: tuple[Submission, ...] = (again.popleft(),)
                    future = pool.submit(batch)
                    second_try.add(future)
                elif batch := _next_batch(fresh, batch_size):
                    future = pool.submit(batch)
                else:
                    break
                running[future] = batch
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                batch = running.pop(future)
                try:
                    yield future.result()
                except WorkerDied as death:
                    if future in second_try:
                        yield Unfinished(batch[0], str(death))
                    else:
                        again.extend(batch)
                second_try.discard(future)
    finally:
        for future in running:
            future.cancel()


def _next_batch(submissions: Iterator[Submission], size: int) -> tuple[Submission, ...]:
    batch: list[Submission] = []
    room = LARGEST_BYTES
    while len(batch) < size and room > 0 and (submission := next(submissions, None)) is not None:
        batch.append(submission)
        room -= sum(len(cell) for source in submission.sources for cell in source.cells)
    return tuple(batch)


def batch_size(submissions: int, capacity: int) -> int:
    """The number of submissions per batch, for a pool of this capacity."""
    return max(1, min(LARGEST_BATCH, submissions // (capacity * BATCHES_PER_PLACE)))


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
    parts, exercises = course.part_names, course.by_name
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
                submission = own_work(read_attempt(attempt, parts, exercises), assignment.support)
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
