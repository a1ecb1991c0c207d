"""Recognises Gradescope's "Export Submissions" download."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.model.submission import Attempt, Student
from autograder.platforms.layouts import Layout, Tree, moment

METADATA = "submission_metadata.yml"
"""Gradescope's list of the submitters and the time of each submission folder."""
METADATA_LIMIT = 32 * 1024 * 1024

_FOLDER = re.compile(r"submission_[0-9]+")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)


def _in_gradescopes_way(inside: Tree, folder: str) -> Collection[str]:
    folders = [name for name, below in inside.items() if below is not None]
    if METADATA in inside:
        return [METADATA, *folders] if folders else ()
    return [name for name in folders if _FOLDER.fullmatch(name)]


def gradescope(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each submission, with all its submitters.

    Raises UsageError if the metadata cannot be read, since the students' names are only there.
    """
    metadata = _read_metadata(folder / METADATA) if METADATA in names else {}
    return [
        Attempt(
            id=name,
            files=(("", folder / name),),
            students=_submitters(metadata.get(name)),
            time=_time(metadata.get(name)),
        )
        for name in names
        if name in metadata or _FOLDER.fullmatch(name)
    ]


GRADESCOPE = Layout("Gradescope", _in_gradescopes_way, gradescope)


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
    day, hour, zone = match.groups()
    return moment(f"{day} {hour} {zone or 'Z'}", "%Y-%m-%d %H:%M:%S %z")


# --- the metadata, parsed into plain text, lists and dicts -------------------------------------

DEPTH_LIMIT = 50
"""The maximum nesting of lists and dicts."""


class PlainYamlError(ValueError):
    """The text is not YAML or is nested too deeply; the message says where, without quoting it."""


def read_plain_yaml(content: bytes) -> Any:
    """Parse the first document in `content`, None if there is none; every scalar is a str.

    Numbers keep their leading zeros, tags create no objects, keys that are not text are dropped,
    and aliases become empty strings, so that nothing is expanded. Raises PlainYamlError.
    """
    import yaml

    # Parse events, since the recursive C loaders overflow the stack on deep nesting.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    open_collections: list[list[Any]] = [[]]
    try:
        for event in yaml.parse(content, Loader=loader):
            if isinstance(event, yaml.CollectionStartEvent):
                if len(open_collections) > DEPTH_LIMIT:
                    raise PlainYamlError(f"{_place(event.start_mark)} is nested too deeply")
                open_collections.append([])
            elif isinstance(event, yaml.CollectionEndEvent):
                inside: Any = open_collections.pop()
                if isinstance(event, yaml.MappingEndEvent):
                    pairs = zip(inside[::2], inside[1::2], strict=True)
                    inside = {key: value for key, value in pairs if isinstance(key, str)}
                open_collections[-1].append(inside)
            elif isinstance(event, yaml.ScalarEvent):
                open_collections[-1].append(event.value)
            elif isinstance(event, yaml.AliasEvent):
                open_collections[-1].append("")
    except (yaml.YAMLError, UnicodeError) as error:
        where = _place(getattr(error, "problem_mark", None))
        raise PlainYamlError(f"{where} cannot be read") from None
    documents = open_collections[0]
    return documents[0] if documents else None


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}" if mark else "some character"
