"""Chooses fingerprints of a function by winnowing.

Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003:
of every WINDOW hashes in a row the least is kept, so two functions that share a run of WINDOW +
LENGTH - 1 tokens share a fingerprint, wherever the run stands in them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LENGTH = 12
"""Tokens that a hash is made of: fewer would match in any two programs."""
WINDOW = 5
"""Hashes of which one is kept."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_NONE = np.uint64(2**64 - 1)

Hashes = npt.NDArray[np.uint64]


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
