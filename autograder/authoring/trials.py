"""Runs functions in the sandbox as if a student had submitted them, and judges the outcomes.

Each `judge_` function checks one requirement, and returns its failures as lines of text; an empty
list means that all is well.
"""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from itertools import groupby, islice
from pathlib import Path
from time import perf_counter

import numpy as np

from autograder.answer_key.catalog import module_name, read_bank
from autograder.answer_key.trusted_modules import Function
from autograder.authoring.mutants import EQUIVALENTS, mutants_of
from autograder.authoring.proof import GroupProof, Survivor
from autograder.compare import right_cells, same_value
from autograder.course.load import with_line
from autograder.diagnosis.diagnose import diagnose
from autograder.judging.execute import run_exercises
from autograder.judging.explain import explain
from autograder.judging.judge import grade
from autograder.judging.rules import forbidden_uses, unknown_name
from autograder.judging.score import first_mismatch
from autograder.model.course import AnswerKey, Case, Course, Exercise, Misconception
from autograder.model.report import ExerciseReport, GroupResult, Report, Verdict
from autograder.model.submission import Source, Submission
from autograder.model.values import Data
from autograder.sandbox.sandbox import Sandbox
from autograder.text import number_of

_TIMES_THE_REFERENCE, _LEAST_SECONDS = 20.0, 0.25
"""Time limit of a mutant for one call: this multiple of what the reference takes for all calls
together, but at least this many seconds, in case the machine is busy."""
TOGETHER = 40
"""How many candidates share a process: enough to hide its start, few enough for its memory."""


_MANY_COMPILED = 30
"""A package with more compiled modules takes over a second to load."""


@dataclass(frozen=True, eq=False)
class Bench:
    """The inputs that all trials share."""

    course: Course
    key: AnswerKey
    references: tuple[Source, ...]
    """The solutions, under the names of their parts, which candidates may import."""
    support: tuple[Source, ...]
    sandbox: Sandbox


@dataclass(frozen=True)
class Candidate:
    """A function to run in place of a student's answer to an exercise."""

    exercise: Exercise
    name: str
    """Its name in messages."""
    function: str
    """Its name in its module."""
    source: Source
    """Its module, under a name that differs from every part's."""


@dataclass(frozen=True, eq=False)
class Trial:
    """The results of a candidate on every case of its exercise."""

    candidate: Candidate
    results: tuple[GroupResult, ...]

    @cached_property
    def caught_by(self) -> tuple[str, ...]:
        """The names of the groups that it fails."""
        return tuple(result.group.name for result in self.results if any(result.mismatches))


def parts_in(course: Course, folder: str) -> tuple[Source, ...]:
    """Read the parts' files that exist in a folder of the course, as sources of a submission."""
    paths = [course.folder / folder / f"{part.name}.py" for part in course.parts]
    return tuple(
        Source(path.stem, f"{folder}/{path.name}", (path.read_bytes(),))
        for path in paths
        if path.is_file()
    )


def hand_in(bench: Bench, sources: tuple[Source, ...], id: str) -> Report:
    """Grade a whole submission."""
    submission = Submission(id, sources, digest=id)
    return grade(bench.course, bench.key, submission, bench.sandbox, bench.support)


def bank_candidates(
    course: Course, bank: str, exercises: Iterable[Exercise]
) -> Iterator[Candidate]:
    """Yield every answer of a bank to these exercises. Raises CourseError if it cannot be read."""
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
    """Yield every mutant of this exercise's reference, named by its edit."""
    texts = {source.module: source.cells[0].decode() for source in bench.references}
    axes = _axes(bench.key.cases[exercise.name])
    for number, mutant in enumerate(mutants_of(texts[exercise.part], exercise.name, axes)):
        module = f"{exercise.part}_{exercise.name}_{number}"
        source = Source(module, f"{module}.py", (mutant.text.encode(),))
        yield Candidate(exercise, mutant.edit, exercise.name, source)


def _axes(cases: Sequence[Case]) -> dict[str, int]:
    """Return the largest number of axes, over all cases, of each parameter and of the answer."""
    axes: dict[str, int] = {}
    for case in cases:
        for name, value in (*case.arguments.items(), ("return", case.expected)):
            axes[name] = max(axes.get(name, 0), np.ndim(value))
    return axes


def try_out(
    bench: Bench, candidates: Iterable[Candidate], *, briefly: bool = False
) -> Iterator[Trial]:
    """Yield a trial of each candidate, in order; candidates of one exercise share processes.

    With `briefly`, a candidate gets little more time than the reference needs, and once it times
    out in one group it counts as timed out in the rest. Raises SandboxError if the sandbox fails.
    """
    for name, same in groupby(candidates, key=lambda one: one.exercise.name):
        own = iter(list(same))
        exercise = bench.course.by_name[name]
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
    """Return a CPU limit for one call, in seconds, that suffices for code like the reference."""
    with bench.sandbox.session(bench.references, bench.support) as session:
        run_exercises([exercise], bench.key, session)  # loads the files
        started = perf_counter()
        run_exercises([exercise], bench.key, session)
    longest = _TIMES_THE_REFERENCE * (perf_counter() - started)
    return min(max(longest, _LEAST_SECONDS), bench.course.limits.case_seconds)


HIDDEN_ONLY = "solutions/hidden_only.yaml"


def judge_references(report: Report, again: Report) -> list[str]:
    """Check that the references earn every point, and are graded the same the second time."""
    if report.judge_error or again.judge_error:
        return [f"solutions: could not be graded: {report.judge_error or again.judge_error}"]
    failures = []
    for one, other in zip(report.exercises, again.exercises, strict=True):
        place = f"solutions/{one.part}.py: {one.name}"
        for group in one.groups:
            if group.verdict is not Verdict.ACCEPTED:
                failures.append(
                    f"{place} does not pass its own group '{group.name}' "
                    f"({group.verdict.value}: {group.message}); fix the reference or the group"
                )
        if one != other:
            failures.append(f"{place} is graded differently the second time; keep no state in it")
    return failures


def judge_zeros(exercises: Iterable[Exercise], key: AnswerKey) -> list[str]:
    """Check that no group accepts zeros where its answers are nonzero but within the tolerance."""
    return [
        f"{exercise.part}: {exercise.name}: the group '{group.name}' takes zeros for its answers, "
        "which are all within its tolerance; draw larger numbers, or set a smaller atol"
        for exercise in exercises
        for group in exercise.groups
        if _takes_zeros([case for case in key.cases[exercise.name] if case.group == group.name])
    ]


def judge_whole_numbers(
    course: Course,
    exercises: Iterable[Exercise],
    key: AnswerKey,
    references: Mapping[str, Function],
) -> list[str]:
    """Check that a group draws each array argument as whole numbers, unless documented as floats.

    Students pass 1 where the lesson has 1.0, and an array made by zeros_like then drops every
    fraction. An argument is documented as floats by that word in its entry under Parameters or, if
    it has none, anywhere in the docstring; in a class, also in that of a method.
    """
    failures = []
    for exercise in exercises:
        reference = references[exercise.name]
        methods = vars(reference).values() if isinstance(reference, type) else ()
        told = [reference, *filter(inspect.isfunction, methods)]
        text = "\n\n".join(inspect.getdoc(one) or "" for one in told)
        for name in key.cases[exercise.name][0].arguments:
            values = [case.arguments[name] for case in key.cases[exercise.name]]
            kinds = {value.dtype.kind for value in values if isinstance(value, np.ndarray)}
            if kinds == {"f"} and not _FLOATS_ONLY.search(_entry(text, name)):
                why = f"no group draws {name} as whole numbers; add one, or say in the docstring"
                failures.append(_at(course, exercise, "groups", f"{why} that {name} holds floats"))
    return failures


def _at(course: Course, exercise: Exercise, key: str, why: str) -> str:
    """Return what is wrong with an entry of an exercise in course.yaml, with its line."""
    message = f"course.yaml: {exercise.name}: {why}"
    return with_line(course, message, "parts", exercise.part, "exercises", exercise.name, key)


_FLOATS_ONLY = re.compile(r"\bfloats?\b(?! or whole numbers)(?! or int)", re.IGNORECASE)


def _entry(docstring: str, parameter: str) -> str:
    """Return a parameter's entry in a numpy-style docstring, or the whole docstring without one."""
    found = re.search(rf"^{parameter} :.*\n(?:[ \t]+.*\n?|\n(?=[ \t]))*", docstring, re.MULTILINE)
    return found[0] if found else docstring


def judge_stubs(report: Report) -> list[str]:
    """Check that every untouched stub earns nothing, as NOT_ATTEMPTED."""
    if report.judge_error:
        return [f"exercises: could not be graded: {report.judge_error}"]
    return [
        f"exercises/{one.part}.py: {one.name}: the stub earns {number_of(one.score, 'point')} as "
        f"{_telling(one).value}, not 0 as NOT_ATTEMPTED; run 'autograder sync'"
        for one in report.exercises
        if one.score or _telling(one) is not Verdict.NOT_ATTEMPTED
    ]


def judge_variants(trials: Iterable[Trial], references: tuple[Source, ...] = ()) -> list[str]:
    """Check that every variant passes every group, and uses nothing forbidden."""
    failures = []
    for trial in trials:
        one = trial.candidate
        failures += [
            f"{_place(trial)} is right, but the group '{result.group.name}' refuses it "
            f"({_why(result)}); fix the variant or the group"
            for result in trial.results
            if any(result.mismatches)
        ]
        called = replace(one.exercise, name=one.function, part=one.source.module)
        failures += [
            f"{_place(trial)} is right, but uses {use}, which is forbidden; fix the variant or "
            "the rule"
            for use in forbidden_uses(called, (one.source, *references))
        ]
    return failures


def unknown_rules(course: Course, exercises: Iterable[Exercise]) -> list[str]:
    """Return a note on each forbidden name that does not exist: a typo, or from another version."""
    return [
        _at(
            course,
            exercise,
            "forbid",
            f"forbids {rule}, but here {why}; check the name, unless another version has it",
        )
        for exercise in exercises
        for rule in exercise.forbid
        if (why := unknown_name(rule))
    ]


def slow_packages(course: Course) -> list[str]:
    """Return a note on each package of many compiled modules that is listed as a whole."""
    notes = []
    for name in course.packages:
        found = find_spec(name) if "." not in name else None
        folders = [Path(one) for one in (found and found.submodule_search_locations) or ()]
        files = (path.name for folder in folders for path in folder.rglob("*"))
        compiled = sum(1 for file in files if file.endswith(tuple(EXTENSION_SUFFIXES)))
        if compiled > _MANY_COMPILED:
            note = (
                f"course.yaml: packages: all of {name} ({number_of(compiled, 'compiled module')}) "
                "is loaded at every start of 'check' and 'grade', which takes seconds; name the "
                "modules that students need instead"
            )
            notes.append(with_line(course, note, "packages", name))
    return notes


def judge_misconceptions(trials: Iterable[Trial], key: AnswerKey) -> tuple[list[str], set[str]]:
    """Check that every misconception loses points and is diagnosed as itself.

    Also returns the names of the functions that are.
    """
    failures: list[str] = []
    recognised: set[str] = set()
    for trial in trials:
        candidate, place = trial.candidate, _place(trial)
        if not trial.caught_by:
            failures.append(
                f"{place} slips through every group of {candidate.exercise.name}; "
                "add one to course.yaml whose cases tell it from the reference"
            )
            continue
        known = key.misconceptions.get(candidate.exercise.name, ())
        diagnosis = diagnose(candidate.exercise, trial.results, known)
        own = next((one for one in known if one.name == candidate.name), None)
        if diagnosis is not None and own is not None and diagnosis.hints == own.hints:
            recognised.add(candidate.function)
            continue
        twins = [one.name for one in known if own is not None and _is_twin(own, one)]
        if twins:
            failures.append(f"{place} answers exactly like {', '.join(twins)}; merge them")
            continue
        taken = f"is taken for '{diagnosis.name}'" if diagnosis else "is not recognised"
        failures.append(f"{place} {taken}; add a case where they differ")
    return failures, recognised


def _is_twin(one: Misconception, other: Misconception) -> bool:
    """Whether two misconceptions with different hints give the same answer to every case."""
    return one.hints != other.hints and all(
        np.array_equal(first, second, equal_nan=True)
        if isinstance(first, np.ndarray) and isinstance(second, np.ndarray)
        else first is second or (isinstance(first, Data) and same_value(first, second))
        for first, second in zip(one.answers, other.answers, strict=True)
    )


def judge_mutants(
    trials: Iterable[Trial], equivalents: Mapping[str, Collection[str]]
) -> tuple[list[str], Mapping[str, int], tuple[Survivor, ...]]:
    """Check that a listed mutant exists and passes every group, as an equivalent one must.

    Also returns the number of equivalents by exercise, and the unlisted mutants that no group
    catches.
    """
    failures: list[str] = []
    survivors: list[Survivor] = []
    counts: dict[str, int] = defaultdict(int)
    made: dict[str, set[str]] = defaultdict(set)
    for trial in trials:
        exercise, edit = trial.candidate.exercise, trial.candidate.name
        made[exercise.name].add(edit)
        listed = edit in equivalents.get(exercise.name, ())
        if listed and trial.caught_by:
            failures.append(
                f"{EQUIVALENTS}: {exercise.name}: '{edit}' is caught by the group "
                f"'{trial.caught_by[0]}'; take it off the list"
            )
        elif listed:
            counts[exercise.name] += 1
        elif not trial.caught_by:
            survivors.append(Survivor(exercise.part, exercise.name, edit))
    for name, edits in equivalents.items():
        failures += [
            f"{EQUIVALENTS}: {name}: there is no mutant '{edit}'; take it off the list"
            for edit in edits
            if edit not in made[name]
        ]
    return failures, counts, tuple(survivors)


def weigh_groups(exercises: Iterable[Exercise], wrong: Iterable[Trial]) -> tuple[GroupProof, ...]:
    """Count the wrong answers that each group catches, and name those that no other catches."""
    catches: dict[tuple[str, str], list[Trial]] = defaultdict(list)
    for trial in wrong:
        for group in trial.caught_by:
            catches[trial.candidate.exercise.name, group].append(trial)
    return tuple(
        GroupProof(
            exercise.name,
            group.name,
            group.public,
            len(caught := catches[exercise.name, group.name]),
            tuple(trial.candidate.name for trial in caught if len(trial.caught_by) == 1),
        )
        for exercise in exercises
        for group in exercise.groups
    )


def unseen_in_public(
    exercises: Iterable[Exercise], misconceptions: Iterable[Trial]
) -> dict[str, tuple[str, ...]]:
    """Return the misconceptions that pass all public groups but fail a hidden one, by exercise.

    Exercises without public groups are left out.
    """
    public = {
        exercise.name: {group.name for group in exercise.groups if group.public}
        for exercise in exercises
    }
    found: dict[str, tuple[str, ...]] = {name: () for name, groups in public.items() if groups}
    for trial in misconceptions:
        name = trial.candidate.exercise.name
        if name in found and trial.caught_by and public[name].isdisjoint(trial.caught_by):
            found[name] += (trial.candidate.name,)
    return found


def judge_unseen(
    unseen: Mapping[str, Collection[str]], reasons: Mapping[str, Collection[str]]
) -> list[str]:
    """Check that each misconception in hidden_only.yaml exists and passes all public groups."""
    return [
        f"{HIDDEN_ONLY}: {exercise}: a public group shows '{name}', or there is no such "
        "misconception; take it off the list"
        for exercise, names in reasons.items()
        for name in names
        if name not in unseen.get(exercise, ())
    ]


def _takes_zeros(cases: Collection[Case]) -> bool:
    if any(case.data is not None or case.judge is not None for case in cases):
        return False
    answers = [case.expected for case in cases]
    taken = [
        right_cells(np.zeros_like(case.expected), case.expected, case.tolerance) for case in cases
    ]
    return any(map(np.any, answers)) and all(map(np.all, taken))


def _place(trial: Trial) -> str:
    return f"{trial.candidate.source.filename}: {trial.candidate.function}"


def _telling(report: ExerciseReport) -> Verdict:
    """Return the first group verdict other than NOT_ATTEMPTED, if there is one."""
    verdicts = (group.verdict for group in report.groups)
    others = (verdict for verdict in verdicts if verdict is not Verdict.NOT_ATTEMPTED)
    return next(others, Verdict.NOT_ATTEMPTED)


def _why(result: GroupResult) -> str:
    mismatch = first_mismatch(result)
    return explain(mismatch, public=True) if mismatch else ""
