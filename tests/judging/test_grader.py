from contextlib import nullcontext
from pathlib import Path

import pytest

from autograder.answer_key.assignment import Assignment
from autograder.errors import CourseError, IsolationError, SandboxError
from autograder.judging import grader as grader_module
from autograder.judging.grader import Grader, describe, require
from autograder.model.course import AnswerKey, Course
from autograder.model.report import Isolation, Report
from autograder.model.submission import Submission

COURSE = Course("c", "1", Path(), (), seed=1)
ASSIGNMENT = Assignment(COURSE, AnswerKey({}, "digest"), ())
SUBMISSION = Submission("wong", (), "digest")
PARTIAL = Isolation("partial", {"seccomp": "on", "landlock": "off (no such kernel call)"})


class StubSandbox:
    opened = 0
    open_now = 0
    isolation = PARTIAL

    def __init__(self, limits, *, packages, exercises):
        pass

    def __enter__(self):
        StubSandbox.opened += 1
        StubSandbox.open_now += 1
        return self

    def __exit__(self, *error):
        StubSandbox.open_now -= 1


@pytest.fixture
def grade_with(monkeypatch):
    """Set what the grading of a submission does: a function of its number, from 1."""

    def set_up(behaviour):
        calls = iter(range(1, 100))

        def grade(course, key, submission, sandbox, support, references, upcoming):
            return behaviour(next(calls))

        monkeypatch.setattr(grader_module, "grade", grade)

    StubSandbox.opened = StubSandbox.open_now = 0
    monkeypatch.setattr(grader_module, "Sandbox", StubSandbox)
    return set_up


def fine(number: int) -> Report:
    return Report("wong", (), 0.1)


def test_one_sandbox_serves_all_and_is_closed(grade_with):
    grade_with(fine)
    with Grader(ASSIGNMENT) as grader:
        assert [grader.grade(SUBMISSION).judge_error for _ in range(3)] == [None] * 3
        assert grader.isolation == PARTIAL
    assert (StubSandbox.opened, StubSandbox.open_now) == (1, 0)


@pytest.mark.parametrize(
    "failure", [SandboxError("no answer"), RuntimeError("a bug"), MemoryError()]
)
def test_what_breaks_once_is_graded_again_in_a_new_sandbox(grade_with, failure):
    def behaviour(number):
        if number == 1:
            raise failure
        return fine(number)

    grade_with(behaviour)
    with Grader(ASSIGNMENT) as grader:
        assert grader.grade(SUBMISSION).judge_error is None
    assert (StubSandbox.opened, StubSandbox.open_now) == (2, 0)


def test_a_report_with_a_judge_error_is_graded_again_too(grade_with):
    grade_with(lambda number: fine(number) if number > 1 else Report("wong", (), 0.1, "broke"))
    with Grader(ASSIGNMENT) as grader:
        assert grader.grade(SUBMISSION).judge_error is None
    assert StubSandbox.opened == 2


def test_what_breaks_twice_is_a_judge_error_and_the_next_is_graded(grade_with):
    def behaviour(number):
        if number <= 2:
            raise KeyError("x")
        return fine(number)

    grade_with(behaviour)
    with Grader(ASSIGNMENT) as grader:
        first, second = grader.grade(SUBMISSION), grader.grade(SUBMISSION)
        assert grader.isolation == PARTIAL
    assert first.judge_error is not None
    assert first.judge_error.startswith("KeyError: 'x' at ")
    assert second.judge_error is None
    assert (StubSandbox.opened, StubSandbox.open_now) == (3, 0)


def test_too_little_isolation_refuses_to_start(grade_with):
    grade_with(fine)
    strict = Assignment(COURSE, AnswerKey({}, "digest"), (), least_level="full")
    with pytest.raises(IsolationError, match=r"only partial: landlock is off \(no such"):
        Grader(strict).__enter__()
    assert StubSandbox.open_now == 0


@pytest.mark.parametrize(
    ("level", "least", "enough"),
    [
        ("full", "full", True),
        ("full", "process", True),
        ("partial", "partial", True),
        ("partial", "full", False),
        ("process", "partial", False),
    ],
)
def test_levels_are_ordered(level, least, enough):
    with nullcontext() if enough else pytest.raises(IsolationError):
        require(Isolation(level, {}), least)


def test_our_errors_describe_themselves_in_one_line():
    assert describe(CourseError("one\n two")) == "one two"
    assert describe(ValueError("one\ntwo")) == "ValueError: one two"
