"""Writes the reference of course.yaml's keys, in docs/authoring.md, from the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from autograder.course.schema import CourseEntry, model_in

BEGIN = "<!-- keys: written by tests/support/key_reference.py -->\n"
END = "<!-- end of keys -->\n"


def key_reference() -> str:
    """A heading and a table for each mapping of course.yaml, in Markdown."""
    return "\n".join(_table(heading, model) for heading, model in _mappings())


def with_reference(text: str) -> str:
    """The document with what is between the two markers written again.

    Raises ValueError where a marker is missing.
    """
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document needs the lines {BEGIN!r} and {END!r}")
    return f"{head}{BEGIN}\n{key_reference()}\n{END}{tail}"


def write_reference(path: Path) -> None:
    """Bring the document at `path` up to date. Raises ValueError where it has no markers."""
    path.write_text(with_reference(path.read_text(encoding="utf-8")), encoding="utf-8")


def _mappings() -> Iterator[tuple[str, type[BaseModel]]]:
    """Each model once, below the key that holds it first, outer ones before inner ones."""
    waiting: list[tuple[str, type[BaseModel]]] = [("", CourseEntry)]
    met: set[type[BaseModel]] = set()
    for key, model in waiting:  # grows on the way
        if model in met:
            continue
        met.add(model)
        yield (f"`{key}`" if key else "At the top"), model
        inside = ((name, model_in(field.annotation)) for name, field in model.model_fields.items())
        waiting += [(name, found) for name, found in inside if found is not None]


def _table(heading: str, model: type[BaseModel]) -> str:
    rows = [
        f"| `{name}` | {_default(field)} | {_cell(field.description or '')} |"
        for name, field in model.model_fields.items()
    ]
    head = ["| key | without it | what it is |", "|---|---|---|"]
    return "\n".join([f"### {heading}", "", _one_line(model.__doc__), "", *head, *rows, ""])


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default: Any = field.default
    if default is None or default in ("", [], {}) or isinstance(default, BaseModel):
        return ""
    return f"`{json.dumps(default)}`".replace('"', "")


def _cell(text: str) -> str:
    return _one_line(text).removesuffix(".").replace("|", r"\|")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    write_reference(Path(__file__).parents[2] / "docs" / "authoring.md")
