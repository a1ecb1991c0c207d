from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder.answer_key.array_json import array_from_json, from_json, to_json
from autograder.model import Value

DTYPES = [np.bool_, np.int64, np.uint8, np.float16, np.float32, np.float64, np.complex128]
ANY_ARRAY = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays(dtype, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=8))
)


def through_json(value: Value) -> Value:
    return from_json(json.loads(json.dumps(to_json(value), allow_nan=False)))


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
    with pytest.raises((ValueError, TypeError, KeyError)):
        from_json(written)


def test_number_is_no_array() -> None:
    with pytest.raises(TypeError, match="a number where an array"):
        array_from_json(1.0)
