"""Writes numbers and arrays as JSON that reads back to the same bits."""

from __future__ import annotations

import base64
from typing import Any, Literal

import numpy as np

from autograder.model import Array, Value

_AS_TEXT = 256
"""An array of more elements than that is written in base64."""
_WHOLE = {"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"}
_DTYPES = _WHOLE | {"<f2", "<f4", "<f8", "<c8", "<c16"}


def to_json(value: Value) -> Any:
    """Return what json.dumps can write: numbers as they are, arrays as nested lists or objects.

    A plain nested list is a float64 or int64 array in C order; an object names dtype, shape and
    order. Raises ValueError for a dtype that other machines may lack.
    """
    if isinstance(value, int | float):
        return value
    array = np.asarray(value)
    dtype = array.dtype.newbyteorder("<")
    if dtype.str not in _DTYPES:
        raise ValueError(f"an array of {array.dtype} cannot be written")
    order: Literal["C", "F"] = "C"
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        order = "F"
    listed = array.size <= _AS_TEXT and dtype.kind in "fi" and bool(np.isfinite(array).all())
    if listed and order == "C" and array.size and array.ndim and dtype.str in ("<f8", "<i8"):
        return array.tolist()
    about: dict[str, Any] = {"dtype": dtype.str, "shape": list(array.shape), "order": order}
    if listed:
        return {**about, "values": array.tolist()}
    raw = np.asarray(array, dtype).tobytes(order)
    return {**about, "base64": base64.b64encode(raw).decode("ascii")}


def from_json(written: Any) -> Value:
    """Return the number or the read-only array. Raises ValueError, KeyError or TypeError."""
    if isinstance(written, dict):
        array = _array(written)
    elif isinstance(written, list):
        array = np.array(written)
        if array.dtype not in (np.float64, np.int64, np.int32):
            raise ValueError("a list holds something else than numbers")
        array = array.astype(np.float64 if array.dtype == np.float64 else np.int64)
    elif isinstance(written, float | int) and not isinstance(written, bool):
        return written
    else:
        raise TypeError(f"{type(written).__name__} where a number or an array should be")
    array.setflags(write=False)
    return array


def array_from_json(written: Any) -> Array:
    """As from_json, for what can only be an array."""
    value = from_json(written)
    if not isinstance(value, np.ndarray):
        raise TypeError("a number where an array should be")
    return value


def _array(written: dict[str, Any]) -> Array:
    dtype, shape, order = written["dtype"], written["shape"], written["order"]
    if dtype not in _DTYPES or order not in ("C", "F"):
        raise ValueError(f"unknown dtype {dtype!r} or order {order!r}")
    if not all(type(length) is int and length >= 0 for length in shape):
        raise ValueError(f"the shape {shape!r} is none")
    if "values" in written:
        return np.array(written["values"], dtype=dtype, order=order).reshape(shape, order="A")
    raw = base64.b64decode(written["base64"], validate=True)
    return np.frombuffer(raw, dtype=dtype).reshape(shape, order=order).copy(order=order)
