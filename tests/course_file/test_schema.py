from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from importlib.resources import files

import pytest
from pydantic import VERSION

from autograder.course.deadlines import moment
from autograder.course.schema import (
    CourseEntry,
    contradictions,
    json_schema,
    known_keys,
)


@pytest.mark.skipif(
    tuple(map(int, VERSION.split(".")[:2])) < (2, 10),
    reason="before 2.10 pydantic writes the same schema in other words",
)
def test_committed_json_schema_is_current() -> None:
    committed = files("autograder").joinpath("course.schema.json").read_text(encoding="utf-8")
    assert json.loads(committed) == json.loads(json_schema()), (
        "write autograder.course.schema.json_schema() to autograder/course.schema.json"
    )


def test_known_keys_follow_the_place() -> None:
    assert known_keys(())[:3] == ["name", "version", "seed"]
    assert known_keys(("parts", 3, "exercises", 0, "groups", 1, "tolerance")) == ["rtol", "atol"]
    assert known_keys(("example", "x")) == []


def course(**changes: object) -> CourseEntry:
    group = {"name": "g", "points": 1, "draw": "layer", "sizes": [{"D": 2}]}
    entry = {
        "name": "c",
        "version": "1",
        "seed": 1,
        "parts": [{"name": "p", "title": "P", "exercises": [{"name": "f", "groups": [group]}]}],
    }
    return CourseEntry.model_validate({**entry, **changes})


def test_a_sound_course_has_no_contradictions() -> None:
    assert list(contradictions(course())) == []


@pytest.mark.parametrize("name", ["random.py", "INPUTS.py", "numpy.py", "p.py", "P.py"])
def test_support_file_may_hide_no_module_and_no_part(name: str) -> None:
    [(place, why)] = contradictions(course(support=[name]))
    assert place == ("support", 0)
    assert why.startswith("is taken by")


def test_size_may_not_be_a_name_of_the_example() -> None:
    [(place, why)] = contradictions(course(example={"D": [1.0]}))
    assert place[-1] == "D"
    assert why == "is the name of something else; rename it"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-09-11 23:59 +02:00", 2),
        ("2026-09-11T23:59:00-07:00", -7),
        ("2026-09-11 23:59Z", 0),
    ],
)
def test_a_time_has_a_zone(text: str, hours: int) -> None:
    read = moment(text)
    assert read == datetime(2026, 9, 11, 23, 59, tzinfo=timezone(timedelta(hours=hours)))
    assert read.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-09-11",
        "2026-09-11 23:59",
        "2026-06-31 12:00 Z",
        "2026-09-11 25:00 Z",
        "٢٠٢٦-09-11 23:59 Z",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever Python says of it
        moment(text)
