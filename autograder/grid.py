"""The table that compares a wrong answer with the right one, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Cell:
    """The two numbers of one cell as text, with enough digits to tell them apart."""

    JSON_ROW: ClassVar[bool] = True  # a grid has up to 256 of them
    got: str
    expected: str
    wrong: bool


@dataclass(frozen=True)
class Line:
    """One row of the answer: its index, what that index means in words (if known), its cells."""

    JSON_ROW: ClassVar[bool] = True
    index: int
    meaning: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """The part of a wrong answer that is shown. A vector is one column, a number one cell."""

    dimensions: int
    """The number of dimensions of the answer: 0, 1 or 2."""
    columns: tuple[tuple[int, str], ...]
    """The index and the meaning of each column shown."""
    lines: tuple[Line, ...]
    rows_left_out: int
    """How many rows with a wrong cell are not shown. Rows without a wrong cell are not counted."""
    columns_left_out: int
    pattern: str
    """One sentence on what the wrong cells have in common, or empty."""
