"""Compares the hand-ins of a class for `autograder report --similar`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.gradebook.gradebook import Gradebook

PAGE = "similar.html"


def write_similar(gradebook: Gradebook, graded: Path, submissions: Path, folder: Path) -> str:
    """Write similar.html into the folder `graded`; what it holds, in a line.

    The gradebook keeps no student's code, so it is read again from `submissions`; `folder` is the
    course's, which says what was handed out.
    """
    from autograder.atomic_write import replacing
    from autograder.course.load import load_course
    from autograder.model import Attempt, Submission
    from autograder.platforms.hand_ins import hand_ins
    from autograder.reporting.pages.similar_page import similar_page
    from autograder.similarity.class_matches import class_matches
    from autograder.submissions.read import own_work, read_attempt, read_submission, read_support

    course = load_course(folder)
    parts = [part.name for part in course.parts]
    support = read_support(course, folder / "solutions")
    stubs = read_submission(folder / "exercises", "stubs", parts).sources

    def read(attempt: Attempt) -> Submission:
        return own_work(read_attempt(attempt, parts), support)

    with hand_ins(submissions, parts, graded) as found:
        exercises = {exercise.name for exercise in course.exercises}
        pairs = class_matches(found.attempts, read, (*stubs, *support), exercises)
        compared = len(found.attempts)
    names = {mark.submission: mark.student.name for mark in gradebook.marks() if mark.submission}
    with replacing(graded / PAGE) as file:
        file.write(similar_page(course.name, pairs, compared, names))
    from autograder.text import number_of

    what = f"{number_of(len(pairs), 'pair')} to look at, of {number_of(compared, 'hand-in')}"
    return f"{graded / PAGE}: {what}"
