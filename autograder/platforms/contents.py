"""The contents of folders and archives: names, files, and what they have of the course.

Listing names reads no code. Which parts and exercises files have, and whether several people may
have written them, tells one submission from a class. A download that is an archive is unpacked into
a private folder.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from autograder.errors import UsageError
from autograder.fixed_names import GRADEBOOK, RESULTS
from autograder.platforms.git import GIT
from autograder.platforms.gradescope import METADATA_LIMIT
from autograder.platforms.layouts import Tree
from autograder.submissions.archives import TOO_MUCH, names_in, read_archive, read_zip_file
from autograder.submissions.entries import (
    ENTRY_LIMIT,
    MIB,
    NOT_CODE,
    READ_LIMIT,
    READ_LIMITS,
    SIZE_LIMITS,
    Found,
    LeftOut,
    ending,
    is_archive,
    is_clutter,
    is_part_itself,
    number_around_part,
    recognised_part,
    size_limit,
    too_large,
    without_part,
)
from autograder.submissions.folder import is_hand_in
from autograder.text import printable

ZIP = ".zip"
"""The ending of archives whose contents are listed."""
_DEPTH = 6
_DIRECTORY_BYTES = 8 << 20
"""The maximum size of an archive's central directory; a larger one is not read."""
_MOST_READ = 64 << 20
_END = b"PK\x05\x06"
_END_BYTES = 22 + 0xFFFF
TOTAL_LIMIT = 4096 * MIB
"""The maximum unpacked size of one download, in bytes."""

_SIZE_LIMITS = READ_LIMITS | {".yml": METADATA_LIMIT}
_NAME_BYTES = 200
"""The maximum length of a file or folder name; file systems allow 255 bytes."""


CODE = (".py", ".ipynb", ".qmd", ".rmd", ".ipy", ".py.txt")
_NO_PERSON = re.compile(
    r"(?:v|ver|version|attempt|try|draft|old|new|backup|bak|copy|final|fixed|src|source|data|docs?"
    r"|tests?|solutions?|exercises?|code|notebooks?|scripts?|helpers?|lib|utils?|images?|img"
    r"|figures?|plots?|results?|outputs?|assets|feedback|(?:un|new )?titled folder)[\W_\d]*",
    re.IGNORECASE,
)
"""Folder names that are never the name of a student."""
_READ = 1 << 20


# --- names -------------------------------------------------------------------------------------


@dataclass
class Folder:
    """A folder in which submissions are looked for, and what is to be said about it."""

    path: Path
    inside: Tree
    packed: bool = False
    """Whether it was unpacked from an archive."""
    notes: list[str] = field(default_factory=list)

    @cached_property
    def results(self) -> list[str]:
        """The folders that an earlier run wrote."""
        trees = self.inside.items()
        return [name for name, below in trees if below and {GRADEBOOK, RESULTS} <= below.keys()]

    @cached_property
    def hand_ins(self) -> list[str]:
        """The names that may be submissions."""
        return [
            name
            for name, below in self.inside.items()
            if name not in self.results and (below is not None or is_hand_in(name))
        ]

    @property
    def folders(self) -> list[str]:
        return [name for name in self.hand_ins if self.inside[name] is not None]

    def is_file(self, name: str, endings: Collection[str]) -> bool:
        return self.inside[name] is None and ending(name) in endings


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
    for name in _names(path):
        steps = [step for step in name.split("/") if step != "."]
        if not any(map(is_clutter, steps)):
            at: dict[str, Tree | None] = found
            for step in steps[: min(len(steps) - 1, _DEPTH)]:
                inner = at.setdefault(step, {})
                at = inner if isinstance(inner, dict) else {}
            if steps and steps[-1]:
                at.setdefault(steps[-1], None)
    return found or None


def clones_packed_in(path: Path) -> list[str]:
    """The folders with git history in the archive at `path`, sorted; "" is the archive itself."""
    split = [[step for step in name.split("/") if step not in ("", ".")] for name in _names(path)]
    return sorted({"/".join(steps[: steps.index(GIT)]) for steps in split if GIT in steps})


def _names(path: Path) -> list[str]:
    """All names in the archive at `path`; none if it cannot be read."""
    if ending(path.name) == ZIP:
        return [entry.filename.replace("\\", "/") for entry in _entries(path)]
    if path.is_symlink() or not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            return names_in(file)
    except OSError:
        return []


def files_in(place: Path, below: Tree) -> Iterator[tuple[Path, str]]:
    """The path and name of each file in the tree `below` of the folder at `place`."""
    for name, inner in below.items():
        if inner is None:
            yield place / name, name
        else:
            yield from files_in(place / name, inner)


def beginning(path: Path, limit: int) -> bytes:
    """The first `limit` bytes of the file at `path`; none if it cannot be read."""
    if path.is_symlink() or not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError:
        return b""


def beginnings(path: Path, kinds: Collection[str], limit: int) -> Iterator[tuple[str, bytes]]:
    """The names of an archive's files with an ending in `kinds`, and their first `limit` bytes.

    Nothing is yielded for a file that cannot be read, nor after _MOST_READ bytes.
    """
    if ending(path.name) != ZIP:
        for found in read_archive(beginning(path, READ_LIMIT)):
            if isinstance(found, Found) and ending(found.place) in kinds:
                yield found.place, found.content[:limit]
        return
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


# --- unpacking ----------------------------------------------------------------------------------


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
        for entry in _files_of(archive.name, file):
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


def _files_of(name: str, file: BinaryIO) -> Iterator[Found | LeftOut]:
    if ending(name) == ZIP:
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


# --- what files have of the course --------------------------------------------------------------


class Work:
    """What the files of submissions have of the course's parts and exercises."""

    def __init__(self, parts: tuple[str, ...], exercises: tuple[str, ...]) -> None:
        self._parts = parts
        self._packed: dict[Path, set[bytes]] = {}
        """The exercises defined in the files of archives."""
        words = "|".join(map(re.escape, exercises))
        self._written = re.compile(rf"\bdef\s+({words})\s*\(".encode()) if exercises else None

    def is_nobody(self, name: str) -> bool:
        """Whether a folder's name cannot be a student's."""
        return bool(_NO_PERSON.fullmatch(name)) or is_part_itself(name, self._parts)

    def owner(self, name: str) -> str:
        """The owner of a loose file: its name without the part's name and the ending."""
        return without_part(name[: len(name) - len(ending(name))], self._parts).casefold()

    def numbered(self, names: Iterable[str]) -> list[str]:
        """Files of one part that only a number tells apart, as in an anonymous class; or none.

        At least three, without a file of that part that has no number.
        """
        by_part: dict[str | None, dict[str, str]] = {}
        for name in names:
            if ending(name) in CODE:
                stem = name[: len(name) - len(ending(name))]
                number = number_around_part(stem, self._parts)
                by_part.setdefault(recognised_part(stem, self._parts), {})[name] = number
        sets = [list(own) for part, own in by_part.items() if part and all(own.values())]
        return max((own for own in sets if len(own) > 2), key=len, default=[])

    def unpack(self, archive: Path, below: Tree) -> None:
        """Note which exercises are defined in the files of an archive, unless it is a student's."""
        if self._written and (any(below.values()) or len(self._owners(below)) > 1):
            for name, text in beginnings(archive, CODE, _READ):
                self._packed[archive / name] = set(self._written.findall(text))

    def _owners(self, below: Tree) -> list[str]:
        """The scripts in a folder whose names may be those of different students, not of versions.

        `sol.py` and `sol_old.py` are versions, and so are `try1.py` and `try2.py`.
        """
        owners: dict[str, str] = {}
        for name in sorted(below, key=len):
            owner = self.owner(name).rstrip("0123456789 _-.()")
            if below[name] is not None or ending(name) not in CODE or not owner:
                continue
            known = any(owner.startswith(shorter) for shorter in owners)
            if not known and not self.is_nobody(owner):
                owners[owner] = name
        return sorted(owners.values())

    def scripts_of_many(self, place: Path, below: Tree | None) -> list[str]:
        """The scripts of several students that are directly in a folder or archive; or none.

        They have different owners, and the same exercise is in several of them.
        """
        if below is None:
            below = archive_tree(place) or {}
        if len(below) == 1 and (inner := next(iter(below.items())))[1] is not None:
            return self.scripts_of_many(place / inner[0], inner[1])
        if any(each is not None for each in below.values()):
            return []
        names = self._owners(below)
        return names if repeated(self.held(place / name, None, name) for name in names) else []

    def in_several(self, folder: Path, tops: Iterable[str]) -> str:
        """Say which part or exercise is in several of `tops`; "" if none is."""
        return repeated(self.held_by(folder, name) for name in tops)

    def held_by(self, folder: Path, name: str) -> set[str]:
        return self.held(folder / name, folder_tree(folder / name), name)

    def held(self, place: Path, below: Tree | None, name: str) -> set[str]:
        """The parts named by code files, or else the exercises defined in them."""
        if below is None and is_archive(name):
            below = archive_tree(place) or {}
        files = [(place, name)] if below is None else list(files_in(place, below))
        code = [(at, own) for at, own in files if ending(own) in CODE]
        by_name = {recognised_part(own[: -len(ending(own))], self._parts) for _, own in code}
        if by_name - {None}:
            return {part for part in by_name if part is not None}
        found: set[str] = set()
        if self._written:
            for at, _ in code:
                each = self._packed.get(at) or self._written.findall(beginning(at, _READ))
                found |= {one.decode() for one in each}
        return found


def repeated(held: Iterable[set[str]]) -> str:
    """Say which part or exercise is in several of these sets; "" if none is."""
    count = Counter(each for one in held for each in one)
    often = [(times, each) for each, times in count.items() if times > 1]
    if not often:
        return ""
    times, each = max(often)
    return f"{each} in {times} places"
