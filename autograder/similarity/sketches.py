"""Reduces each submission to fingerprints, small enough to keep thousands of them in memory.

Fingerprints are chosen by winnowing (Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for
Document Fingerprinting", SIGMOD 2003): the smallest of every WINDOW consecutive hashes is kept, so
two functions with a common run of WINDOW + LENGTH - 1 tokens share a fingerprint, wherever the run
is.
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

from autograder.model.submission import Source, Submission

LONGEST = 200_000
"""Maximum number of characters read from one text."""

_NEAR = 24
"""Maximum distance, in tokens, to the previous use of a name; longer ones count as this."""
_FIXED = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"np", "numpy"}
_STRING, _NAME, _OTHER = 1, 2, 1000

# No alternative can match a text in two ways, so matching never backtracks far. An unclosed string
# ends with its line or, if it is triple-quoted, with the text.
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
    """The tokens from one `def` to the next, or those before the first `def`."""

    name: str
    """As written; empty for the code before the first `def`."""
    codes: npt.NDArray[np.uint64]
    """One code per token, shape (N,); equal tokens have equal codes on every machine."""
    first: int
    """The line of its first token, counted from 1."""
    last: int
    """The line of its last token."""


def functions_of(text: str, fixed: Collection[str] = ()) -> list[Function]:
    """Return the functions in the first LONGEST characters of `text`, in order.

    A name that the author chose is coded as its distance to its previous use in the function, so
    renaming changes nothing. All strings have the same code; comments and whitespace are skipped.
    Keywords, built-in names, attribute names and the names in `fixed` keep codes of their own.
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
"""Tokens per hash; shorter runs occur in any two programs."""
WINDOW = 5
"""Consecutive hashes of which the smallest is kept."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_NONE = np.uint64(2**64 - 1)

Hashes = npt.NDArray[np.uint64]

_MOST_TEXT = 2 * LONGEST
"""Maximum number of characters read from one submission; real ones are far shorter."""
_MOST_FUNCTIONS = 2000


@dataclass(frozen=True)
class Place:
    """The place of a function in a submission."""

    filename: str
    """The student's name for the file, in printable characters."""
    name: str
    """The function's name; empty for the code before the first function."""
    first: int
    """The first line, counted from 1; in a notebook, through all code cells."""
    last: int
    """The last line."""


@dataclass(frozen=True, eq=False)
class Sketch:
    """The fingerprints of one submission."""

    submission: str
    """The submission's id."""
    owners: frozenset[str]
    """The students who submitted it; submissions with a common owner are never compared."""
    functions: tuple[Place, ...]
    hashes: Hashes
    """The distinct fingerprints of all functions, sorted, shape (M,)."""
    function: npt.NDArray[np.int32]
    """For each fingerprint, the index of the first function that has it, shape (M,)."""


def text_of(source: Source) -> str:
    """The code of a file; the cells of a notebook are separated by an empty line."""
    return "\n\n".join(cell.decode("utf-8", "replace") for cell in source.cells)


def known_hashes(sources: Iterable[Source], names: Collection[str] = ()) -> Hashes:
    """Return the distinct hashes of the handed-out stubs and support files, sorted."""
    found = [np.zeros(0, dtype=np.uint64)]
    for source in sources:
        found += [hashes_of(one.codes) for one in functions_of(text_of(source), names)]
    hashes: Hashes = np.unique(np.concatenate(found))
    return hashes


def sketch(
    submission: Submission, owners: Iterable[str], known: Hashes, names: Collection[str] = ()
) -> Sketch:
    """Return the sketch of `submission`. No submission, however malformed, makes it raise.

    Hashes in `known`, those of the handed-out files, are left out. `names` are the exercise names,
    which every submission shares.
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
    """Hash every run of LENGTH consecutive tokens; shape (max(0, N - LENGTH + 1),)."""
    count = max(0, len(codes) - LENGTH + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    for place in range(LENGTH if count else 0):  # uint64 arrays wrap around at 2**64
        hashes = hashes * _BASE + codes[place : place + count]
    # the low bits of such a polynomial hash hardly depend on the early tokens: mix the bits
    hashes ^= hashes >> np.uint64(29)
    hashes *= _MIX
    hashes ^= hashes >> np.uint64(32)
    return hashes


def fingerprints(codes: npt.NDArray[np.uint64], known: Hashes) -> Hashes:
    """Return the distinct fingerprints of a function, sorted.

    Hashes in `known` (sorted, those of the handed-out files) never become fingerprints.
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
