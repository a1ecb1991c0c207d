"""Tries functions out in the sandbox, each as if a student had handed it in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, islice
from time import perf_counter

import numpy as np

from autograder.answer_key.catalog import module_name, read_bank
from autograder.authoring.mutants import mutants_of
from autograder.judging.execute import run_exercises
from autograder.judging.judge import grade
from autograder.model import (
    AnswerKey,
    Case,
    Course,
    Exercise,
    GroupResult,
    Report,
    Source,
    Submission,
)
from autograder.sandbox.sandbox import Sandbox

_TIMES_THE_REFERENCE, _LEAST_SECONDS = 20.0, 0.25
"""What a mutant may take for one call: so many times what the reference takes for all of them
together, and never less than this, for a machine that is busy elsewhere."""
TOGETHER = 40
"""How many candidates share a process: enough to hide its cost, few enough for its memory."""


@dataclass(frozen=True, eq=False)
class Bench:
    """What every trial needs."""

    course: Course
    key: AnswerKey
    references: tuple[Source, ...]
    """The solutions, under their parts' names: candidates may import them."""
    support: tuple[Source, ...]
    sandbox: Sandbox


@dataclass(frozen=True)
class Candidate:
    """A function that stands in for a student's answer to an exercise."""

    exercise: Exercise
    name: str
    """What to call it in messages."""
    function: str
    """Its name in its module."""
    source: Source
    """Its module, under a name that no part has."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What a candidate did on every case of its exercise."""

    candidate: Candidate
    results: tuple[GroupResult, ...]

    @cached_property
    def caught_by(self) -> tuple[str, ...]:
        """The groups that it does not pass."""
        return tuple(result.group.name for result in self.results if any(result.mismatches))


def parts_in(course: Course, folder: str) -> tuple[Source, ...]:
    """The file of each part in a folder of the course, where it is there, as a submission's."""
    paths = [course.folder / folder / f"{part.name}.py" for part in course.parts]
    return tuple(
        Source(path.stem, f"{folder}/{path.name}", (path.read_bytes(),))
        for path in paths
        if path.is_file()
    )


def hand_in(bench: Bench, sources: tuple[Source, ...], id: str) -> Report:
    """The report on a whole submission."""
    submission = Submission(id, sources, digest=id)
    return grade(bench.course, bench.key, submission, bench.sandbox, bench.support)


def bank_candidates(
    course: Course, bank: str, exercises: Iterable[Exercise]
) -> Iterator[Candidate]:
    """Every answer of a bank to these exercises. Raises CourseError where it cannot be read."""
    known = {exercise.name: exercise for exercise in exercises}
    sources: dict[str, Source] = {}
    for answer in read_bank(course, bank):
        if answer.exercise not in known:
            continue
        if answer.file not in sources:
            filename = f"solutions/{bank}/{answer.file}.py"
            text = (course.folder / filename).read_bytes()
            sources[answer.file] = Source(module_name(bank, answer.file), filename, (text,))
        yield Candidate(
            known[answer.exercise], answer.name, answer.identifier, sources[answer.file]
        )


def mutant_candidates(bench: Bench, exercise: Exercise) -> Iterator[Candidate]:
    """Every mutant of the reference of this exercise, called by its edit."""
    texts = {source.module: source.cells[0].decode() for source in bench.references}
    axes = _axes(bench.key.cases[exercise.name])
    for number, mutant in enumerate(mutants_of(texts[exercise.part], exercise.name, axes)):
        module = f"{exercise.part}_{exercise.name}_{number}"
        source = Source(module, f"{module}.py", (mutant.text.encode(),))
        yield Candidate(exercise, mutant.edit, exercise.name, source)


def _axes(cases: Sequence[Case]) -> dict[str, int]:
    """The most axes that each parameter, and the answer, has in any case."""
    axes: dict[str, int] = {}
    for case in cases:
        for name, value in (*case.arguments.items(), ("return", case.expected)):
            axes[name] = max(axes.get(name, 0), np.ndim(value))
    return axes


def try_out(
    bench: Bench, candidates: Iterable[Candidate], *, briefly: bool = False
) -> Iterator[Trial]:
    """A trial of each candidate, in their order; those of one exercise share a process.

    One that is tried `briefly` has not much more time than the reference takes itself, and counts
    as hanging in all groups once it hangs in one. Raises SandboxError where the sandbox fails.
    """
    for name, same in groupby(candidates, key=lambda one: one.exercise.name):
        own = iter(list(same))
        exercise = next(one for one in bench.course.exercises if one.name == name)
        seconds = _brief_seconds(bench, exercise) if briefly else None
        patience = 1 if briefly else 2
        while batch := list(islice(own, TOGETHER)):
            modules = {one.source.module: one.source for one in batch}
            sources = [*modules.values(), *bench.references]
            with bench.sandbox.session(sources, bench.support, case_seconds=seconds) as session:
                for one in batch:
                    called = replace(one.exercise, name=one.function, part=one.source.module)
                    key = replace(bench.key, cases={one.function: bench.key.cases[name]})
                    results = run_exercises([called], key, session, patience=patience)
                    yield Trial(one, results[one.function])


def _brief_seconds(bench: Bench, exercise: Exercise) -> float:
    """CPU time of one call that is enough for what works like the reference."""
    with bench.sandbox.session(bench.references, bench.support) as session:
        run_exercises([exercise], bench.key, session)  # loads the files
        started = perf_counter()
        run_exercises([exercise], bench.key, session)
    longest = _TIMES_THE_REFERENCE * (perf_counter() - started)
    return min(max(longest, _LEAST_SECONDS), bench.course.limits.case_seconds)
