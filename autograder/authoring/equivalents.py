"""Reads which mutants of the references change nothing, with the reason.

    double:
      - reason: the order of a sum does not matter
        edits:
          - "return v + w  ->  return w + v"

An edit is written as `autograder validate` prints it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.course.strict_yaml import Document, Place, read_yaml
from autograder.errors import CourseError

FILE = "solutions/equivalent_mutants.yaml"


def read_equivalents(folder: Path) -> dict[str, tuple[str, ...]]:
    """The edits that change nothing, by exercise; none where the course has no such file.

    Raises CourseError where the file has another form, or an edit has no reason.
    """
    if not (folder / FILE).exists():
        return {}
    document = read_yaml(folder / FILE)
    if not isinstance(document.data, dict):
        raise _wrong(document, (), "an exercise, then its edits")
    return {name: _edits(document, name, found) for name, found in document.data.items()}


def _edits(document: Document, exercise: str, entries: Any) -> tuple[str, ...]:
    if not isinstance(entries, list):
        raise _wrong(document, (exercise,), "a list of entries, each with a reason and its edits")
    edits: list[str] = []
    for number, entry in enumerate(entries):
        place = (exercise, number)
        if not isinstance(entry, dict) or entry.keys() != {"reason", "edits"}:
            raise _wrong(document, place, "an entry with a reason and its edits")
        reason, listed = entry["reason"], entry["edits"]
        if not isinstance(reason, str) or not reason.strip():
            raise _wrong(document, place, "the reason why the edits change nothing")
        if not isinstance(listed, list) or not all(isinstance(edit, str) for edit in listed):
            raise _wrong(document, place, "the edits as a list of texts")
        edits += listed
    return tuple(edits)


def _wrong(document: Document, place: Place, wanted: str) -> CourseError:
    return CourseError(f"{FILE}:{document.lines.get(place, 1)}: is something else; write {wanted}")
