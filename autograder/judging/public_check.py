"""Runs the public groups of exercises on a submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.judging.execute import run_exercise
from autograder.judging.judge import report_exercise
from autograder.model import (
    AnswerKey,
    Exercise,
    ExerciseReport,
    GroupResult,
    LoadFailure,
    Source,
    Submission,
    Verdict,
)
from autograder.sandbox.sandbox import Sandbox


@dataclass(frozen=True, eq=False)
class CheckedExercise:
    """What a student's function did on the public groups of one exercise."""

    exercise: Exercise
    """With all its groups, the hidden ones too."""
    results: tuple[GroupResult, ...]
    """One for each public group."""
    report: ExerciseReport
    """Of the public groups alone."""


@dataclass(frozen=True, eq=False)
class Check:
    """What a student may know of a submission before it is graded."""

    submission: Submission
    exercises: tuple[CheckedExercise, ...]
    failures: tuple[LoadFailure, ...]
    """The files and cells that stopped with an error."""

    @property
    def accepted(self) -> bool:
        """Whether every public group is passed."""
        return all(one.report.verdict is Verdict.ACCEPTED for one in self.exercises)


def check(
    exercises: Sequence[Exercise],
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    support: Sequence[Source],
) -> Check:
    """The public groups of `exercises`, on which everything may be shown.

    Raises SandboxError where the sandbox fails.
    """
    with sandbox.session(submission.sources, support) as session:
        results = []
        for exercise in exercises:
            public = replace(exercise, groups=tuple(g for g in exercise.groups if g.public))
            results.append(run_exercise(public, key.cases.get(exercise.name, ()), session))
        failures = session.load_failures()
    checked = tuple(
        CheckedExercise(exercise, result, report_exercise(exercise, result, failures))
        for exercise, result in zip(exercises, results, strict=True)
    )
    return Check(submission, checked, failures)
