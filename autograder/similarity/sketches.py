"""Reduces each submission to fingerprints, small enough to keep those of thousands in memory.

Fingerprints are chosen by winnowing (Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for
Document Fingerprinting", SIGMOD 2003): the least of every WINDOW hashes in a row is kept, so two
functions that share a run of WINDOW + LENGTH - 1 tokens share a fingerprint, wherever the run is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autograder.model import Source, Submission
from autograder.similarity.tokens import LONGEST, functions_of

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
