"""Times several programs in turns, so that a busy moment of the machine affects them alike."""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Run = Callable[[], int]
"""Does its work once; returns for how many submissions."""

_PAUSE = 0.004
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Measured:
    """The seconds for each submission: the median and the minimum of all runs."""

    name: str
    median: float
    fastest: float
    runs: int
    megabytes: float
    """The peak memory of the processes it started."""


def in_turns(things: Mapping[str, Run], runs: int) -> list[Measured]:
    """Run each of `things` once to measure its memory, then all of them in turns, `runs` times."""
    seconds: dict[str, list[float]] = {name: [] for name in things}
    megabytes: dict[str, float] = {}
    for name, run in things.items():
        with _watched() as peak:
            run()
        megabytes[name] = peak[0]
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
    """A run that calls `once` that many times."""

    def run() -> int:
        for _ in range(times):
            once()
        return times

    return run


@contextlib.contextmanager
def _watched() -> Iterator[list[float]]:
    """Yield a list whose only number will be the peak memory of all descendants, in MB.

    Shared pages are divided among the processes that share them. Linux only. It is measured in a
    run without a clock, since looking takes time.
    """
    peak, stop = [0.0], threading.Event()

    def watch() -> None:
        before: set[int] = set()
        while not stop.wait(_PAUSE):
            now = set(_descendants(os.getpid()))
            # A process that has only just been forked may still share all of our memory.
            peak[0] = max(peak[0], sum(map(_megabytes, before & now)))
            before = now

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def _descendants(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found


def _megabytes(pid: int) -> float:
    with contextlib.suppress(OSError):  # the process has ended
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
