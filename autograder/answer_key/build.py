"""Builds the answer key of a course from its solutions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from autograder.answer_key.answers import answer_of, calling_of
from autograder.answer_key.catalog import VARIANTS, module_name
from autograder.answer_key.digest import digest_cases
from autograder.answer_key.file import cases_of
from autograder.answer_key.inputs import draw_arguments
from autograder.answer_key.judges import judge_of, judges_text
from autograder.answer_key.misconceptions import misconceptions_of
from autograder.answer_key.trusted_modules import (
    Function,
    load_recipes,
    load_references,
    solution_sources,
)
from autograder.errors import CourseError, together
from autograder.model import AnswerKey, Case, Course, Exercise


def build_key(course: Course, names: Collection[str] | None = None) -> AnswerKey:
    """Return the cases of all exercises with what the references and the misconceptions answer.

    With `names`, the misconceptions of these exercises only. Same seed, same key, on every machine.
    Raises CourseError where a solution, a recipe or a bank is missing, fails or takes longer than
    students may, where a recipe draws something else the second time, and where a reference changes
    its arguments, answers differently the second time, or returns anything but finite numbers or
    plain data. What is wrong with several exercises is told at once.
    """
    cases = build_cases(course)
    known = cases if names is None else {name: cases[name] for name in names}
    misconceptions = misconceptions_of(course, known)
    return AnswerKey(
        MappingProxyType(cases),
        digest_cases(cases),
        MappingProxyType(misconceptions),
        MappingProxyType(texts_of_solutions(course) if _follows(course) else {}),
        judges_text(course),
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
            if all(case.data is not None and case.data.value is None for case in own):
                place = f"solutions/{exercise.part}.py: {exercise.name}"
                faults.append(CourseError(f"{place}: returns None in every case; return an answer"))
            names = [group.name for group in exercise.groups]
            cases[exercise.name] = tuple(sorted(own, key=lambda case: names.index(case.group)))
    if faults:
        raise together(faults)
    return {exercise.name: cases[exercise.name] for exercise in course.exercises}


def _follows(course: Course) -> bool:
    return any(exercise.follow_through for exercise in course.exercises)


def texts_of_solutions(course: Course) -> dict[str, str]:
    """The texts of the solutions, and of the variants that have a loop form, by import name.

    Grading runs them to give follow-through credit, and to find out which mistake was made.
    """
    folder = course.folder / "solutions" / VARIANTS
    texts = {path.stem: path.read_text("utf-8") for path in solution_sources(course).values()}
    variants = {
        module_name(VARIANTS, path.stem): path.read_text("utf-8")
        for path in sorted(folder.glob("*.py"))
    }
    return texts | {name: text for name, text in variants.items() if "__loops" in text}


def _cases(
    course: Course,
    exercise: Exercise,
    reference: Function,
    recipes: Mapping[str, Function],
    backwards: bool,
) -> tuple[Case, ...]:
    place = f"solutions/{exercise.part}.py: {exercise.name}"
    calling, seconds = calling_of(exercise, reference), course.limits.case_seconds
    judge = judge_of(course, exercise)
    cases: list[Case] = []
    for group in exercise.groups:
        here = f"{place}, group '{group.name}'"
        drawn = draw_arguments(course, exercise, group, recipes, calling.parameters)
        answers = [
            answer_of(reference, calling, one, here, seconds)
            for one in (drawn[::-1] if backwards else drawn)
        ]
        pairs = zip(drawn, answers[::-1] if backwards else answers, strict=True)
        own = cases_of(exercise, group, list(pairs), judge)
        for case in own:
            number, keywords = calling.names(case.arguments)
            cases.append(replace(case, own=number, keywords=keywords))
    return tuple(cases)
