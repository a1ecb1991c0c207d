"""A page promises to load nothing, and its colours can be told apart."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import pytest

from autograder.reporting.pages.document import document
from autograder.reporting.pages.html import Html, tag

PAGES = files("autograder.reporting.pages")


def page(script: str | None = "class.js") -> Html:
    return document("R&D", tag("main", "body"), style="class.css", script=script)


def hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_policy_names_this_style_and_this_script_and_nothing_else() -> None:
    text = page()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    allowed = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#x27;", "'").split(";"))
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
    assert "<title>R&amp;D</title>" in text
    assert '<meta name="generator" content="autograder">' in text[:400]


@pytest.mark.parametrize("name", ["common.css", "student.css", "class.css", "class.js"])
def test_no_style_or_script_names_another_place(name: str) -> None:
    text = PAGES.joinpath(name).read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^'\" )]*", text)) <= {"http://www.w3.org/2000/svg"}
    assert all(url.startswith("data:") for url in re.findall(r"url\([\"']?([^\"')]*)", text))
    assert not re.search(r"@import|fetch\(|XMLHttp|innerHTML|eval|insertAdjacent|</", text)


# --- contrast: https://www.w3.org/TR/WCAG21/#contrast-minimum ---------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    text = PAGES.joinpath("common.css").read_text(encoding="utf-8")
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
