"""Grades a class of copies of one submission: by worker processes, or on Dask workers."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.batch.pools import ClusterPool, OwnProcess, ProcessPool
from autograder.batch.schedule import Graded, Pool, batch_size, grade_all
from benchmarks.material import Material
from benchmarks.measure import Run

WORKERS = {"one worker": 1, "two workers": 2}
DASK_WORKERS = {"one Dask worker": 1, "two Dask workers": 2}
CLASS, DASK_CLASS = 96, 160
"""Submissions of a class for each worker. In a shorter class, one worker may wait for the other;
Dask hands out batches in advance, so its class is longer."""


def pool_of(material: Material, count: int) -> OwnProcess | ProcessPool:
    """The pool that `autograder grade --workers COUNT` creates."""
    assignment = material.assignment
    return OwnProcess(assignment) if count == 1 else ProcessPool(assignment, count)


def grade_class(material: Material, count: int, pool: Pool) -> int:
    """Grade the submission `count` times; return `count`.

    Raises RuntimeError if a copy is not graded.
    """
    copies = (material.submission._replace(id=f"s{number}") for number in range(count))
    done = 0
    for graded in grade_all(copies, pool, batch_size(count, pool.capacity)):
        if not isinstance(graded, Graded):
            raise RuntimeError(graded.reason)
        done += len(graded.reports)
    if done != count:
        raise RuntimeError(f"{done} of {count} were graded")
    return done


@contextlib.contextmanager
def workers(material: Material) -> Iterator[dict[str, Run]]:
    """For one worker and for two, a function that grades a small class."""
    runs: dict[str, Run] = {}
    with contextlib.ExitStack() as stack:
        for name, count in WORKERS.items():
            pool: Pool = stack.enter_context(pool_of(material, count))
            runs[name] = partial(grade_class, material, CLASS * count, pool)
        yield runs


@contextlib.contextmanager
def clusters(material: Material) -> Iterator[dict[str, Run]]:
    """For one Dask worker and for two, each with its own sandbox, the same."""
    from distributed import LocalCluster

    runs: dict[str, Run] = {}
    with contextlib.ExitStack() as stack:
        for name, count in DASK_WORKERS.items():
            cluster = stack.enter_context(
                LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=":0")
            )
            address = cluster.scheduler_address
            pool = stack.enter_context(ClusterPool(material.assignment, address))
            runs[name] = partial(grade_class, material, DASK_CLASS * count, pool)
        yield runs


@dataclass(frozen=True)
class Grown:
    """One run over many submissions, and what this process holds at its end."""

    submissions: int
    workers: int
    seconds_each: float
    megabytes: float
    descriptors: int
    children: int


def grow(material: Material, submissions: int, workers: int) -> Grown:
    """Grade the submission `submissions` times and look at what this process then holds."""
    with pool_of(material, workers) as pool:
        grade_class(material, 8 * workers, pool)
        began = time.perf_counter()
        grade_class(material, submissions, pool)
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
    """The peak memory of this process, and of the largest of its children that have ended."""
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own, children
