"""Builds the answer key of a course from its solutions, and proves that it is reproducible.

In another process Python hashes text differently, and the cases are made in the reverse order by
functions that were loaded afresh: an answer key that depends on the order of a set, on the time, on
the machine's randomness or on what was called before comes out different.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np

from autograder.answer_key.answers import answer_of, calling_of
from autograder.answer_key.catalog import VARIANTS, misconceptions_of, module_name
from autograder.answer_key.file import cases_of, digest_cases
from autograder.answer_key.inputs import draw_arguments
from autograder.answer_key.judges import judge_of, judges_text
from autograder.answer_key.trusted_modules import (
    Function,
    load_recipes,
    load_references,
    solution_sources,
)
from autograder.course.load import load_course
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


_PACKAGES = str(Path(__file__).parents[2])
# -I: no variable of the environment, so none that fixes the hash seed.
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from autograder.answer_key.build import print_fingerprints; "
    "print_fingerprints(sys.argv[2])"
)
_MARK = "\n--- fingerprints\n"
"""Before what is ours in the other process's output: the course's own files may print."""


@contextmanager
def built_elsewhere(course: Course) -> Iterator[Callable[[AnswerKey], None]]:
    """Build the cases in another process meanwhile, which is ended with the block.

    The function that it gives waits for them, and raises CourseError where they are not those of
    an answer key that was made here.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM, _PACKAGES, str(course.folder.resolve())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield partial(_compare, course, process)
        finally:
            process.kill()


def check_reproducible(course: Course, key: AnswerKey) -> None:
    """Raise CourseError where another process draws other inputs or gives other answers."""
    with built_elsewhere(course) as compare:
        compare(key)


def _compare(course: Course, process: subprocess.Popen[str], key: AnswerKey) -> None:
    output, complaints = process.communicate()
    if process.returncode:
        last = (complaints.strip() or "it said nothing").splitlines()[-1]
        raise CourseError(
            f"solutions: the answer key cannot be built in another process ({last[:200]}); "
            "keep no state and read nothing but the files of solutions/"
        )
    there = json.loads(output.rpartition(_MARK)[2])
    faults = []
    for name, fingerprints in _fingerprints(key.cases).items():
        for here, other in zip(fingerprints, there[name], strict=True):
            if here != other:
                faults.append(_fault(course, name, here, other))
                break
    if faults:
        raise together(faults)


def print_fingerprints(folder: str) -> None:
    """In the other process: those of all cases, made in the reverse order."""
    cases = build_cases(load_course(Path(folder)), backwards=True)
    print(_MARK + json.dumps(_fingerprints(cases)))


def _fingerprints(cases: Mapping[str, Sequence[Case]]) -> dict[str, list[list[str]]]:
    """By exercise, for each case: its group, a digest of its inputs, and one of all of it."""
    nothing = np.zeros(0)
    return {
        name: [
            [
                case.group,
                *(digest_cases({name: [each]}) for each in (replace(case, expected=nothing), case)),
            ]
            for case in own
        ]
        for name, own in cases.items()
    }


def _fault(course: Course, name: str, here: Sequence[str], there: Sequence[str]) -> CourseError:
    exercise = next(one for one in course.exercises if one.name == name)
    if here[:2] == there[:2]:
        return CourseError(
            f"solutions/{exercise.part}.py: {name}, group '{here[0]}': answers differently in "
            "another process; keep no state in the reference, and rely on no order of a set"
        )
    group = next(one for one in exercise.groups if one.name == here[0])
    return CourseError(
        f"solutions/inputs.py: recipe '{group.draw.recipe}' draws something else in another "
        f"process, for {name}, group '{here[0]}'; draw from its parameter rng alone, and rely on "
        "no order of a set"
    )
