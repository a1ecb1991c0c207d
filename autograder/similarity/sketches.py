"""Reduces each submission to fingerprints, small enough to keep those of thousands in memory.

Fingerprints are chosen by winnowing (Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for
Document Fingerprinting", SIGMOD 2003): the least of every WINDOW hashes in a row is kept, so two
functions that share a run of WINDOW + LENGTH - 1 tokens share a fingerprint, wherever the run is.
"""

from __future__ import annotations

import builtins
import keyword
import re
from bisect import bisect
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from autograder.model import Source, Submission

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


# --- fingerprints of a submission ----------------------------------------------------------------

LENGTH = 12
"""Tokens per hash: fewer would match in any two programs."""
WINDOW = 5
"""Hashes in a row of which one is kept."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_NONE = np.uint64(2**64 - 1)

Hashes = npt.NDArray[np.uint64]

_MOST_TEXT = 2 * LONGEST
"""Characters read of one submission; what people write is far shorter."""
_MOST_FUNCTIONS = 2000


@dataclass(frozen=True)
class Place:
    """Where a function is."""

    filename: str
    """As the student called it, printable."""
    name: str
    """The function's; empty for the code before the first."""
    first: int
    """Its lines, from 1; in a notebook, counted through all code cells."""
    last: int


@dataclass(frozen=True, eq=False)
class Sketch:
    """What is kept of one submission."""

    submission: str
    owners: frozenset[str]
    """Who handed it in: one person's submissions are not compared with each other."""
    functions: tuple[Place, ...]
    hashes: Hashes
    """Fingerprints of all functions, shape (M,), sorted, each once."""
    function: npt.NDArray[np.int32]
    """Shape (M,); the index in `functions` of the first that has it."""


def text_of(source: Source) -> str:
    """The code of a file; a notebook's has an empty line between its cells."""
    return "\n\n".join(cell.decode("utf-8", "replace") for cell in source.cells)


def known_hashes(sources: Iterable[Source], names: Collection[str] = ()) -> Hashes:
    """Every hash of what was handed out: stubs and support files. Sorted, each once."""
    found = [np.zeros(0, dtype=np.uint64)]
    for source in sources:
        found += [hashes_of(one.codes) for one in functions_of(text_of(source), names)]
    hashes: Hashes = np.unique(np.concatenate(found))
    return hashes


def sketch(
    submission: Submission, owners: Iterable[str], known: Hashes, names: Collection[str] = ()
) -> Sketch:
    """What `submission` has of its own; nothing that a student can write raises.

    `known` is what was handed out; `names` are the exercises' names, which nobody chose.
    """
    places: list[Place] = []
    prints = [np.zeros(0, dtype=np.uint64)]
    room = _MOST_TEXT
    for source in submission.sources:
        text = text_of(source)[:room]
        room -= len(text)
        for function in functions_of(text, names):
            found = fingerprints(function.codes, known)
            if found.size and len(places) < _MOST_FUNCTIONS:
                places.append(Place(source.filename, function.name, function.first, function.last))
                prints.append(found)
    owner = np.repeat(np.arange(len(prints)) - 1, [one.size for one in prints])
    hashes, first = np.unique(np.concatenate(prints), return_index=True)
    people = frozenset(owners) or frozenset({submission.id})
    return Sketch(submission.id, people, tuple(places), hashes, owner[first].astype(np.int32))


def hashes_of(codes: npt.NDArray[np.uint64]) -> Hashes:
    """The hash of every LENGTH tokens in a row, shape (max(0, N - LENGTH + 1),)."""
    count = max(0, len(codes) - LENGTH + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    for place in range(LENGTH if count else 0):  # arithmetic of arrays wraps round at 2**64
        hashes = hashes * _BASE + codes[place : place + count]
    # the low bits of such a sum hardly depend on the early tokens; this mixes them
    hashes ^= hashes >> np.uint64(29)
    hashes *= _MIX
    hashes ^= hashes >> np.uint64(32)
    return hashes


def fingerprints(codes: npt.NDArray[np.uint64], known: Hashes) -> Hashes:
    """The fingerprints of a function, sorted, each once.

    None of them is among `known`, the sorted hashes of what was handed out.
    """
    hashes = hashes_of(codes)
    if known.size:
        places = np.searchsorted(known, hashes).clip(max=known.size - 1)
        hashes = np.where(known[places] == hashes, _NONE, hashes)
    width = min(WINDOW, len(hashes))
    if not width:
        return hashes
    least: Hashes = np.lib.stride_tricks.sliding_window_view(hashes, width).min(axis=1)
    found: Hashes = np.unique(least[least != _NONE])
    return found
