"""Carries bytes to and from one child by threads and pipes, which every system has.

It does for an interpreter of its own what `channel.Channel` does for a child of the fork server.
"""

from __future__ import annotations

import queue
import subprocess
import threading
from typing import IO, cast

from autograder.sandbox.host.channel import ChannelClosed, Left
from autograder.sandbox.host.output import Output, OutputFlooded

_PIECE = 1 << 16
_MOST_PIECES = 16
"""Pieces of an answer that are read ahead; a child that sends more has to wait."""
_LOOK_SECONDS = 0.01
"""How long nobody looks for output when there was none."""


class PipeChannel:
    """Our ends of the pipes to a child's standard input, output and error."""

    def __init__(self, child: subprocess.Popen[bytes], keep: int) -> None:
        self._pipes = [cast(IO[bytes], pipe) for pipe in (child.stdin, child.stdout, child.stderr)]
        self._requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._pieces: queue.Queue[bytes] = queue.Queue(_MOST_PIECES)
        self._received = bytearray()
        self._output = Output(self._pipes[2].fileno(), keep)
        self._output_lock = threading.Lock()
        self._flooded = False
        self._closing = threading.Event()
        targets = (self._write_requests, self._read_answers, self._drain_output)
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def send(self, data: bytes, left: Left) -> None:
        """Hand it to the thread that sends it: a child that does not take it never answers."""
        self._requests.put(data)

    def receive(self, wanted: int, left: Left) -> memoryview:
        """Exactly that many bytes; TimeoutError where they are not there in time."""
        while len(self._received) < wanted:
            seconds = left()
            if seconds <= 0:
                raise TimeoutError
            try:
                piece = self._pieces.get(timeout=seconds)
            except queue.Empty:
                continue
            if self._flooded:
                raise OutputFlooded
            if not piece:
                self._pieces.put(piece)  # the end is there for whoever asks next, too
                raise ChannelClosed
            self._received += piece
        data = self._received[:wanted]
        del self._received[:wanted]
        return memoryview(data)

    def holds_more(self) -> bool:
        """Whether more came along with what was received."""
        return bool(self._received)

    def unread(self) -> bool:
        """Whether something came that nobody asked for."""
        return bool(self._received) or not self._pieces.empty()

    def printed(self) -> str:
        """What was printed since the last time, as far as it is kept."""
        with self._output_lock:
            return self._output.take()

    def forget_printed(self) -> None:
        """Begin to count anew what is printed, and keep nothing of what came."""
        with self._output_lock:
            self._output.forget()

    def close(self) -> None:
        """End the threads; the child must have ended before."""
        self._closing.set()
        self._requests.put(b"")
        while any(thread.is_alive() for thread in self._threads):
            if not self._pieces.empty():  # a thread may be waiting for room
                self._pieces.get()
            for thread in self._threads:
                thread.join(0.01)
        for pipe in self._pipes:
            try:
                pipe.close()
            except OSError:  # what was left to write has nobody to read it
                continue

    def _write_requests(self) -> None:
        pipe = self._pipes[0]
        while data := self._requests.get():
            try:
                pipe.write(data)
                pipe.flush()
            except (OSError, ValueError):
                return

    def _read_answers(self) -> None:
        while not self._closing.is_set():
            piece = _read(self._pipes[1])
            self._pieces.put(piece)
            if not piece:
                return

    def _drain_output(self) -> None:
        came = True
        while self._output.open and not self._closing.wait(0 if came else _LOOK_SECONDS):
            try:
                with self._output_lock:
                    came = self._output.drain()
            except OutputFlooded:
                self._flooded = True
                self._pieces.put(b"")  # wakes whoever waits for an answer
                return


def _read(pipe: IO[bytes]) -> bytes:
    try:
        return cast(bytes, pipe.read1(_PIECE))  # type: ignore[attr-defined]
    except (OSError, ValueError):
        return b""
