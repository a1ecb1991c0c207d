"""Reads the files of a zip archive in memory, so that nothing is ever unpacked to a disk."""

from __future__ import annotations

import io
import math
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO

from autograder.submissions.entries import (
    DEPTH_LIMIT,
    ENTRY_LIMIT,
    LINK,
    MIB,
    NO_FILE,
    NOT_CODE,
    READ_LIMIT,
    READ_LIMITS,
    TOO_DEEP,
    TOO_MANY,
    Found,
    LeftOut,
    ending,
    is_clutter,
    too_large,
)

DAMAGED = "not read: not a zip archive, or a damaged one; create it again"
OUTSIDE = "not read: its name points outside the archive"
ENCRYPTED = "not read: encrypted; hand in an archive without a password"
METHOD = "not read: packed by a method other than store and deflate; hand in a plain .zip"
TOO_MUCH = f"not read further: its files unpack to more than {READ_LIMIT // MIB} MiB"
TWICE = "more than once in the archive; the last one counts"

_ENTRY = b"PK\x01\x02"
"""What every entry of an archive's directory begins with."""
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_Steps = tuple[str, ...]
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of every common tool; they stop decompressing where they are told to, others need not."""


def read_archive(content: bytes) -> Iterator[Found | LeftOut]:
    """The files of the archive with these bytes, the shallowest first.

    Each comes with its bytes, or with the reason why it is left out; clutter is passed over in
    silence. No file is read beyond the size that the archive declares, nor beyond the limit of its
    kind; nor are files of more than READ_LIMIT together, whatever becomes of them. Raises nothing
    for a broken or hostile archive.
    """
    if content.count(_ENTRY) > ENTRY_LIMIT:  # before zipfile makes an object of each
        yield LeftOut("", TOO_MANY)
    else:
        yield from read_archive_file(io.BytesIO(content), READ_LIMITS, READ_LIMIT)


def read_archive_file(
    file: BinaryIO, size_limits: Mapping[str, int], room: float = math.inf
) -> Iterator[Found | LeftOut]:
    """As `read_archive`, from an open file; `size_limits` are by ending, others are not read.

    `room` is what may be unpacked, in bytes.
    """
    try:
        archive = zipfile.ZipFile(file)
    except Exception:  # zipfile raises whatever the bytes make it raise
        yield LeftOut("", DAMAGED)
        return
    with archive:
        entries: dict[_Steps, zipfile.ZipInfo] = {}
        for entry in archive.infolist():
            name = _name(entry)
            steps = tuple(step for step in name.split("/") if step not in ("", "."))
            if ".." in steps or name.startswith("/") or name[1:2] == ":":
                yield LeftOut(name, OUTSIDE)
            elif steps and not name.endswith("/") and not any(map(is_clutter, steps)):
                if steps in entries:
                    yield LeftOut(name, TWICE, is_loss=False)
                entries[steps] = entry
        environments = {steps[:-1] for steps in entries if steps[-1] == "pyvenv.cfg"} - {()}
        for steps in sorted(entries, key=lambda steps: (len(steps), steps)):
            if environments.isdisjoint(steps[:count] for count in range(1, len(steps))):
                limit = size_limits.get(ending(steps[-1]))
                reason = _objection(entries[steps], steps, limit)
                if reason is None:
                    room -= entries[steps].file_size
                    if room < 0:
                        yield LeftOut("", TOO_MUCH)
                        return
                yield _read_entry(archive, entries[steps], steps, reason)


def _name(entry: zipfile.ZipInfo) -> str:
    """The name with `/` between folders, where Windows tools write backslashes."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        # Without the flag the encoding is nobody's business, and today mostly UTF-8.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _read_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, steps: _Steps, objection: str | None
) -> Found | LeftOut:
    place = "/".join(steps)
    if objection is not None:
        return LeftOut(place, objection)
    try:
        with archive.open(entry) as file:
            return Found(place, file.read(entry.file_size))
    except Exception:  # zipfile and zlib raise whatever the bytes make them raise
        return LeftOut(place, DAMAGED)


def _objection(entry: zipfile.ZipInfo, steps: _Steps, limit: int | None) -> str | None:
    """Why the entry is not read, if so; `limit` is the size that such a file may have."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if len(steps) > DEPTH_LIMIT + 1:
        return TOO_DEEP
    if kind == stat.S_IFLNK:
        return LINK
    if kind not in (0, stat.S_IFREG):
        return NO_FILE
    if entry.flag_bits & _ENCRYPTED:
        return ENCRYPTED
    if limit is None:
        return NOT_CODE
    if entry.compress_type not in _METHODS:
        return METHOD
    return too_large(steps[-1], limit) if entry.file_size > limit else None
