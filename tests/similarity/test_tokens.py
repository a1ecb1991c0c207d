"""Tokens stay the same when names, comments and layout change, and any text has some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.similarity.sketches import LONGEST, functions_of


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
