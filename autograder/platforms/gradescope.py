"""Recognises what Gradescope delivers under "Export Submissions"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.model import Attempt, Student
from autograder.platforms.plain_yaml import PlainYamlError, read_plain_yaml

METADATA = "submission_metadata.yml"
"""Who handed in which folder, and when; written by Gradescope."""
METADATA_LIMIT = 32 * 1024 * 1024

_FOLDER = re.compile(r"submission_[0-9]+")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(?:Z|([+-]\d\d):?(\d\d))?", re.ASCII
)


def gradescope(folder: Path, names: Sequence[str]) -> list[Attempt] | None:
    """One attempt for each submission, with all its submitters; None if it is not Gradescope's.

    Raises UsageError where the metadata cannot be read, as no student would have a name.
    """
    folders = [name for name in names if (folder / name).is_dir()]
    if METADATA in names:
        metadata = _read_metadata(folder / METADATA)
    elif folders and all(_FOLDER.fullmatch(name) for name in folders):
        metadata = {}
    else:
        return None
    return [
        Attempt(
            id=name,
            files=(("", folder / name),),
            students=_submitters(metadata.get(name)),
            time=_time(metadata.get(name)),
        )
        for name in names
        if name in folders or name in metadata
    ]


def _read_metadata(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(METADATA_LIMIT + 1)
        if len(content) > METADATA_LIMIT:
            raise UsageError(f"{METADATA}: larger than 32 MiB; export fewer submissions at a time")
        metadata = read_plain_yaml(content)
    except (OSError, PlainYamlError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{METADATA}: {why}; export the submissions again") from None
    return metadata if isinstance(metadata, dict) else {}


def _submitters(entry: Any) -> tuple[Student, ...]:
    submitters = entry.get(":submitters") if isinstance(entry, dict) else None
    students = []
    for submitter in submitters if isinstance(submitters, list) else ():
        if isinstance(submitter, dict):
            fields = [submitter.get(key) for key in (":name", ":sid", ":email")]
            name, *ids = [field if isinstance(field, str) else "" for field in fields]
            students.append(Student(name, tuple(filter(None, ids))))
    return tuple(students)


def _time(entry: Any) -> datetime | None:
    text = entry.get(":created_at") if isinstance(entry, dict) else None
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, hour, offset_hours, offset_minutes = match.groups()
    minutes = int(offset_hours or 0) * 60
    minutes += int(offset_minutes or 0) * (-1 if (offset_hours or "").startswith("-") else 1)
    try:
        zone = timezone(timedelta(minutes=minutes))
        return datetime.fromisoformat(f"{day} {hour}").replace(tzinfo=zone)
    except ValueError:
        return None
