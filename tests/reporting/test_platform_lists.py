from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.gradebook.final_mark import Adjustment, FinalMark, Standing
from autograder.model import Student
from autograder.reporting.platform_lists import fill_list

CANVAS = b"Student,ID,Section,Essay (7)\nLi,1,A,\nWong,2,A,3\nZoe,3,A,5\n"
MOODLE = b"Identifier,Grade,Feedback comments\nParticipant 1,,\nParticipant 2,,\n"
MARKS = (
    FinalMark(
        Student("Li", ("1",)),
        "li",
        Standing.GRADED,
        10.0,
        8.0,
        days_late=1,
        lost=0.8,
        adjustments=(Adjustment(2.0, "an idea", "2026"),),
    ),
    FinalMark(Student("Wong", ("2",)), "wong", Standing.JUDGE_ERROR, 10.0),
    FinalMark(Student("Zoe", ("3",)), None, Standing.MISSING, 10.0),
)


def test_final_marks_are_filled_and_who_has_none_keeps_the_cell(tmp_path: Path) -> None:
    given = tmp_path / "export.csv"
    given.write_bytes(CANVAS)
    path, filled = fill_list("canvas", given, MARKS, tmp_path)
    assert path == tmp_path / "canvas.csv"
    assert path.read_bytes() == CANVAS.replace(b"Li,1,A,", b"Li,1,A,9.2")
    assert given.read_bytes() == CANVAS
    assert [student.name for student in filled.filled] == ["Li"]


def test_moodle_gets_the_parts_as_a_comment(tmp_path: Path) -> None:
    given = tmp_path / "worksheet.csv"
    given.write_bytes(MOODLE)
    path, _ = fill_list("moodle", given, MARKS, tmp_path)
    line = path.read_text().splitlines()[1]
    assert line.startswith("Participant 1,9.2,graded: 8 of 10; late by 1 day: -0.8; adjusted: +2")


def test_the_list_itself_is_never_overwritten(tmp_path: Path) -> None:
    given = tmp_path / "canvas.csv"
    given.write_bytes(CANVAS)
    with pytest.raises(UsageError, match="download the list again, elsewhere"):
        fill_list("canvas", given, MARKS, tmp_path)
    assert given.read_bytes() == CANVAS


def test_a_wrong_file_leaves_nothing_behind(tmp_path: Path) -> None:
    given = tmp_path / "other.csv"
    given.write_bytes(b"a,b\n")
    with pytest.raises(UsageError, match=r"other\.csv"):
        fill_list("moodle", given, MARKS, tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        fill_list("moodle", tmp_path / "nowhere.csv", MARKS, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other.csv"]
