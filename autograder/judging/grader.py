"""Grades submissions one after another in the same warm sandbox."""

from __future__ import annotations

import traceback
from time import perf_counter

from autograder.answer_key.assignment import LEVELS, Assignment
from autograder.answer_key.trusted_modules import references_of
from autograder.errors import AutograderError, IsolationError
from autograder.judging.judge import grade, judge_error
from autograder.model.report import Isolation, Report
from autograder.model.submission import Submission
from autograder.sandbox.sandbox import Sandbox


class Grader:
    """A context manager that owns a sandbox, and replaces it after a failure.

    Entering it raises IsolationError if the machine offers less isolation than required.
    """

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._references = references_of(assignment.course, assignment.key)
        self._sandbox: Sandbox | None = None
        self._isolation: Isolation | None = None

    def __enter__(self) -> Grader:
        self._sandbox = self._open_sandbox()
        return self

    def __exit__(self, *raised: object) -> None:
        self._close_sandbox()

    @property
    def isolation(self) -> Isolation:
        """The isolation of the sandbox; available only inside the `with` block."""
        assert self._isolation is not None
        return self._isolation

    def grade(self, submission: Submission) -> Report:
        """Grade `submission`, with one retry if grading itself fails.

        If it fails twice, the report has a `judge_error`.
        """
        report = self._grade_once(submission)
        return report if report.judge_error is None else self._grade_once(submission)

    def _grade_once(self, submission: Submission) -> Report:
        course, key = self._assignment.course, self._assignment.key
        begun = perf_counter()
        try:
            if self._sandbox is None:
                self._sandbox = self._open_sandbox()
            support = self._assignment.support
            report = grade(course, key, submission, self._sandbox, support, self._references)
        except Exception as error:  # our bug must not stop the batch, or give a score of zero
            report = judge_error(course, submission, describe(error), perf_counter() - begun)
        if report.judge_error is not None:
            # The sandbox may be in a bad state, so the next submission gets a new one.
            self._close_sandbox()
        return report

    def _open_sandbox(self) -> Sandbox:
        course = self._assignment.course
        sandbox = Sandbox(
            course.limits, packages=course.packages, exercises=course.exercises
        ).__enter__()
        try:
            require(sandbox.isolation, self._assignment.least_level)
        except IsolationError:
            sandbox.__exit__(None, None, None)
            raise
        self._isolation = sandbox.isolation
        return sandbox

    def _close_sandbox(self) -> None:
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.__exit__(None, None, None)


def require(isolation: Isolation, least_level: str) -> None:
    """Raise IsolationError if `isolation` is weaker than `least_level`."""
    if LEVELS.index(isolation.level) >= LEVELS.index(least_level):
        return
    missing = ", ".join(
        f"{layer} is {state}"
        for layer, state in isolation.layers.items()
        if state.startswith("off")
    )
    raise IsolationError(
        f"--require-isolation {least_level}: this machine offers only {isolation.level}"
        f"{': ' + missing if missing else ''}; grade on a Linux machine with them, or ask for less"
    )


def describe(error: BaseException) -> str:
    """`error` on one line; if it is a bug, with its place in our code."""
    message = " ".join(str(error).split())
    if isinstance(error, AutograderError):
        return message
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {message}{place}"
