"""Packs what a function is called with, in the form that `guest/protocol.py` states."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograder.errors import SandboxError
from autograder.model import Array, Value
from autograder.sandbox.guest import protocol as guest

_CODES = {np.dtype(code): number for number, code in enumerate(guest.DTYPES)}


@dataclass(frozen=True, eq=False)
class Call:
    """What a function is called with, by position; packed once, however often it is sent."""

    arguments: Sequence[Value]
    keeps_arguments: bool = False
    """Whether they are sent back as they are after the call."""
    read_only: bool = False

    @cached_property
    def packed(self) -> bytes:
        flags = guest.KEEPS_ARGUMENTS * self.keeps_arguments | guest.READ_ONLY * self.read_only
        head = bytes([flags, len(self.arguments)])
        return head + b"".join(map(pack_value, self.arguments))


def pack_text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return struct.pack("<Q", len(data)) + data


def pack_value(value: Value) -> bytes:
    if isinstance(value, np.ndarray):
        return bytes([guest.ARRAY]) + _pack_array(value)
    if isinstance(value, (bool, int, np.integer)):
        return bytes([guest.INTEGER]) + pack_text(str(int(value)))
    return struct.pack("<Bd", guest.FLOAT, value)


def _pack_array(array: Array) -> bytes:
    # An array that is both (one dimension, or empty) is in C order; a strided one becomes so.
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    code = _CODES.get(array.dtype.newbyteorder("="))
    if code is None:
        raise SandboxError(f"arguments of type {array.dtype} cannot be sent to the sandbox")
    head = struct.pack(f"<BBB{array.ndim}Q", code, array.ndim, fortran, *array.shape)
    return head + struct.pack("<Q", array.nbytes) + little.tobytes("F" if fortran else "C")
