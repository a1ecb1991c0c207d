"""Finds submissions of a class that share similar functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt

from autograder.model.submission import Attempt, Source, Submission
from autograder.similarity.sketches import Hashes, Place, Sketch, known_hashes, sketch, text_of
from autograder.text import number_of, printable

ALIKE = 0.7
"""A function matches if the other submission has at least this share of its own fingerprints."""
FEWEST = 4
"""A function with fewer own fingerprints is too short to be evidence."""
MARGIN = 4.0
"""Bits of evidence required beyond log2(number of pairs): chance alone produces a match in one of
2**MARGIN classes."""
MOST = 200
"""Maximum number of matches reported; nobody looks at more."""

_FORCED = 1 / 3
"""A fingerprint shared by a larger part of the class counts as forced by the exercise."""
_FORCED_MOST = 100
"""So does one in more submissions than this, which bounds the number of pairs."""
_AT_ONCE = 4_000_000
"""Pairs held in memory before their weights are summed."""

Integers = npt.NDArray[np.int64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Match:
    """Two submissions by different people that share functions which few others have."""

    one: str
    """The id of the first submission."""
    other: str
    share: float
    """Share of the first submission's functions that the other has too; functions shorter than
    FEWEST fingerprints do not count."""
    evidence: float
    """How unlikely it is, in bits, that two submissions share all of these by chance."""
    pairs: tuple[tuple[Place, Place], ...]
    """Each shared function of the first, with the closest function of the other."""


def find_matches(sketches: Sequence[Sketch]) -> list[Match]:
    """Return the matches that chance does not explain: at most MOST, strongest evidence first.

    Each function is weighted by how rare it is in the class: code that the exercise forces counts
    for little, while code that a few people copied still counts for much.
    """
    count = len(sketches)
    if count < 2:
        return []
    bits = _Bits.of(sketches)
    least = log2(count * (count - 1) / 2) + MARGIN
    weights = [bits.by_print(sketch) for sketch in sketches]
    found = []
    for one, other in _candidates(sketches, weights, least):
        if not sketches[one].owners & sketches[other].owners:
            match = _compare(sketches[one], sketches[other], bits)
            if match is not None and match.evidence >= least:
                found.append(match)
    found.sort(key=lambda one: (-one.evidence, one.one, one.other))
    return found[:MOST]


@dataclass(frozen=True, eq=False)
class _Bits:
    """The evidence that each shared fingerprint gives; the rarer it is, the more."""

    hashes: Hashes
    """All fingerprints of the class, sorted."""
    bits: Vector
    """0 for a fingerprint that only one submission has, or that the exercise forces."""
    forced: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, sketches: Sequence[Sketch]) -> _Bits:
        together = np.concatenate([sketch.hashes for sketch in sketches])
        hashes, counts = np.unique(together, return_counts=True)
        others = max(1, len(sketches) - 1)
        forced = counts > min(max(2, _FORCED * len(sketches)), _FORCED_MOST)
        # a shared fingerprint is in both submissions anyway: only the others show how common it is
        shares = np.maximum(counts - 1, 1) / others
        bits = np.where(forced | (counts < 2), 0.0, -np.log2(np.minimum(shares, 1.0)))
        return cls(hashes, bits, forced)

    def own(self, sketch: Sketch) -> npt.NDArray[np.bool_]:
        """A mask of the fingerprints of `sketch` that the exercise does not force, shape (M,)."""
        own: npt.NDArray[np.bool_] = ~self.forced[np.searchsorted(self.hashes, sketch.hashes)]
        return own

    def of_prints(self, sketch: Sketch) -> Vector:
        found: Vector = self.bits[np.searchsorted(self.hashes, sketch.hashes)]
        return found

    def by_print(self, sketch: Sketch) -> Vector:
        """The bits of each fingerprint, divided by the number of own ones in its function, (M,)."""
        sizes = np.bincount(sketch.function[self.own(sketch)], minlength=len(sketch.functions))
        return self.of_prints(sketch) / np.maximum(sizes, 1)[sketch.function]


def _candidates(
    sketches: Sequence[Sketch], weights: Sequence[Vector], least: float
) -> Iterator[tuple[int, int]]:
    """Yield the index pairs that may have enough evidence.

    Pairs are enumerated per shared fingerprint, so submissions that share nothing are never
    compared.
    """
    width = len(sketches)
    sizes = [sketch.hashes.size for sketch in sketches]
    hashes = np.concatenate([sketch.hashes for sketch in sketches])
    weight = np.concatenate([np.zeros(0), *weights])
    owner = np.repeat(np.arange(width), sizes).astype(np.int64)
    order = np.flatnonzero(weight > 0.0)
    order = order[np.argsort(hashes[order], kind="stable")]  # owners stay in order
    hashes, weight, owner = hashes[order], weight[order], owner[order]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: hashes.size])
    lengths = np.diff(np.append(starts, hashes.size))
    sums = [(np.zeros(0, dtype=np.int64), np.zeros(0))]
    unsummed = 0
    for length in range(2, _FORCED_MOST + 1):
        groups = starts[lengths == length][:, np.newaxis] + np.arange(length)
        rows, columns = np.triu_indices(length, 1)
        for chunk in np.array_split(groups, groups.size * length // _AT_ONCE + 1):
            one, other = chunk[:, rows].ravel(), chunk[:, columns].ravel()
            # an upper bound, whichever of the two submissions is compared with the other
            bound = np.maximum(weight[one], weight[other])
            sums.append((owner[one] * width + owner[other], bound))
            unsummed += bound.size
            if unsummed > _AT_ONCE:
                sums, unsummed = [_sums_by_key(sums)], 0
    keys, totals = _sums_by_key(sums)
    for key in keys[totals >= least * ALIKE]:
        yield int(key) // width, int(key) % width


def _sums_by_key(parts: Sequence[tuple[Integers, Vector]]) -> tuple[Integers, Vector]:
    """Return the distinct keys of all parts, sorted, and the sum of the values of each."""
    keys, inverse = np.unique(np.concatenate([keys for keys, _ in parts]), return_inverse=True)
    values = np.concatenate([values for _, values in parts])
    sums: Vector = np.bincount(inverse, values, minlength=keys.size).astype(np.float64)
    return keys, sums


def _compare(one: Sketch, other: Sketch, bits: _Bits) -> Match | None:
    """Compare two submissions, starting from the one with fewer own fingerprints."""
    if np.count_nonzero(bits.own(other)) < np.count_nonzero(bits.own(one)):
        one, other = other, one
    own = bits.own(one)
    places = np.searchsorted(other.hashes, one.hashes).clip(max=max(0, other.hashes.size - 1))
    shared = own & (other.hashes[places] == one.hashes)
    count = len(one.functions)
    sizes = np.bincount(one.function[own], minlength=count)
    common = np.bincount(one.function[shared], minlength=count)
    told = np.bincount(one.function[shared], bits.of_prints(one)[shared], minlength=count)
    long = sizes >= FEWEST
    alike = np.flatnonzero(long & (common >= ALIKE * sizes))
    if not alike.size:
        return None
    pairs = []
    for place in alike:
        theirs = other.function[places[shared & (one.function == place)]]
        nearest = int(np.argmax(np.bincount(theirs)))
        pairs.append((one.functions[place], other.functions[nearest]))
    return Match(
        one.submission,
        other.submission,
        share=float(alike.size / np.count_nonzero(long)),
        evidence=float((told[alike] / sizes[alike]).sum()),
        pairs=tuple(pairs),
    )


# --- the matches of a class, with their code --------------------------------------------------

FUNCTIONS = 12
"""Maximum number of functions shown per match."""
LINES = 60
"""Maximum number of lines shown per function."""
_WIDTH = 160


@dataclass(frozen=True)
class MatchWithCode:
    """A match with the code of its functions."""

    match: Match
    code: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """For each of the first FUNCTIONS pairs, the lines of both functions: printable characters
    only, not escaped for HTML."""


def class_matches(
    attempts: Sequence[Attempt],
    read: Callable[[Attempt], Submission],
    handed_out: Iterable[Source],
    names: Collection[str],
) -> tuple[MatchWithCode, ...]:
    """Return the pairs of `attempts` with more similar code than the handed-out files explain.

    Only a sketch of each submission stays in memory; `read` is called again for those that are
    shown. `names` are the exercise names. Raises what `read` raises.
    """
    known = known_hashes(handed_out, names)
    by_id = {attempt.id: attempt for attempt in attempts}
    found = find_matches(
        [sketch(read(attempt), _owners(attempt), known, names) for attempt in attempts]
    )
    texts: dict[str, dict[str, list[str]]] = {}
    for one in found:
        for id in (one.one, one.other):
            if id not in texts:
                texts[id] = _lines_of(read(by_id[id]))
    return tuple(
        MatchWithCode(
            one,
            tuple(
                (_excerpt(texts[one.one], mine), _excerpt(texts[one.other], theirs))
                for mine, theirs in one.pairs[:FUNCTIONS]
            ),
        )
        for one in found
    )


def _owners(attempt: Attempt) -> list[str]:
    return [id.casefold() for one in attempt.students for id in one.ids or (one.name,) if id]


def _lines_of(submission: Submission) -> dict[str, list[str]]:
    return {source.filename: text_of(source).split("\n") for source in submission.sources}


def _excerpt(files: dict[str, list[str]], place: Place) -> tuple[str, ...]:
    lines = files.get(place.filename, [])[place.first - 1 : place.last]
    shown = [printable(line.expandtabs(4).rstrip(), _WIDTH) for line in lines[:LINES]]
    return (
        (*shown, f"and {number_of(len(lines) - LINES, 'more line')}")
        if len(lines) > LINES
        else tuple(shown)
    )
