"""What stops a student's code: an exception, described in plain text, or the end of its time.

To interrupt what takes too long, so that it can be told where it was, is a courtesy, which the code
may refuse; the grader ends the process a little later.
"""

from __future__ import annotations

import builtins
import linecache
import signal
import time
from collections.abc import Mapping
from types import TracebackType

import numpy as np

from autograder.sandbox.guest import WALL_FACTOR, newer, surroundings
from autograder.sandbox.guest.cells import python_of
from autograder.sandbox.guest.protocol import Error, Frame

MOST_TEXT = 2000
MOST_FRAMES = 12
_TICK = 0.05
"""Seconds between two looks at the clocks."""

_numpy_errors = {
    error.__name__: error
    for error in vars(getattr(np, "exceptions", np)).values()
    if isinstance(error, type) and issubclass(error, BaseException)
} | {"LinAlgError": np.linalg.LinAlgError}


# --- the end of its time ------------------------------------------------------------------------


class TooLong(BaseException):
    """Raised in the midst of a student's code."""

    def __str__(self) -> str:
        return "it took too long"


class Allowance:
    """CPU time for one request of the grader, which all that it runs shares.

    A timer ticks all the while: to set it, or to ask for CPU time, for each call would take longer
    than many a call. So the CPU time is counted from the first tick on.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._cpu: float | None = None
        """When the CPU time is used up; unknown until the first tick."""
        self._wall = 0.0
        self._depth = 0
        self._can_tick = hasattr(signal, "setitimer")  # not on Windows
        if self._can_tick:
            signal.signal(signal.SIGALRM, self._look)

    def begin(self, seconds: float) -> None:
        self._seconds, self._cpu = seconds, None
        self._wall = time.monotonic() + seconds * WALL_FACTOR
        self._depth = 0

    def tick(self) -> None:
        """Have the timer tick, whatever a student's code has done to it."""
        if self._can_tick:
            signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)

    def __enter__(self) -> None:
        """Interrupt what runs from here on; may be nested, as imports are."""
        self._depth += 1

    def __exit__(self, *raised: object) -> None:
        self._depth -= 1

    def _look(self, number: int, frame: object) -> None:
        if not self._depth:
            return
        if self._cpu is None:
            self._cpu = time.process_time() + self._seconds
        if time.process_time() > self._cpu or time.monotonic() > self._wall:
            raise TooLong


# --- exceptions ---------------------------------------------------------------------------------


def plain(text: object) -> str:
    """A real str of at most MOST_TEXT characters; "" where that cannot be had."""
    try:
        # str's own slicing: that of a subclass may do anything.
        return str.__getitem__(str(text), slice(0, MOST_TEXT))
    except BaseException:
        return ""


def type_name(kind: type) -> str:
    return plain(type.__dict__["__name__"].__get__(kind))


def error_of(exception: BaseException, places: Mapping[str, tuple[str, int]]) -> Error:
    """What was raised, with the lines of the student's files that led there."""
    kind = TimeoutError if type(exception) is TooLong else type(exception)
    name = type_name(kind)
    builtin = vars(builtins).get(name) is kind or _numpy_errors.get(name) is kind
    frames = _frames(exception.__traceback__, places)
    if isinstance(exception, SyntaxError) and exception.filename in places:
        filename, cell = places[str(exception.filename)]
        line = _number(exception.lineno)
        frames.append(Frame(filename, cell, line, "<module>", plain(exception.text or "").strip()))
    message = _in_students_terms(exception, frames[-1].source if frames else "")
    return Error(name, builtin, message or plain(exception), frames[-MOST_FRAMES:])


def _in_students_terms(exception: BaseException, line: str) -> str | None:
    """What the exception, raised in that line, means here; None where it says so itself."""
    try:
        text = ""
        if isinstance(exception, SyntaxError) and exception.filename:
            text = python_of("".join(linecache.getlines(exception.filename)))
        return newer.in_students_terms(exception, text) or surroundings.in_students_terms(
            exception, line
        )
    except BaseException:  # a student's exception may do anything when it is looked at
        return None


def _frames(trace: TracebackType | None, places: Mapping[str, tuple[str, int]]) -> list[Frame]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in places:
            filename, cell = places[code.co_filename]
            line = _number(trace.tb_lineno)
            source = plain(linecache.getline(code.co_filename, line)).strip()
            frames.append(Frame(filename, cell, line, plain(code.co_name), source))
        trace = trace.tb_next
    return frames


def _number(line: object) -> int:
    return min(max(line, 0), 1 << 30) if isinstance(line, int) else 0
