"""Describes exceptions in plain text, and interrupts code that runs out of time.

Interrupting slow code here, which shows the line it was at, is best effort: the code may suppress
the exception. The grader ends the process a little later in any case.
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
"""Seconds between two checks of the clocks."""

_numpy_errors = {
    error.__name__: error
    for error in vars(getattr(np, "exceptions", np)).values()
    if isinstance(error, type) and issubclass(error, BaseException)
} | {"LinAlgError": np.linalg.LinAlgError}


# --- timeouts -----------------------------------------------------------------------------------


class TooLong(BaseException):
    """Raised inside a student's code when it runs out of time."""

    def __str__(self) -> str:
        return "it took too long"


class Allowance:
    """The CPU time limit for one request, shared by all the code that the request runs.

    The timer ticks all the time: setting it, or reading the CPU time, for each call would take
    longer than many calls do. Hence CPU time is counted from the first tick on.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._cpu: float | None = None
        """The process's CPU time at which the limit is reached; None until the first tick."""
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
        """Start the timer again, in case a student's code has stopped it."""
        if self._can_tick:
            signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)

    def __enter__(self) -> None:
        """Allow interrupts from here on; may be nested, as imports are."""
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
    """The text as an exact str of at most MOST_TEXT characters; "" if the conversion fails."""
    try:
        # str's own slicing, since a subclass may override it.
        return str.__getitem__(str(text), slice(0, MOST_TEXT))
    except BaseException:
        return ""


def type_name(kind: type) -> str:
    return plain(type.__dict__["__name__"].__get__(kind))


def error_of(exception: BaseException, places: Mapping[str, tuple[str, int]]) -> Error:
    """A description of the exception, with the traceback frames in the student's files.

    `places` maps the name that code was compiled under to its file and cell.
    """
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
    """A message for errors that grading itself causes; None if the exception's own is clear.

    `line` is the source line that raised it.
    """
    try:
        text = ""
        if isinstance(exception, SyntaxError) and exception.filename:
            text = python_of("".join(linecache.getlines(exception.filename)))
        return newer.in_students_terms(exception, text) or surroundings.in_students_terms(
            exception, line
        )
    except BaseException:  # methods of a student's exception class may do anything
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
