"""Marks in a platform's list."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.model.submission import Mark, Student
from autograder.reporting.filling import Filled, Row, fill_rows, read_sheet, write_sheet

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


# --- changing single cells of CSV files ---


# A carriage return alone is left out, as Python's writer forgets to quote it.
_texts = st.text(alphabet="ab1,;\t\"'= \né李", max_size=5)


def _written(rows: list[list[str]], separator: str, end: str, quoting: int) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows(rows)
    return stream.getvalue()


_tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(_texts, min_size=width, max_size=width), min_size=1, max_size=4)
)


@given(
    _tables,
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
    st.data(),
)
def test_one_cell_changes_and_every_other_byte_stays(
    rows: list[list[str]], separator: str, end: str, quoting: int, mark: bool, data: st.DataObject
) -> None:
    rows = [[f"title{column}" for column in range(len(rows[0]))], *rows]
    text = _written(rows, separator, end, quoting)
    content = text.encode("utf-8-sig" if mark else "utf-8")
    sheet = read_sheet(content, "list.csv")
    assert [[cell.text for cell in row] for row in sheet.rows] == rows
    assert write_sheet(sheet, {}) == content

    line = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    new = data.draw(_texts)
    cell = sheet.rows[line][column]
    changed = write_sheet(sheet, {cell: new})
    start = len(sheet.text[: cell.start].encode())
    after = len(sheet.text[cell.end :].encode())
    assert changed[:start] == content[:start]
    assert changed[len(changed) - after :] == content[len(content) - after :]
    rows[line][column] = new
    again = read_sheet(changed, "list.csv")
    assert [[cell.text for cell in row] for row in again.rows] == rows


def test_bytes_that_are_no_utf8_are_kept() -> None:
    content = b"name,grade\nJos\xe9,\n"
    sheet = read_sheet(content, "list.csv")
    assert write_sheet(sheet, {sheet.rows[1][1]: "5"}) == b"name,grade\nJos\xe9,5\n"


def test_odd_but_legal_files() -> None:
    sheet = read_sheet(b'a,b\n\n"x"y,z"w\r,\r\n"\r\n",c\nlast,', "list.csv")
    assert [[cell.text for cell in row] for row in sheet.rows] == [
        ["a", "b"],
        ["xy", 'z"w'],
        ["", ""],
        ["\r\n", "c"],
        ["last", ""],
    ]
    assert read_sheet(b"", "list.csv").rows == ()


def test_the_separator_is_that_of_the_titles_outside_of_quotes() -> None:
    assert read_sheet(b'"a,b,c";d\n1;2\n', "list.csv").separator == ";"
    assert read_sheet(b'"a\nb";d\n1,5;2,5\n', "list.csv").separator == ";"


def test_files_that_cannot_be_read_are_named_with_the_line() -> None:
    with pytest.raises(UsageError, match=r"list\.csv: line 2: unclosed quote"):
        read_sheet(b'a,b\n"never,closed\n\n', "list.csv")
    with pytest.raises(UsageError, match=r"list\.csv: ends in the middle"):
        read_sheet("a,b".encode("utf-16")[:-1], "list.csv")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_stays_utf_16(encoding: str) -> None:
    content = '\ufeffName\tMark\r\n"Zoë \U0001f600"\t\r\n'.encode(encoding)
    sheet = read_sheet(content, "list.csv")
    assert write_sheet(sheet, {}) == content
    changed = write_sheet(sheet, {sheet.rows[1][1]: "7,5"})
    assert changed == content.replace("\t\r\n".encode(encoding), "\t7,5\r\n".encode(encoding))
