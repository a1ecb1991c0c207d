"""Says which lines of a file belong to a statement; lines are counted from 1."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator

from autograder.authoring.cells import MARKER


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
