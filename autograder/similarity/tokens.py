"""Reads Python text as functions of tokens that stay the same when names and layout change.

Python's own tokenizer is not used: it differs between versions, and raises on what is no Python.
This one takes any text, in time that grows with its length only.
"""

from __future__ import annotations

import builtins
import keyword
import re
from bisect import bisect
from collections.abc import Collection
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

LONGEST = 200_000
"""Characters of one text that are read."""

_NEAR = 24
"""How many names back the same name is looked for."""
_FIXED = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"np", "numpy"}
_STRING, _NAME, _OTHER = 1, 2, 1000

# Every alternative consumes what it begins to match, and none can match a text in two ways:
# strings that are not closed end with the line or, if they have three quotes, with the text.
_TOKEN = re.compile(
    r"""
      (?P<skip> \#[^\n]* | [^\S\n]+ | \n | \\\n )
    | (?P<string> [rRbBuUfF]{0,2}
        (?: \"\"\" [^"\\]* (?: (?: \\. | "(?!"") ) [^"\\]* )* (?: \"\"\" )?
          | \'\'\' [^'\\]* (?: (?: \\. | '(?!'') ) [^'\\]* )* (?: \'\'\' )?
          | " (?: [^"\\\n] | \\. )* "?
          | ' (?: [^'\\\n] | \\. )* '? ) )
    | (?P<name> [^\W\d]\w* )
    | (?P<other> \d[\w.]* | . )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, eq=False)
class Function:
    """The tokens from one `def` to the next, or of what comes before the first."""

    name: str
    """As it was written; empty before the first `def`."""
    codes: npt.NDArray[np.uint64]
    """Shape (N,); equal for equal tokens, on every machine."""
    first: int
    """The line of its first token, from 1."""
    last: int


def functions_of(text: str, fixed: Collection[str] = ()) -> list[Function]:
    """The functions of `text`, or of its first LONGEST characters, in their order.

    A name that is the writer's choice becomes the number of names since it was last used in this
    function, so that renaming changes nothing; strings are all alike; comments, line ends, spaces
    are nothing. Keywords, built-in names, names behind a dot, and those in `fixed` stay as they
    are.
    """
    text = text[:LONGEST]
    line_ends = [match.start() for match in re.finditer("\n", text)]
    found: list[Function] = []
    codes: list[int] = []
    seen: dict[str, int] = {}
    name, first, last, before = "", 0, 0, ""
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match[0]
        if kind == "skip":
            continue
        if word == "def":
            found.append(_function(name, codes, first, last, line_ends))
            name, codes, seen, first = "", [], {}, match.start()
        elif before == "def" and kind == "name":
            name = word
        if kind == "string":
            code = _STRING
        elif kind == "name" and not (before == "." or word in _FIXED or word in fixed):
            place = len(codes)
            code = _NAME + min(place - seen.get(word, place - _NEAR), _NEAR)
            seen[word] = place
        else:
            code = _OTHER + crc32(word.encode("utf-8", "replace"))
        codes.append(code)
        last, before = match.start(), word
    found.append(_function(name, codes, first, last, line_ends))
    return [function for function in found if function.codes.size]


def _function(name: str, codes: list[int], first: int, last: int, line_ends: list[int]) -> Function:
    lines = (bisect(line_ends, place - 1) + 1 for place in (first, last))
    return Function(name, np.array(codes, dtype=np.uint64), *lines)
