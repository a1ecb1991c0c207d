"""Times several things in turns, so that a busy moment of the machine hits all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from benchmarks.memory import watched


@dataclass(frozen=True)
class Measured:
    """Seconds that one thing took: the median of its runs, and the fastest."""

    name: str
    median: float
    fastest: float
    runs: int
    megabytes: float
    """That its processes took at most, beside this one."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def in_turns(things: Mapping[str, Callable[[], object]], runs: int) -> list[Measured]:
    """Each of `things` once without a clock, then all of them in turns, `runs` times."""
    seconds: dict[str, list[float]] = {name: [] for name in things}
    megabytes: dict[str, float] = {}
    for name, thing in things.items():
        with watched() as peak:
            thing()
        megabytes[name] = peak.megabytes
    for _ in range(runs):
        for name, thing in things.items():
            began = time.perf_counter()
            thing()
            seconds[name].append(time.perf_counter() - began)
    return [
        Measured(name, statistics.median(each), min(each), runs, megabytes[name])
        for name, each in seconds.items()
    ]
