"""Marks in a platform's list."""

from autograder.model import Mark, Student
from autograder.reporting.filling import Filled, Row, fill_rows, read_sheet

CONTENT = b"id,grade,comment\n1,,\n2,,\n3,,\n"


def _fill(*marks: Mark, best_score: str = "100") -> Filled:
    sheet = read_sheet(CONTENT, "list.csv")
    rows = [
        Row(Student("", (cells[0].text,)), cells[1] if cells[0].text != "3" else None, cells[2])
        for cells in sheet.rows[1:]
    ]
    return fill_rows(sheet, rows, marks, best_score)


def _mark(id: str, score: float, comment: str = "") -> Mark:
    return Mark(Student("", (id,)), score, 100.0, comment)


def test_marks_go_to_their_rows() -> None:
    result = _fill(_mark("2", 87.456), _mark("1", 100.0), _mark("3", 5.0), _mark("9", 6.0))
    assert result.content == b"id,grade,comment\n1,100,\n2,87.46,\n3,,\n"
    assert [student.ids[0] for student in result.filled] == ["2", "1"]
    assert [student.ids[0] for student in result.refused] == ["3"]
    assert [student.ids[0] for student in result.unlisted] == ["9"]
    assert result.scaled_to is None


def test_a_second_mark_for_one_row_is_reported_and_not_written() -> None:
    result = _fill(_mark("1", 50.0), _mark("1", 60.0))
    assert b"1,50,\n" in result.content
    assert len(result.unlisted) == 1


def test_a_namesake_who_is_not_listed_does_not_take_the_row() -> None:
    sheet = read_sheet(b"id,grade\n101,\n", "list.csv")
    rows = [Row(Student("Wong, Ada", (cells[0].text,)), cells[1]) for cells in sheet.rows[1:]]
    marks = [
        Mark(Student("wongada", (id,)), points, 100.0) for id, points in (("9", 1), ("101", 2))
    ]
    result = fill_rows(sheet, rows, marks, "")
    assert result.content == b"id,grade\n101,2\n"
    assert [student.ids[0] for student in result.unlisted] == ["9"]


def test_scores_are_in_proportion_to_the_lists_best() -> None:
    result = _fill(_mark("1", 87.5), best_score="20.00")
    assert b"1,17.5,\n" in result.content
    assert result.scaled_to == 20.0
    assert b"1,87.5,\n" in _fill(_mark("1", 87.5), best_score="").content
    assert b"1,87.5,\n" in _fill(_mark("1", 87.5), best_score="(read only)").content


def test_decimal_commas_are_kept() -> None:
    assert b'1,"87,5",\n' in _fill(_mark("1", 87.5), best_score="100,00").content


def test_numbers_stay_numbers_and_comments_never_run() -> None:
    result = _fill(_mark("1", -0.001, "=HYPERLINK(1)"), _mark("2", -2.5, "-2.5"))
    assert result.content == b"id,grade,comment\n1,0,'=HYPERLINK(1)\n2,-2.5,-2.5\n3,,\n"


def test_two_rows_of_one_person_are_not_guessed_at() -> None:
    sheet = read_sheet(b"id,grade\n1,\n1,\n", "list.csv")
    rows = [Row(Student("", (cells[0].text,)), cells[1]) for cells in sheet.rows[1:]]
    result = fill_rows(sheet, rows, [_mark("1", 5.0)], "")
    assert result.content == b"id,grade\n1,\n1,\n"
    assert len(result.unlisted) == 1
