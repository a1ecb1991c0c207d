"""The guest's end of the value encoding: reads arguments and writes results.

`protocol.py` specifies the format; the grader's end is `host/wire.py`. Data from the grader is
trusted, so nothing is checked here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

DTYPES = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
ARRAY, FLOAT, INTEGER, NOTHING, TRUTH, TEXT, LIST, TUPLE, DICT, SET, FUNCTION, GENERATOR = range(12)
MOST_DEPTH = 16
"""How deep lists, tuples, dicts and sets may be nested in plain data."""
MOST_PARTS = 200_000
"""How many values plain data may have, including those inside containers."""
MOST_DIGITS = 4000
"""How many digits an integer in plain data may have."""
MOST_DIMENSIONS = 32
MOST_RESULT_BYTES = 64 << 20
"""As in `autograder/model/values.py`, which nothing here may import; a test compares the two."""

# Saved at import: a student's code may replace numpy's own later.
_asarray, _ndarray = np.asarray, np.ndarray
_LENGTH = struct.Struct("<Q")
# The fields of an array before its values, by the number of dimensions; numpy has at most 64.
_HEADS = tuple(struct.Struct(f"<BBB{count + 1}Q") for count in range(65))

_sent = tuple(np.dtype(code).newbyteorder("<") for code in DTYPES)
_native = tuple(map(np.dtype, DTYPES))
_codes = {np.dtype(code).newbyteorder("="): number for number, code in enumerate(DTYPES)}
_wider = {np.dtype(np.longdouble): np.dtype("f8"), np.dtype(np.clongdouble): np.dtype("c16")}


class Reader:
    """Reads the fields of one payload in order."""

    def __init__(self, payload: bytes | bytearray, start: int = 0) -> None:
        self._payload = payload
        self._at = start

    def numbers(self, form: str) -> tuple[Any, ...]:
        numbers = struct.unpack_from(form, self._payload, self._at)
        self._at += struct.calcsize(form)
        return numbers

    def number(self, form: str) -> Any:
        return self.numbers("<" + form)[0]

    def byte(self) -> int:
        self._at += 1
        return self._payload[self._at - 1]

    def blob(self) -> bytes | bytearray:
        start = self._at + _LENGTH.size
        self._at = start + _LENGTH.unpack_from(self._payload, self._at)[0]
        return self._payload[start : self._at]

    def text(self) -> str:
        return str(self.blob(), "utf-8", "surrogateescape")

    def value(self, read_only: bool) -> Any:
        payload, at = self._payload, self._at
        if payload[at] != ARRAY:
            self._at = at + 1
            return self._other(payload[at], read_only)
        head = _HEADS[payload[at + 2]]
        code, _, fortran, *shape, size = head.unpack_from(payload, at + 1)
        start = at + 1 + head.size
        self._at = start + size
        order = "F" if fortran else "C"
        there: Any = np.ndarray(shape, _sent[code], payload, start, None, order)  # type: ignore[arg-type]
        # A copy, so that the array owns its memory and is aligned like numpy's own arrays.
        array = there.astype(_native[code], order)
        if read_only:
            array.flags.writeable = False
        return array

    def _other(self, tag: int, read_only: bool) -> Any:
        if tag == FLOAT:
            return self.number("d")
        if tag == INTEGER:
            return int(self.text())
        if tag == NOTHING:
            return None
        if tag == TRUTH:
            return bool(self.number("B"))
        if tag == TEXT:
            return self.text()
        if tag == FUNCTION:
            return Function(self.text(), self.text())
        if tag == GENERATOR:
            return Generator(int(self.text()))
        count = self.number("I")
        if tag == DICT:
            pairs = ((self.value(read_only), self.value(read_only)) for _ in range(count))
            return dict(pairs)
        parts = [self.value(read_only) for _ in range(count)]
        container: Any = {LIST: list, TUPLE: tuple, SET: _set_of}[tag]
        return container(parts)


def _set_of(parts: list[Any]) -> set[Any]:
    return set(map(_element, parts))


def _element(part: Any) -> Any:
    """The value as an element of a set: a set becomes a frozenset."""
    if isinstance(part, tuple):
        return tuple(map(_element, part))
    return frozenset(part) if isinstance(part, set) else part


class Function(NamedTuple):
    """An argument that is a function of a support file; looked up when the call is made."""

    module: str
    name: str


class Generator(NamedTuple):
    """An argument that is a random generator; created anew for each call."""

    seed: int


class NotPlain(Exception):
    """The value is not plain data; the message says what it is."""


class TooMuch(Exception):
    """The plain data is too large, has too many parts, or is nested too deeply."""


def pack_text(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return struct.pack("<Q", len(data)) + data


def pack_array(array: Any) -> bytes:
    return b"".join(array_pieces(array))


def array_pieces(array: Any) -> tuple[bytes, Any]:
    """The header bytes, and the array in C order with a dtype in DTYPES."""
    native, code = array, _codes.get(array.dtype)
    if code is None or not array.flags.c_contiguous:
        wide = _wider.get(array.dtype)
        native = array.astype(wide or array.dtype.newbyteorder("="), order="C", copy=False)
        code = _codes[native.dtype]
    shape = native.shape
    return _HEADS[len(shape)].pack(code, len(shape), 0, *shape, native.nbytes), native


def pack_value(value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        return bytes([ARRAY]) + pack_array(value)
    if isinstance(value, float):
        return struct.pack("<Bd", FLOAT, value)
    if isinstance(value, Function):
        return bytes([FUNCTION]) + pack_text(value.module) + pack_text(value.name)
    if isinstance(value, Generator):
        return bytes([GENERATOR]) + pack_text(str(value.seed))
    if type(value) is not int:
        try:
            return pack_data(value)
        except (NotPlain, TooMuch):  # an argument that the call changed to something else
            return bytes([NOTHING])
    return bytes([INTEGER]) + pack_text(str(value))


def pack_data(value: Any) -> bytes:
    """Encode plain data: None, numbers, text, arrays, and lists, tuples, dicts and sets of them.

    Types are checked with `type()`, which a class cannot fake with `__class__`. An instance of a
    subclass is encoded as its base type, with the base type's methods. Raises NotPlain for any
    other type, and TooMuch.
    """
    pieces: list[bytes] = []
    _Packer(pieces.append).put(value, MOST_DEPTH)
    return b"".join(pieces)


def is_masked(value: Any) -> bool:
    """Whether it is an array with masked entries."""
    if type(value) is _ndarray or not isinstance(value, _ndarray):
        return False
    # By its name: numpy.ma is slow to import, and few use it.
    is_kind = any(
        base.__name__ == "MaskedArray" and base.__module__.startswith("numpy.ma")
        for base in type(value).__mro__
    )
    return is_kind and bool(_asarray(getattr(value, "mask", False)).any())


class _Packer:
    def __init__(self, add: Callable[[bytes], None]) -> None:
        self._add = add
        self._parts, self._bytes = MOST_PARTS, MOST_RESULT_BYTES

    def add(self, piece: bytes) -> None:
        self._bytes -= len(piece)
        if self._bytes < 0:
            raise TooMuch
        self._add(piece)

    def put(self, value: Any, depth: int) -> None:
        kind = type(value)
        self._parts -= 1
        if depth < 0 or self._parts < 0:
            raise TooMuch
        if value is None:
            self.add(bytes([NOTHING]))
        elif issubclass(kind, (bool, np.bool_)):
            self.add(bytes([TRUTH, bool(value)]))
        elif issubclass(kind, (np.ndarray, np.number, complex)):
            self._put_array(value, depth)
        elif issubclass(kind, float):
            self.add(struct.pack("<Bd", FLOAT, float.__float__(value)))
        elif issubclass(kind, int):
            self._put_integer(int.__index__(value))
        elif issubclass(kind, str):
            self.add(bytes([TEXT]) + pack_text(str.__str__(value)))
        else:
            self._put_container(value, kind, depth)

    def _put_integer(self, number: int) -> None:
        if number.bit_length() > 3 * MOST_DIGITS:
            raise TooMuch
        self.add(bytes([INTEGER]) + pack_text(str(number)))

    def _put_array(self, value: Any, depth: int) -> None:
        if is_masked(value):
            raise NotPlain("an array with masked entries")
        array = np.asarray(value)
        if array.nbytes > self._bytes:
            raise TooMuch
        if array.dtype.newbyteorder("=") in _codes or array.dtype in _wider:
            self.add(bytes([ARRAY]) + pack_array(array))
        elif array.dtype.kind in "UO" and array.ndim:
            self._put_container(array.tolist(), list, depth)
        else:
            raise NotPlain(f"an array of type {array.dtype}")

    def _put_container(self, value: Any, kind: type, depth: int) -> None:
        for tag, base in _CONTAINERS:
            if issubclass(kind, base):
                parts = list(base.__iter__(value))
                self.add(bytes([tag]) + struct.pack("<I", len(parts)))
                for part in parts:
                    self.put(part, depth - 1)
                return
        if not issubclass(kind, dict):
            raise NotPlain(_a(kind))
        pairs = list(dict.items(value))
        self.add(bytes([DICT]) + struct.pack("<I", len(pairs)))
        for key, part in pairs:
            if not issubclass(type(key), (str, int, np.integer)) or type(key) is bool:
                raise NotPlain(
                    f"a dict whose keys are not text or whole numbers but {_a(type(key))}"
                )
            self.put(int(key) if isinstance(key, np.integer) else key, depth - 1)
            self.put(part, depth - 1)


_CONTAINERS: tuple[tuple[int, Any], ...] = (
    (LIST, list),
    (LIST, range),
    (TUPLE, tuple),
    (SET, set),
    (SET, frozenset),
)


def _a(kind: type) -> str:
    name = type.__getattribute__(kind, "__name__")
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"
