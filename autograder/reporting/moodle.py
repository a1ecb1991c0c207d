"""Fills marks into the grading worksheet that Moodle gives out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograder.errors import UsageError
from autograder.model import Mark, Student
from autograder.platforms.roster import COLUMN_KINDS
from autograder.reporting.csv_cells import Cell, read_sheet
from autograder.reporting.filling import Filled, Row, fill_rows
from autograder.text import printable

_GRADE = frozenset(
    {"grade", "bewertung", "calificación", "note", "nota", "valutazione", "cijfer", "beoordeling"}
    | {"avaliação", "ocena", "оценка", "الدرجة", "成绩", "成績", "評点", "점수"}
)
_COMMENT = frozenset(
    {"feedback comments", "feedback als kommentar", "comentarios de retroalimentación"}
    | {"feedback par commentaires", "反馈评论"}
)
_CHANGEABLE = "grade can be changed"
"""Where Moodle has not translated this title, a row of "No" is left alone; Moodle checks it too."""
_PARTICIPANT = re.compile(r"[^0-9]*(?P<number>[0-9]+)\s*")
"""`Participant 123456`: the number is that in the names of the downloaded folders."""


def fill_moodle(
    content: bytes, marks: Iterable[Mark], column: str = "", name: str = "the Moodle worksheet"
) -> Filled:
    """The downloaded CSV file with the marks, and their comments if there is a column for these.

    `column` is the title of the grades' column, where it is not one that is known. Rows that Moodle
    calls unchangeable keep their cells. Raises UsageError for a file of another kind.
    """
    sheet = read_sheet(content, name)
    titles = [cell.text.strip().casefold() for cell in sheet.rows[0]] if sheet.rows else []
    wanted = {column.strip().casefold()} if column else _GRADE
    grades = [place for place, title in enumerate(titles) if title in wanted]
    people = [
        (match["number"], cells)
        for cells in sheet.rows[1:]
        if (match := _PARTICIPANT.fullmatch(cells[0].text))
    ]
    if len(grades) != 1 or not people:
        listed = "; ".join(printable(title, 40) for title in titles[:14])
        raise UsageError(
            f"{name}: found the columns {listed or '(none)'}; wanted participants' numbers in the "
            "first, and one of grades; name that one with --column, or download the worksheet again"
        )
    rows = [_row(number, cells, titles, grades[0]) for number, cells in people]
    beside = people[0][1][grades[0] + 1 : grades[0] + 2]  # the maximum grade, if it is no scale
    return fill_rows(sheet, rows, marks, beside[0].text if beside else "")


def _row(number: str, cells: tuple[Cell, ...], titles: list[str], grade: int) -> Row:
    by_title = dict(zip(titles, cells, strict=False))
    by_kind: dict[str, list[str]] = {}
    for title, cell in zip(titles[1:], cells[1:], strict=False):
        if cell.text.strip():
            by_kind.setdefault(COLUMN_KINDS.get(title, ""), []).append(cell.text.strip())
    ids = [id for kind in ("id", "login", "email") for id in by_kind.get(kind, ())]
    locked = by_title[_CHANGEABLE].text.strip() == "No" if _CHANGEABLE in by_title else False
    return Row(
        Student(by_kind.get("name", [""])[0], (number, *ids)),
        cells[grade] if grade < len(cells) and not locked else None,
        next((cell for title, cell in by_title.items() if title in _COMMENT), None),
    )
