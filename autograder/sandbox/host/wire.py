"""The grader's end of the protocol: encodes requests, and decodes answers, which are not trusted.

`guest/protocol.py` specifies the protocol; the other end of the values is `guest/values.py`. Every
length, count and code in an answer is checked before anything is allocated for it; invalid data
raises `WireError`.
"""

from __future__ import annotations

import builtins
import math
import re
import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from autograder.errors import SandboxError
from autograder.model.submission import Frame, LoadFailure, Outcome, Source, Status, StudentError
from autograder.model.values import (
    MOST_RESULT_BYTES,
    Array,
    Data,
    Seeded,
    Step,
    SupportFunction,
    Value,
)
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest import values as codes

GOES_ON = (Status.RETURNED, Status.RETURNED_OTHER, Status.RAISED, Status.NOT_WRITTEN)
"""After an answer with any other status, the guest skips the remaining calls."""
_MOST_PAYLOAD = {guest.ANSWER: MOST_RESULT_BYTES * 2}
_MOST_OTHER_PAYLOAD = 4 << 20
MOST_FAILURES = 10_000
"""The most load failures in one LOADED answer, and the most kept for one submission."""
MOST_TEXT = 4000
"""The most characters of one text; the rest is dropped."""
_MOST_ARGUMENTS = _MOST_FRAMES = 32
_MOST_CACHED = 2048
"""Answers of at most this many bytes are cached: a class gives the same ones again and again."""

_LENGTHS = tuple(struct.Struct(f"<{count}Q") for count in range(codes.MOST_DIMENSIONS + 2))
_DTYPES = tuple(np.dtype(code).newbyteorder("<") for code in codes.DTYPES)
_NATIVE = tuple(map(np.dtype, codes.DTYPES))
_CODES = {dtype: number for number, dtype in enumerate(_NATIVE)}
_BOOL = codes.DTYPES.index("?")
_ERROR_NAMES = frozenset(
    name
    for names in (vars(builtins), vars(getattr(np, "exceptions", np)), vars(np.linalg))
    for name, value in names.items()
    if isinstance(value, type) and issubclass(value, BaseException)
) | {"UFuncTypeError"}  # the name of several classes that numpy keeps in a private module

Payload = bytes | bytearray | memoryview
"""Bytes received from a guest; values read from them are copies."""


class WireError(Exception):
    """Bytes from the guest violate the protocol, or answer another request."""


@dataclass(frozen=True, eq=False)
class Call:
    """The arguments of one call, and the steps on its result. Encoded once and cached."""

    arguments: Sequence[Value]
    keeps_arguments: bool = False
    """Whether the guest sends the arguments back after the call."""
    read_only: bool = False
    as_data: bool = False
    """Whether to return plain data rather than one numeric array."""
    own: int | None = None
    """How many of the arguments the function itself gets; None for all."""
    keywords: Sequence[str] = ()
    """The names of the last of these, which are passed by keyword."""
    steps: Sequence[tuple[Step, Sequence[int]]] = ()
    """The steps on the result, each with the indices of its arguments in `arguments`."""

    @cached_property
    def packed(self) -> bytes:
        more = (
            self.own is not None
            or bool(self.keywords or self.steps)
            or any(isinstance(value, (SupportFunction, Seeded)) for value in self.arguments)
        )
        flags = (
            guest.KEEPS_ARGUMENTS * self.keeps_arguments
            | guest.READ_ONLY * self.read_only
            | guest.AS_DATA * self.as_data
            | guest.MORE * more
        )
        head = bytes([flags, len(self.arguments)])
        return head + b"".join(map(pack_value, self.arguments)) + (self._more() if more else b"")

    def _more(self) -> bytes:
        own = len(self.arguments) if self.own is None else self.own
        parts = [bytes([own, len(self.keywords)]), *map(pack_text, self.keywords)]
        parts.append(bytes([len(self.steps)]))
        for step, places in self.steps:
            parts += [bytes([guest.STEPS.index(step.kind)]), pack_text(step.name)]
            parts.append(struct.pack("<IB", step.count, len(places)) + bytes(places))
        return b"".join(parts)


@dataclass(frozen=True, eq=False)
class Job:
    """A function and the calls to make of it, in order."""

    function: str
    home: str
    """The module in which to look for the function first."""
    calls: Sequence[Call]

    @cached_property
    def packed(self) -> bytes:
        return b"".join(call.packed for call in self.calls)


Place = tuple[str, bool]
"""A module, and whether an untouched stub in it is accepted."""


# --- values -----------------------------------------------------------------------------------


def pack_text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return struct.pack("<Q", len(data)) + data


def pack_value(value: Value) -> bytes:
    if isinstance(value, np.ndarray):
        return bytes([codes.ARRAY]) + _pack_array(value)
    if isinstance(value, Data):
        return _pack_data(value.value)
    if isinstance(value, SupportFunction):
        return bytes([codes.FUNCTION]) + pack_text(value.module) + pack_text(value.name)
    if isinstance(value, Seeded):
        return bytes([codes.GENERATOR]) + pack_text(str(value.seed))
    if isinstance(value, (bool, int, np.integer)):
        return bytes([codes.INTEGER]) + pack_text(str(int(value)))
    return struct.pack("<Bd", codes.FLOAT, value)


def _pack_data(value: Any) -> bytes:
    if value is None:
        return bytes([codes.NOTHING])
    if isinstance(value, bool):
        return bytes([codes.TRUTH, value])
    if isinstance(value, str):
        return bytes([codes.TEXT]) + pack_text(value)
    if isinstance(value, complex):
        return bytes([codes.ARRAY]) + _pack_array(np.array(value))
    if isinstance(value, dict):
        parts = [part for pair in value.items() for part in pair]
        return b"".join([struct.pack("<BI", codes.DICT, len(value)), *map(_pack_data, parts)])
    for tag, kinds in ((codes.LIST, list), (codes.TUPLE, tuple), (codes.SET, (set, frozenset))):
        if isinstance(value, kinds):
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
    """As an element of a set: a 0-d array is a number, a set a frozenset. Raises WireError."""
    if isinstance(part, np.ndarray) and not part.ndim:
        part = part.item()
    if isinstance(part, set):
        return frozenset(part)
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
        dimensions = self.byte(most=codes.MOST_DIMENSIONS)
        self.byte(most=0)  # results come in C order
        lengths, dtype = _LENGTHS[dimensions + 1], _DTYPES[code]
        *shape, size = lengths.unpack(self.bytes(lengths.size))
        most = max([size, *shape])
        if most > MOST_RESULT_BYTES or size != math.prod(shape) * dtype.itemsize:
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
        tag = self.byte(most=codes.GENERATOR)
        if tag == codes.ARRAY:
            return self.array()
        if tag == codes.FLOAT:
            return float(self.number("d"))
        if tag == codes.INTEGER:
            return self._integer()
        if tag == codes.FUNCTION:
            return SupportFunction(self.text(), self.text())
        if tag == codes.GENERATOR:
            return Seeded(self._integer())
        self._at -= 1
        return self.data()

    def data(self) -> Data:
        """Plain data: Python's built-in types, and arrays."""
        self._parts = codes.MOST_PARTS
        return Data(self._part(codes.MOST_DEPTH))

    def _part(self, depth: int) -> Any:
        self._parts -= 1
        if depth < 0 or self._parts < 0:
            raise WireError("plain data has too many parts, or is nested too deeply")
        tag = self.byte(most=codes.SET)
        if tag == codes.ARRAY:
            return self.array()
        if tag == codes.FLOAT:
            return float(self.number("d"))
        if tag == codes.INTEGER:
            return self._integer()
        if tag == codes.NOTHING:
            return None
        if tag == codes.TRUTH:
            return self.flag()
        if tag == codes.TEXT:
            return str(self.bytes(self.number("Q")), "utf-8", "replace")
        count = self.number("I", most=self._parts)
        if tag == codes.DICT:
            return self._dict(count, depth)
        parts = [self._part(depth - 1) for _ in range(count)]
        if tag == codes.SET:
            return set(map(_hashable, parts))
        return parts if tag == codes.LIST else tuple(parts)

    def _dict(self, count: int, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in range(count):
            key = self._part(depth - 1)
            if type(key) not in (str, int) or key in found:
                raise WireError("a dict has a key twice, or one that is neither text nor an int")
            found[key] = self._part(depth - 1)
        return found

    def _integer(self) -> int:
        digits = str(self.bytes(self.number("Q", most=codes.MOST_DIGITS + 1)), "ascii", "replace")
        if not re.fullmatch("-?[0-9]+", digits):
            raise WireError("an integer is not made of digits")
        return int(digits)

    def error(self) -> StudentError:
        name, builtin, message = self.text(), self.flag(), self.text()
        count = self.number("I", most=_MOST_FRAMES)
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


# --- requests ---------------------------------------------------------------------------------


def sources_request(
    sources: Sequence[Source],
    support: Sequence[Source],
    refused: Collection[str],
    rules: Mapping[str, guest.Rule] = MappingProxyType({}),
) -> bytes:
    """The payload of SOURCES, without the bell size at its start.

    It holds a submission's files, the course's support files, the modules not to run, and what
    exercises forbid.
    """
    parts = [struct.pack("<I", len(sources) + len(support))]
    for files, extra in ((sources, 0), (support, guest.SUPPORT)):
        for source in files:
            flags = extra | (guest.NOTEBOOK if source.notebook else 0)
            parts += [pack_text(source.module), pack_text(source.filename)]
            parts.append(struct.pack("<BI", flags, len(source.cells)))
            for cell in source.cells:
                parts += [struct.pack("<Q", len(cell)), cell]
    parts.append(_pack_texts(sorted(refused)))
    parts.append(struct.pack("<I", len(rules)))
    for exercise, rule in rules.items():
        parts += [pack_text(exercise), _pack_texts(rule.names), _pack_texts(rule.uses)]
    return b"".join(parts)


def _pack_texts(texts: Collection[str]) -> bytes:
    return b"".join([struct.pack("<I", len(texts)), *map(pack_text, texts)])


def find_request(functions: Sequence[tuple[str, Sequence[Place]]], seconds: float) -> bytes:
    """The payload of FIND: functions, each with the places to look for it, in order.

    `seconds` is the CPU time limit for each file.
    """
    parts = [struct.pack("<dI", seconds, len(functions))]
    for function, places in functions:
        parts += [pack_text(function), struct.pack("<I", len(places))]
        parts += [pack_text(module) + bytes([take_stub]) for module, take_stub in places]
    return b"".join(parts)


def call_request(jobs: Sequence[tuple[Job, Place]], seconds: float) -> bytes:
    """The payload of CALL: jobs, each with the place where its function was found.

    `seconds` is the CPU time limit for each call.
    """
    parts = [struct.pack("<dI", seconds, len(jobs))]
    for job, (module, take_stub) in jobs:
        parts += [pack_text(job.function), pack_text(module)]
        parts.append(struct.pack("<BI", take_stub, len(job.calls)))
        parts.append(job.packed)
    return b"".join(parts)


def frame(kind: int, sequence: int, payload: bytes) -> bytes:
    return guest.HEADER.pack(guest.MAGIC, kind, sequence, len(payload)) + payload


# --- answers ----------------------------------------------------------------------------------


def split_frames(
    came: memoryview, kinds: Collection[int], sequence: int, most: int
) -> tuple[list[tuple[int, memoryview]], int]:
    """Return (kind, payload) of the complete frames at the start, up to `most`, and their size.

    Frames must be of these kinds and numbered from `sequence`. Raises WireError if the first frame
    is invalid; an invalid later frame ends the list, and raises when it is the first.
    """
    frames: list[tuple[int, memoryview]] = []
    start, size = 0, len(came)
    while len(frames) < most and size - start >= guest.HEADER.size:
        try:
            end = start + frame_length(came, kinds, sequence + len(frames), start)
        except WireError:
            if frames:
                break
            raise
        if end > size:
            break
        frames.append((came[start + 2], came[start + guest.HEADER.size : end]))
        start = end
    return frames, start


def frame_length(came: Payload, kinds: Collection[int], sequence: int, start: int = 0) -> int:
    """The size in bytes of the whole frame whose header is at `start`.

    Raises WireError if the header is invalid.
    """
    magic, kind, number, length = guest.HEADER.unpack_from(came, start)
    if magic != guest.MAGIC or came[start + 3] != 0:
        raise WireError("a frame does not begin as one")
    if kind not in kinds:
        raise WireError(f"a frame of kind {kind} was not asked for")
    if number != sequence:
        raise WireError(f"an answer to request {number} came instead of {sequence}")
    most = _MOST_PAYLOAD.get(kind, _MOST_OTHER_PAYLOAD)
    if length > most:
        raise WireError(f"a payload of {length} bytes is more than {most}")
    return guest.HEADER.size + int(length)


def read_loaded(payload: Payload) -> tuple[LoadFailure, ...]:
    """The failures that a LOADED answer reports."""
    fields = Reader(payload)
    failures = []
    for _ in range(fields.number("I", most=MOST_FAILURES)):
        filename, cell = fields.text(), fields.number("i")
        failures.append(LoadFailure(filename, cell if cell >= 0 else None, fields.error()))
    fields.end()
    return tuple(failures)


def read_loading(payload: Payload, modules: Collection[str]) -> str:
    """The module that a LOADING answer names, which must be one of `modules`."""
    fields = Reader(payload)
    module = fields.text()
    fields.end()
    if module not in modules:
        raise WireError("a file is run that was not asked for")
    return module


def read_found(payload: Payload, places: Sequence[Place]) -> Place | None:
    """The place, out of `places`, that a FOUND answer names; None if there is none."""
    fields = Reader(payload)
    number = fields.number("I", most=len(places))
    fields.end()
    return places[number - 1] if number else None


def read_failed(payload: Payload) -> str:
    """Why the guest's process could not be isolated."""
    return Reader(payload).text()


def read_answer(payload: Payload) -> Outcome:
    """The outcome that an ANSWER reports. Cached for short answers: equal ones share one object."""
    short = len(payload) <= _MOST_CACHED
    return _cached_answer(bytes(payload)) if short else _read_answer(payload)


def _read_answer(payload: Payload) -> Outcome:
    fields = Reader(payload)
    name = guest.STATUSES[fields.byte(most=len(guest.STATUSES) - 1)]
    status = Status.RETURNED if name == "RETURNED_DATA" else Status[name]
    value, data, arguments, error, returned = None, None, None, None, ""
    if status is Status.RETURNED:
        if name == "RETURNED_DATA":
            data = fields.data()
        else:
            value = fields.array()
        count = fields.byte(most=_MOST_ARGUMENTS)
        arguments = tuple(fields.value() for _ in range(count)) if count else None
    elif status is Status.RETURNED_OTHER:
        returned = fields.text()
    elif status not in (Status.MISSING, Status.OUT_OF_OUTPUT):
        error = fields.error()
    fields.end()
    return Outcome(status, value, arguments, error, returned, data=data)


_cached_answer = lru_cache(maxsize=1024)(_read_answer)
