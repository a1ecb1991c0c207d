"""Many submissions: throughput by number of workers, memory, and what is left behind."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.material import Material
from benchmarks.ours import pool_of
from benchmarks.whole_class import grade_class


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
    """Grade the submission that often, and look at what this process holds afterwards."""
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
    """Of this process, and of the largest of its children that have ended."""
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own, children
