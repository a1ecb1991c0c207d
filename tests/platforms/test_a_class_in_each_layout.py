"""One class as each platform delivers it, with a stray file, packed and unpacked."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import grade, load_course
from autograder.model.submission import Source, Student
from autograder.platforms.enrolment import enrol
from autograder.platforms.hand_ins import hand_ins
from autograder.submissions.read import read_attempt

CLASS = 15
ANSWERS = (
    "def double(v):\n    return 2 * v\n",
    "def double(v):\n    return 3 * v\n",
    "def double(v):\n    return [2 * one for one in v]\n",
    "def double(v):\n    v *= 2\n    return v\n",
    "",
)
FIRST = ("Ada", "Ben", "Cara", "Đặng", "Émile", "Fatima", "Günther", "Hương", "Iñigo", "Jan")
LAST = ("Wong", "Li", "Kim", "Nguyễn", "O'Brien", "van der Berg")
PART, STRAY = "part1_scale.py", "reference.py"
Files = dict[str, str]


class Person:
    def __init__(self, number: int) -> None:
        self.first, self.last = FIRST[number % 10], LAST[number % 6]
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


ROSTER = [Student(one.name, (one.id, one.login)) for one in PEOPLE]


def delivered(layout: str, packed: bool, folder: Path) -> Path:
    """The class as the platform delivers it, with two files that are nobody's submission."""
    _, files_of, besides = DELIVERED[layout]
    given = folder / ("hw1-submissions" if layout == "GitHub" else "download")
    for person in PEOPLE:
        write(given, files_of(person))
    write(given, {**besides, STRAY: "def double(v):\n    return 2 * v\n", "readme.txt": "hello"})
    if packed:
        pack(folder / "download.zip", given, given.name if layout == "GitHub" else "")
        return folder / "download.zip"
    return given


@pytest.mark.parametrize("packed", [False, True], ids=["unpacked", "packed"])
@pytest.mark.parametrize("layout", DELIVERED)
def test_each_person_has_their_own_code(layout: str, packed: bool, tmp_path: Path) -> None:
    platform = DELIVERED[layout][0]
    parts = ("part1_scale", "part2_mix")
    given = delivered(layout, packed, tmp_path)
    with hand_ins(given, parts, exercises=("double", "mix")) as found:
        enrolment = enrol(found.attempts, ROSTER)
        read = {
            attempt.students[0].ids[0]: read_attempt(attempt, parts).sources
            for attempt in enrolment.attempts
        }
    assert found.platform == platform
    if platform == "folder":
        # a script next to folders may be a submission: it costs nobody anything, and is named
        assert read.pop("reference")
        assert [student.name for student in enrolment.strangers] == ["reference"]
    else:
        assert any(note.startswith(f"{STRAY}: not graded") for note in found.notes)
        assert not enrolment.strangers
    assert {who: text(sources) for who, sources in read.items()} == {
        one.id: one.answer for one in PEOPLE
    }
    if layout != "scripts":  # these have their students' names
        assert {source.module for sources in read.values() for source in sources} == {"part1_scale"}


def text(sources: tuple[Source, ...]) -> str:
    return "".join(cell.decode() for source in sources for cell in source.cells)


def test_each_person_has_their_own_mark(tiny_folder: Path, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    lines = ["id,login,name", *(f"{one.id},{one.login},{one.name}" for one in PEOPLE)]
    roster.write_text("\n".join(lines), encoding="utf-8")
    graded = grade(
        load_course(tiny_folder),
        delivered("Moodle", True, tmp_path),
        tmp_path / "graded",
        roster=roster,
        pages=False,
    )
    assert {mark.student.ids[0]: mark.score for mark in graded.marks} == {
        one.id: (5.0, 0.0, 5.0, 4.0, 0.0)[number % len(ANSWERS)]
        for number, one in enumerate(PEOPLE)
    }
