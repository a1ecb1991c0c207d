"""Watches a course, and proves the affected exercises again each time a file is saved."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from time import perf_counter

from autograder.authoring.mutants import EQUIVALENTS, read_equivalents
from autograder.authoring.proof import CourseProof, unnoticed
from autograder.authoring.validate import chosen, validate
from autograder.course.load import load_course
from autograder.errors import AutograderError
from autograder.file_names import COURSE_FILE, EXERCISES, SOLUTIONS
from autograder.model.course import Course, Exercise
from autograder.text import number_of

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
        return f"{name}: proved ({_tried(proof)}; {seconds})"
    more = f" (and {number_of(len(wrong) - 1, 'more failure')})" if len(wrong) > 1 else ""
    return f"{name}: NOT proved ({seconds}): {wrong[0]}{more}"


def _tried(proof: CourseProof) -> str:
    (one,) = proof.exercises
    return ", ".join(
        (
            number_of(one.variants, "variant"),
            number_of(one.misconceptions, "misconception"),
            number_of(one.mutants, "mutant"),
        )
    )


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
    names = {one.name for one in course.exercises}
    recipes = {group.draw.recipe for group in exercise.groups}
    drawn = {group.draw.recipe for one in course.exercises for group in one.groups}
    for place, pieces in texts.items():
        stem = Path(place).stem
        if place == f"{stem}.py" and stem in {part.name for part in course.parts}:
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
