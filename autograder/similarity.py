"""Finds submissions of a class that share similar functions, by fingerprints.

Each submission is reduced to fingerprints, small enough to keep thousands of them in memory. They
are chosen by winnowing (Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document
Fingerprinting", SIGMOD 2003): the smallest of every WINDOW consecutive hashes is kept, so two
functions with a common run of WINDOW + LENGTH - 1 tokens share a fingerprint, wherever the run is.
A match is a place to look, never a verdict.
"""

from __future__ import annotations

import builtins
import keyword
import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log2
from zlib import crc32

import numpy as np
import numpy.typing as npt

from autograder.model.submission import Attempt, Source, Submission
from autograder.text import number_of, printable

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


# --- matches ------------------------------------------------------------------------------------


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


def least_evidence(count: int) -> float:
    """The bits that a pair needs in a class of `count` submissions, at least two."""
    return log2(count * (count - 1) / 2) + MARGIN


def fewest_functions(count: int) -> int:
    """The number of functions below which no copy in a class of `count` submissions is reported.

    A shared function gives at most log2(count - 1) bits. Returns 0 if the class is so small that it
    gives none.
    """
    return ceil(least_evidence(count) / log2(count - 1)) if count > 2 else 0


def find_matches(sketches: Sequence[Sketch]) -> list[Match]:
    """Return the matches that chance does not explain: at most MOST, strongest evidence first.

    Each function is weighted by how rare it is in the class: code that the exercise forces counts
    for little, while code that a few people copied still counts for much.
    """
    count = len(sketches)
    if count < 2:
        return []
    least = least_evidence(count)
    weighed = _weighed(sketches)
    found = []
    for one, other in _candidates(weighed, least):
        if not sketches[one].owners & sketches[other].owners:
            match = _compare(weighed[one], weighed[other])
            if match is not None and match.evidence >= least:
                found.append(match)
    found.sort(key=lambda one: (-one.evidence, one.one, one.other))
    return found[:MOST]


@dataclass(frozen=True, eq=False)
class _Weighed:
    """A sketch with the evidence that each of its M fingerprints gives if it is shared."""

    sketch: Sketch
    own: npt.NDArray[np.bool_]
    """Which fingerprints the exercise does not force, shape (M,)."""
    bits: Vector
    """The rarer a fingerprint, the more; 0 if no other submission has it, or if it is forced."""

    @property
    def weights(self) -> Vector:
        """The bits of each fingerprint, divided by the number of own ones in its function, (M,)."""
        function = self.sketch.function
        sizes = np.bincount(function[self.own], minlength=len(self.sketch.functions))
        return self.bits / np.maximum(sizes, 1)[function]


def _weighed(sketches: Sequence[Sketch]) -> list[_Weighed]:
    together = np.concatenate([sketch.hashes for sketch in sketches])
    _, places, counts = np.unique(together, return_inverse=True, return_counts=True)
    forced = counts > min(max(2, _FORCED * len(sketches)), _FORCED_MOST)
    # a shared fingerprint is in both submissions anyway: only the others show how common it is
    shares = np.maximum(counts - 1, 1) / max(1, len(sketches) - 1)
    bits = np.where(forced | (counts < 2), 0.0, -np.log2(np.minimum(shares, 1.0)))
    parts = np.split(places, np.cumsum([sketch.hashes.size for sketch in sketches])[:-1])
    return [
        _Weighed(sketch, ~forced[own], bits[own])
        for sketch, own in zip(sketches, parts, strict=True)
    ]


def _candidates(weighed: Sequence[_Weighed], least: float) -> Iterator[tuple[int, int]]:
    """Yield the index pairs that may have enough evidence.

    Pairs are enumerated per shared fingerprint, so submissions that share nothing are never
    compared.
    """
    width = len(weighed)
    hashes = np.concatenate([one.sketch.hashes for one in weighed])
    weight = np.concatenate([one.weights for one in weighed])
    sizes = [one.bits.size for one in weighed]
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


def _compare(first: _Weighed, second: _Weighed) -> Match | None:
    """Compare two submissions, starting from the one with fewer own fingerprints."""
    if np.count_nonzero(second.own) < np.count_nonzero(first.own):
        first, second = second, first
    one, other, own = first.sketch, second.sketch, first.own
    places = np.searchsorted(other.hashes, one.hashes).clip(max=max(0, other.hashes.size - 1))
    shared = own & (other.hashes[places] == one.hashes)
    count = len(one.functions)
    sizes = np.bincount(one.function[own], minlength=count)
    common = np.bincount(one.function[shared], minlength=count)
    told = np.bincount(one.function[shared], first.bits[shared], minlength=count)
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
                sources = read(by_id[id]).sources
                texts[id] = {one.filename: text_of(one).split("\n") for one in sources}
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


def _excerpt(files: dict[str, list[str]], place: Place) -> tuple[str, ...]:
    lines = files.get(place.filename, [])[place.first - 1 : place.last]
    shown = [printable(line.expandtabs(4).rstrip(), _WIDTH) for line in lines[:LINES]]
    return (
        (*shown, f"and {number_of(len(lines) - LINES, 'more line')}")
        if len(lines) > LINES
        else tuple(shown)
    )
