"""Grades submissions of numpy exercises.

    from autograder import check, grade, load_course

    course = load_course("softmax")
    graded = grade(course, "submissions", "graded")
    for mark in graded.marks:
        print(mark.student.name, mark.score)
    print(check("softmax/exercises/part1_softmax.py", course="softmax").accepted)

These three, and the exceptions of `autograder.errors`, are the interface for programs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.api import grade
    from autograder.course.load import load_course
    from autograder.judging.check import check

__all__ = ["check", "grade", "load_course"]

_HOMES = {
    "check": "autograder.judging.check",
    "grade": "autograder.api",
    "load_course": "autograder.course.load",
}


def __getattr__(name: str) -> Any:
    # Imported on first use: numpy and pydantic take up most of a command's startup time.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
