"""Grades submissions one after another in the same warm sandbox, or a single one.

A single one is graded with a key file, as the integrations of learning platforms do.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from autograder.answer_key.assignment import LEVELS, Assignment
from autograder.answer_key.file import read_key
from autograder.answer_key.trusted_modules import references_of
from autograder.errors import AutograderError, CourseError, IsolationError
from autograder.judging.judge import grade, judge_error
from autograder.model.course import Course
from autograder.model.report import Isolation, Report
from autograder.model.submission import Submission
from autograder.sandbox.sandbox import Sandbox
from autograder.submissions.read import own_work, read_submission, read_support
from autograder.text import number_of


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

    def grade(self, submission: Submission, upcoming: Submission | None = None) -> Report:
        """Grade `submission`, with one retry if grading itself fails.

        If it fails twice, the report has a `judge_error`. The files of `upcoming`, the one to be
        graded next, are run meanwhile.
        """
        report = self._grade_once(submission, upcoming)
        return report if report.judge_error is None else self._grade_once(submission)

    def _grade_once(self, submission: Submission, upcoming: Submission | None = None) -> Report:
        course, key = self._assignment.course, self._assignment.key
        begun = perf_counter()
        try:
            if self._sandbox is None:
                self._sandbox = self._open_sandbox()
            support = self._assignment.support
            report = grade(
                course, key, submission, self._sandbox, support, self._references, upcoming
            )
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


@dataclass(frozen=True)
class GradedSubmission:
    """The marks of one submission, with everything else that a platform shows."""

    course: Course
    """The course, with only the groups that were graded."""
    key_digest: str
    submission: Submission
    report: Report
    isolation: Isolation
    ungraded_points: float = 0.0
    """Points of the hidden groups if the key is a public one, which holds no cases for them."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the marks should know; students may see it."""
        if not self.ungraded_points:
            return self.report.notes
        missing = (
            f"graded on the public groups only; hidden groups hold "
            f"{number_of(self.ungraded_points, 'more point')}, which are not counted here"
        )
        return (missing, *self.report.notes)


def read_assignment(key_path: Path, least_level: str = LEVELS[0]) -> Assignment:
    """The assignment of a key file and of the support files in its folder.

    Raises CourseError if the key or a support file is missing or broken.
    """
    course, key = read_key(key_path)
    return Assignment(course, key, read_support(course, key_path.parent), least_level)


def read_alone(path: Path, id: str, assignment: Assignment) -> Submission:
    """Read the student's own files at `path`. Raises UsageError if it cannot be read."""
    course = assignment.course
    submission = read_submission(path, id, course.part_names, course.by_name)
    return own_work(submission, assignment.support)


def grade_alone(submission: Submission, assignment: Assignment) -> GradedSubmission:
    """Grade on all groups, or with a public key on the public ones.

    Raises CourseError if the key lacks cases, and IsolationError if the machine offers less
    isolation than `assignment` requires. Any other failure is reported as the report's judge error.
    """
    whole, key = assignment.course, assignment.key
    course = _with_cases(assignment)
    with Grader(replace(assignment, course=course)) as grader:
        report, isolation = grader.grade(submission), grader.isolation
    return GradedSubmission(
        course, key.digest, submission, report, isolation, whole.points - course.points
    )


def _with_cases(assignment: Assignment) -> Course:
    course, cases = assignment.course, assignment.key.cases
    groups = {(one.name, group.name): group for one in course.exercises for group in one.groups}
    with_cases = {(name, case.group) for name, own in cases.items() for case in own}
    without = groups.keys() - with_cases
    if not without:
        return course
    if without != {key for key, group in groups.items() if not group.public}:
        name, group_name = min(without)
        raise CourseError(
            f"the answer key of {course.name}: has no cases of {name}, '{group_name}', where a "
            "full key has some; make it again with 'autograder build'"
        )
    parts = (
        replace(
            part,
            exercises=tuple(
                replace(one, groups=own)
                for one in part.exercises
                if (own := tuple(group for group in one.groups if group.public))
            ),
        )
        for part in course.parts
    )
    return replace(course, parts=tuple(part for part in parts if part.exercises))
