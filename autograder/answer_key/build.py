"""Builds the answer key of a course from its solutions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from autograder.answer_key.digest import digest_cases
from autograder.answer_key.file import cases_of
from autograder.answer_key.inputs import copy_arguments, draw_arguments
from autograder.answer_key.misconceptions import misconceptions_of
from autograder.answer_key.trusted_modules import (
    Function,
    failure,
    load_recipes,
    load_references,
    parameters_of,
    solution_sources,
)
from autograder.errors import CourseError
from autograder.model import AnswerKey, Array, Case, Course, Exercise, Value


def build_key(course: Course) -> AnswerKey:
    """Return the cases of all exercises with what the references and the misconceptions answer.

    Same seed, same key, on every machine. Raises CourseError where a solution, a recipe or a bank
    is missing or fails, and where a reference changes its arguments, answers differently the
    second time, or returns anything but finite float64 numbers.
    """
    recipes = load_recipes(course)
    references = load_references(course)
    cases = {
        exercise.name: _cases(course, exercise, references[exercise.name], recipes)
        for exercise in course.exercises
    }
    misconceptions = misconceptions_of(course, cases)
    return AnswerKey(
        MappingProxyType(cases),
        digest_cases(cases),
        MappingProxyType(misconceptions),
        MappingProxyType(_solutions(course)),
    )


def _solutions(course: Course) -> dict[str, str]:
    """The text of the solutions, which grading needs only to give follow-through credit."""
    if not any(exercise.follow_through for exercise in course.exercises):
        return {}
    sources = solution_sources(course)
    return {name: path.read_text(encoding="utf-8") for name, path in sources.items()}


def _cases(
    course: Course, exercise: Exercise, reference: Function, recipes: Mapping[str, Function]
) -> tuple[Case, ...]:
    place = f"solutions/{exercise.part}.py: {exercise.name}"
    parameters = parameters_of(reference, place)
    cases: list[Case] = []
    for group in exercise.groups:
        drawn = draw_arguments(course, exercise, group, recipes, parameters)
        answers = [_answer(reference, one, f"{place}, group '{group.name}'") for one in drawn]
        cases += cases_of(exercise, group, list(zip(drawn, answers, strict=True)))
    return tuple(cases)


def _answer(reference: Function, arguments: Mapping[str, Value], place: str) -> Array:
    first = _call(reference, arguments, place)
    if not np.array_equal(first, _call(reference, arguments, place)):
        raise CourseError(f"{place}: answers differently the second time; keep no state in it")
    return first


def _call(reference: Function, arguments: Mapping[str, Value], place: str) -> Array:
    copies = copy_arguments(arguments)
    try:
        # What numpy warns of shows in the numbers, and those are checked.
        with np.errstate(all="ignore"):
            returned = reference(*copies)
    except Exception as error:
        raise CourseError(f"{failure(error)} (for {place}); mend the reference") from error
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
        raise CourseError(f"{place}: returns a number that is not finite; mend it or the inputs")
    answer.setflags(write=False)
    return answer
