"""Checks the functions of a running notebook on the public groups, with the messages of `check`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autograder.answer_key.file import read_key
from autograder.errors import UsageError
from autograder.file_names import PUBLIC_KEY
from autograder.judging.check import check, solutions_beside
from autograder.judging.judge import judge
from autograder.model.course import Course
from autograder.model.report import ExerciseReport, GroupReport, Verdict
from autograder.model.submission import Source, Submission
from autograder.reporting.styled_text import grid_text
from autograder.sandbox.host.notebook_kernel import KernelSession

if TYPE_CHECKING:
    from autograder.sandbox.sandbox import Session


def check_public(exercise: str, group: str, env: Mapping[str, Any]) -> None:
    """Return if the student's function passes this public group. Otter's tests call this.

    The function is the one in `env`. If `env` has none and the exercises' folder is the current
    folder, the function in its files is run, in the sandbox. Raises AssertionError with the message
    of `autograder check` if it does not pass, and UsageError if course.json is missing or has no
    such group.
    """
    folder = Path(sys._getframe(1).f_code.co_filename).parent.parent
    report = _report(_key_beside(folder), exercise, env, only=group)
    if not report.groups:
        raise UsageError(f"{PUBLIC_KEY}: {exercise} has no public group '{group}'; {_REMEDY}")
    if report.groups[0].verdict is not Verdict.ACCEPTED:
        raise AssertionError(_unmarked("\n".join([*_lines(report.groups[0]), *_hint(report)])))


class Notebook:
    """Replaces otter's Notebook if otter is not installed."""

    def __init__(self, nb_path: str | None = None, tests_dir: str = "tests") -> None:
        self._folder = Path(tests_dir).parent

    def check(self, question: str, global_env: Mapping[str, Any] | None = None) -> Check:
        """Check an exercise's public groups on `global_env` (default: the caller's globals)."""
        env = sys._getframe(1).f_globals if global_env is None else global_env
        return Check(_report(_key_beside(self._folder), question, env))


class Check:
    """The result of a check; its repr is the text to show."""

    def __init__(self, report: ExerciseReport) -> None:
        self.report = report

    def __repr__(self) -> str:
        lines = [f"{self.report.name}:"]
        for group in self.report.groups:
            told = ["passed"] if group.verdict is Verdict.ACCEPTED else _lines(group)
            lines += [f"  {group.name}: {told[0]}", *(f"    {line}" for line in told[1:])]
        return "\n".join([*lines, *(f"  {line}" for line in _hint(self.report))])


_REMEDY = "get the exercises' folder anew, or run 'autograder sync'"


def _lines(group: GroupReport) -> list[str]:
    return [group.message, *(grid_text(group.grid) if group.grid else [])]


def _hint(report: ExerciseReport) -> list[str]:
    return [f"Hint: {report.hint}"] if report.hint else []


def _report(
    path: Path, name: str, env: Mapping[str, Any], only: str | None = None
) -> ExerciseReport:
    """The report on the public groups of an exercise, or only on the group called `only`.

    Only the first group has a grid: the others mostly ask for the same numbers.
    """
    course, key = read_key(path)
    if name not in (exercise.name for exercise in course.exercises):
        raise UsageError(f"{path}: has no exercise {name}; {_REMEDY}")
    # In another folder, these files may not belong to the author of the checked code.
    at_home = path.parent.resolve() == Path().resolve()
    if at_home and not callable(env.get(name)):
        # another part's function is not in this notebook
        judged = check(path.parent, course=path.parent, exercises=[name]).check
    else:
        support = partial(_names_of, course, path.parent)
        session = cast(  # `judge` only makes calls on it
            "Session", KernelSession(env, course.limits.case_seconds, support)
        )
        judged = judge(
            course,
            key,
            Submission("notebook", _cells_run(course, name, env), ""),
            lambda _: nullcontext(session),
            names=[name],
            public_only=True,
            solutions=solutions_beside(course, key),
        )
    report = judged.exercises[0].report
    groups = [
        group if at == 0 else replace(group, grid=None) for at, group in enumerate(report.groups)
    ]
    chosen = tuple(group for group in groups if only in (None, group.name))
    return replace(report, groups=chosen)


def _names_of(course: Course, folder: Path, module: str) -> Mapping[str, Any]:
    """The names defined by a support file, loaded from the exercises' folder."""
    from autograder.answer_key.trusted_modules import load_modules

    files = {Path(one).stem: folder / one for one in course.support if one.endswith(".py")}
    return vars(load_modules(files, [module])[module])


def _cells_run(course: Course, name: str, env: Mapping[str, Any]) -> tuple[Source, ...]:
    """The source of the executed cells, numbered as in IPython, if the exercise has rules."""
    exercise = next(one for one in course.exercises if one.name == name)
    cells = env.get("In")
    if not exercise.forbid or not isinstance(cells, list):
        return ()
    texts = tuple(str(cell).encode("utf-8", "replace") for cell in cells[1:])
    return (Source(exercise.part, "this notebook", texts, notebook=True),)


def _key_beside(folder: Path) -> Path:
    """The public key's path: in the exercises' folder, or here if otter has moved its tests."""
    for place in (folder, Path()):
        if (place / PUBLIC_KEY).is_file():
            return place / PUBLIC_KEY
    raise UsageError(f"{folder / PUBLIC_KEY}: not found; {_REMEDY}")


def _unmarked(message: str) -> str:
    """Break HTML tags and entities in the message with invisible characters.

    Otter puts the message into the page unescaped, and part of it comes from the student's code.
    """
    return re.sub(r"([<&])(?=[\w/!?#])", "\\1\N{WORD JOINER}", message)
