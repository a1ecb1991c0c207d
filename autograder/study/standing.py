"""Tries a learner's functions on all test groups, hidden ones too: the references are theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.judging.execute import run_exercise
from autograder.judging.judge import report_exercise
from autograder.judging.public_check import CheckedExercise
from autograder.judging.score import first_mismatch
from autograder.model import (
    AnswerKey,
    Exercise,
    ExerciseReport,
    GroupResult,
    LoadFailure,
    Mismatch,
    Source,
    Submission,
    Verdict,
)
from autograder.sandbox.sandbox import Sandbox


@dataclass(frozen=True, eq=False)
class Standing:
    """How far one exercise is."""

    exercise: Exercise
    report: ExerciseReport
    results: tuple[GroupResult, ...]
    failures: tuple[LoadFailure, ...] = ()
    """The files and cells that stopped with an error; what they define may be missing."""

    @property
    def solved(self) -> bool:
        return self.report.verdict is Verdict.ACCEPTED

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is written yet."""
        return all(group.verdict is Verdict.NOT_ATTEMPTED for group in self.report.groups)

    @property
    def diagnosed(self) -> tuple[str, ...]:
        """The hints of the mistake that the answers show, the first one first; mostly none."""
        return (self.report.hint, *self.report.more_hints) if self.report.hint else ()

    @property
    def mismatch(self) -> Mismatch | None:
        """The first thing that is wrong."""
        return next(filter(None, map(first_mismatch, self.results)), None)


def checked(standing: Standing) -> CheckedExercise:
    """What may be shown in full: the public groups alone."""
    public = tuple(result for result in standing.results if result.group.public)
    return CheckedExercise(standing.exercise, public, report_exercise(standing.exercise, public))


def try_exercises(
    exercises: Iterable[Exercise],
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    support: Sequence[Source],
) -> dict[str, Standing]:
    """The standing of each exercise, by name. Raises SandboxError where the sandbox fails."""
    with sandbox.session(submission.sources, support) as session:
        results = [
            (exercise, run_exercise(exercise, key.cases.get(exercise.name, ()), session))
            for exercise in exercises
        ]
        failures = session.load_failures()
    standings = {}
    for exercise, groups in results:
        known = key.misconceptions.get(exercise.name, ())
        report = report_exercise(exercise, groups, failures, misconceptions=known)
        standings[exercise.name] = Standing(exercise, report, groups, tuple(failures))
    return standings
