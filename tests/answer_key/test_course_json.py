from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.answer_key.course_json import course_from_json, course_to_json, take
from autograder.model import Course, Draw, Tolerance


def through_json(course: Course, *, public: bool) -> Course:
    return course_from_json(
        json.loads(json.dumps(course_to_json(course, public=public))), Path("d")
    )


def test_full_course_comes_back_whole(tiny_course: Course) -> None:
    back = through_json(tiny_course, public=False)
    assert back.folder == Path("d")
    assert (back.name, back.version, back.seed) == ("A tiny course", "0.1.0", 7)
    assert back.parts == tiny_course.parts
    assert (back.limits, back.support) == (tiny_course.limits, tiny_course.support)
    assert list(back.example) == list(tiny_course.example)
    assert all(np.array_equal(back.example[name], tiny_course.example[name]) for name in "vA")


def test_public_course_knows_hidden_groups_by_name_and_points_only(tiny_course: Course) -> None:
    back = through_json(tiny_course, public=True)
    assert back.seed == 0
    assert back.points == tiny_course.points
    for before, after in zip(tiny_course.exercises, back.exercises, strict=True):
        assert (after.name, after.part, after.uses) == (before.name, before.part, before.uses)
        for old, new in zip(before.groups, after.groups, strict=True):
            assert (new.name, new.points, new.public) == (old.name, old.points, old.public)
            if old.public:
                assert new == old
            else:
                assert (new.draw, new.tolerance) == (Draw(""), Tolerance())


def test_entry_of_another_kind_is_refused() -> None:
    entries: dict[str, Any] = {"a": 1, "b": True, "c": None}
    assert take(entries, "a", float) == 1.0
    for name, kind in [("a", str), ("b", int), ("b", float), ("c", str), ("d", str)]:
        with pytest.raises(TypeError, match=name):
            take(entries, name, kind)
