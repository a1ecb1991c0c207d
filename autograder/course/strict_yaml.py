"""Reads YAML strictly: refuses its ambiguous forms, and records the line of every value."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from autograder.errors import CourseError

Place = tuple[str | int, ...]
"""The keys and list indices that lead to a value, from the top of the file."""

MAX_BYTES = 1_000_000
MAX_VALUES = 50_000
MAX_DEPTH = 40

_REMEDIES = {
    "<block": "indent this line like those above that belong to the same list or mapping",
    "mapping values are not": "put a text that holds ': ' in quotes, or check the indentation",
    "'\\t'": "indent with spaces, not tabs",
    "expected ',' or": "close the bracket, and separate entries by commas",
    "while scanning a quoted": "close the quote",
    "another document": "take out the line '---'",
}
"""Advice, by a substring of the YAML library's message."""
_PLAIN_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_MAX_DIGITS = 18  # fits 64 bits, and far below Python's own limit for int()


@dataclass(frozen=True)
class Document:
    """A file's content, with the line of each value."""

    data: Any
    """Plain dicts, lists, strings, numbers, bools and None."""
    lines: Mapping[Place, int]
    """Counted from 1; a value in a mapping has the line of its key."""


def read_yaml(path: Path) -> Document:
    """Return the file's content. Raises CourseError, in one line, for anything ambiguous in it.

    In YAML 1.1 the last of two equal keys wins, a bare `no` is false, `010` is eight and `1:30` is
    ninety; all of these are refused here. `1e-9` is a string in YAML 1.1, and is returned as one.
    """
    text = _read_text(path)
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = " ".join(str(error.problem or error.context).split())
        remedy = next((say for word, say in _REMEDIES.items() if word in problem), "fix it")
        raise CourseError(f"{path.name}:{line}: is not valid YAML ({problem}); {remedy}") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise CourseError(f"{path.name}: is not valid YAML ({reason}); fix it") from None
    except RecursionError:
        raise CourseError(f"{path.name}: is nested too deeply; flatten it") from None
    if node is None:
        raise CourseError(f"{path.name}: is empty; write the course into it")
    walk = _Walk(path.name)
    return Document(walk.value(node, ()), walk.lines)


def _compose(text: str) -> yaml.Node | None:
    """Parse with libyaml if it is there, which is ten times faster; its messages say less."""
    if hasattr(yaml, "CSafeLoader"):
        with contextlib.suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise CourseError(
            f"{path.name}: not found in {path.parent}; name the course's folder with --course"
        ) from None
    except OSError as error:
        raise CourseError(f"{path.name}: cannot be read ({error.strerror}); check it") from None
    if len(raw) > MAX_BYTES:
        raise CourseError(f"{path.name}: is larger than {MAX_BYTES:,} bytes; shorten it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CourseError(f"{path.name}:{line}: is not UTF-8; save it as UTF-8") from None


@dataclass
class _Walk:
    """Converts the parsed nodes to plain values, and records their lines."""

    file: str
    lines: dict[Place, int] = field(default_factory=dict)
    seen: int = 0

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.seen += 1
        # Aliases repeat a node, so a short file can expand to a huge value.
        if self.seen > MAX_VALUES or len(place) > MAX_DEPTH:
            self.refuse(node, "the file holds too much, or an anchor inside itself; shorten it")
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self.value(child, (*place, i)) for i, child in enumerate(node.value)]
        return self.scalar(node, place)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                self.refuse(key_node, "'<<' is not read; write the keys of the other entry out")
            key = self.value(key_node, place)
            if not isinstance(key, str):
                self.refuse(key_node, f"the key {key!r} is not text; write a name or quote it")
            if key in mapping:
                first = self.lines[(*place, key)]
                self.refuse(
                    key_node,
                    f"duplicate key '{key}' (first on line {first}); keep one of them",
                )
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            mapping[key] = self.value(value_node, (*place, key))
        return mapping

    def scalar(self, node: yaml.Node, place: Place) -> str | int | float | bool | None:
        text = str(node.value)
        what = next((key for key in reversed(place) if isinstance(key, str)), "the file")
        kind = node.tag.rpartition(":")[2]
        if kind == "str":
            return text
        if kind == "null":
            return None
        if kind == "bool":
            meaning = "true" if text.lower() in ("yes", "on", "true") else "false"
            if text.lower() != meaning:
                self.refuse(
                    node,
                    f"'{text}' at {what} means {meaning} to YAML"
                    f"; write {meaning}, or '{text}' in quotes for the text",
                )
            return meaning == "true"
        if kind == "int":
            if not _PLAIN_INT.fullmatch(text) or len(text) > _MAX_DIGITS:
                self.refuse(
                    node,
                    f"'{text}' at {what} is not a plain whole number"
                    "; write its decimal digits, or quote it for the text",
                )
            return int(text)
        if kind == "timestamp" and place == ("deadline",):
            return text  # quoting would not help: a deadline is a mapping
        if kind == "float" and ":" not in text:
            return float(text.replace(".inf", "inf").replace(".nan", "nan").replace("_", ""))
        return self.refuse(
            node, f"'{text[:40]}' at {what} is read as a {kind}; quote it if it is a text"
        )

    def refuse(self, node: yaml.Node, why: str) -> NoReturn:
        raise CourseError(f"{self.file}:{node.start_mark.line + 1}: {why}")
