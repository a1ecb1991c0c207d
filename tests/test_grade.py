"""Grading asks for each case once, stops where asking on is pointless, and fails closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.errors import SandboxError
from autograder.grading.grade import grade, run_exercise
from autograder.model import (
    AnswerKey,
    Case,
    Course,
    Draw,
    Exercise,
    Frame,
    LoadFailure,
    Outcome,
    Part,
    Status,
    StudentError,
    Submission,
    TestGroup,
    Tolerance,
    Value,
    Verdict,
)

DOUBLE = Exercise(
    "double",
    "part1",
    (
        TestGroup("first", 2.0, True, Draw("r"), Tolerance()),
        TestGroup("second", 3.0, False, Draw("r"), Tolerance()),
        TestGroup("third", 1.0, False, Draw("r"), Tolerance(), keeps_arguments=True),
    ),
)
SQUARE = Exercise("square", "part1", (TestGroup("first", 4.0, False, Draw("r"), Tolerance()),))
COURSE = Course("c", "1", 1, Path(), (Part("part1", "One", (DOUBLE, SQUARE)),))
SUBMISSION = Submission("wong", (), "digest", ("left out b.txt",))


def cases_of(exercise: Exercise, answer: Callable[[float], float]) -> tuple[Case, ...]:
    return tuple(
        Case(
            exercise.name,
            group.name,
            index,
            {"x": np.array([start + index])},
            np.array([answer(start + index)]),
            group.tolerance,
            group.keeps_arguments,
        )
        for start, group in zip((1.0, 10.0, 100.0), exercise.groups, strict=False)
        for index in range(3)
    )


KEY = AnswerKey(
    {"double": cases_of(DOUBLE, lambda x: 2 * x), "square": cases_of(SQUARE, lambda x: x * x)}, "d"
)


class FakeSandbox:
    """Answers with functions of the test instead of a student's, in this process."""

    def __init__(self, functions: Mapping[str, Callable[[Any], Any]]) -> None:
        self.functions = functions
        self.calls: list[tuple[str, float]] = []
        self.failures: tuple[LoadFailure, ...] = ()

    def session(self, sources: Sequence[Any], support: Any) -> FakeSandbox:
        return self

    def __enter__(self) -> FakeSandbox:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def load_failures(self) -> tuple[LoadFailure, ...]:
        return self.failures

    def call(
        self,
        function: str,
        home: str,
        arguments: Sequence[Value],
        *,
        keeps_arguments: bool = False,
        read_only: bool = False,
    ) -> Outcome:
        assert home == "part1"
        (x,) = arguments
        self.calls.append((function, np.asarray(x).item()))
        if function not in self.functions:
            return Outcome(Status.MISSING)
        copy = np.array(x)
        returned = self.functions[function](copy)
        if isinstance(returned, Outcome):
            return returned
        after = (copy,) if keeps_arguments else None
        return Outcome(Status.RETURNED, np.asarray(returned), arguments=after)


RIGHT: dict[str, Callable[[Any], Any]] = {"double": lambda x: 2 * x, "square": lambda x: x * x}


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
    assert sandbox.calls == [("double", x) for x in doubled] + [("square", x) for x in (1, 2, 3)]


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
    assert [x for _, x in sandbox.calls] == [1, 2, 3, 100, 101, 102, 1, 2, 3, 10, 11, 12]
    assert [group.name for group in report.exercises[0].groups] == ["first", "second", "third"]
    shown = [group for one in report.exercises for group in one.groups if group.grid]
    assert all(group.public for group in shown)
    assert len(shown) == 3


def test_hangs_of_public_groups_count_for_the_hidden_ones() -> None:
    double = replace(DOUBLE, groups=(DOUBLE.groups[1], DOUBLE.groups[0], DOUBLE.groups[2]))
    course = replace(COURSE, parts=(replace(COURSE.parts[0], exercises=(double,)),))
    sandbox = FakeSandbox({"double": lambda x: Outcome(Status.OUT_OF_TIME)})
    grade(course, KEY, SUBMISSION, sandbox, ())  # type: ignore[arg-type]
    assert [x for _, x in sandbox.calls] == [1.0, 10.0]


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


@pytest.mark.parametrize("status", [Status.OUT_OF_TIME, Status.CRASHED, Status.OUT_OF_MEMORY])
def test_a_case_that_breaks_ends_its_group_and_no_other(status: Status) -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(status) if x == 10.0 else 2 * x})
    results = run_exercise(DOUBLE, KEY.cases["double"], sandbox)  # type: ignore[arg-type]
    assert [x for _, x in sandbox.calls] == [1.0, 2.0, 3.0, 10.0, 100.0, 101.0, 102.0]
    assert [outcome.status for outcome in results[1].outcomes] == [status] * 3
    assert results[2].mismatches == (None,) * 3


def test_an_exercise_that_hangs_twice_is_not_asked_again() -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(Status.OUT_OF_TIME)})
    results = run_exercise(DOUBLE, KEY.cases["double"], sandbox)  # type: ignore[arg-type]
    assert [x for _, x in sandbox.calls] == [1.0, 10.0]
    assert {o.status for result in results for o in result.outcomes} == {Status.OUT_OF_TIME}


def test_an_untouched_stub_is_not_asked_for_everything() -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(Status.NOT_WRITTEN)})
    results = run_exercise(DOUBLE, KEY.cases["double"], sandbox)  # type: ignore[arg-type]
    assert [x for _, x in sandbox.calls] == [1.0, 2.0, 3.0, 10.0, 11.0, 12.0]
    assert {o.status for result in results for o in result.outcomes} == {Status.NOT_WRITTEN}


def test_what_is_written_for_some_inputs_is_asked_for_all() -> None:
    def half(x: Any) -> Any:
        return 2 * x if x in (3.0, 12.0) or x > 50 else Outcome(Status.NOT_WRITTEN)

    sandbox = FakeSandbox({"double": half})
    results = run_exercise(DOUBLE, KEY.cases["double"], sandbox)  # type: ignore[arg-type]
    assert len(sandbox.calls) == 9
    assert results[2].mismatches == (None,) * 3


def test_wrong_answers_do_not_pile_up_in_memory() -> None:
    huge = np.zeros(1 << 19)  # 4 MB
    sandbox = FakeSandbox({**RIGHT, "double": lambda x: huge})
    with sandbox as session:
        (first, second, third) = run_exercise(DOUBLE, KEY.cases["double"], session)  # type: ignore
    kept = [each.value is huge for one in (first, second, third) for each in one.outcomes]
    assert kept == [True] * 4 + [False] * 5
    assert second.outcomes[-1].status is third.outcomes[0].status is Status.OUT_OF_OUTPUT
    before, last = (
        replace(DOUBLE, groups=groups) for groups in (DOUBLE.groups[:1], DOUBLE.groups[1:])
    )
    with sandbox as session:
        done = run_exercise(before, KEY.cases["double"], session)  # type: ignore[arg-type]
        more = run_exercise(last, KEY.cases["double"], session, done)  # type: ignore[arg-type]
    assert [each.status for each in more[0].outcomes] == [each.status for each in second.outcomes]


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
