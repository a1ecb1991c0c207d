"""What everything is measured on: the course, its key, and submissions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.answer_key.assignment import Assignment
from autograder.answer_key.build import build_key
from autograder.course.load import load_course
from autograder.model.submission import Submission
from autograder.submissions.read import read_submission, read_support

ROOT = Path(__file__).parents[1]
HAND_IN = ROOT / "benchmarks" / "hand_in.py"
HAND_INS = {
    "quick": HAND_IN,
    "plain": ROOT / "tests" / "submissions" / "full",
    "loops": ROOT / "tests" / "submissions" / "article_style",
}
"""One that computes next to nothing; one that works cell by cell in places, as a student's may; and
one with the loops that the lesson begins with, which has wrong answers."""


@dataclass(frozen=True)
class Material:
    """A submission, and what it is graded by."""

    assignment: Assignment
    submission: Submission

    @property
    def calls(self) -> int:
        """The number of cases, each of which is one call of a function."""
        return sum(map(len, self.assignment.key.cases.values()))


def load_material() -> dict[str, Material]:
    """The submissions of HAND_INS by name, with the course in the folder of this package."""
    course = load_course(ROOT)
    assignment = Assignment(course, build_key(course), read_support(course, ROOT / "solutions"))
    return {
        name: Material(assignment, read_submission(path, name, course.part_names))
        for name, path in HAND_INS.items()
    }
