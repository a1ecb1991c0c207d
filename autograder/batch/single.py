"""Grades one submission with a key file, as the integrations of learning platforms do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from autograder.answer_key.assignment import LEVELS, Assignment
from autograder.answer_key.file import read_key
from autograder.errors import CourseError
from autograder.judging.grader import Grader
from autograder.model.course import Course
from autograder.model.report import Isolation, Report
from autograder.model.submission import Submission
from autograder.submissions.read import own_work, read_submission, read_support
from autograder.text import number_of


@dataclass(frozen=True)
class GradedHandIn:
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


def read_hand_in(path: Path, id: str, assignment: Assignment) -> Submission:
    """Read the student's own files at `path`. Raises UsageError if it cannot be read."""
    parts = [part.name for part in assignment.course.parts]
    return own_work(read_submission(path, id, parts), assignment.support)


def grade_hand_in(submission: Submission, assignment: Assignment) -> GradedHandIn:
    """Grade on all groups, or with a public key on the public ones.

    Raises CourseError if the key lacks cases, and IsolationError if the machine offers less
    isolation than `assignment` requires. Any other failure is reported as the report's judge error.
    """
    whole, key = assignment.course, assignment.key
    course = _with_cases(assignment)
    with Grader(replace(assignment, course=course)) as grader:
        report, isolation = grader.grade(submission), grader.isolation
    return GradedHandIn(
        course, key.digest, submission, report, isolation, whole.points - course.points
    )


def _with_cases(assignment: Assignment) -> Course:
    course, cases = assignment.course, assignment.key.cases
    without = {
        (exercise.name, group.name, group.public)
        for exercise in course.exercises
        for group in exercise.groups
        if not any(case.group == group.name for case in cases[exercise.name])
    }
    if not without:
        return course
    hidden = {
        (exercise.name, group.name, False)
        for exercise in course.exercises
        for group in exercise.groups
        if not group.public
    }
    if without != hidden:
        name, group_name, _ = min(without)
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
