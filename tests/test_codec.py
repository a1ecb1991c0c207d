from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from typing_extensions import TypeAliasType

from autograder.codec import CodecError, array_from_json, from_json, to_json
from autograder.model.course import NOT_WRITTEN, Answered, Course, Misconception
from autograder.model.values import Array, Value

DTYPES = [np.bool_, np.int64, np.uint8, np.float16, np.float32, np.float64, np.complex128]
ANY_ARRAY = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays(dtype, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=8))
)


def through_json(value: Value) -> Value:
    kind: Any = Value
    back: Value = from_json(kind, json.loads(json.dumps(to_json(value), allow_nan=False)))
    return back


@given(ANY_ARRAY, st.sampled_from("CFT"))
def test_array_comes_back_bit_by_bit(array: np.ndarray, order: str) -> None:
    array = array.T if order == "T" else np.asfortranarray(array) if order == "F" else array
    back = through_json(array)
    assert isinstance(back, np.ndarray)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()
    assert back.flags.c_contiguous == array.flags.c_contiguous
    assert back.flags.f_contiguous == array.flags.f_contiguous
    assert not back.flags.writeable


@given(
    st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
)
def test_number_comes_back_as_itself(number: float) -> None:
    back = through_json(number)
    assert type(back) is type(number)
    assert back == number


def test_small_arrays_are_readable_and_large_ones_short() -> None:
    assert to_json(np.array([[1.0, -0.1], [2.0, 3.0]])) == [[1.0, -0.1], [2.0, 3.0]]
    assert to_json(np.array([1, 2], dtype=np.int64)) == [1, 2]
    assert to_json(np.asfortranarray(np.eye(2))) == {
        "dtype": "<f8",
        "shape": [2, 2],
        "order": "F",
        "values": [[1.0, 0.0], [0.0, 1.0]],
    }
    assert "base64" in to_json(np.zeros(257))


def test_view_without_an_order_is_written_in_c_order() -> None:
    back = through_json(np.arange(12.0).reshape(3, 4)[:, ::2])
    assert isinstance(back, np.ndarray)
    assert back.tolist() == [[0.0, 2.0], [4.0, 6.0], [8.0, 10.0]]


def test_other_byte_order_keeps_the_numbers() -> None:
    back = through_json(np.array([1.5, 2.5], dtype=">f8"))
    assert np.array_equal(back, [1.5, 2.5])


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([None]), np.array([1], "M8[s]")])
def test_what_is_no_number_is_not_written(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        to_json(array)


@pytest.mark.parametrize(
    "written",
    [
        None,
        "1.0",
        True,
        ["a"],
        [1.0, [2.0]],
        [True],
        {},
        {"dtype": "<f8", "shape": [2], "order": "C", "base64": "AAAA"},
        {"dtype": "<f8", "shape": [2], "order": "C", "base64": "\u00e9"},
        {"dtype": "<f8", "shape": [2], "order": "C", "base64": 5},
        {"dtype": "<f8", "shape": [3], "order": "C", "values": [1.0, 2.0]},
        {"dtype": "<f8", "shape": [-1], "order": "C", "values": [1.0, 2.0]},
        {"dtype": "<f8", "shape": "2", "order": "C", "values": [1.0, 2.0]},
        {"dtype": "<f8", "shape": [2], "order": "C", "values": ["a", "b"]},
        {"dtype": "<f8", "shape": [2], "order": "A", "values": [1.0, 2.0]},
        {"dtype": "|O", "shape": [1], "order": "C", "values": [1.0]},
        {"dtype": ["<f8"], "shape": [1], "order": "C", "values": [1.0]},
        {"dtype": "<f8", "shape": [2**40, 2**40], "order": "C", "values": [1.0]},
    ],
)
def test_what_is_no_value_is_refused(written: Any) -> None:
    with pytest.raises(CodecError):
        from_json(Array, written)


def test_number_is_no_array() -> None:
    with pytest.raises(CodecError, match=r"key\.expected is not an array"):
        array_from_json(1.0, ((None, "key"), "expected"))


class Leaf(NamedTuple):
    name: str
    share: float
    wrong: bool = False


@dataclass(frozen=True)
class Tree:
    name: str
    leaves: tuple[Leaf, ...] = ()
    pair: tuple[int, str] = (0, "")
    sizes: Mapping[str, int | float] = field(default_factory=dict)
    answered: Answered | Leaf | None = None
    due: datetime | None = None
    place: Path = field(default=Path(), metadata=NOT_WRITTEN)


TREES = st.builds(
    Tree,
    name=st.text(),
    leaves=st.lists(st.builds(Leaf, st.text(), st.floats(allow_nan=False), st.booleans())).map(
        tuple
    ),
    pair=st.tuples(st.integers(), st.text()),
    sizes=st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False, width=16)),
    answered=st.sampled_from([None, *Answered, Leaf("x", 0.5)]),
    due=st.none() | st.datetimes(timezones=st.just(timezone.utc)),
)


@given(TREES)
def test_dataclass_comes_back_whole(tree: Tree) -> None:
    back = from_json(Tree, json.loads(json.dumps(to_json(tree))))
    assert back == tree
    assert [type(size) for size in back.sizes.values()] == list(map(type, tree.sizes.values()))


def test_what_holds_its_default_is_left_out_and_a_row_is_a_list() -> None:
    tree = Tree("oak", (Leaf("a", 1.0),), place=Path("elsewhere"))
    assert to_json(tree) == {"name": "oak", "leaves": [["a", 1.0, False]]}
    assert from_json(Tree, to_json(tree), place=Path("here")).place == Path("here")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ([], "it is list, not object"),
        ({}, "name is missing"),
        ({"name": 3}, "name is int, not str"),
        ({"name": "oak", "nmae": "x"}, "nmae is unknown"),
        ({"name": "oak", "place": "x"}, "place is unknown"),
        ({"name": "oak", "leaves": {}}, "leaves is dict, not list"),
        ({"name": "oak", "leaves": [["a"]]}, r"leaves\[0\] is list, not list of 3"),
        ({"name": "oak", "leaves": [["a", True, False]]}, r"leaves\[0\]\[1\] is bool, not float"),
        ({"name": "oak", "pair": [1]}, "pair is list, not list of 2"),
        ({"name": "oak", "sizes": [1]}, "sizes is list, not object"),
        ({"name": "oak", "sizes": {"K": True}}, "sizes.K is bool, not int"),
        ({"name": "oak", "answered": "perhaps"}, "answered: 'perhaps' is not a valid Answered"),
        ({"name": "oak", "due": "soon"}, "due: Invalid isoformat string: 'soon'"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(written: Any, why: str) -> None:
    with pytest.raises(CodecError, match=f"^{why}$"):
        from_json(Tree, written)


def test_an_alias_of_an_array_is_read_as_an_array() -> None:
    """From numpy 2.5 on, NDArray is an alias of its own kind where Python has one (3.12)."""
    dtype = TypeVar("dtype", bound=np.generic)
    alias = TypeAliasType("alias", np.ndarray[Any, np.dtype[dtype]], type_params=(dtype,))
    for kind in (alias, alias[np.bool_]):
        read = from_json(kind, to_json(np.array([True, False])))
        assert read.tolist() == [True, False]


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(CodecError, match="a set cannot be written"):
        to_json(Tree("oak", sizes={"K": {1}}))  # type: ignore[dict-item]


def test_full_course_comes_back_whole(tiny_course: Course) -> None:
    back = from_json(Course, json.loads(json.dumps(to_json(tiny_course))), folder=Path("d"))
    assert back.folder == Path("d")
    assert (back.name, back.version, back.seed) == ("A tiny course", "0.1.0", 7)
    assert back.parts == tiny_course.parts
    assert (back.limits, back.support) == (tiny_course.limits, tiny_course.support)
    assert list(back.example) == list(tiny_course.example)
    assert all(np.array_equal(back.example[name], tiny_course.example[name]) for name in "vA")


def test_misconception_s_answers_keep_their_kinds() -> None:
    answers = (np.array([np.nan, 1.0]), None, Answered.RIGHT, np.array(2.5), np.array([True]))
    known = Misconception("mix", "half", ("You halved it.",), answers)
    back = from_json(Misconception, json.loads(json.dumps(to_json(known), allow_nan=False)))
    assert back.answers[1:3] == answers[1:3]
    for before, after in zip(answers, back.answers, strict=True):
        if isinstance(before, np.ndarray):
            assert isinstance(after, np.ndarray)
            assert (after.dtype, after.tobytes()) == (before.dtype, before.tobytes())
