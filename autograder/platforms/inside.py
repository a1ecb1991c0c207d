"""Reads the names in folders and archives, to tell one submission from many; reads no code."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from autograder.platforms.git import GIT
from autograder.platforms.layouts import Tree
from autograder.submissions.archives import names_in
from autograder.submissions.entries import ENTRY_LIMIT, SIZE_LIMITS, ending, is_clutter

PACKED = frozenset([".zip"])
"""Endings of archives whose contents are listed."""
_DEPTH = 6
_DIRECTORY_BYTES = 8 << 20
"""The maximum size of an archive's central directory; a larger one is not read."""
_MOST_READ = 64 << 20
_END = b"PK\x05\x06"
_END_BYTES = 22 + 0xFFFF


def folder_tree(path: Path) -> Tree | None:
    """The names in the folder at `path`, without clutter, up to a depth; None if not a folder."""
    return _tree(path, _DEPTH, [ENTRY_LIMIT])


def _tree(path: Path, depth: int, room: list[int]) -> Tree | None:
    if path.is_symlink() and depth == _DEPTH:
        return None if not path.is_dir() else {}
    if not path.is_dir():
        return None
    found: dict[str, Tree | None] = {}
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                room[0] -= 1
                if room[0] < 0:
                    break
                if entry.name == GIT:
                    found[GIT] = None
                elif not is_clutter(entry.name):
                    inner = depth > 1 and entry.is_dir(follow_symlinks=False)
                    found[entry.name] = _tree(Path(entry), depth - 1, room) if inner else None
    except OSError:
        pass  # reported when the folder is read for grading
    return dict(sorted(found.items()))


def archive_tree(path: Path) -> Tree | None:
    """The names in the archive at `path`, like `folder_tree`; None if it is unreadable or empty."""
    found: dict[str, Tree | None] = {}
    for entry in _entries(path):
        steps = [step for step in entry.filename.replace("\\", "/").split("/") if step != "."]
        if not any(map(is_clutter, steps)):
            at: dict[str, Tree | None] = found
            for step in steps[: min(len(steps) - 1, _DEPTH)]:
                inner = at.setdefault(step, {})
                at = inner if isinstance(inner, dict) else {}
            if steps[-1]:
                at.setdefault(steps[-1], None)
    return found or None


def clones_packed_in(path: Path) -> list[str]:
    """The folders with git history in the archive at `path`, sorted; "" is the archive itself."""
    if path.is_symlink() or not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            names = names_in(file)
    except OSError:
        return []
    split = [[step for step in name.split("/") if step not in ("", ".")] for name in names]
    return sorted({"/".join(steps[: steps.index(GIT)]) for steps in split if GIT in steps})


def beginnings(path: Path, kinds: Collection[str], limit: int) -> Iterator[tuple[str, bytes]]:
    """The names of an archive's files with an ending in `kinds`, and their first `limit` bytes.

    Nothing is yielded for a file that cannot be read, nor after _MOST_READ bytes.
    """
    entries = [one for one in _entries(path) if ending(one.filename) in kinds]
    room = _MOST_READ
    with suppress(Exception), zipfile.ZipFile(path) as archive:
        for entry in entries:
            text = b""
            with suppress(Exception), archive.open(entry) as file:
                text = file.read(min(limit, room))
            room -= len(text)
            yield entry.filename.replace("\\", "/"), text


def is_unpacked(archive: Path, places: Iterable[Path]) -> bool:
    """Whether one of `places` has every submission file of the archive, by size and CRC-32."""
    entries = [
        entry
        for entry in _entries(archive)
        if ending(entry.filename) in SIZE_LIMITS
        and not any(map(is_clutter, entry.filename.split("/")))
    ]
    return bool(entries) and any(
        all(_is_same(place / entry.filename, entry) for entry in entries) for place in places
    )


def _is_same(path: Path, entry: zipfile.ZipInfo) -> bool:
    try:
        if ".." in path.parts or path.is_symlink() or not path.is_file():
            return False
        if path.stat().st_size != entry.file_size:
            return False
        return zlib.crc32(path.read_bytes()) == entry.CRC
    except (OSError, ValueError):
        return False


def _entries(path: Path) -> list[zipfile.ZipInfo]:
    if path.is_symlink() or not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            if _directory_bytes(file) > _DIRECTORY_BYTES:  # zipfile would read all of it
                return []
            with zipfile.ZipFile(file) as archive:
                return archive.infolist()
    except Exception:  # malformed bytes make zipfile raise many kinds of errors
        return []


def _directory_bytes(file: BinaryIO) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES))
    tail = file.read()
    end = tail.rfind(_END)
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
