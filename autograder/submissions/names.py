"""Turns the names of submissions and of their files into IDs and module names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, count

_ID_BYTES = 150
"""The longest ID in bytes, which leaves room for additions within the limit for filenames."""
_LENGTH = 100
_GAP = r"[\W_]*"
_PLAIN_REST = re.compile(
    r"(?:[\W_]|copy|final|v(?=\d)|(?<!\d)\d\d?(?!\d)"
    r"|20\d\d(?:[-_.]?(?:0[1-9]|1[0-2])[-_.]?[0-3]\d(?:[-_T ]?\d{4}(?:\d\d)?)?)?(?!\d))*",
    re.IGNORECASE,
)
"""Text that cannot be a student's name or number: copy numbers, years, dates and separators."""


def safe_id(name: str) -> str:
    """`name` as a filename that is valid on every system: printable, short, and not a path."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(character if character.isprintable() else "_" for character in text)
    text = re.sub(r'[\\/:*?"<>|]', "_", text).strip(" .")
    return text.encode()[:_ID_BYTES].decode(errors="ignore").strip(" .") or "_"


def distinct_ids(wanted: Iterable[tuple[str, ...]]) -> list[str]:
    """A unique ID for each tuple of names: the first not taken, else the last with a number.

    IDs are unique even if case is ignored, as some systems do in filenames.
    """
    taken: set[str] = set()
    ids = []
    for names in wanted:
        plain = [safe_id(name) for name in names]
        candidates = chain(plain, (f"{plain[-1]}~{number}" for number in count(2)))
        id = next(id for id in candidates if id.casefold() not in taken)
        taken.add(id.casefold())
        ids.append(id)
    return ids


def module_name(stem: str, parts: Iterable[str] = ()) -> str:
    """The course part that a filename's stem names, else the stem turned into an identifier.

    A part is recognised inside what people, browsers and platforms add to its name:
    `Part1_Softmax`, `part1_softmax (1)`, `wong_123_part1_softmax-2`, `part 1`.
    """
    return recognised_part(stem, parts) or _identifier(stem)


def recognised_part(stem: str, parts: Iterable[str]) -> str | None:
    """The part that `stem` names; None if it names none, or several.

    A part is named by its words with any separators between them, or by its words up to the first
    number (`part1`) if no other part begins the same way.
    """
    parts = tuple(parts)
    if stem in parts:  # the usual case, decided without a pattern
        return stem
    text = unicodedata.normalize("NFKC", stem[: _LENGTH * 3])
    full = [part for part in parts if _pattern(_words(part)).search(text)]
    longest = [part for part in full if not any(_inside(part, other) for other in full)]
    if longest:
        return longest[0] if len(longest) == 1 else None
    openings = [_opening(_words(part)) for part in parts]
    short = [
        part
        for part, opening in zip(parts, openings, strict=True)
        if opening and openings.count(opening) == 1 and _pattern(opening).search(text)
    ]
    return short[0] if len(short) == 1 else None


def is_part_itself(stem: str, parts: Iterable[str]) -> bool:
    """Whether `stem` is a part's name with at most a copy number or date added, not a student's."""
    parts = tuple(parts)
    if recognised_part(stem, parts) is None:
        return False
    return _PLAIN_REST.fullmatch(_without_part(stem, parts)) is not None


def without_part(stem: str, parts: Iterable[str]) -> str:
    """`stem` without a part's name and copy number; all of `stem` if nothing else is left.

    `wong_part1_softmax (1)` -> `wong`
    """
    text = re.sub(r"[\W_]*(?:\(\d+\)|\bcopy|\bfinal)[\W_]*$", "", stem, flags=re.IGNORECASE)
    return _without_part(text, tuple(parts)).strip(" _-.,") or stem


def _without_part(stem: str, parts: tuple[str, ...]) -> str:
    part = recognised_part(stem, parts)
    text = unicodedata.normalize("NFKC", stem)
    if part is None:
        return text
    words = _words(part)
    found = _pattern(words).search(text) or _pattern(_opening(words)).search(text)
    assert found is not None
    return text[: found.start()] + " " + text[found.end() :]


def _words(part: str) -> tuple[str, ...]:
    """`part1_softmax` -> part, 1, softmax."""
    return tuple(re.findall(r"\d+|[^\W\d_]+", part))


def _opening(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words up to the first number, if a word precedes it: `part1_softmax` -> part, 1."""
    count = next((index for index, word in enumerate(words) if word.isdigit()), 0)
    return words[: count + 1] if count else ()


def _inside(part: str, other: str) -> bool:
    return part != other and _pattern(_words(part)).search(other) is not None


@lru_cache(256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # A letter next to letters, or a digit next to digits, would be part of another word.
    before = r"(?<!\d)" if words[:1] and words[0].isdigit() else r"(?<![^\W\d_])"
    after = r"(?!\d)" if words[-1:] and words[-1].isdigit() else r"(?![^\W\d_])"
    return re.compile(before + _GAP.join(map(re.escape, words)) + after, re.IGNORECASE)


def _identifier(stem: str) -> str:
    name = re.sub(r"\W", "_", unicodedata.normalize("NFKC", stem))[:_LENGTH]
    if name.startswith("__") and name.endswith("__"):
        name = name.strip("_")  # `__main__` is reserved for the running script
    if not name.isidentifier():
        name = "_" + re.sub(r"[^0-9A-Za-z_]", "_", name).lstrip("_")
    return name
