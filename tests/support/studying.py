"""A study session without a screen, whose checks are waited for."""

from __future__ import annotations

from pathlib import Path

from autograder.answer_key.build import build_key
from autograder.answer_key.trusted_modules import references_of
from autograder.judging.judge import Solutions
from autograder.model.course import AnswerKey, Course
from autograder.model.submission import Source
from autograder.sandbox.sandbox import Sandbox
from autograder.study.checker import Checker
from autograder.study.lesson import Lesson


class Studying(Lesson):
    """A lesson that checks what it wants checked."""

    checker: Checker

    def look(self) -> None:
        """Read the files and wait for their results."""
        self.saved()
        self.settle()

    def settle(self) -> None:
        """Wait for what is to be checked."""
        if self.job is not None:
            job, self.job = self.job, None
            self.checker.run(job, self.take)

    def press(self, key: str, seen: int = -1) -> None:
        """Press it and wait for what it had checked."""
        super().press(key, seen)
        self.settle()


def studying(
    course: Course,
    folder: Path,
    sandbox: Sandbox,
    support: tuple[Source, ...] = (),
    key: AnswerKey | None = None,
) -> Studying:
    """A session on these files, before its first look at them."""
    key = key or build_key(course)
    lesson = Studying(course, support, folder)
    solutions = Solutions.of(key, references_of(course, key))
    lesson.checker = Checker(course, key, sandbox, support, solutions)
    return lesson
