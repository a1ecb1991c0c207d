"""Watches how much memory this process's descendants take at most, all together."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PAUSE = 0.004
"""Seconds between two looks."""


@dataclass
class Peak:
    megabytes: float = 0.0


@contextlib.contextmanager
def watched() -> Iterator[Peak]:
    """What the descendants take, with shared pages split among those that share them; Linux only.

    It is taken beside the clock, in a run of its own: looking costs time.
    """
    peak, stop = Peak(), threading.Event()

    def watch() -> None:
        before: set[int] = set()
        while not stop.wait(_PAUSE):
            now = set(descendants(os.getpid()))
            # One that has only just begun may still be in our own memory.
            peak.megabytes = max(peak.megabytes, sum(map(_megabytes, before & now)))
            before = now

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def descendants(pid: int) -> list[int]:
    """The processes that this one has started, and those that they have."""
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def _megabytes(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:  # it has ended meanwhile
        pass
    return 0.0
