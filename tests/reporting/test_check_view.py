from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from autograder.compare import compare
from autograder.judging.judge import JudgedExercise, Judgement, report_exercise
from autograder.judging.source_text import Ran
from autograder.model.course import Case, Course, Draw, Exercise, Part, TestGroup, Tolerance
from autograder.model.report import GroupResult, Isolation
from autograder.model.submission import Frame, LoadFailure, Outcome, Status, StudentError
from autograder.reporting.check_view import check_json, render
from autograder.reporting.styled_text import plain

PUBLIC = TestGroup("the worked example", 2.0, True, Draw("r"), Tolerance())
HIDDEN = TestGroup("any number of classes", 5.0, False, Draw("r"), Tolerance())
DOUBLE = Exercise("double", "part1_scale", (PUBLIC, HIDDEN))
SQUARE = Exercise("square", "part1_scale", (PUBLIC, HIDDEN))
COURSE = Course(
    "A course", "1", Path(), (Part("part1_scale", "Scaling", (DOUBLE, SQUARE)),), seed=1
)
FULL = Isolation("full", {})
CASE = Case("double", PUBLIC.name, 0, {"v": np.ones(2)}, np.array([2.0, 2.0]), Tolerance())

RIGHT = Outcome(Status.RETURNED, value=np.array([2.0, 2.0]))
WRONG = Outcome(Status.RETURNED, value=np.array([2.0, 3.0]))
UNTOUCHED = Outcome(Status.NOT_WRITTEN)
FRAMES = (
    Frame("part1_scale.py", None, 7, "double", "    return triple(v)"),
    Frame("part1_scale.ipynb", 3, 2, "triple", "    raise ValueError('no')"),
)
RAISED = Outcome(Status.RAISED, error=StudentError("ValueError", "no\x1b[2J", FRAMES))


def checked(exercise: Exercise, outcome: Outcome) -> JudgedExercise:
    result = GroupResult(PUBLIC, (CASE,), (outcome,), (compare(CASE, outcome),))
    return JudgedExercise(exercise, (result,), report_exercise(exercise, (result,)))


def view(
    *exercises: JudgedExercise,
    failures=(),
    notes=(),
    width=80,
    in_full=False,
    place="exercises",
) -> str:
    judged = Judgement(exercises, Ran(failures=failures), notes)
    return render(judged, COURSE, FULL, place=place, width=width, in_full=in_full)


def test_every_exercise_with_its_groups_and_points():
    text = plain(view(checked(DOUBLE, RIGHT), checked(SQUARE, UNTOUCHED)))
    assert "part1_scale: Scaling" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["passed", "double", "2/2", "the", "worked", "example"] in lines
    assert ["to", "do", "square", "0/2", "the", "worked", "example"] in lines
    assert text.count("hidden, 5 points: any number of classes") == 2


def test_public_groups_are_said_not_to_be_all():
    text = " ".join(plain(view(checked(DOUBLE, RIGHT), checked(SQUARE, UNTOUCHED))).split())
    assert "Public groups: 2 of 4 points." in text
    assert "also runs the hidden groups" in text
    assert "worth 10 points" in text
    assert "Sandbox: full." in text


def test_the_first_mismatch_is_shown_in_detail():
    text = plain(view(checked(DOUBLE, WRONG), checked(SQUARE, RAISED)))
    assert "double, the worked example: wrong" in text
    assert "at [1] got 3, expected 2" in text
    assert "got 3*  expected 2" in text
    assert "square, the worked example" not in text


def test_the_mistake_is_named_where_the_numbers_tell_it():
    negated = Outcome(Status.RETURNED, value=np.array([-2.0, -2.0]))
    text = plain(view(checked(DOUBLE, negated), checked(SQUARE, negated)))
    assert text.count("  Hint: Every number has the wrong sign.\n") == 1
    assert text.count("Hint: ") == 1
    assert "Hint: " not in plain(view(checked(DOUBLE, RAISED)))


def test_an_untouched_exercise_is_not_the_first_mismatch():
    text = plain(view(checked(DOUBLE, UNTOUCHED), checked(SQUARE, WRONG)))
    assert "square, the worked example: wrong" in text


def test_an_error_shows_the_students_own_lines_made_safe():
    text = plain(view(checked(DOUBLE, RAISED)))
    assert "part1_scale.py, line 7, in double\n      return triple(v)" in text
    assert "part1_scale.ipynb, cell 3, line 2, in triple" in text
    assert "ValueError: no\\x1b[2J" in text


def test_what_was_printed_is_shown_made_safe_and_not_all_of_it():
    printed = "v is [1. 1.]\x07\n" + "again\n" * 50
    wrong = Outcome(Status.RETURNED, value=np.array([2.0, 3.0]), printed=printed)
    text = plain(view(checked(DOUBLE, wrong)))
    assert "    | v is [1. 1.]\\x07\n" in text
    assert "and 41 more lines" in text


def test_one_exercise_alone_shows_what_it_printed_though_it_passed():
    right = Outcome(Status.RETURNED, value=np.array([2.0, 2.0]), printed="hello\n")
    assert "| hello" in view(checked(DOUBLE, right))
    both = checked(DOUBLE, right), checked(SQUARE, RIGHT)
    assert "| hello" in view(*both, in_full=True)
    assert "| hello" not in view(*both)
    assert "These printed something; -e EXERCISE shows it: double.\n" in view(*both)


def test_what_a_wrong_exercise_printed_is_shown_once():
    wrong = Outcome(Status.RETURNED, value=np.array([2.0, 3.0]), printed="hello\n")
    for in_full in (True, False):
        text = view(checked(DOUBLE, wrong), checked(SQUARE, RIGHT), in_full=in_full)
        assert text.count("hello") == 1
        assert "Printed something" not in text


def test_in_full_no_name_is_cut_and_every_mismatch_is_shown():
    names = [f"a group whose name is rather long, number {i}" for i in range(6)]
    groups = tuple(
        TestGroup(name, 1.0, public, Draw("r"), Tolerance())
        for public, name in zip([True, False] * 3, names, strict=True)
    )
    results = tuple(
        GroupResult(group, (CASE,), (WRONG,), (compare(CASE, WRONG),))
        for group in groups
        if group.public
    )
    long = Exercise("double", "part1_scale", groups)
    one = JudgedExercise(long, results, report_exercise(long, results))
    exercises = one, checked(SQUARE, WRONG)
    text = plain(view(*exercises, in_full=True))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    assert all(name in " ".join(text.split()) for name in names)
    assert text.count("got 3*  expected 2") == 2
    assert f"{names[2]}: wrong; for the same reason" in " ".join(text.split())
    assert text.count("at [1] got 3, expected 2") == 2
    assert "cut short" not in text
    assert "…" in view(*exercises)
    assert "names are shown in full" in " ".join(view(*exercises).split())


def test_files_that_stopped_and_notes_are_told():
    failure = LoadFailure("part1_scale.py", None, StudentError("SyntaxError", "bad"))
    text = plain(view(checked(DOUBLE, UNTOUCHED), failures=(failure,), notes=("a.txt: not read",)))
    assert "error: part1_scale.py: SyntaxError: bad; what it defines may be missing" in text
    assert "note: a.txt: not read" in text


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_too_wide(width):
    long = TestGroup(
        "a name that goes on and on, well over the edge", 1.0, False, Draw("r"), Tolerance()
    )
    exercise = Exercise("double", "part1_scale", (PUBLIC, HIDDEN, long))
    text = plain(
        view(
            *(checked(exercise, RAISED), checked(SQUARE, WRONG)),
            notes=("x" * 30,),
            width=width,
            place="/home/wong/" + "a long folder/" * 9,
        )
    )
    assert max(map(len, text.splitlines())) <= width


def test_no_meaning_by_colour_alone():
    words = [
        plain(view(checked(DOUBLE, outcome))).split("part1_scale: Scaling")[1].split()[0]
        for outcome in (RIGHT, WRONG, RAISED)
    ]
    assert words == ["passed", "wrong", "error"]


def test_a_name_that_is_in_an_escape_code_is_painted_as_a_name():
    # "\x1b[31m" ends in the name of this exercise
    m = Exercise("m", "part1_scale", (PUBLIC, HIDDEN))
    text = view(checked(m, WRONG), checked(DOUBLE, RIGHT))
    assert "  \x1b[31mwrong\x1b[0m   \x1b[1mm\x1b[0m" in text
    assert "\x1b" not in plain(text)


# ---  ---


SHOWN = TestGroup("the worked example", 2.0, True, Draw("r"), Tolerance())
HIDDEN_GROUP = TestGroup("any number of classes", 5.0, False, Draw("r"), Tolerance())
DOUBLED = Exercise("double", "part1_scale", (SHOWN, HIDDEN_GROUP))
JSON_COURSE = Course(
    "A course", "1.2", Path(), (Part("part1_scale", "Scaling", (DOUBLED,)),), seed=1
)
JSON_CASE = Case("double", SHOWN.name, 0, {"v": np.ones(2)}, np.array([2.0, 2.0]), Tolerance())


def as_json(outcome: Outcome, *failures: LoadFailure) -> dict:
    result = GroupResult(SHOWN, (JSON_CASE,), (outcome,), (compare(JSON_CASE, outcome),))
    one = JudgedExercise(DOUBLED, (result,), report_exercise(DOUBLED, (result,)))
    judged = Judgement((one,), Ran(failures=failures), ("a note",))
    return json.loads(check_json(judged, JSON_COURSE, Isolation("full", {"seccomp": "on"})))


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
