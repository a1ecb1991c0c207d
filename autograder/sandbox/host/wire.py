"""Encodes requests to a guest and decodes its answers, which are not trusted.

`guest/protocol.py` specifies the protocol; `values.py` reads and writes the fields.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from autograder.answer_size import MOST_REMEMBERED
from autograder.model.submission import LoadFailure, Outcome, Source, Status
from autograder.model.values import Seeded, Step, SupportFunction, Value
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest.values import MOST_RESULT_BYTES
from autograder.sandbox.host.values import Payload, Reader, WireError, pack_text, pack_value

GOES_ON = (Status.RETURNED, Status.RETURNED_OTHER, Status.RAISED)
"""After an answer with any other status, the guest skips the remaining calls."""
MOST_PAYLOAD = {guest.ANSWER: MOST_RESULT_BYTES * 2}
MOST_OTHER_PAYLOAD = 4 << 20
MOST_FAILURES = 10_000
"""The most load failures in one LOADED answer, and the most kept for one submission."""
MOST_ARGUMENTS = 32


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


# --- requests ---------------------------------------------------------------------------------


def sources_request(
    sources: Sequence[Source], support: Sequence[Source], refused: Collection[str]
) -> bytes:
    """The payload of SOURCES, without the bell size at its start.

    It holds a submission's files, the course's support files, and the modules not to run.
    """
    parts = [struct.pack("<I", len(sources) + len(support))]
    for files, extra in ((sources, 0), (support, guest.SUPPORT)):
        for source in files:
            flags = extra | (guest.NOTEBOOK if source.notebook else 0)
            parts += [pack_text(source.module), pack_text(source.filename)]
            parts.append(struct.pack("<BI", flags, len(source.cells)))
            for cell in source.cells:
                parts += [struct.pack("<Q", len(cell)), cell]
    parts.append(struct.pack("<I", len(refused)))
    parts += [pack_text(name) for name in sorted(refused)]
    return b"".join(parts)


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
    start = 0
    while len(frames) < most and len(came) - start >= guest.HEADER.size:
        try:
            end = start + frame_length(came[start:], kinds, sequence + len(frames))
        except WireError:
            if frames:
                break
            raise
        if end > len(came):
            break
        frames.append((came[start + 2], came[start + guest.HEADER.size : end]))
        start = end
    return frames, start


def frame_length(header: Payload, kinds: Collection[int], sequence: int) -> int:
    """The size in bytes of the whole frame with this header. Raises WireError if it is invalid."""
    magic, kind, number, length = guest.HEADER.unpack_from(header)
    if magic != guest.MAGIC or header[3] != 0:
        raise WireError("a frame does not begin as one")
    if kind not in kinds:
        raise WireError(f"a frame of kind {kind} was not asked for")
    if number != sequence:
        raise WireError(f"an answer to request {number} came instead of {sequence}")
    most = MOST_PAYLOAD.get(kind, MOST_OTHER_PAYLOAD)
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
    short = len(payload) <= MOST_REMEMBERED
    return _remembered_answer(bytes(payload)) if short else _read_answer(payload)


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
        count = fields.byte(most=MOST_ARGUMENTS)
        arguments = tuple(fields.value() for _ in range(count)) if count else None
    elif status is Status.RETURNED_OTHER:
        returned = fields.text()
    elif status not in (Status.MISSING, Status.OUT_OF_OUTPUT):
        error = fields.error()
    fields.end()
    return Outcome(status, value, arguments, error, returned, data=data)


_remembered_answer = lru_cache(maxsize=1024)(_read_answer)
