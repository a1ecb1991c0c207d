"""Builds the answer key of a course from its solutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from autograder.answer_key.digest import digest_cases
from autograder.answer_key.file import cases_of
from autograder.answer_key.inputs import copy_arguments, draw_arguments
from autograder.answer_key.misconceptions import misconceptions_of
from autograder.answer_key.trusted_modules import (
    Function,
    TooSlow,
    failure,
    load_recipes,
    load_references,
    parameters_of,
    solution_sources,
    within,
)
from autograder.errors import CourseError, together
from autograder.model import AnswerKey, Array, Case, Course, Exercise, Value


def build_key(course: Course) -> AnswerKey:
    """Return the cases of all exercises with what the references and the misconceptions answer.

    Same seed, same key, on every machine. Raises CourseError where a solution, a recipe or a bank
    is missing, fails or takes longer than students may, where a recipe draws something else the
    second time, and where a reference changes its arguments, answers differently the second time,
    or returns anything but finite float64 numbers. What is wrong with several exercises is told at
    once.
    """
    cases = build_cases(course)
    misconceptions = misconceptions_of(course, cases)
    return AnswerKey(
        MappingProxyType(cases),
        digest_cases(cases),
        MappingProxyType(misconceptions),
        MappingProxyType(_solutions(course)),
    )


def build_cases(course: Course, *, backwards: bool = False) -> dict[str, tuple[Case, ...]]:
    """The cases of all exercises; made one after another from the last, where asked."""
    recipes, references = load_recipes(course), load_references(course)
    cases: dict[str, tuple[Case, ...]] = {}
    faults = []
    for exercise in reversed(course.exercises) if backwards else course.exercises:
        groups = exercise.groups[::-1] if backwards else exercise.groups
        reference = references[exercise.name]
        try:
            own = _cases(course, replace(exercise, groups=groups), reference, recipes, backwards)
        except CourseError as error:
            faults.append(error)
        else:
            names = [group.name for group in exercise.groups]
            cases[exercise.name] = tuple(sorted(own, key=lambda case: names.index(case.group)))
    if faults:
        raise together(faults)
    return {exercise.name: cases[exercise.name] for exercise in course.exercises}


def _solutions(course: Course) -> dict[str, str]:
    """The text of the solutions, which grading needs only to give follow-through credit."""
    if not any(exercise.follow_through for exercise in course.exercises):
        return {}
    sources = solution_sources(course)
    return {name: path.read_text(encoding="utf-8") for name, path in sources.items()}


def _cases(
    course: Course,
    exercise: Exercise,
    reference: Function,
    recipes: Mapping[str, Function],
    backwards: bool,
) -> tuple[Case, ...]:
    place = f"solutions/{exercise.part}.py: {exercise.name}"
    parameters, seconds = parameters_of(reference, place), course.limits.case_seconds
    cases: list[Case] = []
    for group in exercise.groups:
        here = f"{place}, group '{group.name}'"
        drawn = draw_arguments(course, exercise, group, recipes, parameters)
        answers = [
            _answer(reference, one, here, seconds) for one in (drawn[::-1] if backwards else drawn)
        ]
        pairs = zip(drawn, answers[::-1] if backwards else answers, strict=True)
        cases += cases_of(exercise, group, list(pairs))
    return tuple(cases)


def _answer(
    reference: Function, arguments: Mapping[str, Value], place: str, seconds: float
) -> Array:
    first = _call(reference, arguments, place, seconds)
    if not np.array_equal(first, _call(reference, arguments, place, seconds)):
        raise CourseError(f"{place}: answers differently the second time; keep no state in it")
    return first


def _call(reference: Function, arguments: Mapping[str, Value], place: str, seconds: float) -> Array:
    copies = copy_arguments(arguments)
    try:
        # What numpy warns of shows in the numbers, and those are checked.
        with np.errstate(all="ignore"), within(seconds):
            returned = reference(*copies)
    except TooSlow as slow:
        raise CourseError(
            f"{place}: {slow}, which is all that students have (limits.case_seconds); "
            "make the reference quicker, the inputs smaller or the limit larger"
        ) from None
    except Exception as error:
        raise CourseError(f"{failure(error)} (for {place}); fix the reference") from error
    for name, before, after in zip(arguments, arguments.values(), copies, strict=True):
        if not np.array_equal(before, after):
            raise CourseError(f"{place}: changes its argument {name}; work on a copy")
    if type(returned) not in (np.ndarray, np.float64, float):
        kind = type(returned).__name__
        raise CourseError(f"{place}: returns {kind}; return a float64 array or a float")
    answer = np.array(returned, order="C")
    if answer.dtype != np.float64:
        raise CourseError(f"{place}: returns {answer.dtype} numbers; return float64")
    if not np.isfinite(answer).all():
        raise CourseError(f"{place}: returns a number that is not finite; fix it or the inputs")
    answer.setflags(write=False)
    return answer
