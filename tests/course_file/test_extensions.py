"""extensions.csv: who has a later deadline, until when, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.deadlines import moment, read_extensions, zone_named
from autograder.errors import CourseError
from autograder.model.course import Extension

BERLIN = zone_named("Europe/Berlin")


def read(folder: Path, text: str | bytes) -> tuple[Extension, ...]:
    content = text.encode() if isinstance(text, str) else text
    (folder / "extensions.csv").write_bytes(content)
    return read_extensions(folder, BERLIN)


def test_no_file_is_no_extension(tmp_path: Path) -> None:
    assert read_extensions(tmp_path, None) == ()


@pytest.mark.parametrize("mark", ["", "\ufeff", "\ufeffsep=,\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_row_is_a_new_deadline_or_more_hours(tmp_path: Path, separator: str, mark: str) -> None:
    text = "Student,Due,Hours,Reason\n00101,2026-10-26 12:00,,ill\nÄnne,,24,\n,,,\n"
    assert read(tmp_path, (mark + text).replace(",", separator)) == (
        Extension("00101", moment("2026-10-26 12:00 +01:00"), 0.0, "ill"),
        Extension("Änne", None, 24.0, ""),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "extensions.csv:1: has the titles nothing; write student,due,reason"),
        ("id,reason\n1,ill\n", ":1: has the titles id, reason; write"),
        ("id,due\n1,tomorrow\n", ":2: due is 'tomorrow'; write it like"),
        (
            "id,due\n1,2026-03-29 02:30\n",
            ":2: due is '2026-03-29 02:30', a time that the clocks skip",
        ),
        ("sep=,\nid,hours\n1,many\n", ":3: hours is 'many'; write a number"),
        ("id,hours\n1,-1\n", ":2: hours is '-1'; write a number above 0"),
        ("id,hours\n1,nan\n", ":2: hours is 'nan'; write a number above 0"),
        ("id,hours,due\n1,1,2026-10-26 12:00\n", ":2: has both a new due and hours"),
        ("id,hours\n1,\n", ":2: has neither a due nor hours; write one of them"),
        ("id,hours\n,24\n", ":2: names no student"),
        (
            "id,hours\nada,24\n\nADA,12\n",
            ":4: 'ADA' is already listed above; keep one of the two lines",
        ),
        (b"id,hours\n1,24\n\xff,1\n", ":3: is not UTF-8; save it as CSV UTF-8"),
        ('id,hours\n"1,24\n', "is not CSV"),
    ],
)
def test_a_wrong_list_is_one_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(CourseError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_extension_is_not_before_the_deadline(tmp_path: Path) -> None:
    (tmp_path / "extensions.csv").write_text("id,due\n1,2026-10-26 12:00\n2,2026-10-26 11:59\n")
    with pytest.raises(CourseError) as caught:
        read_extensions(tmp_path, BERLIN, "2026-10-26 12:00")
    assert str(caught.value) == (
        "extensions.csv:3: due is '2026-10-26 11:59', before the deadline '2026-10-26 12:00'; "
        "write a later time, or take the extension out"
    )


def test_a_time_without_a_zone_needs_one(tmp_path: Path) -> None:
    (tmp_path / "extensions.csv").write_text("id,due\n1,2026-10-26 12:00\n")
    with pytest.raises(CourseError, match="has no time zone"):
        read_extensions(tmp_path, None)
