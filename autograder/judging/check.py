"""Checks files on the public test groups only, for students before they submit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.file_names import COURSE_FILE, EXERCISES
from autograder.judging.judge import Judgement, Solutions, judge
from autograder.model.course import Answered, AnswerKey, Course, Misconception
from autograder.model.submission import Source, Submission
from autograder.submissions.read import own_work

if TYPE_CHECKING:
    from autograder.sandbox.sandbox import Sandbox


def check(
    course: Course,
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    support: Sequence[Source],
    names: Collection[str] | None = None,
) -> Judgement:
    """Run the public groups of the exercises in `names` (default: all).

    `course` and `key` come from a public key file. Raises SandboxError if the sandbox fails, and
    CourseError if there are solutions next to the exercises folder that do not run.
    """
    return judge(
        course,
        key,
        own_work(submission, support),
        lambda sources: sandbox.session(sources, support),
        names=names,
        public_only=True,
        solutions=solutions_beside(course, key),
    )


def solutions_beside(course: Course, key: AnswerKey) -> Callable[[], Solutions]:
    """Return a function that loads the solutions from the author's course folder.

    In a copy for students, which has no solutions, it returns empty Solutions. `course.folder` is
    the folder of the public key file.
    """
    root = course.folder.resolve().parent
    if course.folder.resolve().name != EXERCISES or not (root / COURSE_FILE).is_file():
        return Solutions

    def load() -> Solutions:
        # Imported here, since a check with no wrong answers starts faster without these.
        from autograder.answer_key.build import texts_of_solutions
        from autograder.answer_key.catalog import misconceptions_of
        from autograder.answer_key.trusted_modules import load_references

        at_home = replace(course, folder=root)
        misconceptions = {
            name: [one for one in known if _can_be_seen(one)]
            for name, known in misconceptions_of(at_home, key.cases).items()
        }
        return Solutions(load_references(at_home), misconceptions, texts_of_solutions(at_home))

    return load


def _can_be_seen(misconception: Misconception) -> bool:
    """Whether it gives a wrong answer to a public case; many other mistakes raise, too."""
    return any(not isinstance(answer, Answered | None) for answer in misconception.answers)
