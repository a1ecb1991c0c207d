"""The guest's end of the conversation, with a workspace that runs nothing."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.model import Source, Status
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest import values as guest_values
from autograder.sandbox.host import wire
from autograder.sandbox.host.wire import Call


class Echo:
    """Returns the first argument of every call."""

    def __init__(self, files: list[guest.File], refused: set[str]) -> None:
        self.files = files

    def load(self, module: str, seconds: float) -> list[guest.Failure]:
        error = guest.Error("ValueError", True, f"{module} in {seconds}")
        return [guest.Failure(self.files[0].filename, 1, error)]

    def call(self, request: guest.Request, call: guest.Call) -> guest.Answer:
        if not call.arguments:
            return guest.Answer("OUT_OF_OUTPUT")
        return guest.Answer("RETURNED", value=np.asarray(call.arguments[0]))


class Talk:
    """A guest in a thread, and the grader's end of its channel."""

    def __init__(self, failed: str = "") -> None:
        self.ours, self._theirs = socket.socketpair()
        descriptor = self._theirs.fileno()
        arguments = (descriptor, descriptor, Echo, failed)
        self.thread = threading.Thread(target=guest.converse, args=arguments)
        self.thread.start()

    def ask(self, kind: int, payload: bytes, sequence: int = 1) -> tuple[int, int, bytes]:
        self.ours.sendall(wire.frame(kind, sequence, payload))
        return self.receive()

    def receive(self) -> tuple[int, int, bytes]:
        head = guest.read_exactly(self.ours.fileno(), guest.HEADER.size)
        _, answer, number, length = guest.HEADER.unpack(head)
        return answer, number, bytes(guest.read_exactly(self.ours.fileno(), length))

    def end(self) -> None:
        self.ours.close()
        self.thread.join(10)
        self._theirs.close()


@pytest.fixture
def talk() -> Iterator[Talk]:
    talk = Talk()
    yield talk
    talk.end()
    assert not talk.thread.is_alive()


SOURCES = wire.sources_request([Source("part1", "part1.py", (b"",))], [], ())


def test_every_request_gets_its_answer(talk: Talk) -> None:
    assert talk.ask(guest.SOURCES, SOURCES, 1) == (guest.READY, 1, b"")
    kind, number, payload = talk.ask(guest.LOAD, wire.load_request("part1", 2.5), 2)
    assert (kind, number) == (guest.LOADED, 2)
    (failure,) = wire.read_loaded(payload)
    assert (failure.filename, failure.cell) == ("part1.py", 1)
    assert failure.error.message == "part1 in 2.5"
    request = wire.call_request("f", "part1", [Call([np.arange(3)])], 1.0)
    kind, number, payload = talk.ask(guest.CALL, request, 3)
    assert (kind, number) == (guest.ANSWER, 3)
    assert wire.read_answer(payload).value.tolist() == [0, 1, 2]


def test_calls_are_answered_one_by_one_until_one_must_be_the_last(talk: Talk) -> None:
    talk.ask(guest.SOURCES, SOURCES, 1)
    calls = [Call([1.0]), Call([2.0]), Call([]), Call([4.0])]
    talk.ours.sendall(wire.frame(guest.CALL, 2, wire.call_request("f", "part1", calls, 1.0)))
    answers = [talk.receive() for _ in range(3)]
    assert [answer[:2] for answer in answers] == [(guest.ANSWER, number) for number in (2, 3, 4)]
    outcomes = [wire.read_answer(payload) for _, _, payload in answers]
    assert [outcome.value for outcome in outcomes] == [1.0, 2.0, None]
    assert outcomes[-1].status not in wire.GOES_ON
    assert talk.ask(guest.LOAD, wire.load_request("part1", 1.0), 5)[:2] == (guest.LOADED, 5)


def test_long_frames_pass_in_pieces(talk: Talk) -> None:
    talk.ask(guest.SOURCES, SOURCES)
    array = np.arange(300_000.0).reshape(3, -1)
    answers: list[bytes] = []
    request = wire.frame(guest.CALL, 2, wire.call_request("f", "part1", [Call([array])], 1.0))

    receiver = threading.Thread(target=lambda: answers.append(talk.receive()[2]))
    receiver.start()
    for start in range(0, len(request), 50_001):
        talk.ours.sendall(request[start : start + 50_001])
    receiver.join(10)
    assert np.array_equal(wire.read_answer(answers[0]).value, array)


def test_process_that_is_not_shut_in_runs_nothing() -> None:
    talk = Talk(failed="seccomp was refused")
    kind, _, payload = talk.ask(guest.SOURCES, SOURCES)
    assert kind == guest.FAILED
    assert wire.read_failed(payload) == "seccomp was refused"
    assert (
        talk.ask(guest.CALL, wire.call_request("f", "part1", [Call([1.0])], 1.0), 2)[0]
        == guest.FAILED
    )
    talk.end()


def test_end_of_requests_in_the_middle_of_one_ends_the_guest() -> None:
    talk = Talk()
    talk.ours.sendall(wire.frame(guest.SOURCES, 1, SOURCES)[:-5])
    talk.end()
    assert not talk.thread.is_alive()


def test_all_is_written_where_the_pipe_takes_little_at_a_time() -> None:
    reading, writing = os.pipe()
    got: list[bytes | None] = []
    size = 1 << 20
    reader = threading.Thread(target=lambda: got.append(guest.read_exactly(reading, size)))
    reader.start()
    guest.write_all(writing, bytes(range(256)) * (size // 256))
    reader.join(10)
    os.close(writing)
    assert got == [bytes(range(256)) * (size // 256)]
    assert guest.read_exactly(reading, 1) is None
    os.close(reading)


@pytest.mark.parametrize("status", guest.STATUSES)
def test_every_status_of_the_guest_is_one_of_the_grader(status: str) -> None:
    error = guest.Error("ValueError", True, "")
    values = {"value": np.zeros(1)} if status == "RETURNED" else {}
    if Status[status] in (
        Status.RAISED,
        Status.NOT_WRITTEN,
        Status.OUT_OF_TIME,
        Status.OUT_OF_MEMORY,
    ):
        values = {"error": error}
    payload = guest.pack_answer(guest.Answer(status, **values))
    assert wire.read_answer(payload).status is Status[status]


def test_docstring_states_every_request_answer_and_status() -> None:
    assert guest.__doc__ is not None
    for word in ("SOURCES", "LOAD", "CALL", "READY", "FAILED", "LOADED", "ANSWER", *guest.STATUSES):
        assert word in guest.__doc__


def test_array_head_is_as_the_docstring_says() -> None:
    packed = guest_values.pack_array(np.array([[1, 2, 3]], dtype=np.int16))
    head = struct.pack("<BBBQQQ", guest_values.DTYPES.index("i2"), 2, 0, 1, 3, 6)
    assert packed == head + struct.pack("<3h", 1, 2, 3)
