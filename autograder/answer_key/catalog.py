"""Reads the answers that a course knows by name: its misconceptions and its variants.

A bank is a folder of solutions/ with a file for each part. A public name in it that holds two
underscores, `sm_dir__diagonal_only`, is an answer to the exercise before them. The file may import
the references. The paragraphs of a misconception's docstring are its hints.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from autograder.answer_key.trusted_modules import Function, load_modules, solution_sources
from autograder.errors import CourseError
from autograder.model import Course, Part

MISCONCEPTIONS = "misconceptions"
VARIANTS = "variants"

LEVELS = 3
"""How many hints a misconception may have."""


@dataclass(frozen=True, eq=False)
class NamedAnswer:
    """One function of a bank."""

    exercise: str
    name: str
    """What stands behind the two underscores."""
    part: str
    function: Function
    hints: tuple[str, ...]
    """The paragraphs of its docstring, each on one line."""

    @property
    def identifier(self) -> str:
        """The name of the function in its file."""
        return f"{self.exercise}__{self.name}"


def read_bank(course: Course, bank: str) -> tuple[NamedAnswer, ...]:
    """The answers of the folder `bank` of solutions/, in the order of the course and the files.

    A part without a file has none. Raises CourseError where a file does not run or belongs to no
    part, where a name belongs to no exercise of its part, or where a misconception has no hint or
    more than LEVELS of them.
    """
    answers: list[NamedAnswer] = []
    folder = course.folder / "solutions" / bank
    known = {part.name for part in course.parts}
    for path in sorted(folder.glob("*.py")):
        if path.stem not in known:
            raise CourseError(
                f"solutions/{bank}/{path.name}: no part is called {path.stem}; "
                f"name the file after one of {', '.join(sorted(known))}"
            )
    for part in course.parts:
        answers += _answers_of(course, bank, part)
    return tuple(answers)


def module_name(bank: str, part: str) -> str:
    """The name under which a bank's file is imported, so that it can import the part itself."""
    return f"{bank}_{part}"


def _answers_of(course: Course, bank: str, part: Part) -> list[NamedAnswer]:
    path = course.folder / "solutions" / bank / f"{part.name}.py"
    if not path.exists():
        return []
    name = module_name(bank, part.name)
    module = load_modules({**solution_sources(course), name: path}, [name])[name]
    exercises = [exercise.name for exercise in part.exercises]
    found: dict[str, list[NamedAnswer]] = {name: [] for name in exercises}
    for identifier, function in vars(module).items():
        if identifier.startswith("_") or "__" not in identifier or not callable(function):
            continue
        place = f"solutions/{bank}/{part.name}.py: {identifier}"
        exercise = next((one for one in exercises if identifier.startswith(f"{one}__")), None)
        if exercise is None:
            raise CourseError(
                f"{place}: does not begin with the name of an exercise of this part "
                f"and two underscores; the exercises are {', '.join(exercises)}"
            )
        hints = _paragraphs(function) if bank == MISCONCEPTIONS else ()
        if bank == MISCONCEPTIONS and not 0 < len(hints) <= LEVELS:
            raise CourseError(
                f"{place}: its docstring has {len(hints)} paragraphs, which are its hints; "
                f"write one to {LEVELS}"
            )
        name = identifier.removeprefix(f"{exercise}__")
        found[exercise].append(NamedAnswer(exercise, name, part.name, function, hints))
    return [answer for name in exercises for answer in found[name]]


def _paragraphs(function: Function) -> tuple[str, ...]:
    text = inspect.getdoc(function) or ""
    return tuple(" ".join(one.split()) for one in text.split("\n\n") if one.strip())
