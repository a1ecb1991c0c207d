"""Grades many submissions, in batches, over the workers of a pool."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Protocol

from autograder.errors import SandboxError
from autograder.judging.grader import Grader
from autograder.model import Isolation, Report, Submission

LARGEST_BATCH = 8
LARGEST_BYTES = 8 * 2**20
"""Of code; a batch that reaches it takes no further submission."""
BATCHES_PER_PLACE = 2
"""At least this many for each batch that may be under way, as far as they go round, so that no
worker is left with all the slow ones."""


class WorkerDied(SandboxError):
    """A worker ended, or was killed, with a batch in its hands."""


@dataclass(frozen=True)
class Graded:
    """The reports of one batch, in its order, and what they were made under."""

    submissions: tuple[Submission, ...]
    reports: tuple[Report, ...]
    isolation: Isolation


@dataclass(frozen=True)
class Unfinished:
    """A submission that was alone with a worker when it died, and not for the first time."""

    submission: Submission
    reason: str


class Pool(Protocol):
    """Workers that grade batches: in this process, beside it, or on other machines."""

    @property
    def capacity(self) -> int:
        """How many batches may be under way, so that no worker waits and memory stays bounded."""

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        """Grade `batch` some time; the future raises WorkerDied where the worker ends first."""


def grade_batch(grader: Grader, batch: Sequence[Submission]) -> Graded:
    """What every worker does with a batch."""
    reports = tuple(grader.grade(submission) for submission in batch)
    return Graded(tuple(batch), reports, grader.isolation)


def grade_all(
    submissions: Iterable[Submission], pool: Pool, batch_size: int = 1
) -> Iterator[Graded | Unfinished]:
    """Every submission once, in the order in which the workers get done with them.

    `submissions` is read only as fast as the workers grade. When a worker dies, each submission of
    its batch is graded again alone; one whose worker dies again comes back as Unfinished.
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
    """How many submissions go to a worker at a time, in a pool of this capacity."""
    return max(1, min(LARGEST_BATCH, submissions // (capacity * BATCHES_PER_PLACE)))
