"""The files lie where interface.md says, old ones go, other people's files stay."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_class import MARKUP, fill, hostile_class, report

from autograder.errors import AutograderError, UsageError
from autograder.gradebook.gradebook import Gradebook
from autograder.gradebook.marks import Adjustment, FinalMark, Standing
from autograder.model import Course, Isolation, Report, Student, Submission
from autograder.reporting.graded_folder import feedback_files, write_pages, write_reports


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
