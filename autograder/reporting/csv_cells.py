"""Changes single cells of a CSV file, leaving every other byte of it as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.errors import UsageError

_BYTE_ORDER_MARK = "\ufeff"
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_ERRORS = {"utf-8": "surrogateescape", "utf-16-le": "surrogatepass", "utf-16-be": "surrogatepass"}


@dataclass(frozen=True)
class Cell:
    """One cell: what it says, and where it says it."""

    text: str
    """Without its quotes."""
    start: int
    end: int
    """Its place in the file's text, quotes included."""
    quoted: bool


@dataclass(frozen=True)
class Sheet:
    """A CSV file with the places of its cells."""

    text: str
    separator: str
    rows: tuple[tuple[Cell, ...], ...]
    """Lines without any character are no rows."""
    encoding: str = "utf-8"


def read_sheet(content: bytes, name: str) -> Sheet:
    """The cells of the file with these bytes, separated by comma, semicolon or tab.

    UTF-16, as Blackboard writes it for Excel, is told by its byte order mark. Bytes that are not
    UTF-8 are kept. Raises UsageError for half a character of UTF-16, and for an open quote.
    """
    encoding = _UTF_16.get(content[:2], "utf-8")
    try:
        text = content.decode(encoding, _ERRORS[encoding])
    except UnicodeDecodeError:
        raise UsageError(f"{name}: is cut off in a character; download it again") from None
    start = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    first_line = re.match(r'(?:[^"\r\n]|"[^"]*")*', text[start:])
    titles = re.sub(r'"[^"]*"', "", first_line[0] if first_line else "")
    separator = max(",;\t", key=titles.count)
    return Sheet(text, separator, tuple(_rows(text, start, separator, name)), encoding)


def write_sheet(sheet: Sheet, changes: Mapping[Cell, str]) -> bytes:
    """The file with new texts in some cells, quoted where they were quoted or have to be."""
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
        assert match is not None  # it matches the empty text
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
