"""Changing single cells of CSV files."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.reporting.filling import read_sheet, write_sheet

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
    with pytest.raises(UsageError, match=r"list\.csv: is cut off"):
        read_sheet("a,b".encode("utf-16")[:-1], "list.csv")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_stays_utf_16(encoding: str) -> None:
    content = '\ufeffName\tMark\r\n"Zoë \U0001f600"\t\r\n'.encode(encoding)
    sheet = read_sheet(content, "list.csv")
    assert write_sheet(sheet, {}) == content
    changed = write_sheet(sheet, {sheet.rows[1][1]: "7,5"})
    assert changed == content.replace("\t\r\n".encode(encoding), "\t7,5\r\n".encode(encoding))
