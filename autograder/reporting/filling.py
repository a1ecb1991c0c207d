"""Fills marks into a platform's CSV export, leaving every other byte unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.errors import UsageError
from autograder.gradebook.marks import GRADED, NO_HAND_IN
from autograder.model.submission import Mark, Student
from autograder.platforms.enrolment import matches
from autograder.reporting.graded_folder import neutral


@dataclass(frozen=True)
class Row:
    """One person's row in the list, with the cells to fill."""

    student: Student
    score: Cell | None
    """None if the row takes no mark: excused, not assigned, or locked."""
    comment: Cell | None = None


@dataclass(frozen=True)
class Filled:
    """The list with the marks filled in."""

    content: bytes
    """The file to upload; only the filled cells differ from the given file."""
    filled: tuple[Student, ...]
    refused: tuple[Student, ...]
    """Students with a mark whose row takes none."""
    unlisted: tuple[Student, ...]
    """Students with a mark who are not in the list, or have no certain match."""
    scaled_to: float | None = None
    """The list's maximum score if it differs from ours; marks are then scaled to it."""
    above: tuple[Student, ...] = ()
    """Students whose mark is above the list's maximum; some platforms skip such marks."""


def fill_rows(sheet: Sheet, rows: Sequence[Row], marks: Iterable[Mark], best_score: str) -> Filled:
    """Return `sheet` with each mark in the row of its student.

    `best_score` is the list's maximum score as text: a number, whose decimal point or comma is used
    for all marks, or "". Scores are rounded to two decimals, as platforms do.
    """
    marks = tuple(marks)
    by_student = {row.student: row for row in rows}
    listed = matches((mark.student for mark in marks), [row.student for row in rows])
    best = number(best_score)
    changes: dict[Cell, str] = {}
    filled, refused, unlisted, above = [], [], [], []
    scaled_to = None
    for mark in marks:
        row = by_student[listed[mark.student]] if mark.student in listed else None
        if row is None or row.score in changes:
            unlisted.append(mark.student)
        elif row.score is None:
            refused.append(mark.student)
        else:
            score = mark.score
            if best and mark.max_score and best != mark.max_score:
                score *= best / mark.max_score
                scaled_to = best
            if best and round(score, 2) > best:
                above.append(mark.student)
            changes[row.score] = _written(score, "," if "," in best_score else ".")
            if row.comment and mark.comment and not _by_hand(row.comment.text):
                changes[row.comment] = neutral(mark.comment)
            filled.append(mark.student)
    content = write_sheet(sheet, changes)
    return Filled(content, tuple(filled), tuple(refused), tuple(unlisted), scaled_to, tuple(above))


def _by_hand(comment: str) -> bool:
    """Whether someone else wrote the comment, and not an earlier run."""
    return bool(comment.strip()) and not comment.startswith((NO_HAND_IN, GRADED))


def number(text: str) -> float | None:
    """The number in a cell, with a decimal point or comma; None if it is not a number."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _written(score: float, point: str) -> str:
    text = f"{score:.2f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace(".", point)


# --- single cells of a CSV file ---------------------------------------------------------------

_BYTE_ORDER_MARK = "\ufeff"
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_NOT_CSV = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"%PDF")
"""The signatures of zip archives, which Excel's own files are too, of gzip and of PDF."""
_ERRORS = {"utf-8": "surrogateescape", "utf-16-le": "surrogatepass", "utf-16-be": "surrogatepass"}


@dataclass(frozen=True)
class Cell:
    """The text of one cell and its position in the file."""

    text: str
    """Without the quotes."""
    start: int
    end: int
    """The position in the file's text, quotes included."""
    quoted: bool


@dataclass(frozen=True)
class Sheet:
    """A CSV file with the positions of its cells."""

    text: str
    separator: str
    rows: tuple[tuple[Cell, ...], ...]
    """Without empty lines."""
    encoding: str = "utf-8"


def read_sheet(content: bytes, name: str) -> Sheet:
    """Parse a CSV file, separated by comma, semicolon or tab; `name` is for error messages.

    UTF-16, which Blackboard writes for Excel, is recognised by its byte order mark. Bytes that are
    not UTF-8 are preserved. Raises UsageError for truncated UTF-16, for an unclosed quote, and for
    a file that is not text.
    """
    encoding = _UTF_16.get(content[:2], "utf-8")
    try:
        text = content.decode(encoding, _ERRORS[encoding])
    except UnicodeDecodeError:
        raise UsageError(f"{name}: ends in the middle of a character; download it again") from None
    if content.startswith(_NOT_CSV) or "\0" in text[:4096]:
        raise UsageError(f"{name}: is not a CSV file; export the list again, as CSV")
    start = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    first_line = re.match(r'(?:[^"\r\n]|"[^"]*")*', text[start:])
    titles = re.sub(r'"[^"]*"', "", first_line[0] if first_line else "")
    separator = max(",;\t", key=titles.count)
    return Sheet(text, separator, tuple(_rows(text, start, separator, name)), encoding)


def write_sheet(sheet: Sheet, changes: Mapping[Cell, str]) -> bytes:
    """The file with new texts in some cells, quoted if the cell was quoted or if needed."""
    pieces = []
    done = 0
    for cell in sorted(changes, key=lambda cell: cell.start):
        text = changes[cell]
        if cell.quoted or re.search(f'["\r\n{sheet.separator}]', text):
            text = '"' + text.replace('"', '""') + '"'
        pieces += [sheet.text[done : cell.start], text]
        done = cell.end
    text = "".join([*pieces, sheet.text[done:]])
    return text.encode(sheet.encoding, _ERRORS[sheet.encoding])


def _rows(text: str, place: int, separator: str, name: str) -> Iterator[tuple[Cell, ...]]:
    cell_pattern = re.compile(rf'(?:"((?:[^"]|"")*)")?([^{separator}\r\n]*)')
    row: list[Cell] = []
    while place < len(text) or row:
        match = cell_pattern.match(text, place)
        assert match is not None  # the pattern also matches the empty string
        quoted = match[1] is not None
        if not quoted and match[2].startswith('"'):
            line = text.count("\n", 0, place) + 1
            raise UsageError(f"{name}: line {line}: unclosed quote; download it again")
        inside = (match[1] or "").replace('""', '"') + match[2]
        row.append(Cell(inside, match.start(), match.end(), quoted))
        place = match.end()
        if text.startswith(separator, place):
            place += 1
            continue
        if len(row) > 1 or row[0].start < row[0].end:
            yield tuple(row)
        row = []
        place += 2 if text.startswith("\r\n", place) else 1
