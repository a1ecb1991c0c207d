"""An otter plugin that grades in our sandbox, so that otter's own commands report our marks.

Otter would run a submission in the same kernel as the tests. This plugin removes the submission
before that, and replaces otter's results with ours afterwards.
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
from autograder.errors import SandboxError
from autograder.fixed_names import FULL_KEY
from autograder.judging.grader import GradedSubmission, grade_alone, read_alone, read_assignment
from autograder.model.report import ExerciseReport, GroupReport, Verdict
from autograder.model.submission import Submission

KEY = Path("files", ".autograder", FULL_KEY)
"""Relative to the folder into which otter unpacks its archive. Otter copies the contents of `files`
next to the submission; the leading dot keeps the folder from being read as a student's file."""

_EMPTY_NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


class SandboxPlugin(AbstractOtterPlugin):  # type: ignore[misc]  # otter has no types
    """Grades otter's submission in our sandbox."""

    _assignment: Assignment
    _submission: Submission
    _graded: GradedSubmission

    def before_grading(self, config: Any) -> None:
        """Read the submission into memory, then delete it from the folder that otter uses.

        That also deletes .OTTER_LOG, which otter would unpickle, and every file that a kernel
        started in that folder would import instead of its own module.
        """
        handed_in = Path(self.submission_path)
        folder, source = handed_in.parent, handed_in.parent.parent / "source"
        self._assignment = read_assignment(source / KEY)
        self._submission = read_alone(folder, "submission", self._assignment)
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        shutil.copytree(source / "tests", folder / "tests")
        # Otter opens the submission again, under the same name.
        handed_in.write_text(_EMPTY_NOTEBOOK if handed_in.suffix == ".ipynb" else "")
        config.grade_from_log = False
        config.pdf = False
        config.token = None

    def before_execution(self, submission: Any) -> Any:
        """Return an empty notebook, so that no student code runs in otter's kernel."""
        return nbformat.reads(_EMPTY_NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]

    def after_grading(self, results: GradingResults) -> None:
        """Fill in our marks. Raises SandboxError if the submission could not be graded."""
        self._graded = grade_alone(self._submission, self._assignment)
        if self._graded.report.judge_error is not None:
            # Otter has no result without a score, and a zero would count against the student.
            raise SandboxError(f"not graded: {self._graded.report.judge_error}")
        results.results = {
            exercise.name: _test_file(exercise) for exercise in self._graded.report.exercises
        }
        results._catastrophic_error = None  # from a kernel that did not answer, but was not needed
        if self._graded.notes:
            results.set_output("\n".join(self._graded.notes))

    def generate_report(self) -> str:
        """Return what otter's own summary leaves out, for its log."""
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
    file.update_score(exercise.score)  # a group may earn part of its points
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
