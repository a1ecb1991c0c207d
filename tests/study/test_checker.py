"""A check runs next to everything else; a newer one takes its place at once."""

from __future__ import annotations

import queue
import time
from dataclasses import replace

import pytest

from autograder.answer_key.build import build_key
from autograder.judging.judge import Solutions
from autograder.model.course import Course
from autograder.model.report import Verdict
from autograder.model.submission import Source, Submission
from autograder.sandbox.sandbox import Sandbox
from autograder.study.checker import Checker, Found, Job

RIGHT = "def double(v):\n    return 2 * v\n"
LOOP = "def double(v):\n    while True:\n        pass\n"


def job(code: str) -> Job:
    source = Source("part1_scale", "part1_scale.py", (code.encode(),))
    return Job(Submission("study", (source,), code), ("double",), ("mix",))


@pytest.fixture(params=[0.3, 30.0], ids=["short", "long"])
def limited(request: pytest.FixtureRequest, tiny_course: Course) -> Course:
    limits = replace(tiny_course.limits, case_seconds=request.param)
    return replace(tiny_course, limits=limits)


@pytest.fixture
def running(limited: Course):
    told: queue.SimpleQueue[Found] = queue.SimpleQueue()
    key = build_key(limited)
    with (
        Sandbox(limited.limits) as sandbox,
        Checker(limited, key, sandbox, (), Solutions(), told.put) as checker,
    ):
        yield checker, told


@pytest.mark.parametrize("limited", [30.0], indirect=True)
def test_the_exercise_that_is_waited_for_is_told_first(running):
    checker, told = running
    checker.start(job(RIGHT))
    first, second = told.get(timeout=60), told.get(timeout=60)
    assert [one.exercise.name for one in first.judgement.exercises] == ["double"]
    assert [one.exercise.name for one in second.judgement.exercises] == ["mix"]
    assert (first.last, second.last) == (False, True)
    assert first.judgement.accepted
    assert 0 < first.seconds["double"] < 30
    assert checker.now is None


@pytest.mark.parametrize("limited", [0.3], indirect=True)
def test_a_loop_costs_its_case_and_says_so_and_is_not_run_again_for_the_others(running):
    checker, told = running
    checker.start(job(LOOP))
    first, second = told.get(timeout=120), told.get(timeout=120)
    (report,) = (one.report for one in first.judgement.exercises)
    assert {group.verdict for group in report.groups} == {Verdict.TIME_LIMIT_EXCEEDED}
    assert "ran out of time" in report.groups[0].message
    assert "double" not in second.seconds


@pytest.mark.parametrize("limited", [30.0], indirect=True)
def test_a_newer_job_ends_the_one_that_runs(running):
    checker, told = running
    checker.start(job(LOOP))
    deadline = time.monotonic() + 60
    while (checker.now or ("", 0.0))[0] != "double" and time.monotonic() < deadline:
        time.sleep(0.01)
    began = time.monotonic()
    newer = job(RIGHT)
    checker.start(newer)
    first = told.get(timeout=60)
    assert first.job is newer
    assert first.judgement.accepted
    assert time.monotonic() - began < 25  # the loop alone would take 30 s of CPU time


@pytest.mark.parametrize("limited", [30.0], indirect=True)
def test_to_leave_does_not_wait_for_a_loop(limited: Course):
    key = build_key(limited)
    with Sandbox(limited.limits) as sandbox:
        with Checker(limited, key, sandbox, (), Solutions()) as checker:
            checker.start(job(LOOP))
            time.sleep(0.5)
            began = time.monotonic()
        assert time.monotonic() - began < 25
