"""Finds out whether a file that does not compile would in a newer Python, and in which.

What a newer grammar allows is replaced by what says the same to an older one, and compiled.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

_PREFIX = re.compile(r"(?<![\w\"'])(?:[rR]?[fFtT]|[fFtT][rR])(\"\"\"|'''|\"|')")
_QUOTE = re.compile(r"[rRbBuUfFtT]{0,2}(\"\"\"|'''|\"|')")
_TYPE_PARAMETERS = re.compile(r"^(\s*(?:async\s+)?(?:def|class)\s+\w+)\[[^\]]*\]", re.MULTILINE)
_TYPE_ALIAS = re.compile(r"^(\s*)type\s+(\w+)(?:\[[^\]]*\])?\s*=", re.MULTILINE)
_BARE_EXCEPT = re.compile(r"^(\s*except\s+)((?:[\w.]+\s*,\s*)+[\w.]+)(\s*:)", re.MULTILINE)


def _without_formatted(text: str) -> str:
    """With a plain string for each f-string, which may have its own quotes inside since 3.12."""
    pieces = []
    at = 0
    while found := _PREFIX.search(text, at):
        end = _end_of_formatted(text, found.end(), found[1])
        if end < 0:
            break
        lines = text.count("\n", found.start(), end)
        pieces.append(text[at : found.start()] + "''" + "\\\n" * lines)
        at = end
    return "".join(pieces) + text[at:]


def _end_of_formatted(text: str, at: int, quote: str) -> int:
    """Where the f-string ends whose text begins at `at`; -1 if it does not."""
    depth = 0
    while at < len(text):
        if not depth and text.startswith(quote, at):
            return at + len(quote)
        if not depth and len(quote) == 1 and text[at] == "\n":
            return -1
        if (text.startswith(("{{", "}}"), at) and not depth) or (text[at] == "\\" and not depth):
            at += 2
        elif depth and (inner := _QUOTE.match(text, at)):
            at = _end_of_formatted(text, inner.end(), inner[1])
            if at < 0:
                return -1
        else:
            depth += (text[at] == "{") - (text[at] == "}")
            at += 1
    return -1


def _older_312(text: str) -> str:
    text = _TYPE_ALIAS.sub(r"\1\2 =", _TYPE_PARAMETERS.sub(r"\1", text))
    return _without_formatted(text)


_CHANGES: tuple[tuple[tuple[int, int], Callable[[str], str]], ...] = (
    ((3, 11), lambda text: re.sub(r"\bexcept\s*\*", "except ", text)),
    ((3, 12), _older_312),
    ((3, 14), lambda text: _BARE_EXCEPT.sub(r"\1(\2)\3", text)),
)


def needed(text: str) -> tuple[int, int] | None:
    """The Python that the text needs; None where it is not that what keeps it from compiling."""
    for version, older in _CHANGES:
        if version <= sys.version_info[:2]:
            continue
        text = older(text)
        try:
            compile(text, "text", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return version
    return None


def in_students_terms(error: SyntaxError, text: str) -> SyntaxError:
    """The error, or one that says which Python the text needs."""
    version = needed(text)
    if version is None:
        return error
    needs, here = ".".join(map(str, version)), ".".join(map(str, sys.version_info[:2]))
    said = SyntaxError(
        f"this needs Python {needs} or newer, and is graded with Python {here}: "
        f"write line {error.lineno} as Python {here} allows"
    )
    said.filename, said.lineno, said.text = error.filename, error.lineno, error.text
    return said
