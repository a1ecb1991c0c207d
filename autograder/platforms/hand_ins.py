"""Finds all hand-ins of a class, whichever platform they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.model import Attempt, Student
from autograder.platforms.blackboard import blackboard
from autograder.platforms.canvas import canvas
from autograder.platforms.gradescope import gradescope
from autograder.platforms.moodle import moodle
from autograder.platforms.repositories import repositories
from autograder.platforms.unpack import unpacked
from autograder.submissions.discover import find_submissions, is_one_submission, visible_names
from autograder.submissions.entries import ending, notes
from autograder.submissions.names import distinct_ids

PLATFORMS: Mapping[str, Callable[[Path, Sequence[str]], list[Attempt] | None]] = {
    "Gradescope": gradescope,
    "Moodle": moodle,
    "Blackboard": blackboard,
    "Canvas": canvas,
    "classroom repositories": repositories,
}
"""In the order in which they are tried; the names of files look the more alike the later."""

_ATTEMPT = re.compile(r"(?P<student>.+?)[ _-]*attempt[ _-]*(?P<number>[0-9]{1,9})", re.IGNORECASE)


@dataclass(frozen=True)
class HandIns:
    """What was found, and where it comes from."""

    platform: str
    """A key of PLATFORMS, or `folder`."""
    attempts: tuple[Attempt, ...]
    """Sorted by id."""
    notes: tuple[str, ...] = ()
    """What of the download could not be unpacked, for the instructor; safe to show."""


@contextmanager
def hand_ins(
    path: Path, parts: Iterable[str] = (), graded: Path | None = None
) -> Iterator[HandIns]:
    """The hand-ins at `path`: a platform's download, packed or not, a plain folder, or just one.

    They can be read until the block ends. `parts` are the names of the course's parts; the folder
    `graded`, where results are written, is no hand-in.
    Raises UsageError where there is no hand-in.
    """
    parts = tuple(parts)
    unread: tuple[str, ...] = ()
    if visible_names(path) is None and ending(path.name) == ".zip":
        with unpacked(path.resolve()) as (folder, left_out):
            found = _from_download(folder, parts)
            unread = notes(left_out)
            if found is not None:
                yield replace(found, notes=unread)
                return
    found = _from_download(path, parts, graded) or _from_folder(path, parts, graded)
    yield replace(found, notes=unread)


def _from_download(
    folder: Path, parts: tuple[str, ...], graded: Path | None = None
) -> HandIns | None:
    names = visible_names(folder, graded)
    if names is None or is_one_submission(names, parts):
        return None
    found = _from_platform(folder, names)
    inside = [folder / name for name in names if (folder / name).is_dir()]
    if found is None and len(inside) == 1 and not inside[0].is_symlink():
        # one folder around everything else, as archives have it and unpacking makes it
        names = visible_names(inside[0]) or []
        found = None if is_one_submission(names, parts) else _from_platform(inside[0], names)
    return found


def _from_platform(folder: Path, names: Sequence[str]) -> HandIns | None:
    for platform, recognise in PLATFORMS.items():
        attempts = recognise(folder, names)
        if attempts:
            ids = distinct_ids((attempt.id,) for attempt in attempts)
            named = (replace(attempt, id=id) for attempt, id in zip(attempts, ids, strict=True))
            return HandIns(platform, tuple(sorted(named, key=lambda attempt: attempt.id)))
    return None


def _from_folder(path: Path, parts: tuple[str, ...], graded: Path | None) -> HandIns:
    attempts = []
    for id, place in find_submissions(path, parts, graded):
        match = _ATTEMPT.fullmatch(id)
        student = match["student"] if match else id
        attempts.append(
            Attempt(
                id=id,
                files=(("", place),),
                students=(Student(student, (student,)),),
                number=int(match["number"]) if match else 0,
            )
        )
    return HandIns("folder", tuple(attempts))
