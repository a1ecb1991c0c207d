"""Runs a student's functions on the cases of the answer key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.answer_size import room_for, size
from autograder.compare import compare
from autograder.model import AnswerKey, Case, Exercise, GroupResult, Outcome, Status
from autograder.per_case import once_per_case
from autograder.sandbox.host.wire import GOES_ON, Call

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
        for one in exercises:
            chosen = replace(one, groups=tuple(g for g in one.groups if g.public is public))
            before = found.get(one.name, ())
            cases = key.cases.get(one.name, ())
            found[one.name] = before + run_exercise(
                chosen, cases, session, before, together=together, patience=patience
            )
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
    results: list[GroupResult] = []
    room = room_for(cases, before)
    of_group: dict[str, list[Case]] = {group.name: [] for group in exercise.groups}
    for case in cases:
        of_group.get(case.group, []).append(case)
    groups = [(group, tuple(of_group[group.name])) for group in exercise.groups]
    asked = _Asked(exercise, session, [case for _, own in groups for case in own], together)
    for group, own in groups:
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
        mismatches = tuple(map(compare, own, outcomes))
        results.append(GroupResult(group, own, tuple(outcomes), mismatches))
    return tuple(results)


class _Asked:
    """What a student's function does with cases, asked for one by one or far ahead."""

    def __init__(
        self, exercise: Exercise, session: Session, cases: Sequence[Case], together: bool
    ) -> None:
        self._exercise = exercise
        self._session = session
        self._cases = cases
        self._together = together
        self._coming: Iterator[tuple[Case, Outcome]] = iter(())

    def outcome(self, case: Case) -> Outcome:
        """Cases are asked for in their order; some may be left out."""
        next_one = next(self._coming, None)
        if next_one is None or next_one[0] is not case:
            self._coming = self._ask_from(case)
            next_one = next(self._coming)
        return next_one[1]

    def _ask_from(self, case: Case) -> Iterator[tuple[Case, Outcome]]:
        asked = self._cases[self._cases.index(case) :] if self._together else [case]
        calls = [_call(each) for each in asked]
        outcomes = self._session.calls(self._exercise.name, self._exercise.part, calls)
        return zip(asked, outcomes, strict=False)


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


@once_per_case
def _call(case: Case) -> Call:
    return Call(tuple(case.arguments.values()), case.keeps_arguments, case.read_only)
