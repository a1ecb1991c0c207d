"""The schema of course.yaml: pydantic models, and the rules between their entries."""

from __future__ import annotations

import json
import keyword
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import tzinfo
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from autograder.course.deadlines import EARLY, moment, zone_named
from autograder.fixed_names import FULL_KEY, PUBLIC_KEY
from autograder.model.course import (
    CountedAttempt,
    Deadline,
    Exercise,
    Extension,
    FeedbackFormat,
    Gradescope,
    HiddenGroups,
    Limits,
)
from autograder.text import did_you_mean

Place = tuple[str | int, ...]

RESERVED_SIZES = ("rng", "scale")
"""Recipe parameters that are not sizes."""
MOST_POINTS = 1_000_000
"""The most points of one test group."""
RESERVED_MODULES = frozenset({"inputs", "numpy", *sys.stdlib_module_names})
"""A part with one of these names would hide the module that other code imports."""


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
    """Validate a number or a regular nested list, which numpy turns into a numeric array."""
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
_MODULE = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"
_FORBIDDEN = r"^(@|\.?[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*)$"
_CALL = r"^(\w*\((\w+(, \w+)*)?\)|\.\w+|take [1-9]\d{0,3}|[A-Za-z_]\w*)$"
LEGAL = {
    _CALL: "a step on what was returned, like 'step(x)' for a method, '(x)' to call it, "
    "'.root' for an attribute, 'take 5' for its first values, or 'x' for the argument x; one that "
    "holds a comma goes in quotes",
    _FORBIDDEN: "a function or module like 'numpy.linalg.solve', a method like '.sort', a builtin, "
    "or one of for, while, comprehensions, loops, recursion, lambda, '@'",
    _MODULE: "the name under which it is imported, like 'scipy' or 'scipy.optimize'",
    _NAME: "a name of letters, digits and _ that does not begin with a digit, like 'sm_dir'",
    _FILE_NAME: "a file's name of letters, digits, '_', '.' and '-', like 'iris.csv'",
    _AXIS_WORDS: "what the axis counts, like 'class', 'class of Z', or 'class of Z, input'",
}
"""Describes, for messages, what each pattern allows."""

Text = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_one_line)]
Name = Annotated[str, Field(pattern=_NAME, max_length=60), AfterValidator(_no_keyword)]
FileName = Annotated[str, Field(pattern=_FILE_NAME, max_length=60)]
AxisWords = Annotated[str, Field(pattern=_AXIS_WORDS, max_length=100)]
Module = Annotated[str, Field(pattern=_MODULE, max_length=100)]
Forbidden = Annotated[str, Field(pattern=_FORBIDDEN, max_length=100)]
Call = Annotated[str, Field(pattern=_CALL, max_length=200)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Size = Annotated[int, Field(ge=1, le=10_000_000)]
Numbers = Annotated[
    Any,
    AfterValidator(_numbers),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "array", "minItems": 1}]}),
]


class _Entry(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


class ToleranceEntry(_Entry):
    """As in `numpy.allclose`; what is not given is taken from the exercise, then the course."""

    rtol: Annotated[Finite, Field(ge=0, lt=1)] | None = None
    """Relative tolerance; 1.0e-5 by default (YAML reads 1e-5 as text)."""
    atol: Annotated[Finite, Field(ge=0)] | None = None
    """Absolute tolerance; 1.0e-8 by default."""


class LimitsEntry(_Entry):
    """What the code of one submission may use."""

    case_seconds: Annotated[Finite, Field(gt=0, le=3600)] = Limits.case_seconds
    """CPU time of one call; it may take three times as long by the clock."""
    submission_seconds: Annotated[Finite, Field(gt=0, le=86_400)] = Limits.submission_seconds
    """Time of all calls of one submission, by the clock."""
    memory_mb: Annotated[int, Field(ge=64, le=1_000_000)] = Limits.memory_mb
    """Memory beyond what the interpreter itself needs."""
    output_kb: Annotated[int, Field(ge=1, le=100_000)] = Limits.output_kb
    """Printed text that is kept; the rest is dropped."""


class GradescopeEntry(_Entry):
    """How Gradescope shows results to students."""

    hidden_groups: HiddenGroups = Gradescope.hidden_groups
    """When students see the hidden groups: `hidden`, `after_due_date`, `after_published` or
    `visible`."""
    feedback: FeedbackFormat = Gradescope.feedback
    """The format of messages: `md` or `html`."""


class DeadlineEntry(_Entry):
    """When submissions are due, and what it costs to be late."""

    due: Annotated[str, Field(max_length=60)]
    """Date and time, such as `2026-09-11 23:59`, with an offset such as `+02:00` if there is no
    `zone`."""
    zone: Annotated[str, Field(max_length=60), AfterValidator(_a_zone)] | None = None
    """Time zone of times without an offset, such as `Europe/Berlin`."""
    percent_per_day: Annotated[Finite, Field(ge=0, le=100)] = Deadline.percent_per_day
    """Late penalty for each day or part of a day, in percent of the submission's own score."""
    grace_hours: Annotated[Finite, Field(ge=0, le=10_000)] = Deadline.grace_hours
    """Grace period in hours; submissions within it are not late."""
    cap_percent: Annotated[Finite, Field(ge=0, le=100)] = Deadline.cap_percent
    """The largest late penalty, in percent."""
    free_days: Annotated[int, Field(ge=0, le=1000)] = Deadline.free_days
    """Late days without penalty, over all assignments together."""


class ExtensionEntry(_Entry):
    """A later deadline for one student: a new `due`, or so many `hours` more."""

    student: Text
    """An id, login, address or name."""
    due: Annotated[str, Field(max_length=60)] | None = None
    """The new deadline."""
    hours: Annotated[Finite, Field(gt=0, le=10_000)] | None = None
    """Hours added to the deadline, instead of `due`."""
    reason: Annotated[str, Field(max_length=200)] = Extension.reason
    """Shown to the student."""


class GroupEntry(_Entry):
    """A test group: cases worth some points together."""

    name: Text
    """Shown to students, also of a hidden group."""
    id: Text | None = None
    """The name its inputs are drawn under, so that `name` can change and the inputs stay; `name` by
    default."""
    points: Annotated[Finite, Field(ge=0, le=MOST_POINTS)]
    """What the group is worth when all its cases pass."""
    public: bool = False
    """Students can run it, and see its inputs and expected answers."""
    draw: Name
    """The recipe in `solutions/inputs.py` that draws the inputs."""
    sizes: Annotated[list[dict[Name, Size]], Field(min_length=1, max_length=1000)] | None = None
    """One case for each entry, passed to the recipe by name, such as `{N: 3, D: 2}`."""
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    """Number of cases for each entry of `sizes`."""
    scale: Annotated[Finite, Field(gt=0)] = 1.0
    """Passed to the recipe."""
    tolerance: ToleranceEntry = ToleranceEntry()
    """Overrides the exercise's."""
    keeps_arguments: bool = False
    """A function that changes its arguments fails."""
    read_only: bool = False
    """Passes arrays that cannot be written."""
    extra: bool = False
    """Extra credit: points on top of the maximum."""


class OutputEntry(_Entry):
    """One of several values that a function returns."""

    name: Text
    """Shown in messages."""
    tolerance: ToleranceEntry | None = None
    """Overrides the exercise's."""


class ExerciseEntry(_Entry):
    """One function to write."""

    name: Name
    """The name of the function or class."""
    uses: list[Name] = []
    """Earlier exercises that its answer may call."""
    follow_through: Annotated[Finite, Field(ge=0, le=1)] = Exercise.follow_through
    """Share of a group's points, 0 to 1, for an answer that follows correctly from a wrong earlier
    one."""
    axes: list[AxisWords] = []
    """What each axis of the answer counts, such as `class` or `class of Z, input`; used in
    messages."""
    extra: bool = False
    """Extra credit: the points of all its groups are on top of the maximum."""
    calls: list[Call] = []
    """Steps on what the function returns, in order: `step(x)` calls a method (in quotes if there is
    a comma: `"step(x, y)"`), `(x)` calls it, `.root` reads an attribute, `take 5` takes the first
    values of a generator, `x` reads the function's argument `x`, which it changes in place."""
    outputs: list[OutputEntry] = []
    """An entry for each of several values that the function returns."""
    nonfinite: bool = False
    """Inputs and answers may hold NaN and infinity; each is right only where it is expected."""
    judge: Name | None = None
    """The function in `solutions/judges.py` that decides whether an answer is accepted, where it is
    not unique."""
    forbid: list[Forbidden] = []
    """What the answer may not use, besides what the course forbids: a function or module such as
    `numpy.linalg.solve`, a method such as `.sort`, a builtin such as `sorted`, or one of `for`,
    `while`, `comprehensions`, `loops`, `recursion`, `lambda`, `"@"`."""
    forbid_penalty: Annotated[Finite, Field(ge=0, le=1)] = Exercise.forbid_penalty
    """Share of the points, 0 to 1, that using it costs."""
    tolerance: ToleranceEntry = ToleranceEntry()
    """Overrides the course's."""
    groups: Annotated[list[GroupEntry], Field(min_length=1)]
    """Its test groups."""


class PartEntry(_Entry):
    """One file that students hand in, named without its ending."""

    name: Name
    """The name, without `.py`, of the file in `solutions/` and of the one students hand in."""
    title: Text
    """Shown to students."""
    lesson: list[Name] = []
    """Functions and constants of the solution that students get as they are."""
    exercises: Annotated[list[ExerciseEntry], Field(min_length=1)]
    """In the order of the lesson."""


class CourseEntry(_Entry):
    """course.yaml: every part, exercise, test group, limit, tolerance and point."""

    name: Text
    """Shown to students."""
    version: Text
    """Shown to students, and written into results."""
    seed: Annotated[int, Field(ge=0)]
    """All random inputs are drawn from it; keep it secret."""
    tolerance: ToleranceEntry = ToleranceEntry()
    """How close an answer must be; see `tolerance` below."""
    limits: LimitsEntry = LimitsEntry()
    """What a student's code may use."""
    gradescope: GradescopeEntry = GradescopeEntry()
    """How Gradescope shows results."""
    attempts: CountedAttempt = "latest"
    """Which attempt counts, after the late penalty: `latest` or `best`."""
    deadline: DeadlineEntry | None = None
    """When submissions are due, and the late penalty."""
    extensions: Annotated[list[ExtensionEntry], Field(max_length=10_000)] = []
    """Later deadlines for single students."""
    cap_at_maximum: bool = False
    """Extra credit cannot lift a mark above the maximum."""
    support: list[FileName] = []
    """Files of `solutions/` that students get unchanged, and whose `.py` files they may import."""
    packages: list[Module] = []
    """Installed packages that students' code may import besides numpy. Name the modules they need,
    such as `scipy.linalg`: all of scipy takes every start of `check` and `grade` seconds longer."""
    forbid: list[Forbidden] = []
    """What no answer may use; see `forbid` of an exercise."""
    example: dict[Name, Numbers] = {}
    """Numbers and arrays, by name, that a recipe can ask for."""
    parts: Annotated[list[PartEntry], Field(min_length=1)]
    """The files that students hand in."""


def json_schema() -> str:
    """Return the text of autograder/course.schema.json, for completing course.yaml in editors."""
    schema = CourseEntry.model_json_schema()
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def known_keys(place: Place) -> list[str]:
    """Return the keys that the schema allows in the mapping at `place`."""
    model: Any = CourseEntry
    for step in place:
        if isinstance(step, str):
            field = model.model_fields.get(step)
            model = model_in(field.annotation) if field else None
            if model is None:
                return []
    return list(model.model_fields)


def model_in(annotation: Any) -> Any:
    """Return the model in a field's annotation, also as a list's entries; None if it has none."""
    if inside := get_args(annotation):
        return next(filter(None, map(model_in, inside)), None)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None


def contradictions(course: CourseEntry) -> Iterator[tuple[Place, str]]:
    """Yield the place and the message of each conflict between entries that are valid alone."""
    files = {f"{name}.py": "a module of that name" for name in RESERVED_MODULES}
    files |= dict.fromkeys((PUBLIC_KEY, FULL_KEY, "readme.md"), "a file that is generated")
    for p, part in enumerate(course.parts):
        yield from _claim(files, f"{part.name}.py", ("parts", p, "name"), "another part")
        files[f"{part.name}.ipynb".casefold()] = "the notebook of a part"
    for s, name in enumerate(course.support):
        yield from _claim(files, name, ("support", s), "another file")
    yield from _deadlines(course)
    for name in RESERVED_SIZES:
        if name in course.example:
            yield ("example", name), "is what every recipe can ask for anyway; rename it"
    for n, name in enumerate(course.packages):
        top = name.partition(".")[0]
        if top == "numpy" or top in sys.stdlib_module_names:
            yield ("packages", n), "can be imported anyway; take it off the list"
        elif f"{top}.py" in files or top == "autograder":
            yield ("packages", n), "is the name of a file of the course; rename the file"
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
    if wrong := _wrong_time(course.deadline.due, zone):
        yield ("deadline", "due"), wrong
    due = None if wrong else moment(course.deadline.due, zone)
    seen: set[str] = set()
    for n, one in enumerate(course.extensions):
        if (one.due is None) == (one.hours is None):
            yield ("extensions", n), "needs a new 'due', or 'hours', and not both"
        if one.due is not None and (why := _wrong_time(one.due, zone)):
            yield ("extensions", n, "due"), why
        elif one.due is not None and due is not None and moment(one.due, zone) < due:
            yield ("extensions", n, "due"), EARLY.format(one.due, course.deadline.due)
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
    key = name.casefold()  # some file systems ignore case
    if key in files:
        yield place, f"is taken by {files[key]}; choose another name"
    files.setdefault(key, holder)


def _exercise(
    exercise: ExerciseEntry, place: Place, earlier: Sequence[str], example: dict[str, Any]
) -> Iterator[tuple[Place, str]]:
    for u, used in enumerate(exercise.uses):
        if used not in earlier:
            hint = did_you_mean(used, earlier, "list exercises that come before this one")
            yield (*place, "uses", u), f"names '{used}', which is not an earlier exercise; {hint}"
    if exercise.follow_through and not exercise.uses:
        yield (*place, "follow_through"), "needs 'uses'; list the exercises it calls"
    for option in ("judge", "calls", "outputs"):
        if exercise.follow_through and getattr(exercise, option):
            yield (*place, option), "does not go with follow_through; leave one of the two out"
    outputs = [output.name for output in exercise.outputs]
    for o, name in enumerate(outputs):
        if name in outputs[:o]:
            yield (*place, "outputs", o, "name"), "is taken by an earlier one; choose another name"
    for where, entry in _tolerances(exercise):
        if exercise.judge and entry != ToleranceEntry():
            yield (
                (*place, *where),
                "has no effect, as the judge alone decides; leave one of them out",
            )
    changed = [step for step in exercise.calls if step.isidentifier()]
    for g, group in enumerate(exercise.groups):
        here = (*place, "groups", g)
        yield from _group(group, here, exercise.groups[:g])
        for option in ("keeps_arguments", "read_only"):
            if changed and getattr(group, option):
                why = f"does not go with the step {changed[0]!r} of calls, an argument that changes"
                yield (*here, option), f"{why}; leave one of the two out"
        yield from _sizes(group, here, example)


def _group(
    group: GroupEntry, here: Place, earlier: Sequence[GroupEntry]
) -> Iterator[tuple[Place, str]]:
    if group.name in (one.name for one in earlier):
        yield (*here, "name"), "is taken by an earlier group; choose another name"
    elif (group.id or group.name) in (one.id or one.name for one in earlier):
        at = "id" if group.id else "name"
        yield (*here, at), "is what another group draws its inputs under; choose another"


def _sizes(group: GroupEntry, here: Place, example: Collection[str]) -> Iterator[tuple[Place, str]]:
    sizes = group.sizes or []
    for s, size in enumerate(sizes):
        if size.keys() != sizes[0].keys():
            yield (*here, "sizes", s), "names other sizes than the first entry; name the same"
        if size in sizes[:s]:
            yield (*here, "sizes", s), "is listed twice; use count for more cases of one size"
        for name in size:
            if name in RESERVED_SIZES or name in example:
                yield (*here, "sizes", s, name), "is the name of something else; rename it"


def _tolerances(exercise: ExerciseEntry) -> Iterator[tuple[Place, ToleranceEntry]]:
    yield ("tolerance",), exercise.tolerance
    for o, output in enumerate(exercise.outputs):
        yield ("outputs", o, "tolerance"), output.tolerance or ToleranceEntry()
    for g, group in enumerate(exercise.groups):
        yield ("groups", g, "tolerance"), group.tolerance
