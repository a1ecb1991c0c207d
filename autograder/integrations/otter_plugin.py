"""Lets otter's own commands give the marks of our sandbox.

Otter would run a hand-in in the kernel that also runs the tests. This plugin takes the hand-in out
of otter's hands before that, and puts our results in the place of otter's afterwards.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin
from otter.test_files import ExceptionTestFile, GradingResults, TestCase
from otter.test_files.abstract_test import TestCaseResult

from autograder.answer_key.assignment import Assignment
from autograder.batch.single import GradedHandIn, grade_hand_in, read_assignment, read_hand_in
from autograder.errors import SandboxError
from autograder.file_names import FULL_KEY
from autograder.model import ExerciseReport, GroupReport, Submission, Verdict

KEY = Path("files", ".autograder", FULL_KEY)
"""Below the folder into which otter unpacks its archive. It copies `files` beside the hand-in,
where a name that begins with a dot is none of the student's."""

_EMPTY_NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


class SandboxPlugin(AbstractOtterPlugin):  # type: ignore[misc]  # otter has no types
    """Grades in our sandbox what otter was given to run."""

    _assignment: Assignment
    _submission: Submission
    _graded: GradedHandIn

    def before_grading(self, config: Any) -> None:
        """Read the hand-in into memory, and leave nothing of it where otter would use it.

        Among what goes is .OTTER_LOG, which otter would unpickle, and every file that a kernel
        started in that folder would import in place of its own.
        """
        handed_in = Path(self.submission_path)
        folder, source = handed_in.parent, handed_in.parent.parent / "source"
        self._assignment = read_assignment(source / KEY)
        self._submission = read_hand_in(folder, "submission", self._assignment)
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        shutil.copytree(source / "tests", folder / "tests")
        # Otter reads the hand-in once more, by the name it found.
        handed_in.write_text(_EMPTY_NOTEBOOK if handed_in.suffix == ".ipynb" else "")
        config.grade_from_log = False
        config.pdf = False
        config.token = None

    def before_execution(self, submission: Any) -> Any:
        """An empty notebook: no line of a student's runs in otter's kernel."""
        return nbformat.reads(_EMPTY_NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]

    def after_grading(self, results: GradingResults) -> None:
        """Fill in our marks. Raises SandboxError where the hand-in could not be graded."""
        self._graded = grade_hand_in(self._submission, self._assignment)
        if self._graded.report.judge_error is not None:
            # Otter knows no result without a score, and a zero would be the student's.
            raise SandboxError(f"not graded: {self._graded.report.judge_error}")
        results.results = {
            exercise.name: _test_file(exercise) for exercise in self._graded.report.exercises
        }
        results._catastrophic_error = None  # of a kernel that did not answer, and was not needed
        if self._graded.notes:
            results.set_output("\n".join(self._graded.notes))

    def generate_report(self) -> str:
        """For the log: what otter's own summary leaves out."""
        lines = [f"{exercise.name}: {exercise.verdict.value}" for exercise in self._exercises]
        return "\n".join([*lines, f"isolation: {self._graded.isolation.level}"])

    @property
    def _exercises(self) -> tuple[ExerciseReport, ...]:
        return self._graded.report.exercises


def _test_file(exercise: ExerciseReport) -> ExceptionTestFile:
    cases = [_test_case(exercise, group) for group in exercise.groups]
    file = ExceptionTestFile(exercise.name, f"tests/{exercise.name}.py", cases, False)
    file.test_case_results = [
        TestCaseResult(case, group.message, group.verdict is Verdict.ACCEPTED)
        for case, group in zip(cases, exercise.groups, strict=True)
    ]
    file.update_score(exercise.score)  # a group may earn a share of its points
    return file


def _test_case(exercise: ExerciseReport, group: GroupReport) -> TestCase:
    return TestCase(
        name=f"{exercise.name}: {group.name}",
        body=None,
        hidden=not group.public,
        points=group.max_score,
        success_message=None,
        failure_message=None,
    )
