"""The files lie where interface.md says, old ones go, other people's files stay."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_class import MARKUP, fill, hostile_class, report

from autograder.errors import AutograderError, UsageError
from autograder.gradebook.gradebook import Gradebook, GradedCourse
from autograder.gradebook.marks import Adjustment, FinalMark, Standing
from autograder.model.course import Course
from autograder.model.report import ExerciseReport, GroupReport, Isolation, Report, Verdict
from autograder.model.submission import Student, Submission
from autograder.reporting.graded_folder import (
    feedback_files,
    neutral,
    submission_entry,
    write_gradebook,
    write_pages,
    write_reports,
    write_results,
)


def test_every_file_is_written_from_the_gradebook(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.begin(Course("c", "1", Path(), ()), "key", "assignment")
        graded = [(Submission(id, (), "x"), Report(id, (), 0.1)) for id in ("wong", "li")]
        gradebook.record(graded, Isolation("full", {}))
        write_reports(gradebook, tmp_path)
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["course"]["key"] == "key"
    assert [one["id"] for one in results["submissions"]] == ["li", "wong"]
    assert (tmp_path / "gradebook.csv").read_text().splitlines()[1].startswith("li,")


def test_a_gradebook_without_a_run_writes_nothing(tmp_path):
    with Gradebook(tmp_path) as gradebook, pytest.raises(UsageError):
        write_reports(gradebook, tmp_path)
    assert not (tmp_path / "results.json").exists()


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "feedback").iterdir()}


def test_a_page_for_the_class_and_one_for_each_student(tmp_path: Path) -> None:
    with fill(tmp_path, [report("bo"), report("ada")]) as gradebook:
        assert write_pages(gradebook, tmp_path) == 2
    assert names(tmp_path) == {"ada.html", "bo.html"}
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="feedback/ada.html"' in index
    assert ">bo</h1>" in (tmp_path / "feedback" / "bo.html").read_text(encoding="utf-8")


def test_hostile_names_are_text_links_and_files_in_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with hostile_class(out) as gradebook:
        assert write_pages(gradebook, out) == 5
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    index = (out / "index.html").read_text(encoding="utf-8")
    links = {unquote(link) for link in re.findall(r'href="(feedback/[^"]*)"', index)}
    assert links == {f"feedback/{name}" for name in names(out)}
    assert len(links) == 5
    for path in [out / "index.html", *(out / "feedback").iterdir()]:
        body = path.read_text(encoding="utf-8").split("<body>")[1]
        assert body.count("<script>") == (path.name == "index.html")
        assert "<img" not in body


def test_no_page_names_another_student(tmp_path: Path) -> None:
    people = [Student("Ada Wong", ("17",)), Student("Bo Garcia", ("18",))]
    with fill(tmp_path, [report("one"), report("two", (0, 0, 1, 1))], people) as gradebook:
        write_pages(gradebook, tmp_path)
    ada, bo = ((tmp_path / "feedback" / f"{id}.html").read_text() for id in ("one", "two"))
    assert "Ada Wong" in ada
    assert "Garcia" not in ada
    assert "Bo Garcia" in bo
    assert "Wong" not in bo


def test_the_same_gradebook_makes_the_same_pages(tmp_path: Path) -> None:
    with hostile_class(tmp_path) as gradebook:
        write_pages(gradebook, tmp_path)
        before = {path: path.read_bytes() for path in tmp_path.rglob("*.html")}
        write_pages(gradebook, tmp_path)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*.html")}


def test_pages_of_nobody_go_and_other_files_stay(tmp_path: Path) -> None:
    with fill(tmp_path, [report("ada"), report("bo")]) as gradebook:
        write_pages(gradebook, tmp_path)
    feedback = tmp_path / "feedback"
    (feedback / "mine.html").write_text("<p>notes of the teacher")
    (feedback / "notes.txt").write_text("x")
    with fill(tmp_path, [report("ada")]) as gradebook:
        write_pages(gradebook, tmp_path)
    assert names(tmp_path) == {"ada.html", "mine.html", "notes.txt"}


def test_a_place_that_cannot_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    with fill(tmp_path, [report("ada")]) as gradebook:
        (tmp_path / "feedback").write_text("in the way")
        with pytest.raises(AutograderError, match=r"feedback.*cannot be written"):
            write_pages(gradebook, tmp_path)
    assert not (tmp_path / "index.html").exists()


def test_a_gradebook_without_a_run_makes_no_page(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as gradebook, pytest.raises(UsageError):
        write_pages(gradebook, tmp_path)
    assert list(tmp_path.rglob("*.html")) == []


def test_markup_in_a_message_of_a_student_page_is_text(tmp_path: Path) -> None:
    with fill(tmp_path, [report("ada", (0, 1, 1, 1), MARKUP)]) as gradebook:
        write_pages(gradebook, tmp_path)
    page = (tmp_path / "feedback" / "ada.html").read_text(encoding="utf-8")
    assert page.count("&lt;script&gt;") == 2
    assert "<script" not in page


def mark(submission: str | None, name: str = "", *, points: float = 0.0) -> FinalMark:
    adjustments = (Adjustment(points, "for the talk", "2026-09-10"),) if points else ()
    student = Student(name, (name or submission or "",))
    standing = Standing.MISSING if submission is None else Standing.GRADED
    return FinalMark(student, submission, standing, 10.0, 5.0, adjustments=adjustments)


def test_a_page_is_called_like_the_hand_in() -> None:
    (page,) = feedback_files([mark("wong")])
    assert (page.path, page.submission, page.places) == ("feedback/wong.html", "wong", (0,))


def test_who_handed_nothing_in_has_no_page() -> None:
    assert feedback_files([mark(None, "eve")]) == ()


def test_partners_share_a_page_unless_their_marks_differ() -> None:
    alike = feedback_files([mark("team", "ada"), mark("team", "bo"), mark("solo", "cy")])
    assert [(one.stem, one.places) for one in alike] == [("team", (0, 1)), ("solo", (2,))]
    apart = feedback_files([mark("team", "ada"), mark("team", "bo", points=1.0)])
    assert [(one.stem, one.places) for one in apart] == [("team~ada", (0,)), ("team~bo", (1,))]
    assert {one.submission for one in apart} == {"team"}


HOSTILE = [
    "a/../b",
    'q"uote',
    "../up",
    "..",
    ".",
    "",
    "A",
    "a",
    "nul\x00",
    "é",
    "e\u0301",
    "x" * 500,
]


def test_hostile_names_make_different_files_in_the_folder() -> None:
    pages = feedback_files([mark(name) for name in HOSTILE])
    assert len({page.stem.casefold() for page in pages}) == len(HOSTILE)
    for page in pages:
        assert PurePosixPath(page.path).parts == ("feedback", f"{page.stem}.html")
        assert PureWindowsPath(page.path).parts == ("feedback", f"{page.stem}.html")
        assert len(page.path.encode()) < 200


@given(st.lists(st.text(), unique=True))
def test_any_names_make_different_files(names: list[str]) -> None:
    pages = feedback_files([mark(name) for name in names])
    assert len({page.stem.casefold() for page in pages}) == len(names)
    assert all("/" not in page.stem and page.stem.isprintable() for page in pages)


# ---  ---


def csv_report(id: str, judge_error: str | None = None) -> Report:
    exercises = tuple(
        ExerciseReport(
            name, "part1", (GroupReport("all", True, points, 4.0, Verdict.WRONG_ANSWER),)
        )
        for name, points in (("softmax", 4.0), ("sm_dir", 1.5))
    )
    return Report(id, exercises, 0.1, judge_error)


def mark_of(submission: str | None, name: str = "", **parts: Any) -> FinalMark:
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
        mark_of("team", '王, "Amy"', score=5.5, lost=1.1, adjustments=better),
        mark_of("team", "Li", score=5.5),
        mark_of(None, "Zoe"),
    ]
    write_gradebook(path, iter([csv_report("team"), csv_report("an older attempt")]), marks)
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
    write_gradebook(path, [csv_report("li", judge_error="no sandbox")], [failed])
    (row,) = rows(path)
    assert (row["status"], row["score"], row["final"], row["softmax"]) == ("judge_error", *[""] * 3)


def test_a_class_without_a_hand_in_is_still_listed(tmp_path):
    path = tmp_path / "gradebook.csv"
    write_gradebook(path, [], [mark_of(None, "Zoe")])
    assert [row["student"] for row in rows(path)] == ["Zoe"]


def test_names_that_are_formulas_are_disarmed(tmp_path):
    path = tmp_path / "gradebook.csv"
    ids = ('=HYPERLINK("http://x")', "-12.5")
    write_gradebook(path, map(csv_report, ids), [mark_of(id, "+1+1", score=5.5) for id in ids])
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
        mark_of("li", score=5.5, lost=1.0, adjustments=(for_one, for_all)),
        mark_of(None, "Zoe", adjustments=(for_one,)),
        FinalMark(Student("", ("ada",)), "ada", Standing.JUDGE_ERROR, 8.0, adjustments=(for_one,)),
    ]
    write_gradebook(path, [csv_report("ada", judge_error="no sandbox"), csv_report("li")], marks)
    ada, li, zoe = rows(path)
    assert (li["softmax"], li["sm_dir"], li["score"], li["final"]) == ("4.0", "3.0", "5.5", "5.5")
    assert float(li["final"]) == 4.0 + 3.0 - 1.0 - 0.5
    assert (zoe["softmax"], zoe["sm_dir"], zoe["final"]) == ("", "1.5", "1.5")
    assert (ada["softmax"], ada["sm_dir"], ada["final"]) == ("", "", "")


# ---  ---


COURSE = GradedCourse("The softmax derivative", "1.0.0", "ab" * 32)
ISOLATION = Isolation("partial", {"seccomp": "on", "landlock": "off (no such kernel call)"})


def report_of(id: str, judge_error: str | None = None) -> Report:
    verdicts = Verdict.ACCEPTED, Verdict.TIME_LIMIT_EXCEEDED
    groups = (
        GroupReport("the worked example", True, 2.0, 2.0, verdicts[0]),
        GroupReport("others", False, 0.0, 3.0, verdicts[1], "ran out of time"),
    )
    exercise = ExerciseReport("sm_dir", "part1_softmax", groups, "diagonal_only", "look again")
    return Report(id, (exercise,), 0.0123456, judge_error)


def test_the_format_is_the_one_that_was_promised(tmp_path):
    path = tmp_path / "results.json"
    write_results(path, COURSE, ISOLATION, iter([report_of("li"), report_of("wong")]))
    results = json.loads(path.read_text())
    assert list(results) == ["schema", "course", "isolation", "submissions"]
    assert results["schema"] == "autograder/results/v1"
    assert results["course"] == {
        "name": "The softmax derivative",
        "version": "1.0.0",
        "key": "ab" * 32,
    }
    assert results["isolation"] == {"level": "partial", "layers": dict(ISOLATION.layers)}
    assert [one["id"] for one in results["submissions"]] == ["li", "wong"]
    assert results["submissions"][0] == {
        "id": "li",
        "score": 2.0,
        "max_score": 5.0,
        "status": "graded",
        "seconds": 0.0123,
        "problems": [],
        "exercises": [
            {
                "name": "sm_dir",
                "score": 2.0,
                "max_score": 5.0,
                "verdict": "TIME_LIMIT_EXCEEDED",
                "misconception": "diagonal_only",
                "hint": "look again",
                "groups": [
                    {
                        "name": "the worked example",
                        "public": True,
                        "score": 2.0,
                        "max_score": 2.0,
                        "verdict": "ACCEPTED",
                        "message": "",
                    },
                    {
                        "name": "others",
                        "public": False,
                        "score": 0.0,
                        "max_score": 3.0,
                        "verdict": "TIME_LIMIT_EXCEEDED",
                        "message": "ran out of time",
                    },
                ],
            }
        ],
    }


def test_our_own_failure_is_never_a_zero():
    entry = submission_entry(report_of("wong", judge_error="the sandbox did not start"))
    assert (entry["status"], entry["score"], entry["max_score"]) == ("judge_error", None, 5.0)
    assert entry["exercises"][0]["score"] is None
    assert [group["score"] for group in entry["exercises"][0]["groups"]] == [None, None]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_any_number_of_submissions_is_valid_json(tmp_path, count):
    path = tmp_path / "results.json"
    write_results(path, COURSE, ISOLATION, (report_of(f"s{number}") for number in range(count)))
    assert len(json.loads(path.read_text())["submissions"]) == count


def test_absurd_text_is_written_as_ascii(tmp_path):
    path = tmp_path / "results.json"
    write_results(path, COURSE, ISOLATION, [report_of("王\u202e\udcff\x1b[31m")])
    assert path.read_bytes().isascii()
    assert json.loads(path.read_text())["submissions"][0]["id"] == "王\u202e\udcff\x1b[31m"
