"""Sums up each hand-in as fingerprints, small enough to keep those of thousands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autograder.model import Source, Submission
from autograder.similarity.fingerprints import Hashes, fingerprints, hashes_of
from autograder.similarity.tokens import LONGEST, functions_of

_MOST_TEXT = 2 * LONGEST
"""Characters of one hand-in that are read; what people write is far shorter."""
_MOST_FUNCTIONS = 2000


@dataclass(frozen=True)
class Place:
    """Where a function stands."""

    filename: str
    """As the student called it, printable."""
    name: str
    """The function's; empty for what stands before the first."""
    first: int
    """Its lines, from 1; in a notebook, of all code cells one after another."""
    last: int


@dataclass(frozen=True, eq=False)
class Sketch:
    """What is kept of one hand-in."""

    submission: str
    owners: frozenset[str]
    """Who handed it in: what people share with themselves is not looked at."""
    functions: tuple[Place, ...]
    hashes: Hashes
    """Fingerprints of all functions, shape (M,), sorted, each once."""
    function: npt.NDArray[np.int32]
    """Shape (M,); the place in `functions` of the first that has it."""


def text_of(source: Source) -> str:
    """The whole code of a file; that of a notebook with an empty line between its cells."""
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

    `known` is what was handed out, `names` are those of the exercises, which nobody chose.
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
