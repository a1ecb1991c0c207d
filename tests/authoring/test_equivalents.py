from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.equivalents import FILE, read_equivalents
from autograder.errors import CourseError

ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str) -> Path:
    (folder / "solutions").mkdir()
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_edits_come_by_exercise(tmp_path: Path) -> None:
    text = """\
f:
  - reason: It is symmetric.
    edits: ["return a  ->  return a.T"]
  - reason: Both are the same.
    edits: ["x = 1  ->  x = 2", "x = 1  ->  x = 3"]
"""
    assert read_equivalents(write(tmp_path, text)) == {
        "f": ("return a  ->  return a.T", "x = 1  ->  x = 2", "x = 1  ->  x = 3")
    }


def test_there_may_be_no_such_file(tmp_path: Path) -> None:
    assert read_equivalents(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "line", "wanted"),
    [
        ("- f\n", 1, "an exercise, then its edits"),
        ("f: g\n", 1, "a list of entries"),
        ("f:\n  - edits: [a]\n", 2, "an entry with a reason and its edits"),
        ("f:\n  - {reason: '', edits: [a]}\n", 2, "the reason why"),
        ("f:\n  - {reason: b, edits: a}\n", 2, "the edits as a list of texts"),
        ("f:\n  - {reason: b, edits: [1]}\n", 2, "the edits as a list of texts"),
        ("f:\n  - {reason: b, edits: [a], more: c}\n", 2, "an entry with a reason and its edits"),
    ],
)
def test_another_form_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, wanted: str
) -> None:
    with pytest.raises(CourseError, match=rf"{FILE}:{line}: is something else; write {wanted}"):
        read_equivalents(write(tmp_path, text))


def test_the_course_gives_a_reason_for_each() -> None:
    listed = read_equivalents(ROOT)
    assert all(" ->  " in edit for edits in listed.values() for edit in edits)
