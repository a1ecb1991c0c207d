"""The course of this repository, and answers to it, tried out as if they had been handed in.

A folder of tests/course/ has a file for each part, with functions called `exercise__name`.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from autograder.answer_key.build import build_key
from autograder.answer_key.trusted_modules import Function, load_references
from autograder.authoring.trials import Bench, Candidate, Trial, parts_in, try_out
from autograder.course.load import load_course
from autograder.diagnosis.diagnose import diagnose
from autograder.diagnosis.evidence import Diagnosis
from autograder.model.course import AnswerKey, Course
from autograder.model.submission import Source
from autograder.sandbox.sandbox import Sandbox
from autograder.submissions.read import read_support

ROOT = Path(__file__).parents[2]


@lru_cache(1)
def softmax() -> tuple[Course, AnswerKey]:
    """The course of this repository and its key, which takes more than a second to build."""
    course = load_course(ROOT)
    return course, build_key(course)


@lru_cache(1)
def built() -> tuple[Course, AnswerKey, dict[str, Function]]:
    """The course of this repository, its key and its references."""
    course, key = softmax()
    return course, key, load_references(course)


def try_folder(folder: str) -> list[Trial]:
    """What every answer of tests/course/`folder` does on the cases of its exercise."""
    course, key, _ = built()
    candidates = []
    for part in course.parts:
        path = ROOT / "tests" / "course" / folder / f"{part.name}.py"
        source = Source(f"{folder}_{part.name}", path.name, (path.read_bytes(),))
        names = [getattr(node, "name", "") for node in ast.parse(source.cells[0]).body]
        for exercise in part.exercises:
            own = [name for name in names if name.startswith(f"{exercise.name}__")]
            candidates += [Candidate(exercise, name, name, source) for name in own]
    with Sandbox(replace(course.limits, submission_seconds=600.0)) as sandbox:
        support = read_support(course, ROOT / "solutions")
        bench = Bench(course, key, parts_in(course, "solutions"), support, sandbox)
        return list(try_out(bench, candidates))


def diagnosed(trial: Trial, *, by_mechanisms_alone: bool = False) -> Diagnosis | None:
    """What a student is told of it when it is graded."""
    exercise, (_, key, references) = trial.candidate.exercise, built()
    known = () if by_mechanisms_alone else key.misconceptions[exercise.name]
    return diagnose(exercise, trial.results, known, references[exercise.name], key.solutions)


def named(trial: Trial, *, by_mechanisms_alone: bool = False) -> str | None:
    """The name of the mistake, where it has one."""
    found = diagnosed(trial, by_mechanisms_alone=by_mechanisms_alone)
    return found.name if found else None
