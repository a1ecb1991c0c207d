"""Checks the functions of a running notebook on the public groups, in the words of `check`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autograder.errors import UsageError
from autograder.grading.grade import report_exercise, run_exercise
from autograder.grading.keyfile import read_key
from autograder.model import AnswerKey, Course, Exercise, GroupReport, Verdict
from autograder.sandbox.kernel import KernelSession

if TYPE_CHECKING:
    from autograder.sandbox.session import Session

PUBLIC_KEY = "course.json"


def check_public(exercise: str, group: str, env: Mapping[str, Any]) -> None:
    """Return when the student's function is right on this public group.

    Otter's tests call this. The function is that of `env`; where `env` has none, that of the files
    in the exercises' folder, in the sandbox, if this is also the current folder. Raises
    AssertionError with the message of `autograder check` where it is not right, and UsageError
    where course.json is missing or does not know the group.
    """
    folder = Path(sys._getframe(1).f_code.co_filename).parent.parent
    reports = _reports(_key_beside(folder), exercise, env, only=group)
    if not reports:
        raise UsageError(f"{PUBLIC_KEY}: {exercise} has no public group '{group}'; {_REMEDY}")
    if reports[0].verdict is not Verdict.ACCEPTED:
        raise AssertionError(_unmarked(reports[0].message))


class Notebook:
    """What stands in for otter's Notebook where otter is not installed."""

    def __init__(self, nb_path: str | None = None, tests_dir: str = "tests") -> None:
        self._folder = Path(tests_dir).parent

    def check(self, question: str, global_env: Mapping[str, Any] | None = None) -> Check:
        """The public groups of one exercise, on the function of the notebook that asks."""
        env = sys._getframe(1).f_globals if global_env is None else global_env
        return Check(_reports(_key_beside(self._folder), question, env), question)


class Check:
    """What a check found; prints as text."""

    def __init__(self, groups: tuple[GroupReport, ...], exercise: str) -> None:
        self.groups = groups
        self.exercise = exercise

    def __repr__(self) -> str:
        lines = [
            f"  {group.name}: {'passed' if group.verdict is Verdict.ACCEPTED else group.message}"
            for group in self.groups
        ]
        return "\n".join([f"{self.exercise}:", *lines])


_REMEDY = "get the exercises' folder anew, or run 'autograder sync'"


def _reports(
    path: Path, name: str, env: Mapping[str, Any], only: str | None = None
) -> tuple[GroupReport, ...]:
    """Of the public groups of an exercise, or of the one of this name."""
    course, key = read_key(path)
    exercise = next((one for one in course.exercises if one.name == name), None)
    if exercise is None:
        raise UsageError(f"{path}: has no exercise {name}; {_REMEDY}")
    groups = tuple(g for g in exercise.groups if g.public and only in (None, g.name))
    chosen = replace(exercise, groups=groups)
    # Elsewhere, these files are not those of whoever wrote the code that is checked.
    at_home = path.parent.resolve() == Path().resolve()
    if at_home and not callable(env.get(name)):
        return _on_files(path.parent, course, key, chosen)
    session = cast("Session", KernelSession(env))  # all that is asked of one is to call
    return report_exercise(chosen, run_exercise(chosen, key.cases[name], session)).groups


def _on_files(
    folder: Path, course: Course, key: AnswerKey, exercise: Exercise
) -> tuple[GroupReport, ...]:
    """On the files in the folder: a function of another part is not in this notebook."""
    from autograder.grading.check import check
    from autograder.grading.submission import read_submission
    from autograder.grading.support import read_support
    from autograder.sandbox.sandbox import Sandbox

    submission = read_submission(folder, folder.name, [part.name for part in course.parts])
    support = read_support(course, folder)
    with Sandbox(course.limits) as sandbox:
        return check([exercise], key, submission, sandbox, support).exercises[0].report.groups


def _key_beside(folder: Path) -> Path:
    """The public key in the exercises' folder; where otter moved its tests, in the current one."""
    for place in (folder, Path()):
        if (place / PUBLIC_KEY).is_file():
            return place / PUBLIC_KEY
    raise UsageError(f"{folder / PUBLIC_KEY}: is not there; {_REMEDY}")


def _unmarked(message: str) -> str:
    """The message, looking the same, with nothing in it that a browser takes for markup.

    Otter puts it into the page as it is, though a part of it comes from the student's code.
    """
    return re.sub(r"([<&])(?=[\w/!?#])", "\\1\N{WORD JOINER}", message)
