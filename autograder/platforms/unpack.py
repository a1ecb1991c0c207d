"""Unpacks a platform's download into a private folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from autograder.errors import UsageError
from autograder.platforms.gradescope import METADATA_LIMIT
from autograder.submissions.archives import TOO_MUCH, read_archive, read_zip_file
from autograder.submissions.entries import (
    MIB,
    NOT_CODE,
    READ_LIMIT,
    READ_LIMITS,
    Found,
    LeftOut,
    ending,
    size_limit,
    too_large,
)
from autograder.text import printable

TOTAL_LIMIT = 4096 * MIB
"""The maximum unpacked size of one download, in bytes."""

_SIZE_LIMITS = READ_LIMITS | {".yml": METADATA_LIMIT}
_NAME_BYTES = 200
"""The maximum length of a file or folder name; file systems allow 255 bytes."""


@contextmanager
def unpacked(archive: Path) -> Iterator[tuple[Path, tuple[LeftOut, ...]]]:
    """Yield a private folder with the contents of `archive`, and the entries left out of it.

    Only files that can be part of a submission are written. Other files, and files that are too
    large, are created by name only, so that their owners are found and informed. The folder exists
    until the block ends. Raises UsageError if the archive or the disk makes this impossible.
    """
    with tempfile.TemporaryDirectory(prefix="submissions-") as scratch:
        folder = Path(scratch, _shortened(archive.stem))
        try:
            folder.mkdir()
            left_out = _unpack(archive, folder)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else "an unknown fault"
            raise UsageError(
                f"{printable(str(archive))}: the file system says {why!r} while it is unpacked; "
                "unpack it yourself, then name the folder"
            ) from None
        yield folder, left_out


def _unpack(archive: Path, folder: Path) -> tuple[LeftOut, ...]:
    left_out: list[LeftOut] = []
    room = TOTAL_LIMIT
    with archive.open("rb") as file:
        for entry in _entries(archive.name, file):
            room -= len(entry.content) if isinstance(entry, Found) else 0
            if room < 0:
                raise UsageError(
                    f"{printable(str(archive))}: holds more than {TOTAL_LIMIT // MIB} MiB; "
                    "unpack it yourself, then name the folder"
                )
            if not write_entry(entry, folder):
                assert isinstance(entry, LeftOut)
                left_out.append(entry)
    return tuple(left_out)


def write_entry(entry: Found | LeftOut, folder: Path) -> bool:
    """Write a file of a submission below `folder`, so that reading it there gives the same result.

    Files that are not code, or too large, are created without their content. Returns False if the
    entry is left out for another reason. Raises OSError.
    """
    target = folder.joinpath(*map(_shortened, entry.place.split("/")))
    if isinstance(entry, Found):
        _write(target, entry.content)
    elif entry.reason == NOT_CODE:
        _write(target, b"")
    elif entry.reason == too_large(entry.place, limit := size_limit(entry.place) or 0):
        _write(target, b"")
        os.truncate(target, limit + 1)  # a sparse file, which is read as too large
    else:
        return False
    return True


def _entries(name: str, file: BinaryIO) -> Iterator[Found | LeftOut]:
    if ending(name) == ".zip":
        return read_zip_file(file, _SIZE_LIMITS)
    content = file.read(READ_LIMIT + 1)
    return iter([LeftOut("", TOO_MUCH)]) if len(content) > READ_LIMIT else read_archive(content)


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _shortened(name: str) -> str:
    """`name`, or its start and its ending if it is too long for a file system."""
    raw = os.fsencode(name)
    if len(raw) <= _NAME_BYTES:
        return name
    end = ending(name) if len(os.fsencode(ending(name))) < 20 else ""
    return raw[: _NAME_BYTES - 20].decode(errors="ignore") + end
