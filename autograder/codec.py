"""Writes frozen dataclasses as plain JSON values, and reads them back strictly.

The same codec writes everything that is stored: courses, answer keys and reports. In JSON

- a dataclass is an object with its fields by name. Fields that hold their default are left out, and
  so are fields declared with `field(metadata=NOT_WRITTEN)`, which the caller passes when reading;
- a tuple, named or not, is a list, a mapping an object, an enum its value, a datetime its ISO text;
- an array reads back bit for bit: a plain nested list is a float64 or int64 array in C order, an
  object gives dtype, shape and order.

Reading follows the types of the fields: an unknown or missing key, or a value of another type,
raises CodecError, which names the place.
"""

from __future__ import annotations

import base64
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args, get_origin

import numpy as np

from autograder.model.values import Array, Data, set_of

T = TypeVar("T")
Place = tuple[Any, str | int] | None
"""A path into the JSON: the enclosing place, and the key or index in it; None for the whole. It is
turned into text only for an error message."""
Reader = Callable[[Any, Place], Any]
"""Converts a JSON value, given its place; raises CodecError."""

_AS_TEXT = 256
"""Arrays of more elements than this are written in base64."""
_WHOLE = {"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"}
_DTYPES = _WHOLE | {"<f2", "<f4", "<f8", "<c8", "<c16"}


class CodecError(ValueError):
    """A value cannot be written as JSON, or the JSON does not fit the type to be read."""


def to_json(value: Any) -> Any:
    """Convert `value` to plain values for json.dumps. Raises CodecError for an unsupported type."""
    kind: Any = type(value)
    return _writer(kind)(value)


def from_json(kind: type[T], written: Any, **given: Any) -> T:
    """Read back a value of type `kind` from `written`, the result of `to_json`.

    `given` has the dataclass fields that are not written. Raises CodecError if `written` does not
    fit.
    """
    wanted: Any = kind
    value: T = (
        _read_fields(wanted, written, None, given) if given else _reader(wanted)(written, None)
    )
    return value


def _data_to_json(value: Any) -> Any:
    """Plain data: types that JSON can distinguish stay as they are; others name their kind.

    Those become an object such as `{"tuple": [...]}` or `{"array": ...}`.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and np.isfinite(value):
        return value
    if isinstance(value, float | complex | np.ndarray):
        scalar = not isinstance(value, np.ndarray)
        return {"array": array_to_json(np.asarray(value)), "scalar": scalar}
    if isinstance(value, dict):
        return {"dict": [[_data_to_json(key), _data_to_json(part)] for key, part in value.items()]}
    if isinstance(value, set | frozenset):
        return {"set": sorted(map(_data_to_json, value), key=json.dumps)}
    return {type(value).__name__: [_data_to_json(part) for part in value]}


def _data_from_json(written: Any, place: Place = None) -> Any:
    if written is None or isinstance(written, bool | int | str | float):
        return written
    if not isinstance(written, dict) or not written:
        raise _other(written, place, "plain data")
    kind, inside = next(iter(written.items()))
    if kind == "array":
        array = array_from_json(inside, place)
        return array.item() if written.get("scalar") else array
    if kind not in ("list", "tuple", "set", "dict") or not isinstance(inside, list):
        raise CodecError(f"{_named(place)} is plain data of an unknown kind")
    try:
        if kind == "dict":
            return {_data_from_json(key): _data_from_json(part) for key, part in inside}
        parts = [_data_from_json(part, place) for part in inside]
        built: Any = {"list": list, "tuple": tuple, "set": set_of}[kind]
        return built(parts)
    except (TypeError, ValueError) as error:
        raise CodecError(f"{_named(place)}: {error}") from None


def _data(written: Any, place: Place) -> Data:
    if not isinstance(written, dict) or written.keys() != {"data"}:
        raise _other(written, place, "plain data")
    return Data(_data_from_json(written["data"], place))


def array_to_json(value: Array) -> Any:
    """An array as a nested list or an object.

    Raises CodecError for a dtype that is not available on every platform, such as longdouble.
    """
    array = np.asarray(value)
    dtype = array.dtype.newbyteorder("<")
    if dtype.str not in _DTYPES:
        raise CodecError(f"an array of {array.dtype} cannot be written")
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


def array_from_json(written: Any, place: Place = None) -> Array:
    """The array, read-only. Raises CodecError if `written` does not describe one."""
    try:
        array = _described(written) if isinstance(written, dict) else _listed(written)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise CodecError(f"{_named(place)} is not an array ({error})") from None
    array.setflags(write=False)
    return array


def _listed(written: Any) -> Array:
    if not isinstance(written, list):
        raise TypeError(f"{type(written).__name__} where a list should be")
    array = np.array(written)
    if array.dtype not in (np.float64, np.int64, np.int32):
        raise ValueError("the list holds something other than numbers")
    return array.astype(np.float64 if array.dtype == np.float64 else np.int64)


def _described(written: dict[str, Any]) -> Array:
    dtype, shape, order = written["dtype"], written["shape"], written["order"]
    if dtype not in _DTYPES or order not in ("C", "F"):
        raise ValueError(f"unknown dtype {dtype!r} or order {order!r}")
    if not all(type(length) is int and length >= 0 for length in shape):
        raise ValueError(f"{shape!r} is not a shape")
    if "values" in written:
        return np.array(written["values"], dtype=dtype, order=order).reshape(shape, order="A")
    raw = base64.b64decode(written["base64"], validate=True)
    return np.frombuffer(raw, dtype=dtype).reshape(shape, order=order).copy(order=order)


# --- writing, by type -------------------------------------------------------------------------


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    if kind in (types.NoneType, bool, int, float, str):
        return lambda value: value
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, np.ndarray):
        return array_to_json
    if issubclass(kind, Data):
        return lambda value: {"data": _data_to_json(value.value)}
    if issubclass(kind, tuple | list):
        return lambda value: [to_json(each) for each in value]
    if issubclass(kind, Mapping):
        return lambda value: {str(name): to_json(each) for name, each in value.items()}
    if issubclass(kind, datetime):
        return lambda value: value.isoformat()
    dataclass: Any = kind
    if not is_dataclass(dataclass):
        raise CodecError(f"a {kind.__name__} cannot be written as JSON")
    written = _written(kind)
    return lambda value: {
        one.name: to_json(own)
        for one in written
        if (own := getattr(value, one.name)) is not one.default and not _is_default(one, own)
    }


@cache
def _written(kind: Any) -> tuple[Field[Any], ...]:
    return tuple(one for one in fields(kind) if one.metadata.get("json", True))


def _is_default(one: Field[Any], value: Any) -> bool:
    if one.default_factory is not MISSING:
        return not len(value) and not len(one.default_factory())
    default = one.default
    if default is MISSING or type(value) is not type(default):
        return False
    return value is default or bool(not isinstance(value, np.ndarray) and value == default)


# --- reading, by type -------------------------------------------------------------------------


@cache
def _reader(kind: Any) -> Reader:
    """The reader for values of type `kind`. Cached: types and generic aliases are hashable."""
    if kind is Any:
        return lambda written, place: written
    origin, inside = get_origin(kind), get_args(kind)
    if hasattr(origin or kind, "__value__"):  # a type alias, such as NDArray since numpy 2.5
        return _reader((origin or kind).__value__)
    if origin in (typing.Union, types.UnionType):
        return _union(inside)
    if origin is np.ndarray:
        return array_from_json
    if origin is tuple:
        return _row(inside) if inside[-1] is not ... else _tuple(inside[0])
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(inside[1])
    if kind in (int, str, bool, types.NoneType):
        return _exactly(kind)
    if kind is float:
        return _float
    if kind is datetime:
        return _moment
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if kind is Data:
        return _data
    if is_dataclass(kind):
        return lambda written, place: _read_fields(kind, written, place, {})
    if isinstance(kind, type) and issubclass(kind, tuple):  # a named one
        row = _row(tuple(typing.get_type_hints(kind).values()))
        return lambda written, place: kind(*row(written, place))
    raise TypeError(f"{kind} has no form in JSON")


def _exactly(kind: type) -> Reader:
    def read(written: Any, place: Place) -> Any:
        if type(written) is not kind:
            raise _other(written, place, kind.__name__)
        return written

    return read


def _float(written: Any, place: Place) -> float:
    if type(written) not in (float, int):
        raise _other(written, place, "float")
    return float(written)


def _enum(kind: type[Enum]) -> Reader:
    by_value = {one.value: one for one in kind}

    def read(written: Any, place: Place) -> Any:
        try:
            return by_value[written]
        except (KeyError, TypeError):
            raise CodecError(
                f"{_named(place)}: {written!r:.60} is not a valid {kind.__name__}"
            ) from None

    return read


def _moment(written: Any, place: Place) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except (ValueError, TypeError) as error:
        raise CodecError(f"{_named(place)}: {error}") from None


def _union(members: tuple[Any, ...]) -> Reader:
    readers = [_reader(member) for member in members]

    def read(written: Any, place: Place) -> Any:
        if type(written) in members:  # so that an int stays an int in `int | float`
            return written
        errors = []
        for reader in readers:
            try:
                return reader(written, place)
            except CodecError as error:
                errors.append(error)
        raise errors[0]

    return read


def _tuple(kind: Any) -> Reader:
    reader = _reader(kind)

    def read(written: Any, place: Place) -> tuple[Any, ...]:
        if not isinstance(written, list):
            raise _other(written, place, "list")
        return tuple(reader(each, (place, i)) for i, each in enumerate(written))

    return read


def _row(kinds: tuple[Any, ...]) -> Reader:
    readers = [_reader(kind) for kind in kinds]

    def read(written: Any, place: Place) -> tuple[Any, ...]:
        if not isinstance(written, list) or len(written) != len(readers):
            raise _other(written, place, f"list of {len(readers)}")
        pairs = enumerate(zip(readers, written, strict=True))
        return tuple(reader(each, (place, i)) for i, (reader, each) in pairs)

    return read


def _mapping(kind: Any) -> Reader:
    reader = _reader(kind)

    def read(written: Any, place: Place) -> Mapping[str, Any]:
        if not isinstance(written, dict):
            raise _other(written, place, "object")
        return MappingProxyType({n: reader(v, (place, n)) for n, v in written.items()})

    return read


@cache
def _field_readers(kind: Any) -> tuple[dict[str, Reader], frozenset[str]]:
    """The reader of each field, and the names of the fields without a default."""
    hints = typing.get_type_hints(kind)
    written = _written(kind)
    required = (
        one.name for one in written if one.default is MISSING and one.default_factory is MISSING
    )
    return {one.name: _reader(hints[one.name]) for one in written}, frozenset(required)


def _read_fields(kind: Any, written: Any, place: Place, given: Mapping[str, Any]) -> Any:
    readers, required = _field_readers(kind)
    if not isinstance(written, dict):
        raise _other(written, place, "object")
    values = dict(given)
    for name, each in written.items():
        reader = readers.get(name)
        if reader is None:
            raise CodecError(f"{_named((place, name))} is unknown")
        values[name] = reader(each, (place, name))
    for name in sorted(required - values.keys()):
        raise CodecError(f"{_named((place, name))} is missing")
    return kind(**values)


def _named(place: Place) -> str:
    """A place as text: `parts[0].name`, or `it` for the whole."""
    if place is None:
        return "it"
    around, step = place
    if isinstance(step, int):
        return f"{'' if around is None else _named(around)}[{step}]"
    return step if around is None else f"{_named(around)}.{step}"


def _other(written: Any, place: Place, wanted: str) -> CodecError:
    return CodecError(f"{_named(place)} is {type(written).__name__}, not {wanted}")
