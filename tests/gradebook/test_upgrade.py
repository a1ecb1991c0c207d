"""A gradebook that an earlier version wrote is read: people, adjustments and marks stay."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sample_class import COURSE, ISOLATION, report

from autograder.errors import UsageError
from autograder.fixed_names import GRADEBOOK
from autograder.gradebook.database import VERSION
from autograder.gradebook.gradebook import Gradebook, changes
from autograder.model.report import Report
from autograder.model.submission import Attempt, Student, Submission

DUMP = Path(__file__).parents[1] / "samples" / "gradebook_2.sql"
ADA, BO = Student("Ada", ("1",)), Student("Bo", ("2",))


GRADED = [report("ada"), report("bo", (0.0, 0.0, 1.0, 1.0))]


def without_pictures(one: Report) -> Report:
    exercises = tuple(
        replace(each, groups=tuple(replace(group, grid=None) for group in each.groups))
        for each in one.exercises
    )
    return replace(one, exercises=exercises)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / GRADEBOOK) as made:
        made.executescript(DUMP.read_text(encoding="utf-8"))
    made.close()
    return tmp_path


def version(folder: Path) -> int:
    opened = sqlite3.connect(folder / GRADEBOOK)
    (found,) = opened.execute("PRAGMA user_version").fetchone()
    opened.close()
    return int(found)


def test_people_adjustments_and_marks_stay(folder: Path) -> None:
    assert version(folder) == 2
    with Gradebook(folder) as gradebook:
        assert {mark.student.name: mark.final for mark in gradebook.marks()} == {
            "Ada": 10.0,
            "Bo": 4.0,
        }
        ((who, given),) = gradebook.register.adjustments()
        assert (who, given.points, given.reason, given.exercise) == (ADA, 2.0, "the talk", "")
        (change,) = changes(gradebook)
        assert (change.before, change.after) == (8.0, 10.0)
        assert list(gradebook.reports()) == [without_pictures(one) for one in GRADED]
    assert version(folder) == VERSION


def test_the_next_run_grades_again_and_moves_nobody(folder: Path) -> None:
    attempts = [Attempt("ada", (), (ADA,)), Attempt("bo", (), (BO,))]
    with Gradebook(folder) as gradebook:
        gradebook.begin(COURSE, "0123456789abcdef", "another version", attempts=attempts)
        assert gradebook.keep(Submission("ada", (), "ada")) is None
        rows = [(Submission(one.id, (), one.id), one) for one in GRADED]
        gradebook.record(rows, ISOLATION)
        gradebook.note_marks()
        assert {mark.student.name: mark.final for mark in gradebook.marks()} == {
            "Ada": 10.0,
            "Bo": 4.0,
        }
        assert len(changes(gradebook)) == 1
        assert list(gradebook.reports()) == GRADED


def test_a_version_of_the_future_is_refused(folder: Path) -> None:
    with sqlite3.connect(folder / GRADEBOOK) as opened:
        opened.execute(f"PRAGMA user_version = {VERSION + 1}")
    opened.close()
    with pytest.raises(UsageError, match=f"format {VERSION + 1}, this version reads"):
        Gradebook(folder)
