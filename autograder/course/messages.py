"""Says in one line what is wrong with course.yaml, where, and what to write instead."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.course.schema import LEGAL, did_you_mean, known_keys
from autograder.course.strict_yaml import Document, Place


def complaint(document: Document, details: Mapping[str, Any]) -> tuple[Place, str]:
    """The place of one of pydantic's errors in the document, and what is wrong there."""
    place: Place = tuple(step for step in details["loc"] if step != "[key]")
    *rest, last = place or ("",)
    parent = tuple(rest)
    if details["type"] == "missing":
        return parent, f"{name_of(document, parent)} has no '{last}'; add it"
    if details["type"] == "extra_forbidden":
        known = known_keys(parent)
        hint = did_you_mean(str(last), known) or f"; it may have {', '.join(known)}"
        return place, f"{name_of(document, parent)} has the unknown key '{last}'{hint}"
    index = details.get("ctx", {}).get("index", "")
    found = details["ctx"]["found"] if details["type"] == "number" else details["input"]
    why = f"{name_of(document, place)}{index} {_wrong(details, found)}"
    if last == "points":
        why += f"; the points that are right add up to {_sum_of_points(document.data):g}"
    return place, why


_WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "number": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list, each entry on a line that begins with '- '",
    "dict_type": "a mapping, each entry as 'key: value'",
    "model_type": "a mapping, each entry as 'key: value'",
    "model_attributes_type": "a mapping, each entry as 'key: value'",
    "too_short": "at least one entry",
    "string_too_short": "a text",
}
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "of at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "of at most"),
}


def _wrong(details: Mapping[str, Any], found: Any) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"is {found}; write a number {words} {context[key]:g}"
    if kind == "string_pattern_mismatch":
        return f"is {found!r:.60}; write {LEGAL[context['pattern']]}"
    if kind == "literal_error":
        return f"is {in_words(found)}; write {context['expected']}"
    if kind not in _WANTED:
        text = str(details["msg"])
        return text if text.startswith(("is ", "[", "has ")) else f"is wrong: {text}"
    wanted = _WANTED[kind]
    if wanted.endswith("number") and isinstance(found, str) and (number := _as_yaml(found)):
        wanted = number
    elif wanted == "a text" and isinstance(found, bool | int | float):
        wanted = f"it in quotes: '{str(found).lower() if isinstance(found, bool) else found}'"
    return f"is {in_words(found)}; write {wanted}"


def _sum_of_points(value: Any) -> float:
    if isinstance(value, list):
        return sum(map(_sum_of_points, value))
    if not isinstance(value, dict):
        return 0.0
    points = value.get("points")
    inside = sum(map(_sum_of_points, value.values()))
    if isinstance(points, bool) or not isinstance(points, int | float) or not points >= 0:
        return inside
    return points + inside


def in_words(value: Any) -> str:
    """`value` as somebody who reads the file would call it."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 60 else f"the text {value[:60]!r}..."
    return "a list" if isinstance(value, list) else "a mapping"


def _as_yaml(text: str) -> str | None:
    """The number that `text` means, as YAML 1.1 wants it: with a point and a signed exponent."""
    match = re.fullmatch(r"([-+]?(?:\d+\.?\d*|\.\d+))(?:[eE]([-+]?\d+))?", text.strip())
    if match is None or not math.isfinite(float(text)):
        return None
    mantissa, exponent = match.groups()
    if exponent is None:
        return mantissa
    return f"{mantissa}{'' if '.' in mantissa else '.0'}e{int(exponent):+d}"


def name_of(document: Document, place: Place) -> str:
    """`sm_dir.tolerance.rtol`: an exercise by its name, which tells an author more than indices."""
    words, value = "", document.data
    for step in place:
        value = _inside(value, step)
        if isinstance(step, str):
            words += f".{step}" if words else step
            continue
        name = value.get("name") if isinstance(value, dict) else None
        if not isinstance(name, str) or not name:
            words += f"[{step}]"
        elif words.endswith("groups"):
            words += f"[{name!r}]"
        else:
            words = name  # the names of parts and exercises are unique: they need no path
    return words or "the course"


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return value[step] if isinstance(value, Sequence) and step < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def line_of(document: Document, place: Place) -> int:
    """The line of `place`, or of the nearest entry around it."""
    while place not in document.lines:
        place = place[:-1]
    return document.lines[place]
