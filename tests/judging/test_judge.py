"""Grading asks for each case once, stops where asking on is pointless, and fails closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_sandbox import DOUBLE, KEY, RIGHT, SQUARE, FakeSandbox

from autograder.errors import JudgeError, SandboxError
from autograder.judging.judge import grade
from autograder.model.course import AnswerKey, Case, Course, Exercise, Part
from autograder.model.report import Verdict
from autograder.model.submission import (
    Frame,
    LoadFailure,
    Outcome,
    Status,
    StudentError,
    Submission,
)

COURSE = Course("c", "1", Path(), (Part("part1", "One", (DOUBLE, SQUARE)),), seed=1)
SUBMISSION = Submission("wong", (), "digest", ("left out b.txt",))


def graded(**functions: Callable[[Any], Any]) -> Any:
    return grade(COURSE, KEY, SUBMISSION, FakeSandbox({**RIGHT, **functions}), ())  # type: ignore


def test_right_functions_earn_full_marks() -> None:
    report = graded()
    assert (report.id, report.score, report.max_score) == ("wong", 10.0, 10.0)
    assert [exercise.verdict for exercise in report.exercises] == [Verdict.ACCEPTED] * 2
    assert report.notes == ("left out b.txt",)
    assert report.judge_error is None


def test_each_case_is_asked_for_once_in_order() -> None:
    sandbox = FakeSandbox(RIGHT)
    grade(COURSE, KEY, SUBMISSION, sandbox, ())  # type: ignore[arg-type]
    doubled = [1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 100.0, 101.0, 102.0]
    assert sandbox.called == [("double", x) for x in doubled] + [("square", x) for x in (1, 2, 3)]


def test_public_groups_of_all_exercises_come_before_any_hidden_one() -> None:
    last = replace(DOUBLE.groups[2], public=True)
    double = replace(DOUBLE, groups=(*DOUBLE.groups[:2], last))
    square = replace(SQUARE, groups=(replace(SQUARE.groups[0], public=True),))
    course = replace(COURSE, parts=(replace(COURSE.parts[0], exercises=(double, square)),))
    seen: list[float] = []

    def tells(x: Any) -> Any:
        seen.append(float(x[0]))
        return np.array([max(seen)])

    sandbox = FakeSandbox({"double": tells, "square": tells})
    report = grade(course, KEY, SUBMISSION, sandbox, ())  # type: ignore[arg-type]
    assert [x for _, x in sandbox.called] == [1, 2, 3, 100, 101, 102, 1, 2, 3, 10, 11, 12]
    assert [group.name for group in report.exercises[0].groups] == ["first", "second", "third"]
    shown = [group for one in report.exercises for group in one.groups if group.grid]
    assert all(group.public for group in shown)
    assert len(shown) == 3


def test_hangs_of_public_groups_count_for_the_hidden_ones() -> None:
    double = replace(DOUBLE, groups=(DOUBLE.groups[1], DOUBLE.groups[0], DOUBLE.groups[2]))
    course = replace(COURSE, parts=(replace(COURSE.parts[0], exercises=(double,)),))
    sandbox = FakeSandbox({"double": lambda x: Outcome(Status.OUT_OF_TIME)})
    grade(course, KEY, SUBMISSION, sandbox, ())  # type: ignore[arg-type]
    assert [x for _, x in sandbox.called] == [1.0, 10.0]


def test_one_wrong_case_costs_its_group_only() -> None:
    report = graded(double=lambda x: 2 * x + (x == 11.0))
    groups = report.exercises[0].groups
    assert [group.score for group in groups] == [2.0, 0.0, 1.0]
    assert groups[1].message.startswith("returned wrong values")
    assert report.score == 7.0


def test_a_function_that_changes_its_argument_loses_only_the_group_that_says_so() -> None:
    def in_place(x: Any) -> Any:
        x *= 2
        return x

    groups = graded(double=in_place).exercises[0].groups
    assert [group.score for group in groups] == [2.0, 3.0, 0.0]
    assert groups[2].message == "changes its first argument, x: work on a copy of it"


def test_a_right_answer_counts_however_much_was_wrong_before() -> None:
    huge = np.zeros(1 << 22)
    report = graded(double=lambda x: 2 * x if x[0] > 9 else huge)
    assert [group.score for group in report.exercises[0].groups] == [0.0, 3.0, 1.0]


def test_errors_of_files_beyond_the_first_are_counted() -> None:
    sandbox = FakeSandbox(RIGHT)
    sandbox.failures = (LoadFailure("a.ipynb", 1, StudentError("E", "", (), False)),) * 500
    report = grade(COURSE, KEY, SUBMISSION, sandbox, ())  # type: ignore[arg-type]
    assert len(report.notes) < 30
    assert report.notes[-1] == "and 480 more that stopped with an error"


def test_a_missing_function_is_not_attempted_and_says_why() -> None:
    sandbox = FakeSandbox({"double": RIGHT["double"]})
    error = StudentError("NameError", "no x", (Frame("a.ipynb", 3, 2, "<module>", "x"),))
    sandbox.failures = (LoadFailure("a.ipynb", 3, error),)
    report = grade(COURSE, KEY, SUBMISSION, sandbox, ())  # type: ignore[arg-type]
    assert report.exercises[1].verdict is Verdict.NOT_ATTEMPTED
    where = "a.ipynb, cell 3: NameError: no x (line 2)"
    assert where in report.exercises[1].groups[0].message
    assert report.notes == ("left out b.txt", where)
    assert report.score == 6.0


def test_a_float32_answer_is_accepted_with_a_note() -> None:
    report = graded(square=lambda x: (x * x).astype(np.float32))
    group = report.exercises[1].groups[0]
    assert group.verdict is Verdict.ACCEPTED
    assert "float32" in group.message


def test_an_exercise_without_cases_earns_nothing() -> None:
    report = grade(
        COURSE,
        AnswerKey({"square": KEY.cases["square"]}, "d"),
        SUBMISSION,
        FakeSandbox(RIGHT),  # type: ignore[arg-type]
        (),
    )
    assert report.exercises[0].verdict is Verdict.JUDGE_ERROR
    assert report.score == 4.0


def test_a_failure_of_the_sandbox_is_a_judge_error_without_points() -> None:
    def fail(x: Any) -> Any:
        raise SandboxError("the server went away")

    report = graded(square=fail)
    assert report.judge_error == "the server went away"
    assert (report.score, report.max_score) == (0.0, 10.0)
    verdicts = {group.verdict for exercise in report.exercises for group in exercise.groups}
    assert verdicts == {Verdict.JUDGE_ERROR}
    assert report.notes == ("left out b.txt",)


def judged_by(shares: list[float]) -> AnswerKey:
    """The key, with a judge of double's second group that grants these shares to its cases."""

    def judge(case: Case, value: Any) -> tuple[float, str]:
        if not 0.0 <= shares[case.index] <= 1.0:
            raise JudgeError("solutions/judges.py: fits failed")
        return shares[case.index], f"case {'ABC'[case.index]} lacks something"

    own = [
        replace(case, judge=judge) if case.group == "second" else case
        for case in KEY.cases["double"]
    ]
    return AnswerKey({**KEY.cases, "double": tuple(own)}, "d")


def judged(shares: list[float], exercise: Exercise = DOUBLE, **functions: Any) -> Any:
    course = replace(COURSE, parts=(replace(COURSE.parts[0], exercises=(exercise, SQUARE)),))
    sandbox = FakeSandbox({**RIGHT, **functions})
    return grade(course, judged_by(shares), SUBMISSION, sandbox, ())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shares", "score", "message"),
    [
        ([1.0, 1.0, 1.0], 3.0, ""),
        ([1.0, 0.75, 0.5], 1.5, "case C lacks something: 50% of the points"),
        ([0.5, 0.75, 1.0], 1.5, "case A lacks something: 50% of the points"),
        ([0.5, 0.0, 1.0], 0.0, "case B lacks something"),
    ],
)
def test_a_group_earns_the_least_share_of_its_cases_and_says_why(
    shares: list[float], score: float, message: str
) -> None:
    second = judged(shares).exercises[0].groups[1]
    assert (second.public, second.score, second.message) == (False, score, message)
    verdict = Verdict.ACCEPTED if score == 3.0 else Verdict.WRONG_ANSWER
    assert second.verdict is verdict


def test_a_judge_that_fails_is_a_judge_error_of_that_submission_alone() -> None:
    report = judged([1.0, -1.0, 1.0])
    assert (report.judge_error, report.score) == ("solutions/judges.py: fits failed", 0.0)
    assert judged([1.0, 1.0, 1.0]).judge_error is None
