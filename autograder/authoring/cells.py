"""The cells of a script in jupytext's percent format."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from autograder.errors import CourseError

MARKER = re.compile(r"#\s*%%(\s|$)")
TAGS = re.compile(r"""\btags"?\s*[=:]\s*(\[[^\]]*\])""")


@dataclass(frozen=True)
class Cell:
    """A run of lines from one `# %%` marker to the next; the first cell may have no marker."""

    first: int
    """The line number of its marker, counted from 1."""
    last: int
    markdown: bool
    tags: tuple[str, ...]


def split_cells(text: str, place: str) -> tuple[Cell, ...]:
    """The cells of `text` in order; together they hold every line.

    Raises CourseError where a cell's tags are no JSON list, or are like `solution` but not it.
    """
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if MARKER.match(line)]
    if not starts or starts[0] != 1:
        starts.insert(0, 1)
    ends = [start - 1 for start in starts[1:]] + [len(lines)]
    return tuple(
        _cell(lines[first - 1] if lines else "", first, last, place)
        for first, last in zip(starts, ends, strict=True)
    )


def _cell(marker: str, first: int, last: int, place: str) -> Cell:
    if not MARKER.match(marker):
        return Cell(first, last, markdown=False, tags=())
    found = TAGS.search(marker)
    tags: list[str] = []
    if found:
        try:
            tags = [str(tag) for tag in json.loads(found[1])]
        except ValueError:
            raise CourseError(
                f'{place}:{first}: the cell has {found[0]}; write tags=["solution"]'
            ) from None
    for tag in tags:
        # A misspelt tag would hand the solution out.
        if tag != "solution" and "solution" in tag.lower():
            raise CourseError(f'{place}:{first}: the cell has the tag "{tag}"; write "solution"')
    return Cell(first, last, bool(re.search(r"\[(markdown|md)\]", marker)), tuple(tags))
