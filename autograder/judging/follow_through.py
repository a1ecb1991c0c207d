"""Finds the answers that are wrong only because an earlier function of the student is.

The question is what the reference would return, had it been built on the student's own earlier
functions. The reference runs here; its calls of these go to the sandbox, arrays in and arrays out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import combinations
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.answer_key.inputs import copy_arguments, plain_data
from autograder.answer_key.trusted_modules import (
    Function,
    know_support,
    load_modules,
    support_functions,
)
from autograder.compare import changed_arguments
from autograder.diagnosis.evidence import agrees, same_arguments
from autograder.errors import CourseError, SandboxError
from autograder.judging.score import only_numbers_are_wrong
from autograder.model import (
    AnswerKey,
    Array,
    Case,
    Course,
    Data,
    Exercise,
    Flaw,
    GroupResult,
    Outcome,
    Status,
    Value,
)

if TYPE_CHECKING:
    from autograder.sandbox.host.session import Session

Results = Mapping[str, Sequence[GroupResult]]
"""By exercise, one for each of its groups."""


_TRIES = 2
"""In how many groups a choice of earlier functions may fail before it is given up: each try costs
hundreds of calls."""
_PROVEN = 1000
"""A choice that has explained one group is tried on all the others."""
_MOST_TIMES = 4
"""An array that the reference hands over, or gets, may have so many times as many cells as all
arguments and the answer of its case: it computes with them here, and what is broadcast grows."""


class _Stopped(Exception):
    """A student's function, called by the reference, returned no array that it could work with."""


def follow(
    course: Course,
    results: Results,
    references: Mapping[str, Function],
    open_session: Callable[[], AbstractContextManager[Session]],
) -> dict[tuple[str, str], tuple[str, ...]]:
    """By exercise and group, the earlier functions from which the wrong answers follow.

    The session is a new one, and opened only where it is needed: a function that remembers what
    it was asked before could otherwise shape its answers to it. Raises SandboxError where the
    sandbox fails.
    """
    candidates = [
        (exercise, earlier)
        for exercise in course.exercises
        if exercise.name in references and (earlier := _candidates(exercise, results))
    ]
    if not candidates:
        return {}
    parts = {exercise.name: exercise.part for exercise in course.exercises}
    followed: dict[tuple[str, str], tuple[str, ...]] = {}
    constant: dict[str, bool] = {}
    with open_session() as session:
        for exercise, among in candidates:
            for name in among:
                if name not in constant:
                    constant[name] = not _varies(results[name], parts[name], session)
            earlier = tuple(name for name in among if not constant[name])
            at_fault = [name for name in earlier if not _only_follows(results[name], followed)]
            tries = dict.fromkeys(_choices(earlier, at_fault), _TRIES)
            for result in filter(only_numbers_are_wrong, results[exercise.name]):
                names = _followed(result, references[exercise.name], tries, parts, session)
                if names:
                    followed[exercise.name, result.group.name] = names
    return followed


def references_of(course: Course, key: AnswerKey) -> Mapping[str, Function]:
    """The references that `key` has with it.

    Raises CourseError where a solution does not run.
    """
    parts = {one.name: one.part for one in course.exercises}
    if not key.solutions:
        return {}
    modules = load_modules(key.solutions, sorted(set(parts.values())))
    know_support(course, key.solutions)
    return {name: getattr(modules[part], name) for name, part in parts.items()}


def _candidates(exercise: Exercise, results: Results) -> tuple[str, ...]:
    """The earlier functions that lost points and on which right answers may have been built."""
    own = results.get(exercise.name, ())
    if exercise.follow_through <= 0.0 or not any(map(only_numbers_are_wrong, own)):
        return ()
    earlier = (name for name in exercise.uses if name in results and name != exercise.name)
    return tuple(name for name in earlier if _is_wrong(results[name]))


def _only_follows(
    results: Sequence[GroupResult], followed: Mapping[tuple[str, str], tuple[str, ...]]
) -> bool:
    """Whether all that is wrong about an earlier function follows from a still earlier one.

    An answer that is not finite is never found to follow; where others do, it speaks of nothing
    else, as an overflow in the earlier function reaches all that is built on it.
    """
    wrong = [result for result in results if _is_wrong([result])]
    left = [
        result for result in wrong if (result.cases[0].exercise, result.group.name) not in followed
    ]
    return len(left) < len(wrong) and all(map(_is_not_finite, left))


def _is_not_finite(result: GroupResult) -> bool:
    flaws = {mismatch.flaw for mismatch in result.mismatches if mismatch is not None}
    return flaws == {Flaw.NON_FINITE}


def _choices(earlier: Sequence[str], at_fault: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Which earlier functions to take from the student: first all of those at fault."""
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
    parts: Mapping[str, str],
    session: Session,
) -> tuple[str, ...]:
    most = max(map(_cells, result.cases), default=0) * _MOST_TIMES
    for names, left in tries.items():
        called: list[str] = []
        given = {name: _remote(name, parts[name], session, called, most) for name in names}
        if (
            left
            and answers_follow(result, reference, given)
            and data_matter(result, reference, given)
        ):
            tries[names] = _PROVEN
            return tuple(dict.fromkeys(called))
        tries[names] = max(left - 1, 0)
    return ()


def _cells(case: Case) -> int:
    return case.expected.size + sum(np.size(value) for value in case.arguments.values())


def _remote(name: str, part: str, session: Session, called: list[str], most: int) -> Function:
    def call(*arguments: Any) -> Array:
        called.append(name)
        if any(np.size(value) > most for value in arguments):
            raise _Stopped
        outcome = session.call(name, part, [_plain(value) for value in arguments])
        value = outcome.value
        if outcome.status is not Status.RETURNED or value is None or value.size > most:
            raise _Stopped
        return value.copy()  # the reference may go on to write into it

    return call


def _plain(value: Any) -> Value:
    """A value of the reference's, as it can be sent. Raises _Stopped for what cannot be."""
    if isinstance(value, float | int | np.ndarray):
        return value
    if isinstance(value, FunctionType):
        known = [name for name, function in support_functions.items() if function is value]
        if not known:  # it was made by the reference
            raise _Stopped
        return known[0]
    try:
        array = np.asarray(value)
        return array if array.dtype.kind in "biufc" else Data(plain_data(value, ""))
    except (CourseError, ValueError):
        raise _Stopped from None


def _is_wrong(results: Sequence[GroupResult]) -> bool:
    return any(mismatch is not None for result in results for mismatch in result.mismatches)


def _varies(results: Sequence[GroupResult], part: str, session: Session) -> bool:
    """Whether the answers depend on the arguments, and are more than one of them or one number.

    Whatever is built on a constant or trivial function shows nothing. Where all cases have the same
    arguments, as public ones mostly do, the function is called with others.
    """
    answers = list(_answers_of(results))
    if answers and all(same_arguments(answers[0][0], case) for case, _ in answers):
        other = _with_other_data(answers[0][0])
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


# --- a reference on other functions ------------------------------------------------------------


def built_on(reference: Function, given: Mapping[str, Function]) -> Function | None:
    """The reference with the functions of its module's globals replaced by those `given`.

    The other functions of its module see them too. None for what is no plain function.
    """
    if not isinstance(reference, FunctionType):
        return None
    names = dict(reference.__globals__)
    for name, value in reference.__globals__.items():
        if isinstance(value, FunctionType) and value.__globals__ is reference.__globals__:
            names[name] = _over(value, names)
    names.update(given)
    return _over(reference, names)


def _over(function: FunctionType, names: dict[str, Any]) -> FunctionType:
    copy = FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def answers_follow(result: GroupResult, reference: Function, given: Mapping[str, Function]) -> bool:
    """Whether each answer is the reference's, had it been built on the functions `given`."""
    function = built_on(reference, given)
    if function is None:
        return False
    pairs = zip(result.cases, result.outcomes, strict=True)
    return all(_answers(function, case, outcome) for case, outcome in pairs)


def data_matter(result: GroupResult, reference: Function, given: Mapping[str, Function]) -> bool:
    """Whether other data would have led to other answers.

    If not, the functions keep out of what they lead to all that was asked for, and to have followed
    from them shows nothing.
    """
    function = built_on(reference, given)
    pairs = zip(result.cases, result.outcomes, strict=True)
    return function is None or not all(
        _answers(function, _with_other_data(case), outcome) for case, outcome in pairs
    )


def _with_other_data(case: Case) -> Case:
    """The case with its arrays shifted, all but the one that the answer starts from.

    Of several arrays that is the first one of the answer's shape. The others are shifted by one
    place, two places and so on: together, a product of two would stay what it was. Shifted numbers
    do not look like a trial. Where there are no arrays, single numbers are a little larger.
    """
    arrays = [name for name, value in case.arguments.items() if np.ndim(value)]
    starts = [name for name in arrays if np.shape(case.arguments[name]) == case.expected.shape]
    kept = starts[:1] if len(arrays) > 1 else []
    others = (name for name in arrays if name not in kept)
    shifted: dict[str, Value] = {
        name: np.roll(case.arguments[name], places, axis=-1)
        for places, name in enumerate(others, 1)
    }
    if not arrays:
        floats = {name: one for name, one in case.arguments.items() if isinstance(one, float)}
        shifted = {name: 1.1 * value + 0.1 for name, value in floats.items()}
    return replace(case, arguments={**case.arguments, **shifted}, keeps_arguments=False)


def _answers(function: Function, case: Case, outcome: Outcome) -> bool:
    if outcome.value is None or (case.keeps_arguments and changed_arguments(case, outcome)):
        return False
    arguments = copy_arguments(case.arguments)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = np.asarray(function(*arguments))
    except SandboxError:
        raise
    except Exception:  # the reference may fail in any way on what a student's function returned
        return False
    if answer.dtype.kind not in "biuf" or not np.isfinite(answer).all():
        return False
    return agrees(outcome.value, answer, case.tolerance)
