"""Requests to children that misbehave, played by plain sockets."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from autograder.errors import IsolationError, SandboxError
from autograder.model.submission import Status
from autograder.sandbox import server as fork_server
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest.values import pack_text
from autograder.sandbox.host import wire
from autograder.sandbox.host.channel import Channel
from autograder.sandbox.host.conversation import Conversation, Stopped, _ending

pytestmark = pytest.mark.skipif(not hasattr(select, "poll"), reason="no poll on this system")

Play = Callable[["Ends"], object]


class Ends:
    """A child's ends of its socket and of the pipe for its answers."""

    def __init__(self, connection: socket.socket, answers: int) -> None:
        self._connection = connection
        self._answers = answers
        self.fileno, self.recv = connection.fileno, connection.recv

    def sendall(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._answers, data) :]
        self._connection.sendall(b"\0")

    def end(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)


class Actor:
    """A child whose part is played by a function in a thread."""

    def __init__(self, play: Play) -> None:
        ours, self._theirs = socket.socketpair()
        output, self._printing = os.pipe()
        answers, self._answering = os.pipe()
        self.channel = Channel(ours, output, answers, 100)
        self.ended = False
        self._thread = threading.Thread(target=self._run, args=(play,))
        self._thread.start()

    def _run(self, play: Play) -> None:
        try:
            play(Ends(self._theirs, self._answering))
        except OSError:
            return

    def cpu_seconds(self) -> float:
        return 0.0

    def end(self) -> int:
        self.ended = True
        self.channel.close()
        self._theirs.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._theirs.close()
        os.close(self._printing)
        os.close(self._answering)
        return -9

    def leave(self) -> None:
        self.end()


class Actors:
    def __init__(self, *plays: Play) -> None:
        self.plays = list(plays)
        self.started: list[Actor] = []

    def start(self) -> Actor:
        self.started.append(Actor(self.plays.pop(0)))
        return self.started[-1]


def read(connection: Ends) -> tuple[int, int]:
    """The kind and the sequence number of the next request."""
    header = connection.recv(guest.HEADER.size, socket.MSG_WAITALL)
    if len(header) < guest.HEADER.size:
        raise OSError
    _, kind, sequence, length = guest.HEADER.unpack(header)
    if length:
        connection.recv(length, socket.MSG_WAITALL)
    return kind, sequence


def answer(connection: Ends, kind: int, sequence: int, payload: bytes = b"") -> None:
    connection.sendall(wire.frame(kind, sequence, payload))


def polite(connection: Ends) -> None:
    while True:
        kind, sequence = read(connection)
        answer(connection, guest.READY if kind == guest.SOURCES else guest.ANSWER, sequence, b"ok")


def then(misbehave: Play) -> Play:
    def play(connection: Ends) -> None:
        answer(connection, guest.READY, read(connection)[1])
        misbehave(connection)
        connection.recv(1)

    return play


@pytest.fixture
def talk_to() -> Iterator[Callable[..., tuple[Conversation, Actors]]]:
    made: list[Conversation] = []

    def make(*plays: Play, seconds: float = 60.0) -> tuple[Conversation, Actors]:
        actors = Actors(*plays)
        made.append(Conversation(actors.start, lambda: b"", seconds))
        return made[-1], actors

    yield make
    for conversation in made:
        conversation.close()


def ask(conversation: Conversation, seconds: float = 5.0) -> bytes:
    (answer,) = answers(conversation, 1, seconds)
    return answer


def test_one_child_answers_one_request_after_another(talk_to) -> None:
    conversation, actors = talk_to(polite)
    assert [ask(conversation) for _ in range(3)] == [b"ok"] * 3
    assert len(actors.started) == 1


MISBEHAVIOUR = {
    "silence": (lambda c: read(c), Status.OUT_OF_TIME),
    # its first request is sent before it is ready: a child that ends before reading it never began
    "end": (lambda c: (read(c), c.end()), Status.CRASHED),
    "wrong number": (lambda c: answer(c, guest.ANSWER, read(c)[1] + 1), Status.CRASHED),
    "wrong kind": (lambda c: answer(c, guest.READY, read(c)[1]), Status.CRASHED),
    "no frame": (lambda c: (read(c), c.sendall(b"x" * 100)), Status.CRASHED),
    "half a frame": (
        lambda c: c.sendall(wire.frame(guest.ANSWER, read(c)[1], b"1234")[:-1]),
        Status.OUT_OF_TIME,
    ),
    "two frames": (
        lambda c: c.sendall(2 * wire.frame(guest.ANSWER, read(c)[1], b"1234")),
        Status.CRASHED,
    ),
    "too long": (
        lambda c: c.sendall(guest.HEADER.pack(guest.MAGIC, guest.ANSWER, read(c)[1], 1 << 50)),
        Status.CRASHED,
    ),
}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_child_that_misbehaves_is_replaced(talk_to, name: str) -> None:
    misbehave, status = MISBEHAVIOUR[name]
    conversation, actors = talk_to(then(misbehave), polite)
    with pytest.raises(Stopped) as stopped:
        ask(conversation, seconds=0.05 if status is Status.OUT_OF_TIME else 5.0)
    assert stopped.value.outcome.status is status
    assert actors.started[0].ended
    assert not conversation.running
    assert ask(conversation) == b"ok"


def test_child_that_speaks_between_requests_is_not_asked_again(talk_to) -> None:
    spoke = threading.Event()

    def speak(connection: Ends) -> None:
        answer(connection, guest.ANSWER, read(connection)[1], b"first")
        asked_on.wait(10)
        answer(connection, guest.ANSWER, 3, b"forged")
        spoke.set()

    asked_on = threading.Event()
    conversation, _ = talk_to(then(speak), polite)
    assert ask(conversation) == b"first"
    asked_on.set()
    spoke.wait(10)
    assert not conversation.running
    assert ask(conversation) == b"ok"


def answers(conversation: Conversation, count: int, seconds: float = 5.0) -> Iterator[bytes]:
    conversation.ask(guest.CALL, b"", seconds)
    for left in reversed(range(count)):
        ((_, payload),) = conversation.receive((guest.ANSWER,), seconds)
        if not left:
            conversation.finish()
        yield bytes(payload)


def say(connection: Ends, *said: bytes) -> None:
    for number, payload in enumerate(said, read(connection)[1]):
        answer(connection, guest.ANSWER, number, payload)


def several(*said: bytes) -> Play:
    return lambda connection: (say(connection, *said), polite(connection))


def test_several_answers_come_one_after_another(talk_to) -> None:
    conversation, actors = talk_to(then(several(b"a", b"b", b"c")))
    assert list(answers(conversation, 3)) == [b"a", b"b", b"c"]
    assert ask(conversation) == b"ok"
    assert len(actors.started) == 1


def test_answers_that_came_count_where_a_later_one_does_not(talk_to) -> None:
    conversation, _ = talk_to(then(lambda c: (say(c, b"a"), c.end())))
    coming = answers(conversation, 2)
    assert next(coming) == b"a"
    with pytest.raises(Stopped) as stopped:
        next(coming)
    assert stopped.value.outcome.status is Status.CRASHED


def test_child_that_is_not_heard_to_the_end_is_not_asked_again(talk_to) -> None:
    conversation, actors = talk_to(then(several(b"a", b"b")), polite)
    assert next(answers(conversation, 2)) == b"a"
    assert not conversation.running
    assert actors.started[0].ended


def test_child_that_needs_not_be_heard_to_the_end_is_asked_again(talk_to) -> None:
    conversation, actors = talk_to(then(several(b"a")))
    assert next(answers(conversation, 3)) == b"a"
    conversation.break_off()
    assert conversation.running
    assert ask(conversation) == b"ok"
    assert len(actors.started) == 1


def test_child_that_does_not_start_is_our_failure(talk_to) -> None:
    conversation, actors = talk_to(lambda c: c.end())
    with pytest.raises(SandboxError, match="did not start"):
        ask(conversation)
    assert actors.started[0].ended


def test_child_that_may_open_too_few_files_says_what_to_raise() -> None:
    assert _ending(fork_server.TOO_FEW_FILES).endswith("such as with `ulimit -n 256`")


def test_layer_that_fails_in_a_child_is_our_failure(talk_to) -> None:
    conversation, actors = talk_to(
        lambda c: answer(c, guest.FAILED, read(c)[1], pack_text("seccomp: no"))
    )
    with pytest.raises(IsolationError, match="seccomp: no"):
        ask(conversation)
    assert actors.started[0].ended


def test_used_up_budget_starts_nothing(talk_to) -> None:
    conversation, actors = talk_to(seconds=0.0)
    with pytest.raises(Stopped) as stopped:
        ask(conversation)
    assert stopped.value.outcome.status is Status.OUT_OF_TIME
    assert actors.started == []


def test_budget_cuts_a_request_short(talk_to) -> None:
    conversation, _ = talk_to(then(lambda c: read(c)), seconds=0.1)
    with pytest.raises(Stopped):
        ask(conversation, seconds=30.0)
    assert conversation.seconds <= 0
