"""A wrong answer next to the right one, cell by cell, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Cell:
    """Two numbers as text, with the digits that tell them apart."""

    JSON_ROW: ClassVar[bool] = True  # a grid has up to 256 of them
    got: str
    expected: str
    wrong: bool


@dataclass(frozen=True)
class Line:
    """One row of the answer: where it stands, and what that place means in words, if known."""

    JSON_ROW: ClassVar[bool] = True
    index: int
    meaning: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """The part of a wrong answer worth looking at. A vector is one column, a number one cell."""

    dimensions: int
    """Of the answer: 0, 1 or 2."""
    columns: tuple[tuple[int, str], ...]
    """The index and the meaning of each column shown."""
    lines: tuple[Line, ...]
    rows_left_out: int
    """Rows with a wrong cell that are not shown; rows without one may be missing besides."""
    columns_left_out: int
    pattern: str
    """One sentence on what the wrong cells have in common."""
