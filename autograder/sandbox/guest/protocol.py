"""Talks to the grader from inside the process that runs a student's code.

This file imports the standard library and numpy, and nothing of ours. What it says is never
trusted: the grader's end (`wire.py`) checks every field of it.

The conversation is in lock-step. The grader sends one request and waits for the answers to it;
bytes that come unasked end the process. What a student's code could learn from a request before its
turn are the inputs of the calls to come, which tell nothing of their answers. A frame is

    magic     2 bytes   a7 47
    kind      1 byte    what the payload is
    (unused)  1 byte    0
    sequence  4 bytes   of an answer, counted from 1; a request has that of its first answer
    length    8 bytes   of the payload that follows

and everything is little-endian without padding. A payload is made of these fields:

    u8 i32 u32 u64 f64  a number
    blob                u64 length, then the bytes
    text                a blob of UTF-8
    array               u8 code of its type (place in DTYPES), u8 number of dimensions, u8 1 for
                        Fortran order or 0 for C, u64 each dimension, then its values as a blob
    value               u8 tag; 0: an array, 1: a float as f64, 2: an integer as text of digits
    error               text type, u8 1 for an exception of Python or numpy, text message,
                        u32 count of frames; each: text filename, i32 cell or -1, u32 line,
                        text function, text source
    failure             text filename, i32 cell or -1, error

The requests, with their answers:

    SOURCES  u32 count of files; each: text module, text filename, u8 flags (1: a notebook,
             2: support, not the student's), u32 count of cells, a blob each, and a blob of the
             code that is made of them already, as `marshal` writes it, or nothing. Then u32 count
             of modules that must not be run, because they hung or crashed before; a text each.
        ->   READY with no payload, or FAILED with a text where this process could not be shut in.
    LOAD     text module, f64 seconds of CPU time: run this file, if it has not been run.
        ->   LOADED  u32 count of failures since the last time, a failure each.
    CALL     text function, text module, f64 seconds of CPU time for each call, u8 1 to take a
             function that is an untouched stub, u32 count of calls; each: u8 flags (1: send the
             arguments back, 2: hand over read-only arrays), u8 count of values, a value each, in
             the order of the function's parameters.
        ->   for each call, as soon as it is over, ANSWER u8 status (place in STATUSES), then
                RETURNED        array, u8 count of arguments, a value each
                RETURNED_OTHER  text: what it is
                RAISED, NOT_WRITTEN, OUT_OF_MEMORY, OUT_OF_TIME   error
                MISSING, OUT_OF_OUTPUT                            nothing
             After a status that is not in GOES_ON the calls that are left are not made.

What is printed goes to descriptors 1 and 2, which the grader drains. The end of the requests ends
the process.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from autograder.sandbox.guest.values import Reader, array_pieces, pack_text, pack_value

MAGIC = b"\xa7\x47"
HEADER = struct.Struct("<2sBxIQ")
SOURCES, LOAD, CALL = 1, 2, 3
READY, FAILED, LOADED, ANSWER = 65, 66, 67, 68

STATUSES = (
    "RETURNED",
    "RETURNED_OTHER",
    "RAISED",
    "NOT_WRITTEN",
    "MISSING",
    "OUT_OF_TIME",
    "OUT_OF_MEMORY",
    "OUT_OF_OUTPUT",
)
GOES_ON = ("RETURNED", "RETURNED_OTHER", "RAISED")
NOTEBOOK, SUPPORT = 1, 2
KEEPS_ARGUMENTS, READ_ONLY = 1, 2

_PIECE = 1 << 13


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
    code: bytes = b""


class Answer(NamedTuple):
    """What a call came to; which fields count depends on the status."""

    status: str
    value: Any = None
    arguments: Sequence[Any] = ()
    error: Error | None = None
    returned: str = ""


class Request(NamedTuple):
    """What is to be called, and how."""

    function: str
    module: str
    seconds: float
    take_stub: bool


class Call(NamedTuple):
    """What it is called with."""

    arguments: Sequence[Any]
    keeps_arguments: bool


class Workspace(Protocol):
    """What this conversation is about: a submission's files."""

    def load(self, module: str, seconds: float) -> Sequence[Failure]: ...

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
    return b"".join(_answer_pieces(answer))


def _answer_pieces(answer: Answer) -> tuple[bytes, Any, bytes]:
    """What goes before the array that was returned, the array, and what goes after it."""
    status = bytes([STATUSES.index(answer.status)])
    if answer.status == "RETURNED":
        head, values = array_pieces(answer.value)
        arguments = b"".join(map(pack_value, answer.arguments))
        return status + head, values, bytes([len(answer.arguments)]) + arguments
    if answer.status == "RETURNED_OTHER":
        return status, b"", pack_text(answer.returned)
    return status, b"", b"" if answer.error is None else pack_error(answer.error)


def read_exactly(descriptor: int, wanted: int, begun: bytes = b"") -> bytes | bytearray | None:
    """`wanted` bytes, the first of which are those `begun`; None where the other end is gone."""
    if len(begun) == wanted:
        return begun
    data = bytearray(wanted)
    view, have = memoryview(data), len(begun)
    view[:have] = begun
    while have < wanted:
        piece = os.read(descriptor, min(wanted - have, 1 << 20))
        if not piece:
            return None
        view[have : have + len(piece)] = piece
        have += len(piece)
    return data


def read_frame(descriptor: int) -> bytes | bytearray | None:
    """The next frame; None after the last, or where more than one has come."""
    begun = os.read(descriptor, _PIECE)
    if len(begun) < HEADER.size:
        begun = bytes(read_exactly(descriptor, HEADER.size, begun) or b"") if begun else b""
    if not begun:
        return None
    length = HEADER.size + HEADER.unpack_from(begun)[3]
    return read_exactly(descriptor, length, begun) if len(begun) <= length else None


def write_frame(descriptor: int, kind: int, sequence: int, payload: bytes = b"") -> None:
    write_all(descriptor, HEADER.pack(MAGIC, kind, sequence, len(payload)) + payload)


def write_answer(descriptor: int, sequence: int, answer: Answer) -> None:
    before, values, after = _answer_pieces(answer)
    size = values.nbytes if answer.status == "RETURNED" else 0
    head = HEADER.pack(MAGIC, ANSWER, sequence, len(before) + size + len(after))
    if size <= _PIECE:
        write_all(descriptor, b"".join((head, before, values, after)))
    else:  # too large to copy
        for piece in (head + before, memoryview(values).cast("B"), after):
            write_all(descriptor, piece)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def read_files(fields: Reader) -> tuple[list[File], set[str]]:
    files = []
    for _ in range(fields.number("I")):
        module, filename, flags = fields.text(), fields.text(), fields.number("B")
        cells = [bytes(fields.blob()) for _ in range(fields.number("I"))]
        notebook, support, code = bool(flags & NOTEBOOK), bool(flags & SUPPORT), fields.blob()
        files.append(File(module, filename, notebook, support, cells, bytes(code)))
    return files, {fields.text() for _ in range(fields.number("I"))}


def _read_call(fields: Reader) -> Call:
    flags, count = fields.numbers("<BB")
    read_only = bool(flags & READ_ONLY)
    arguments = [fields.value(read_only) for _ in range(count)]
    return Call(arguments, bool(flags & KEEPS_ARGUMENTS))


def _answer_calls(writing: int, sequence: int, fields: Reader, workspace: Workspace) -> None:
    function, module = fields.text(), fields.text()
    seconds, take_stub, count = fields.numbers("<dBI")
    request = Request(function, module, seconds, bool(take_stub))
    for number in range(sequence, sequence + count):
        answer = workspace.call(request, _read_call(fields))
        write_answer(writing, number, answer)
        if answer.status not in GOES_ON:
            return
        del answer  # nothing of it is left when the next call begins


def converse(
    reading: int,
    writing: int,
    open_workspace: Callable[[list[File], set[str]], Workspace],
    failed: str = "",
) -> None:
    """Answer requests until there are no more; `failed` tells why this process must not run any."""
    workspace: Workspace | None = None
    while (frame := read_frame(reading)) is not None:
        _, kind, sequence, _ = HEADER.unpack_from(frame)
        fields = Reader(frame, HEADER.size)
        if failed:
            write_frame(writing, FAILED, sequence, pack_text(failed))
        elif kind == SOURCES:
            workspace = open_workspace(*read_files(fields))
            write_frame(writing, READY, sequence)
        elif workspace is None:
            return
        elif kind == LOAD:
            failures = workspace.load(fields.text(), fields.number("d"))
            write_frame(writing, LOADED, sequence, pack_failures(failures))
        else:
            _answer_calls(writing, sequence, fields, workspace)
        del fields, frame
