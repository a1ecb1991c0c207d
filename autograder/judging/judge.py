"""Grades one submission: runs it on the answer key and reports the marks."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from autograder.compare import note
from autograder.diagnosis.diagnose import diagnose
from autograder.errors import SandboxError
from autograder.judging.diff_grid import lay_out
from autograder.judging.execute import run_exercises
from autograder.judging.explain import explain, explain_failures, explain_follow_through
from autograder.judging.score import first_mismatch, score_group
from autograder.model import (
    AnswerKey,
    Course,
    Exercise,
    ExerciseReport,
    Grid,
    GroupReport,
    GroupResult,
    LoadFailure,
    Misconception,
    Report,
    Source,
    Submission,
    Verdict,
)
from autograder.submissions.read import not_handed_in

if TYPE_CHECKING:
    from autograder.answer_key.trusted_modules import Function
    from autograder.sandbox.sandbox import Sandbox


def grade(
    course: Course,
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    support: Sequence[Source],
    references: Mapping[str, Function] = MappingProxyType({}),
) -> Report:
    """The marks of `submission` on every group of `course`; never raises for a student's fault.

    `references` are the reference functions by exercise; without them no group earns a share for
    what follows from a wrong earlier function. A failure of the sandbox is our own: it becomes the
    report's judge error, with no points.
    """
    # Only here: `check` has no references, and starts the sooner without what loads them.
    from autograder.judging.follow_through import follow

    started = time.perf_counter()
    sources = (*submission.sources, *not_handed_in(course, submission.sources))
    try:
        with sandbox.session(sources, support) as session:
            results = run_exercises(course.exercises, key, session)
            failures = session.load_failures()
        followed = follow(course, results, references, lambda: sandbox.session(sources, support))
    except SandboxError as error:
        return judge_error(course, submission, str(error), time.perf_counter() - started)
    exercises = tuple(
        report_exercise(
            exercise,
            results[exercise.name],
            failures,
            misconceptions=key.misconceptions.get(exercise.name, ()),
            followed={
                group: names for (name, group), names in followed.items() if name == exercise.name
            },
        )
        for exercise in course.exercises
    )
    notes = (*submission.notes, *explain_failures(failures))
    return Report(submission.id, exercises, time.perf_counter() - started, notes=notes)


def report_exercise(
    exercise: Exercise,
    results: Sequence[GroupResult],
    failures: Sequence[LoadFailure] = (),
    *,
    misconceptions: Sequence[Misconception] = (),
    followed: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> ExerciseReport:
    """The marks and messages for `results`, which hold one result for each group.

    `followed` has, by group, the earlier functions from which its wrong answers follow.
    """
    groups = tuple(
        score_group(
            result,
            _message(exercise, result, failures, followed.get(result.group.name, ())),
            exercise.follow_through if result.group.name in followed else 0.0,
            _grid(exercise, result),
        )
        for result in results
    )
    # What only follows from another exercise has no mistake of its own to name.
    own = [result for result in results if result.group.name not in followed]
    found = diagnose(exercise, results, misconceptions) if any(map(first_mismatch, own)) else None
    if found is None:
        return ExerciseReport(exercise.name, exercise.part, groups)
    hint, *more = found.hints
    return ExerciseReport(exercise.name, exercise.part, groups, found.name, hint, tuple(more))


def judge_error(course: Course, submission: Submission, why: str, seconds: float) -> Report:
    """A report without marks, for a submission that could not be graded through our own fault."""
    exercises = tuple(
        ExerciseReport(
            exercise.name,
            exercise.part,
            tuple(
                GroupReport(group.name, group.public, 0.0, group.points, Verdict.JUDGE_ERROR)
                for group in exercise.groups
            ),
        )
        for exercise in course.exercises
    )
    return Report(submission.id, exercises, seconds, judge_error=why, notes=submission.notes)


def _grid(exercise: Exercise, result: GroupResult) -> Grid | None:
    mismatch = first_mismatch(result)
    if mismatch is None or not result.group.public:
        return None
    return lay_out(mismatch, exercise.axes)


def _message(
    exercise: Exercise,
    result: GroupResult,
    failures: Sequence[LoadFailure],
    followed: Sequence[str],
) -> str:
    mismatch = first_mismatch(result)
    if mismatch is None:
        return next(filter(None, map(note, result.outcomes)), "")
    if followed:
        return explain_follow_through(followed, exercise.follow_through)
    public = result.group.public
    return explain(mismatch, public=public, failures=failures, uses=exercise.uses)
