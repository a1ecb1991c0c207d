from autograder.answer_key.build import build_key
from autograder.judging.public_check import check
from autograder.model import Course, Source, Submission, Verdict
from autograder.sandbox.sandbox import Sandbox

CODE = b"""
def double(v):
    if len(v) != 3:
        raise RuntimeError("called with a hidden case")
    return 2 * v

def mix(A, v):
    return A @ v
"""


def run(course: Course, code: bytes):
    submission = Submission("wong", (Source("part1_scale", "part1_scale.py", (code,)),), "digest")
    with Sandbox(course.limits) as sandbox:
        return check(course.exercises, build_key(course), submission, sandbox, ())


def test_only_public_groups_are_run(tiny_course):
    checked = run(tiny_course, CODE)
    double, mix = checked.exercises
    assert [result.group.name for result in double.results] == [
        "the worked example",
        "leaves its input alone",
    ]
    assert double.report.verdict is Verdict.ACCEPTED
    assert (double.report.score, double.report.max_score) == (2.0, 2.0)
    assert [group.name for group in double.exercise.groups if not group.public] == ["any length"]
    assert mix.report.verdict is Verdict.WRONG_ANSWER
    assert not checked.accepted


def test_a_file_that_stops_is_told(tiny_course):
    checked = run(tiny_course, b"import numpy as np\n1 / 0\n")
    assert [failure.error.type for failure in checked.failures] == ["ZeroDivisionError"]
    assert checked.exercises[0].report.verdict is Verdict.NOT_ATTEMPTED


def test_all_right_is_accepted(tiny_course):
    assert run(tiny_course, CODE + b"\ndef mix(A, v):\n    return A @ double(v)\n").accepted
