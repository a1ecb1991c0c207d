"""Reads the files of zip and tar archives in memory; nothing is ever unpacked to disk."""

from __future__ import annotations

import bz2
import io
import lzma
import math
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, NamedTuple, Protocol

from autograder.submissions.entries import (
    BZIP2,
    CHECKPOINTS,
    DEPTH_LIMIT,
    ENTRY_LIMIT,
    GZIP,
    HIDDEN_COPY,
    LINK,
    MIB,
    NO_FILE,
    NOT_CODE,
    PACKED,
    READ_LIMIT,
    READ_LIMITS,
    TOO_DEEP,
    TOO_MANY,
    XZ,
    Found,
    LeftOut,
    ending,
    is_clutter,
    too_large,
    what_else,
)

DAMAGED = "not read: not an archive, or a damaged one; create it again"
OUTSIDE = "not read: its name points outside the archive"
ENCRYPTED = "not read: encrypted; hand in an archive without a password"
METHOD = "not read: packed by a method other than store and deflate; hand in a plain .zip"
TOO_MUCH = f"not read further: its files unpack to more than {READ_LIMIT // MIB} MiB"
TWICE = "more than once in the archive; the last one counts"

_TAR_AT, _TAR = 257, b"ustar"
_ENTRY = b"PK\x01\x02"
"""The signature of an entry in a zip archive's central directory."""
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The methods of all common tools. Their decompressors stop at a size limit; others may not."""


class _Member(NamedTuple):
    """One file in an archive, as the archive describes it."""

    name: str
    size: int
    read: Callable[[], bytes]
    objection: str | None
    """Why the file is not read, whatever its name and size; None if it may be."""


def read_archive(content: bytes) -> Iterator[Found | LeftOut]:
    """Yield the files of an archive, given as bytes, from the shallowest folder to the deepest.

    Each has its bytes, or the reason why it is left out; clutter is skipped silently. No file is
    read beyond the size that the archive declares, nor beyond the limit of its kind, and reading
    stops when the declared sizes exceed READ_LIMIT together. A broken or hostile archive does not
    raise.
    """
    if content.startswith(PACKED) or content[_TAR_AT:].startswith(_TAR):
        yield from _read_tar(content)
    elif content.count(_ENTRY) > ENTRY_LIMIT:  # before zipfile creates an object for each
        yield LeftOut("", TOO_MANY)
    elif what := what_else(content):
        yield LeftOut("", what)
    else:
        yield from read_zip_file(io.BytesIO(content), READ_LIMITS, READ_LIMIT)


def read_zip_file(
    file: BinaryIO, size_limits: Mapping[str, int], room: float = math.inf
) -> Iterator[Found | LeftOut]:
    """Like `read_archive`, for a zip archive in an open file.

    `size_limits` maps file endings to sizes in bytes; files with other endings are not read. `room`
    is how many bytes may be unpacked in total.
    """
    try:
        archive = zipfile.ZipFile(file)
    except Exception:  # zipfile may raise anything on invalid input
        yield LeftOut("", DAMAGED)
        return
    with archive:
        members = (_in_zip(archive, entry) for entry in archive.infolist())
        yield from _read(members, size_limits, room)


def names_in(file: BinaryIO) -> list[str]:
    """The names in an archive in an open file, without reading what they name; none if broken.

    A folder's name ends with a slash.
    """
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                return [entry.filename.replace("\\", "/") for entry in archive.infolist()]
        file.seek(0)
        plain = _decompressed(file.read(READ_LIMIT), READ_LIMIT)
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as packed:
            return [one.name + "/" * one.isdir() for one in islice(packed, ENTRY_LIMIT)]
    except Exception:  # zipfile, tarfile and the decompressors may raise anything on invalid input
        return []


def _read_tar(content: bytes) -> Iterator[Found | LeftOut]:
    try:
        plain = _decompressed(content, READ_LIMIT + 1)
    except Exception:  # the decompressors may raise anything on invalid input
        yield LeftOut("", DAMAGED)
        return
    if len(plain) > READ_LIMIT:
        yield LeftOut("", TOO_MUCH)
        return
    members: list[_Member] = []
    reason = None if plain[_TAR_AT:].startswith(_TAR) else DAMAGED
    try:
        archive = tarfile.open(fileobj=io.BytesIO(plain), mode="r:")  # noqa: SIM115  # in memory
        entries = list(islice(archive, ENTRY_LIMIT + 1))
        reason = TOO_MANY if len(entries) > ENTRY_LIMIT else reason
        members = [_in_tar(archive, one) for one in entries[:ENTRY_LIMIT] if not one.isdir()]
    except Exception:  # tarfile may raise anything on invalid input
        reason = DAMAGED
    yield from _read(members, READ_LIMITS, READ_LIMIT)
    if reason:
        yield LeftOut("", reason)


def _read(
    members: Iterable[_Member], size_limits: Mapping[str, int], room: float
) -> Iterator[Found | LeftOut]:
    entries, left_out = _by_steps(members)
    yield from left_out
    environments = {steps[:-1] for steps in entries if steps[-1] == "pyvenv.cfg"} - {()}
    for steps in sorted(entries, key=lambda steps: (len(steps), steps)):
        if any(steps[:count] in environments for count in range(1, len(steps))):
            continue
        member, place = entries[steps], "/".join(steps)
        reason = member.objection or _objection(steps, member.size, size_limits)
        if reason:
            yield LeftOut(place, reason)
            continue
        room -= member.size
        if room < 0:
            yield LeftOut("", TOO_MUCH)
            return
        try:
            yield Found(place, member.read())
        except Exception:  # zipfile, tarfile and zlib may raise anything on invalid input
            yield LeftOut(place, DAMAGED)


def _by_steps(
    members: Iterable[_Member],
) -> tuple[dict[tuple[str, ...], _Member], list[LeftOut]]:
    """The files by the steps of their paths, and those that are left out because of their path."""
    entries: dict[tuple[str, ...], _Member] = {}
    left_out = []
    for member in members:
        name = member.name
        steps = tuple(step for step in name.split("/") if step not in ("", "."))
        if ".." in steps or name.startswith("/") or name[1:2] == ":":
            left_out.append(LeftOut(name, OUTSIDE))
        elif not steps or name.endswith("/"):
            continue
        elif not any(map(is_clutter, steps)):
            if steps in entries:
                left_out.append(LeftOut(name, TWICE, is_loss=False))
            entries[steps] = member
        elif CHECKPOINTS in steps:
            left_out.append(LeftOut(name, HIDDEN_COPY))
    return entries, left_out


def _objection(steps: tuple[str, ...], size: int, size_limits: Mapping[str, int]) -> str | None:
    limit = size_limits.get(ending(steps[-1]))
    if len(steps) > DEPTH_LIMIT + 1:
        return TOO_DEEP
    if limit is None:
        return NOT_CODE
    return too_large(steps[-1], limit) if size > limit else None


def _in_zip(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> _Member:
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        # Without the flag the encoding is unspecified; today it is mostly UTF-8.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    objection = None
    if kind not in (0, stat.S_IFREG):
        objection = LINK if kind == stat.S_IFLNK else NO_FILE
    elif entry.flag_bits & _ENCRYPTED:
        objection = ENCRYPTED
    elif entry.compress_type not in _METHODS and ending(name) in READ_LIMITS:
        objection = METHOD

    def read() -> bytes:
        with archive.open(entry) as file:
            return file.read(entry.file_size)

    # Windows tools write backslashes between folders.
    return _Member(name.replace("\\", "/"), entry.file_size, read, objection)


def _in_tar(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> _Member:
    objection = None
    if entry.issym() or entry.islnk():
        objection = LINK
    elif not entry.isreg() or entry.issparse():  # a sparse file may unpack to any size
        objection = NO_FILE

    def read() -> bytes:
        file = archive.extractfile(entry)
        assert file is not None  # it is a regular file
        return file.read(entry.size)

    return _Member(entry.name, entry.size, read, objection)


class _Decompressor(Protocol):
    def decompress(self, data: bytes, /, max_length: int = ...) -> bytes: ...


def _decompressed(content: bytes, limit: int) -> bytes:
    """Decompress to at most `limit` bytes; return `content` itself if it is not compressed."""
    decompressor: _Decompressor
    if content.startswith(GZIP):
        decompressor = zlib.decompressobj(wbits=31)
    elif content.startswith(BZIP2):
        decompressor = bz2.BZ2Decompressor()
    elif content.startswith(XZ):
        decompressor = lzma.LZMADecompressor(memlimit=READ_LIMIT)
    else:
        return content
    return decompressor.decompress(content, limit)
