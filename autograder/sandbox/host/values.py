"""The grader's end of the value encoding: writes arguments and reads results.

`guest/protocol.py` specifies the format; the other end is `guest/values.py`. Received data is not
trusted: every length, count and code is checked before anything is allocated for it, and invalid
data raises `WireError`.
"""

from __future__ import annotations

import builtins
import math
import re
import struct
from typing import Any

import numpy as np

from autograder.errors import SandboxError
from autograder.model.submission import Frame, StudentError
from autograder.model.values import Array, Data, Seeded, SupportFunction, Value
from autograder.sandbox.guest import values as guest

MOST_TEXT = 4000
MOST_FRAMES = 32

_LENGTHS = tuple(struct.Struct(f"<{count}Q") for count in range(guest.MOST_DIMENSIONS + 2))
_DTYPES = tuple(np.dtype(code).newbyteorder("<") for code in guest.DTYPES)
_NATIVE = tuple(map(np.dtype, guest.DTYPES))
_CODES = {dtype: number for number, dtype in enumerate(_NATIVE)}
_BOOL = guest.DTYPES.index("?")
_ERROR_NAMES = frozenset(
    name
    for names in (vars(builtins), vars(getattr(np, "exceptions", np)), vars(np.linalg))
    for name, value in names.items()
    if isinstance(value, type) and issubclass(value, BaseException)
)

Payload = bytes | bytearray | memoryview
"""Bytes received from a guest; values read from them are copies."""


class WireError(Exception):
    """Bytes from the guest violate the protocol, or answer another request."""


def pack_text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return struct.pack("<Q", len(data)) + data


def pack_value(value: Value) -> bytes:
    if isinstance(value, np.ndarray):
        return bytes([guest.ARRAY]) + _pack_array(value)
    if isinstance(value, Data):
        return _pack_data(value.value)
    if isinstance(value, SupportFunction):
        return bytes([guest.FUNCTION]) + pack_text(value.module) + pack_text(value.name)
    if isinstance(value, Seeded):
        return bytes([guest.GENERATOR]) + pack_text(str(value.seed))
    if isinstance(value, (bool, int, np.integer)):
        return bytes([guest.INTEGER]) + pack_text(str(int(value)))
    return struct.pack("<Bd", guest.FLOAT, value)


def _pack_data(value: Any) -> bytes:
    if value is None:
        return bytes([guest.NOTHING])
    if isinstance(value, bool):
        return bytes([guest.TRUTH, value])
    if isinstance(value, str):
        return bytes([guest.TEXT]) + pack_text(value)
    if isinstance(value, complex):
        return bytes([guest.ARRAY]) + _pack_array(np.array(value))
    if isinstance(value, dict):
        parts = [part for pair in value.items() for part in pair]
        return b"".join([struct.pack("<BI", guest.DICT, len(value)), *map(_pack_data, parts)])
    for tag, kind in ((guest.LIST, list), (guest.TUPLE, tuple), (guest.SET, set)):
        if isinstance(value, kind):
            head = struct.pack("<BI", tag, len(value))
            return b"".join([head, *map(_pack_data, value)])
    number: Value = value
    return pack_value(number)


def _pack_array(array: Array) -> bytes:
    # An array that is contiguous both ways (1-D, or empty) or neither way is sent in C order.
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    code = _CODES.get(array.dtype.newbyteorder("="))
    if code is None:
        raise SandboxError(f"arguments of type {array.dtype} cannot be sent to the sandbox")
    head = struct.pack(f"<BBB{array.ndim}Q", code, array.ndim, fortran, *array.shape)
    return head + struct.pack("<Q", array.nbytes) + little.tobytes("F" if fortran else "C")


def _hashable(part: Any) -> Any:
    """The value as an element of a set: a 0-d array becomes a number. Raises WireError."""
    if isinstance(part, np.ndarray) and not part.ndim:
        part = part.item()
    if isinstance(part, tuple):
        return tuple(map(_hashable, part))
    if part is None or isinstance(part, (bool, int, float, complex, str)):
        return part
    raise WireError("a set holds something that no set can hold")


class Reader:
    """Reads the fields of one payload in order; an invalid field raises WireError."""

    def __init__(self, payload: Payload) -> None:
        self._payload = memoryview(payload)
        self._size = len(payload)
        self._at = 0

    def number(self, form: str, most: int | None = None) -> Any:
        form = "<" + form
        (number,) = struct.unpack(form, self.bytes(struct.calcsize(form)))
        if most is not None and number > most:
            raise WireError(f"the number {number} is more than {most}")
        return number

    def byte(self, most: int) -> int:
        at = self._at
        if at >= self._size:
            raise WireError("a payload ends too early")
        number = self._payload[at]
        if number > most:
            raise WireError(f"the number {number} is more than {most}")
        self._at = at + 1
        return number

    def bytes(self, length: int) -> memoryview:
        start = self._at
        if length > self._size - start:
            raise WireError("a payload ends too early")
        self._at = start + length
        return self._payload[start : self._at]

    def text(self) -> str:
        data = self.bytes(self.number("Q"))[: 4 * MOST_TEXT]
        return str(data, "utf-8", "replace")[:MOST_TEXT]

    def flag(self) -> bool:
        return bool(self.byte(most=1))

    def array(self) -> Array:
        code = self.byte(most=len(_DTYPES) - 1)
        dimensions = self.byte(most=guest.MOST_DIMENSIONS)
        self.byte(most=0)  # results come in C order
        lengths, dtype = _LENGTHS[dimensions + 1], _DTYPES[code]
        *shape, size = lengths.unpack(self.bytes(lengths.size))
        most = max([size, *shape])
        if most > guest.MOST_RESULT_BYTES or size != math.prod(shape) * dtype.itemsize:
            raise WireError(f"{size} bytes are no array of shape {tuple(shape)} and type {dtype}")
        data = self.bytes(size)
        try:
            array: Array = np.frombuffer(data, np.uint8 if code == _BOOL else dtype).reshape(shape)
        except ValueError as error:  # empty, but the product of its other dimensions overflows
            raise WireError(f"no array has the shape {tuple(shape)}: {error}") from None
        # numpy misbehaves on a bool whose byte is neither 0 nor 1.
        array = np.asarray(array != 0) if code == _BOOL else array.astype(_NATIVE[code])
        array.flags.writeable = False  # cached answers are shared between students
        return array

    def value(self) -> Value:
        """An argument after a call."""
        tag = self.byte(most=guest.GENERATOR)
        if tag == guest.ARRAY:
            return self.array()
        if tag == guest.FLOAT:
            return float(self.number("d"))
        if tag == guest.INTEGER:
            return self._integer()
        if tag == guest.FUNCTION:
            return SupportFunction(self.text(), self.text())
        if tag == guest.GENERATOR:
            return Seeded(self._integer())
        self._at -= 1
        return self.data()

    def data(self) -> Data:
        """Plain data: Python's built-in types, and arrays."""
        self._parts = guest.MOST_PARTS
        return Data(self._part(guest.MOST_DEPTH))

    def _part(self, depth: int) -> Any:
        self._parts -= 1
        if depth < 0 or self._parts < 0:
            raise WireError("plain data has too many parts, or is nested too deeply")
        tag = self.byte(most=guest.SET)
        if tag == guest.ARRAY:
            return self.array()
        if tag == guest.FLOAT:
            return float(self.number("d"))
        if tag == guest.INTEGER:
            return self._integer()
        if tag == guest.NOTHING:
            return None
        if tag == guest.TRUTH:
            return self.flag()
        if tag == guest.TEXT:
            return str(self.bytes(self.number("Q")), "utf-8", "replace")
        count = self.number("I", most=self._parts)
        if tag == guest.DICT:
            return self._dict(count, depth)
        parts = [self._part(depth - 1) for _ in range(count)]
        return (
            set(map(_hashable, parts))
            if tag == guest.SET
            else {guest.LIST: list}.get(tag, tuple)(parts)
        )

    def _dict(self, count: int, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in range(count):
            key = self._part(depth - 1)
            if type(key) not in (str, int) or key in found:
                raise WireError("a dict has a key twice, or one that is neither text nor an int")
            found[key] = self._part(depth - 1)
        return found

    def _integer(self) -> int:
        digits = str(self.bytes(self.number("Q", most=guest.MOST_DIGITS + 1)), "ascii", "replace")
        if not re.fullmatch("-?[0-9]+", digits):
            raise WireError("an integer is not made of digits")
        return int(digits)

    def error(self) -> StudentError:
        name, builtin, message = self.text(), self.flag(), self.text()
        count = self.number("I", most=MOST_FRAMES)
        frames = tuple(self._frame() for _ in range(count))
        # The guest's flag is not trusted: the name must be one of the known built-in errors.
        return StudentError(name, message, frames, builtin and name in _ERROR_NAMES)

    def _frame(self) -> Frame:
        filename, cell = self.text(), self.number("i")
        line, function, source = self.number("I"), self.text(), self.text()
        return Frame(filename, cell if cell >= 0 else None, line, function, source)

    def end(self) -> None:
        if self._at != len(self._payload):
            raise WireError("a payload goes on after its last field")
