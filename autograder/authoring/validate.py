"""Proves a course: its tests accept every right answer, and reject every wrong one.

`validate(folder)` returns a `CourseProof`, which `autograder.authoring.proof.render` turns into
text; the course is fine if `proof.proved`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from time import perf_counter

from autograder.answer_key.build import build_key, built_elsewhere
from autograder.answer_key.catalog import MISCONCEPTIONS, VARIANTS
from autograder.answer_key.trusted_modules import load_references
from autograder.authoring.mutants import EQUIVALENTS, accept, read_equivalents, read_reasons
from autograder.authoring.oracles import consult, load_oracles, try_examples
from autograder.authoring.proof import CourseProof, ExerciseProof, answers, unnoticed
from autograder.authoring.sync import derive, differences
from autograder.authoring.trials import (
    HIDDEN_ONLY,
    Bench,
    Trial,
    bank_candidates,
    hand_in,
    judge_misconceptions,
    judge_mutants,
    judge_references,
    judge_stubs,
    judge_unseen,
    judge_variants,
    judge_whole_numbers,
    judge_zeros,
    mutant_candidates,
    parts_in,
    slow_packages,
    try_out,
    unknown_rules,
    unseen_in_public,
    weigh_groups,
)
from autograder.course.load import load_course
from autograder.errors import AutograderError, UsageError
from autograder.fixed_names import COURSE_FILE, EXERCISES, SOLUTIONS
from autograder.model.course import Course, Exercise
from autograder.model.report import Report
from autograder.sandbox.sandbox import Sandbox
from autograder.submissions.read import read_support
from autograder.text import did_you_mean, number_of

_AN_HOUR = 3600.0
"""Time limit of one sandbox process, which runs many candidates."""


def validate(
    folder: Path,
    names: Collection[str] = (),
    tell: Callable[[str], None] = lambda step: None,
) -> CourseProof:
    """Run all trials on the course in `folder`; `tell` is called with the name of each step.

    With `names`, only those exercises are tried, and notebooks are not derived; the rest of the
    course must still load and build. Nothing is written. Raises CourseError if the course cannot be
    loaded, or one of its banks or oracles is broken, UsageError if it has no exercise of such a
    name, and SandboxError if the sandbox fails.
    """
    begun = perf_counter()
    if not names:
        import jupytext  # noqa: F401 - notebooks are derived; without it nothing is tried
    course = load_course(folder)
    tried = chosen(course, names)
    load_oracles(course, tried)  # a fault in them is not to be found after minutes
    tell("derived files")
    limits = replace(course.limits, submission_seconds=_AN_HOUR)
    # It warms up while the key is built.
    with Sandbox(limits, packages=course.packages, exercises=course.exercises) as sandbox:
        with built_elsewhere(course) as compare_with:
            key = build_key(course, [one.name for one in tried])
            derived = derive(course, key, notebooks=not names)
            drifted = [str(one) for one in differences(course, derived)]
            equivalents = read_equivalents(folder)
            hidden_only = read_reasons(folder, HIDDEN_ONLY, "names")
            compare_with(key)
        references = parts_in(course, "solutions")
        support = read_support(course, folder / "solutions")
        bench = Bench(course, key, references, support, sandbox)
        ran = _run(bench, tried, tell)
        isolation = sandbox.isolation.level
    tell("oracles")
    functions = load_references(course)
    witness = consult(course, key, tried, functions)
    shown, wrong_examples = try_examples(course, tried)
    unrecognised, recognised = judge_misconceptions(ran.misconceptions, key)
    others = course.by_name.keys() - {one.name for one in tried}
    listed = {name: edits for name, edits in equivalents.items() if name not in others}
    reasons = {name: one for name, one in hidden_only.items() if name not in others}
    unseen = unseen_in_public(tried, ran.misconceptions)
    hidden = [one for one in tried if not any(group.public for group in one.groups)]
    survived, equivalent, survivors = judge_mutants(ran.mutants, listed)
    exercises = tuple(
        replace(
            ran.counts(exercise),
            recognised=sum(one.startswith(f"{exercise.name}__") for one in recognised),
            equivalent=equivalent.get(exercise.name, 0),
            oracles=witness.proofs.get(exercise.name, ()),
            printed=witness.printed.get(exercise.name, 0) + shown.get(exercise.name, 0),
        )
        for exercise in tried
    )
    return CourseProof(
        course=course.name,
        exercises=exercises,
        groups=weigh_groups(tried, [*ran.misconceptions, *ran.mutants]),
        failures=(
            *drifted,
            *misnamed(course),
            *judge_references(ran.references, ran.again),
            *judge_zeros(tried, key),
            *judge_whole_numbers(course, tried, key, functions),
            *judge_stubs(ran.stubs),
            *judge_variants(ran.variants, references),
            *unrecognised,
            *survived,
            *judge_unseen(unseen, reasons),
            *witness.failures,
            *wrong_examples,
        ),
        survivors=survivors,
        unseen=unseen,
        reasons=reasons,
        notes=(
            *unknown_rules(course, tried),
            *slow_packages(course),
            *(f"{one.name}: no group is public, so 'check' says nothing of it" for one in hidden),
            *witness.notes,
        ),
        isolation=isolation,
        seconds=perf_counter() - begun,
    )


@dataclass(frozen=True)
class _Ran:
    """The reports and trials of everything that ran in the sandbox."""

    references: Report
    again: Report
    """That of the references, graded a second time."""
    stubs: Report
    variants: Sequence[Trial]
    misconceptions: Sequence[Trial]
    mutants: Sequence[Trial]

    def counts(self, exercise: Exercise) -> ExerciseProof:
        """The points and counts of one exercise."""
        name = exercise.name
        reference, again, stub = (
            next(one.score for one in report.exercises if one.name == name)
            for report in (self.references, self.again, self.stubs)
        )
        return ExerciseProof(
            name=name,
            points=exercise.points + exercise.extra_points,
            reference=min(reference, again),
            stub=stub,
            variants=_count(self.variants, name),
            accepted=_count(self.variants, name, caught=False),
            misconceptions=_count(self.misconceptions, name),
            rejected=_count(self.misconceptions, name, caught=True),
            mutants=_count(self.mutants, name),
            killed=_count(self.mutants, name, caught=True),
        )


def _run(bench: Bench, tried: Sequence[Exercise], tell: Callable[[str], None]) -> _Ran:
    course = bench.course
    tell("references")
    references, again = (hand_in(bench, bench.references, "solutions") for _ in range(2))
    tell("stubs")
    stubs = hand_in(bench, parts_in(course, EXERCISES), EXERCISES)
    tell("variants")
    variants = list(try_out(bench, bank_candidates(course, VARIANTS, tried)))
    tell("misconceptions")
    wrong = list(try_out(bench, bank_candidates(course, MISCONCEPTIONS, tried)))
    return _Ran(references, again, stubs, variants, wrong, list(_try_mutants(bench, tried, tell)))


_FILES = (EQUIVALENTS.partition("/")[2], HIDDEN_ONLY.partition("/")[2])
_READ = ("inputs.py", "oracles.py", "judges.py", VARIANTS, MISCONCEPTIONS, *_FILES)


def misnamed(course: Course) -> Iterator[str]:
    """Yield a line for each file or folder of solutions/ that looks like one that is read."""
    folder = course.folder / SOLUTIONS
    for path in sorted(folder.iterdir()):
        own = path.name in course.support or path.stem in course.part_names
        near = get_close_matches(path.name, _READ, n=1, cutoff=0.8)
        if near and not own and not (folder / near[0]).exists():
            yield f"{SOLUTIONS}/{path.name}: nothing reads it; did you mean {near[0]}?"
    for path in sorted((*folder.glob(f"{VARIANTS}/*"), *folder.glob(f"{MISCONCEPTIONS}/*"))):
        if not path.name.startswith((".", "_")) and path.suffix != ".py":
            place = path.relative_to(course.folder).as_posix()
            yield f"{place}: nothing reads it; end its name in .py, or move it elsewhere"


def accept_survivors(folder: Path, proof: CourseProof, reason: str) -> CourseProof:
    """Add the surviving mutants to the list of equivalents, and return the updated proof.

    Raises WriteError if the list cannot be written.
    """
    for name in dict.fromkeys(one.exercise for one in proof.survivors):
        accept(folder, name, reason, [one.edit for one in proof.survivors if one.exercise == name])
    counts = Counter(one.exercise for one in proof.survivors)
    return replace(
        proof,
        exercises=tuple(
            replace(one, equivalent=one.equivalent + counts[one.name]) for one in proof.exercises
        ),
        survivors=(),
    )


def _try_mutants(
    bench: Bench, exercises: Sequence[Exercise], tell: Callable[[str], None]
) -> Iterator[Trial]:
    for number, exercise in enumerate(exercises, 1):
        tell(f"mutants of {exercise.name} ({number} of {len(exercises)})")
        yield from try_out(bench, mutant_candidates(bench, exercise), briefly=True)


def chosen(course: Course, names: Collection[str]) -> tuple[Exercise, ...]:
    for name in names:
        if name not in course.by_name:
            hint = did_you_mean(name, course.by_name)
            raise UsageError(f"course.yaml: has no exercise '{name}'; {hint}")
    return tuple(one for one in course.exercises if not names or one.name in names)


def _count(trials: Sequence[Trial], exercise: str, caught: bool | None = None) -> int:
    own = [one for one in trials if one.candidate.exercise.name == exercise]
    return sum(1 for one in own if caught is None or bool(one.caught_by) is caught)


_DEBOUNCE = 100  # ms; writes within this time count as one change
_LOOK = 1000  # ms; also polls this often, since not every file system reports changes


def watch(folder: Path, names: Collection[str], show: Callable[[str], object]) -> None:
    """Show a line for each exercise affected by a saved file, until interrupted.

    If no exercise is, such as after a change to a comment, a line says so.

    With `names`, only these exercises are proved. If a change breaks the course, the error is shown
    instead. Raises CourseError if the course cannot be loaded at the start, and UsageError if it
    has no exercise of such a name.
    """
    import watchfiles

    chosen(load_course(folder), names)

    def is_ours(change: watchfiles.Change, name: str) -> bool:
        place = Path(name).relative_to(folder.resolve())
        hidden = any(one.startswith((".", "__pycache__")) for one in place.parts)
        return not hidden and (place.parts[0] == SOLUTIONS or place == Path(COURSE_FILE))

    before, told = _read(folder)
    show(f"watching {SOLUTIONS}/ and {COURSE_FILE}; save a file to prove its exercises")
    for saved in watchfiles.watch(
        folder.resolve(),
        watch_filter=is_ours,
        debounce=_DEBOUNCE,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        now, broken = _read(folder)
        if broken:
            if broken != told:
                show(broken)
            told = broken
            continue
        changed = [
            name for name in now if now[name] != before.get(name) and (not names or name in names)
        ]
        if saved and not changed and not told:
            show("saved; nothing to prove again: no exercise depends on what changed")
        before, told = now, ""
        for name in changed:
            show(_proved(folder, name))


def _proved(folder: Path, name: str) -> str:
    """Prove one exercise, and return the result as one line."""
    begun = perf_counter()
    try:
        proof = validate(folder, [name])
    except AutograderError as error:
        return f"{name}: {_first_line(error)}"
    seconds = f"{perf_counter() - begun:.1f} s"
    # Leave out stale stubs: the author runs sync once, when done.
    found = [line for line in proof.failures if not line.startswith(f"{EXERCISES}/")]
    wrong = [*found, *unnoticed(proof)]
    if not wrong:
        return f"{name}: proved ({answers(proof.exercises)}; {seconds})"
    more = f" (and {number_of(len(wrong) - 1, 'more failure')})" if len(wrong) > 1 else ""
    return f"{name}: NOT proved ({seconds}): {wrong[0]}{more}"


def _first_line(error: AutograderError) -> str:
    return str(error).splitlines()[0]


# --- what the proof of an exercise depends on -----------------------------------------------------


def _read(folder: Path) -> tuple[dict[str, list[str]], str]:
    """Return, by exercise, all text that its proof depends on; or no text and an error message."""
    try:
        course = load_course(folder)
        equivalents = read_equivalents(folder)
        texts = {
            path.relative_to(folder / SOLUTIONS).as_posix(): _pieces(path)
            for path in sorted((folder / SOLUTIONS).rglob("*"))
            if path.is_file() and not path.name.startswith(".") and path.suffix != ".pyc"
        }
    except AutograderError as error:
        return {}, _first_line(error)
    except SyntaxError as error:
        return {}, f"{SOLUTIONS}/{error.filename}:{error.lineno}: {error.msg}; fix it"
    common = [repr((course.seed, course.limits, course.example, course.packages))]
    return {
        one.name: [*common, repr(one), repr(equivalents.get(one.name)), *_own(one, course, texts)]
        for one in course.exercises
    }, ""


def _pieces(path: Path) -> Mapping[str, str]:
    """Return the code of each public function and class in a file; the rest is under ""."""
    if path.suffix != ".py":
        return {"": path.read_bytes().hex()} if path.name != Path(EQUIVALENTS).name else {}
    pieces: dict[str, str] = {}
    for node in ast.parse(path.read_bytes(), path.name).body:
        name = node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
        name = "" if name.startswith("_") else name
        pieces[name] = pieces.get(name, "") + ast.dump(node)
    return pieces


def _own(
    exercise: Exercise, course: Course, texts: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Yield the pieces of text that belong to this exercise, or to none in particular."""
    names = set(course.by_name)
    recipes = {group.draw.recipe for group in exercise.groups}
    drawn = {group.draw.recipe for one in course.exercises for group in one.groups}
    for place, pieces in texts.items():
        stem = Path(place).stem
        if place == f"{stem}.py" and stem in course.part_names:
            chosen = {exercise.name, *exercise.uses}
            others = names
        elif stem == "inputs":
            chosen, others = recipes, drawn
        elif stem == "judges":
            chosen = {exercise.judge}
            others = {one.judge for one in course.exercises}
        else:
            chosen = {name for name in pieces if name.startswith(f"{exercise.name}__")}
            others = {name for name in pieces if any(name.startswith(f"{one}__") for one in names)}
        yield from (
            f"{place} {name} {text}"
            for name, text in pieces.items()
            if name in chosen or name not in others
        )
