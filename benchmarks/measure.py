"""Times several things in turns, so that a busy moment of the machine hits all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from benchmarks.memory import watched

Run = Callable[[], int]
"""Does its work once; tells how many submissions, or other things, that was."""


@dataclass(frozen=True)
class Measured:
    """Seconds that one thing took for each submission: the median of its runs, and the fastest."""

    name: str
    median: float
    fastest: float
    runs: int
    megabytes: float
    """That its processes took at most, beside this one."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def in_turns(things: Mapping[str, Run], runs: int) -> list[Measured]:
    """Each of `things` once without a clock, then all of them in turns, `runs` times."""
    seconds: dict[str, list[float]] = {name: [] for name in things}
    megabytes: dict[str, float] = {}
    for name, run in things.items():
        with watched() as peak:
            run()
        megabytes[name] = peak.megabytes
    for _ in range(runs):
        for name, run in things.items():
            began = time.perf_counter()
            done = run()
            seconds[name].append((time.perf_counter() - began) / done)
    return [
        Measured(name, statistics.median(each), min(each), runs, megabytes[name])
        for name, each in seconds.items()
    ]


def in_a_row(once: Callable[[], object], times: int) -> Run:
    """`once`, that often for each turn."""

    def run() -> int:
        for _ in range(times):
            once()
        return times

    return run
