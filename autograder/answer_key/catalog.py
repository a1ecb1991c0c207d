"""Reads the answers that a course knows by name: its misconceptions and its variants.

A bank is a folder of solutions/ with a file for each part, or for each exercise. A public name in
it that holds two underscores, `sm_dir__diagonal_only`, is an answer to the exercise before them.
The file may import the references. The paragraphs of a misconception's docstring are its hints.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from autograder.answer_key.trusted_modules import Function, load_modules, solution_sources
from autograder.errors import CourseError
from autograder.model import Course

MISCONCEPTIONS = "misconceptions"
VARIANTS = "variants"

LEVELS = 3
"""How many hints a misconception may have."""


@dataclass(frozen=True, eq=False)
class NamedAnswer:
    """One function of a bank."""

    exercise: str
    name: str
    """What comes after the two underscores."""
    file: str
    """The stem of its file: the part's name, or the exercise's."""
    function: Function
    hints: tuple[str, ...]
    """The paragraphs of its docstring, each on one line."""

    @property
    def identifier(self) -> str:
        """The name of the function in its file."""
        return f"{self.exercise}__{self.name}"


def read_bank(course: Course, bank: str) -> tuple[NamedAnswer, ...]:
    """The answers of the folder `bank` of solutions/, in the order of the course and the files.

    A part or an exercise without a file has none. Raises CourseError if a file does not run or
    belongs to neither, if a name does not begin with the name of an exercise of its file, or if a
    misconception has no hint or more than LEVELS of them.
    """
    files = {
        stem: tuple(exercises)
        for part in course.parts
        for stem, exercises in (
            (part.name, [exercise.name for exercise in part.exercises]),
            *((exercise.name, [exercise.name]) for exercise in part.exercises),
        )
    }
    found = [path.stem for path in (course.folder / "solutions" / bank).glob("*.py")]
    for stem in sorted(found):
        if stem not in files:
            raise CourseError(
                f"solutions/{bank}/{stem}.py: no part or exercise is called {stem}; "
                f"name the file after one of {', '.join(files)}"
            )
    answers = [
        answer
        for stem, exercises in files.items()
        if stem in found
        for answer in _answers_of(course, bank, stem, exercises)
    ]
    known = {exercise.name: number for number, exercise in enumerate(course.exercises)}
    return tuple(sorted(answers, key=lambda answer: known[answer.exercise]))


def module_name(bank: str, stem: str) -> str:
    """The name under which a bank's file is imported, so that it can import the part itself."""
    return f"{bank}_{stem}"


def _answers_of(
    course: Course, bank: str, stem: str, exercises: tuple[str, ...]
) -> list[NamedAnswer]:
    path = course.folder / "solutions" / bank / f"{stem}.py"
    name = module_name(bank, stem)
    module = load_modules({**solution_sources(course), name: path}, [name])[name]
    found: list[NamedAnswer] = []
    for identifier, function in vars(module).items():
        if identifier.startswith("_") or "__" not in identifier or not callable(function):
            continue
        place = f"solutions/{bank}/{stem}.py: {identifier}"
        exercise = next((one for one in exercises if identifier.startswith(f"{one}__")), None)
        if exercise is None:
            raise CourseError(
                f"{place}: does not begin with the name of an exercise of this file "
                f"and two underscores; the exercises are {', '.join(exercises)}"
            )
        hints = _paragraphs(function) if bank == MISCONCEPTIONS else ()
        if bank == MISCONCEPTIONS and not 0 < len(hints) <= LEVELS:
            raise CourseError(
                f"{place}: its docstring has {len(hints)} paragraphs, which are its hints; "
                f"write one to {LEVELS}"
            )
        mistake = identifier.removeprefix(f"{exercise}__")
        found.append(NamedAnswer(exercise, mistake, stem, function, hints))
    return found


def _paragraphs(function: Function) -> tuple[str, ...]:
    text = inspect.getdoc(function) or ""
    return tuple(" ".join(one.split()) for one in text.split("\n\n") if one.strip())
