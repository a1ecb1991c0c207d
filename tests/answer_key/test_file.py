from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder.answer_key.build import build_key
from autograder.answer_key.file import key_text, read_key, says_the_same
from autograder.errors import CourseError
from autograder.model.course import (
    AnswerKey,
    Case,
    Course,
    Draw,
    Exercise,
    Misconception,
    Part,
    TestGroup,
    Tolerance,
)
from autograder.model.values import Array


def same(one: object, other: object) -> bool:
    return np.asarray(one).tobytes() == np.asarray(other).tobytes()


def bank(course: Course, key: AnswerKey) -> AnswerKey:
    answers = (np.array([np.nan, 1.0]), None, np.array([1 + 2j]), np.array([True]))
    wrong = Misconception("mix", "half", ("You halved it.", "Twice."), answers)
    return replace(key, misconceptions=MappingProxyType({"mix": (wrong,)}))


def test_full_key_comes_back_whole(tiny_course: Course, tmp_path: Path) -> None:
    key = bank(tiny_course, build_key(tiny_course))
    (tmp_path / "key.json").write_text(key_text(tiny_course, key, public=False), encoding="utf-8")
    course, back = read_key(tmp_path / "key.json")
    assert course.folder == tmp_path
    assert course.parts == tiny_course.parts
    assert back.digest == key.digest
    assert list(back.cases) == list(key.cases)
    for name, cases in key.cases.items():
        for before, after in zip(cases, back.cases[name], strict=True):
            assert (after.exercise, after.group, after.index) == (name, before.group, before.index)
            assert after.tolerance == before.tolerance
            assert after.keeps_arguments == before.keeps_arguments
            assert after.read_only == before.read_only
            assert list(after.arguments) == list(before.arguments)
            assert all(map(same, after.arguments.values(), before.arguments.values()))
            assert same(after.expected, before.expected)
            assert not after.expected.flags.writeable
    [wrong] = back.misconceptions["mix"]
    assert (wrong.exercise, wrong.name, wrong.hints[1]) == ("mix", "half", "Twice.")
    assert wrong.answers[1] is None
    assert all(map(same, wrong.answers, key.misconceptions["mix"][0].answers))


def test_public_file_tells_nothing_hidden(tiny_course: Course, tmp_path: Path) -> None:
    key = bank(tiny_course, build_key(tiny_course))
    text = key_text(replace(tiny_course, seed=987654321), key, public=True)
    assert "987654321" not in text
    assert key.digest not in text
    assert "half" not in text
    assert "def " not in text
    hidden = [case for cases in key.cases.values() for case in cases if "any" in case.group]
    assert len(hidden) == 6
    for case in hidden:
        for number in np.concatenate(
            [np.ravel(v) for v in (*case.arguments.values(), case.expected)]
        ):
            assert repr(float(number)) not in text
    course = json.loads(text)["course"]
    assert course["parts"][0]["exercises"][0]["groups"][1] == {
        "name": "any length",
        "points": 3.0,
        "public": False,
    }


def test_public_file_is_enough_for_the_public_groups(tiny_course: Course, tmp_path: Path) -> None:
    key = build_key(tiny_course)
    (tmp_path / "course.json").write_text(key_text(tiny_course, key, public=True), encoding="utf-8")
    course, back = read_key(tmp_path / "course.json")
    assert course.points == tiny_course.points
    assert [case.group for case in back.cases["double"]] == [
        "the worked example",
        "leaves its input alone",
    ]
    assert back.cases["double"][1].keeps_arguments
    assert same(back.cases["mix"][0].expected, key.cases["mix"][0].expected)
    assert back.misconceptions == {}


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.lists(
        st.tuples(
            arrays(np.float64, array_shapes(min_dims=0, min_side=0, max_side=20), elements=FINITE),
            st.one_of(
                FINITE,
                st.integers(-(2**63), 2**63 - 1),
                arrays(np.int64, array_shapes()),
                arrays(np.float64, array_shapes(min_dims=2), elements=FINITE).map(
                    np.asfortranarray
                ),
            ),
        ),
        max_size=3,
    )
)
def test_any_key_comes_back_bit_by_bit(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[Array, Any]]
) -> None:
    cases = tuple(
        Case("f", "g", i, {"v": value}, expected, Tolerance())
        for i, (expected, value) in enumerate(drawn)
    )
    group = TestGroup("g", 1.0, True, Draw("r"), Tolerance())
    part = Part("p", "P", (Exercise("f", "p", (group,)),))
    path = tmp_path_factory.mktemp("key") / "key.json"
    path.write_text(
        key_text(Course("c", "1", path, (part,)), AnswerKey({"f": cases}, ""), public=False),
        encoding="utf-8",
    )
    _, back = read_key(path)
    for before, after in zip(cases, back.cases["f"], strict=True):
        assert after.index == before.index
        for one, other in [
            (before.expected, after.expected),
            (before.arguments["v"], after.arguments["v"]),
        ]:
            assert same(one, other)
            assert type(one) is type(other)
            assert np.shape(one) == np.shape(other)
            if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
                assert one.dtype == other.dtype
                assert one.flags.c_contiguous == other.flags.c_contiguous


def test_files_of_two_machines_say_the_same(tiny_course: Course) -> None:
    key = build_key(tiny_course)

    def nudged(case: Case) -> Case:
        return replace(case, expected=np.nextafter(case.expected, np.inf))

    elsewhere = replace(key, cases={n: tuple(map(nudged, c)) for n, c in key.cases.items()})
    here = key_text(tiny_course, key, public=True)
    there = key_text(tiny_course, elsewhere, public=True)
    assert here != there
    assert says_the_same(here, there)
    dearer = key_text(replace(tiny_course, version="2"), key, public=True)
    assert not says_the_same(here, dearer)
    wrong = replace(
        key,
        cases={
            n: tuple(replace(c, expected=c.expected * 2) for c in cases)
            for n, cases in key.cases.items()
        },
    )
    assert not says_the_same(here, key_text(tiny_course, wrong, public=True))
    assert not says_the_same(here, "{}")
    assert not says_the_same(here, "")


def test_a_number_that_json_has_not_is_refused(tiny_course: Course) -> None:
    key = AnswerKey(
        {
            name: tuple(replace(c, arguments={"v": float("nan")}) for c in cases)
            for name, cases in build_key(tiny_course).cases.items()
        },
        "",
    )
    with pytest.raises(CourseError, match=r"not JSON compliant; fix its solutions$"):
        key_text(tiny_course, key, public=False)


def broken(written: dict[str, Any], *place: str | int, value: object = None) -> str:
    entry: Any = written
    for step in place[:-1]:
        entry = entry[step]
    if value is None:
        del entry[place[-1]]
    else:
        entry[place[-1]] = value
    return json.dumps(written)


GROUP = ("course", "parts", 0, "exercises", 0, "groups", 0)
CASE = ("cases", "double", 0)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("schema",), "autograder/key/v1"),
        (("schema",), None),
        (("course",), None),
        (("course",), [1]),
        (("course", "limits", "memory_mb"), "512"),
        (("course", "parts"), {"a": 1}),
        (("course", "parts"), [3]),
        (("course", "parts", 0, "exercises"), "x"),
        (("course", "seed"), "x"),
        (("course", "example", "v"), "x"),
        ((*GROUP, "points"), "3"),
        ((*GROUP, "points"), True),
        ((*GROUP, "name"), "another"),
        ((*GROUP, "tolerance"), {"rtol": 0.5}),
        ((*GROUP, "draw", "sizes"), [3]),
        (("digest",), "0"),
        (("cases",), None),
        (("cases",), [1]),
        (("cases", "double"), None),
        (("cases", "double"), [3]),
        ((*CASE, "group"), "another"),
        ((*CASE, "expected"), None),
        ((*CASE, "expected"), 1.0),
        ((*CASE, "expected"), [1.0, 2.0, "3"]),
        ((*CASE, "expected"), [2.0, 4.0, 8.1]),
        ((*CASE, "arguments"), None),
        ((*CASE, "arguments", "v"), {"dtype": "<f8"}),
        (("misconceptions",), [1]),
        (("misconceptions",), {"mix": 3}),
        (("misconceptions",), {"mix": [{"name": "x"}]}),
    ],
)
def test_broken_file_is_refused_in_one_line(
    tiny_course: Course, tmp_path: Path, place: tuple[str | int, ...], value: object
) -> None:
    path = tmp_path / "key.json"
    written = json.loads(key_text(tiny_course, build_key(tiny_course), public=False))
    path.write_text(broken(written, *place, value=value), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        read_key(path)
    assert "\n" not in str(caught.value)
    assert "is not an answer key (" in str(caught.value)
    assert str(caught.value).endswith("make it again with 'autograder sync' or 'autograder build'")


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"[" * 100_000, b"[1]", b"12", b'"x"', b"null"]
)
def test_file_that_holds_no_object(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "key.json"
    path.write_bytes(text)
    with pytest.raises(CourseError, match=r"key.json: is not"):
        read_key(path)


def test_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"cannot be read \(No such file.*make it again"):
        read_key(tmp_path / "key.json")


def test_reading_a_key_imports_nothing_heavy(tiny_course: Course, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(key_text(tiny_course, build_key(tiny_course), public=True), encoding="utf-8")
    script = (
        "import sys, pathlib; from autograder.answer_key.file import read_key;"
        f"read_key(pathlib.Path({str(path)!r}));"
        "heavy = {'pydantic', 'yaml', 'rich', 'click'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
