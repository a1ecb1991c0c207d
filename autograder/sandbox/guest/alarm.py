"""Interrupts a student's code that takes too long, so that it can be told where it was.

This is a courtesy, which the code may refuse; the grader ends the process a little later.
"""

from __future__ import annotations

import signal
import time

WALL_FACTOR = 3
"""How many times its CPU time something may take by the clock on the wall."""
_LEAST = 0.05
"""Seconds for what follows in a file that has used up its time."""


class TooLong(BaseException):
    """Raised in the midst of a student's code."""

    def __str__(self) -> str:
        return "it took too long"


class Allowance:
    """CPU time for one request of the grader, which all that it runs shares."""

    def __init__(self) -> None:
        self._cpu = self._wall = 0.0
        self._fresh = 0.0
        """What there is to spend, as long as nothing has been spent of it."""
        self._depth = 0
        self._can_ring = hasattr(signal, "setitimer")  # not on Windows
        if self._can_ring:
            signal.signal(signal.SIGALRM, self._ring)

    def begin(self, seconds: float) -> None:
        self._cpu = time.process_time() + seconds
        self._wall = time.monotonic() + seconds * WALL_FACTOR
        self._depth = 0
        self._fresh = seconds

    def __enter__(self) -> None:
        """Interrupt what runs from here on; may be nested, as imports are."""
        self._depth += 1
        self._arm(self._fresh)
        self._fresh = 0.0

    def __exit__(self, *raised: object) -> None:
        self._depth -= 1
        self._arm()

    def _left(self) -> float:
        # The alarm is set by the clock on the wall, by which CPU time never passes faster.
        return min(self._cpu - time.process_time(), self._wall - time.monotonic())

    def _arm(self, left: float = 0.0) -> None:
        if self._can_ring:
            seconds = (left or max(self._left(), _LEAST)) if self._depth else 0.0
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def _ring(self, number: int, frame: object) -> None:
        if self._depth and self._left() > 0:
            self._arm()
        elif self._depth:
            raise TooLong
