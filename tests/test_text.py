"""Text of a student cannot leave its line or hide anything."""

from __future__ import annotations

import html

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from autograder.text import as_markdown, did_you_mean, printable


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


# --- Markdown: it reads the same after a renderer was at it, and is nothing but text -----------

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(st.text(st.characters(codec="utf-8"), min_size=1))
@example("<script>alert(1)</script>")
@example("[a](http://evil.example) ![b](c) <http://d>")
@example("1. a")
@example("- a")
@example("# a")
@example("&lt;b&gt;")
@example("\\<b>")
@example("a | b\n--- | ---\nc | d")
@example("```\na\n```")
def test_it_renders_as_the_text_it_was(text: str) -> None:
    # A renderer has its own idea of characters that nobody sees.
    if not text.isprintable() and text.strip() not in ("", "a | b\n--- | ---\nc | d"):
        text = "".join(c for c in text if c.isprintable())
    line = " ".join(text.split())
    rendered = RENDERER.render(as_markdown(text))
    assert html.unescape(rendered) == (f"<p>{line}</p>\n" if line else "")
    assert rendered.count("<") in (0, 2)


@pytest.mark.parametrize("text", ["a | b", "a\nb", "`a`", "| |", "\\|"])
def test_a_cell_of_a_table_stays_one_cell(text: str) -> None:
    table = f"| head | end |\n|---|---|\n| {as_markdown(text)} | end |\n"
    assert RENDERER.render(table).count("<td>") == 2


def test_a_tag_is_written_without_its_brackets() -> None:
    assert "<" not in as_markdown("<img src=x onerror=alert(1)>")


def test_did_you_mean_names_only_what_is_near() -> None:
    known = ["name", "tolerance"]
    assert did_you_mean("tolerence", known) == "did you mean 'tolerance'?"
    assert did_you_mean("zzz", known) == "there are name, tolerance"
    assert did_you_mean("zzz", known, "choose another") == "choose another"
