"""Derives the exercises folder from the course and its solutions, and keeps it up to date."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from hashlib import sha256
from pathlib import Path

from autograder.answer_key.answers import JUDGES_FILE
from autograder.answer_key.build import build_key, check_reproducible
from autograder.answer_key.file import judged_in_public, key_text, says_the_same
from autograder.atomic_write import keep_copy, write_whole
from autograder.authoring.stubs import HEADER, Stub, is_stub, notebook_text, otter_test, stub_of
from autograder.course.load import load_course, with_line
from autograder.errors import CourseError, EntryError, WriteError
from autograder.fixed_names import EXERCISES, PUBLIC_KEY, SOLUTIONS
from autograder.model.course import AnswerKey, Course, Part

TESTS = "tests"


class Kind(Enum):
    """How a file in the exercises folder differs from the derived one, and how to fix it."""

    DRIFTED = "is not what solutions/ and course.yaml make; run 'autograder sync'"
    MISSING = "is missing; run 'autograder sync'"
    OUTDATED = "belongs to no exercise any more; run 'autograder sync', which deletes it"
    STRAY = "comes from nothing in the course; move it elsewhere or delete it"


@dataclass(frozen=True)
class Difference:
    """A file in the exercises folder that differs from the derived one."""

    path: str
    """Relative to the course's folder, with forward slashes."""
    kind: Kind
    kept: str = field(default="", compare=False)
    """Where `sync` has put what somebody had changed in the file, like `path`."""

    def __str__(self) -> str:
        return f"{self.path}: {self.kind.value}"


def sync(folder: Path) -> tuple[Difference, ...]:
    """Bring `folder`/exercises up to date, and return the differences that were found.

    Stray files are left alone, so they still differ afterwards. Everything is derived before the
    first file is written, and each file is replaced atomically. A file that somebody has changed
    since it was written is kept under another name. Raises CourseError if the course cannot be
    derived, or if a file that would be overwritten holds somebody's answers.
    """
    course = load_course(folder)
    derived = derive(course)
    found = differences(course, derived)
    drifted = {difference.path for difference in found if difference.kind is Kind.DRIFTED}
    for part in course.parts:
        for ending in (".py", ".ipynb"):
            path = f"{EXERCISES}/{part.name}{ending}"
            if path in drifted:
                _check_unwritten(folder / path, path, part, _solution(course, part))
    before = _written_before(folder)
    done = []
    for difference in found:
        path, kept = difference.path, ""
        if difference.kind in (Kind.DRIFTED, Kind.OUTDATED) and not path.endswith(f"/{PUBLIC_KEY}"):
            kept = _keep(folder, path, before.get(path))
        if difference.kind in (Kind.DRIFTED, Kind.MISSING):
            _replace(folder / path, path, derived[path])
        elif difference.kind is Kind.OUTDATED:
            (folder / path).unlink()
        done.append(replace(difference, kept=kept))
    now = {path: _digest(content) for path, content in derived.items()}
    if now != before:
        _replace(folder / _RECORD, _RECORD, (json.dumps(now, indent=1) + "\n").encode())
    return tuple(done)


_RECORD = f"{EXERCISES}/.synced.json"
"""Digests of what `sync` wrote, by path. Where there is none, any other text may be somebody's."""


def _written_before(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(content: bytes) -> str:
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _keep(folder: Path, place: str, written: str | None) -> str:
    """Copy a file that is not as it was `written`; return the place of the copy, or ""."""
    path = folder / place
    content = path.read_bytes()
    if _digest(content) == written:
        return ""
    try:
        return keep_copy(path, content, "sync").relative_to(folder).as_posix()
    except OSError as error:
        raise CourseError(
            f"{place}: cannot be kept as a copy ({error.strerror}); make room next to it"
        ) from None


def check(folder: Path) -> tuple[Difference, ...]:
    """Return what `sync` would return, without writing anything.

    Raises CourseError if the course cannot be derived.
    """
    course = load_course(folder)
    return differences(course, derive(course))


def derive(
    course: Course, key: AnswerKey | None = None, *, notebooks: bool = True
) -> dict[str, bytes]:
    """Return the files of the exercises folder, by path relative to the course's folder.

    If `key` is not given, it is built, and built again in another process to check that it is
    reproducible. Leaving out `notebooks` saves half a second.
    """
    files: dict[str, bytes] = {}
    for name in course.support:
        files[f"{EXERCISES}/{name}"] = _read(course.folder, f"{SOLUTIONS}/{name}")
    for part in course.parts:
        stub = _stub(course, part).text
        _check_imports(course, stub, part)
        files[f"{EXERCISES}/{part.name}.py"] = stub.encode()
        if notebooks:
            files[f"{EXERCISES}/{part.name}.ipynb"] = notebook_text(stub, part).encode()
    for exercise in course.exercises:
        test = otter_test(exercise)
        if test is not None:
            files[f"{EXERCISES}/{TESTS}/{exercise.name}.py"] = test.encode()
    if key is None:
        key = build_key(course)
        check_reproducible(course, key)
    public_key = key_text(course, key, public=True)
    files[f"{EXERCISES}/{PUBLIC_KEY}"] = public_key.encode()
    return files


def beside_stubs(course: Course) -> tuple[str, ...]:
    """Return what students get unchanged from solutions/, one line per file."""
    lines = []
    for part in course.parts:
        lesson = _stub(course, part).lesson
        if lesson:
            lines.append(f"{SOLUTIONS}/{part.name}.py: {', '.join(lesson)}")
    lines += [f"{SOLUTIONS}/{name}: all of it" for name in course.support]
    if judged_in_public(course):
        lines.append(
            f"{JUDGES_FILE}: all of it, in {EXERCISES}/{PUBLIC_KEY}, for the public groups"
        )
    return tuple(lines)


def differences(course: Course, derived: Mapping[str, bytes]) -> tuple[Difference, ...]:
    """Compare the exercises folder on disk with `derived`; sorted by path.

    Notebooks are compared only if they were derived.
    """
    notebooks = {f"{EXERCISES}/{part.name}.ipynb" for part in course.parts}
    found = []
    for path, wanted in derived.items():
        try:
            present = (course.folder / path).read_bytes()
        except FileNotFoundError:
            found.append(Difference(path, Kind.MISSING))
            continue
        if not _same(path, present, wanted):
            found.append(Difference(path, Kind.DRIFTED))
    for path in _present(course.folder):
        if path not in derived and path not in notebooks:
            kind = Kind.OUTDATED if _is_ours(course.folder / path, path) else Kind.STRAY
            found.append(Difference(path, kind))
    return tuple(sorted(found, key=lambda difference: difference.path))


def _read(folder: Path, place: str) -> bytes:
    try:
        return (folder / place).read_bytes()
    except OSError as error:
        raise CourseError(
            f"{place}: cannot be read ({error.strerror}); course.yaml names it"
        ) from None


def _solution(course: Course, part: Part) -> str:
    place = f"{SOLUTIONS}/{part.name}.py"
    try:
        return _read(course.folder, place).decode()
    except UnicodeDecodeError:
        raise CourseError(f"{place}: is not UTF-8; save it as UTF-8") from None


def _stub(course: Course, part: Part) -> Stub:
    try:
        return stub_of(_solution(course, part), part)
    except EntryError as error:
        raise CourseError(with_line(course, str(error), "parts", part.name, *error.keys)) from None


def _check_imports(course: Course, stub: str, part: Part) -> None:
    """Refuse a stub that imports a file of solutions/ which students do not get, or that cannot run
    in a notebook."""
    given = {*course.part_names, *(Path(name).stem for name in course.support)}
    kept = {path.stem for path in (course.folder / SOLUTIONS).glob("*.py")} - given
    for node in ast.walk(ast.parse(stub)):
        if isinstance(node, ast.Name) and node.id == "__file__":
            raise CourseError(
                f"{SOLUTIONS}/{part.name}.py: students' code would use __file__, which notebooks "
                "do not have; move what opens the file to a .py file under 'support'"
            )
        names = [node.module] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if name in kept:
                raise CourseError(
                    f"{SOLUTIONS}/{part.name}.py: students' code would import {name}, which they "
                    f"do not get; list {name}.py under 'support', or take the import out"
                )


def _same(path: str, present: bytes, wanted: bytes) -> bool:
    if path.endswith(f"/{PUBLIC_KEY}"):
        return says_the_same(present.decode(errors="replace"), wanted.decode())
    # Git may have checked the file out with CRLF line ends.
    return present == wanted or present.replace(b"\r\n", b"\n") == wanted.replace(b"\r\n", b"\n")


def _present(folder: Path) -> Iterator[str]:
    """The files in the exercises folder, except hidden files and caches."""
    for path in sorted((folder / EXERCISES).rglob("*")):
        place = path.relative_to(folder)
        hidden = any(name.startswith(".") or name == "__pycache__" for name in place.parts)
        if not hidden and not path.is_dir():
            yield place.as_posix()


def _is_ours(path: Path, place: str) -> bool:
    """Whether sync made this test file, and so may delete it: it begins with our header."""
    in_tests = place.startswith(f"{EXERCISES}/{TESTS}/")
    return in_tests and path.read_bytes().startswith(HEADER.encode())


def _check_unwritten(path: Path, place: str, part: Part, solution: str) -> None:
    """Refuse to overwrite a student's answer; the solution's own code does not count as one."""
    names = {exercise.name for exercise in part.exercises}
    own = {ast.dump(node) for node in ast.parse(solution).body}
    for source in _sources(path):
        try:
            nodes = ast.parse(source).body
        except (SyntaxError, ValueError):
            written = "code"
        else:
            kinds = ast.FunctionDef | ast.ClassDef
            functions = [n for n in nodes if isinstance(n, kinds) and n.name in names]
            answers = (f for f in functions if not is_stub(f) and ast.dump(f) not in own)
            written = ", ".join(f.name for f in answers)
        if written:
            raise CourseError(
                f"{place}: holds an answer ({written}) that sync would overwrite; move the file "
                "out of exercises/, then run 'autograder sync' again"
            )


def _sources(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".py":
        return [text]
    try:
        cells = json.loads(text)["cells"]
        code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return [source if isinstance(source, str) else "".join(source) for source in code]
    except (ValueError, KeyError, TypeError):
        return [text]


def _replace(path: Path, place: str, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        raise WriteError(place, error, "check it") from None
