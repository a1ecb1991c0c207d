"""Lines of text in styles, which become escape codes only when they are printed.

rich could do this too, but takes longer to import than a whole check may take.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True)
class Span:
    """Text in one style: words of `bold dim red green yellow cyan`, or none."""

    text: str
    style: str = ""


Styled = tuple[Span, ...]
"""One line. Every word says without its style what it says with it."""


def line(text: str, style: str = "") -> Styled:
    """A line in one style."""
    return (Span(text, style),)


def wrapped(
    text: str, width: int, indent: int = 0, style: str = "", hanging: int = 0
) -> list[Styled]:
    """`text` in lines of at most `width` characters, each after `indent` spaces.

    All lines but the first have `hanging` more.
    """
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
    )
    return [line(each, style) for each in lines]


def cut(styled: Styled, width: int) -> Styled:
    """The line with what goes beyond `width` left out, and a mark that says so."""
    if sum(len(span.text) for span in styled) <= width:
        return styled
    kept, room = [], width - 1
    for span in styled:
        kept.append(Span(span.text[:room], span.style))
        room -= len(kept[-1].text)
    return (*(span for span in kept if span.text), Span("…"))


def text_of(lines: Iterable[Styled]) -> str:
    """The lines without styles, each with a line end."""
    return "".join("".join(span.text for span in each) + "\n" for each in lines)


def painted(lines: Iterable[Styled]) -> str:
    """The lines with a terminal's escape codes, each with a line end."""
    return "".join("".join(map(_painted, each)) + "\n" for each in lines)


def _painted(span: Span) -> str:
    codes = ";".join(_CODES[word] for word in span.style.split())
    return f"\x1b[{codes}m{span.text}\x1b[0m" if codes and span.text else span.text


def plain(text: str) -> str:
    """`text` without what `painted` added."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
