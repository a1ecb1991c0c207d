"""Reads the text of a solution: cells in jupytext's percent format, and lines of statements."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
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


def first_line(node: ast.stmt) -> int:
    """The line of the statement's first decorator, or of the statement itself."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def comments_above(first: int, lines: list[str]) -> Iterator[int]:
    """The comment lines that touch line `first` from above."""
    number = first - 1
    while number >= 1 and lines[number - 1].startswith("#") and not MARKER.match(lines[number - 1]):
        yield number
        number -= 1


def comments_below(last: int, lines: list[str]) -> Iterator[int]:
    """The indented comments after a function's last statement, which still belong to its body."""
    blank: list[int] = []
    for number in range(last + 1, len(lines) + 1):
        line = lines[number - 1]
        if not line.strip():
            blank.append(number)
        elif line[0].isspace() and line.lstrip().startswith("#"):
            yield from blank
            yield number
            blank = []
        else:
            return


def lines_of(node: ast.stmt, lines: list[str]) -> Iterator[int]:
    """All lines of the statement, with the comments that belong to it."""
    first, last = first_line(node), node.end_lineno or node.lineno
    yield from comments_above(first, lines)
    yield from range(first, last + 1)
    yield from comments_below(last, lines)


def signature_ends(text: str) -> dict[int, tuple[int, int]]:
    """For each logical line that starts with `def`: its first line to the place after its colon."""
    ends: dict[int, tuple[int, int]] = {}
    start: int | None = None
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string == "def" and start is None:
            start, depth = token.start[0], 0
        elif token.type == tokenize.OP and start is not None:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                ends[start] = token.end
                start = None
    return ends
