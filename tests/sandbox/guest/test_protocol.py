"""The guest's end of the conversation, with a workspace that runs nothing."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.model.submission import Source, Status
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest import values as guest_values
from autograder.sandbox.host import wire
from autograder.sandbox.host.wire import Call, Job


class Echo:
    """Returns the first argument of every call."""

    def __init__(
        self, files: list[guest.File], refused: set[str], rules: dict[str, guest.Rule]
    ) -> None:
        self.files = files

    def load(self, module: str, seconds: float) -> list[guest.Failure]:
        error = guest.Error("ValueError", True, f"{module} in {seconds}")
        return [guest.Failure(self.files[0].filename, 1, error)]

    def has(self, function: str, module: str, take_stub: bool) -> bool:
        return module == "part1" and function == "f"

    def call(self, request: guest.Request, call: guest.Call) -> guest.Answer:
        if not call.arguments:
            return guest.Answer("OUT_OF_OUTPUT")
        return guest.Answer("RETURNED", value=np.asarray(call.arguments[0]))


class Talk:
    """A guest in a thread, and the grader's end of its channel."""

    def __init__(self, failed: str = "") -> None:
        self.ours, self._theirs = socket.socketpair()
        # a guest that failed is an error here, not a wait without end
        self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 30, 0))
        descriptor = self._theirs.fileno()
        arguments = (descriptor, descriptor, Echo, failed)
        self.thread = threading.Thread(target=guest.converse, args=arguments)
        self.thread.start()

    def ask(self, kind: int, payload: bytes, sequence: int = 1) -> tuple[int, int, bytes]:
        self.ours.sendall(wire.frame(kind, sequence, payload))
        return self.receive()

    def receive(self) -> tuple[int, int, bytes]:
        head = self.ours.recv(guest.HEADER.size, socket.MSG_WAITALL)
        _, answer, number, length = guest.HEADER.unpack(head)
        return answer, number, self.ours.recv(length, socket.MSG_WAITALL) if length else b""

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


SOURCES = struct.pack("<I", 1 << 20) + wire.sources_request(
    [Source("part1", "part1.py", (b"",))], [], ()
)


def calls_of(*several: list[Call]) -> bytes:
    jobs = [(Job("f", "part1", calls), ("part1", False)) for calls in several]
    return wire.call_request(jobs, 1.0)


def test_every_request_gets_its_answer(talk: Talk) -> None:
    assert talk.ask(guest.SOURCES, SOURCES, 1) == (guest.READY, 1, b"")
    places = [("part0", False), ("part1", True)]
    request = wire.find_request([("f", places), ("g", places), ("f", places[1:])], 2.5)
    talk.ours.sendall(wire.frame(guest.FIND, 2, request))
    for number, module in ((2, "part0"), (4, "part1")):
        kind, at, payload = talk.receive()
        assert (kind, at) == (guest.LOADING, number)
        assert wire.read_loading(payload, ["part0", "part1"]) == module
        kind, at, payload = talk.receive()
        assert (kind, at) == (guest.LOADED, number + 1)
        (failure,) = wire.read_loaded(payload)
        assert (failure.filename, failure.cell) == ("part1.py", 1)
        assert failure.error.message == f"{module} in 2.5"
    found = [talk.receive() for _ in range(3)]
    assert [answer[:2] for answer in found] == [(guest.FOUND, number) for number in (6, 7, 8)]
    read = [wire.read_found(payload, places) for _, _, payload in found]
    assert read == [("part1", True), None, ("part0", False)]
    kind, number, payload = talk.ask(guest.CALL, calls_of([Call([np.arange(3)])]), 9)
    assert (kind, number) == (guest.ANSWER, 9)
    assert wire.read_answer(payload).value.tolist() == [0, 1, 2]


def test_calls_are_answered_one_by_one_until_one_must_be_the_last(talk: Talk) -> None:
    talk.ask(guest.SOURCES, SOURCES, 1)
    request = calls_of([Call([1.0])], [Call([2.0]), Call([]), Call([4.0])], [Call([5.0])])
    talk.ours.sendall(wire.frame(guest.CALL, 2, request))
    answers = [talk.receive() for _ in range(3)]
    assert [answer[:2] for answer in answers] == [(guest.ANSWER, number) for number in (2, 3, 4)]
    outcomes = [wire.read_answer(payload) for _, _, payload in answers]
    assert [outcome.value for outcome in outcomes] == [1.0, 2.0, None]
    assert outcomes[-1].status not in wire.GOES_ON
    request = wire.find_request([("f", [])], 1.0)
    assert talk.ask(guest.FIND, request, 5) == (guest.FOUND, 5, bytes(4))


def test_long_frames_pass_in_pieces(talk: Talk) -> None:
    talk.ask(guest.SOURCES, SOURCES)
    array = np.arange(300_000.0).reshape(3, -1)
    answers: list[bytes] = []
    request = wire.frame(guest.CALL, 2, calls_of([Call([array])]))

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
    assert talk.ask(guest.CALL, calls_of([Call([1.0])]), 2)[0] == guest.FAILED
    talk.end()


def test_end_of_requests_in_the_middle_of_one_ends_the_guest() -> None:
    talk = Talk()
    talk.ours.sendall(wire.frame(guest.SOURCES, 1, SOURCES)[:-5])
    talk.end()
    assert not talk.thread.is_alive()


def test_all_is_written_where_the_pipe_takes_little_at_a_time() -> None:
    reading, writing = os.pipe()
    ours, theirs = socket.socketpair()
    got: list[bytes] = []

    def read() -> None:
        with os.fdopen(reading, "rb") as pipe:
            got.append(pipe.read())

    reader = threading.Thread(target=read)
    reader.start()
    answers = guest.Answers(writing, theirs.fileno())
    array = np.arange(1 << 18, dtype=np.uint32)
    answers.answer(guest.Answer("RETURNED", value=array))
    answers.frame(guest.FOUND, bytes(70_000))
    os.close(writing)
    reader.join(10)
    assert array.tobytes() in got[0]
    assert got[0].endswith(bytes(70_000))
    assert len(ours.recv(100)) >= 2  # the bell, for each of what is longer than a pipe holds
    ours.close()
    theirs.close()


@pytest.mark.parametrize("status", guest.STATUSES)
def test_every_status_of_the_guest_is_one_of_the_grader(status: str) -> None:
    error = guest.Error("ValueError", True, "")
    values = {"value": np.zeros(1)} if status == "RETURNED" else {}
    if status == "RETURNED_DATA":
        values = {"value": guest_values.pack_data(["one", 2])}
    known = Status["RETURNED" if status == "RETURNED_DATA" else status]
    if known in (
        Status.RAISED,
        Status.NOT_WRITTEN,
        Status.OUT_OF_TIME,
        Status.OUT_OF_MEMORY,
    ):
        values = {"error": error}
    payload = guest.pack_answer(guest.Answer(status, **values))
    assert wire.read_answer(payload).status is known


def test_docstring_states_every_request_answer_and_status() -> None:
    assert guest.__doc__ is not None
    for word in (
        *("SOURCES", "FIND", "CALL", "READY", "FAILED", "LOADING", "LOADED", "FOUND", "ANSWER"),
        *guest.STATUSES,
    ):
        assert word in guest.__doc__


def test_array_head_is_as_the_docstring_says() -> None:
    packed = guest_values.pack_array(np.array([[1, 2, 3]], dtype=np.int16))
    head = struct.pack("<BBBQQQ", guest_values.DTYPES.index("i2"), 2, 0, 1, 3, 6)
    assert packed == head + struct.pack("<3h", 1, 2, 3)
