"""Finds the submissions in a folder, and reads the files of one.

Reading never follows a link and never blocks on a device.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from autograder.errors import UsageError
from autograder.submissions.entries import (
    ARCHIVES,
    CHECKPOINTS,
    DEPTH_LIMIT,
    ENTRY_LIMIT,
    HIDDEN_COPY,
    LINK,
    NO_FILE,
    NOT_CODE,
    READ_LIMITS,
    SIZE_LIMITS,
    TOO_DEEP,
    TOO_MANY,
    Found,
    LeftOut,
    distinct_ids,
    ending,
    is_clutter,
    is_part_itself,
    safe_id,
    too_large,
)
from autograder.text import printable

_BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
# Windows has neither these flags nor folder descriptors; there, paths are used.
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = os.O_RDONLY | _NO_LINKS | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_FILE |= getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | _NO_LINKS | getattr(os, "O_DIRECTORY", 0)
_REPARSE_POINT = getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0x400)

_Place = tuple[str, ...]
_Folder = int | str
"""A folder: an open descriptor, or its path on systems without folder descriptors."""


def read_path(path: Path, name: str = "") -> Iterator[Found | LeftOut]:
    """Yield the file at `path`, or the files below the folder at `path`, the shallowest first.

    A file's place is `name` or else its filename; places in a folder begin with `name`, if given.
    Each entry has its bytes, or the reason why it is left out. Hidden files, caches and virtual
    environments are skipped silently. Raises OSError if `path`, or a folder or file below it that
    may hold code, cannot be read: that is not the student's fault, so nothing should be graded.
    """
    kind = os.lstat(path)
    if _is_link(kind):
        yield LeftOut(name or path.name, LINK)
    elif stat.S_ISDIR(kind.st_mode):
        for entry in _read_folder(path):
            yield replace(entry, place="/".join(filter(None, (name, entry.place))))
    else:
        parent: _Folder = os.fspath(path.parent)
        if _BY_DESCRIPTOR:
            # The path to the submission is the instructor's own, so links in it are followed.
            parent = os.open(path.parent, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
        try:
            yield _read_file(parent, path.name, name or path.name)
        finally:
            _close(parent)


def _read_folder(root: Path) -> Iterator[Found | LeftOut]:
    folders: deque[_Place] = deque([()])
    looked_at = 0
    while folders:
        place = folders.popleft()
        try:
            with _opened(root, place) as folder:
                entries = _entries(folder, ENTRY_LIMIT - looked_at)
                looked_at += len(entries)
                if place and any(entry.name == "pyvenv.cfg" for entry in entries):
                    continue
                for entry in entries:
                    inside = (*place, entry.name)
                    if is_clutter(entry.name):
                        if entry.name == CHECKPOINTS:
                            yield LeftOut("/".join(inside), HIDDEN_COPY)
                        continue
                    if not _is_folder(entry):
                        yield _read_file(folder, entry.name, "/".join(inside))
                    elif len(inside) > DEPTH_LIMIT:
                        yield LeftOut("/".join(inside), TOO_DEEP)
                    else:
                        folders.append(inside)
        except OSError as error:
            if not place:
                raise
            yield _refused("/".join(place), error)
        if looked_at >= ENTRY_LIMIT:
            yield LeftOut("", TOO_MANY)
            return


def _entries(folder: _Folder, limit: int) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(islice(entries, limit), key=lambda entry: os.fsencode(entry.name))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # A Windows junction claims to be a folder; here it is not, so `_read_file` reports a link.
    return entry.is_dir(follow_symlinks=False) and not (
        os.name == "nt" and _is_link(entry.stat(follow_symlinks=False))
    )


def _is_link(kind: os.stat_result) -> bool:
    return stat.S_ISLNK(kind.st_mode) or bool(
        getattr(kind, "st_file_attributes", 0) & _REPARSE_POINT
    )


@contextmanager
def _opened(root: Path, place: _Place) -> Iterator[_Folder]:
    """Open the folder at `place` below `root`, one level at a time, so that no level is a link."""
    if not _BY_DESCRIPTOR:
        yield os.path.join(root, *place)
        return
    folder = os.open(root, _FOLDER)
    try:
        for name in place:
            inner = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _close(folder: _Folder) -> None:
    if isinstance(folder, int):
        os.close(folder)


def _read_file(folder: _Folder, name: str, place: str) -> Found | LeftOut:
    """Read the file `name` in `folder`. Opening never blocks, and only a regular file is read."""
    parent = folder if isinstance(folder, int) else None
    path = name if isinstance(folder, int) else os.path.join(folder, name)
    try:
        kind = os.stat(path, dir_fd=parent, follow_symlinks=False)
        if _is_link(kind):
            return LeftOut(place, LINK)
        if not stat.S_ISREG(kind.st_mode):
            return LeftOut(place, NO_FILE)
        limit = READ_LIMITS.get(ending(name))
        if limit is None:
            return LeftOut(place, NOT_CODE)
        descriptor = os.open(path, _FILE, dir_fd=parent)
        with open(descriptor, "rb", buffering=0) as file:
            # The entry may have been replaced since `stat`; check the open file.
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return LeftOut(place, NO_FILE)
            content = _read(file.fileno(), limit + 1)
    except OSError as error:
        return _refused(place, error)
    return LeftOut(place, too_large(name, limit)) if len(content) > limit else Found(place, content)


def _read(descriptor: int, limit: int) -> bytes:
    chunks: list[bytes] = []
    left = limit
    while left and (chunk := os.read(descriptor, left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _refused(place: str, error: OSError) -> LeftOut:
    """LINK as the reason if `place` turned out to be a link; raises any other error again."""
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):  # it has become a link meanwhile
        return LeftOut(place, LINK)
    raise OSError(error.errno, error.strerror, place) from error


# --- the submissions of a folder ---------------------------------------------------------------

_ARCHIVES = frozenset([*ARCHIVES, ".rar", ".7z", ".gz", ".bz2", ".xz"])
"""Archives that count as a submission even if they cannot be read, so that the student is listed
among the marks."""
_KINDS = ".py, .ipynb, .qmd, .Rmd, .zip or .tar.gz"
_WANTED = "name a folder of submissions, or one submission"


def find_submissions(
    path: Path, parts: Iterable[str] = (), graded: Path | None = None
) -> list[tuple[str, Path]]:
    """The ID and path of each submission in `path`, sorted by ID; or of `path` itself if it is one.

    A submission is a folder, an archive, a script or a notebook. If `path` directly contains a file
    named like one of `parts`, it is one submission. An ID is the name without its ending, made safe
    as a filename and unique even if case is ignored. The folder `graded`, where results are
    written, is not a submission. Raises UsageError if there is no submission.
    """
    parts = tuple(parts)
    names = visible_names(path, graded)
    folder = path.resolve()
    if names is None and ending(folder.name) in SIZE_LIMITS:
        return [(safe_id(_stem(folder)), folder)]
    if names is None:
        raise UsageError(f"{printable(str(path))}: found no {_KINDS} file; {_WANTED}")
    if is_one_submission(names, parts):
        return [(safe_id(folder.name), folder)]
    # The folder's own path is resolved, as the instructor chose it; links in it are students'.
    found = [folder / name for name in names if (folder / name).is_dir() or is_hand_in(name)]
    if not found:
        raise UsageError(f"{printable(str(path))}: found no folder, {_KINDS} in it; {_WANTED}")
    return sorted(_with_ids(found))


def visible_names(path: Path, graded: Path | None = None) -> list[str] | None:
    """The names in the folder at `path`, sorted, without clutter; None if `path` is a file.

    The folder `graded` is left out, since it holds results. Raises UsageError if `path` cannot be
    read.
    """
    try:
        folder = path.resolve(strict=True)
        names = os.listdir(folder) if folder.is_dir() else None
        results = graded and graded.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a symlink loop, before Python 3.13
        why = os.strerror(getattr(error, "errno", None) or errno.ELOOP)
        raise UsageError(
            f"{printable(str(path))}: the file system says {why!r}; {_WANTED}"
        ) from None
    if names is None:
        return None
    return sorted(name for name in names if not is_clutter(name) and folder / name != results)


def is_one_submission(names: Iterable[str], parts: Iterable[str]) -> bool:
    """Whether a folder with these names is one submission: one of them is a part's filename."""
    parts = tuple(parts)
    return any(_is_part(name, parts) for name in names)


def _is_part(name: str, parts: tuple[str, ...]) -> bool:
    kind = ending(name)
    is_code = kind in SIZE_LIMITS and kind not in ARCHIVES
    return is_code and is_part_itself(name[: -len(kind)], parts)


def is_hand_in(name: str) -> bool:
    """Whether a file of this name may be a whole submission."""
    return ending(name) in _ARCHIVES or ending(name) in SIZE_LIMITS


def _with_ids(found: list[Path]) -> list[tuple[str, Path]]:
    """Pair each path with a unique ID; if IDs collide, a file keeps its ending or gets a number.

    Folders come first, so they keep their names.
    """
    found = sorted(found, key=lambda path: (not path.is_dir(), os.fsencode(path.name)))
    ids = distinct_ids((_stem(path), path.name) for path in found)
    return list(zip(ids, found, strict=True))


def _stem(path: Path) -> str:
    has_ending = is_hand_in(path.name) and not path.is_dir()
    return path.name[: -len(ending(path.name))] if has_ending else path.name
