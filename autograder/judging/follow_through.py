"""Finds answers that are wrong only because one of the student's earlier functions is.

To find out, it runs the reference on top of the student's earlier functions. The reference runs
here, in the trusted process; its calls to the student's functions are sent to the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache, partial
from itertools import chain, combinations, groupby
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.answer_key.inputs import copy_arguments, plain_data
from autograder.answer_key.trusted_modules import Function, support_functions
from autograder.diagnosis.evidence import agrees, same_arguments
from autograder.errors import CourseError
from autograder.judging.score import only_numbers_are_wrong
from autograder.judging.substitute import (
    CHANGES,
    Promise,
    agrees_with,
    answers_follow,
    changed_by,
    data_matter,
    kept,
    shifted,
    substituted,
)
from autograder.model.course import Case, Course, Exercise, Tolerance
from autograder.model.report import Flaw, GroupResult
from autograder.model.submission import Status
from autograder.model.values import Array, Data, Value
from autograder.sandbox.host.wire import Call, Job

if TYPE_CHECKING:
    from autograder.sandbox.sandbox import Session

Results = Mapping[str, Sequence[GroupResult]]
"""The results of each exercise, one for each of its groups."""

_TRIES = 2
"""The number of groups on which a choice of earlier functions may fail before it is dropped: a try
may cost hundreds of calls."""
_PROVEN = 1000
"""The tries left for a choice that explained a group: enough to try it on all other groups."""
_MOST_TIMES = 4
"""Arrays exchanged with the student's functions may have this many times the cells of the case's
arguments and answer together. The reference computes with them here, in the trusted process, and
broadcasting multiplies their size."""
_ROUNDS = 32
"""How many requests may be made before it is known whether the first answers follow."""


class _Stopped(Exception):
    """The reference's call of a student's function could not be made or gave no usable array."""


class _NotAsked(BaseException):
    """An answer that the reference needs is to be asked for together with others.

    A BaseException, so that a reference does not catch it.
    """


def follow(
    course: Course,
    results: Results,
    references: Mapping[str, Function],
    open_session: Callable[[], AbstractContextManager[Session]],
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The earlier functions from which wrong answers follow, by (exercise, group).

    Uses a new session, opened only if needed: in the old one, a function that remembers earlier
    calls could adapt its answers to them. Raises SandboxError if the sandbox fails.
    """
    candidates = {
        exercise.name: earlier
        for exercise in course.exercises
        if exercise.name in references and (earlier := _candidates(exercise, results))
    }
    if not candidates:
        return {}
    parts = {exercise.name: exercise.part for exercise in course.exercises}
    solutions = tuple(references.items())
    wrong = {
        name: _by_cost(results[name], name, earlier, solutions)
        for name, earlier in candidates.items()
    }
    followed: dict[tuple[str, str], tuple[str, ...]] = {}
    with open_session() as session:
        replies = _Replies(session, parts)
        among = dict.fromkeys(chain.from_iterable(candidates.values()))
        constant = {name for name in among if not _varies(results[name], parts[name], session)}
        for exercise, names in candidates.items():
            candidates[exercise] = tuple(name for name in names if name not in constant)
        refuted = replies.refuted(
            {
                (case, names): partial(agrees_with, function, case, result.outcomes[0])
                for exercise, earlier in candidates.items()
                for result in wrong[exercise][:_TRIES]
                for case in result.cases[:1]
                for names in {_called(exercise, one, case, solutions) for one in _choices(earlier)}
                if (function := substituted(references[exercise], replies.functions(names, result)))
            }
        )
        for exercise, earlier in candidates.items():
            at_fault = [name for name in earlier if not _only_follows(results[name], followed)]
            tries = dict.fromkeys(_choices(earlier, at_fault), _TRIES)
            for result in wrong[exercise]:
                case = result.cases[0]
                fails = {
                    names
                    for names in tries
                    if (case, _called(exercise, names, case, solutions)) in refuted
                }
                if names := _followed(result, references[exercise], tries, fails, replies):
                    followed[exercise, result.group.name] = names
    return followed


def _by_cost(
    results: Sequence[GroupResult], exercise: str, earlier: tuple[str, ...], solutions: _Solutions
) -> list[GroupResult]:
    """The groups in which only numbers are wrong, each with its cases in another order.

    Public groups come first: a check, which has no others, is to find the same. The first case is
    the wrong one that takes the fewest calls to try: nearly always it shows that the answers do not
    follow.
    """
    found = []
    for result in sorted(results, key=lambda one: not one.group.public):
        if not only_numbers_are_wrong(result):
            continue
        rows = sorted(
            zip(result.cases, result.outcomes, result.mismatches, strict=True),
            key=lambda row: (row[2] is None, len(_calls(exercise, earlier, row[0], solutions))),
        )
        cases, outcomes, mismatches = zip(*rows, strict=True)
        found.append(GroupResult(result.group, cases, outcomes, mismatches))
    return found


def _called(
    exercise: str, names: tuple[str, ...], case: Case, solutions: _Solutions
) -> frozenset[str]:
    """Those of the functions `names` that the reference calls: with the others or without, its
    answer is the same."""
    return frozenset(_calls(exercise, names, case, solutions))


@lru_cache(1 << 12)
def _calls(
    exercise: str, names: tuple[str, ...], case: Case, solutions: _Solutions
) -> tuple[str, ...]:
    """The calls of the functions `names` by the reference for a case; cached for a whole class."""
    references, called = dict(solutions), []

    def noting(name: str) -> Function:
        def call(*arguments: Any) -> Any:
            called.append(name)
            return references[name](*arguments)

        return call

    function = substituted(references[exercise], {name: noting(name) for name in names})
    if function is not None:
        with np.errstate(all="ignore"):
            function(*copy_arguments(case.arguments))
    return tuple(called)


_Solutions = tuple[tuple[str, Function], ...]
"""The reference functions by exercise."""


def _candidates(exercise: Exercise, results: Results) -> tuple[str, ...]:
    """The wrong or inexact earlier functions from which this exercise's wrong answers may follow.

    Empty if the exercise gives no follow-through credit, or no group has only wrong numbers.
    """
    own = results.get(exercise.name, ())
    if exercise.follow_through <= 0.0 or not any(map(only_numbers_are_wrong, own)):
        return ()
    earlier = (name for name in exercise.uses if name in results and name != exercise.name)
    return tuple(name for name in earlier if _is_wrong(results[name]) or _is_inexact(results[name]))


def _only_follows(
    results: Sequence[GroupResult], followed: Mapping[tuple[str, str], tuple[str, ...]]
) -> bool:
    """Whether all wrong groups of an earlier function follow from a still earlier function.

    Only public groups decide if there are any, so that a check says the same as grading.
    Non-finite answers are never found to follow. If other groups do, groups that are only
    non-finite are not held against the function: an overflow in the earlier function spreads to
    everything built on it.
    """
    wrong = [result for result in _shown(results) if _is_wrong([result])]
    left = [
        result for result in wrong if (result.cases[0].exercise, result.group.name) not in followed
    ]
    return len(left) < len(wrong) and all(map(_is_not_finite, left))


def _shown(results: Sequence[GroupResult]) -> Sequence[GroupResult]:
    """The results of the public groups, or all of them if none is public."""
    return [result for result in results if result.group.public] or results


def _is_not_finite(result: GroupResult) -> bool:
    flaws = {mismatch.flaw for mismatch in result.mismatches if mismatch is not None}
    return flaws == {Flaw.NON_FINITE}


def _choices(earlier: Sequence[str], at_fault: Sequence[str] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the sets of earlier functions to take from the student.

    Starts with all of those at fault, then goes from large sets to small ones.
    """
    if at_fault:
        yield tuple(at_fault)
    for count in range(len(earlier), 0, -1):
        for names in combinations(earlier, count):
            if names != tuple(at_fault):
                yield names


def _followed(
    result: GroupResult,
    reference: Function,
    tries: dict[tuple[str, ...], int],
    fails: Collection[tuple[str, ...]],
    replies: _Replies,
) -> tuple[str, ...]:
    """The functions from which the answers follow; `fails` has choices known not to explain them.

    Counts the tries down.
    """
    for names, left in tries.items():
        called: list[str] = []
        given = replies.functions(names, result, called)
        explains = partial(_explains, result, reference, given)
        if left and names not in fails and replies.answer(explains):
            tries[names] = _PROVEN
            return tuple(dict.fromkeys(called))
        tries[names] = max(left - 1, 0)
    return ()


def _explains(result: GroupResult, reference: Function, given: Mapping[str, Function]) -> bool:
    return answers_follow(result, reference, given) and data_matter(result, reference, given)


def _cells(case: Case) -> int:
    return case.expected.size + sum(np.size(value) for value in case.arguments.values())


_Key = tuple[Any, ...]
"""The name of a function, and what identifies the arguments of a call."""
_Question = tuple[Case, frozenset[str]]
"""Whether the answer to a case follows from these functions."""


class _Replies:
    """The answers of the student's functions to the calls of references, each asked for once."""

    def __init__(self, session: Session, parts: Mapping[str, str]) -> None:
        self._session = session
        self._parts = parts
        self._known: dict[_Key, Array | None] = {}
        """The answer to each call; None if it is not an array."""
        self._wanted: dict[_Key, Sequence[Value]] = {}
        self._promising = False
        """Whether calls give promises of their answers."""
        self._collecting = False
        """Whether promises are kept only after the current round."""
        self._promised = False
        """Whether a promise was made."""

    def functions(
        self, names: Iterable[str], result: GroupResult, called: list[str] | None = None
    ) -> dict[str, Function]:
        """Stand-ins for the student's functions, for the cases of `result`.

        They append their names to `called`. They raise _Stopped if an argument or the answer is too
        large for these cases.
        """
        most = max(map(_cells, result.cases), default=0) * _MOST_TIMES
        noted = [] if called is None else called
        return {name: partial(self._call, name, most, noted) for name in names}

    def refuted(self, questions: Mapping[_Question, Callable[[], bool]]) -> set[_Question]:
        """Those of `questions` to which the answer is no, as far as it is known after _ROUNDS.

        The calls of all of them are made in the same few requests: a request costs as much as many
        calls. A question that computed with promises is asked again.
        """
        found: set[_Question] = set()
        left = list(questions)
        self._promising = self._collecting = True
        for _ in range(_ROUNDS):
            waiting = []
            for one in left:
                self._promised = False
                try:
                    explains = questions[one]()
                except _NotAsked:
                    explains = False
                if self._promised:
                    waiting.append(one)
                elif not explains:
                    found.add(one)
            left = waiting
            if not left:
                break
            self._ask()
        self._promising = self._collecting = False
        return found

    def answer(self, question: Callable[[], bool]) -> bool:
        """The answer to `question`, whose calls are made in few requests if possible.

        It is asked twice: first with promises in place of the student's answers, which are asked
        for together when the first of them is needed. Code may treat a promise in another way than
        an array, so only the second time counts, when the answers are known.
        """
        self._promising = True
        question()
        self._promising = False
        self._wanted.clear()
        return question()

    def _call(self, name: str, most: int, called: list[str], *arguments: Any) -> Array | Promise:
        called.append(name)
        arguments = tuple(map(kept, arguments))
        if any(np.size(value) > most for value in arguments):
            raise _Stopped
        values = [_plain(value) for value in arguments]
        key = (name, *map(_content, values))
        if key not in self._known:
            self._wanted[key] = values
            if self._promising:
                self._promised = True
                return Promise(lambda: self._known_answer(key, most))
        return self._known_answer(key, most)

    def _known_answer(self, key: _Key, most: int) -> Array:
        if key not in self._known:
            if self._collecting:
                raise _NotAsked
            self._ask()
        value = self._known[key]
        if value is None or value.size > most:
            raise _Stopped
        return value.copy()  # the reference may write into it

    def _ask(self) -> None:
        left, self._wanted = sorted(self._wanted.items(), key=_name), {}
        while left:
            jobs = [
                Job(name, self._parts[name], [Call(values) for _, values in own])
                for name, own in groupby(left, key=_name)
            ]
            answered = 0
            for (key, _), outcome in zip(left, self._session.run(jobs), strict=False):
                returned = outcome.status is Status.RETURNED
                self._known[key] = outcome.value if returned else None
                answered += 1
            left = left[answered:]  # a call that breaks a limit is the last of its request


def _name(wanted: tuple[_Key, Sequence[Value]]) -> str:
    name: str = wanted[0][0]
    return name


def _content(value: Value) -> object:
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.strides, value.tobytes()
    return type(value), repr(value)


def _plain(value: Any) -> Value:
    """A value from the reference in a form that can be sent to the sandbox.

    Raises _Stopped if there is none.
    """
    if isinstance(value, float | int | np.ndarray):
        return value
    if isinstance(value, FunctionType):
        known = [name for name, function in support_functions.items() if function is value]
        if not known:  # a function that the reference created itself
            raise _Stopped
        return known[0]
    try:
        array = np.asarray(value)
        return array if array.dtype.kind in "biufc" else Data(plain_data(value, ""))
    except (CourseError, ValueError):
        raise _Stopped from None


def _is_wrong(results: Sequence[GroupResult]) -> bool:
    return any(mismatch is not None for result in results for mismatch in result.mismatches)


def _is_inexact(results: Sequence[GroupResult]) -> bool:
    """Whether an accepted answer is off by more than rounding, which later functions may amplify.

    That is more than a thousandth of its tolerance. An exercise with a judge has other right
    answers than the expected ones, and plain data are not numbers alone.
    """
    return any(
        mismatch is None
        and case.judge is None
        and case.data is None
        and outcome.value is not None
        and not agrees(
            outcome.value.astype(np.result_type(outcome.value.dtype, np.float64)),
            case.expected,
            Tolerance(case.tolerance.rtol / 1000, case.tolerance.atol / 1000),
        )
        for result in results
        for case, outcome, mismatch in zip(
            result.cases, result.outcomes, result.mismatches, strict=True
        )
    )


def _varies(results: Sequence[GroupResult], part: str, session: Session) -> bool:
    """Whether the function is neither constant nor trivial.

    It is trivial if it always returns one of its arguments, or arrays of a single repeated number.
    Answers built on such a function are no evidence of follow-through. If all cases have the same
    arguments, as public cases often do, the function is called with others, too. Only public groups
    count if there are any, as in a check.
    """
    answers = list(_answers_of(_shown(results)))
    if answers and all(same_arguments(answers[0][0], case) for case, _ in answers):
        first = answers[0][0]
        for other in (shifted(first), *(changed_by(first, change) for change in CHANGES)):
            value = session.call(other.exercise, part, tuple(other.arguments.values())).value
            if value is not None and value.dtype.kind in "iuf":
                answers.append((other, value))
    with np.errstate(all="ignore"):
        return _depends(answers)


def _depends(answers: Sequence[tuple[Case, Array]]) -> bool:
    several = [value for _, value in answers if value.size > 1]
    if several and all(np.ptp(value) == 0.0 for value in several):
        return False
    for position in range(max((len(case.arguments) for case, _ in answers), default=0)):
        if all(_is_argument(case, value, position) for case, value in answers):
            return False
    return any(
        first.shape == second.shape and not np.array_equal(first, second, equal_nan=True)
        for (_, first), (_, second) in combinations(answers, 2)
    )


def _answers_of(results: Sequence[GroupResult]) -> Iterator[tuple[Case, Array]]:
    for result in results:
        for case, outcome in zip(result.cases, result.outcomes, strict=True):
            if outcome.value is not None and outcome.value.dtype.kind in "iuf":
                yield case, outcome.value


def _is_argument(case: Case, value: Array, position: int) -> bool:
    argument = list(case.arguments.values())[position]
    return np.array_equal(np.asarray(argument), value)
