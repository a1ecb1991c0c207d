"""Keeps the grader and the child that it asks on one core, where the child goes first.

They take turns, so that a second core is of no use to them, and to wake it costs as much as a
small function does. Where they are left alone the system moves them apart again and again, and
wakes the grader for each single answer of a child that has many to give.
"""

from __future__ import annotations

import contextlib
import os
import sys

from autograder.sandbox.kernel_layers import linux

ANY = -1
"""In place of the number of a core."""


class Cores:
    """The cores that this thread may use."""

    def __init__(self) -> None:
        self._all = os.sched_getaffinity(0) if sys.platform == "linux" else set()
        self._policy = os.sched_getscheduler(0) if sys.platform == "linux" else -1

    def settle(self) -> int:
        """Stay on the core where this thread is: its number, or ANY where that is not possible."""
        if sys.platform == "linux" and self._policy == os.SCHED_OTHER:
            _schedule_by(os.SCHED_BATCH)  # does not push aside who runs when it is woken
        if sys.platform == "linux" and len(self._all) > 1:
            core = linux.current_core()
            if keep_to({core}):
                return core
        return ANY

    def roam(self) -> None:
        """Go wherever there is room again."""
        keep_to(self._all)
        _schedule_by(self._policy)


def keep_to(cores: set[int]) -> bool:
    """Use these cores alone from now on; whether that could be done."""
    if sys.platform != "linux" or not cores:
        return False
    try:
        os.sched_setaffinity(0, cores)
    except OSError:  # a container may forbid it
        return False
    return True


def _schedule_by(policy: int) -> None:
    if sys.platform == "linux" and policy in (os.SCHED_OTHER, os.SCHED_BATCH):
        with contextlib.suppress(OSError):  # a container may forbid it
            os.sched_setscheduler(0, policy, os.sched_param(0))
