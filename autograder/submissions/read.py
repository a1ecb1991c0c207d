"""Reads one submission: a folder, a script, a notebook or an archive."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from pathlib import Path

from autograder.errors import CourseError, UsageError
from autograder.model.course import Course
from autograder.model.submission import Attempt, Source, Submission
from autograder.submissions.entries import (
    HIDDEN_COPY,
    MIB,
    NOT_CODE,
    PACKED,
    PERHAPS_CODE,
    READ_LIMIT,
    SIZE_LIMITS,
    Found,
    LeftOut,
    ending,
    is_archive,
    notes,
    recognised_part,
)
from autograder.submissions.folder import read_path
from autograder.submissions.notebook import is_notebook, is_text_notebook, without_outputs
from autograder.submissions.sources import has_function, name_sources
from autograder.text import printable

ARCHIVE_LIMIT = 16
"""The most archives in one submission."""
NESTING_LIMIT = 2
"""How many levels of archives are opened: an archive, and archives inside it."""

_NESTED = "not read: an archive within an archive within an archive"
_TOO_MUCH = f"not read further: more than {READ_LIMIT // MIB} MiB, or {ARCHIVE_LIMIT} archives"
_NOTHING = "no .py, .ipynb, .qmd, .Rmd or .md file with code in it was found in the submission"


def read_submission(
    path: Path, id: str, parts: Iterable[str] = (), exercises: Collection[str] = ()
) -> Submission:
    """Read the submission at `path`, with a note on everything that was left out.

    `parts` are the names of the course's parts, which are recognised inside longer filenames;
    `exercises` those of its functions, of which several files may have their own. Links
    are never followed, not even `path` itself. Nothing that a student can submit raises. Raises
    UsageError if `path` cannot be read.
    """
    return read_attempt(Attempt(id, (("", path),)), parts, exercises)


def read_attempt(
    attempt: Attempt, parts: Iterable[str] = (), exercises: Collection[str] = ()
) -> Submission:
    """Read the files of `attempt` as one submission; otherwise like `read_submission`."""
    parts = tuple(parts)
    paths = attempt.files
    whole = paths[0][0] or paths[0][1].name if len(paths) == 1 else ""
    try:
        entries = chain.from_iterable(read_path(path, name) for name, path in paths)
        found, perhaps, left_out = _gather(_unpacked(entries, whole), parts)
    except OSError as error:
        place = printable(str(error.filename or paths[0][1]))
        why = os.strerror(error.errno) if error.errno else "an unknown fault"
        raise UsageError(
            f"{place}: the file system says {why!r}; let this account read it, then grade again"
        ) from None
    sources, unused = name_sources(found, parts, exercises)
    if perhaps and not any(source.cells for source in sources):
        taken = [each for each in perhaps if has_function(each.content)]
        perhaps = [each for each in perhaps if each not in taken]
        sources, unused = name_sources([*found, *taken], parts, exercises)
    nothing = () if any(source.cells for source in sources) else (_NOTHING,)
    everything = (
        *(each for each in left_out if nothing or each.reason != HIDDEN_COPY),
        *(LeftOut(each.place, NOT_CODE) for each in perhaps),
        *unused,
    )
    return Submission(
        id=attempt.id,
        sources=(*sources, *_unread_parts(sources, everything, parts)),
        digest=_digest(sources),
        notes=(*notes(everything, parts), *nothing),
        problems=(*notes((one for one in everything if one.is_loss), parts), *nothing),
        part_notes=tuple(_part_notes(everything, parts)),
    )


def _part_notes(left_out: Sequence[LeftOut], parts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    of_part: dict[str, list[LeftOut]] = {}
    for each in left_out:
        part = recognised_part(each.place.rpartition("/")[2], parts)
        if part is not None and each.reason != NOT_CODE:
            of_part.setdefault(part, []).append(each)
    for part, own in of_part.items():
        yield from ((part, note) for note in notes(own, parts))


def _unread_parts(
    sources: Sequence[Source], left_out: Iterable[LeftOut], parts: tuple[str, ...]
) -> Iterator[Source]:
    """A source without cells for each part whose only files cannot be read."""
    there = {source.module for source in sources}
    for each in left_out:
        part = recognised_part(each.place.rpartition("/")[2], parts)
        if part is not None and part not in there and each.is_loss:
            there.add(part)
            yield Source(part, printable(each.place), (), unread=each.reason)


def _unpacked(
    entries: Iterable[Found | LeftOut], whole: str = "", level: int = 0
) -> Iterator[Found | LeftOut]:
    """The entries, with each archive followed by its contents.

    Places inside an archive begin with the archive's own place, unless the archive is the whole
    submission.
    """
    for entry in entries:
        yield entry
        if isinstance(entry, LeftOut) or not _is_packed(entry):
            continue
        if level == NESTING_LIMIT:
            yield LeftOut(entry.place, _NESTED)
            continue
        # Imported here, as the import takes longer than reading a folder of scripts.
        from autograder.submissions.archives import read_archive

        above = "" if entry.place == whole else entry.place + "/"
        for inner in _unpacked(read_archive(entry.content), level=level + 1):
            yield replace(inner, place=above + inner.place if inner.place else entry.place)


def _is_packed(entry: Found) -> bool:
    """Whether the file is an archive, whatever its name."""
    is_zip = entry.content.startswith(b"PK\x03\x04") and ending(entry.place) in SIZE_LIMITS
    return is_archive(entry.place) or is_zip or entry.content.startswith(PACKED)


def _gather(
    entries: Iterator[Found | LeftOut], parts: tuple[str, ...]
) -> tuple[list[Found], list[Found], list[LeftOut]]:
    """Sort the entries into code files, files that may be code, and what is left out.

    Files that may be code count only if no other file has code.
    """
    found: list[Found] = []
    perhaps: list[Found] = []
    left_out: list[LeftOut] = []
    read = archives = 0
    for entry in entries:
        if isinstance(entry, LeftOut):
            left_out.append(entry)
            continue
        packed = _is_packed(entry)
        read += len(entry.content)
        archives += packed
        if read > READ_LIMIT or archives > ARCHIVE_LIMIT:
            left_out.append(LeftOut("", _TOO_MUCH))
            break
        if packed:
            continue
        name = entry.place.rpartition("/")[2]
        if ending(name) in PERHAPS_CODE and recognised_part(name, parts) is None:
            (found if is_text_notebook(entry.content) else perhaps).append(entry)
        elif len(entry.content) > MIB and is_notebook(entry.content):
            found.append(replace(entry, content=without_outputs(entry.content)))
        else:
            found.append(entry)
    return found, perhaps, left_out


def _digest(sources: Iterable[Source]) -> str:
    """A SHA-256 digest of names and cells.

    Each is preceded by its length, so that different submissions do not concatenate to the same
    bytes.
    """
    hash = sha256()
    for source in sorted(sources, key=lambda source: (source.filename, source.cells)):
        head = (source.module, source.filename, str(source.notebook), str(len(source.cells)))
        for text in (*(word.encode() for word in head), *source.cells):
            hash.update(len(text).to_bytes(8, "big"))
            hash.update(text)
    return hash.hexdigest()


def read_support(course: Course, folder: Path) -> tuple[Source, ...]:
    """Read the files in `course.support` from `folder`: Python files, and those they may open.

    Raises CourseError if one cannot be read.
    """
    sources = []
    for name in course.support:
        path = folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CourseError(
                f"{path}: cannot be read ({error.strerror}), but the course lists it under "
                "'support'; put it back"
            ) from None
        module = path.stem if path.suffix == ".py" else name
        sources.append(Source(module, name, (content,)))
    return tuple(sources)


def not_handed_in(course: Course, sources: Sequence[Source]) -> tuple[Source, ...]:
    """A source without cells for each missing part, since the other parts may import it.

    Empty if nothing was handed in.
    """
    there = {source.module for source in sources}
    missing = (name for name in course.part_names if name not in there)
    return tuple(Source(name, f"{name}.py", ()) for name in missing) if there else ()


def own_work(submission: Submission, support: Sequence[Source]) -> Submission:
    """`submission` without the course's support files, unless the student changed them."""
    handed_out = {(source.module, source.cells) for source in support}
    own = (each for each in submission.sources if (each.module, each.cells) not in handed_out)
    return submission._replace(sources=tuple(own))
