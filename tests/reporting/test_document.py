"""A page promises to load nothing, and its colours can be told apart."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reporting import document

TEMPLATES = files("autograder.reporting") / "templates"


def page(script: str | None = "class.js") -> str:
    pieces = document.page(
        "similar.html",
        style="class.css",
        script=script,
        course="R&D",
        pairs=(),
        compared=2,
        names={},
        most=200,
        fewest=0,
    )
    return "".join(pieces)


def hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_policy_names_this_style_and_this_script_and_nothing_else() -> None:
    text = page()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    allowed = dict(rule.strip().split(" ", 1) for rule in unescape(policy).split(";"))
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert allowed == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": hash_of(style),
        "script-src": hash_of(script),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_a_page_without_a_script_allows_none() -> None:
    text = page(script=None)
    assert "<script" not in text
    assert "script-src" not in text


def test_the_head_says_language_title_and_maker() -> None:
    text = page()
    assert text.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')
    assert "<title>Similar submissions: R&amp;D</title>" in text
    assert '<meta name="generator" content="autograder">' in text[:400]


@pytest.mark.parametrize(
    "name", ["common.css", "student.css", "class.css", "similar.css", "class.js"]
)
def test_no_style_or_script_names_another_place(name: str) -> None:
    text = TEMPLATES.joinpath(name).read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^'\" )]*", text)) <= {"http://www.w3.org/2000/svg"}
    assert all(url.startswith("data:") for url in re.findall(r"url\([\"']?([^\"')]*)", text))
    assert not re.search(r"@import|fetch\(|XMLHttp|innerHTML|eval|insertAdjacent|</", text)


# --- escaping ---------------------------------------------------------------------------------


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


def label(text: str, anchor: str = "end") -> str:
    made = document.macro("figures.html", "label")(
        SimpleNamespace(text=text, x=1, y=2.5, anchor=anchor)
    )
    return str(made)


@given(st.text(), st.text())
def test_no_text_makes_a_tag_or_an_attribute(content: str, value: str) -> None:
    made = label(content, value)
    made.encode("utf-8")
    read = Reader(made)
    assert [(name, [key for key, _ in attributes]) for name, attributes in read.tags] == [
        ("text", ["x", "y", "text-anchor"])
    ]
    if content.isprintable():
        assert read.text == content
    if value.isprintable():
        assert read.tags[0][1] == [("x", "1"), ("y", "2.5"), ("text-anchor", value)]


def test_what_cannot_be_printed_is_shown_by_its_code() -> None:
    assert ">a\\n\\x00\\u202eb\\udcff<" in label("a\n\x00\u202eb\udcff")


def test_an_endless_text_is_cut() -> None:
    assert len(label("x" * 1_000_000)) < 30_000


def test_no_template_turns_the_escaping_off() -> None:
    templates = [one for one in TEMPLATES.iterdir() if one.name.endswith(".html")]
    assert len(templates) > 5
    for one in templates:
        text = one.read_text(encoding="utf-8")
        assert not re.search(
            r"\|\s*(safe|e|escape|forceescape|xmlattr|tojson)\b|autoescape", text
        ), one
        for tag in re.findall(r"<[a-zA-Z][^<>]*>", re.sub(r"{%.*?%}", "", text, flags=re.DOTALL)):
            unquoted = re.sub(r'"[^"]*"', "", tag)
            assert "{{" not in unquoted, f"{one.name}: quote the value in {tag}"


# --- contrast: https://www.w3.org/TR/WCAG21/#contrast-minimum ---------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    text = TEMPLATES.joinpath("common.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    found = [
        {
            name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
            for name, value in re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block)
        }
        for block in blocks
    ]
    return {"light": found[0], "dark": {**found[0], **found[1]}, "print": {**found[0], **found[2]}}


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("text", ["ink", "soft", "link", "good", "bad", "wait"])
@pytest.mark.parametrize("ground", ["paper", "card", "mark"])
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("sign", ["edge", "fill", "plus", "minus", "mark-edge"])
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_signs_can_be_seen(scheme: str, sign: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[sign], colours[ground]) >= 3.0
