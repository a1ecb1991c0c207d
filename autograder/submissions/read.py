"""Reads what one student handed in: a folder, a script, a notebook or an archive."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from pathlib import Path

from autograder.errors import CourseError, UsageError
from autograder.model import Attempt, Course, Source, Submission
from autograder.submissions.entries import MIB, READ_LIMIT, Found, LeftOut, ending, notes
from autograder.submissions.folder import read_path
from autograder.submissions.sources import name_sources
from autograder.text import printable

ARCHIVE_LIMIT = 16
"""Archives in one hand-in."""
NESTING_LIMIT = 2
"""An archive may hold archives; these hold none."""

_NESTED = "not read: an archive within an archive within an archive"
_TOO_MUCH = f"not read further: more than {READ_LIMIT // MIB} MiB, or {ARCHIVE_LIMIT} archives"
_NOTHING = "no .py or .ipynb file with code in it was found in the hand-in"


def read_submission(path: Path, id: str, parts: Iterable[str] = ()) -> Submission:
    """What lies at `path`, with a note on everything that was left out.

    `parts` are the names of the course's parts, which are then recognised inside longer file names.
    Links are never followed, not even `path` itself. Nothing that a student can hand in raises;
    UsageError says that `path` cannot be looked at.
    """
    return read_attempt(Attempt(id, (("", path),)), parts)


def read_attempt(attempt: Attempt, parts: Iterable[str] = ()) -> Submission:
    """What `attempt` consists of; otherwise as `read_submission`."""
    parts = tuple(parts)
    paths = attempt.files
    whole = paths[0][0] or paths[0][1].name if len(paths) == 1 else ""
    try:
        entries = chain.from_iterable(read_path(path, name) for name, path in paths)
        found, left_out = _gather(_unpacked(entries, whole))
    except OSError as error:
        place = printable(str(error.filename or paths[0][1]))
        why = os.strerror(error.errno) if error.errno else "an unknown fault"
        raise UsageError(
            f"{place}: the file system says {why!r}, where a hand-in was expected; "
            "see that this account may read it, then grade again"
        ) from None
    sources, unused = name_sources(found, parts)
    lines = notes((*left_out, *unused), parts)
    return Submission(
        id=attempt.id,
        sources=sources,
        digest=_digest(sources),
        notes=lines if sources else (*lines, _NOTHING),
    )


def _unpacked(
    entries: Iterable[Found | LeftOut], whole: str = "", level: int = 0
) -> Iterator[Found | LeftOut]:
    """The entries, each archive followed by what it holds.

    The places within an archive begin with its own, unless it is the whole hand-in.
    """
    for entry in entries:
        yield entry
        if isinstance(entry, Found) and ending(entry.place) == ".zip":
            if level == NESTING_LIMIT:
                yield LeftOut(entry.place, _NESTED)
                continue
            # Only here: it takes longer to import than a folder of scripts takes to read.
            from autograder.submissions.zip_archive import read_archive

            above = "" if entry.place == whole else entry.place + "/"
            for inner in _unpacked(read_archive(entry.content), level=level + 1):
                yield replace(inner, place=above + inner.place if inner.place else entry.place)


def _gather(entries: Iterator[Found | LeftOut]) -> tuple[list[Found], list[LeftOut]]:
    found: list[Found] = []
    left_out: list[LeftOut] = []
    read = archives = 0
    for entry in entries:
        if isinstance(entry, LeftOut):
            left_out.append(entry)
            continue
        is_archive = ending(entry.place) == ".zip"
        read += len(entry.content)
        archives += is_archive
        if read > READ_LIMIT or archives > ARCHIVE_LIMIT:
            left_out.append(LeftOut("", _TOO_MUCH))
            break
        if not is_archive:
            found.append(entry)
    return found, left_out


def _digest(sources: Iterable[Source]) -> str:
    """Of names and bytes, each after its length, so that no two hand-ins run together alike."""
    hash = sha256()
    for source in sorted(sources, key=lambda source: (source.filename, source.cells)):
        head = (source.module, source.filename, str(source.notebook), str(len(source.cells)))
        for text in (*(word.encode() for word in head), *source.cells):
            hash.update(len(text).to_bytes(8, "big"))
            hash.update(text)
    return hash.hexdigest()


def read_support(course: Course, folder: Path) -> tuple[Source, ...]:
    """The Python files among `course.support`, read from `folder`.

    Raises CourseError where one is missing.
    """
    sources = []
    for name in course.support:
        path = folder / name
        if path.suffix != ".py":
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CourseError(
                f"{path}: cannot be read ({error.strerror}), but the course lists it under "
                "'support'; put it back"
            ) from None
        sources.append(Source(path.stem, name, (content,)))
    return tuple(sources)


def not_handed_in(course: Course, sources: Sequence[Source]) -> tuple[Source, ...]:
    """A file without cells for each part that is missing, since the other parts may import it."""
    there = {source.module for source in sources}
    missing = (part.name for part in course.parts if part.name not in there)
    return tuple(Source(name, f"{name}.py", ()) for name in missing) if there else ()


def own_work(submission: Submission, support: Sequence[Source]) -> Submission:
    """`submission` without the support files that were handed out, unless they were changed."""
    handed_out = {(source.module, source.cells) for source in support}
    own = (each for each in submission.sources if (each.module, each.cells) not in handed_out)
    return replace(submission, sources=tuple(own))
