"""A key file and the support beside it are all that grading one submission needs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autograder.answer_key import file as keyfile
from autograder.answer_key.build import build_key
from autograder.errors import CourseError, IsolationError, UsageError
from autograder.judging.grader import (
    GradedSubmission,
    grade_alone,
    read_alone,
    read_assignment,
)
from autograder.model.course import Course
from autograder.model.report import Isolation, Verdict

RIGHT = "def double(v):\n    return 2 * v\n"
# What follows from it earns half of the points that a full key knows of.
WRONG = "def double(v):\n    return 3 * v\n"
MIX = "from part1_scale import double\ndef mix(A, v):\n    return A @ double(v)\n"


def key_file(course: Course, folder: Path, *, public: bool) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / ("course.json" if public else "key.json")
    path.write_text(keyfile.key_text(course, build_key(course), public=public), encoding="utf-8")
    for name in course.support:
        shutil.copy(course.folder / "solutions" / name, folder)
    return path


def graded(key_path: Path, beside: Path, double: str = RIGHT) -> GradedSubmission:
    folder = beside / "hand-in"
    folder.mkdir(exist_ok=True)
    (folder / "part1_scale.py").write_text(double)
    (folder / "part2_mix.py").write_text(MIX)
    assignment = read_assignment(key_path)
    return grade_alone(read_alone(folder, "wong", assignment), assignment)


def test_a_full_key_grades_every_group(tiny_course: Course, tmp_path: Path) -> None:
    result = graded(key_file(tiny_course, tmp_path / "key", public=False), tmp_path)
    assert (result.report.score, result.report.max_score) == (10.0, 10.0)
    assert result.report.judge_error is None
    assert result.ungraded_points == 0
    assert result.notes == ()
    assert result.key_digest == build_key(tiny_course).digest


def test_a_full_key_gives_follow_through_credit(tiny_course: Course, tmp_path: Path) -> None:
    key_path = key_file(tiny_course, tmp_path / "key", public=False)
    mix = graded(key_path, tmp_path, WRONG).report.exercises[1]
    assert [group.score for group in mix.groups] == [1.0, 1.5]


def test_a_public_key_grades_the_public_groups_and_says_so(
    tiny_course: Course, tmp_path: Path
) -> None:
    result = graded(key_file(tiny_course, tmp_path / "key", public=True), tmp_path)
    assert (result.report.score, result.report.max_score) == (4.0, 4.0)
    groups = [group for one in result.report.exercises for group in one.groups]
    assert [group.name for group in groups] == [
        "the worked example",
        "leaves its input alone",
        "the worked example",
    ]
    assert result.ungraded_points == 6.0
    assert "hidden groups hold 6 more points" in result.notes[0]


def test_an_exercise_without_public_groups_is_not_in_a_public_result(
    tiny_folder: Path, tmp_path: Path
) -> None:
    from autograder.course.load import load_course

    path = tiny_folder / "course.yaml"
    text = path.read_text().replace("points: 2, public: true", "points: 2, public: false")
    path.write_text(text)
    result = graded(key_file(load_course(tiny_folder), tmp_path / "key", public=True), tmp_path)
    assert [one.name for one in result.report.exercises] == ["double"]
    assert [part.name for part in result.course.parts] == ["part1_scale"]


def test_a_key_that_lacks_cases_of_some_groups_is_refused(
    tiny_course: Course, tmp_path: Path
) -> None:
    key_path = key_file(tiny_course, tmp_path / "key", public=False)
    written = json.loads(key_path.read_text())
    cases = written["cases"]["double"]
    written["cases"]["double"] = [one for one in cases if one["group"] != "any length"]
    key_path.write_text(json.dumps(written))
    with pytest.raises(CourseError, match="numbers are not those"):
        read_assignment(key_path)
    assignment = read_assignment(key_file(tiny_course, tmp_path / "key", public=False))
    kept = tuple(one for one in assignment.key.cases["double"] if one.group != "any length")
    object.__setattr__(assignment.key, "cases", {**assignment.key.cases, "double": kept})
    with pytest.raises(CourseError, match="has no cases of double, 'any length'"):
        grade_alone(read_alone(tmp_path, "wong", assignment), assignment)


def test_support_is_read_from_beside_the_key_and_not_from_the_hand_in(
    tiny_folder: Path, tmp_path: Path
) -> None:
    from autograder.course.load import load_course

    path = tiny_folder / "course.yaml"
    path.write_text(path.read_text().replace("support: [notes.csv]", "support: [helper.py]"))
    (tiny_folder / "solutions" / "helper.py").write_text("def times(v):\n    return 2 * v\n")
    key_path = key_file(load_course(tiny_folder), tmp_path / "key", public=False)
    (key_path.parent / "helper.py").unlink()
    with pytest.raises(CourseError, match=r"helper\.py: cannot be read"):
        read_assignment(key_path)
    (key_path.parent / "helper.py").write_text("def times(v):\n    return 2 * v\n")
    (tmp_path / "hand-in").mkdir()
    (tmp_path / "hand-in" / "helper.py").write_text("raise SystemExit\n")
    double = "from helper import times\ndef double(v):\n    return times(v)\n"
    assert graded(key_path, tmp_path, double).report.exercises[0].score == 5.0


def test_what_cannot_be_graded_raises(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CourseError, match="cannot be read"):
        read_assignment(tmp_path / "none.json")
    key_path = key_file(tiny_course, tmp_path / "key", public=False)
    with pytest.raises(UsageError):
        read_alone(tmp_path / "none", "wong", read_assignment(key_path))
    process = Isolation("process", {"seccomp": "off (no such thing)"})
    monkeypatch.setattr("autograder.sandbox.sandbox.Sandbox.isolation", process)
    assignment = read_assignment(key_path, "partial")
    with pytest.raises(IsolationError, match="seccomp is off"):
        grade_alone(read_alone(tmp_path, "wong", assignment), assignment)


def test_nothing_handed_in_is_no_failure_of_ours(tiny_course: Course, tmp_path: Path) -> None:
    assignment = read_assignment(key_file(tiny_course, tmp_path / "key", public=False))
    empty = tmp_path / "empty"
    empty.mkdir()
    result = grade_alone(read_alone(empty, "wong", assignment), assignment)
    assert result.report.score == 0.0
    assert {one.verdict for one in result.report.exercises} == {Verdict.NOT_ATTEMPTED}
    assert "no .py, .ipynb, .qmd, .Rmd or .md" in result.notes[0]
