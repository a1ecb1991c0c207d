"""Puts one exercise back to its stub; what was there is kept beside it."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from autograder.authoring.stubs import stub_text
from autograder.errors import CourseError, UsageError
from autograder.model import Course, Exercise
from autograder.replacing import replacing
from autograder.study.function_text import function_text, replace_function


def reset(course: Course, exercise: Exercise, folder: Path) -> tuple[Path, ...]:
    """Make the exercise a stub again in the files of `folder`; where the old texts are kept.

    Nothing is kept where there was nothing but the stub. Raises UsageError where a file cannot be
    read or the old text not kept, CourseError where the solution is missing.
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
            raise UsageError(f"{path}: cannot be read ({error}); mend it by hand") from None
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
    assert stub is not None  # stub_text has made sure of it
    return stub


def _keep(path: Path, old: bytes) -> Path:
    # Hidden, so that neither grading nor `autograder sync` takes it for work that is handed in.
    for number in count(1):
        kept = path.with_name(f".{path.stem}.before-reset-{number}{path.suffix}")
        try:
            with kept.open("xb") as file:
                file.write(old)
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(
                f"{kept}: cannot be written ({error.strerror}); nothing was reset, since the old "
                "text could not be kept"
            ) from None
        return kept
    raise AssertionError("count() has no end")


def _in_script(text: str, name: str, stub: str) -> str:
    lines_end = "\r\n" if "\r\n" in text else "\n"
    new = replace_function(text.replace("\r\n", "\n"), name, stub)
    if new is None:  # it was deleted
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
