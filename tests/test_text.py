"""Text of a student cannot leave its line or hide anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autograder.text import printable


def test_plain_text_is_left_alone() -> None:
    assert printable("can't add: naïve Ω 漢") == "can't add: naïve Ω 漢"


def test_control_characters_are_escaped() -> None:
    assert printable("a\nb\r\t\x1b[31m\x00") == "a\\nb\\r\\t\\x1b[31m\\x00"
    assert printable("\u202egrade\u2028\ud800\U000e0041") == (
        "\\u202egrade\\u2028\\ud800\\U000e0041"
    )


def test_long_text_is_cut_without_splitting_an_escape() -> None:
    assert printable("a" * 300, 10) == "a" * 9 + "…"
    assert printable("abcdef\x00\x00", 10) == "abcdef…"
    assert printable("a" * 10, 10) == "a" * 10


@given(st.text(st.characters(), max_size=300), st.integers(1, 50))
def test_the_result_is_short_and_printable(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
