import csv
from typing import Any

import pytest

from autograder.gradebook.marks import Adjustment, FinalMark, Standing
from autograder.model import ExerciseReport, GroupReport, Report, Student, Verdict
from autograder.reporting.graded_folder import neutral, write_gradebook


def report(id: str, judge_error: str | None = None) -> Report:
    exercises = tuple(
        ExerciseReport(
            name, "part1", (GroupReport("all", True, points, 4.0, Verdict.WRONG_ANSWER),)
        )
        for name, points in (("softmax", 4.0), ("sm_dir", 1.5))
    )
    return Report(id, exercises, 0.1, judge_error)


def mark(submission: str | None, name: str = "", **parts: Any) -> FinalMark:
    standing = Standing.GRADED if submission else Standing.MISSING
    student = Student(name, ("00101",), "Monday")
    return FinalMark(student, submission, standing, 8.0, **parts)


def rows(path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_one_row_for_each_student(tmp_path):
    path = tmp_path / "gradebook.csv"
    better = (Adjustment(2.0, "a good idea", "2026"), Adjustment(-0.5, "or not", "2026"))
    marks = [
        mark("team", '王, "Amy"', score=5.5, lost=1.1, adjustments=better),
        mark("team", "Li", score=5.5),
        mark(None, "Zoe"),
    ]
    write_gradebook(path, iter([report("team"), report("an older attempt")]), marks)
    amy, li, zoe = rows(path)
    assert list(amy.items()) == [
        ("id", "team"),
        ("student", '王, "Amy"'),
        ("student_id", "00101"),
        ("section", "Monday"),
        ("status", "graded"),
        ("score", "5.5"),
        ("late", "-1.1"),
        ("adjustment", "1.5"),
        ("final", "5.9"),
        ("max_score", "8.0"),
        ("softmax", "4.0"),
        ("sm_dir", "1.5"),
        ("problems", ""),
    ]
    assert (li["id"], li["late"], li["adjustment"], li["final"]) == ("team", "0.0", "0.0", "5.5")
    assert (zoe["id"], zoe["student"], zoe["status"]) == ("", "Zoe", "missing")
    assert [zoe[name] for name in ("score", "late", "adjustment", "final", "softmax")] == [""] * 5


def test_our_own_failure_leaves_the_scores_empty(tmp_path):
    path = tmp_path / "gradebook.csv"
    failed = FinalMark(Student("", ("li",)), "li", Standing.JUDGE_ERROR, 8.0)
    write_gradebook(path, [report("li", judge_error="no sandbox")], [failed])
    (row,) = rows(path)
    assert (row["status"], row["score"], row["final"], row["softmax"]) == ("judge_error", *[""] * 3)


def test_a_class_without_a_hand_in_is_still_listed(tmp_path):
    path = tmp_path / "gradebook.csv"
    write_gradebook(path, [], [mark(None, "Zoe")])
    assert [row["student"] for row in rows(path)] == ["Zoe"]


def test_names_that_are_formulas_are_disarmed(tmp_path):
    path = tmp_path / "gradebook.csv"
    ids = ('=HYPERLINK("http://x")', "-12.5")
    write_gradebook(path, map(report, ids), [mark(id, "+1+1", score=5.5) for id in ids])
    assert [row["id"] for row in rows(path)] == ['\'=HYPERLINK("http://x")', "-12.5"]
    assert rows(path)[0]["student"] == "'+1+1"


@pytest.mark.parametrize(
    "cell", ["=1", "+a", "-a", "@a", "\ta", "\ra", "\na", "-1+2", "-", "+1e5x", "\uff1d1"]
)
def test_neutral_disarms(cell):
    assert neutral(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "wong", "1-2", "-1", "+1.5", "-1e-05", "a=b"])
def test_neutral_leaves_alone(cell):
    assert neutral(cell) == cell


def test_the_points_of_an_exercise_follow_its_adjustments(tmp_path):
    path = tmp_path / "gradebook.csv"
    for_one = Adjustment(1.5, "the text was wrong", "2026", "sm_dir")
    for_all = Adjustment(-0.5, "no docstrings", "2026")
    marks = [
        mark("li", score=5.5, lost=1.0, adjustments=(for_one, for_all)),
        mark(None, "Zoe", adjustments=(for_one,)),
        FinalMark(Student("", ("ada",)), "ada", Standing.JUDGE_ERROR, 8.0, adjustments=(for_one,)),
    ]
    write_gradebook(path, [report("ada", judge_error="no sandbox"), report("li")], marks)
    ada, li, zoe = rows(path)
    assert (li["softmax"], li["sm_dir"], li["score"], li["final"]) == ("4.0", "3.0", "5.5", "5.5")
    assert float(li["final"]) == 4.0 + 3.0 - 1.0 - 0.5
    assert (zoe["softmax"], zoe["sm_dir"], zoe["final"]) == ("", "1.5", "1.5")
    assert (ada["softmax"], ada["sm_dir"], ada["final"]) == ("", "", "")
