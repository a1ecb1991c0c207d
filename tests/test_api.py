"""`from autograder import load_course, grade, check`, as a program uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import check, grade, load_course
from autograder.authoring.sync import sync
from autograder.errors import CourseError, UsageError

RIGHT = "def double(v):\n    return 2 * v\n"
WRONG = "def double(v):\n    return 3 * v\n"


@pytest.fixture
def hand_ins(tiny_folder: Path) -> Path:
    folder = tiny_folder / "hand-ins"
    folder.mkdir()
    (folder / "wong.py").write_text(RIGHT)
    (folder / "li.py").write_text(WRONG)
    return folder


def test_importing_the_package_imports_nothing_else() -> None:
    script = (
        "import sys, autograder; print([name for name in sys.modules if "
        "name.partition('.')[0] in ('numpy', 'yaml', 'pydantic', 'click', 'rich')"
        " or name.startswith('autograder.')]); assert 'grade' in dir(autograder)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    import autograder

    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = autograder.nothing


def test_grades_a_class_and_writes_its_folder(tiny_folder, hand_ins):
    seen = []

    class Watching:
        def __enter__(self):
            return lambda report, fresh: seen.append((report.id, fresh))

        def __exit__(self, *_):
            return None

    course = load_course(str(tiny_folder))
    graded = grade(course, str(hand_ins), tiny_folder / "graded", watch=lambda total: Watching())
    assert {mark.student.name: mark.score for mark in graded.marks} == {"li": 0.0, "wong": 5.0}
    assert [report.id for report in graded.reports()] == ["li", "wong"]
    assert (graded.platform, graded.strangers, graded.notes) == ("folder", (), ())
    assert graded.isolation.level in ("process", "partial", "full")
    assert sorted(seen) == [("li", True), ("wong", True)]
    written = json.loads((tiny_folder / "graded" / "results.json").read_text())
    assert [one["score"] for one in written["submissions"]] == [0.0, 5.0]
    again = grade(course, hand_ins, graded.folder, watch=lambda total: Watching())
    assert sorted(seen[2:]) == [("li", False), ("wong", False)]
    assert again.marks_before == graded.marks


def test_a_roster_says_who_is_missing_and_who_is_not_in_it(tiny_folder, hand_ins):
    roster = tiny_folder / "roster.csv"
    roster.write_text("id,name\nwong,Ada Wong\nkim,Cara Kim\n")
    graded = grade(load_course(tiny_folder), hand_ins, tiny_folder / "graded", roster=roster)
    assert [student.name for student in graded.strangers] == ["li"]
    assert [mark.student.name for mark in graded.marks if mark.submission is None] == ["Cara Kim"]


def test_what_is_wrong_is_an_exception_of_ours(tiny_folder, hand_ins):
    with pytest.raises(CourseError, match=r"course\.yaml"):
        load_course(hand_ins)
    course = load_course(tiny_folder)
    with pytest.raises(UsageError, match="is the folder of the submissions"):
        grade(course, hand_ins, hand_ins)
    with pytest.raises(UsageError, match="nowhere"):
        grade(course, tiny_folder / "nowhere", tiny_folder / "graded")
    assert not (tiny_folder / "graded").exists()


def test_checks_the_public_groups_of_a_file(tiny_folder):
    sync(tiny_folder)
    script = tiny_folder / "exercises" / "part1_scale.py"
    assert not check(script, course=tiny_folder).accepted
    script.write_text(RIGHT)
    found = check(script, course=tiny_folder)
    assert found.accepted
    assert [one.exercise.name for one in found.check.exercises] == ["double"]
    assert not check(course=str(tiny_folder)).accepted
    assert check(course=tiny_folder, exercises=["double"]).accepted
    with pytest.raises(UsageError, match="did you mean 'double'"):
        check(course=tiny_folder, exercises=["doubel"])
    with pytest.raises(UsageError, match=r"found no course\.json"):
        check(tiny_folder / "solutions", course=tiny_folder.parent)


def test_nothing_is_told_about_the_course_as_it_is_handed_out() -> None:
    """The lessons' own checks read files, which are not there in the sandbox."""
    checked = check(course=Path(__file__).parents[1]).check
    assert any(source.notebook for source in checked.ran.sources)
    assert (checked.ran.failures, checked.notes) == ((), ())
