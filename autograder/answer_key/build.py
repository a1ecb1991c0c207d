"""Builds the answer key of a course from its solutions, and proves that it is reproducible.

To prove it, another process, in which Python hashes strings differently and numpy and
OpenBLAS use only instructions that every processor has, loads the functions afresh and builds the
cases in reverse order. A key that depends on the order of a set, the time, unseeded randomness,
earlier calls or the processor then comes out different. Answers may differ as students' may: within
the tolerance, or by what the exercise's judge accepts.
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
from typing import Any

import numpy as np

from autograder.answer_key.answers import (
    answer_of,
    calling_of,
    check_answer,
    check_axes,
    judge_of,
    judges_text,
)
from autograder.answer_key.catalog import misconceptions_of, texts_of_solutions
from autograder.answer_key.file import cases_of, digest_cases
from autograder.answer_key.inputs import draw_arguments
from autograder.answer_key.trusted_modules import (
    Function,
    load_recipes,
    load_references,
)
from autograder.codec import from_json, to_json
from autograder.compare import compare
from autograder.course.load import load_course, with_line
from autograder.errors import CourseError, EntryError, together
from autograder.model.course import AnswerKey, Case, Course, Exercise
from autograder.model.submission import Outcome, Status
from autograder.model.values import Array, Data


def build_key(course: Course, names: Collection[str] | None = None) -> AnswerKey:
    """Return the cases of all exercises, with the answers of the references and misconceptions.

    With `names`, only these exercises get misconceptions. The same seed gives the same key on every
    machine. Raises CourseError if a solution, a recipe or a bank is missing, fails or takes longer
    than students may, if a recipe draws something else the second time, or if a reference changes
    its arguments, answers differently the second time, or returns anything but numbers or plain
    data, or NaN or infinity where the exercise does not allow them. Faults of several exercises are
    reported together.
    """
    cases = build_cases(course)
    known = cases if names is None else {name: cases[name] for name in names}
    misconceptions = misconceptions_of(course, known)
    return AnswerKey(
        MappingProxyType(cases),
        digest_cases(cases),
        MappingProxyType(misconceptions),
        MappingProxyType(texts_of_solutions(course)),
        judges_text(course),
    )


def build_cases(course: Course, *, backwards: bool = False) -> dict[str, tuple[Case, ...]]:
    """Build the cases of all exercises; `backwards` reverses the order of calls, not the result."""
    recipes, references = load_recipes(course), load_references(course)
    cases: dict[str, tuple[Case, ...]] = {}
    faults = []
    for exercise in reversed(course.exercises) if backwards else course.exercises:
        groups = exercise.groups[::-1] if backwards else exercise.groups
        reference = references[exercise.name]
        try:
            own = _cases(course, replace(exercise, groups=groups), reference, recipes, backwards)
        except EntryError as error:
            keys = ("parts", exercise.part, "exercises", exercise.name, *error.keys)
            faults.append(CourseError(with_line(course, str(error), *keys)))
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
        for answer in answers:
            check_answer(exercise, answer, here)
        pairs = zip(drawn, answers[::-1] if backwards else answers, strict=True)
        own = cases_of(exercise, group, list(pairs), judge)
        for case in own:
            number, keywords = calling.names(case.arguments)
            cases.append(replace(case, own=number, keywords=keywords))
    check_axes(exercise, cases)
    return tuple(cases)


_PACKAGES = str(Path(__file__).parents[2])
# -I ignores environment variables, so PYTHONHASHSEED cannot fix the hash seed.
_PROGRAM = (
    "import os, sys; sys.path.insert(0, sys.argv[1]); "
    "os.environ.update(NPY_DISABLE_CPU_FEATURES=sys.argv[3], OPENBLAS_CORETYPE='Nehalem'); "
    "from autograder.answer_key.build import print_fingerprints; "
    "print_fingerprints(sys.argv[2])"
)
_MARK = "\n--- fingerprints\n"
"""Separates our output in the other process from what the course's own files print."""


@contextmanager
def built_elsewhere(course: Course) -> Iterator[Callable[[AnswerKey], None]]:
    """Build the cases in another process, which is killed at the end of the block.

    Yields a function that waits for them, and raises CourseError if they differ from those of an
    answer key built in this process.
    """
    # With AVX-512 or AVX2, numpy 1.26 to 2.4 sorts in another way, and ties come out differently.
    found = " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", ()))
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM, _PACKAGES, str(course.folder.resolve()), found],
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
    """Raise CourseError if another process draws other inputs or gives other answers."""
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
        for case, here, (*other, answer) in zip(
            key.cases[name], fingerprints, there[name], strict=True
        ):
            if here != other and (here[:2] != other[:2] or not _is_right(case, answer)):
                faults.append(_fault(course, name, here, other))
                break
    if faults:
        raise together(faults)


def _is_right(case: Case, answer: Any) -> bool:
    """Whether the other process's answer, as JSON, would be right if a student returned it."""
    kind: Any = Array | Data
    value = from_json(kind, answer)
    given = {"data": value} if isinstance(value, Data) else {"value": value}
    alone = replace(case, keeps_arguments=False)
    return compare(alone, Outcome(Status.RETURNED, **given)) is None


def print_fingerprints(folder: str) -> None:
    """Print the fingerprint and the answer of each case, built in reverse order.

    Runs in the other process.
    """
    cases = build_cases(load_course(Path(folder)), backwards=True)
    found = {
        name: [
            [*fingerprint, to_json(case.expected if case.data is None else case.data)]
            for case, fingerprint in zip(cases[name], fingerprints, strict=True)
        ]
        for name, fingerprints in _fingerprints(cases).items()
    }
    print(_MARK + json.dumps(found))


def _fingerprints(cases: Mapping[str, Sequence[Case]]) -> dict[str, list[list[str]]]:
    """For each case of an exercise: its group, a digest of its inputs, and one of all of it."""
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
    exercise = course.by_name[name]
    if here[:2] == there[:2]:
        return CourseError(
            f"solutions/{exercise.part}.py: {name}, group '{here[0]}': gives a different answer "
            "in another process; keep no state in the reference, and do not rely on the order of a "
            "set or of ties (sort with kind='stable')"
        )
    group = next(one for one in exercise.groups if one.name == here[0])
    return CourseError(
        f"solutions/inputs.py: recipe '{group.draw.recipe}' draws different inputs in another "
        f"process, for {name}, group '{here[0]}'; draw only from its parameter rng, and do not "
        "rely on a set's order"
    )
