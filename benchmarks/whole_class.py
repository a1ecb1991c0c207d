"""Grades the same submission many times over, as if a class had sent it, on a pool of workers."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.batch.schedule import Graded, Pool, batch_size, grade_all
from autograder.model.submission import Submission
from benchmarks.material import Material


def grade_class(material: Material, count: int, pool: Pool) -> int:
    """Grade it `count` times. Raises RuntimeError where one is not graded."""
    done = 0
    size = batch_size(count, pool.capacity)
    for graded in grade_all(_copies(material.submission, count), pool, size):
        if not isinstance(graded, Graded):
            raise RuntimeError(graded.reason)
        done += len(graded.reports)
    if done != count:
        raise RuntimeError(f"{done} of {count} were graded")
    return done


def _copies(submission: Submission, count: int) -> Iterator[Submission]:
    return (submission._replace(id=f"s{number}") for number in range(count))
