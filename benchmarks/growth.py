"""Many submissions: throughput by number of workers, memory, and what is left behind."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autograder.grading.batch import Graded, batch_size, grade_all
from autograder.grading.pool import OwnProcess, ProcessPool
from autograder.model import Submission
from benchmarks.material import Material


@dataclass(frozen=True)
class Grown:
    """One run over many submissions. Memory and descriptors are this process's own."""

    submissions: int
    workers: int
    seconds_each: float
    megabytes: float
    descriptors: int
    children: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def grow(material: Material, submissions: int, workers: int) -> Grown:
    """Grade the hand-in that often, and look at what this process holds afterwards."""
    pool = (
        OwnProcess(material.assignment)
        if workers == 1
        else ProcessPool(material.assignment, workers)
    )
    with pool:
        warm = batch_size(submissions, pool.capacity)
        _grade(material, 8 * workers, pool, 1)
        began = time.perf_counter()
        _grade(material, submissions, pool, warm)
        seconds = time.perf_counter() - began
    status = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return Grown(
        submissions,
        workers,
        seconds / submissions,
        int(status) / 1024,
        len(os.listdir("/proc/self/fd")),
        len(children),
    )


def peak_megabytes() -> tuple[float, float]:
    """Of this process, and of the largest of its children that have ended."""
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own, children


def _grade(material: Material, count: int, pool: OwnProcess | ProcessPool, size: int) -> None:
    done = 0
    for graded in grade_all(_copies(material.submission, count), pool, size):
        if not isinstance(graded, Graded):
            raise RuntimeError(graded.reason)
        done += len(graded.reports)
    if done != count:
        raise RuntimeError(f"{done} of {count} were graded")


def _copies(submission: Submission, count: int) -> Iterator[Submission]:
    return (replace(submission, id=f"s{number}") for number in range(count))
