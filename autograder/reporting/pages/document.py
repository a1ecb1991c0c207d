"""The frame around every page: its head, its styles, the promise to load nothing."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from autograder.reporting.pages.html import Html, join, raw, tag

GENERATOR = "autograder"
"""In the head of every page, so that old pages of ours are told from files of other people."""


def document(title: str, body: Html, *, style: str, script: str | None = None) -> Html:
    """A whole page. `style` and `script` name files of this package, which go into the page.

    The page's policy lets browsers run this script, use these styles, and fetch nothing: should a
    text ever get past the escaping, it could still neither run nor call home.
    """
    sheet = _text("common.css") + _text(style)
    code = None if script is None else _text(script)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="generator", content_=GENERATOR),
        tag("meta", http_equiv="Content-Security-Policy", content_=_policy(sheet, code)),
        tag("meta", name_="viewport", content_="width=device-width, initial-scale=1"),
        tag("meta", name_="color-scheme", content_="light dark"),
        tag("meta", name_="referrer", content_="no-referrer"),
        tag("meta", name_="robots", content_="noindex"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", raw(sheet)),
    )
    last = None if code is None else tag("script", raw(code))
    page = tag("html", head, raw("\n"), tag("body", body, last), lang="en")
    return join(raw("<!DOCTYPE html>\n"), page, raw("\n"))


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _policy(sheet: str, code: str | None) -> str:
    allowed = {"default-src": "'none'", "img-src": "data:", "style-src": _hash(sheet)}
    if code is not None:
        allowed["script-src"] = _hash(code)
    # a page that may send no form and follow no other base has nowhere to send anything
    allowed |= {"base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
