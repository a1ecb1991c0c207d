"""Writes requests to a guest and reads its answers, trusting nothing in them.

The protocol is stated in `guest/protocol.py`. Every length, count and code is checked before
anything is allocated for it; whatever does not fit raises `WireError`.
"""

from __future__ import annotations

import builtins
import math
import re
import struct
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.answer_size import MOST_REMEMBERED
from autograder.model import Array, Frame, LoadFailure, Outcome, Source, Status, StudentError, Value
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.host.compiled import code_of
from autograder.sandbox.host.packing import Call, pack_text

GOES_ON = tuple(Status[name] for name in guest.GOES_ON)
"""After an answer of another status the guest makes none of the calls that are left."""
MOST_PAYLOAD = {guest.ANSWER: guest.MOST_RESULT_BYTES * 2}
MOST_OTHER_PAYLOAD = 4 << 20
MOST_TEXT = 4000
MOST_FRAMES = 32
MOST_FAILURES = 10_000
"""That one process may tell of at once, and that are kept of one submission."""
MOST_ARGUMENTS = 32

_LENGTHS = tuple(struct.Struct(f"<{count}Q") for count in range(guest.MOST_DIMENSIONS + 2))
_DTYPES = tuple(np.dtype(code).newbyteorder("<") for code in guest.DTYPES)
_NATIVE = tuple(map(np.dtype, guest.DTYPES))
_BOOL = guest.DTYPES.index("?")
_ERROR_NAMES = frozenset(
    name
    for names in (vars(builtins), vars(getattr(np, "exceptions", np)), vars(np.linalg))
    for name, value in names.items()
    if isinstance(value, type) and issubclass(value, BaseException)
)


Payload = bytes | bytearray | memoryview
"""Of a frame that came; what is read of it is copied."""


class WireError(Exception):
    """What came from the guest is no frame of the protocol, or not the one that was asked for."""


# --- requests ---------------------------------------------------------------------------------


def sources_request(
    sources: Sequence[Source], support: Sequence[Source], refused: Collection[str]
) -> bytes:
    """The files of a submission, those of the course, and the modules that must not be run."""
    parts = [struct.pack("<I", len(sources) + len(support))]
    for files, extra in ((sources, 0), (support, guest.SUPPORT)):
        for source in files:
            flags = extra | (guest.NOTEBOOK if source.notebook else 0)
            parts += [pack_text(source.module), pack_text(source.filename)]
            parts.append(struct.pack("<BI", flags, len(source.cells)))
            for cell in source.cells:
                parts += [struct.pack("<Q", len(cell)), cell]
            code = code_of(source) if extra else b""
            parts += [struct.pack("<Q", len(code)), code]
    parts.append(struct.pack("<I", len(refused)))
    parts += [pack_text(name) for name in sorted(refused)]
    return b"".join(parts)


def load_request(module: str, seconds: float) -> bytes:
    return pack_text(module) + struct.pack("<d", seconds)


def call_request(
    function: str, module: str, calls: Sequence[Call], seconds: float, *, take_stub: bool = False
) -> bytes:
    """Calls of one function, each with that CPU time."""
    head = _call_head(function, module, seconds, take_stub, len(calls))
    return b"".join((head, *(call.packed for call in calls)))


@lru_cache(maxsize=1024)
def _call_head(function: str, module: str, seconds: float, take_stub: bool, count: int) -> bytes:
    numbers = struct.pack("<dBI", seconds, take_stub, count)
    return pack_text(function) + pack_text(module) + numbers


def frame(kind: int, sequence: int, payload: bytes) -> bytes:
    return guest.HEADER.pack(guest.MAGIC, kind, sequence, len(payload)) + payload


# --- answers ----------------------------------------------------------------------------------


def payload_length(header: Payload, kinds: Collection[int], sequence: int) -> tuple[int, int]:
    """The kind and the length of the payload of the frame that begins with this header."""
    magic, kind, number, length = guest.HEADER.unpack(header)
    if magic != guest.MAGIC or header[3] != 0:
        raise WireError("a frame does not begin as one")
    if kind not in kinds:
        raise WireError(f"a frame of kind {kind} was not asked for")
    if number != sequence:
        raise WireError(f"an answer to request {number} came instead of {sequence}")
    most = MOST_PAYLOAD.get(kind, MOST_OTHER_PAYLOAD)
    if length > most:
        raise WireError(f"a payload of {length} bytes is more than {most}")
    return kind, length


class Reader:
    """The fields of one payload, in turn; a field that does not fit raises WireError."""

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
        except ValueError as error:  # nothing is in it, but its other sides multiply beyond bounds
            raise WireError(f"no array has the shape {tuple(shape)}: {error}") from None
        # A byte that is neither 0 nor 1 is no bool that numpy could handle.
        array = np.asarray(array != 0) if code == _BOOL else array.astype(_NATIVE[code])
        array.flags.writeable = False  # one that is remembered is read for many students
        return array

    def value(self) -> Value:
        tag = self.byte(most=guest.INTEGER)
        if tag == guest.ARRAY:
            return self.array()
        if tag == guest.FLOAT:
            return float(self.number("d"))
        digits = self.text()
        if not re.fullmatch("-?[0-9]{1,40}", digits):
            raise WireError("an integer is not made of digits")
        return int(digits)

    def error(self) -> StudentError:
        name, builtin, message = self.text(), self.flag(), self.text()
        count = self.number("I", most=MOST_FRAMES)
        frames = tuple(self._frame() for _ in range(count))
        # The guest's word for it is not enough: the name must be one that we know ourselves.
        return StudentError(name, message, frames, builtin and name in _ERROR_NAMES)

    def _frame(self) -> Frame:
        filename, cell = self.text(), self.number("i")
        line, function, source = self.number("I"), self.text(), self.text()
        return Frame(filename, cell if cell >= 0 else None, line, function, source)

    def end(self) -> None:
        if self._at != len(self._payload):
            raise WireError("a payload goes on after its last field")


def read_loaded(payload: Payload) -> tuple[LoadFailure, ...]:
    """The failures that a LOADED answer tells of."""
    fields = Reader(payload)
    failures = []
    for _ in range(fields.number("I", most=MOST_FAILURES)):
        filename, cell = fields.text(), fields.number("i")
        failures.append(LoadFailure(filename, cell if cell >= 0 else None, fields.error()))
    fields.end()
    return tuple(failures)


def read_failed(payload: Payload) -> str:
    """Why the guest's process could not be shut in."""
    return Reader(payload).text()


def read_answer(payload: Payload) -> Outcome:
    """The outcome that an ANSWER tells of: the same one for a short answer that came before."""
    short = len(payload) <= MOST_REMEMBERED
    return _remembered_answer(bytes(payload)) if short else _read_answer(payload)


def _read_answer(payload: Payload) -> Outcome:
    fields = Reader(payload)
    status = Status[guest.STATUSES[fields.byte(most=len(guest.STATUSES) - 1)]]
    value, arguments, error, returned = None, None, None, ""
    if status is Status.RETURNED:
        value = fields.array()
        count = fields.byte(most=MOST_ARGUMENTS)
        arguments = tuple(fields.value() for _ in range(count)) if count else None
    elif status is Status.RETURNED_OTHER:
        returned = fields.text()
    elif status not in (Status.MISSING, Status.OUT_OF_OUTPUT):
        error = fields.error()
    fields.end()
    return Outcome(status, value, arguments, error, returned)


_remembered_answer = lru_cache(maxsize=1024)(_read_answer)
