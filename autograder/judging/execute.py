"""Runs a student's functions on the cases of the answer key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from autograder.answer_size import room_for, size
from autograder.compare import compare, compare_group
from autograder.model import AnswerKey, Case, Exercise, GroupResult, Outcome, Status
from autograder.sandbox.host.wire import GOES_ON, Call, Job

if TYPE_CHECKING:
    from autograder.sandbox.host.session import Session

# Tuples, since an enum's member is found in one sooner than it is hashed.
_ENDS_GROUP = (
    Status.MISSING,
    Status.OUT_OF_TIME,
    Status.OUT_OF_MEMORY,
    Status.OUT_OF_OUTPUT,
    Status.CRASHED,
)
_EXERCISES = 64
"""Of so many exercises, public and hidden cases apart, what is asked is kept for the next."""
_NOT_THERE = (Status.MISSING, Status.NOT_WRITTEN)
_ENOUGH = 2
"""After this many groups that ran out of time, the rest of the exercise is taken to do so too: one
exercise that hangs must not use up the time of the others. As many groups that begin an exercise
and find nothing written are enough to know that nothing is."""


def run_exercises(
    exercises: Sequence[Exercise],
    key: AnswerKey,
    session: Session,
    *,
    together: bool = True,
    patience: int = _ENOUGH,
) -> dict[str, tuple[GroupResult, ...]]:
    """What the student's functions did, by exercise, one result for each group in its order.

    All public groups are run first: their answers are shown in full, and so must come from code
    that has not seen a hidden input yet. After `patience` groups that ran out of time, the rest of
    an exercise counts as the same. Raises SandboxError where the sandbox fails.
    """
    found: dict[str, tuple[GroupResult, ...]] = {}
    for public in (True, False):
        chosen = [
            replace(one, groups=tuple(group for group in one.groups if group.public is public))
            for one in exercises
        ]
        asked = _Asked(chosen, key.cases, session, together=together)
        for one in chosen:
            before = found.get(one.name, ())
            found[one.name] = before + _run_groups(one, asked, before, patience)
    for one in exercises:
        by_group = {result.group.name: result for result in found[one.name]}
        found[one.name] = tuple(by_group[group.name] for group in one.groups)
    return found


def run_exercise(
    exercise: Exercise,
    cases: Sequence[Case],
    session: Session,
    before: Sequence[GroupResult] = (),
    *,
    together: bool = False,
    patience: int = _ENOUGH,
) -> tuple[GroupResult, ...]:
    """What the student's function did on `cases`, group by group.

    A case that hung, crashed or broke a limit ends its group: the cases left count as the same.
    `before` has what other groups of the exercise did; where they hung, or nothing is written, it
    counts too. What is wrong and far larger than what is asked for counts as too much output.
    Cases that are handed over `together` take a fraction of the time, and what the function printed
    is not known of each. Raises SandboxError where the sandbox fails.
    """
    asked = _Asked([exercise], {exercise.name: cases}, session, together=together)
    return _run_groups(exercise, asked, before, patience)


def _run_groups(
    exercise: Exercise, asked: _Asked, before: Sequence[GroupResult], patience: int
) -> tuple[GroupResult, ...]:
    results: list[GroupResult] = []
    room = room_for(asked.cases[exercise.name], before)
    for group, own in zip(exercise.groups, asked.groups(exercise), strict=True):
        outcomes: list[Outcome] = []
        ended = _given_up((*before, *results), patience)
        for case in own:
            outcome = ended or asked.outcome(case)
            room -= size(outcome)
            if room < 0 and compare(case, outcome) is not None:
                outcome = Outcome(Status.OUT_OF_OUTPUT)
            if outcome.status in _ENDS_GROUP:
                ended = outcome
            outcomes.append(outcome)
        mismatches = compare_group(own, outcomes)
        results.append(GroupResult(group, own, tuple(outcomes), tuple(mismatches)))
    return tuple(results)


class _Asked:
    """What a student's functions do with cases, asked for one by one or all that are left."""

    def __init__(
        self,
        exercises: Sequence[Exercise],
        cases: Mapping[str, Sequence[Case]],
        session: Session,
        *,
        together: bool,
    ) -> None:
        self.cases = {one.name: tuple(cases.get(one.name, ())) for one in exercises}
        self._session = session
        self._together = together
        # A trial asks a function by its own name for the cases of an exercise.
        self._plan = [
            (one.name, one.part, case)
            for one in exercises
            for own in self.groups(one)
            for case in own
        ]
        self._next = 0
        """Where in the plan the next outcome that comes belongs."""
        self._coming: Iterator[Outcome] = iter(())

    def groups(self, exercise: Exercise) -> tuple[tuple[Case, ...], ...]:
        """The cases of each of its groups, in the order in which they are asked for."""
        names = tuple(group.name for group in exercise.groups)
        return _by_group(self.cases[exercise.name], names)

    def outcome(self, case: Case) -> Outcome:
        """Cases are asked for in their order; some may be left out."""
        outcome = next(self._coming, None) if self._plan[self._next][2] is case else None
        if outcome is None:
            while self._plan[self._next][2] is not case:
                self._next += 1
            self._coming = self._ask()
            outcome = next(self._coming)
        self._next += 1
        return outcome

    def _ask(self) -> Iterator[Outcome]:
        asked = self._plan[self._next :] if self._together else [self._plan[self._next]]
        jobs = [
            _job(name, home, tuple(case for *_, case in own))
            for (name, home), own in groupby(asked, key=itemgetter(0, 1))
        ]
        return self._session.run(jobs)


def _given_up(results: Sequence[GroupResult], patience: int) -> Outcome | None:
    """The outcome to expect of all groups that are left, where there is no point in asking."""
    if results and results[-1].outcomes and results[-1].outcomes[-1].status in GOES_ON:
        return None
    ends = [result.outcomes[-1] for result in results if result.outcomes]
    hung = [end for end in ends if end.status is Status.OUT_OF_TIME]
    if len(hung) >= patience:
        return hung[-1]
    if len(ends) >= _ENOUGH and all(end.status in _NOT_THERE for end in ends):
        return ends[-1]
    return None


@lru_cache(_EXERCISES)
def _by_group(cases: tuple[Case, ...], groups: tuple[str, ...]) -> tuple[tuple[Case, ...], ...]:
    return tuple(tuple(case for case in cases if case.group == group) for group in groups)


@lru_cache(_EXERCISES)
def _job(function: str, home: str, cases: tuple[Case, ...]) -> Job:
    """The calls to make, which are packed once for a whole class."""
    return Job(function, home, tuple(map(_call, cases)))


def _call(case: Case) -> Call:
    names = list(case.arguments)
    return Call(
        tuple(case.arguments.values()),
        case.keeps_arguments,
        case.read_only,
        as_data=case.data is not None,
        own=case.own,
        keywords=case.keywords,
        steps=[(step, [names.index(name) for name in step.arguments]) for step in case.steps],
    )
