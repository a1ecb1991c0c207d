"""The shape of course.yaml, as pydantic models with the rules that tie its entries together."""

from __future__ import annotations

import json
import keyword
import sys
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from difflib import get_close_matches
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from autograder.course.deadlines import moment, zone_named
from autograder.model import (
    CountedAttempt,
    Deadline,
    Exercise,
    Extension,
    FeedbackFormat,
    Gradescope,
    HiddenGroups,
    Limits,
)

Place = tuple[str | int, ...]

RESERVED_SIZES = ("rng", "scale")
"""What a recipe gets under these names is not a size."""
RESERVED_MODULES = frozenset({"inputs", "numpy", *sys.stdlib_module_names})
"""A part of such a name would hide the module that other code means."""


def _one_line(text: str) -> str:
    if not text or text != text.strip() or not text.isprintable():
        raise PydanticCustomError("text", "is {text}; write one line of text", {"text": repr(text)})
    return text


def _no_keyword(name: str) -> str:
    if keyword.iskeyword(name):
        raise PydanticCustomError("keyword", "is a word of Python; choose another name")
    return name


def _a_zone(name: str) -> str:
    try:
        zone_named(name)
    except ValueError as error:
        raise PydanticCustomError("zone", "{why}", {"why": str(error)}) from None
    return name


def _numbers(value: Any) -> Any:
    """A number, or a regular nested list of them: what numpy turns into a numeric array."""
    _length_of_rows(value, "")
    return value


def _length_of_rows(value: Any, index: str) -> tuple[int, ...]:
    if isinstance(value, list):
        lengths = [_length_of_rows(row, f"{index}[{i}]") for i, row in enumerate(value)]
        if not lengths or any(length != lengths[0] for length in lengths):
            what = "has rows of different lengths" if lengths else "is an empty list"
            raise PydanticCustomError(
                "rows", "{what}; write a number or a regular list", {"index": index, "what": what}
            )
        return (len(lengths), *lengths[0])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "{index}", {"index": index, "found": value})
    if value != value or value in (float("inf"), float("-inf")):
        raise PydanticCustomError("finite", "is not finite; write a number", {"index": index})
    return ()


_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
_FILE_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$"
_AXIS_WORDS = r"^(\w+ of \w+, )*\w+( of \w+)?(, \w+ of \w+)*$"
_CALL = r"^(\w*\((\w+(, \w+)*)?\)|\.\w+|take [1-9]\d{0,3})$"
LEGAL = {
    _CALL: "a step on what was returned, like 'step(x)' for a method, '(x)' to call it, "
    "'.root' for an attribute, or 'take 5' for its first values",
    _NAME: "a name of letters, digits and _ that does not begin with a digit, like 'sm_dir'",
    _FILE_NAME: "a file's name of letters, digits, '_', '.' and '-', like 'iris.csv'",
    _AXIS_WORDS: "what the axis counts, like 'class', 'class of Z', or 'class of Z, input'",
}
"""In words, the forms that each pattern allows."""

Text = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_one_line)]
Name = Annotated[str, Field(pattern=_NAME, max_length=60), AfterValidator(_no_keyword)]
FileName = Annotated[str, Field(pattern=_FILE_NAME, max_length=60)]
AxisWords = Annotated[str, Field(pattern=_AXIS_WORDS, max_length=100)]
Call = Annotated[str, Field(pattern=_CALL, max_length=200)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Size = Annotated[int, Field(ge=1, le=10_000_000)]
Numbers = Annotated[
    Any,
    AfterValidator(_numbers),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "array", "minItems": 1}]}),
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ToleranceEntry(_Entry):
    """What is not given is taken from the exercise, then from the course."""

    rtol: Annotated[Finite, Field(ge=0, lt=1)] | None = None
    atol: Annotated[Finite, Field(ge=0)] | None = None


class LimitsEntry(_Entry):
    case_seconds: Annotated[Finite, Field(gt=0)] = Limits.case_seconds
    submission_seconds: Annotated[Finite, Field(gt=0)] = Limits.submission_seconds
    memory_mb: Annotated[int, Field(ge=64)] = Limits.memory_mb
    output_kb: Annotated[int, Field(ge=1)] = Limits.output_kb


class GradescopeEntry(_Entry):
    """How Gradescope shows results to students."""

    hidden_groups: HiddenGroups = Gradescope.hidden_groups
    feedback: FeedbackFormat = Gradescope.feedback


class DeadlineEntry(_Entry):
    """When hand-ins are due, and what it costs to be late."""

    due: Annotated[str, Field(max_length=60)]
    zone: Annotated[str, Field(max_length=60), AfterValidator(_a_zone)] | None = None
    percent_per_day: Annotated[Finite, Field(ge=0, le=100)] = Deadline.percent_per_day
    grace_hours: Annotated[Finite, Field(ge=0, le=10_000)] = Deadline.grace_hours
    cap_percent: Annotated[Finite, Field(ge=0, le=100)] = Deadline.cap_percent
    free_days: Annotated[int, Field(ge=0, le=1000)] = Deadline.free_days


class ExtensionEntry(_Entry):
    """A later deadline for one student: a new `due`, or so many `hours` more."""

    student: Text
    due: Annotated[str, Field(max_length=60)] | None = None
    hours: Annotated[Finite, Field(gt=0, le=10_000)] | None = None
    reason: Annotated[str, Field(max_length=200)] = Extension.reason


class GroupEntry(_Entry):
    """A test group: cases worth some points together."""

    name: Text
    id: Text | None = None
    points: Annotated[Finite, Field(ge=0)]
    public: bool = False
    draw: Name
    sizes: Annotated[list[dict[Name, Size]], Field(min_length=1, max_length=1000)] | None = None
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    scale: Annotated[Finite, Field(gt=0)] = 1.0
    tolerance: ToleranceEntry = ToleranceEntry()
    keeps_arguments: bool = False
    read_only: bool = False
    extra: bool = False


class OutputEntry(_Entry):
    """One of several values that a function returns."""

    name: Text
    tolerance: ToleranceEntry | None = None


class ExerciseEntry(_Entry):
    """One function to write."""

    name: Name
    uses: list[Name] = []
    follow_through: Annotated[Finite, Field(ge=0, le=1)] = Exercise.follow_through
    axes: list[AxisWords] = []
    extra: bool = False
    calls: list[Call] = []
    outputs: list[OutputEntry] = []
    judge: Name | None = None
    tolerance: ToleranceEntry = ToleranceEntry()
    groups: Annotated[list[GroupEntry], Field(min_length=1)]


class PartEntry(_Entry):
    """One file that students hand in, named without its ending."""

    name: Name
    title: Text
    lesson: list[Name] = []
    exercises: Annotated[list[ExerciseEntry], Field(min_length=1)]


class CourseEntry(_Entry):
    """course.yaml: every part, exercise, test group, limit, tolerance and point."""

    name: Text
    version: Text
    seed: Annotated[int, Field(ge=0)]
    tolerance: ToleranceEntry = ToleranceEntry()
    limits: LimitsEntry = LimitsEntry()
    gradescope: GradescopeEntry = GradescopeEntry()
    attempts: CountedAttempt = "latest"
    deadline: DeadlineEntry | None = None
    extensions: Annotated[list[ExtensionEntry], Field(max_length=10_000)] = []
    cap_at_maximum: bool = False
    support: list[FileName] = []
    example: dict[Name, Numbers] = {}
    parts: Annotated[list[PartEntry], Field(min_length=1)]


def json_schema() -> str:
    """The text of autograder/course.schema.json, with which editors complete course.yaml."""
    schema = CourseEntry.model_json_schema()
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def known_keys(place: Place) -> list[str]:
    """The keys that the schema has for the mapping at `place`."""
    model: Any = CourseEntry
    for step in place:
        if isinstance(step, str):
            field = model.model_fields.get(step)
            model = _model_in(field.annotation) if field else None
            if model is None:
                return []
    return list(model.model_fields)


def _model_in(annotation: Any) -> Any:
    if inside := get_args(annotation):
        return next(filter(None, map(_model_in, inside)), None)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None


def contradictions(course: CourseEntry) -> Iterator[tuple[Place, str]]:
    """What is wrong between entries that are right by themselves: the place and the complaint."""
    files: dict[str, str] = {f"{name}.py": "a module of that name" for name in RESERVED_MODULES}
    for p, part in enumerate(course.parts):
        yield from _claim(files, f"{part.name}.py", ("parts", p, "name"), "another part")
    for s, name in enumerate(course.support):
        yield from _claim(files, name, ("support", s), "another file")
    yield from _deadlines(course)
    groups = (group for part in course.parts for one in part.exercises for group in one.groups)
    if not any(group.points for group in groups):
        yield ("parts",), "have no points; give one test group some"
    earlier: list[str] = []
    for p, part in enumerate(course.parts):
        for e, exercise in enumerate(part.exercises):
            place = ("parts", p, "exercises", e)
            if exercise.name in earlier:
                yield (*place, "name"), "is taken by an earlier exercise; choose another name"
            yield from _exercise(exercise, place, earlier, course.example)
            earlier.append(exercise.name)


def _deadlines(course: CourseEntry) -> Iterator[tuple[Place, str]]:
    if course.deadline is None:
        if course.extensions:
            yield ("extensions",), "need a deadline to be later than; add one"
        return
    zone = zone_named(course.deadline.zone) if course.deadline.zone else None
    if why := _wrong_time(course.deadline.due, zone):
        yield ("deadline", "due"), why
    seen: set[str] = set()
    for n, one in enumerate(course.extensions):
        if (one.due is None) == (one.hours is None):
            yield ("extensions", n), "needs a new 'due', or 'hours', and not both"
        if one.due is not None and (why := _wrong_time(one.due, zone)):
            yield ("extensions", n, "due"), why
        if one.student.casefold() in seen:
            yield ("extensions", n, "student"), "has an entry above; keep one of them"
        seen.add(one.student.casefold())


def _wrong_time(text: str, zone: tzinfo | None) -> str:
    try:
        moment(text, zone)
    except ValueError as error:
        return str(error)
    return ""


def _claim(
    files: dict[str, str], name: str, place: Place, holder: str
) -> Iterator[tuple[Place, str]]:
    key = name.casefold()  # two names that differ in case are one file on some machines
    if key in files:
        yield place, f"is taken by {files[key]}; choose another name"
    files.setdefault(key, holder)


def _exercise(
    exercise: ExerciseEntry, place: Place, earlier: Sequence[str], example: dict[str, Any]
) -> Iterator[tuple[Place, str]]:
    for u, used in enumerate(exercise.uses):
        if used not in earlier:
            hint = did_you_mean(used, earlier) or "; list exercises that come before this one"
            yield (*place, "uses", u), f"names '{used}', which is no earlier exercise{hint}"
    if exercise.follow_through and not exercise.uses:
        yield (*place, "follow_through"), "needs 'uses'; list the exercises it calls"
    for option in ("judge", "calls", "outputs"):
        if exercise.follow_through and getattr(exercise, option):
            yield (*place, option), "does not go with follow_through; leave one of the two out"
    names: set[str] = set()
    ids: set[str] = set()
    for g, group in enumerate(exercise.groups):
        here = (*place, "groups", g)
        if group.name in names:
            yield (*here, "name"), "is taken by an earlier group; choose another name"
        elif (group.id or group.name) in ids:
            at = "id" if group.id else "name"
            yield (*here, at), "is what another group draws its inputs under; choose another"
        names.add(group.name)
        ids.add(group.id or group.name)
        for s, size in enumerate(group.sizes or ()):
            if size.keys() != (group.sizes or [{}])[0].keys():
                yield (*here, "sizes", s), "names other sizes than the first entry; name the same"
            if size in (group.sizes or ())[:s]:
                yield (*here, "sizes", s), "is listed twice; use count for more cases of one size"
            for name in size:
                if name in RESERVED_SIZES or name in example:
                    yield (*here, "sizes", s, name), "is the name of something else; rename it"


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """`; did you mean 'x'?`, or nothing where no known word is near."""
    near = get_close_matches(word, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
