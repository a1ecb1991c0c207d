"""Finds the submissions below a path."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import UsageError
from autograder.submissions.entries import ARCHIVES, SIZE_LIMITS, ending, is_clutter
from autograder.submissions.names import distinct_ids, is_part_itself, safe_id
from autograder.text import printable

_ARCHIVES = frozenset([*ARCHIVES, ".rar", ".7z", ".gz", ".bz2", ".xz"])
"""Listed also where they are not read: who hands one in is to be found among the marks."""
_KINDS = ".py, .ipynb, .zip or .tar.gz"
_WANTED = "name a folder of submissions, or one submission"


def find_submissions(
    path: Path, parts: Iterable[str] = (), graded: Path | None = None
) -> list[tuple[str, Path]]:
    """Each submission below `path` with its id, sorted by id; or `path` itself, if it is one.

    A submission is a folder, an archive, a script or a notebook. A folder that directly holds a
    file called as one of `parts` is one submission. An id is the name without its ending, made
    safe as a file name, and different from all others even where letter case does not count.
    The folder `graded`, where results are written, is none.
    Raises UsageError where there is no submission.
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
    # The folder's own path was the instructor's to choose; links within it are the students'.
    found = [folder / name for name in names if (folder / name).is_dir() or is_hand_in(name)]
    if not found:
        raise UsageError(f"{printable(str(path))}: found no folder, {_KINDS} in it; {_WANTED}")
    return sorted(_with_ids(found))


def visible_names(path: Path, graded: Path | None = None) -> list[str] | None:
    """What is in the folder at `path`, sorted, without clutter; None if `path` is a file.

    The folder `graded` is left out, as the results in it are the instructor's.

    Raises UsageError where it cannot be looked at.
    """
    try:
        folder = path.resolve(strict=True)
        names = os.listdir(folder) if folder.is_dir() else None
        results = graded and graded.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        why = os.strerror(getattr(error, "errno", None) or errno.ELOOP)
        raise UsageError(
            f"{printable(str(path))}: the file system says {why!r}; {_WANTED}"
        ) from None
    if names is None:
        return None
    return sorted(name for name in names if not is_clutter(name) and folder / name != results)


def is_one_submission(names: Iterable[str], parts: Iterable[str]) -> bool:
    """Whether a folder with these names is one submission: one of them is that of a part."""
    parts = tuple(parts)
    return any(_is_part(name, parts) for name in names)


def _is_part(name: str, parts: tuple[str, ...]) -> bool:
    kind = ending(name)
    is_code = kind in SIZE_LIMITS and kind not in ARCHIVES
    return is_code and is_part_itself(name[: -len(kind)], parts)


def is_hand_in(name: str) -> bool:
    """Whether a file of this name may be a student's whole hand-in."""
    return ending(name) in _ARCHIVES or ending(name) in SIZE_LIMITS


def _with_ids(found: list[Path]) -> list[tuple[str, Path]]:
    """Folders keep their names; what would be called alike keeps its ending, or gets a number."""
    found = sorted(found, key=lambda path: (not path.is_dir(), os.fsencode(path.name)))
    ids = distinct_ids((_stem(path), path.name) for path in found)
    return list(zip(ids, found, strict=True))


def _stem(path: Path) -> str:
    has_ending = is_hand_in(path.name) and not path.is_dir()
    return path.name[: -len(ending(path.name))] if has_ending else path.name
