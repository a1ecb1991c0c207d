"""The exceptions of the engine: our failures, never a student's."""

from __future__ import annotations


class AutograderError(Exception):
    """Root of everything the engine raises on purpose.

    The message is one line: the place, what was found, what was wanted, what to do next.
    """

    exit_code = 3


class UsageError(AutograderError):
    """A command was called with something that cannot work: wrong path, wrong option."""

    exit_code = 2


class CourseError(AutograderError):
    """The course's own files are wrong: course.yaml, a solution, a generated file."""

    exit_code = 2


class SandboxError(AutograderError):
    """The sandbox failed, through no fault of the student's code."""


class IsolationError(SandboxError):
    """A protection that was asked for, or probed as working, is not there."""
