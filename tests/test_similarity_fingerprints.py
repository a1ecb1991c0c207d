"""What is shared has a fingerprint in common, what was handed out has none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.similarity import (
    LENGTH,
    LONGEST,
    WINDOW,
    Hashes,
    fingerprints,
    functions_of,
    hashes_of,
)

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


# --- tokens stay the same when names, comments and layout change, and any text has some ---


def codes(text: str, *fixed: str) -> list[list[int]]:
    return [function.codes.tolist() for function in functions_of(text, fixed)]


ORIGINAL = """\
def softmax(Z):
    '''The docstring.'''
    shifted = np.exp(Z - Z.max())  # no overflow
    return shifted / shifted.sum(axis=0)
"""
RENAMED = """\
def softmax(
  logits ):
    "another one"
    # quite new
    e = np.exp( logits - logits.max() )

    return e / \\
        e.sum( axis = 0 )
"""


def test_names_comments_strings_and_layout_do_not_count() -> None:
    assert codes(ORIGINAL, "softmax") == codes(RENAMED, "softmax")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = b + c", "a = b * c"),
        ("a = b + b", "a = b + c"),
        ("a = 1", "a = 2"),
        ("np.exp(a)", "np.log(a)"),
        ("len(a)", "sum(a)"),
        ("for a in b: pass", "while a in b: pass"),
        ("a.b", "a[b]"),
    ],
)
def test_what_the_code_does_counts(one: str, other: str) -> None:
    assert codes(one) != codes(other)


def test_names_of_exercises_are_nobodys_choice() -> None:
    assert codes("softmax(Z)") == codes("sm_dir(Z)")
    assert codes("softmax(Z)", "softmax", "sm_dir") != codes("sm_dir(Z)", "softmax", "sm_dir")


def test_functions_begin_at_def_and_know_their_lines() -> None:
    text = (
        "import numpy\n\n\ndef one(a):\n    return a\n\n\n# note\nasync def two(b):\n  return b\n"
    )
    found = [(one.name, one.first, one.last) for one in functions_of(text)]
    assert found == [("", 1, 1), ("one", 4, 9), ("two", 9, 10)]


def test_a_function_is_the_same_wherever_it_stands() -> None:
    first, second = "def f(a, b):\n    return a + b\n", "def g(b, c):\n    return c * b\n"
    assert sorted(codes(first + second)) == sorted(codes(second + first))


@pytest.mark.parametrize(
    "text",
    [
        '"a # b"',
        r"'it\'s'",
        'rb"""def f():\n  "\n"""',
        r"""'''a\''''""",
        '"never closed',
        '"""never\nclosed ""',
    ],
)
def test_a_string_is_one_token_whatever_it_holds(text: str) -> None:
    assert [len(one) for one in codes(text)] == [1]
    assert codes(text) == codes("''")


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    endless = functions_of("a + " * LONGEST)
    assert sum(one.codes.size for one in endless) == LONGEST / 2


@pytest.mark.parametrize(
    "text",
    ['"' * LONGEST, "'''\\" * (LONGEST // 4), '"""' + '\\"' * (LONGEST // 2), "((" * LONGEST, "\\"],
)
def test_hostile_texts_are_read_to_their_end(text: str) -> None:
    assert functions_of(text)


@given(st.text(alphabet=st.sampled_from("ab1 .\n\t\"'\\#def()=:r\x00\udcff王")))
def test_any_text_has_tokens_in_its_lines(text: str) -> None:
    for function in functions_of(text):
        assert 1 <= function.first <= function.last <= text.count("\n") + 1
        assert function.codes.size
