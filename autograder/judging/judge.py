"""Judges one submission: runs it on the answer key, compares its answers and reports the scores.

Everything goes through `judge`. Grading, `check`, `study`, pytest and notebooks differ only in the
exercises and groups that they run, and in how they show the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from autograder.compare import compare_group, note
from autograder.errors import JudgeError, SandboxError
from autograder.judging.beneath import crash_beneath, reason, wrong_beneath
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
    is_wrong,
    only_numbers_are_wrong,
    score_group,
    shared_report,
)
from autograder.judging.source_text import CANNOT_COMPILE, NOTHING, Ran, is_at_margin, is_self_check
from autograder.model.course import AnswerKey, Course, Exercise, Misconception
from autograder.model.report import (
    ExerciseReport,
    GroupReport,
    GroupResult,
    Mismatch,
    Report,
    Verdict,
)
from autograder.model.submission import Outcome, Source, Status, Submission
from autograder.submissions.read import not_handed_in

if TYPE_CHECKING:
    from autograder.answer_key.trusted_modules import Function
    from autograder.sandbox.sandbox import Sandbox, Session


@dataclass(frozen=True, eq=False)
class Solutions:
    """The data from the course's solutions that help to explain wrong answers."""

    references: Mapping[str, Function] = field(default_factory=dict)
    """The reference functions by exercise; without them there is no follow-through credit."""
    misconceptions: Mapping[str, Sequence[Misconception]] = field(default_factory=dict)
    """The misconceptions by exercise, with their answers to the cases of the answer key."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The source texts of solutions and variants by import name, as in AnswerKey.solutions."""

    @classmethod
    def of(cls, key: AnswerKey, references: Mapping[str, Function]) -> Solutions:
        """All that the key holds, with these references."""
        return cls(references, key.misconceptions, key.solutions)


@dataclass(frozen=True, eq=False)
class JudgedExercise:
    """The results of a student's function on test groups of one exercise, with the report."""

    exercise: Exercise
    """The exercise with all its groups, including those that were not run."""
    results: tuple[GroupResult, ...]
    report: ExerciseReport
    """The report, with one group for each result."""

    @property
    def solved(self) -> bool:
        return bool(self.results) and self.report.verdict is Verdict.ACCEPTED

    @property
    def untouched(self) -> bool:
        """Whether no group was attempted."""
        return all(group.verdict is Verdict.NOT_ATTEMPTED for group in self.report.groups)

    @property
    def mismatch(self) -> Mismatch | None:
        """The first mismatch in any group; None if all cases are right."""
        return next(filter(None, map(first_mismatch, self.results)), None)


@dataclass(frozen=True, eq=False)
class Judgement:
    """The results of a submission that ran on some groups of some exercises."""

    exercises: tuple[JudgedExercise, ...]
    ran: Ran = NOTHING
    notes: tuple[str, ...] = ()
    """What was left out when the submission was read. Safe to show."""

    @property
    def accepted(self) -> bool:
        """Whether every group that ran passed."""
        return all(one.report.verdict is Verdict.ACCEPTED for one in self.exercises)


@dataclass(frozen=True)
class Blame:
    """Why answers of an exercise are wrong, if the reason is an earlier function."""

    followed: Mapping[str, str] = field(default_factory=dict)
    """The messages of the groups whose wrong answers follow from earlier functions."""
    beneath: str = ""
    """Which functions that the exercise calls are wrong, where it is not known whether its answers
    follow from them; wrong numbers then get no other message."""
    because: str = ""
    """Which earlier function is why this one raises; then there is no hint."""


Opener = Callable[[Sequence[Source]], AbstractContextManager["Session"]]
"""Opens a new session with the given sources."""


def judge(
    course: Course,
    key: AnswerKey,
    submission: Submission,
    open_session: Opener,
    *,
    names: Collection[str] | None = None,
    public_only: bool = False,
    solutions: Callable[[Collection[str]], Solutions] = lambda wrong: Solutions(),
    together: bool = False,
    known: Mapping[str, tuple[GroupResult, ...]] = MappingProxyType({}),
    shows_hidden: bool = False,
) -> Judgement:
    """Run `submission` on the exercises in `names` (default: all) and report on each.

    The exercises are in the course's order. `solutions` is called only if an answer is wrong, with
    the names of the wrong exercises. `together` sends all cases at once, which is much faster, but
    what each call printed is then not known. `known` has results of earlier runs for exercises
    outside `names`, which are then not run again. `shows_hidden` lets messages show inputs and
    answers of hidden groups, for people who have the references anyway. Raises SandboxError if the
    sandbox fails, and JudgeError if a judge of the course does.
    """
    all_of_them = {
        one.name: _of_public_groups(one) if public_only else one for one in course.exercises
    }
    chosen = [one for name, one in all_of_them.items() if names is None or name in names]
    sources = files_to_run(course, submission)
    with open_session(sources) as session:
        results = {**known, **run_exercises(chosen, key, session, together=together)}
        earlier = [all_of_them[name] for name in _may_follow_from(chosen, results, all_of_them)]
        results |= run_exercises(earlier, key, session, together=together)
        failures = tuple(
            failure
            for failure in session.load_failures()
            if not is_self_check(failure, sources, all_of_them)
        )
    ran = Ran(sources, failures, {one.name: one.part for one in course.exercises})
    tried = [one for name, one in all_of_them.items() if name in results]
    for one in tried:
        results[one.name] = _without_other_stubs(one, results[one.name], ran)
    wrong = [one.name for one in chosen if is_wrong(results[one.name])]
    more = solutions(wrong) if wrong else Solutions()
    followed: Mapping[tuple[str, str], Sequence[str]] = {}
    if wrong and more.references:
        # Imported here, since checks that need no references start faster without it.
        from autograder.judging.follow_through import follow

        followed = follow(course, results, more.references, lambda: open_session(sources))
    blames = _blames(tried, results, followed, more.references, sources)
    whole = course.by_name
    judged = []
    for one in chosen:
        report = report_exercise(
            one,
            results[one.name],
            ran,
            solutions=more,
            blame=blames[one.name],
            shows_hidden=shows_hidden,
        )
        judged.append(JudgedExercise(whole[one.name], results[one.name], report))
    return Judgement(tuple(judged), ran, submission.notes)


def _blames(
    tried: Sequence[Exercise],
    results: Mapping[str, Sequence[GroupResult]],
    followed: Mapping[tuple[str, str], Sequence[str]],
    proven: Collection[str],
    sources: tuple[Source, ...],
) -> dict[str, Blame]:
    """By exercise, which earlier functions are why its answers are wrong.

    `followed` has the earlier functions from which the answers of an exercise's group follow. For
    the exercises in `proven`, it is known that others do not follow from them.
    """
    messages: dict[str, dict[str, str]] = {one.name: {} for one in tried}
    shares = {one.name: one.follow_through for one in tried}
    for (name, group), earlier in followed.items():
        messages[name][group] = explain_follow_through(
            earlier, shares[name], accepted=not any(is_wrong(results[one]) for one in earlier)
        )
    unproven = [one for one in tried if one.name not in proven]
    beneath = wrong_beneath(unproven, results, sources)
    crashed = crash_beneath(tried, results, sources)
    return {
        name: Blame(
            own,
            explain_wrong_beneath(beneath[name]) if name in beneath else "",
            reason(crashed[name], results) if name in crashed else "",
        )
        for name, own in messages.items()
    }


def files_to_run(course: Course, submission: Submission) -> tuple[Source, ...]:
    """The student's files, and a marker for each part of the course that is not among them."""
    return (*submission.sources, *not_handed_in(course, submission.sources))


def grade(
    course: Course,
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    support: Sequence[Source],
    references: Mapping[str, Function] = MappingProxyType({}),
    upcoming: Submission | None = None,
) -> Report:
    """Grade `submission` on every group of `course`; never raises because of the student's code.

    `references` are the reference functions by exercise; without them there is no follow-through
    credit. The files of `upcoming`, the submission to be graded next, are run meanwhile. If the
    sandbox or a judge of the course fails, the report has a `judge_error` and no points.
    """
    started = time.perf_counter()
    solutions = Solutions.of(key, references)

    def open_session(sources: Sequence[Source]) -> Session:
        session = sandbox.session(sources, support)
        if upcoming is not None:
            sandbox.prepare(files_to_run(course, upcoming), support)
        return session

    try:
        judged = judge(
            course,
            key,
            submission,
            open_session,
            solutions=lambda wrong: solutions,
            together=True,
        )
    except (SandboxError, JudgeError) as error:
        return judge_error(course, submission, str(error), time.perf_counter() - started)
    exercises = tuple(one.report for one in judged.exercises)
    stopped = explain_failures(judged.ran.failures)
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
    ran: Ran = NOTHING,
    *,
    solutions: Solutions = Solutions(),
    blame: Blame = Blame(),
    shows_hidden: bool = False,
) -> ExerciseReport:
    """The report on one exercise: the scores and messages for `results`, one for each group.

    `solutions` has what is known of the course's solutions. With `shows_hidden`, hidden groups get
    the same details as public ones.
    """
    explaining = partial(explain, ran=ran, uses=exercise.uses, because=blame.because)
    waiting = {
        result.group.name for result in results if blame.beneath and only_numbers_are_wrong(result)
    }
    groups = tuple(
        _report_group(
            exercise,
            result,
            blame.followed.get(result.group.name, ""),
            blame.beneath if result.group.name in waiting else "",
            explaining,
            shown=result.group.public or shows_hidden,
        )
        for result in results
    )
    # Where answers follow from another exercise's mistake, the others were computed with it, too:
    # a mistake that explains them all is not one of this exercise.
    own = [result for result in results if result.group.name not in waiting]
    found = None
    if is_wrong(own) and not blame.because and not blame.followed:
        # Imported here, since a check with no wrong answers starts faster without it.
        from autograder.diagnosis.diagnose import diagnose

        found = diagnose(
            exercise,
            results,
            solutions.misconceptions.get(exercise.name, ()),
            solutions.references.get(exercise.name),
            solutions.texts,
        )
    if found is None:
        unreadable = _is_unreadable(exercise.name, results, ran)
        report = ExerciseReport(exercise.name, exercise.part, groups, unreadable=unreadable)
    else:
        hint, *more = found.hints
        report = ExerciseReport(exercise.name, exercise.part, groups, found.name, hint, tuple(more))
    if exercise.forbid:
        from autograder.judging.rules import forbidden_uses, under_rules

        uses = forbidden_uses(exercise, ran.sources, results)
        return under_rules(report, exercise, uses, results)
    return report


def _is_unreadable(name: str, results: Sequence[GroupResult], ran: Ran) -> bool:
    """Whether the function is missing because its file or cell cannot be read or compiled."""
    mismatches = list(filter(None, map(first_mismatch, results)))
    if not mismatches or any(one.outcome.status is not Status.MISSING for one in mismatches):
        return False
    whole_files = [one for one in ran.stopped_at_home(name) if one.cell is None]
    stopped = [*whole_files, *ran.stopped_with(name)]
    return ran.is_unread(name) or any(one.error.type in CANNOT_COMPILE for one in stopped)


def judge_error(course: Course, submission: Submission, why: str, seconds: float) -> Report:
    """A report with no points, for a submission that the engine failed to grade."""
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


def _without_other_stubs(
    exercise: Exercise, results: tuple[GroupResult, ...], ran: Ran
) -> tuple[GroupResult, ...]:
    """The results, with a function as missing where the student's own version of it was not found.

    That version is in a file or cell that stopped, or has another name, or is inside a class. The
    stub in another file or cell then stood in for it, and says nothing of what was written.
    """
    name = exercise.name
    if all(one.status is not Status.NOT_WRITTEN for result in results for one in result.outcomes):
        return results
    stopped = ran.stopped_with(name)

    def missing(outcome: Outcome) -> Outcome:
        frames = outcome.error.frames if outcome.error is not None else ()
        if outcome.status is not Status.NOT_WRITTEN or not frames or frames[-1].function != name:
            return outcome
        last = frames[-1]
        others = replace(
            ran,
            sources=tuple(one for one in ran.home(name) if one.filename != last.filename),
        )
        elsewhere = bool(stopped) and all(
            (one.filename, one.cell) != (last.filename, last.cell) for one in stopped
        )
        lost = not any(is_at_margin(name, one) for one in others.sources) and (
            others.defined_as(name) or others.why_absent(name)
        )
        return Outcome(Status.MISSING) if elsewhere or lost else outcome

    found = []
    for result in results:
        outcomes = tuple(map(missing, result.outcomes))
        if outcomes != result.outcomes:
            mismatches = tuple(compare_group(result.cases, outcomes))
            result = replace(result, outcomes=outcomes, mismatches=mismatches)
        found.append(result)
    return tuple(found)


def _of_public_groups(exercise: Exercise) -> Exercise:
    return replace(exercise, groups=tuple(group for group in exercise.groups if group.public))


def _may_follow_from(
    chosen: Sequence[Exercise],
    results: Mapping[str, Sequence[GroupResult]],
    known: Mapping[str, Exercise],
) -> Iterator[str]:
    """The exercises still to run for follow-through credit, in the course's order.

    These are the ones without results on which a wrong exercise in `chosen` may be built.
    """
    needed = {
        name
        for one in chosen
        if one.follow_through > 0.0 and is_wrong(results[one.name])
        for name in one.uses
    }
    for one in reversed(list(known.values())):
        if one.name in needed:
            needed.update(one.uses)
    return (name for name in known if name in needed and name not in results)


def _report_group(
    exercise: Exercise,
    result: GroupResult,
    followed: str,
    beneath: str,
    explaining: Callable[..., str],
    *,
    shown: bool,
) -> GroupReport:
    mismatches = list(filter(None, result.mismatches))
    if not mismatches:
        return score_group(result, next(filter(None, map(note, result.outcomes)), ""))
    # The case that earns least decides the points, so the message is about that case.
    least = min(mismatches, key=lambda one: one.share)
    if beneath:
        return score_group(result, beneath, least.share)
    grid = lay_out(mismatches[0], exercise.axes) if shown else None
    if followed:
        return score_group(result, followed, exercise.follow_through, grid)
    text = explaining(least, public=shown)
    message = f"{text}: {least.share:.0%} of the points" if least.share else text
    return score_group(result, message, least.share, grid)
