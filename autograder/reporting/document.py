"""Renders the HTML templates: text is escaped, and a page's policy forbids loading anything."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from autograder.model.report import Verdict
from autograder.text import printable

if TYPE_CHECKING:
    from autograder.similarity import MatchWithCode

GENERATOR = "autograder"
"""In the head of every page, to tell our old pages from other people's files."""
VERDICTS = {
    Verdict.ACCEPTED: ("pass", "passed"),
    Verdict.WRONG_ANSWER: ("fail", "wrong answer"),
    Verdict.RUNTIME_ERROR: ("fault", "error"),
    Verdict.TIME_LIMIT_EXCEEDED: ("time", "out of time"),
    Verdict.MEMORY_LIMIT_EXCEEDED: ("memory", "out of memory"),
    Verdict.OUTPUT_LIMIT_EXCEEDED: ("output", "too much output"),
    Verdict.NOT_ATTEMPTED: ("todo", "not written"),
    Verdict.JUDGE_ERROR: ("judge", "not graded"),
}
"""For each verdict, its CSS class (which also adds a distinct symbol) and its wording."""
DASH = "\N{EN DASH}"
"""Shown in place of a missing number."""
MINUS = "\N{MINUS SIGN}"

_LONGEST = 20_000
"""The maximum number of characters of one text; texts are usually far shorter."""


def page(template: str, *, style: str, script: str | None = None, **context: Any) -> Iterator[str]:
    """A whole page, in pieces; `style` and `script` are the names of files to inline.

    The page's Content-Security-Policy allows only this script and these styles, and no requests:
    even text that got past the escaping could neither run nor send anything.
    """
    sheet = _text("common.css") + _text(style)
    code = None if script is None else _text(script)
    return (
        _environment()
        .get_template(template)
        .generate(
            generator=GENERATOR,
            policy=_policy(sheet, code),
            sheet=Markup(sheet),
            script=None if code is None else Markup(code),
            **context,
        )
    )


def similar_page(
    course: str, pairs: Sequence[MatchWithCode], compared: int, names: Mapping[str, str]
) -> str:
    """The page of similar submissions, side by side.

    `names` maps submissions to students' names, where known.
    """
    from autograder.similarity import MOST, fewest_functions

    pieces = page(
        "similar.html",
        style="similar.css",
        course=course,
        pairs=pairs,
        compared=compared,
        names=names,
        most=MOST,
        fewest=fewest_functions(compared),
    )
    return "".join(pieces)


@cache
def macro(template: str, name: str) -> Callable[..., Markup]:
    """A template macro as a function, for the parts of a page that Python assembles."""
    made: Callable[..., Markup] = getattr(_environment().get_template(template).module, name)
    return made


def percent(share: float) -> str:
    """Whole percent, but 0% only for none and 100% only for all; a dash for NaN."""
    if share != share:
        return DASH
    if 0.0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1.0:
        return ">99%"
    return f"{share:.0%}"


def _decimal(value: float) -> str:
    return DASH if value != value else f"{value:.2f}".replace("-", MINUS)


class _OneLine(Extension):
    """Removes the templates' line breaks and indentation, which pages do not need."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"\n\s*", "", source)


def _shown(value: Any) -> Any:
    """Called for every value of every template before escaping.

    Characters that cannot be printed (controls, direction marks, lone surrogates) are shown by
    their code.
    """
    if isinstance(value, Markup) or value is None:
        return "" if value is None else value
    if isinstance(value, str):
        plain = len(value) <= _LONGEST and value.isprintable()
        return value if plain else printable(value, _LONGEST)
    return f"{value:g}" if isinstance(value, float) else value


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        extensions=[_OneLine],
        auto_reload=False,
    )
    made.filters |= {"percent": percent, "decimal": _decimal}
    made.globals |= {"VERDICTS": VERDICTS, "MINUS": MINUS, "newline": Markup("\n")}
    return made


@cache
def _text(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")


@cache
def _policy(sheet: str, code: str | None) -> str:
    allowed = {"default-src": "'none'", "img-src": "data:", "style-src": _hash(sheet)}
    if code is not None:
        allowed["script-src"] = _hash(code)
    # without forms and a <base>, a page cannot send anything anywhere
    allowed |= {"base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
