import json
from pathlib import Path

import numpy as np

from autograder.compare import compare
from autograder.judging.judge import JudgedExercise, Judgement, report_exercise
from autograder.model import (
    Case,
    Course,
    Draw,
    Exercise,
    Frame,
    GroupResult,
    Isolation,
    LoadFailure,
    Outcome,
    Part,
    Status,
    StudentError,
    TestGroup,
    Tolerance,
)
from autograder.reporting.check_view import check_json

PUBLIC = TestGroup("the worked example", 2.0, True, Draw("r"), Tolerance())
HIDDEN = TestGroup("any number of classes", 5.0, False, Draw("r"), Tolerance())
DOUBLE = Exercise("double", "part1_scale", (PUBLIC, HIDDEN))
COURSE = Course("A course", "1.2", Path(), (Part("part1_scale", "Scaling", (DOUBLE,)),), seed=1)
CASE = Case("double", PUBLIC.name, 0, {"v": np.ones(2)}, np.array([2.0, 2.0]), Tolerance())


def as_json(outcome: Outcome, *failures: LoadFailure) -> dict:
    result = GroupResult(PUBLIC, (CASE,), (outcome,), (compare(CASE, outcome),))
    one = JudgedExercise(DOUBLE, (result,), report_exercise(DOUBLE, (result,), ()))
    judged = Judgement((one,), failures, ("a note",))
    return json.loads(check_json(judged, COURSE, Isolation("full", {"seccomp": "on"})))


def test_an_editor_gets_verdicts_points_and_lines():
    frame = Frame("part1_scale.py", None, 7, "double", "return 3 * v")
    error = StudentError("ValueError", "no", (frame,))
    entry = as_json(Outcome(Status.RAISED, error=error, printed="hello\n"))
    assert entry["schema"] == "autograder/check/v1"
    assert entry["course"] == {"name": "A course", "version": "1.2"}
    assert entry["isolation"] == {"level": "full", "layers": {"seccomp": "on"}}
    assert entry["accepted"] is False
    (exercise,) = entry["exercises"]
    (group,) = exercise.pop("groups")
    assert exercise == {
        "name": "double",
        "part": "part1_scale",
        "verdict": "RUNTIME_ERROR",
        "score": 0.0,
        "max_score": 2.0,
        "misconception": None,
        "hint": None,
        "hidden": [{"name": "any number of classes", "max_score": 5.0}],
    }
    assert "ValueError" in group.pop("message")
    assert group == {
        "name": "the worked example",
        "verdict": "RUNTIME_ERROR",
        "score": 0.0,
        "max_score": 2.0,
        "grid": [],
        "printed": "hello\n",
        "traceback": [
            {
                "file": "part1_scale.py",
                "cell": None,
                "line": 7,
                "function": "double",
                "source": "return 3 * v",
            }
        ],
    }


def test_all_right_is_accepted():
    entry = as_json(Outcome(Status.RETURNED, value=np.array([2.0, 2.0])))
    assert entry["accepted"] is True
    assert entry["exercises"][0]["groups"][0]["traceback"] == []


def test_wrong_cells_are_marked():
    entry = as_json(Outcome(Status.RETURNED, value=np.array([2.0, 3.0])))
    assert any("got 3*" in line for line in entry["exercises"][0]["groups"][0]["grid"])


def test_a_mistake_that_the_numbers_tell_has_a_name():
    entry = as_json(Outcome(Status.RETURNED, value=np.array([-2.0, -2.0])))
    (exercise,) = entry["exercises"]
    assert exercise["misconception"] == "negated"
    assert exercise["hint"] == "Every number has the wrong sign."


def test_files_that_stopped_are_among_the_notes():
    failure = LoadFailure("part1_scale.py", None, StudentError("SyntaxError", "bad"))
    entry = as_json(Outcome(Status.MISSING), failure)
    assert entry["notes"] == ["part1_scale.py: SyntaxError: bad", "a note"]
