"""A pytest plugin that collects the public test groups of a course, one item per group.

In a course's folder the items belong to course.yaml, in an exercises folder to course.json; both
run on the files next to course.json. Hidden groups are never collected. In a project without an
autograder course, nothing of the engine is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograder.fixed_names import COURSE_FILE, EXERCISES, PUBLIC_KEY

if TYPE_CHECKING:
    from autograder.judging.judge import JudgedExercise
    from autograder.model.course import Exercise
    from autograder.model.report import GroupReport, Mismatch

KEY_MARK = b'"autograder/key/'


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect course.yaml and course.json if they belong to an autograder course."""
    if file_path.name == COURSE_FILE:
        key_path = file_path.parent / EXERCISES / PUBLIC_KEY
    elif file_path.name == PUBLIC_KEY and not _stands_in_course(file_path, parent.config):
        key_path = file_path
    else:
        return None
    if not _is_ours(key_path):
        return None
    collector: CourseFile = CourseFile.from_parent(parent, path=file_path)
    collector.key_path = key_path
    return collector


def _is_ours(key_path: Path) -> bool:
    try:
        with key_path.open("rb") as file:
            return KEY_MARK in file.read(100)
    except OSError:
        return False


def _stands_in_course(key_path: Path, config: pytest.Config) -> bool:
    """Whether this run also collects the course.yaml that these exercises belong to."""
    course = key_path.parent.parent / COURSE_FILE
    if key_path.parent.name != EXERCISES or not course.is_file():
        return False
    asked = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)
    return any(course.resolve().is_relative_to(path.resolve()) for path in asked)


class GroupFailed(Exception):
    """A public group did not pass; the message is everything that pytest shows."""


class CourseFile(pytest.File):
    """Collects the public groups of a course, and judges the student's files when asked first."""

    key_path: Path
    _judged: dict[str, JudgedExercise] | None = None

    def collect(self) -> Iterator[pytest.Collector]:
        """Yield a collector for each exercise with a public group."""
        from autograder.answer_key.file import read_key
        from autograder.errors import AutograderError

        try:
            course, _ = read_key(self.key_path)
        except AutograderError as error:
            raise self.CollectError(str(error)) from None
        for exercise in course.exercises:
            if any(group.public for group in exercise.groups):
                collector: ExerciseGroups = ExerciseGroups.from_parent(self, name=exercise.name)
                collector.exercise = exercise
                yield collector

    def check(self, name: str) -> JudgedExercise:
        """Return the result of an exercise.

        All exercises with a selected item are judged at once, in one sandbox, when the first of
        their items runs.
        """
        from autograder.judging.check import check

        if self._judged is None:
            selected = (getattr(item.parent, "exercise", None) for item in self.session.items)
            names = {one.name for one in selected if one is not None} | {name}
            judged = check(self.key_path.parent, course=self.key_path.parent, exercises=names).check
            self._judged = {one.exercise.name: one for one in judged.exercises}
        return self._judged[name]


class ExerciseGroups(pytest.Collector):
    """Collects the public groups of one exercise."""

    parent: CourseFile
    exercise: Exercise

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each public group."""
        for group in self.exercise.groups:
            if group.public:
                yield GroupItem.from_parent(self, name=group.name)


class GroupItem(pytest.Item):
    """Reports one public group."""

    parent: ExerciseGroups

    def runtest(self) -> None:
        """Raise GroupFailed, with our message and the student's traceback, if it does not pass."""
        from autograder.judging.score import first_mismatch
        from autograder.model.report import Verdict

        checked = self.parent.parent.check(self.parent.name)
        result = next(one for one in checked.results if one.group.name == self.name)
        report = next(one for one in checked.report.groups if one.name == self.name)
        printed = "".join(outcome.printed for outcome in result.outcomes)
        if printed:
            self.add_report_section("call", "stdout", _printable_lines(printed))
        if report.verdict is not Verdict.ACCEPTED:
            mismatch = first_mismatch(result)
            hint = [f"Hint: {checked.report.hint}"] if checked.report.hint else []
            told = [report.message, *_grid(report), *hint, *_lines_of(mismatch)]
            raise GroupFailed("\n".join(told))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return our message, or a traceback for a bug in the engine."""
        from autograder.errors import AutograderError

        if isinstance(excinfo.value, GroupFailed):
            return str(excinfo.value)
        if isinstance(excinfo.value, AutograderError):
            return f"judge error: {excinfo.value}"
        return excinfo.getrepr(style="short", tbfilter=lambda info: info.traceback.cut(__file__))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the file that declares the group, and its title."""
        return self.path, None, f"{self.parent.name}: {self.name}"


def _grid(report: GroupReport) -> list[str]:
    from autograder.reporting.styled_text import grid_text

    return grid_text(report.grid) if report.grid else []


def _lines_of(mismatch: Mismatch | None) -> Iterator[str]:
    """Yield the student's lines that led to an exception, innermost call last."""
    from autograder.judging.explain import distinct_frames, place
    from autograder.model.submission import Status
    from autograder.text import printable

    if mismatch is None or mismatch.outcome.error is None:
        return
    if mismatch.outcome.status is Status.NOT_WRITTEN:
        return
    for frame in distinct_frames(mismatch.outcome.error):
        where = place(frame.filename, frame.cell, frame.line)
        yield f"{where}, in {printable(frame.function)}"
        yield f"    {printable(frame.source.strip())}"


def _printable_lines(text: str) -> str:
    """Escape what a student's code printed, so that it cannot move a terminal's cursor."""
    from autograder.text import printable

    return "\n".join(printable(line) for line in text.splitlines())
