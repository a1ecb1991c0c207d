"""The entries of a submission: files with their bytes, and files that are left out, with why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from autograder.submissions.names import recognised_part
from autograder.text import printable

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
    by_reason: dict[str, list[str]] = {}
    for each in left_out:
        if each.reason != NOT_CODE or _is_missed(each.place, parts):
            by_reason.setdefault(each.reason, []).append(each.place)
    lines = [f"{_listed(places)}: {reason}" for reason, places in by_reason.items()]
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


def _listed(places: list[str]) -> str:
    shown = [printable(place, 100) or "the submission" for place in dict.fromkeys(places)]
    if len(shown) > _PLACES:
        shown[_PLACES:] = [f"{len(shown) - _PLACES} more"]
    return ", ".join(shown)
