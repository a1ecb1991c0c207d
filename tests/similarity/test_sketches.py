"""What is shared has a fingerprint in common, what was handed out has none."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autograder.similarity.sketches import LENGTH, WINDOW, Hashes, fingerprints, hashes_of

NOTHING: Hashes = np.zeros(0, dtype=np.uint64)

tokens = st.integers(0, 2**32)


@given(
    st.lists(tokens, min_size=LENGTH + WINDOW - 1, max_size=60),
    st.lists(tokens, max_size=40),
    st.lists(tokens, max_size=40),
)
def test_a_shared_run_has_a_shared_fingerprint(
    run: list[int], before: list[int], after: list[int]
) -> None:
    one = np.array([*before, *run, *after], dtype=np.uint64)
    other = np.array([*after, *run, *before], dtype=np.uint64)
    assert np.intersect1d(fingerprints(one, NOTHING), fingerprints(other, NOTHING)).size


@given(st.lists(st.integers(0, 3), max_size=80))
def test_nothing_that_was_handed_out_is_a_fingerprint(values: list[int]) -> None:
    codes = np.array(values, dtype=np.uint64)
    hashes = hashes_of(codes)
    assert len(hashes) == max(0, len(codes) - LENGTH + 1)
    assert fingerprints(codes, np.unique(hashes)).size == 0
    kept = fingerprints(codes, NOTHING)
    assert np.isin(kept, hashes).all()
    assert bool(kept.size) is bool(len(hashes))


def test_every_token_of_a_hash_counts() -> None:
    codes = np.arange(LENGTH, dtype=np.uint64)
    changed = [codes.copy() for _ in range(LENGTH)]
    for place, one in enumerate(changed):
        one[place] += np.uint64(1)
    assert len({int(hashes_of(one)[0]) for one in [codes, *changed]}) == LENGTH + 1


def test_hashes_are_the_same_on_every_machine() -> None:
    codes = np.arange(LENGTH + 1, dtype=np.uint64)
    assert [int(one) for one in hashes_of(codes)] == [633998470953421914, 14860701416032833515]


def test_fingerprints_are_sorted_and_each_is_there_once() -> None:
    kept = fingerprints(np.arange(300, dtype=np.uint64) % 50, NOTHING)
    assert (np.diff(kept.astype(np.float64)) > 0).all()
    assert 50 / WINDOW <= kept.size <= 50
