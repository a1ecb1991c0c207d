"""Marks in Canvas's gradebook."""

from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.model import Mark, Student
from autograder.reporting.canvas import fill_canvas

CONTENT = (Path(__file__).parents[1] / "samples" / "canvas_export.csv").read_bytes()
TITLE = "The softmax derivative"
MARKS = [
    Mark(Student("wongada", ("4101",)), 100.0, 100.0),
    Mark(Student("王小明", ("4102",)), 50.0, 100.0),
    Mark(Student("María García López", ("00103",)), 87.5, 100.0),
    Mark(Student("الزهراءفاطمة", ("4104",)), 10.0, 100.0),
    Mark(Student("Ada Wong"), 1.0, 100.0),
    Mark(Student("obriensean", ("4106",)), 1.0, 100.0),
    Mark(Student("Nguyễn Thị Hoa"), 0.0, 100.0),
]


def test_only_the_cells_of_one_column_change() -> None:
    result = fill_canvas(CONTENT, MARKS, TITLE)
    expected = CONTENT.decode()
    for before, after in (
        ('first",8.00,,80', 'first",8.00,20,80'),
        ("9.00,3.50,", "9.00,10,"),
        ('""late""",,,,', '""late""",,17.5,,'),
        ("5.00,,50", "5.00,0,50"),
    ):
        assert expected.count(before) == 1
        expected = expected.replace(before, after)
    assert result.content.decode() == expected
    assert result.scaled_to == 20.0
    assert [student.ids for student in result.refused] == [("4104",), ("4106",)]
    assert [student.name for student in result.unlisted] == ["Ada Wong"]


@pytest.mark.parametrize("assignment", [TITLE, f"{TITLE} (412)", "412"])
def test_the_column_has_several_names(assignment: str) -> None:
    assert fill_canvas(CONTENT, MARKS, assignment) == fill_canvas(CONTENT, MARKS, TITLE)


def test_other_line_ends_and_marks_are_kept() -> None:
    plain = fill_canvas(CONTENT, MARKS, TITLE).content
    windows = b"\xef\xbb\xbf" + CONTENT.replace(b"\n", b"\r\n")
    result = fill_canvas(windows, MARKS, TITLE).content
    assert result == b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")


def test_the_european_form_gets_decimal_commas() -> None:
    content = b"Student;ID;Section;Essay (7)\n    Points Possible;;;10,00\nLi;5;A;\n"
    mark = Mark(Student("", ("5",)), 87.5, 100.0)
    assert fill_canvas(content, [mark]).content.endswith(b"Li;5;A;8,75\n")


def test_first_and_last_names_in_two_columns() -> None:
    content = b"LastName,FirstName,ID,Section,Essay (7)\nWong,Ada,5,A,\n"
    mark = Mark(Student("Ada Wong", ("ada@x",)), 3.0, 4.0)
    assert fill_canvas(content, [mark]).content.endswith(b"Wong,Ada,5,A,3\n")


@pytest.mark.parametrize(
    ("content", "assignment", "words"),
    [
        (CONTENT, "", "found 2 assignments; name one of these with --column: Homework 0"),
        (CONTENT, "Final", "found 0 columns for 'Final'"),
        (b"Student,ID\n", "", "none there"),
        (b"", "", "export the gradebook"),
        (b"id,name\n1,2\n", "", "export the gradebook"),
    ],
)
def test_a_wrong_file_or_column_is_an_error(content: bytes, assignment: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        fill_canvas(content, MARKS, assignment)
    assert str(caught.value).isprintable()
