"""Fills marks into the gradebook that Canvas exports."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograder.errors import UsageError
from autograder.model import Mark, Student
from autograder.reporting.csv_cells import Cell, Sheet, read_sheet
from autograder.reporting.filling import Filled, Row, fill_rows
from autograder.text import printable

_TITLE = re.compile(r"(?P<title>.*) \((?P<id>[0-9]+)\)", re.DOTALL)
"""Of an assignment's column, as in Canvas's `lib/gradebook_exporter.rb`."""
_IDS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
_TAKES_NO_MARK = ("EX", "N/A")
_POINTS = "Points Possible"


def fill_canvas(
    content: bytes, marks: Iterable[Mark], assignment: str = "", name: str = "the Canvas export"
) -> Filled:
    """The exported CSV file with the marks in the column of one assignment.

    `assignment` is the column's title, with or without Canvas's number, or the number; it may be
    left out where there is only one. Excused students, and those to whom it is not assigned, keep
    their cell. Raises UsageError for a file of another kind and for a column that is not there.
    """
    sheet = read_sheet(content, name)
    titles = [cell.text for cell in sheet.rows[0]] if sheet.rows else []
    if "ID" not in titles or not {"Student", "LastName"} & set(titles):
        raise UsageError(
            f"{name}: line 1 has no columns Student and ID; export the gradebook from Canvas again"
        )
    column = _column(titles, assignment, name)
    points = next((row for row in sheet.rows if _POINTS in row[0].text), ())
    best_score = points[column].text if column < len(points) else ""
    return fill_rows(sheet, _rows(sheet, titles, column), marks, best_score)


def _column(titles: list[str], assignment: str, name: str) -> int:
    found = []
    known = []
    for column, title in enumerate(titles):
        if match := _TITLE.fullmatch(title):
            known.append(title)
            if not assignment or assignment in (title, match["title"], match["id"]):
                found.append(column)
    if len(found) != 1:
        wanted = printable(assignment, 60)
        what = f"{len(found)} columns for {wanted!r}" if wanted else f"{len(known)} assignments"
        listed = "; ".join(printable(title, 60) for title in known[:8])
        raise UsageError(
            f"{name}: found {what}; name one of these with --column: {listed or 'none there'}"
        )
    return found[0]


def _rows(sheet: Sheet, titles: list[str], column: int) -> list[Row]:
    rows = []
    for cells in sheet.rows[1:]:
        by_title = {title: cell.text for title, cell in zip(titles, cells, strict=False)}
        ids = tuple(filter(None, (by_title.get(title, "").strip() for title in _IDS)))
        if ids:  # neither the points nor the posting policies
            rows.append(Row(Student(_name(by_title), ids), _markable(cells, column)))
    return rows


def _name(by_title: dict[str, str]) -> str:
    if "Student" in by_title:
        return by_title["Student"]
    return f"{by_title.get('LastName', '')}, {by_title.get('FirstName', '')}"


def _markable(cells: tuple[Cell, ...], column: int) -> Cell | None:
    if column >= len(cells) or cells[column].text.strip().upper() in _TAKES_NO_MARK:
        return None
    return cells[column]
