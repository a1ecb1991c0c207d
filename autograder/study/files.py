"""The files that a study session writes: functions reset to their stubs, and the progress file.

Before a reset, the old text of a file is saved next to it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.atomic_write import keep_copy, replacing
from autograder.authoring.stubs import stub_text
from autograder.errors import CourseError, UsageError, WriteError
from autograder.model.course import Course, Exercise


def reset(course: Course, exercise: Exercise, folder: Path) -> tuple[Path, ...]:
    """Reset the exercise to its stub in the files of `folder`; return the paths of the backups.

    No backup is made of a file that does not change. Raises UsageError if a file cannot be read or
    backed up, CourseError if the solution is missing.
    """
    stub = _stub_of(course, exercise)
    kept = []
    for ending, replaced in ((".py", _in_script), (".ipynb", _in_notebook)):
        path = folder / (exercise.part + ending)
        if not path.is_file():
            continue
        old = path.read_bytes()
        try:
            new = replaced(old.decode("utf-8"), exercise.name, stub)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path}: cannot be read ({error}); fix it by hand") from None
        if new is None or new == old.decode("utf-8"):
            continue
        kept.append(_keep(path, old))
        with replacing(path) as file:
            file.write(new)
    return tuple(kept)


def _stub_of(course: Course, exercise: Exercise) -> str:
    part = next(part for part in course.parts if part.name == exercise.part)
    path = course.folder / "solutions" / f"{part.name}.py"
    try:
        stub = function_text(stub_text(path.read_text(encoding="utf-8"), part), exercise.name)
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror}); put it back") from None
    assert stub is not None  # stub_text has checked that the function exists
    return stub


def _keep(path: Path, old: bytes) -> Path:
    try:
        return keep_copy(path, old, "reset")
    except OSError as error:
        what = "nothing was reset, since the old text could not be kept"
        raise WriteError(error.filename or path, error, what) from None


def _in_script(text: str, name: str, stub: str) -> str:
    lines_end = "\r\n" if "\r\n" in text else "\n"
    new = replace_function(text.replace("\r\n", "\n"), name, stub)
    if new is None:  # the student deleted the function
        new = f"{text.rstrip()}\n\n\n{stub}\n".replace("\r\n", "\n")
    return new.replace("\n", lines_end)


def _in_notebook(text: str, name: str, stub: str) -> str | None:
    notebook: Any = json.loads(text)
    changed = False
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = cell["source"]
        whole = source if isinstance(source, str) else "".join(source)
        new = replace_function(whole, name, stub)
        if new is not None and new != whole:
            cell["source"] = new if isinstance(source, str) else new.splitlines(keepends=True)
            cell["outputs"] = []
            cell["execution_count"] = None
            changed = True
    if not changed:
        return None
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


# --- one function in Python source text, which may have syntax errors ----------------------------


def find_function(text: str, name: str) -> tuple[int, int] | None:
    """The first and last line (from 0) of the function, decorators included; None if absent.

    If the function is defined several times, the last definition counts, as in Python. If the text
    cannot be parsed, the function ends before the next line that is not indented.
    """
    try:
        nodes = ast.parse(text).body
    except (SyntaxError, ValueError):
        return _find_in_broken(text.split("\n"), name)
    found = None
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            found = first - 1, (node.end_lineno or node.lineno) - 1
    return found


def function_text(text: str, name: str) -> str | None:
    """The text of the function, without a final newline; None if there is no such function."""
    found = find_function(text, name)
    return None if found is None else "\n".join(text.split("\n")[found[0] : found[1] + 1])


def replace_function(text: str, name: str, new: str) -> str | None:
    """`text` with the function replaced by `new`; None if there is no such function."""
    found = find_function(text, name)
    if found is None:
        return None
    lines = text.split("\n")
    return "\n".join([*lines[: found[0]], new, *lines[found[1] + 1 :]])


def without_docstring(text: str) -> str:
    """A function's text without its docstring; unchanged if the docstring is its whole body."""
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    first, *others = function.body
    if ast.get_docstring(function) is None or not others or first.lineno == function.lineno:
        return text
    lines = text.split("\n")
    return "\n".join([*lines[: first.lineno - 1], *lines[first.end_lineno :]])


def _find_in_broken(lines: list[str], name: str) -> tuple[int, int] | None:
    begins = re.compile(rf"(async )?def {re.escape(name)}\b")
    starts = [number for number, line in enumerate(lines) if begins.match(line)]
    if not starts:
        return None
    first = last = starts[-1]
    while first > 0 and lines[first - 1].startswith("@"):
        first -= 1
    for number in range(last + 1, len(lines)):
        line = lines[number]
        if line.strip() and not line.startswith((" ", "\t", ")", "]", "}")):
            break
        if line.strip():
            last = number
    return first, last


# --- the student's progress, from one session to the next -------------------------------------

FILE = ".study.json"


@dataclass(frozen=True)
class Progress:
    """The current exercise, and how many hints of each exercise have been shown."""

    current: str
    hints: Mapping[str, int] = field(default_factory=dict)


def read_progress(path: Path, names: tuple[str, ...]) -> Progress:
    """Read the progress file; if it is unusable, start at the first of `names` without hints.

    `names` are the exercises of the course; entries of other exercises are dropped.
    """
    try:
        written: Any = json.loads(path.read_text(encoding="utf-8"))
        current, hints = written["current"], dict(written["hints"])
    except (OSError, ValueError, KeyError, TypeError):
        return Progress(names[0])
    return Progress(
        current if current in names else names[0],
        {name: hints[name] for name in names if type(hints.get(name)) is int},
    )


def write_progress(path: Path, progress: Progress) -> None:
    """Replace the file atomically. Raises WriteError if it cannot be written."""
    with replacing(path) as file:
        json.dump({"current": progress.current, "hints": dict(progress.hints)}, file, indent=1)
        file.write("\n")
