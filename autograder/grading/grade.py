"""Grades one submission: runs it on the answer key and reports the marks."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from autograder.errors import SandboxError
from autograder.grading.compare import compare, note
from autograder.grading.diagnose import diagnose
from autograder.grading.explain import explain, explain_failures, explain_follow_through
from autograder.grading.grid import lay_out
from autograder.grading.kept import room_for, size
from autograder.grading.once import once_per_case
from autograder.grading.score import first_mismatch, score_group
from autograder.grading.support import not_handed_in
from autograder.model import (
    AnswerKey,
    Case,
    Course,
    Exercise,
    ExerciseReport,
    Grid,
    GroupReport,
    GroupResult,
    LoadFailure,
    Misconception,
    Outcome,
    Report,
    Source,
    Status,
    Submission,
    Verdict,
)
from autograder.sandbox.packing import Arguments

if TYPE_CHECKING:
    from autograder.grading.references import Function
    from autograder.sandbox.sandbox import Sandbox
    from autograder.sandbox.session import Session

_ENDS_GROUP = frozenset(
    {
        Status.MISSING,
        Status.OUT_OF_TIME,
        Status.OUT_OF_MEMORY,
        Status.OUT_OF_OUTPUT,
        Status.CRASHED,
    }
)
_NOT_THERE = frozenset({Status.MISSING, Status.NOT_WRITTEN})
_ENOUGH = 2
"""After this many groups that ran out of time, the rest of the exercise is taken to do so too: one
exercise that hangs must not use up the time of the others. As many groups that begin an exercise
and find nothing written are enough to know that nothing is."""


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
    from autograder.grading.follow_through import follow

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


def run_exercises(
    exercises: Sequence[Exercise], key: AnswerKey, session: Session
) -> dict[str, tuple[GroupResult, ...]]:
    """What the student's functions did, by exercise, one result for each group in its order.

    All public groups are run first: their answers are shown in full, and so must come from code
    that has not seen a hidden input yet. Raises SandboxError where the sandbox fails.
    """
    found: dict[str, tuple[GroupResult, ...]] = {}
    for public in (True, False):
        for one in exercises:
            chosen = replace(one, groups=tuple(g for g in one.groups if g.public is public))
            before = found.get(one.name, ())
            cases = key.cases.get(one.name, ())
            found[one.name] = before + run_exercise(chosen, cases, session, before)
    return {
        one.name: tuple(sorted(found[one.name], key=lambda result: one.groups.index(result.group)))
        for one in exercises
    }


def run_exercise(
    exercise: Exercise,
    cases: Sequence[Case],
    session: Session,
    before: Sequence[GroupResult] = (),
) -> tuple[GroupResult, ...]:
    """What the student's function did on `cases`, group by group.

    A case that hung, crashed or broke a limit ends its group: the cases left count as the same.
    `before` has what other groups of the exercise did; where they hung, or nothing is written, it
    counts too. What is wrong and far larger than what is asked for counts as too much output.
    Raises SandboxError where the sandbox fails.
    """
    results: list[GroupResult] = []
    room = room_for(cases, before)
    for group in exercise.groups:
        own = tuple(case for case in cases if case.group == group.name)
        outcomes: list[Outcome] = []
        given_up = _given_up((*before, *results))
        for case in own:
            ended = outcomes[-1] if outcomes and outcomes[-1].status in _ENDS_GROUP else given_up
            outcome = ended or _call(exercise, case, session)
            room -= size(outcome)
            if room < 0 and compare(case, outcome) is not None:
                outcome = Outcome(Status.OUT_OF_OUTPUT)
            outcomes.append(outcome)
        mismatches = tuple(map(compare, own, outcomes))
        results.append(GroupResult(group, own, tuple(outcomes), mismatches))
    return tuple(results)


def _given_up(results: Sequence[GroupResult]) -> Outcome | None:
    """The outcome to expect of all groups that are left, where there is no point in asking."""
    ends = [result.outcomes[-1] for result in results if result.outcomes]
    hung = [end for end in ends if end.status is Status.OUT_OF_TIME]
    if len(hung) >= _ENOUGH:
        return hung[-1]
    if len(ends) >= _ENOUGH and all(end.status in _NOT_THERE for end in ends):
        return ends[-1]
    return None


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


@once_per_case
def _arguments(case: Case) -> Arguments:
    return Arguments(case.arguments.values())


def _call(exercise: Exercise, case: Case, session: Session) -> Outcome:
    return session.call(
        exercise.name,
        exercise.part,
        _arguments(case),
        keeps_arguments=case.keeps_arguments,
        read_only=case.read_only,
    )


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
