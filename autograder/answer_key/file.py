"""Reads and writes key files: the answer key, its digest and its course, as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from autograder.codec import CodecError, from_json, to_json
from autograder.compare import tolerance_for
from autograder.errors import CourseError
from autograder.model.course import (
    AnswerKey,
    Case,
    Course,
    Exercise,
    Judge,
    Misconception,
    TestGroup,
)
from autograder.model.values import Array, Data, Seeded, SupportFunction, Value

_STEPS = 20
"""Numbers are rounded to this many binary digits, relative to the largest in their array."""


def digest_cases(cases: Mapping[str, Iterable[Case]]) -> str:
    """Return the sha256, in hex, of names, arguments, expected values, tolerances and flags.

    Results of exp and matrix products differ between machines in the last bits, so numbers are
    first rounded to 2**-20 of the largest magnitude in their array. Points are left out: they do
    not change which answers are right. Raises ValueError if a number is not finite.
    """
    digest = sha256()
    for exercise in sorted(cases):
        for case in cases[exercise]:
            tolerance = case.tolerance
            flags = [tolerance.rtol, tolerance.atol, case.keeps_arguments, case.read_only]
            digest.update(_text(exercise, case.group, case.index, *flags, *case.arguments))
            for value in case.arguments.values():
                digest.update(_value_bytes(value))
            # Numbers below atol may be pure rounding error, which differs between machines.
            digest.update(_number_bytes(case.expected, tolerance.atol))
            if case.data is not None:
                digest.update(_data_bytes(case.data.value, tolerance.atol))
            more = [case.own, *case.keywords, *map(str, case.steps)]
            if any(word is not None for word in more):
                digest.update(_text(*more))
    return digest.hexdigest()


def _text(*words: object) -> bytes:
    return json.dumps(words).encode() + b"\n"


def _value_bytes(value: Value) -> bytes:
    if isinstance(value, Data):
        return _data_bytes(value.value, 0.0)
    if isinstance(value, SupportFunction | Seeded):
        return _text(type(value).__name__, *vars(value).values())
    return _number_bytes(value, 0.0)


def _data_bytes(value: Any, floor: float) -> bytes:
    if value is None or isinstance(value, bool | str):
        return _text("data", value)
    if isinstance(value, int):
        return _text("data", str(value))
    if isinstance(value, complex | np.ndarray | float):
        return _number_bytes(np.asarray(value), floor)
    parts = value
    if isinstance(value, dict):
        parts = [part for key in sorted(value, key=repr) for part in (key, value[key])]
    listed = [_data_bytes(part, floor) for part in parts]
    if isinstance(value, set | frozenset):
        listed.sort()
    return b"".join([_text(type(value).__name__, len(value)), *listed])


def _number_bytes(value: Array | float | int, floor: float) -> bytes:
    array = np.asarray(value)
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    kind = array.dtype.kind if isinstance(value, np.ndarray) else type(value).__name__
    if array.dtype.kind == "c":
        both = np.stack([array.real, array.imag])
        return _text("complex") + _number_bytes(both, floor)
    if array.dtype.kind != "f":
        return _text(kind, array.shape, fortran) + array.astype("<i8").tobytes()
    if not (finite := np.isfinite(array)).all():
        pattern = np.where(finite, 0, np.where(np.isnan(array), 2, np.sign(array))).astype("i1")
        rest = np.where(finite, array, 0.0)
        return _text("not finite") + pattern.tobytes() + _number_bytes(rest, floor)
    exponent = _exponent(max(float(np.abs(array).max(initial=0.0)), floor))
    # The offset keeps round numbers away from ties, where the last bit decides the rounding.
    steps = np.rint(np.ldexp(array.astype(np.float64), _STEPS - exponent) + 0.1415).astype("<i8")
    return _text(kind, array.shape, fortran, exponent) + steps.tobytes()


def _exponent(magnitude: float) -> int:
    """Return the least e with magnitude < 2**e; just below a power counts as that power."""
    mantissa, exponent = math.frexp(magnitude)
    return exponent + 1 if mantissa > 1 - 2.0**-_STEPS else exponent


SCHEMA = "autograder/key/v2"
MAX_BYTES = 512_000_000
_LINE = 100


@dataclass(frozen=True)
class _Case:
    """The part of a case that is not the same for its whole group."""

    group: str
    arguments: Mapping[str, Value]
    expected: Array | Data
    own: int | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class _File:
    """The whole file except the course."""

    schema: str
    public: bool
    digest: str
    cases: Mapping[str, tuple[_Case, ...]]
    misconceptions: Mapping[str, tuple[Misconception, ...]] = field(default_factory=dict)
    solutions: Mapping[str, str] = field(default_factory=dict)
    judges: str = ""


def key_text(course: Course, key: AnswerKey, *, public: bool) -> str:
    """Return the text of a key file.

    A public file holds only the names and points of hidden groups, and neither the seed, the
    misconceptions nor the solutions. Raises CourseError for a number that JSON cannot represent.
    """
    cases = _public_cases(course, key) if public else key.cases
    try:
        file = _File(
            SCHEMA,
            public,
            digest_cases(cases),
            {name: tuple(map(_case, own)) for name, own in cases.items()},
            {} if public else key.misconceptions,
            {} if public else key.solutions,
            key.judges if not public or judged_in_public(course) else "",
        )
        about = to_json(_public_course(course) if public else course)
        head = {"schema": SCHEMA, "public": public, "course": about}
        return _laid_out({**head, **to_json(file)}) + "\n"
    except ValueError as error:
        raise CourseError(f"the answer key of {course.name}: {error}; fix its solutions") from None


def read_key(path: Path) -> tuple[Course, AnswerKey]:
    """Read a course and its key; the course's folder is the file's folder.

    Raises CourseError, in one line, if the file is missing, broken or of another version.
    """
    written = _load(path)
    try:
        if written.get("schema") != SCHEMA:
            raise CodecError(f"its schema is not {SCHEMA}")
        course = from_json(Course, written.pop("course", None), folder=path.parent)
        file = from_json(_File, written)
        seconds = course.limits.case_seconds
        cases = {
            one.name: _cases(one, file.cases.get(one.name), file.judges, seconds)
            for one in course.exercises
        }
        digest = digest_cases(cases)
        if digest != file.digest:
            raise CodecError("its numbers are not those it was written with")
    except (ValueError, TypeError, OverflowError) as error:
        found = " ".join(str(error).split())[:200]
        raise CourseError(f"{path}: is not an answer key ({found}); {_REMEDY}") from None
    key = AnswerKey(
        MappingProxyType(cases), digest, file.misconceptions, file.solutions, file.judges
    )
    return course, key


def says_the_same(one: str, other: str) -> bool:
    """Whether two key files, given as text, differ at most in the last digits of numbers.

    These differ between machines, so a committed file is out of date only if this is false.
    """
    try:
        left, right = json.loads(one), json.loads(other)
        for written in (left, right):
            written["cases"] = sorted(written["cases"])  # the digest covers the rest
        return bool(left == right)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


_REMEDY = "make it again with 'autograder sync' or 'autograder build'"


def _load(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from None
    if len(raw) > MAX_BYTES:
        raise CourseError(f"{path}: is larger than {MAX_BYTES:,} bytes; {_REMEDY}")
    try:
        written = json.loads(raw)
    except (ValueError, RecursionError):
        raise CourseError(f"{path}: is not valid JSON; {_REMEDY}") from None
    if not isinstance(written, dict):
        raise CourseError(f"{path}: is not an answer key (not a JSON object); {_REMEDY}")
    return written


def _public_course(course: Course) -> Course:
    """Return the course without its seed, and with only the names and points of hidden groups."""
    return replace(
        course,
        seed=0,
        parts=tuple(
            replace(
                part,
                exercises=tuple(
                    replace(one, groups=tuple(map(_public_group, one.groups)))
                    for one in part.exercises
                ),
            )
            for part in course.parts
        ),
    )


def _public_group(group: TestGroup) -> TestGroup:
    return (
        group
        if group.public
        else TestGroup(group.name, group.points, public=False, extra=group.extra)
    )


def _public_cases(course: Course, key: AnswerKey) -> dict[str, tuple[Case, ...]]:
    return {
        exercise.name: tuple(
            case
            for group in exercise.groups
            if group.public
            for case in key.cases[exercise.name]
            if case.group == group.name
        )
        for exercise in course.exercises
    }


def _case(case: Case) -> _Case:
    answer = case.expected if case.data is None else case.data
    return _Case(case.group, case.arguments, answer, case.own, case.keywords)


def judged_in_public(course: Course) -> bool:
    """Whether the public file must contain solutions/judges.py, because students' checks run it."""
    return any(
        exercise.judge and any(group.public for group in exercise.groups)
        for exercise in course.exercises
    )


def _cases(
    exercise: Exercise, written: Sequence[_Case] | None, judges: str, seconds: float
) -> tuple[Case, ...]:
    if written is None:
        raise CodecError(f"cases.{exercise.name} is missing")
    known = {group.name for group in exercise.groups}
    for one in written:
        if one.group not in known:
            raise CodecError(f"cases.{exercise.name} has the unknown group {one.group!r}")
    judge = None
    if exercise.judge and written:
        from autograder.answer_key.answers import known_judge  # few courses need it

        judge = known_judge(exercise.judge, judges, seconds)
    cases: list[Case] = []
    for group in exercise.groups:
        own = [one for one in written if one.group == group.name]
        made = cases_of(exercise, group, [(one.arguments, one.expected) for one in own], judge)
        cases += [
            replace(case, own=one.own, keywords=one.keywords)
            for case, one in zip(made, own, strict=True)
        ]
    return tuple(cases)


def cases_of(
    exercise: Exercise,
    group: TestGroup,
    pairs: Sequence[tuple[Mapping[str, Value], Array | Data]],
    judge: Judge | None = None,
) -> list[Case]:
    """Make the cases of a group from pairs of arguments and expected answer."""
    arrays = [answer for _, answer in pairs if isinstance(answer, np.ndarray)]
    tolerance = tolerance_for(group, arrays) if arrays else group.tolerance
    nothing = np.zeros(0)
    nothing.setflags(write=False)
    return [
        Case(
            exercise=exercise.name,
            group=group.name,
            index=index,
            arguments=MappingProxyType(dict(arguments)),
            expected=answer if isinstance(answer, np.ndarray) else nothing,
            tolerance=tolerance,
            keeps_arguments=group.keeps_arguments,
            read_only=group.read_only,
            data=answer if isinstance(answer, Data) else None,
            steps=exercise.calls,
            outputs=exercise.outputs,
            judge=judge,
        )
        for index, (arguments, answer) in enumerate(pairs)
    ]


def _laid_out(value: Any, indent: str = "") -> str:
    """Format JSON in lines of readable length, so that diffs of a committed file are readable."""
    inner = indent + " "
    if isinstance(value, dict):
        inside = [
            f"{json.dumps(k, ensure_ascii=False)}: {_laid_out(v, inner)}" for k, v in value.items()
        ]
        opening, closing = "{}"
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        inside = [_laid_out(one, inner) for one in value]
        opening, closing = "[]"
    else:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    line = opening + ", ".join(inside) + closing
    if len(indent) + len(line) <= _LINE and "\n" not in line:
        return line
    return f"{opening}\n" + ",\n".join(inner + one for one in inside) + f"\n{indent}{closing}"
