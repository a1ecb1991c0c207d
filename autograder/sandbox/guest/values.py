"""Reads and writes the values that pass between the grader and a student's process: this end.

The form of each is stated in `protocol.py`; the grader's end is `host/values.py`. What comes from
the grader is trusted, so nothing is checked here.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

DTYPES = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
ARRAY, FLOAT, INTEGER = 0, 1, 2
MOST_DIMENSIONS = 32
MOST_RESULT_BYTES = 64 << 20

_LENGTH = struct.Struct("<Q")
# numpy has no array of more than 64 dimensions.
_LENGTHS = tuple(struct.Struct(f"<{count}Q") for count in range(66))

_dtypes = tuple(np.dtype(code).newbyteorder("<") for code in DTYPES)
_native = tuple(map(np.dtype, DTYPES))
_codes = {np.dtype(code).newbyteorder("="): number for number, code in enumerate(DTYPES)}
_wider = {np.dtype(np.longdouble): np.dtype("f8"), np.dtype(np.clongdouble): np.dtype("c16")}


class Reader:
    """The fields of one payload, in turn."""

    def __init__(self, payload: bytes | bytearray, start: int = 0) -> None:
        self._payload = payload
        self._at = start

    def numbers(self, form: str) -> tuple[Any, ...]:
        numbers = struct.unpack_from(form, self._payload, self._at)
        self._at += struct.calcsize(form)
        return numbers

    def number(self, form: str) -> Any:
        return self.numbers("<" + form)[0]

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
            return self.number("d") if payload[at] == FLOAT else int(self.text())
        code, dimensions, fortran = payload[at + 1 : at + 4]
        lengths = _LENGTHS[dimensions + 1]
        *shape, size = lengths.unpack_from(payload, at + 4)
        start = at + 4 + lengths.size
        self._at = start + size
        order = "F" if fortran else "C"
        there: Any = np.ndarray(shape, _dtypes[code], payload, start, None, order)  # type: ignore[arg-type]
        # A copy, so that the array owns its memory and is aligned as numpy aligns its own.
        array = there.astype(_native[code], order)
        if read_only:
            array.flags.writeable = False
        return array


def pack_text(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return struct.pack("<Q", len(data)) + data


def pack_array(array: Any) -> bytes:
    return b"".join(array_pieces(array))


def array_pieces(array: Any) -> tuple[bytes, Any]:
    """What goes before the values, and the values: in C order, of a type in DTYPES."""
    native, code = array, _codes.get(array.dtype)
    if code is None or not array.flags.c_contiguous:
        wide = _wider.get(array.dtype)
        native = array.astype(wide or array.dtype.newbyteorder("="), order="C", copy=False)
        code = _codes[native.dtype]
    shape = native.shape
    lengths = _LENGTHS[len(shape) + 1].pack(*shape, native.nbytes)
    return bytes((code, len(shape), 0)) + lengths, native


def pack_value(value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        return bytes([ARRAY]) + pack_array(value)
    if isinstance(value, float):
        return struct.pack("<Bd", FLOAT, value)
    return bytes([INTEGER]) + pack_text(str(int(value)))
