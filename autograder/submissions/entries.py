"""The entries of a submission: files with their bytes, and files that are left out, with why.

What a name says is decided here too: the kind of a file, the part of the course, a submission's ID.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count

from autograder.text import listed

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
    sides = _around_part(stem, tuple(parts))
    return sides is not None and _PLAIN_REST.fullmatch(" ".join(sides)) is not None


def without_part(stem: str, parts: Iterable[str]) -> str:
    """`stem` without a part's name and the copy number or date after it; else all of `stem`.

    `wong_part1_softmax (1)` and `part1_softmax 1_wong` -> `wong`
    """
    text = re.sub(r"[\W_]*(?:\(\d+\)|\bcopy|\bfinal)[\W_]*$", "", stem, flags=re.IGNORECASE)
    before, after = _around_part(text, tuple(parts)) or (text, "")
    marks = _PLAIN_REST.match(after)
    return f"{before} {after[marks.end() if marks else 0 :]}".strip(" _-.,") or stem


def _around_part(stem: str, parts: tuple[str, ...]) -> tuple[str, str] | None:
    """What is before and after a part's name in `stem`; None if it names no part."""
    part = recognised_part(stem, parts)
    if part is None:
        return None
    text = unicodedata.normalize("NFKC", stem)
    words = _words(part)
    found = _pattern(words).search(text) or _pattern(_opening(words)).search(text)
    assert found is not None
    return text[: found.start()], text[found.end() :]


_NUMBER = re.compile(r"[\W_]*(\d+)[\W_]*")


def number_around_part(stem: str, parts: Iterable[str]) -> str:
    """The number that `stem` has in addition to a part's name: `07` of `07_part1_softmax`, or "".

    A copy number in parentheses is not meant.
    """
    sides = _around_part(stem, tuple(parts)) or ("", "")
    found = _NUMBER.fullmatch(" ".join(sides))
    return found[1] if found and "(" not in stem else ""


_STAMP = re.compile(r"20\d\d[-_.]?[01]\d[-_.]?[0-3]\d(?:[-_T. ]*[0-2]\d[-_.:h]?[0-5]\d)?(?!\d{3})")
_VERSION = re.compile(r"(?:v|version|attempt|try|submission|upload)?[\W_]*(\d{1,9})", re.IGNORECASE)


_AT_END = re.compile(r"(?:[\W_]v?|\()(\d{1,3})\)?(?=\.)|[\W_]final(?=\.)", re.IGNORECASE)
_FINAL = 999


def recency(place: str) -> tuple[int, ...]:
    """The times and version numbers in a place, one for each of its names; 0 for a name without.

    `wong/2026-09-11-21-30-00/part1.py`, `wong/2/part1.py`, `part1_v2.py`: what is greater is newer.
    """
    *folders, name = place.split("/")
    found = []
    for step in (*folders, name):
        stamp = _STAMP.search(step)
        pattern = _AT_END.search if step is name else _VERSION.fullmatch
        if stamp:
            found.append(int(re.sub(r"\D", "", stamp[0]).ljust(12, "0")))
        elif version := pattern(step):
            found.append(int(version[1] or _FINAL))
        else:
            found.append(0)
    return tuple(found)


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


# --- which files are read, up to which size ------------------------------------------------------

KIB = 1024
MIB = 1024 * KIB

_SCRIPT, _NOTEBOOK, _ARCHIVE = 4 * MIB, 256 * MIB, 128 * MIB
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
SIZE_LIMITS = {
    **dict.fromkeys([".py", ".py.txt", ".py.download", ".pyw", ".ipy", ".qmd", ".rmd"], _SCRIPT),
    **dict.fromkeys([".ipynb", ".ipynb.txt", ".ipynb.json", ".ipynb.download"], _NOTEBOOK),
    **dict.fromkeys(ARCHIVES, _ARCHIVE),
}
"""The endings of files that are read, with the largest size in bytes of one such file.

Most of a large notebook is its outputs, which are dropped as soon as it is read.
"""
PERHAPS_CODE = dict.fromkeys(("", ".txt", ".text", ".md", ".json"), _SCRIPT)
"""Endings that count as code if the file is named like a part, or if no other file has code."""
GZIP, BZIP2, XZ = PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
"""The signatures of compressed files."""
READ_LIMITS = {**PERHAPS_CODE, **SIZE_LIMITS}
ENTRY_LIMIT = 10_000
"""How many files and folders are examined in one folder tree or archive."""
READ_LIMIT = 256 * MIB
"""How many bytes of one submission are read, counting archives and their contents."""
DEPTH_LIMIT = 20
"""How deep folders may be nested."""

LINK = "not read: a link; hand in the file itself"
NO_FILE = "not read: not a regular file"
NOT_CODE = "not read: not a .py or .ipynb file, nor a .zip or .tar.gz of such files"
TOO_DEEP = f"not read: folders nested deeper than {DEPTH_LIMIT}"
TOO_MANY = f"not read beyond the first {ENTRY_LIMIT} entries"

CHECKPOINTS = ".ipynb_checkpoints"
HIDDEN_COPY = "not read: a copy that Jupyter keeps for itself; hand in the notebook"
"""Reported only if no other file has code."""
_CLUTTER = frozenset(
    {"__macosx", "__pycache__", "venv", "virtualenv", "site-packages", "node_modules"}
    | {"thumbs.db", "desktop.ini"}
)


@dataclass(frozen=True)
class Found:
    """One file of a submission."""

    place: str
    """The path below the submission's root, with `/`; the student's text, not yet escaped."""
    content: bytes


@dataclass(frozen=True)
class LeftOut:
    """One file or folder of a submission that is not read."""

    place: str
    """As in `Found`; empty for the submission as a whole."""
    reason: str
    """Our own text, one line, safe to show."""
    is_loss: bool = True
    """Whether its content is not graded. False if it, or another version of it, is graded."""


@lru_cache(1024)
def ending(name: str) -> str:
    """The file ending of `name` with its dot, in lower case; "" if there is none.

    Double endings that SIZE_LIMITS lists count as one: `.tar.gz`, or `.py.txt` from a browser.
    """
    stem, dot, last = name.rpartition(".")
    if not stem:
        return ""
    inner, _, before = stem.rpartition(".")
    both = f".{before}.{last}".lower()
    return both if inner and both in SIZE_LIMITS else (dot + last).lower()


def size_limit(name: str) -> int | None:
    """How many bytes a file of this name may have; None if such files are not read."""
    return SIZE_LIMITS.get(ending(name))


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive of a supported kind."""
    return ending(name) in ARCHIVES


def too_large(name: str, limit: int) -> str:
    """The reason for leaving out a file of this name that has more than `limit` bytes."""
    kind = ending(name)
    if kind in PERHAPS_CODE:
        return NOT_CODE
    advice = "; leave long tables of data out of it" if limit == _SCRIPT else ""
    return f"not read: a {kind} file of more than {limit // MIB} MiB{advice}"


_OTHERS = {
    b"%PDF": "a PDF file",
    b"{\\rtf": "formatted text",
    b"\xd0\xcf\x11\xe0": "a Word file",
    b"Rar!": "a .rar archive",
    b"7z\xbc\xaf": "a .7z archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x00\x05\x16\x07": "what macOS keeps about a file",
    b"bplist00": "what Safari keeps of a web page",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"version https://git-lfs": "a Git LFS pointer",
}
_INSTEAD = {
    ".rar": "hand in a .zip archive",
    ".7z": "hand in a .zip archive",
    "text": "save it as plain text",
    "LFS": "hand in the file itself",
}


def what_else(content: bytes) -> str | None:
    """Why a file with these bytes is not read, whatever its name; None if it may be code."""
    start = content[:1000].lstrip()[:30]
    start = start.lower() if start[:1] == b"<" else start
    what = next((what for mark, what in _OTHERS.items() if start.startswith(mark)), None)
    if what is None:
        return "not read: empty" if not content.strip(b"\0\r\n\t ") else None
    advice = next((say for word, say in _INSTEAD.items() if word in what.split()), None)
    return f"not read: {what}, not code; {advice or 'hand in the .py or .ipynb file itself'}"


def is_clutter(name: str) -> bool:
    """Whether files or folders of this name are left behind by tools, and can be ignored."""
    return name.startswith(".") or name.lower() in _CLUTTER


NOTE_LIMIT = 20
"""The most notes for one submission."""
_PLACES = 4
"""The most places that one note names."""
_COMPANIONS = frozenset(
    {"", ".csv", ".tsv", ".txt", ".md", ".rst", ".tex", ".bib", ".json", ".xml", ".npy", ".npz"}
    | {".yaml", ".yml", ".toml", ".cfg", ".ini", ".lock", ".log", ".typed", ".pyc", ".url", ".db"}
    | {".whl", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".css", ".js"}
)
"""Endings of files that often accompany code and are not mistaken for it."""
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".pyc"})
"""Endings among these that nobody gives to a file of code by mistake."""


def notes(left_out: Iterable[LeftOut], parts: Iterable[str] = ()) -> tuple[str, ...]:
    """One line for each reason, with the places it applies to; escaped, and limited in number.

    A file that is not code is listed only if it might be meant for grading: it is named like a
    part, or its ending is not in _COMPANIONS.
    """
    parts = tuple(parts)
    by_reason: dict[str, dict[str, None]] = {}
    for each in left_out:
        if each.reason != NOT_CODE or _is_missed(each.place, parts):
            by_reason.setdefault(each.reason, {})[each.place or "the submission"] = None
    lines = [f"{listed(places, _PLACES, 100)}: {reason}" for reason, places in by_reason.items()]
    if len(lines) > NOTE_LIMIT:
        lines[NOTE_LIMIT - 1 :] = [f"and {len(lines) - NOTE_LIMIT + 1} more notes of this kind"]
    return tuple(lines)


def _is_missed(place: str, parts: tuple[str, ...]) -> bool:
    name = place.rpartition("/")[2]
    if name.startswith("~$") or name.endswith("~") or name[:1] == name[-1:] == "#":
        return False  # a copy that Office or an editor keeps of an open file
    if ending(name) not in _COMPANIONS or ".py" in name.lower():
        return ending(name) != ".pyc"
    return recognised_part(name, parts) is not None and ending(name) not in _PICTURES
