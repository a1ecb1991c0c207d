"""Runs a student's functions on the test cases of the answer key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from autograder.compare import compare, compare_group
from autograder.model.course import AnswerKey, Case, Exercise
from autograder.model.report import GroupResult
from autograder.model.submission import Outcome, Status
from autograder.sandbox.host.wire import GOES_ON, Call, Job

if TYPE_CHECKING:
    from autograder.sandbox.sandbox import Session

# Tuples rather than sets: a search in a short tuple is faster than hashing an enum member.
_RAN = (Status.RETURNED, Status.RETURNED_OTHER, Status.RAISED)
_EXERCISES = 64
"""Cache size: the calls of this many exercises are kept, public and hidden cases separately."""
_NOT_THERE = (Status.MISSING, Status.NOT_WRITTEN)
_ENOUGH = 2
"""After this many groups that timed out, the rest of the exercise counts as timed out, so that one
hanging exercise does not use up the time of the others. Likewise, if this many groups at the start
of an exercise find nothing written, the rest is not run."""


def run_exercises(
    exercises: Sequence[Exercise],
    key: AnswerKey,
    session: Session,
    *,
    together: bool = True,
    patience: int = _ENOUGH,
) -> dict[str, tuple[GroupResult, ...]]:
    """Run the student's functions; return one result for each group, by exercise.

    The public groups of all exercises run first: their answers are shown in full, so they must come
    from code that has not seen any hidden input. A case that hung, crashed or broke a limit ends
    its group: the remaining cases get the same outcome. After `patience` groups of an exercise
    timed out, its other groups count as timed out. A wrong answer that exceeds the size limit
    counts as too much output. With `together` all cases are sent at once, which is much faster, but
    the text that each call printed is then not known. Raises SandboxError if the sandbox fails.
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


def _run_groups(
    exercise: Exercise, asked: _Asked, before: Sequence[GroupResult], patience: int
) -> tuple[GroupResult, ...]:
    """The results of the exercise's groups; those `before` count toward patience and size limit."""
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
            if outcome.status not in GOES_ON:
                ended = outcome
            outcomes.append(outcome)
        mismatches = compare_group(own, outcomes)
        results.append(GroupResult(group, own, tuple(outcomes), tuple(mismatches)))
    return tuple(results)


class _Asked:
    """Gets outcomes from a session: requests one case at a time, or with `together` all that are
    left."""

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
        # The exercise's name, not `case.exercise`: an author's trial runs a variant, under the
        # name of its own function, on the cases of an exercise.
        self._plan = [
            (one.name, one.part, case)
            for one in exercises
            for own in self.groups(one)
            for case in own
        ]
        self._next = 0
        """The position in the plan of the next outcome."""
        self._coming: Iterator[Outcome] = iter(())

    def groups(self, exercise: Exercise) -> tuple[tuple[Case, ...], ...]:
        """The cases of each group of `exercise`, in the order of the groups."""
        names = tuple(group.name for group in exercise.groups)
        return _by_group(self.cases[exercise.name], names)

    def outcome(self, case: Case) -> Outcome:
        """The outcome of `case`. Cases must come in the order of the plan, but may be skipped."""
        while self._plan[self._next][2] is not case:
            self._next += 1
            next(self._coming, None)
        outcome = next(self._coming, None)
        if outcome is None:
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
    """The outcome to assume for the remaining groups; None if they are worth running."""
    if results and results[-1].outcomes and results[-1].outcomes[-1].status in _RAN:
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
    """The job for these cases; cached, so that its calls are packed only once for a whole class."""
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


# --- the memory that answers take up while they wait to be explained ----------------------------

MOST_KEPT = 16 << 20
"""Bytes that the answers to one exercise may take, in addition to the size of the expected ones.

A limit is needed because the student decides how large an answer is, and because answers are also
compared with one another."""


def room_for(cases: Sequence[Case], before: Sequence[GroupResult]) -> int:
    """Bytes left for the answers to `cases`, given the results that came `before`."""
    room = MOST_KEPT + sum(case.expected.nbytes for case in cases)
    return room - sum(size(outcome) for result in before for outcome in result.outcomes)


def size(outcome: Outcome) -> int:
    """Bytes of the returned value and of the arguments that were sent back."""
    own = 0 if outcome.value is None else outcome.value.nbytes
    own += 0 if outcome.data is None else _bytes(outcome.data.value)
    if outcome.arguments is None:
        return own
    return own + sum(each.nbytes for each in outcome.arguments if isinstance(each, np.ndarray))


def _bytes(part: object) -> int:
    """The approximate memory use of plain data, in bytes."""
    if isinstance(part, np.ndarray):
        return part.nbytes
    if isinstance(part, dict):
        return 64 + sum(_bytes(key) + _bytes(value) for key, value in part.items())
    if isinstance(part, list | tuple | set):
        return 64 + sum(map(_bytes, part))
    return 32 + (len(part) if isinstance(part, str) else 0)
