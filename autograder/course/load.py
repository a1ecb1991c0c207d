"""Loads course.yaml as a Course; each error says in one line what is wrong, where, and the fix."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import numpy as np
from pydantic import ValidationError

from autograder.course.deadlines import (
    EXTENSIONS_FILE,
    WANTED,
    moment,
    read_extensions,
    zone_named,
)
from autograder.course.schema import (
    LEGAL,
    MOST_POINTS,
    CourseEntry,
    DeadlineEntry,
    ExerciseEntry,
    GroupEntry,
    OutputEntry,
    PartEntry,
    ToleranceEntry,
    contradictions,
    known_keys,
)
from autograder.course.strict_yaml import Document, Place, read_yaml
from autograder.errors import CourseError, together
from autograder.fixed_names import COURSE_FILE
from autograder.model.course import (
    Course,
    Deadline,
    Draw,
    Exercise,
    Extension,
    Gradescope,
    Limits,
    Output,
    Part,
    TestGroup,
    Tolerance,
)
from autograder.model.values import Step, Value
from autograder.text import did_you_mean, printable


def complaint(document: Document, details: Mapping[str, Any]) -> tuple[Place, str]:
    """Return the place of a pydantic error in the document, and a message for it."""
    place: Place = tuple(step for step in details["loc"] if step != "[key]")
    *rest, last = place or ("",)
    parent = tuple(rest)
    if details["type"] == "missing":
        return parent, f"{name_of(document, parent)} has no '{last}'; add it"
    if details["type"] == "extra_forbidden":
        known = known_keys(parent)
        hint = did_you_mean(str(last), known, f"it may have {', '.join(known)}")
        return place, f"{name_of(document, parent)} has the unknown key '{last}'; {hint}"
    index = details.get("ctx", {}).get("index", "")
    found = details["ctx"]["found"] if details["type"] == "number" else details["input"]
    why = f"{name_of(document, place)}{index} {_wrong(details, found)}"
    if place == ("deadline",):
        why = f"deadline is {in_words(found)}; write deadline: {{due: {WANTED}}}"
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
        return f"is {found}; write a number {words} {context[key]:.10g}"
    if kind == "string_pattern_mismatch":
        return f"is {found!r:.60}; write {LEGAL[context['pattern']]}"
    if kind == "literal_error":
        return f"is {in_words(found)}; write {context['expected']}"
    if kind == "string_too_long":
        return f"has {len(found)} characters; write at most {context['max_length']}"
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
    if isinstance(points, bool) or not isinstance(points, int | float):
        return inside
    if not 0 <= points <= MOST_POINTS:
        return inside
    return points + inside


def in_words(value: Any) -> str:
    """Describe `value` to a reader of the file."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 60 else f"the text {value[:60]!r}..."
    kind = "list" if isinstance(value, list) else "mapping"
    return f"a {kind}" if value else f"an empty {kind}"


def _as_yaml(text: str) -> str | None:
    """Rewrite a number for YAML 1.1, with a point and a signed exponent; None if it is not one."""
    match = re.fullmatch(r"([-+]?(?:\d+\.?\d*|\.\d+))(?:[eE]([-+]?\d+))?", text.strip())
    if match is None or not math.isfinite(float(text)):
        return None
    mantissa, exponent = match.groups()
    if exponent is None:
        return mantissa
    return f"{mantissa}{'' if '.' in mantissa else '.0'}e{int(exponent):+d}"


def name_of(document: Document, place: Place) -> str:
    """Return a path such as `sm_dir.tolerance.rtol`, with names instead of list indices."""
    words, value = "", document.data
    for step in place:
        value = _inside(value, step)
        if isinstance(step, str):
            words += f".{step}" if words else step
            continue
        name = value.get("name") if isinstance(value, dict) else None
        if not isinstance(name, str) or not name:
            words += f"[{step}]"
        elif words.endswith(("groups", "outputs")):
            words += f"[{name[:60]!r}]"
        else:
            words = printable(name, 60)  # names of parts and exercises are unique and need no path
    return words or "the course"


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return value[step] if isinstance(value, Sequence) and step < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def line_of(document: Document, place: Place) -> int:
    """Return the line of `place`, or of the innermost entry around it that has one."""
    while place not in document.lines:
        place = place[:-1]
    return document.lines[place]


def with_line(course: Course, message: str, *keys: str) -> str:
    """Add the line in course.yaml to a message that begins with that name.

    `keys` lead to the entry; one in a list is named by its name, or by itself if it is a text.
    """
    document = read_yaml(course.folder / COURSE_FILE)
    place: Place = ()
    value = document.data
    for step in keys:
        entries = value if isinstance(value, list) else []
        names = [one["name"] if isinstance(one, dict) else one for one in entries]
        place = (*place, names.index(step) if step in names else step)
        value = _inside(value, place[-1])
    line = line_of(document, place)
    return message.replace(f"{COURSE_FILE}:", f"{COURSE_FILE}:{line}:", 1)


def load_course(folder: str | os.PathLike[str]) -> Course:
    """Return the course that `folder`/course.yaml declares.

    Raises CourseError if the file is missing or invalid; its message has a line for each fault,
    with the line number in the file.
    """
    folder = Path(folder)
    document = read_yaml(folder / COURSE_FILE)
    if not isinstance(document.data, dict):
        raise CourseError(
            f"{COURSE_FILE}:1: is {in_words(document.data)}; begin it with 'name: ...'"
        )
    try:
        entry = CourseEntry.model_validate(document.data)
    except ValidationError as error:
        # Missing keys come last: an unknown key is often a misspelt one of them.
        details = sorted(error.errors(), key=lambda one: one["type"] == "missing")
        _refuse(document, [complaint(document, one) for one in details])
    complaints = [
        (place, f"{name_of(document, place)} {why}") for place, why in contradictions(entry)
    ]
    if complaints:
        _refuse(document, complaints)
    return _course(entry, folder)


def _refuse(document: Document, complaints: Sequence[tuple[Place, str]]) -> NoReturn:
    raise together(
        [CourseError(f"{COURSE_FILE}:{line_of(document, at)}: {why}") for at, why in complaints]
    )


def _course(entry: CourseEntry, folder: Path) -> Course:
    tolerance = _tolerance(entry.tolerance, Tolerance())
    return Course(
        name=entry.name,
        version=entry.version,
        seed=entry.seed,
        folder=folder,
        parts=tuple(_part(part, tolerance, entry) for part in entry.parts),
        limits=Limits(**dict(entry.limits)),
        gradescope=Gradescope(**dict(entry.gradescope)),
        attempts=entry.attempts,
        deadline=_deadline(entry.deadline),
        extensions=_extensions(entry, folder),
        cap_at_maximum=entry.cap_at_maximum,
        support=tuple(entry.support),
        packages=tuple(entry.packages),
        example=MappingProxyType({name: _value(value) for name, value in entry.example.items()}),
    )


def _deadline(entry: DeadlineEntry | None) -> Deadline | None:
    if entry is None:
        return None
    due = moment(entry.due, _zone(entry))
    return Deadline(**{**dict(entry), "due": due, "zone": entry.zone or ""})


def _zone(entry: DeadlineEntry | None) -> tzinfo | None:
    return zone_named(entry.zone) if entry and entry.zone else None


def _extensions(entry: CourseEntry, folder: Path) -> tuple[Extension, ...]:
    """Return the extensions of course.yaml, then those of extensions.csv."""
    zone = _zone(entry.deadline)
    due = entry.deadline.due if entry.deadline else None
    listed = [
        Extension(
            one.student, moment(one.due, zone) if one.due else None, one.hours or 0.0, one.reason
        )
        for one in entry.extensions
    ]
    by_student = {one.student.casefold() for one in listed}
    for one in read_extensions(folder, zone, due):
        if entry.deadline is None:
            raise CourseError(f"{EXTENSIONS_FILE}: needs a deadline in {COURSE_FILE}; add one")
        if one.student.casefold() in by_student:
            raise CourseError(
                f"{EXTENSIONS_FILE}: {printable(one.student, 60)!r} has an extension in "
                f"{COURSE_FILE}, too; keep one of them"
            )
        listed.append(one)
    return tuple(listed)


def _part(entry: PartEntry, tolerance: Tolerance, course: CourseEntry) -> Part:
    exercises = tuple(
        _exercise(exercise, entry.name, tolerance, course) for exercise in entry.exercises
    )
    return Part(entry.name, entry.title, exercises, tuple(entry.lesson))


def _exercise(
    entry: ExerciseEntry, part: str, tolerance: Tolerance, course: CourseEntry
) -> Exercise:
    tolerance = _tolerance(entry.tolerance, tolerance)
    declared = _declares(course.tolerance) or _declares(entry.tolerance)
    groups = tuple(_group(group, tolerance, declared, entry.extra) for group in entry.groups)
    return Exercise(
        name=entry.name,
        part=part,
        groups=groups,
        uses=tuple(entry.uses),
        follow_through=entry.follow_through,
        axes=tuple(entry.axes),
        calls=tuple(map(_step, entry.calls)),
        outputs=tuple(_output(one, tolerance) for one in entry.outputs),
        nonfinite=entry.nonfinite,
        judge=entry.judge or "",
        forbid=_forbidden(course.forbid, entry.forbid),
        forbid_penalty=entry.forbid_penalty,
    )


def _forbidden(*lists: Sequence[str]) -> tuple[str, ...]:
    """Merge lists of forbidden names; `np.` becomes `numpy.`, and `numpy.ndarray.sort` `.sort`."""
    names = (name for one in lists for name in one)
    full = (f"numpy.{name[3:]}" if name.startswith("np.") else name for name in names)
    return tuple(dict.fromkeys(name.removeprefix("numpy.ndarray") for name in full if name))


def _step(text: str) -> Step:
    """Parse a step of course.yaml: `step(x)`, `(x)`, `.root`, `take 5` or `x`."""
    if text.isidentifier():
        return Step("argument", text, arguments=(text,))
    if text.startswith("."):
        return Step("attribute", text[1:])
    if text.startswith("take "):
        return Step("take", count=int(text[5:]))
    name, _, inside = text.removesuffix(")").partition("(")
    arguments = tuple(one.strip() for one in inside.split(",") if one.strip())
    return Step("method" if name else "call", name, arguments=arguments)


def _output(entry: OutputEntry, default: Tolerance) -> Output:
    own = None if entry.tolerance is None else _tolerance(entry.tolerance, default)
    return Output(entry.name, own)


def _group(entry: GroupEntry, tolerance: Tolerance, declared: bool, extra: bool) -> TestGroup:
    sizes = tuple(MappingProxyType(size) for size in entry.sizes or [{}])
    return TestGroup(
        name=entry.name,
        points=entry.points,
        public=entry.public,
        draw=Draw(entry.draw, sizes, entry.count, entry.scale),
        tolerance=_tolerance(entry.tolerance, tolerance),
        tolerance_declared=declared or _declares(entry.tolerance),
        id=entry.id or "",
        keeps_arguments=entry.keeps_arguments,
        read_only=entry.read_only,
        extra=extra or entry.extra,
    )


def _tolerance(entry: ToleranceEntry, default: Tolerance) -> Tolerance:
    rtol = default.rtol if entry.rtol is None else entry.rtol
    atol = default.atol if entry.atol is None else entry.atol
    return Tolerance(rtol, atol)


def _declares(entry: ToleranceEntry) -> bool:
    return entry.rtol is not None or entry.atol is not None


def _value(numbers: Any) -> Value:
    if isinstance(numbers, int | float):
        return numbers
    array = np.asarray(numbers)
    # int64 on every machine: the default of numpy 1 is 32 bits on Windows.
    array = array.astype(np.int64 if array.dtype.kind == "i" else np.float64)
    array.setflags(write=False)
    return array
