"""A child's socket and its output, under a clock."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograder.sandbox.host.channel import MOST_PRINTED, Channel, ChannelClosed, OutputFlooded

pytestmark = pytest.mark.skipif(not hasattr(select, "poll"), reason="no poll on this system")


class Child:
    """The child's ends."""

    def __init__(self) -> None:
        ours, self.socket = socket.socketpair()
        output, self.output = os.pipe()
        answers, self.answers = os.pipe()
        self.channel = Channel(ours, output, answers, keep=10)
        self.open = True

    def answer(self, data: bytes, *, ring: bool = True) -> None:
        while data:
            data = data[os.write(self.answers, data) :]
        if ring:
            self.socket.sendall(b"\0")

    def print(self, text: bytes) -> None:
        os.write(self.output, text)

    def end(self) -> None:
        if self.open:
            self.socket.close()
            os.close(self.output)
            os.close(self.answers)
            self.open = False


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child()
    yield child
    child.end()
    child.channel.close()


def take(channel: Any, wanted: int, left: Callable[[], float], **options: bool) -> bytes:
    """Exactly that many bytes of what came."""
    data = bytes(channel.receive(wanted, left, **options)[:wanted])
    channel.consume(wanted)
    return data


def seconds(count: float):
    until = time.monotonic() + count
    return lambda: until - time.monotonic()


def test_what_is_sent_arrives_and_what_comes_is_received(child: Child) -> None:
    child.channel.send(b"question", seconds(5))
    assert child.socket.recv(100) == b"question"
    child.answer(b"answer")
    assert take(child.channel, 2, seconds(5)) == b"an"
    assert child.channel.holds_more()
    assert take(child.channel, 4, seconds(5)) == b"swer"
    assert not child.channel.holds_more()


def test_long_answer_is_received_while_output_is_drained(child: Child) -> None:
    def answer() -> None:
        for _ in range(40):
            child.print(b"x" * 20_000)
            child.answer(b"y" * 20_000)

    thread = threading.Thread(target=answer)
    thread.start()
    assert take(child.channel, 800_000, seconds(20), begun=True) == b"y" * 800_000
    thread.join()
    assert child.channel.output.take() == "x" * 10


def test_question_that_is_not_taken_ends_in_time(child: Child) -> None:
    with pytest.raises(TimeoutError):
        child.channel.send(bytes(10_000_000), seconds(0.1))


def test_answer_that_does_not_come_ends_in_time(child: Child) -> None:
    with pytest.raises(TimeoutError):
        take(child.channel, 1, seconds(0.05))


def test_answer_that_trickles_ends_in_time(child: Child) -> None:
    stop = threading.Event()

    def trickle() -> None:
        while not stop.wait(0.01):
            child.answer(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    with pytest.raises(TimeoutError):
        take(child.channel, 1 << 20, seconds(0.2))
    stop.set()
    thread.join()


def test_length_that_is_only_claimed_takes_no_memory(child: Child) -> None:
    child.answer(b"x" * 10)
    with pytest.raises(TimeoutError):
        take(child.channel, 1 << 40, seconds(0.1))
    assert len(child.channel._received) <= 1 << 17


@pytest.mark.parametrize("said", [b"", b"part"])
def test_end_of_the_child_is_told(child: Child, said: bytes) -> None:
    child.answer(said)
    child.end()
    with pytest.raises(ChannelClosed):
        take(child.channel, 10, seconds(5))


def test_sending_to_one_that_is_gone_is_told(child: Child) -> None:
    child.end()
    with pytest.raises(ChannelClosed):
        child.channel.send(b"question", seconds(5))


def test_unasked_bytes_are_noticed(child: Child) -> None:
    assert not child.channel.unread()
    child.answer(b"x")
    assert child.channel.unread()


def test_end_is_no_unasked_byte(child: Child) -> None:
    child.end()
    assert not child.channel.unread()


def test_printed_text_is_kept_once_and_cut(child: Child) -> None:
    child.print(b"hello \xff, how are you")
    assert child.channel.output.take() == "hello \N{REPLACEMENT CHARACTER}, h"
    assert child.channel.output.take() == ""
    child.print(b"again")
    assert child.channel.output.take() == "again"


def test_flood_is_told(child: Child) -> None:
    def flood() -> None:
        for _ in range(MOST_PRINTED // 60_000 + 10):
            try:
                child.print(bytes(60_000))
            except OSError:
                return

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    with pytest.raises(OutputFlooded):
        take(child.channel, 1, seconds(30))
    child.channel.output.forget()
    while thread.is_alive():
        child.channel.output.take()


def test_output_that_is_closed_keeps_nobody_busy(child: Child) -> None:
    os.close(child.output)
    child.output = os.open(os.devnull, os.O_WRONLY)
    began = time.process_time()
    with pytest.raises(TimeoutError):
        take(child.channel, 1, seconds(0.5))
    assert time.process_time() - began < 0.25


def test_an_answer_without_a_bell_is_found_before_long(child: Child) -> None:
    child.answer(b"answer", ring=False)
    timer = threading.Timer(0.01, lambda: child.answer(b"more", ring=False))
    timer.start()
    assert take(child.channel, 10, seconds(5)) == b"answermore"
    timer.join()
    timer = threading.Timer(0.01, lambda: child.answer(b"later", ring=False))
    timer.start()
    assert take(child.channel, 5, seconds(5)) == b"later"
    timer.join()


def test_a_bell_that_rings_on_and_on_ends_in_time(child: Child) -> None:
    stop = threading.Event()

    def ring() -> None:
        while not stop.is_set():
            child.socket.sendall(b"ring")

    thread = threading.Thread(target=ring)
    thread.start()
    with pytest.raises(TimeoutError):
        take(child.channel, 1, seconds(0.2))
    stop.set()
    child.channel._hear_bell()
    thread.join()


def test_one_that_closes_the_pipe_of_its_answers_is_gone(child: Child) -> None:
    os.close(child.answers)
    child.answers = os.open(os.devnull, os.O_WRONLY)
    with pytest.raises(ChannelClosed):
        take(child.channel, 1, seconds(5))
