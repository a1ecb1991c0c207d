"""What turns up in a hand-in: files with their bytes, others left out for a reason."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

SIZE_LIMITS = {".py": 1 * MIB, ".ipynb": 16 * MIB, ".zip": 32 * MIB}
"""What is read of a hand-in, by ending, with the bytes that one such file may have."""
ENTRY_LIMIT = 10_000
"""Files and folders that are looked at in one folder tree or archive."""
READ_LIMIT = 64 * MIB
"""Bytes of one hand-in, archives and what is in them together."""
DEPTH_LIMIT = 20
"""Folders inside folders."""

LINK = "not read: a link; hand in the file itself"
NO_FILE = "not read: no ordinary file"
NOT_CODE = "not read: neither .py, .ipynb nor .zip"
TOO_DEEP = f"not read: folders nested deeper than {DEPTH_LIMIT}"
TOO_MANY = f"not read beyond the first {ENTRY_LIMIT} entries"

_CLUTTER = frozenset(
    {"__macosx", "__pycache__", "venv", "virtualenv", "site-packages", "node_modules"}
    | {"thumbs.db", "desktop.ini"}
)


@dataclass(frozen=True)
class Found:
    """One file of a hand-in."""

    place: str
    """Below the hand-in's root, with `/`; the student's text, not yet escaped."""
    content: bytes


@dataclass(frozen=True)
class LeftOut:
    """One file or folder of a hand-in that is not read."""

    place: str
    """As in `Found`; empty for the hand-in as a whole."""
    reason: str
    """Ours, one line, safe to show."""


def ending(name: str) -> str:
    """The last dot of `name` with what follows it, in lower case; "" where there is none."""
    stem, dot, last = name.rpartition(".")
    return (dot + last).lower() if stem else ""


def size_limit(name: str) -> int | None:
    """How many bytes a file of this name may have; None where such files are not read."""
    return SIZE_LIMITS.get(ending(name))


def too_large(name: str, limit: int) -> str:
    """Why a file of this name, of more than `limit` bytes, is left out."""
    return f"not read: a {ending(name)} file of more than {limit // MIB} MiB"


def is_clutter(name: str) -> bool:
    """Whether tools leave files or folders of this name behind, so that nobody misses them."""
    return name.startswith(".") or name.lower() in _CLUTTER
