"""One class of sixty as each platform delivers it, with a stray file, packed and unpacked."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import grade, load_course

CLASS = 60
ANSWERS = (
    "def double(v):\n    return 2 * v\n",
    "def double(v):\n    return 3 * v\n",
    "def double(v):\n    return [2 * one for one in v]\n",
    "def double(v):\n    v *= 2\n    return v\n",
    "",
)
FIRST = ("Ada", "Ben", "Cara", "Đặng", "Émile", "Fatima", "Günther", "Hương", "Iñigo", "Jan")
LAST = ("Wong", "Li", "Kim", "Nguyễn", "O'Brien", "van der Berg")
PART = "part1_scale.py"
Files = dict[str, str]


class Person:
    def __init__(self, number: int) -> None:
        self.first, self.last = FIRST[number % 10], LAST[number // 10]
        self.name = f"{self.first} {self.last}"
        self.id, self.login = f"0{2000 + number}", f"user{number}"
        self.number = 70000 + number
        self.answer = ANSWERS[number % len(ANSWERS)]


PEOPLE = [Person(number) for number in range(CLASS)]


def _canvas(one: Person) -> Files:
    name = "".join(filter(str.isalnum, f"{one.last}{one.first}")).lower()
    return {f"{name}_{one.number}_{one.number + 9}_{PART}": one.answer}


def _gradescope(one: Person) -> Files:
    return {f"submission_{one.number}/{PART}": one.answer}


METADATA = "".join(
    f"submission_{one.number}:\n  :submitters:\n  - :name: {json.dumps(one.name)}\n"
    f"    :sid: '{one.id}'\n"
    for one in PEOPLE
)
DELIVERED: dict[str, tuple[str, Callable[[Person], Files], Files]] = {
    "folders": ("folder", lambda one: {f"{one.login}/{PART}": one.answer}, {}),
    "folders of name and login": (
        "folder",
        lambda one: {f"{one.name} ({one.login})/{PART}": one.answer},
        {},
    ),
    "scripts": ("folder", lambda one: {f"{one.login}.py": one.answer}, {}),
    "Canvas": ("Canvas", _canvas, {}),
    "Moodle": (
        "Moodle",
        lambda one: {f"{one.name}_{one.number}_assignsubmission_file_/{PART}": one.answer},
        {},
    ),
    "Blackboard": (
        "Blackboard",
        lambda one: {
            f"Homework 1_{one.login}_attempt_2026-09-11-23-30-00_{PART}": one.answer,
            f"Homework 1_{one.login}_attempt_2026-09-11-23-30-00.txt": f"Name: {one.name}",
        },
        {},
    ),
    "Brightspace": (
        "Brightspace",
        lambda one: {
            f"{one.number}-67890 - {one.name} - Sep 24, 2026 926 PM/{PART}": one.answer,
        },
        {"index.html": "<html></html>"},
    ),
    "Brightspace's files": (
        "Brightspace",
        lambda one: {
            f"{one.number}-67890 - {one.name} - Sep 24, 2026 926 PM - {PART}": one.answer,
        },
        {"index.html": "<html></html>"},
    ),
    "Sakai": (
        "Sakai",
        lambda one: {
            f"{one.last}, {one.first}({one.login})/Submission attachment(s)/{PART}": one.answer,
            f"{one.last}, {one.first}({one.login})/timestamp.txt": "20260924212600000",
        },
        {"grades.csv": "Homework 1,Points\n"},
    ),
    "Gradescope": ("Gradescope", _gradescope, {"submission_metadata.yml": METADATA}),
    "Google": ("Google", lambda one: {f"{one.name} - {PART}": one.answer}, {}),
    "GitHub": (
        "classroom repositories",
        lambda one: {f"hw1-{one.login}/{PART}": one.answer},
        {},
    ),
}
# Who has a name with a colon or a slash in it cannot be unpacked everywhere; these have none.


def write(folder: Path, files: Files) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def pack(archive: Path, folder: Path, wrapper: str = "") -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as download:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                download.write(path, Path(wrapper, path.relative_to(folder)))


@pytest.fixture
def course(tiny_folder: Path) -> Path:
    (tiny_folder / "roster.csv").write_text(
        "id,login,name\n" + "".join(f"{p.id},{p.login},{p.name}\n" for p in PEOPLE),
        encoding="utf-8",
    )
    return tiny_folder


SCORES = (5.0, 0.0, 5.0, 4.0, 0.0)
EXPECTED = {one.id: SCORES[number % len(ANSWERS)] for number, one in enumerate(PEOPLE)}


@pytest.mark.parametrize("packed", [False, True], ids=["unpacked", "packed"])
@pytest.mark.parametrize("layout", DELIVERED)
def test_all_marks_are_the_same(layout: str, packed: bool, course: Path, tmp_path: Path) -> None:
    platform, files_of, besides = DELIVERED[layout]
    folder = tmp_path / ("hw1-submissions" if layout == "GitHub" else "download")
    for person in PEOPLE:
        write(folder, files_of(person))
    stray = "reference.py"
    write(folder, {**besides, stray: "def double(v):\n    return 2 * v\n", "readme.txt": "hello"})
    given = folder
    if packed:
        given = tmp_path / "download.zip"
        pack(given, folder, folder.name if layout == "GitHub" else "")
    graded = grade(
        load_course(course), given, tmp_path / "graded", roster=course / "roster.csv", pages=False
    )
    assert graded.platform == platform
    marks = {mark.student.ids[0]: mark.score for mark in graded.marks}
    if platform == "folder":
        # a script next to folders may be a submission: it costs nobody anything, and is named
        assert marks.pop("reference") == 5.0
        assert [student.name for student in graded.strangers] == ["reference"]
    else:
        assert any(note.startswith(f"{stray}: not graded") for note in graded.notes)
        assert not graded.strangers
    assert marks == EXPECTED
