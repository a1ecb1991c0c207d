"""Reads the files of a tar archive in memory, so that nothing is ever unpacked to a disk."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from typing import Protocol

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

DAMAGED = "not read: not a tar archive, or a damaged one; create it again"
OUTSIDE = "not read: its name points outside the archive"
TOO_MUCH = f"not read: it unpacks to more than {READ_LIMIT // MIB} MiB"

GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
_MAGIC_AT, _MAGIC = 257, b"ustar"


class _Decompressor(Protocol):
    def decompress(self, data: bytes, /, max_length: int = ...) -> bytes: ...


def is_tar(content: bytes) -> bool:
    """Whether these bytes are a tar archive, or packed as one may be."""
    return content.startswith((GZIP, BZIP2, XZ)) or _is_plain(content)


def _is_plain(content: bytes) -> bool:
    return content[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] == _MAGIC


def read_tar(content: bytes) -> Iterator[Found | LeftOut]:
    """The files of the archive with these bytes, the shallowest first.

    Each comes with its bytes, or with the reason why it is left out; clutter is passed over in
    silence. At most READ_LIMIT bytes are decompressed. Raises nothing for a broken or hostile
    archive.
    """
    try:
        plain = _decompressed(content, READ_LIMIT + 1)
    except Exception:  # the decompressors raise whatever the bytes make them raise
        yield LeftOut("", DAMAGED)
        return
    if len(plain) > READ_LIMIT:
        yield LeftOut("", TOO_MUCH)
        return
    if plain is not content and not _is_plain(plain):
        yield LeftOut("", DAMAGED)
        return
    entries: dict[tuple[str, ...], Found | LeftOut] = {}
    broken = False
    try:
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            for number, member in enumerate(archive):
                if number == ENTRY_LIMIT:
                    entries[()] = LeftOut("", TOO_MANY)
                    break
                steps = tuple(step for step in member.name.split("/") if step not in ("", "."))
                hidden = any(is_clutter(step) for step in steps if step != "..")
                if not member.isdir() and steps and not hidden:
                    entries[steps] = _read_member(archive, member, steps)
    except Exception:  # tarfile raises whatever the bytes make it raise
        broken = True
    yield from (entries[steps] for steps in sorted(entries, key=lambda steps: (len(steps), steps)))
    if broken:
        yield LeftOut("", DAMAGED)


def _read_member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, steps: tuple[str, ...]
) -> Found | LeftOut:
    place = "/".join(steps)
    limit = READ_LIMITS.get(ending(steps[-1]))
    if ".." in steps or member.name.startswith("/"):
        return LeftOut(place, OUTSIDE)
    if len(steps) > DEPTH_LIMIT + 1:
        return LeftOut(place, TOO_DEEP)
    if member.issym() or member.islnk():
        return LeftOut(place, LINK)
    if not member.isreg() or member.issparse():  # a sparse one may unpack to anything
        return LeftOut(place, NO_FILE)
    if limit is None:
        return LeftOut(place, NOT_CODE)
    if member.size > limit:
        return LeftOut(place, too_large(steps[-1], limit))
    file = archive.extractfile(member)
    return LeftOut(place, DAMAGED) if file is None else Found(place, file.read(limit))


def _decompressed(content: bytes, limit: int) -> bytes:
    """At most `limit` bytes of what was packed; `content` itself where nothing was."""
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
