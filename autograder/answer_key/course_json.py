"""Writes a course as JSON, with all that grading needs of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from autograder.answer_key.array_json import from_json, to_json
from autograder.model import Course, Draw, Exercise, Limits, Part, TestGroup, Tolerance

T = TypeVar("T")


def course_to_json(course: Course, *, public: bool) -> dict[str, Any]:
    """Return what json.dumps can write. Public: of hidden groups only names and points, no seed."""
    return {
        "name": course.name,
        "version": course.version,
        **({} if public else {"seed": course.seed}),
        "limits": vars(course.limits),
        "support": list(course.support),
        "example": {name: to_json(value) for name, value in course.example.items()},
        "parts": [
            {
                "name": part.name,
                "title": part.title,
                "exercises": [_exercise_to_json(one, public=public) for one in part.exercises],
            }
            for part in course.parts
        ],
    }


def _exercise_to_json(exercise: Exercise, *, public: bool) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "uses": list(exercise.uses),
        "follow_through": exercise.follow_through,
        "axes": list(exercise.axes),
        "groups": [
            {"name": group.name, "points": group.points, "public": False}
            if public and not group.public
            else _group_to_json(group)
            for group in exercise.groups
        ],
    }


def _group_to_json(group: TestGroup) -> dict[str, Any]:
    draw = {**vars(group.draw), "sizes": [dict(size) for size in group.draw.sizes]}
    return {**vars(group), "draw": draw, "tolerance": vars(group.tolerance)}


def course_from_json(written: dict[str, Any], folder: Path) -> Course:
    """Return the course; what a public file leaves out is empty. Raises TypeError or ValueError."""
    return Course(
        name=take(written, "name", str),
        version=take(written, "version", str),
        seed=take(written, "seed", int) if "seed" in written else 0,
        folder=folder,
        parts=tuple(_part_from_json(part) for part in take(written, "parts", list)),
        limits=_limits_from_json(take(written, "limits", dict)),
        support=tuple(str(name) for name in take(written, "support", list)),
        example=MappingProxyType(
            {name: from_json(value) for name, value in take(written, "example", dict).items()}
        ),
    )


def _limits_from_json(written: dict[str, Any]) -> Limits:
    return Limits(
        case_seconds=take(written, "case_seconds", float),
        submission_seconds=take(written, "submission_seconds", float),
        memory_mb=take(written, "memory_mb", int),
        output_kb=take(written, "output_kb", int),
    )


def _part_from_json(written: dict[str, Any]) -> Part:
    name = take(written, "name", str)
    exercises = (_exercise_from_json(one, name) for one in take(written, "exercises", list))
    return Part(name, take(written, "title", str), tuple(exercises))


def _exercise_from_json(written: dict[str, Any], part: str) -> Exercise:
    return Exercise(
        name=take(written, "name", str),
        part=part,
        groups=tuple(_group_from_json(group) for group in take(written, "groups", list)),
        uses=tuple(str(name) for name in take(written, "uses", list)),
        follow_through=take(written, "follow_through", float),
        axes=tuple(str(words) for words in take(written, "axes", list)),
    )


def _group_from_json(written: dict[str, Any]) -> TestGroup:
    group = TestGroup(
        name=take(written, "name", str),
        points=take(written, "points", float),
        public=take(written, "public", bool),
        draw=Draw(""),
        tolerance=Tolerance(),
    )
    if "draw" not in written:
        return group  # a hidden group of a public file
    draw, tolerance = take(written, "draw", dict), take(written, "tolerance", dict)
    return replace(
        group,
        draw=Draw(
            recipe=take(draw, "recipe", str),
            sizes=tuple(MappingProxyType(dict(size)) for size in take(draw, "sizes", list)),
            count=take(draw, "count", int),
            scale=take(draw, "scale", float),
        ),
        tolerance=Tolerance(take(tolerance, "rtol", float), take(tolerance, "atol", float)),
        keeps_arguments=take(written, "keeps_arguments", bool),
        read_only=take(written, "read_only", bool),
    )


def take(written: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Return the entry of this name. Raises TypeError where it is missing or of another kind."""
    value = written.get(name)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise TypeError(f"{name} is {'missing' if value is None else type(value).__name__}")
    return value
