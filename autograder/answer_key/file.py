"""Keeps an answer key in a JSON file, with all of its course that grading needs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.answer_key.array_json import array_from_json, from_json, to_json
from autograder.answer_key.course_json import course_from_json, course_to_json, take
from autograder.answer_key.digest import digest_cases
from autograder.errors import CourseError
from autograder.model import Answered, AnswerKey, Array, Case, Course, Exercise, Misconception

SCHEMA = "autograder/key/v1"
MAX_BYTES = 512_000_000
_LINE = 100


def write_key(path: Path, course: Course, key: AnswerKey, *, public: bool) -> None:
    """Write the file, or leave the old one as it was.

    A public file keeps of hidden groups their names and points, and neither the seed nor the
    misconceptions. Raises CourseError where it cannot be written.
    """
    text = key_text(course, key, public=public)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CourseError(f"{path}: cannot be written ({error.strerror}); check it") from None


def key_text(course: Course, key: AnswerKey, *, public: bool) -> str:
    """Return the text of the file. Raises CourseError for a number that JSON cannot carry."""
    cases = _public_cases(course, key) if public else key.cases
    written: dict[str, Any] = {"schema": SCHEMA, "public": public}
    try:
        written["course"] = course_to_json(course, public=public)
        written["digest"] = digest_cases(cases)
        written["cases"] = {name: [_case_to_json(case) for case in cases[name]] for name in cases}
        if not public:
            written["misconceptions"] = {
                name: [_misconception_to_json(one) for one in bank]
                for name, bank in key.misconceptions.items()
            }
            written["solutions"] = dict(key.solutions)
        return _laid_out(written) + "\n"
    except ValueError as error:
        raise CourseError(f"the answer key of {course.name}: {error}; mend its solutions") from None


def read_key(path: Path) -> tuple[Course, AnswerKey]:
    """Return the course and its key; the course's folder is the file's.

    Raises CourseError, in one line, where the file is missing, broken or of another version.
    """
    written = _load(path)
    try:
        if take(written, "schema", str) != SCHEMA:
            raise ValueError(f"its schema is not {SCHEMA}")
        course = course_from_json(take(written, "course", dict), path.parent)
        cases = {
            exercise.name: _cases_from_json(exercise, take(written, "cases", dict))
            for exercise in course.exercises
        }
        digest = digest_cases(cases)
        if digest != take(written, "digest", str):
            raise ValueError("its numbers are not those it was written with")
        banks = {
            name: tuple(_misconception_from_json(name, one) for one in bank)
            for name, bank in written.get("misconceptions", {}).items()
        }
        solutions = {str(name): str(text) for name, text in written.get("solutions", {}).items()}
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        found = " ".join(str(error).split())[:200]
        raise CourseError(f"{path}: is no answer key ({found}); {_REMEDY}") from None
    key = AnswerKey(
        MappingProxyType(cases), digest, MappingProxyType(banks), MappingProxyType(solutions)
    )
    return course, key


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts of key files differ in nothing but the last digits of numbers.

    Machines differ in these, so a committed file is stale only where this is false.
    """
    try:
        left, right = json.loads(one), json.loads(other)
        for written in (left, right):
            written["cases"] = sorted(written["cases"])  # the digest speaks for them
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
        raise CourseError(f"{path}: is no answer key (it holds no object); {_REMEDY}")
    return written


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


def _case_to_json(case: Case) -> dict[str, Any]:
    arguments = {name: to_json(value) for name, value in case.arguments.items()}
    return {"group": case.group, "arguments": arguments, "expected": to_json(case.expected)}


def _cases_from_json(exercise: Exercise, written: dict[str, Any]) -> tuple[Case, ...]:
    groups = {group.name: group for group in exercise.groups}
    count = dict.fromkeys(groups, 0)
    cases = []
    for one in take(written, exercise.name, list):
        group = groups[take(one, "group", str)]
        arguments = take(one, "arguments", dict)
        cases.append(
            Case(
                exercise=exercise.name,
                group=group.name,
                index=count[group.name],
                arguments=MappingProxyType({n: from_json(v) for n, v in arguments.items()}),
                expected=array_from_json(one["expected"]),
                tolerance=group.tolerance,
                keeps_arguments=group.keeps_arguments,
                read_only=group.read_only,
            )
        )
        count[group.name] += 1
    return tuple(cases)


def _misconception_to_json(one: Misconception) -> dict[str, Any]:
    answers = [_answer_to_json(answer) for answer in one.answers]
    return {"name": one.name, "hints": list(one.hints), "answers": answers}


def _answer_to_json(answer: Array | Answered | None) -> Any:
    if answer is None or isinstance(answer, Answered):
        return answer and answer.value
    return to_json(answer)


def _misconception_from_json(exercise: str, written: dict[str, Any]) -> Misconception:
    answers = take(written, "answers", list)
    return Misconception(
        exercise=exercise,
        name=take(written, "name", str),
        hints=tuple(str(hint) for hint in take(written, "hints", list)),
        answers=tuple(map(_answer_from_json, answers)),
    )


def _answer_from_json(written: Any) -> Array | Answered | None:
    if isinstance(written, str):
        return Answered(written)
    return None if written is None else array_from_json(written)


def _laid_out(value: Any, indent: str = "") -> str:
    """JSON in lines of readable length, so that a committed file shows what changed."""
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
