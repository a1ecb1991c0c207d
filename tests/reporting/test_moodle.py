"""Marks in Moodle's grading worksheet."""

from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.model import Mark, Student
from autograder.reporting.moodle import fill_moodle

CONTENT = (Path(__file__).parents[1] / "samples" / "moodle_worksheet.csv").read_bytes()
MARKS = [
    Mark(Student("Ada Wong", ("501",)), 87.5, 100.0, "Part 1: look at the axis"),
    Mark(Student("小明 王", ("502",)), 60.0, 100.0),
    Mark(Student("María García López", ("503",)), 70.0, 100.0, "=1+1"),
    Mark(Student("فاطمة الزهراء", ("504",)), 80.0, 100.0),
    Mark(Student("Ada Wong", ("00105",)), 90.0, 100.0),
    Mark(Student("Seán O'Brien", ("506",)), 0.0, 100.0),
]


def test_grades_and_comments_change_and_nothing_else() -> None:
    result = fill_moodle(CONTENT, MARKS)
    lines = CONTENT.decode().split("\n")
    lines[1] = lines[1].replace(",,100.00", ",87.5,100.00") + "Part 1: look at the axis"
    lines[2] = lines[2].replace("55.00", "60")
    lines[4] = lines[4].replace(",,100.00", ",70,100.00") + "'=1+1"
    lines[6] = lines[6].replace(",,100.00", ",90,100.00")
    assert result.content.decode().split("\n") == lines
    assert [student.ids for student in result.refused] == [("504",)]
    assert [student.ids for student in result.unlisted] == [("506",)]


def test_titles_in_other_languages() -> None:
    german = (
        "ID,Vollständiger Name,Status,Bewertung,Bestwertung,Bewertung kann geändert werden\n"
        'Teilnehmer/in12,Ada Wong,,,"20,00",Ja\n'
    ).encode()
    mark = Mark(Student("", ("12",)), 87.5, 100.0)
    assert b',"17,5","20,00",Ja' in fill_moodle(german, [mark]).content
    other = german.replace(b"Bewertung,", b"patlh,", 1)
    with pytest.raises(UsageError, match="name that one"):
        fill_moodle(other, [mark])
    assert b',"17,5","20,00",Ja' in fill_moodle(other, [mark], "patlh").content


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"Identifier,Grade\nnobody,\n"])
def test_another_file_is_an_error(content: bytes) -> None:
    with pytest.raises(UsageError, match="download the worksheet again") as caught:
        fill_moodle(content, MARKS)
    assert str(caught.value).isprintable()


def test_a_comment_by_hand_stays_and_an_earlier_one_of_ours_is_replaced() -> None:
    li, wong = (
        Mark(Student("", ("1",)), 2.0, 4.0, "graded: 2 of 4"),
        Mark(Student("", ("2",)), 3.0, 4.0, "graded: 3 of 4"),
    )
    content = b"Identifier,Grade,Feedback comments\nParticipant 1,,well done: go on\n"
    content += b"Participant 2,1,graded: 1 of 4; final mark: 1\n"
    lines = fill_moodle(content, [li, wong]).content.splitlines()
    assert lines[1] == b"Participant 1,2,well done: go on"
    assert lines[2] == b"Participant 2,3,graded: 3 of 4"
