"""A child's pipes, served by threads."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograder.sandbox.host.channel import ChannelClosed, OutputFlooded, PipeChannel

ECHO = """
import os, sys
while data := os.read(0, 65536):
    os.write(2, b'heard %d' % len(data))
    while data:
        data = data[os.write(1, data):]
"""


def take(channel: Any, wanted: int, left: Callable[[], float], **options: bool) -> bytes:
    """Exactly that many bytes of what came."""
    data = bytes(channel.receive(wanted, left, **options)[:wanted])
    channel.consume(wanted)
    return data


def seconds(count: float) -> Callable[[], float]:
    until = time.monotonic() + count
    return lambda: until - time.monotonic()


@pytest.fixture
def start() -> Iterator[Callable[[str], PipeChannel]]:
    started = []

    def start(text: str) -> PipeChannel:
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", text],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append((child, PipeChannel(child, keep=8)))
        return started[-1][1]

    threads = threading.active_count()
    yield start
    for child, channel in started:
        child.kill()
        child.wait()
        channel.close()
    assert threading.active_count() == threads


def test_what_is_sent_comes_back_and_what_is_printed_is_kept(start) -> None:
    channel = start(ECHO)
    channel.send(b"question", seconds(10))
    assert take(channel, 4, seconds(10)) == b"ques"
    assert channel.holds_more()
    assert channel.unread()
    assert take(channel, 4, seconds(10)) == b"tion"
    assert not channel.unread()
    assert channel.output.take() == "heard 8"
    assert channel.output.take() == ""


def test_what_was_printed_before_an_answer_is_there_with_it(start) -> None:
    channel = start(ECHO)
    for size in range(1, 1000):
        channel.send(bytes(size), seconds(10))
        take(channel, size, seconds(10))
        assert channel.output.take() == f"heard {size}"[:8]


def test_more_than_a_pipe_holds_passes(start) -> None:
    channel = start(ECHO)
    data = bytes(range(256)) * 20_000
    channel.send(data, seconds(20))
    assert take(channel, len(data), seconds(20)) == data


def test_child_that_takes_and_says_nothing_ends_in_time(start) -> None:
    channel = start("import time; time.sleep(60)")
    channel.send(bytes(1 << 22), seconds(1))
    with pytest.raises(TimeoutError):
        take(channel, 1, seconds(0.1))


def test_end_of_the_child_is_told_every_time(start) -> None:
    channel = start("import os; os.write(1, b'abc')")
    assert take(channel, 3, seconds(10)) == b"abc"
    for _ in range(2):
        with pytest.raises(ChannelClosed):
            take(channel, 1, seconds(10))


def test_endless_output_is_told(start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.sandbox.host.channel.MOST_PRINTED", 1 << 20)
    channel = start("import os\nwhile True: os.write(2, bytes(60000))")
    with pytest.raises(OutputFlooded):
        take(channel, 1, seconds(60))


def test_endless_answer_is_not_read_ahead_for_ever(start) -> None:
    channel = start("import os\nwhile True: os.write(1, bytes(60000))")
    assert take(channel, 10, seconds(10)) == bytes(10)
    time.sleep(0.2)
    assert channel._pieces.qsize() <= 16
