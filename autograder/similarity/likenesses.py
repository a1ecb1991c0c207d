"""Finds the hand-ins whose functions are alike among the sketches of a class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt

from autograder.similarity.fingerprints import Hashes
from autograder.similarity.sketches import Place, Sketch

ALIKE = 0.7
"""Of a function's own fingerprints that the other hand-in must have too."""
FEWEST = 4
"""Own fingerprints without which a function is too short to say anything."""
MARGIN = 4.0
"""Bits beyond those that tell one pair of all: chance alone passes in one class of 2**MARGIN."""
MOST = 200
"""Likenesses that are told: nobody looks at more."""

_FORCED = 1 / 3
"""A fingerprint that a larger share of the class has is forced by the exercise."""
_FORCED_MOST = 100
"""And so is one that more hand-ins have than this; it bounds the pairs to look at."""
_AT_ONCE = 4_000_000

Integers = npt.NDArray[np.int64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Likeness:
    """Two hand-ins of different people that have functions in common which few others have."""

    one: str
    """The id of a submission."""
    other: str
    share: float
    """Of the first one's own functions, those that are alike."""
    evidence: float
    """In bits: how much rarer than by chance it is that two hand-ins agree in all these."""
    pairs: tuple[tuple[Place, Place], ...]
    """The functions of the first that are alike, each with that of the other it is most like."""


def likenesses(sketches: Sequence[Sketch]) -> list[Likeness]:
    """The likenesses that chance does not explain, those that say the most first, at most MOST.

    Each function counts by how few others have it, so that what the exercise forces counts for
    little, and copies of a text that has gone round still for much.
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
            likeness = _compare(sketches[one], sketches[other], bits)
            if likeness is not None and likeness.evidence >= least:
                found.append(likeness)
    found.sort(key=lambda one: (-one.evidence, one.one, one.other))
    return found[:MOST]


@dataclass(frozen=True, eq=False)
class _Bits:
    """What it says that two hand-ins have a fingerprint in common, by how many have it."""

    hashes: Hashes
    """Of the whole class, sorted."""
    bits: Vector
    """0 where it says nothing: one hand-in alone has it, or the exercise forces it."""
    forced: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, sketches: Sequence[Sketch]) -> _Bits:
        together = np.concatenate([sketch.hashes for sketch in sketches])
        hashes, counts = np.unique(together, return_counts=True)
        others = max(1, len(sketches) - 1)
        forced = counts > min(max(2, _FORCED * len(sketches)), _FORCED_MOST)
        # the two that are compared are themselves no sign of how frequent a thing is
        shares = np.maximum(counts - 1, 1) / others
        bits = np.where(forced | (counts < 2), 0.0, -np.log2(np.minimum(shares, 1.0)))
        return cls(hashes, bits, forced)

    def own(self, sketch: Sketch) -> npt.NDArray[np.bool_]:
        """Which fingerprints of `sketch` are not forced."""
        own: npt.NDArray[np.bool_] = ~self.forced[np.searchsorted(self.hashes, sketch.hashes)]
        return own

    def of_prints(self, sketch: Sketch) -> Vector:
        found: Vector = self.bits[np.searchsorted(self.hashes, sketch.hashes)]
        return found

    def by_print(self, sketch: Sketch) -> Vector:
        """The bits of each fingerprint, shared out among all that its function has of its own."""
        sizes = np.bincount(sketch.function[self.own(sketch)], minlength=len(sketch.functions))
        return self.of_prints(sketch) / np.maximum(sizes, 1)[sketch.function]


def _candidates(
    sketches: Sequence[Sketch], weights: Sequence[Vector], least: float
) -> Iterator[tuple[int, int]]:
    """The pairs that might have evidence enough.

    Each fingerprint leads to its hand-ins, so those that share nothing are never compared.
    """
    width = len(sketches)
    sizes = [sketch.hashes.size for sketch in sketches]
    hashes = np.concatenate([sketch.hashes for sketch in sketches])
    weight = np.concatenate([np.zeros(0), *weights])
    owner = np.repeat(np.arange(width), sizes).astype(np.int64)
    order = np.flatnonzero(weight > 0.0)
    order = order[np.argsort(hashes[order], kind="stable")]  # hand-ins of each stay in order
    hashes, weight, owner = hashes[order], weight[order], owner[order]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: hashes.size])
    lengths = np.diff(np.append(starts, hashes.size))
    sums = _Sums()
    for length in range(2, _FORCED_MOST + 1):
        groups = starts[lengths == length][:, np.newaxis] + np.arange(length)
        rows, columns = np.triu_indices(length, 1)
        for chunk in np.array_split(groups, groups.size * length // _AT_ONCE + 1):
            one, other = chunk[:, rows].ravel(), chunk[:, columns].ravel()
            # the larger of the two is an upper bound, whichever hand-in is looked at
            sums.add(owner[one] * width + owner[other], np.maximum(weight[one], weight[other]))
    keys, totals = sums.result()
    for key in keys[totals >= least * ALIKE]:
        yield int(key) // width, int(key) % width


class _Sums:
    """Adds up numbers by key, with memory for the keys and one chunk more."""

    def __init__(self) -> None:
        self._keys: list[Integers] = [np.zeros(0, dtype=np.int64)]
        self._values: list[Vector] = [np.zeros(0)]

    def add(self, keys: Integers, values: Vector) -> None:
        self._keys.append(keys)
        self._values.append(values)
        if sum(map(len, self._keys[1:])) > _AT_ONCE:
            keys, values = self.result()
            self._keys, self._values = [keys], [values]

    def result(self) -> tuple[Integers, Vector]:
        """The keys, sorted, each with the sum of its values."""
        keys, inverse = np.unique(np.concatenate(self._keys), return_inverse=True)
        values = np.concatenate(self._values)
        sums: Vector = np.bincount(inverse, values, minlength=keys.size).astype(np.float64)
        return keys, sums


def _compare(one: Sketch, other: Sketch, bits: _Bits) -> Likeness | None:
    """What is alike, looked at from the hand-in that has less of its own."""
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
    return Likeness(
        one.submission,
        other.submission,
        share=float(alike.size / np.count_nonzero(long)),
        evidence=float((told[alike] / sizes[alike]).sum()),
        pairs=tuple(pairs),
    )
