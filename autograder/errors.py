"""The exceptions of the engine. They report our own failures, never a student's mistake."""

from __future__ import annotations

import errno
from collections.abc import Sequence


class AutograderError(Exception):
    """Base class of all exceptions that the engine raises on purpose.

    The message is one line: the place, what was found, what was expected, what to do next. Several
    mistakes in a course may be reported at once, one line each.
    """

    exit_code = 3


class UsageError(AutograderError):
    """A command or function got arguments that cannot work: a wrong path, a wrong option."""

    exit_code = 2


class WriteError(UsageError):
    """The file or folder at `place` cannot be written; `advice` says what to do."""

    def __init__(self, place: object, error: OSError, advice: str) -> None:
        if error.errno == errno.ENOSPC:
            advice = "free some space, then run the command again"
        super().__init__(f"{place}: cannot be written ({error.strerror or error}); {advice}")


class CourseError(AutograderError):
    """A file of the course is wrong: course.yaml, a solution, a generated file."""

    exit_code = 2


class EntryError(CourseError):
    """An entry of an exercise or a part in course.yaml does not fit the solutions.

    `keys` lead to it from that of the exercise or part; an entry of a list is named by its name.
    The message begins with course.yaml, without a line: see `course.load.with_line`.
    """

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.keys = keys


class JudgeError(CourseError):
    """A judge of the course failed on an answer that it should be able to handle."""

    exit_code = 3


def together(errors: Sequence[CourseError]) -> CourseError:
    """Combine errors into one, whose message has each different line once.

    A single error is returned unchanged.
    """
    if len(errors) == 1:
        return errors[0]
    lines = dict.fromkeys(line for error in errors for line in str(error).splitlines())
    return CourseError("\n".join(lines))


class SandboxError(AutograderError):
    """The sandbox failed, and the student's code is not the cause."""


class IsolationError(SandboxError):
    """A protection is missing that was required, or that worked when it was probed."""
