"""Describes an exception in plain text, whatever its methods do."""

from __future__ import annotations

import builtins
import linecache
from collections.abc import Mapping
from types import TracebackType

import numpy as np

from autograder.sandbox.guest import newer, surroundings
from autograder.sandbox.guest.alarm import TooLong
from autograder.sandbox.guest.cells import python_of
from autograder.sandbox.guest.protocol import Error, Frame

MOST_TEXT = 2000
MOST_FRAMES = 12

_numpy_errors = {
    error.__name__: error
    for error in vars(getattr(np, "exceptions", np)).values()
    if isinstance(error, type) and issubclass(error, BaseException)
} | {"LinAlgError": np.linalg.LinAlgError}


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
