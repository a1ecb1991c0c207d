"""Every page has a file of its own, whatever students are called."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import given
from hypothesis import strategies as st

from autograder.gradebook.final_mark import Adjustment, FinalMark, Standing
from autograder.model import Student
from autograder.reporting.pages.feedback_files import feedback_files


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
