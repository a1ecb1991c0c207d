"""Works out what each misconception of a course answers on the cases of its exercise.

The cases are answered in the order in which a submission is called, public groups first, by
functions that are loaded afresh: one that keeps state between its calls does here what it does in
a submission. Memory that is read before it is written cannot be foreseen: a misconception about it
fills that memory with NaN.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from autograder.answer_key.answers import Calling, as_drawn, call_with, calling_of
from autograder.answer_key.catalog import MISCONCEPTIONS, NamedAnswer, read_bank
from autograder.answer_key.inputs import copy_arguments, plain_data
from autograder.answer_key.trusted_modules import TooSlow, load_references, within
from autograder.compare import NUMERIC_KINDS, compare
from autograder.model import (
    Answered,
    Array,
    Case,
    Course,
    Data,
    Flaw,
    Misconception,
    Outcome,
    Status,
)

MOST_CELLS = 2048
"""Larger wrong answers are kept only where a misconception has no other wrong one."""


def misconceptions_of(
    course: Course, cases: Mapping[str, Sequence[Case]]
) -> dict[str, tuple[Misconception, ...]]:
    """The misconceptions of every exercise with what they answer on `cases`.

    Raises CourseError where the bank cannot be read.
    """
    seconds = course.limits.case_seconds
    references = load_references(course)
    callings = {
        exercise.name: calling_of(exercise, references[exercise.name])
        for exercise in course.exercises
    }
    known: dict[str, tuple[Misconception, ...]] = dict.fromkeys(cases, ())
    public = {
        exercise.name: {group.name for group in exercise.groups if group.public}
        for exercise in course.exercises
    }
    for answer in read_bank(course, MISCONCEPTIONS):
        name = answer.exercise
        if name in known:
            known[name] += (
                _misconception(answer, callings[name], cases[name], public[name], seconds),
            )
    return known


def _misconception(
    answer: NamedAnswer, calling: Calling, cases: Sequence[Case], public: set[str], seconds: float
) -> Misconception:
    answers: list[Array | Answered | Data | None] = [None] * len(cases)
    for index in sorted(range(len(cases)), key=lambda index: cases[index].group not in public):
        answers[index] = _answer(answer, calling, cases[index], seconds)
    arrays = [one for one in answers if isinstance(one, np.ndarray)]
    if any(one.size <= MOST_CELLS for one in arrays):
        answers = [
            Answered.WRONG if isinstance(one, np.ndarray) and one.size > MOST_CELLS else one
            for one in answers
        ]
    return Misconception(answer.exercise, answer.name, answer.hints, tuple(answers))


def _answer(
    answer: NamedAnswer, calling: Calling, case: Case, seconds: float
) -> Array | Answered | Data | None:
    arguments = copy_arguments(case.arguments)
    if case.read_only:
        for value in arguments:
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(), within(seconds):
            warnings.simplefilter("ignore")
            returned = call_with(answer.function, calling, case.arguments, arguments)
            if case.data is not None:
                returned = Data(plain_data(returned, answer.identifier))
            else:
                returned = np.array(returned)
    except (Exception, SystemExit, TooSlow):
        return None
    after = tuple(map(as_drawn, case.arguments.values(), arguments))
    if isinstance(returned, Data):
        mismatch = compare(case, Outcome(Status.RETURNED, None, after, data=returned))
    else:
        if returned.dtype.kind not in NUMERIC_KINDS:
            return None
        if returned.dtype.kind == "f" and returned.dtype.itemsize > 8:
            returned = returned.astype(np.float64)  # long doubles differ between machines
        mismatch = compare(case, Outcome(Status.RETURNED, returned, after))
    if mismatch is None:
        return Answered.RIGHT
    if mismatch.flaw is Flaw.ARGUMENTS:
        return None
    if isinstance(returned, np.ndarray):
        returned.setflags(write=False)
    answered: Array | Data = returned
    return answered
