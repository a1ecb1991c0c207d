"""Text for people: makes a student's text safe to show, and formats counts."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

LIMIT = 200
_MARKUP = re.compile(r"[\\`*_{}\[\]()#+\-.!|~=^$:]")


def printable(text: str, limit: int = LIMIT) -> str:
    """`text` on one line of at most `limit` characters, with unprintable characters escaped.

    This escapes control characters, line breaks, direction marks, zero-width characters and lone
    surrogates: everything that could move the cursor, hide text or imitate one of our messages.
    """
    shown: list[str] = []
    length = 0
    for character in text:
        escaped = character if character.isprintable() else _escape(character)
        if length + len(escaped) > limit:
            while length > limit - 1:
                length -= len(shown.pop())
            return "".join(shown) + "…"
        shown.append(escaped)
        length += len(escaped)
    return "".join(shown)


def _escape(character: str) -> str:
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def as_markdown(text: str) -> str:
    """`text` on one line, escaped so that Markdown sees no link, tag, list or table cell in it.

    HTML is escaped with entities, since not every renderer honours a backslash before a tag.
    """
    import html  # its table of entities takes long to load, and most commands need none

    return _MARKUP.sub(r"\\\g<0>", html.escape(" ".join(text.split()), quote=False))


def did_you_mean(word: str, known: Collection[str], otherwise: str = "") -> str:
    """`did you mean 'x'?` if a known word is close; else `otherwise`, or all known words."""
    from difflib import get_close_matches  # only here: a check starts faster without it

    if near := get_close_matches(word, sorted(known), 1):
        return f"did you mean '{printable(near[0], 60)}'?"
    return otherwise or f"there are {', '.join(known)}"


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def ordinal(place: int) -> str:
    """The word for a place counted from 0: `first`, `second`, …, `7th`."""
    return _ORDINALS[place] if place < len(_ORDINALS) else f"{place + 1}th"


def number_of(number: float, noun: str) -> str:
    """The number with the noun in singular or plural: `1 point`, `2.5 points`, `0 more rows`."""
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def listed(texts: Collection[str], most: int = 8, width: int = 60) -> str:
    """The first of these texts, shortened and safe to show: `a, b, 3 more`."""
    shown = [printable(text, width) for text in islice(texts, most)]
    more = [f"{len(texts) - most} more"] if len(texts) > most else []
    return ", ".join(shown + more)


def without_separator_line(text: str, separators: str = ",;\t|") -> tuple[str, list[str]]:
    """A CSV text without the line `sep=;` that only Excel uses, and the separators to try.

    These are the one that the line names, or else all, the most frequent in the first line first.
    """
    first_line, end, rest = text.partition("\n")
    if said := re.fullmatch(r'"?sep=(.)"?\r?', first_line):
        return end + rest, [said[1]]  # the empty line keeps the numbers of those below
    return text, sorted(separators, key=first_line.count, reverse=True)
