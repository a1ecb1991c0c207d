"""The guest's end of the protocol: reads requests and writes answers in a student's process.

This file imports only the standard library, numpy and `values.py`. The grader never trusts what it
sends: the grader's end (`host/wire.py`) checks every field.

A child has four channels:

    requests   are read from a socket; end of file ends the process
    answers    are written to a pipe, in order
    the bell   is the same socket in the other direction: one byte of any value, sent once all
               answers to a request are in the pipe, or so many that the grader should read some
    output     is what is printed, on descriptors 1 and 2

The grader does not wait for single answers: it sleeps until the bell rings and then reads all
answers at once. (A fresh interpreter has no bell; the grader reads its answers as they come.) The
last complete frame in the pipe shows what a crash, a timeout or too much output belongs to: LOADING
says which file is being run, and the number of ANSWERs says which call is. If there are more frames
than the request has answers, the grader ends the process. A student's code could read the rest of a
request ahead of time, but that holds only the inputs of later calls, not their answers. A frame is

    magic     2 bytes   a7 47
    kind      1 byte    the kind of the request or answer
    (unused)  1 byte    0
    sequence  4 bytes   number of an answer, from 1; a request has that of its first answer
    length    8 bytes   length of the payload that follows

and everything is little-endian without padding. A payload consists of these fields:

    u8 i32 u32 u64 f64  a number
    blob                u64 length, then the bytes
    text                a blob of UTF-8
    array               u8 code of its dtype (index in DTYPES), u8 number of dimensions, u8 1 for
                        Fortran order or 0 for C, u64 each dimension, then its values as a blob
    value               u8 tag; 0: an array, 1: a float as f64, 2: an integer as decimal text,
                        3: None, 4: a bool as u8, 5: a text, 6 list, 7 tuple, 9 set: u32 count, a
                        value each; 8 dict: u32 count, two values each, the first a text or an
                        integer; and only in arguments 10: a function of a support file, text
                        module, text name; 11: a random generator, its seed as decimal text
    error               text type, u8 1 for an exception of Python or numpy, text message,
                        u32 count of frames; each: text filename, i32 cell or -1, u32 line,
                        text function, text source
    failure             text filename, i32 cell or -1, error

The requests, with their answers:

    SOURCES  u32 bytes of answers after which to ring the bell, u32 count of files; each: text
             module, text filename, u8 flags (1: a notebook, 2: support, not the student's), u32
             count of cells, a blob each. Then u32 count of modules that must not be run because
             they hung or crashed before; a text each. Then u32 count of exercises that forbid
             something; each: text exercise, u32 count of forbidden names, a text each, u32 count
             of exercises that it may use, a text each.
        ->   READY with no payload, or FAILED with a text if this process could not be isolated.
    FIND     f64 seconds of CPU time for each file, u32 count of functions; each: text function, u32
             count of places to look for it, in this order; each: text module, u8 1 to accept a
             function that is an untouched stub.
        ->   for each file that has to be run to find one
             LOADING text module, before it is run
             LOADED  u32 count of failures since the last LOADED, a failure each
        ->   for each function FOUND u32 number of its place, counted from 1, or 0 for none
    CALL     f64 seconds of CPU time for each call, u32 count of jobs; each: text function, text
             module, u8 1 to accept a stub; u32 count of calls; each: u8 flags (1: send the
             arguments back, 2: pass read-only arrays, 4: answer with plain data, 8: more follows
             the values), u8 count of values, a value each, in the order of the function's
             parameters. "More" is: u8 how many of the values the function gets, u8 how many of
             these by name, a text each, u8 count of steps on its result; each: u8 kind (index in
             STEPS), text name, u32 count, u8 count of its arguments, u8 each, an index into the
             values.
        ->   for each call, as soon as it is over, ANSWER u8 status (index in STATUSES), then
                RETURNED        array, u8 count of arguments, a value each
                RETURNED_DATA   value, u8 count of arguments, a value each
                RETURNED_OTHER  text: what it is
                RAISED, NOT_WRITTEN, OUT_OF_MEMORY, OUT_OF_TIME   error
                MISSING, OUT_OF_OUTPUT                            nothing
             After a status that is not in GOES_ON, the remaining calls and jobs are skipped.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, NamedTuple, Protocol

from autograder.sandbox.guest.values import Reader, array_pieces, pack_text, pack_value

VERSION = ":"
"""Separates a module's name from a version number: `part1:2` is the second file named `part1`."""
MAGIC = b"\xa7\x47"
HEADER = struct.Struct("<2sBxIQ")
SOURCES, FIND, CALL = 1, 2, 3
READY, FAILED, LOADING, LOADED, FOUND, ANSWER = 65, 66, 67, 68, 69, 70

STATUSES = (
    "RETURNED",
    "RETURNED_OTHER",
    "RAISED",
    "NOT_WRITTEN",
    "MISSING",
    "OUT_OF_TIME",
    "OUT_OF_MEMORY",
    "OUT_OF_OUTPUT",
    "RETURNED_DATA",
)
_STATUS_BYTES = {name: bytes([number]) for number, name in enumerate(STATUSES)}
STEPS = ("call", "method", "attribute", "take", "argument")
"""Kinds of steps on a result: call it, call a method, read an attribute, take the first values; or
read an argument of the function, which may have changed it."""
GOES_ON = ("RETURNED", "RETURNED_DATA", "RETURNED_OTHER", "RAISED", "NOT_WRITTEN")
NOTEBOOK, SUPPORT = 1, 2
KEEPS_ARGUMENTS, READ_ONLY, AS_DATA, MORE = 1, 2, 4, 8

_PIECE = 1 << 13
# Saved at import: a student's code may replace those of `os` later.
_read, _write = os.read, os.write
_read_into_several = getattr(os, "readv", None)


class Frame(NamedTuple):
    filename: str
    cell: int
    line: int
    function: str
    source: str


class Error(NamedTuple):
    type: str
    builtin: bool
    message: str
    frames: Sequence[Frame] = ()


class Failure(NamedTuple):
    filename: str
    cell: int
    error: Error


class File(NamedTuple):
    module: str
    filename: str
    notebook: bool
    support: bool
    cells: Sequence[bytes]
    code: CodeType | None = None
    """The compiled code of a support file, if the fork server has compiled it for all children."""


class Answer(NamedTuple):
    """The result of a call; which fields are set depends on the status."""

    status: str
    value: Any = None
    arguments: Sequence[Any] = ()
    error: Error | None = None
    returned: str = ""


class Request(NamedTuple):
    """The function to call, and its time limit."""

    function: str
    module: str
    seconds: float
    take_stub: bool


class Rule(NamedTuple):
    """What one exercise forbids."""

    names: Sequence[str]
    """Dotted names, and words that mean something to the grader alone."""
    uses: Sequence[str]
    """Earlier exercises, which may call what is forbidden."""


class Step(NamedTuple):
    """An operation on the function's result."""

    kind: str
    name: str
    first: int
    places: Sequence[int]
    """Indices of its arguments in the call's `arguments`."""


class Call(NamedTuple):
    """The arguments of one call, and the steps on its result."""

    arguments: Sequence[Any]
    keeps_arguments: bool
    as_data: bool = False
    own: int | None = None
    """How many of the arguments the function itself gets; None for all, as they are."""
    keywords: Sequence[str] = ()
    """The names of the last of these, which are passed by keyword."""
    steps: Sequence[Step] = ()


class Workspace(Protocol):
    """A submission's files, as the protocol uses them."""

    def load(self, module: str, seconds: float) -> Sequence[Failure]: ...

    def has(self, function: str, module: str, take_stub: bool) -> bool: ...

    def call(self, request: Request, call: Call) -> Answer: ...


def pack_error(error: Error) -> bytes:
    parts = [pack_text(error.type), bytes([error.builtin]), pack_text(error.message)]
    parts.append(struct.pack("<I", len(error.frames)))
    for filename, cell, line, function, source in error.frames:
        parts += [pack_text(filename), struct.pack("<iI", cell, line)]
        parts += [pack_text(function), pack_text(source)]
    return b"".join(parts)


def pack_failures(failures: Sequence[Failure]) -> bytes:
    parts = [struct.pack("<I", len(failures))]
    for filename, cell, error in failures:
        parts += [pack_text(filename), struct.pack("<i", cell), pack_error(error)]
    return b"".join(parts)


def pack_answer(answer: Answer) -> bytes:
    before, values, after = _answer_pieces(answer)
    return before + (b"" if values is None else values.tobytes()) + after


def _answer_pieces(answer: Answer) -> tuple[bytes, Any, bytes]:
    """The payload in three pieces: the bytes before the returned array, the array, the rest."""
    status = _STATUS_BYTES[answer.status]
    if answer.status == "RETURNED":
        head, values = array_pieces(answer.value)
        return status + head, values, _arguments(answer.arguments)
    if answer.status == "RETURNED_DATA":
        return status + answer.value, None, _arguments(answer.arguments)
    if answer.status == "RETURNED_OTHER":
        return status, None, pack_text(answer.returned)
    return status, None, b"" if answer.error is None else pack_error(answer.error)


def _arguments(arguments: Sequence[Any]) -> bytes:
    return b"".join((bytes([len(arguments)]), *map(pack_value, arguments)))


class Requests:
    """Reads request frames, each into one piece of memory."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._begun = b""
        """Bytes of the next frame that were read together with the previous one."""

    def next(self) -> bytes | bytearray | None:
        """The next frame; None at the end of the requests."""
        begun = self._begun
        while len(begun) < HEADER.size:
            piece = _read(self._descriptor, _PIECE)
            if not piece:
                return None
            begun += piece
        length = HEADER.size + HEADER.unpack_from(begun)[3]
        self._begun = begun[length:]
        return begun[:length] if len(begun) >= length else self._rest(begun, length)

    def _rest(self, begun: bytes, length: int) -> bytearray | None:
        frame = bytearray(length)
        view, have = memoryview(frame), len(begun)
        view[:have] = begun
        while have < length:
            count = _read_into(self._descriptor, view[have:])
            if not count:
                return None
            have += count
        return frame


def _read_into(descriptor: int, place: memoryview) -> int:
    if _read_into_several is not None:  # needs no buffer in between; not on Windows
        return int(_read_into_several(descriptor, [place]))
    piece = _read(descriptor, min(len(place), _PIECE))
    place[: len(piece)] = piece
    return len(piece)


class Answers:
    """Writes frames to the answer pipe and rings the bell."""

    def __init__(self, descriptor: int, bell: int) -> None:
        self._descriptor = descriptor
        self._bell = bell
        self.sequence = 0
        """The sequence number of the next frame."""
        self.quiet = _PIECE
        """Bytes after which to ring the bell: far fewer than the pipe holds."""
        self._silent = 0
        """Bytes written since the bell was last rung."""

    def frame(self, kind: int, payload: bytes = b"") -> None:
        self._write(self._header(kind, len(payload)) + payload)

    def answer(self, answer: Answer) -> None:
        before, values, after = _answer_pieces(answer)
        size = 0 if values is None else values.nbytes
        head = self._header(ANSWER, len(before) + size + len(after)) + before
        if size <= _PIECE:
            self._write(head + (values.tobytes() if size else b"") + after)
            return
        self._write(head)
        self.ring()  # the rest may not fit into the pipe, so the grader must start reading now
        for piece in (memoryview(values).cast("B"), after):  # too large to copy
            self._write(piece)

    def ring(self) -> None:
        self._silent = 0
        if self._bell >= 0:
            _write(self._bell, b"\0")

    def _header(self, kind: int, length: int) -> bytes:
        self.sequence += 1
        return HEADER.pack(MAGIC, kind, self.sequence - 1, length)

    def _write(self, data: bytes | memoryview) -> None:
        written = _write(self._descriptor, data)
        while written < len(data):
            written += _write(self._descriptor, memoryview(data)[written:])
        self._silent += written
        if self._silent > self.quiet:
            self.ring()


def read_files(fields: Reader) -> tuple[list[File], set[str], dict[str, Rule]]:
    files = []
    for _ in range(fields.number("I")):
        module, filename, flags = fields.text(), fields.text(), fields.number("B")
        cells = [bytes(fields.blob()) for _ in range(fields.number("I"))]
        files.append(File(module, filename, bool(flags & NOTEBOOK), bool(flags & SUPPORT), cells))
    refused = set(_texts(fields))
    rules = {fields.text(): Rule(_texts(fields), _texts(fields)) for _ in range(fields.number("I"))}
    return files, refused, rules


def _texts(fields: Reader) -> list[str]:
    return [fields.text() for _ in range(fields.number("I"))]


def read_call(fields: Reader) -> Call:
    flags, count = fields.byte(), fields.byte()
    read_only = bool(flags & READ_ONLY)
    arguments = [fields.value(read_only) for _ in range(count)]
    call = Call(arguments, bool(flags & KEEPS_ARGUMENTS), bool(flags & AS_DATA))
    if not flags & MORE:
        return call
    own, count = fields.numbers("<BB")
    keywords = [fields.text() for _ in range(count)]
    steps = []
    for _ in range(fields.number("B")):
        kind, name = STEPS[fields.number("B")], fields.text()
        number, count = fields.numbers("<IB")
        steps.append(Step(kind, name, number, [fields.number("B") for _ in range(count)]))
    return call._replace(own=own, keywords=keywords, steps=steps)


def _find(fields: Reader, workspace: Workspace, loaded: set[str], answers: Answers) -> None:
    seconds, functions = fields.numbers("<dI")
    for _ in range(functions):
        function, found = fields.text(), 0
        for number in range(1, fields.number("I") + 1):
            module, take_stub = fields.text(), bool(fields.number("B"))
            if found:
                continue
            if module not in loaded:
                loaded.add(module)
                answers.frame(LOADING, pack_text(module))
                answers.frame(LOADED, pack_failures(workspace.load(module, seconds)))
            if workspace.has(function, module, take_stub):
                found = number
        answers.frame(FOUND, struct.pack("<I", found))


def _call(fields: Reader, workspace: Workspace, answers: Answers) -> None:
    seconds, jobs = fields.numbers("<dI")
    for _ in range(jobs):
        function, module = fields.text(), fields.text()
        take_stub, count = fields.numbers("<BI")
        request = Request(function, module, seconds, bool(take_stub))
        for _ in range(count):
            answer = workspace.call(request, read_call(fields))
            answers.answer(answer)
            if answer.status not in GOES_ON:
                return
            del answer  # free its memory before the next call begins


def converse(
    reading: int,
    writing: int,
    open_workspace: Callable[[list[File], set[str], dict[str, Rule]], Workspace],
    failed: str = "",
    bell: int = -1,
) -> None:
    """Answer requests until there are no more.

    If `failed` is not empty, it says why this process must not run any code; every request is then
    answered with it.
    """
    requests, answers = Requests(reading), Answers(writing, bell)
    workspace: Workspace | None = None
    loaded: set[str] = set()
    while (frame := requests.next()) is not None:
        _, kind, answers.sequence, _ = HEADER.unpack_from(frame)
        fields = Reader(frame, HEADER.size)
        if failed:
            answers.frame(FAILED, pack_text(failed))
        elif kind == SOURCES:
            answers.quiet = fields.number("I")
            workspace = open_workspace(*read_files(fields))
            answers.frame(READY)
        elif workspace is None:
            return
        elif kind == FIND:
            _find(fields, workspace, loaded, answers)
        else:
            _call(fields, workspace, answers)
        answers.ring()
        del fields, frame
