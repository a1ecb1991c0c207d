"""Finds the cells of a script that was made from a notebook, or is edited like one.

Every cell comes with the empty lines before it, so that its lines keep their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.sandbox.guest.shell import compiled

SIGNS = re.compile(
    rb"^(?:# Databricks notebook source|# Commented out IPython magic|[ \t]*# %%?(?:run|time|timeit"
    rb"|prun|capture|writefile|file)\b|app = marimo\.App)",
    re.MULTILINE,
)
"""What a script has in it that is more than its plain Python says."""

_MARK = re.compile(r"#[ \t]*(?:%%(?=[ \t\[]|$)|In ?\[[ \d]*\]|<codecell>)|# \+(?:[ \t{]|$)|# -$")
_CELL_MAGIC = re.compile(r"%%\w")
_PLAIN_CELL = re.compile(r"%%(?:time|timeit|capture|prun|memit|python3?)\b")
_COMMENTED = re.compile(r"([ \t]*)# (%(?:run|time|timeit|prun)\b.*)")
_COMMENTED_CELL = re.compile(r"# (%%(?:writefile|file)\b.*)")
_COLAB = "# Commented out IPython magic"
_DATABRICKS = "# Databricks notebook source"
_MAGIC = "# MAGIC"


def cells_of(text: str) -> list[str]:
    """The cells of a script, in their order; the whole text where nothing divides it."""
    lines = text.split("\n")
    if text.lstrip().startswith(_DATABRICKS):
        ends = {number for number, line in enumerate(lines) if line.startswith("# COMMAND -----")}
        return [_databricks(cell, start) for start, cell in _divided(lines, ends)]
    marks = [number for number, line in enumerate(lines) if _MARK.match(line.rstrip())]
    starts = {number for number, line in enumerate(lines) if _CELL_MAGIC.match(line)} | set(marks)
    if any(line.startswith(_COLAB) for line in lines):
        lines = _colab(lines, starts)
    for number in range(len(lines)):
        commented = _COMMENTED_CELL.match(lines[number])
        if commented:
            lines[number] = commented[1]
            starts |= {number, *_next_gap(lines, number, marks)}
        else:
            lines[number] = _COMMENTED.sub(r"\1\2", lines[number])
    for start in list(starts):
        if not marks and lines[start].startswith("%%") and not _PLAIN_CELL.match(lines[start]):
            starts |= set(_next_gap(lines, start, marks))
    for mark in marks:  # a cell's magic comes first in it
        if mark in starts and lines[mark].startswith("#"):
            lines[mark] = ""
    return [_numbered(cell, start) for start, cell in _divided(lines, starts)]


def _divided(lines: list[str], starts: set[int]) -> Iterator[tuple[int, list[str]]]:
    bounds = sorted({0, *starts})
    for start, end in zip(bounds, [*bounds[1:], len(lines)], strict=True):
        yield start, lines[start:end]


def _numbered(lines: list[str], start: int) -> str:
    return "\n" * start + "\n".join(lines)


def _next_gap(lines: list[str], start: int, marks: list[int]) -> list[int]:
    """Where a cell ends that nothing else ends: at two empty lines, or one before what is code."""
    if any(mark > start for mark in marks):
        return []
    for number in range(start + 1, len(lines) - 1):
        empty = not lines[number].strip()
        if empty and not lines[number + 1].strip():
            return [number]
    return []


def _databricks(lines: list[str], start: int) -> str:
    """A cell whose lines of another language are comments that begin with MAGIC."""
    magic = [line[len(_MAGIC) :].strip() for line in lines if line.startswith(_MAGIC)]
    if magic and re.match(r"%(?:python|run|time|timeit|prun)\b", magic[0]):
        lines = [_without_magic(line) for line in lines]
    return _numbered(lines, start)


def _without_magic(line: str) -> str:
    if not line.startswith(_MAGIC):
        return line
    text = line[len(_MAGIC) :].removeprefix(" ")
    return text.replace("%python", "", 1) if text.startswith("%python") else text


def _colab(lines: list[str], starts: set[int]) -> list[str]:
    """With the cells in place again that Colab put into comments, and where they begin and end."""
    lines = list(lines)
    for number, line in enumerate(lines):
        if not line.startswith(_COLAB):
            continue
        end = number + 1
        while end < len(lines) and lines[end].startswith("#") and not lines[end].startswith(_COLAB):
            end += 1
        block = [re.sub("^# ?", "", line) for line in lines[number + 1 : end]]
        first = next((place for place, line in enumerate(block) if line.strip()), 0)
        if block[first : first + 1] and block[first].startswith("%%") and _is_code(block[first:]):
            lines[number + 1 : end] = block
            starts |= {number + 1 + first, end}
    return lines


def _is_code(block: list[str]) -> bool:
    """Whether a cell in comments is one; what follows its magic may be a remark on plain code."""
    if not _PLAIN_CELL.match(block[0]):
        return True
    try:
        compiled("\n".join(block[1:]), "cell")
    except (SyntaxError, ValueError):
        return False
    return any(line.strip() for line in block[1:])
