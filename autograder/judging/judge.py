"""Judges one submission: runs it on the answer key, compares, and reports the marks.

`judge` is the only way to a report. Grading, `check`, `study`, pytest and notebooks differ in which
exercises and groups they ask for, and in how they print what they get.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from autograder.compare import note
from autograder.errors import JudgeError, SandboxError
from autograder.judging.diff_grid import lay_out
from autograder.judging.execute import run_exercises
from autograder.judging.explain import (
    explain,
    explain_failures,
    explain_follow_through,
    explain_wrong_beneath,
)
from autograder.judging.score import (
    first_mismatch,
    only_numbers_are_wrong,
    score_group,
    shared_report,
)
from autograder.judging.source_text import calls_of, is_unreadable
from autograder.model import (
    AnswerKey,
    Course,
    Exercise,
    ExerciseReport,
    Grid,
    GroupResult,
    LoadFailure,
    Misconception,
    Mismatch,
    Report,
    Source,
    Status,
    Submission,
    Verdict,
)
from autograder.submissions.read import not_handed_in

if TYPE_CHECKING:
    from autograder.answer_key.trusted_modules import Function
    from autograder.sandbox.host.session import Session
    from autograder.sandbox.sandbox import Sandbox


@dataclass(frozen=True, eq=False)
class Solutions:
    """What only the course's own solutions can say of an answer that is wrong."""

    references: Mapping[str, Function] = field(default_factory=dict)
    """By exercise; without them no answer is found to follow from a wrong earlier function."""
    misconceptions: Mapping[str, Sequence[Misconception]] = field(default_factory=dict)
    """By exercise, with what each answers on the cases of the answer key."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Of the solutions and variants by import name, as in AnswerKey.solutions."""


@dataclass(frozen=True, eq=False)
class JudgedExercise:
    """What a student's function did on test groups of one exercise, and what came of it."""

    exercise: Exercise
    """With all its groups, those that were not run too."""
    results: tuple[GroupResult, ...]
    report: ExerciseReport
    """One group for each result."""

    @property
    def solved(self) -> bool:
        return bool(self.results) and self.report.verdict is Verdict.ACCEPTED

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is written yet, as far as its groups show."""
        return all(group.verdict is Verdict.NOT_ATTEMPTED for group in self.report.groups)

    @property
    def mismatch(self) -> Mismatch | None:
        """The first thing that is wrong."""
        return next(filter(None, map(first_mismatch, self.results)), None)


@dataclass(frozen=True, eq=False)
class Judgement:
    """What is known of a submission after it ran on some groups of some exercises."""

    exercises: tuple[JudgedExercise, ...]
    failures: tuple[LoadFailure, ...] = ()
    """The files and cells that stopped with an error; what they define may be missing."""
    notes: tuple[str, ...] = ()
    """What was left out when the submission was read. Safe to show."""
    sources: tuple[Source, ...] = ()
    """What ran."""

    @property
    def accepted(self) -> bool:
        """Whether every group that ran is passed."""
        return all(one.report.verdict is Verdict.ACCEPTED for one in self.exercises)


Opener = Callable[[Sequence[Source]], AbstractContextManager["Session"]]
"""Opens a new session on these sources."""


def judge(
    course: Course,
    key: AnswerKey,
    submission: Submission,
    open_session: Opener,
    *,
    names: Collection[str] | None = None,
    public_only: bool = False,
    solutions: Callable[[], Solutions] = Solutions,
    together: bool = False,
    known: Mapping[str, tuple[GroupResult, ...]] = MappingProxyType({}),
    shows_hidden: bool = False,
) -> Judgement:
    """What `submission` does on the exercises called `names` (default: all), in the course's order.

    `solutions` is called only where something is wrong. Cases that are handed over `together` take
    a fraction of the time, and what the function printed is then not known of each. Of `known`
    exercises these results count; they are not run again. `shows_hidden` puts the inputs and the
    answers of hidden groups into messages, for people who have the references anyway. Raises
    SandboxError where the sandbox fails.
    """
    all_of_them = {
        one.name: _of_public_groups(one) if public_only else one for one in course.exercises
    }
    chosen = [one for name, one in all_of_them.items() if names is None or name in names]
    sources = (*submission.sources, *not_handed_in(course, submission.sources))
    with open_session(sources) as session:
        results = {**known, **run_exercises(chosen, key, session, together=together)}
        earlier = [all_of_them[name] for name in _may_follow_from(chosen, results, all_of_them)]
        results |= run_exercises(earlier, key, session, together=together)
        failures = tuple(session.load_failures())
    wrong = any(_is_wrong(results[one.name]) for one in chosen)
    more = solutions() if wrong else Solutions()
    followed: Mapping[tuple[str, str], tuple[str, ...]] = {}
    if wrong and more.references:
        # Only here: most checks need no references, and start sooner without what loads them.
        from autograder.judging.follow_through import follow

        followed = follow(course, results, more.references, lambda: open_session(sources))
    beneath: dict[str, tuple[str, ...]] = {}
    for name, one in all_of_them.items():
        if name in results and name not in more.references and _is_wrong(results[name]):
            beneath[name] = _wrong_beneath(one, results, sources, beneath)
    full = {one.name: one for one in course.exercises}
    parts = {one.name: one.part for one in course.exercises}
    judged = (
        JudgedExercise(
            full[one.name],
            results[one.name],
            report_exercise(
                one,
                results[one.name],
                failures,
                solutions=more,
                followed={
                    group: names for (name, group), names in followed.items() if name == one.name
                },
                beneath=beneath.get(one.name, ()),
                sources=sources,
                exercises=parts,
                shows_hidden=shows_hidden,
            ),
        )
        for one in chosen
    )
    return Judgement(tuple(judged), failures, submission.notes, sources)


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
    what follows from a wrong earlier function. A failure of the sandbox, or of one of the course's
    judges, is our own: it becomes the report's judge error, with no points.
    """
    started = time.perf_counter()
    solutions = Solutions(references, key.misconceptions, key.solutions)
    try:
        judged = judge(
            course,
            key,
            submission,
            lambda sources: sandbox.session(sources, support),
            solutions=lambda: solutions,
            together=True,
        )
    except (SandboxError, JudgeError) as error:
        return judge_error(course, submission, str(error), time.perf_counter() - started)
    exercises = tuple(one.report for one in judged.exercises)
    stopped = explain_failures(judged.failures)
    return Report(
        submission.id,
        exercises,
        time.perf_counter() - started,
        notes=(*submission.notes, *stopped),
        problems=(*submission.problems, *stopped),
    )


def report_exercise(
    exercise: Exercise,
    results: Sequence[GroupResult],
    failures: Sequence[LoadFailure] = (),
    *,
    solutions: Solutions = Solutions(),
    followed: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    beneath: tuple[str, ...] = (),
    sources: tuple[Source, ...] = (),
    exercises: Mapping[str, str] = MappingProxyType({}),
    shows_hidden: bool = False,
) -> ExerciseReport:
    """The marks and messages for `results`, which hold one result for each group.

    `solutions` are the course's, as far as they are known. `followed` has, by
    group, the earlier functions from which its wrong answers follow. `beneath` are the wrong ones
    that it calls, where nobody knows whether its answers follow from them: that is then all that
    is said of wrong numbers. `sources` are the files that
    ran, and `exercises` has the part of each exercise of the course. With `shows_hidden` nothing
    is left out of what is told of hidden groups.
    """
    waiting = {
        result.group.name for result in results if beneath and only_numbers_are_wrong(result)
    }
    groups = tuple(
        score_group(
            result,
            explain_wrong_beneath(beneath)
            if result.group.name in waiting
            else _message(
                exercise,
                result,
                failures,
                sources,
                exercises,
                followed.get(result.group.name, ()),
                result.group.public or shows_hidden,
            ),
            exercise.follow_through if result.group.name in followed else _granted(result),
            None if result.group.name in waiting else _grid(exercise, result, shows_hidden),
        )
        for result in results
    )
    # What only follows from another exercise has no mistake of its own to name.
    own = [result for result in results if result.group.name not in {*followed, *waiting}]
    found = None
    if _is_wrong(own):
        # Only here: a check where all is right, or nothing is written, starts sooner without.
        from autograder.diagnosis.diagnose import diagnose

        found = diagnose(
            exercise,
            results,
            solutions.misconceptions.get(exercise.name, ()),
            solutions.references.get(exercise.name),
            solutions.texts,
        )
    if found is None:
        unreadable = _is_unreadable(exercise, results, failures, sources)
        report = ExerciseReport(exercise.name, exercise.part, groups, unreadable=unreadable)
    else:
        hint, *more = found.hints
        report = ExerciseReport(exercise.name, exercise.part, groups, found.name, hint, tuple(more))
    if exercise.forbid:
        from autograder.judging.rules import forbidden_uses, under_rules

        return under_rules(report, exercise, forbidden_uses(exercise, sources))
    return report


def _is_unreadable(
    exercise: Exercise,
    results: Sequence[GroupResult],
    failures: Sequence[LoadFailure],
    sources: Sequence[Source],
) -> bool:
    """Whether it is missing from a file that cannot be read, or does not compile."""
    mismatches = list(filter(None, map(first_mismatch, results)))
    if not mismatches or any(one.outcome.status is not Status.MISSING for one in mismatches):
        return False
    home = {source.filename for source in sources if source.module == exercise.part}
    return is_unreadable(exercise.part, sources) or any(
        one.filename in home and one.cell is None and one.error.type == "SyntaxError"
        for one in failures
    )


def judge_error(course: Course, submission: Submission, why: str, seconds: float) -> Report:
    """A report without marks, for a submission that could not be graded through our own fault."""
    exercises = tuple(
        ExerciseReport(
            exercise.name,
            exercise.part,
            tuple(
                shared_report(
                    group.name,
                    group.public,
                    0.0,
                    group.points,
                    Verdict.JUDGE_ERROR,
                    "",
                    extra=group.extra,
                )
                for group in exercise.groups
            ),
        )
        for exercise in course.exercises
    )
    return Report(
        submission.id,
        exercises,
        seconds,
        judge_error=why,
        notes=submission.notes,
        problems=submission.problems,
    )


def public_part(one: JudgedExercise) -> JudgedExercise:
    """What may be shown in full: the public groups alone."""
    results = tuple(result for result in one.results if result.group.public)
    groups = tuple(group for group in one.report.groups if group.public)
    return replace(one, results=results, report=replace(one.report, groups=groups))


def _of_public_groups(exercise: Exercise) -> Exercise:
    return replace(exercise, groups=tuple(group for group in exercise.groups if group.public))


def _may_follow_from(
    chosen: Sequence[Exercise],
    results: Mapping[str, Sequence[GroupResult]],
    known: Mapping[str, Exercise],
) -> Iterator[str]:
    """The exercises, in the course's order, on which a wrong one among `chosen` may be built."""
    needed = {
        name
        for one in chosen
        if one.follow_through > 0.0 and _is_wrong(results[one.name])
        for name in one.uses
    }
    for one in reversed(list(known.values())):
        if one.name in needed:
            needed.update(one.uses)
    return (name for name in known if name in needed and name not in results)


def _wrong_beneath(
    exercise: Exercise,
    results: Mapping[str, Sequence[GroupResult]],
    sources: tuple[Source, ...],
    beneath: Mapping[str, tuple[str, ...]],
) -> tuple[str, ...]:
    """The wrong functions that are called by a wrong one, down to those that call no other.

    None where it is wrong on inputs of a kind that the called one is right on: that mistake is its
    own. Of a kind are inputs that one recipe draws.
    """
    called = calls_of(exercise.name, sources, frozenset(exercise.uses))
    wrong = [name for name in exercise.uses if name in called and _is_wrong(results.get(name, ()))]
    failing = {one.group.draw.recipe for one in results[exercise.name] if first_mismatch(one)}
    names: list[str] = []
    for name in wrong:
        passing = {one.group.draw.recipe for one in results[name] if not first_mismatch(one)}
        if failing & passing:
            return ()
        names += beneath.get(name) or (name,)
    return tuple(dict.fromkeys(names))


def _is_wrong(results: Sequence[GroupResult]) -> bool:
    """Whether it was written, and not all of it is right."""
    mismatches = filter(None, map(first_mismatch, results))
    return any(mismatch.verdict is not Verdict.NOT_ATTEMPTED for mismatch in mismatches)


def _granted(result: GroupResult) -> float:
    """The share of the points that a judge grants to every case of the group."""
    shares = [1.0 if one is None else one.share for one in result.mismatches]
    return min(shares, default=0.0)


def _grid(exercise: Exercise, result: GroupResult, shows_hidden: bool) -> Grid | None:
    mismatch = first_mismatch(result)
    if mismatch is None or not (result.group.public or shows_hidden):
        return None
    return lay_out(mismatch, exercise.axes)


def _message(
    exercise: Exercise,
    result: GroupResult,
    failures: Sequence[LoadFailure],
    sources: tuple[Source, ...],
    exercises: Mapping[str, str],
    followed: Sequence[str],
    shown: bool,
) -> str:
    mismatch = first_mismatch(result)
    if mismatch is None:
        return next(filter(None, map(note, result.outcomes)), "")
    if followed:
        return explain_follow_through(followed, exercise.follow_through)
    # The points are those of the case that earns least, so that one is told.
    mismatch = min(filter(None, result.mismatches), key=lambda one: one.share)
    text = explain(
        mismatch,
        public=shown,
        failures=failures,
        uses=exercise.uses,
        sources=sources,
        exercises=exercises,
    )
    share = _granted(result)
    return f"{text}: {share:.0%} of the points" if share else text
