"""Creates a new course or exercise: commented files that already pass `autograder validate`."""

from __future__ import annotations

import ast
import json
import re
import secrets
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError
from keyword import iskeyword
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml

from autograder.answer_key.build import build_key
from autograder.atomic_write import write_whole
from autograder.authoring.build import PACKAGE, filled
from autograder.authoring.script import bindings_of
from autograder.authoring.sync import sync
from autograder.authoring.trials import judge_zeros
from autograder.course.load import load_course
from autograder.course.schema import json_schema
from autograder.errors import AutograderError, CourseError, UsageError, WriteError
from autograder.fixed_names import COURSE_FILE, EXERCISES, NAME, SOLUTIONS, installed
from autograder.model.course import Course, Part

SCHEMA_FILE = "course.schema.json"
"""Written next to course.yaml, so that editors offer completion."""
FIRST_EXERCISE = "center"
SOFTMAX = "softmax"
"""The course that comes with the engine."""
MOST_SEEDS = 20
"""Maximum number of seeds tried. With some seeds, all answers of a group of the softmax course are
close to zero, so that zeros would pass; then another seed is drawn."""


def new_course(folder: Path, template: str = "") -> list[str]:
    """Write a course to `folder` and return its files, relative to it.

    The course has one exercise, or is a copy of the one called `template`. Its seed is drawn
    at random, so nobody else knows the hidden inputs. Raises UsageError if the folder has
    files already, WriteError if a file cannot be written, and AutograderError if the template is
    not installed.
    """
    place = Path(folder).resolve()
    if place.is_dir() and any(place.iterdir()):
        raise UsageError(f"{folder}: has files in it; name a folder that is new or empty")
    if place.exists() and not place.is_dir():
        raise UsageError(f"{folder}: is a file; name a folder that is new or empty")
    files = _copied() if template == SOFTMAX else _first_files(place.name)
    schema = f"$schema={SCHEMA_FILE}"
    text = files[COURSE_FILE].decode().replace(f"$schema=autograder/{SCHEMA_FILE}", schema)
    files[SCHEMA_FILE] = json_schema().encode()
    _write(place, files)
    for _ in range(MOST_SEEDS):
        seed = f"seed: {secrets.randbelow(10**15)}"
        _write(place, {COURSE_FILE: re.sub("(?m)^seed: .*$", seed, text, count=1).encode()})
        course = load_course(place)
        if not judge_zeros(course.exercises, build_key(course)):
            break
    sync(place)
    return [*files, f"{EXERCISES}/"]


def new_exercise(folder: Path, name: str, part_name: str = "") -> list[str]:
    """Add an exercise to the last part of the course, or to the part of this name.

    Returns the files that are written, relative to `folder`. Raises UsageError if the name cannot
    be used or there is no such part, CourseError if the course cannot be loaded or the entry cannot
    be added to it, and WriteError if a file cannot be written.
    """
    course = load_course(folder)
    part = _part(course, part_name)
    _check_name(course, part, name)
    solution, inputs = f"{SOLUTIONS}/{part.name}.py", f"{SOLUTIONS}/inputs.py"
    files = {
        COURSE_FILE: _with_entry(_read(folder, COURSE_FILE), part.name, name),
        solution: _joined(_read(folder, solution), filled("new_exercise", name=name)),
        inputs: _joined(_read(folder, inputs), _recipes(_read(folder, inputs), name)),
        f"{SOLUTIONS}/variants/{name}.py": filled("new_variant", name=name),
        f"{SOLUTIONS}/misconceptions/{name}.py": filled("new_misconception", name=name),
    }
    _write(folder, {path: _encoded(folder / path, text) for path, text in files.items()})
    sync(folder)
    return [*files, f"{EXERCISES}/"]


def _first_files(folder_name: str) -> dict[str, bytes]:
    """Return the files of a course with one exercise, named after its folder."""
    title = re.sub(r"[\W_]+", " ", folder_name).strip()[:120].capitalize() or "A course"
    name = FIRST_EXERCISE
    entry = indent(filled("new_exercise.yaml", name=name), " " * 6).rstrip()
    course = filled("new_course.yaml", course=json.dumps(title), seed="0", exercise=entry)
    files = {
        COURSE_FILE: course,
        f"{SOLUTIONS}/part1.py": filled("new_part") + filled("new_exercise", name=name),
        f"{SOLUTIONS}/inputs.py": filled("new_inputs") + filled("new_recipes", name=name),
        f"{SOLUTIONS}/oracles.py": filled("new_oracles", name=name),
        f"{SOLUTIONS}/variants/{name}.py": filled("new_variant", name=name),
        f"{SOLUTIONS}/misconceptions/{name}.py": filled("new_misconception", name=name),
    }
    return {path: text.encode() for path, text in files.items()}


def _copied() -> dict[str, bytes]:
    """Return the softmax course's course.yaml and solutions/.

    They are read from the repository if this is a clone, else from the copies that were installed
    with the package.
    """
    clone = PACKAGE.parent
    if (clone / COURSE_FILE).is_file() and (clone / SOLUTIONS).is_dir():
        paths = [clone / COURSE_FILE, *(clone / SOLUTIONS).rglob("*")]
        found = {path.relative_to(clone).as_posix(): path for path in paths}
    else:
        found = _installed_files()
    files = {
        place: path.read_bytes()
        for place, path in sorted(found.items())
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    if COURSE_FILE not in files:
        raise AutograderError(
            f"{SOFTMAX}: this course was not installed with the engine; "
            f"run pip install --force-reinstall '{NAME}[author]'"
        )
    return files


def _installed_files() -> dict[str, Path]:
    try:
        paths = installed().files or ()
    except PackageNotFoundError:
        return {}
    home = ("share", NAME, SOFTMAX)  # as pyproject.toml says
    found = {}
    for path in paths:
        for start in range(len(path.parts) - len(home)):
            if path.parts[start : start + len(home)] == home:
                found["/".join(path.parts[start + len(home) :])] = Path(str(path.locate()))
    return found


def _part(course: Course, name: str) -> Part:
    parts = {part.name: part for part in course.parts}
    if name and name not in parts:
        known = ", ".join(parts)
        raise UsageError(f"--part {name!r}: the course has no such part; name one of {known}")
    return parts[name] if name else course.parts[-1]


def _check_name(course: Course, part: Part, name: str) -> None:
    fine = re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,59}", name) and not iskeyword(name)
    if not fine or "__" in name:
        raise UsageError(
            f"{name!r:.80}: cannot be an exercise; write a function's name of letters, digits and "
            "single _, such as 'center_rows'"
        )
    if name in (*course.by_name, *course.part_names):
        raise UsageError(f"{name}: the course has an exercise or part of this name; choose another")
    for place, wanted in (
        (f"{SOLUTIONS}/{part.name}.py", {name}),
        (f"{SOLUTIONS}/inputs.py", {f"{name}_example", f"{name}_any_size"}),
    ):
        for taken in sorted(wanted & _names(_read(course.folder, place), place)):
            raise UsageError(f"{name}: {place} has a {taken} already; choose another name")
    for bank in ("variants", "misconceptions"):
        place = f"{SOLUTIONS}/{bank}/{name}.py"
        if (course.folder / place).exists():
            raise UsageError(f"{name}: {place} exists already; move it, or choose another name")


def _names(text: str, place: str) -> set[str]:
    """Return the names that a module's statements bind."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"{place}: cannot be read as Python ({error}); fix it") from None
    return {name for node in tree.body for one in bindings_of(node) for name in one.names}


def _recipes(inputs: str, name: str) -> str:
    text = filled("new_recipes", name=name)
    has_numpy = "np" in _names(inputs, f"{SOLUTIONS}/inputs.py")
    return text if has_numpy else f"\nimport numpy as np\n{text}"


def _with_entry(text: str, part_name: str, name: str) -> str:
    """Return course.yaml's text with the exercise added at the end of the part."""
    entry = filled("new_exercise.yaml", name=name)
    wanted = yaml.safe_load(text)
    [number] = [n for n, one in enumerate(wanted["parts"]) if one["name"] == part_name]
    wanted["parts"][number]["exercises"] += yaml.safe_load(entry)
    exercises = _value(_value(yaml.compose(text), "parts").value[number], "exercises")
    last = _end(exercises)
    end = text.find("\n", last - 1)
    head, tail = (f"{text}\n", "") if end < 0 else (text[: end + 1], text[end + 1 :])
    new = f"{head}\n{indent(entry, ' ' * exercises.start_mark.column)}{tail}"
    try:
        right = yaml.safe_load(new) == wanted
    except yaml.YAMLError:
        right = False
    if not right:  # the list is in brackets or is an alias
        line = exercises.start_mark.line + 1
        raise CourseError(
            f"{COURSE_FILE}:{line}: no exercise can be added to this list; "
            "write it with one '- name: ...' for each exercise, then run the command again"
        )
    return new


def _value(mapping: Any, key: str) -> Any:
    return next(value for name, value in mapping.value if name.value == key)


def _end(node: Any) -> int:
    """Return where a node's last scalar ends; a block's end mark is at the next node instead."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    index: int = node.end_mark.index
    return index


def _joined(text: str, more: str) -> str:
    return f"{text.rstrip()}\n{more}"


def _read(folder: Path, place: str) -> str:
    try:
        return (folder / place).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{place}: is missing; write it first") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{place}: cannot be read ({error}); check it") from None


def _encoded(path: Path, text: str) -> bytes:
    """Encode `text` with the line ends of the existing file, so that only new lines differ."""
    windows = path.exists() and b"\r\n" in path.read_bytes()
    return (text.replace("\n", "\r\n") if windows else text).encode()


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for place, content in files.items():
            write_whole(folder / place, content)
    except OSError as error:
        raise WriteError(folder, error, "choose another place") from None
