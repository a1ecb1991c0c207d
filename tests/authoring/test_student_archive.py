"""student.zip holds what a student needs, and nothing of what a student must not know."""

from __future__ import annotations

import ast
import base64
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from autograder.answer_key.file import key_text
from autograder.authoring.build import (
    Wheel,
    build_wheel,
    folder_name,
    gradescope_archive,
    student_archive,
    student_readme,
)
from autograder.authoring.sync import derive
from autograder.cli.commands import COMMANDS
from autograder.model.course import AnswerKey, Course
from tests.support.corpus import softmax

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Built:
    course: Course
    key: AnswerKey
    wheel: Wheel
    student: bytes


@pytest.fixture(scope="module")
def built() -> Built:
    course, key = softmax()
    files = derive(course, key)
    exercises = {path.removeprefix("exercises/"): files[path] for path in files}
    wheel = build_wheel()
    return Built(course, key, wheel, student_archive(course, exercises, wheel))


def unpacked(archive: bytes, place: str = "") -> Iterator[tuple[str, bytes]]:
    """Every file, those of archives within it too; notebooks once more as the code they show."""
    with zipfile.ZipFile(BytesIO(archive)) as opened:
        for name in opened.namelist():
            content = opened.read(name)
            yield place + name, content
            if content.startswith(b"PK"):
                yield from unpacked(content, f"{place}{name}/")
            if name.endswith(".ipynb"):
                cells = json.loads(content)["cells"]
                code = "\n".join("".join(cell["source"]) for cell in cells)
                yield f"{place}{name}, shown", code.encode()


# --- what is secret ---------------------------------------------------------------------------


def lines_of(node: ast.FunctionDef, lines: list[str]) -> Iterator[str]:
    """The code of a function's body without its docstring."""
    for statement in node.body[1:] if ast.get_docstring(node) else node.body:
        for line in lines[statement.lineno - 1 : statement.end_lineno]:
            yield line.partition("  #")[0].strip()


def reference_lines(course: Course) -> set[str]:
    """The lines of the answers, but for those that the lessons show on purpose."""
    answers: set[str] = set()
    shown: set[str] = set()
    exercises = {exercise.name for exercise in course.exercises}
    for part in course.parts:
        text = (ROOT / "solutions" / f"{part.name}.py").read_text()
        lines = text.splitlines()
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name in exercises:
                answers.update(lines_of(node, lines))
            else:
                shown.update(line.strip() for line in lines[node.lineno - 1 : node.end_lineno])
    return {line for line in answers - shown if len(line) >= 16}


def other_lines() -> set[str]:
    """The lines of what draws inputs, and of every wrong, unusual or independent answer."""
    paths = [ROOT / "solutions" / "inputs.py", ROOT / "solutions" / "oracles.py"]
    for folder in ("misconceptions", "variants"):
        paths += sorted((ROOT / "solutions" / folder).glob("*.py"))
    found = set()
    for path in paths:
        text = path.read_text()
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                found.update(lines_of(node, text.splitlines()))
    return {line for line in found if len(line) >= 30 and "errstate" not in line}


GENERIC = {"Your numbers are rounded to a few decimals.", "Python counts from 0."}
"""Said by the engine of any course's answers."""


def hints(key: AnswerKey) -> set[str]:
    banks = [known for bank in key.misconceptions.values() for known in bank]
    return {hint for known in banks for hint in known.hints} - GENERIC


def misconceptions(key: AnswerKey) -> set[str]:
    """Their names, of so many words that no other text has them by chance."""
    names = [known.name for bank in key.misconceptions.values() for known in bank]
    own_words = {"memory_not_set", "first_row_only"}  # the engine's, for any course
    return {name for name in names if name.count("_") >= 2} - own_words


def seeds(course: Course) -> set[bytes]:
    seed = course.seed
    spelled = {str(seed), f"{seed:,}", f"{seed:_}", f"{seed:x}", f"{seed:X}", f"{seed:o}"}
    spelled |= {f"{seed:b}", f"{seed:.0f}", f"{float(seed):e}", repr(float(seed))}
    raw = {seed.to_bytes(8, order) for order in ("little", "big")}
    encoded = {base64.b64encode(one)[:10] for one in raw} | {base64.b64encode(str(seed).encode())}
    return {one.encode() for one in spelled} | raw | encoded


def numbers_of(key: AnswerKey, course: Course, *, public: bool) -> Iterator[np.ndarray]:
    shown = {(e.name, g.name): g.public for e in course.exercises for g in e.groups}
    for cases in key.cases.values():
        for case in cases:
            if shown[case.exercise, case.group] is public:
                yield from map(np.asarray, (*case.arguments.values(), case.expected))


def telling(array: np.ndarray) -> Iterator[float]:
    """Numbers of many digits: another file does not hold them by chance."""
    if array.dtype.kind == "f":
        yield from (float(f"{one:.8e}") for one in array.flat if len(repr(float(one))) > 12)


def hidden_numbers(built: Built) -> set[float]:
    hidden, public = (
        {
            one
            for array in numbers_of(built.key, built.course, public=shown)
            for one in telling(array)
        }
        for shown in (False, True)
    )
    return hidden - public


def hidden_bytes(built: Built) -> set[bytes]:
    """How hidden arrays would begin in a binary file, and in one that is written in base64."""
    public = {array.tobytes()[:24] for array in numbers_of(built.key, built.course, public=True)}
    raw = {
        array.tobytes()[:24]
        for array in numbers_of(built.key, built.course, public=False)
        if len(set(array.flat)) > 3 and any(True for _ in telling(array.flat[:3]))
    }
    return {form for one in raw - public for form in (one, base64.b64encode(one))}


def hidden_recipes(course: Course) -> set[str]:
    groups = [group for exercise in course.exercises for group in exercise.groups]
    public = {group.draw.recipe for group in groups if group.public}
    return {group.draw.recipe for group in groups if "_" in group.draw.recipe} - public


def found(archive: bytes, built: Built) -> dict[str, set[str]]:
    """What of each kind of secret is in which file."""
    course, key = built.course, built.key
    texts = {
        "reference": {line.encode() for line in reference_lines(course)},
        "other solution": {line.encode() for line in other_lines()},
        "hint": {hint.encode() for hint in hints(key)},
        "misconception": {name.encode() for name in misconceptions(key)},
        "seed": seeds(course),
        "recipe": {name.encode() for name in hidden_recipes(course)},
        "hidden array": hidden_bytes(built),
    }
    numbers = hidden_numbers(built)
    assert all(len(secrets) > 8 for secrets in (*texts.values(), numbers))
    places: dict[str, set[str]] = {}
    for name, content in unpacked(archive):
        for kind, secrets in texts.items():
            if any(secret in content for secret in secrets):
                places.setdefault(kind, set()).add(name)
        written = re.findall(rb"-?\d+\.\d{5,}(?:[eE][-+]?\d+)?", content)
        if numbers & {float(f"{float(one):.8e}") for one in written}:
            places.setdefault("hidden number", set()).add(name)
    return places


def test_nothing_secret_is_in_any_file(built: Built) -> None:
    assert found(built.student, built) == {}


def test_the_search_finds_every_kind_of_secret_where_they_are(built: Built) -> None:
    key = key_text(built.course, built.key, public=False).encode()
    empty = replace(built.wheel, content=b"")  # student.zip has the same one, searched above
    archive = gradescope_archive(built.course, {"key.json": key}, empty)
    kinds = found(archive, built)
    assert kinds.keys() == {
        *("reference", "other solution", "hint", "misconception", "seed", "recipe"),
        *("hidden number", "hidden array"),
    }
    assert set.union(*kinds.values()) == {"assignment/key.json"}


# --- what is there ----------------------------------------------------------------------------


def test_it_holds_the_exercises_the_engine_and_a_readme(built: Built) -> None:
    with zipfile.ZipFile(BytesIO(built.student)) as archive:
        names = set(archive.namelist())
    top = folder_name(built.course)
    assert {name.partition("/")[0] for name in names} == {top}
    inside = {name.removeprefix(f"{top}/") for name in names}
    for part in built.course.parts:
        assert {f"{part.name}.py", f"{part.name}.ipynb"} <= inside
    assert {f"tests/{exercise.name}.py" for exercise in built.course.exercises} <= inside
    assert {"course.json", "README.md", built.wheel.name, *built.course.support} <= inside
    assert not [name for name in inside if re.search("solution|misconception|variant|input", name)]


def test_an_editor_finds_the_tests_and_git_leaves_pictures_out(built: Built) -> None:
    with zipfile.ZipFile(BytesIO(built.student)) as archive:
        top = folder_name(built.course)
        settings = json.loads(archive.read(f"{top}/.vscode/settings.json"))
        ignored = archive.read(f"{top}/.gitignore").decode().splitlines()
    assert settings["python.testing.pytestEnabled"] is True
    assert "check_*.png" in ignored
    assert ".venv/" in ignored


def test_the_manifest_names_hidden_groups_and_no_more(built: Built) -> None:
    with zipfile.ZipFile(BytesIO(built.student)) as archive:
        manifest = json.loads(archive.read(f"{folder_name(built.course)}/course.json"))
    assert manifest["public"] is True
    assert manifest.keys() == {"schema", "public", "course", "digest", "cases"}
    assert "seed" not in manifest["course"]
    groups = [
        group
        for part in manifest["course"]["parts"]
        for exercise in part["exercises"]
        for group in exercise["groups"]
    ]
    hidden = [group for group in groups if not group["public"]]
    assert len(hidden) > 40
    assert all(group.keys() == {"name", "points", "public"} for group in hidden)
    names = {group["name"] for group in groups if group["public"]}
    assert {case["group"] for cases in manifest["cases"].values() for case in cases} <= names


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("The softmax derivative", "the-softmax-derivative"),
        ("Übung 1: a/b", "ubung-1-a-b"),
        ("Statistik für Anfänger: Maße", "statistik-fur-anfanger-masse"),
        ("…", "course"),
    ],
)
def test_the_folder_is_called_after_the_course(tiny_course: Course, name: str, folder: str) -> None:
    assert folder_name(replace(tiny_course, name=name)) == folder


def test_the_readme_is_short_and_true(built: Built) -> None:
    readme = student_readme(built.course, built.wheel)
    assert len(readme.splitlines()) < 60
    assert "@" not in readme
    assert "Leave `.venv` out of the `.zip`" in readme  # it stands in this folder, 400 MB of it
    assert "| `part1_softmax` | `softmax` | 12 | 5 (4 points) | 7 (8 points) |" in readme
    assert f"pip install {built.wheel.name}" in readme
    for command in re.findall(r"bin/autograder ([\w-]+)", readme):
        assert command in COMMANDS
    for part in built.course.parts:
        assert f"- `{part.name}.py` or `{part.name}.ipynb`: {part.title}" in readme


@pytest.mark.slow
def test_a_student_can_begin_as_the_readme_says(built: Built, tmp_path: Path) -> None:
    with zipfile.ZipFile(BytesIO(built.student)) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / folder_name(built.course)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=folder, check=True)

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        return done.stdout

    said = run("autograder", "check")
    assert "to do   softmax" in said
    assert "Public groups: 0 of " in said
    assert "note:" not in said
    assert "softmax is not written yet" in run("pytest", "-q", "-p", "no:cacheprovider")
    shown = run("autograder", "check", "-e", built.course.exercises[0].name)
    assert "hidden, 8 points" in shown
