"""Proves that a course makes the same answer key in another process.

There Python hashes text differently, and the cases are made in the reverse order by functions that
were loaded afresh: an answer key that depends on the order of a set, on the time, on the machine's
randomness or on what was called before comes out different.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from autograder.answer_key.build import build_cases
from autograder.answer_key.digest import digest_cases
from autograder.course.load import load_course
from autograder.errors import CourseError, together
from autograder.model import AnswerKey, Case, Course

_PACKAGES = str(Path(__file__).parents[2])
# -I: no variable of the environment, so none that fixes the hash seed.
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from autograder.answer_key.reproducible import print_fingerprints; "
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
