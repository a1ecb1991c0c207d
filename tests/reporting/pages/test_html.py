"""Only what was built here is markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reporting.pages.html import Html, escape, join, raw, tag


class Reader(HTMLParser):
    """What a browser would see: the tags with their attributes, the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_an_element_has_attributes_and_content() -> None:
    made = tag("a", "R&D", tag("b", "!"), None, ["x", ("y",)], href="f?a=1&b=2", class_="sign pass")
    assert made == '<a href="f?a=1&amp;b=2" class="sign pass">R&amp;D<b>!</b>xy</a>'


def test_underscores_true_false_and_none() -> None:
    made = tag("td", aria_label="x", hidden=True, open=False, id=None, width=2.5, data_v="")
    assert made == '<td aria-label="x" hidden width="2.5" data-v=""></td>'


def test_elements_without_content() -> None:
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'
    assert tag("path", d="M0 0") == '<path d="M0 0"/>'
    with pytest.raises(AssertionError):
        tag("input", "text")


def test_markup_is_not_escaped_again() -> None:
    assert join(tag("b", "<"), "<", raw("<hr>")) == "<b>&lt;</b>&lt;<hr>"
    assert isinstance(join("a"), Html)


def test_text_cannot_become_markup_by_being_joined() -> None:
    made = tag("b", "a")
    assert not isinstance(made + "<i>", Html)
    assert tag("p", made + "<i>") == "<p>&lt;b&gt;a&lt;/b&gt;&lt;i&gt;</p>"


def test_what_cannot_be_printed_is_shown_by_its_code() -> None:
    assert escape("a\n\x00\u202eb\udcff") == "a\\n\\x00\\u202eb\\udcff"


def test_an_endless_text_is_cut() -> None:
    assert len(escape("x" * 1_000_000)) < 30_000


@given(st.text(), st.text())
def test_no_text_makes_a_tag_or_an_attribute(content: str, value: str) -> None:
    made = tag("p", content, title=value)
    made.encode("utf-8")
    read = Reader(made)
    assert [(name, [key for key, _ in attributes]) for name, attributes in read.tags] == [
        ("p", ["title"])
    ]
    if content.isprintable():
        assert read.text == content
    if value.isprintable():
        assert read.tags[0][1] == [("title", value)]
