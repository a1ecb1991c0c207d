"""The exceptions of the engine: our failures, never a student's."""

from __future__ import annotations

from collections.abc import Sequence


class AutograderError(Exception):
    """Root of everything the engine raises on purpose.

    The message is one line: the place, what was found, what was wanted, what to do next. Several
    faults of a course may be told at once, a line each.
    """

    exit_code = 3


class UsageError(AutograderError):
    """A command was called with something that cannot work: wrong path, wrong option."""

    exit_code = 2


class CourseError(AutograderError):
    """The course's own files are wrong: course.yaml, a solution, a generated file."""

    exit_code = 2


class JudgeError(CourseError):
    """A judge of the course failed on an answer that it should be ready for."""

    exit_code = 3


def together(errors: Sequence[CourseError]) -> CourseError:
    """One error that says what each of these says, a line each; the one where it is alone."""
    if len(errors) == 1:
        return errors[0]
    lines = dict.fromkeys(line for error in errors for line in str(error).splitlines())
    return CourseError("\n".join(lines))


class SandboxError(AutograderError):
    """The sandbox failed, through no fault of the student's code."""


class IsolationError(SandboxError):
    """A protection that was asked for, or probed as working, is not there."""
