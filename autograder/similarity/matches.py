"""Finds the submissions of a class whose functions are alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt

from autograder.model import Attempt, Source, Submission
from autograder.similarity.sketches import Hashes, Place, Sketch, known_hashes, sketch, text_of
from autograder.text import number_of, printable

ALIKE = 0.7
"""Share of a function's own fingerprints that the other submission must have too."""
FEWEST = 4
"""Own fingerprints without which a function is too short to say anything."""
MARGIN = 4.0
"""Bits of evidence beyond log2(number of pairs): chance alone passes in 1 class of 2**MARGIN."""
MOST = 200
"""Matches that are reported: nobody looks at more."""

_FORCED = 1 / 3
"""A fingerprint that a larger share of the class has is forced by the exercise."""
_FORCED_MOST = 100
"""So is one that more submissions have than this; it bounds the number of pairs."""
_AT_ONCE = 4_000_000

Integers = npt.NDArray[np.int64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Match:
    """Two submissions of different people that share functions which few others have."""

    one: str
    """The id of a submission."""
    other: str
    share: float
    """Share of the first one's own functions that the other has too."""
    evidence: float
    """In bits: how unlikely it is that two submissions agree in all of these by chance."""
    pairs: tuple[tuple[Place, Place], ...]
    """Each shared function of the first, with the one of the other that it is closest to."""


def find_matches(sketches: Sequence[Sketch]) -> list[Match]:
    """The matches that chance does not explain, at most MOST, those with most evidence first.

    Each function is weighed by how few others have it: what the exercise forces counts for
    little, and a text that several people copied still counts for much.
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
    """The evidence in two submissions sharing a fingerprint, by how many others have it."""

    hashes: Hashes
    """Those of the whole class, sorted."""
    bits: Vector
    """0 where one submission alone has it, or the exercise forces it."""
    forced: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, sketches: Sequence[Sketch]) -> _Bits:
        together = np.concatenate([sketch.hashes for sketch in sketches])
        hashes, counts = np.unique(together, return_counts=True)
        others = max(1, len(sketches) - 1)
        forced = counts > min(max(2, _FORCED * len(sketches)), _FORCED_MOST)
        # the two that are compared do not show how common it is
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
        """The bits of each fingerprint, divided by the number of its function's own ones."""
        sizes = np.bincount(sketch.function[self.own(sketch)], minlength=len(sketch.functions))
        return self.of_prints(sketch) / np.maximum(sizes, 1)[sketch.function]


def _candidates(
    sketches: Sequence[Sketch], weights: Sequence[Vector], least: float
) -> Iterator[tuple[int, int]]:
    """The pairs that may have enough evidence.

    Pairs are enumerated by fingerprint, so those that share nothing are never compared.
    """
    width = len(sketches)
    sizes = [sketch.hashes.size for sketch in sketches]
    hashes = np.concatenate([sketch.hashes for sketch in sketches])
    weight = np.concatenate([np.zeros(0), *weights])
    owner = np.repeat(np.arange(width), sizes).astype(np.int64)
    order = np.flatnonzero(weight > 0.0)
    order = order[np.argsort(hashes[order], kind="stable")]  # owners of each stay in order
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
            # the larger of the two bounds what either side contributes
            bound = np.maximum(weight[one], weight[other])
            sums.append((owner[one] * width + owner[other], bound))
            unsummed += bound.size
            if unsummed > _AT_ONCE:
                sums, unsummed = [_sums_by_key(sums)], 0
    keys, totals = _sums_by_key(sums)
    for key in keys[totals >= least * ALIKE]:
        yield int(key) // width, int(key) % width


def _sums_by_key(parts: Sequence[tuple[Integers, Vector]]) -> tuple[Integers, Vector]:
    """The keys of all parts, sorted, each with the sum of its values."""
    keys, inverse = np.unique(np.concatenate([keys for keys, _ in parts]), return_inverse=True)
    values = np.concatenate([values for _, values in parts])
    sums: Vector = np.bincount(inverse, values, minlength=keys.size).astype(np.float64)
    return keys, sums


def _compare(one: Sketch, other: Sketch, bits: _Bits) -> Match | None:
    """The functions in common, seen from the submission that has less of its own."""
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


# --- a whole class, with the code to look at --------------------------------------------------

FUNCTIONS = 12
"""Functions of one pair that are shown."""
LINES = 60
"""Lines of one function that are shown."""
_WIDTH = 160


@dataclass(frozen=True)
class MatchWithCode:
    """A match with its code."""

    match: Match
    code: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """The lines of both, for the first FUNCTIONS pairs: printable, not escaped."""


def class_matches(
    attempts: Sequence[Attempt],
    read: Callable[[Attempt], Submission],
    handed_out: Iterable[Source],
    names: Collection[str],
) -> tuple[MatchWithCode, ...]:
    """The pairs of `attempts` whose code is alike beyond what was handed out or is forced.

    Only a sketch of each stays in memory; `read` is called again for those that are shown.
    `names` are the exercises' names. Raises what `read` raises.
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
