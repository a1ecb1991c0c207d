"""Finds and replaces one function in the text of a Python file, broken ones included."""

from __future__ import annotations

import ast
import re


def find_function(text: str, name: str) -> tuple[int, int] | None:
    """The first and the last line, from 0, of the function with its decorators; None if absent.

    The last definition counts, as it does in Python. Where the text cannot be parsed, the function
    ends before the next line that begins at the left margin.
    """
    try:
        nodes = ast.parse(text).body
    except (SyntaxError, ValueError):
        return _find_in_broken(text.split("\n"), name)
    found = None
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            found = first - 1, (node.end_lineno or node.lineno) - 1
    return found


def function_text(text: str, name: str) -> str | None:
    """The text of the function, without a line end; None where there is none."""
    found = find_function(text, name)
    return None if found is None else "\n".join(text.split("\n")[found[0] : found[1] + 1])


def replace_function(text: str, name: str, new: str) -> str | None:
    """`text` with `new` in the place of the function; None where there is none."""
    found = find_function(text, name)
    if found is None:
        return None
    lines = text.split("\n")
    return "\n".join([*lines[: found[0]], new, *lines[found[1] + 1 :]])


def without_docstring(text: str) -> str:
    """The text of a function less its docstring; as it is where nothing else would be left."""
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    first, *others = function.body
    if ast.get_docstring(function) is None or not others or first.lineno == function.lineno:
        return text
    lines = text.split("\n")
    return "\n".join([*lines[: first.lineno - 1], *lines[first.end_lineno :]])


def _find_in_broken(lines: list[str], name: str) -> tuple[int, int] | None:
    begins = re.compile(rf"(async )?def {re.escape(name)}\b")
    starts = [number for number, line in enumerate(lines) if begins.match(line)]
    if not starts:
        return None
    first = last = starts[-1]
    while first > 0 and lines[first - 1].startswith("@"):
        first -= 1
    for number in range(last + 1, len(lines)):
        line = lines[number]
        if line.strip() and not line.startswith((" ", "\t", ")", "]", "}")):
            break
        if line.strip():
            last = number
    return first, last
