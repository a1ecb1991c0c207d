"""Carries bytes to and from one child in limited time, and takes what it prints.

`Channel` is for a child of the fork server; `PipeChannel` does the same by threads and pipes for
an interpreter of its own, on every system.
"""

from __future__ import annotations

import contextlib
import math
import os
import queue
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, cast

if sys.platform == "win32":
    import _winapi
    import msvcrt
else:
    import fcntl

Left = Callable[[], float]
"""How many seconds may still be waited; none are left when it is not above zero."""

MOST_PRINTED = 64 << 20
"""Bytes that one call may print; far more than is kept, far less than hurts."""

_PIECE = 1 << 16
"""Bytes that are read at once: as many as a pipe holds, on the systems where it holds most."""
_GROWTH = 8
"""How many times the bytes that came there is room for, at most, when more are announced."""
_MOST_PIECES = 16
"""Pieces of an answer that are read ahead; a child that sends more has to wait."""
_LOOK_SECONDS = 0.05
"""How long an answer may be in the pipe, and the next call run, before the clock takes notice."""
_DRAIN_SECONDS = 0.01
"""How long nobody looks for output when there was none."""
_MOST_IN_PIPE = 1 << 20


class ChannelClosed(Exception):
    """The child's end is gone."""


class OutputFlooded(Exception):
    """The child printed more than MOST_PRINTED."""


class Output:
    """What a child prints, as far as it is kept; the descriptor stays the caller's."""

    def __init__(self, descriptor: int, keep: int) -> None:
        self.descriptor = descriptor
        self.open = True
        """Whether more may come: the child has not closed its end, as far as is known."""
        self._keep = keep
        self._kept = bytearray()
        self._count = 0
        if sys.platform != "win32":
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLIN)

    def drain(self) -> bool:
        """Take what is there, at most what a pipe holds; whether there was anything.

        So whoever prints without end cannot keep us here. Raises OutputFlooded where that has
        become too much.
        """
        if not (self.open and self._is_there()):
            return False
        piece = os.read(self.descriptor, _PIECE)
        self.open = bool(piece)
        self._count += len(piece)
        self._kept += piece[: self._keep - len(self._kept)]
        if self._count > MOST_PRINTED:
            raise OutputFlooded
        return self.open

    def take(self) -> str:
        """What was printed since the last time; raises OutputFlooded where it is too much."""
        self.drain()
        text = self._kept.decode("utf-8", "replace")
        self.forget()
        return text

    def forget(self) -> None:
        """Begin to count anew, and keep nothing of what was taken."""
        self._count = 0
        self._kept.clear()

    def _is_there(self) -> bool:
        """Whether reading would not wait: there are bytes, or the end."""
        if sys.platform == "win32":
            try:
                return _winapi.PeekNamedPipe(msvcrt.get_osfhandle(self.descriptor))[0] != 0
            except OSError:  # the child's end is gone, as reading will find
                return True
        return bool(self._poll.poll(0))


class Channel:
    """Our ends of a child's socket, of the pipe for its answers and of the pipe that it prints to.

    Requests go over the socket, and the child rings the bell over it: see `guest/protocol.py`.
    """

    def __init__(self, connection: socket.socket, output: int, answers: int, keep: int) -> None:
        connection.setblocking(False)
        for pipe in (output, answers):
            os.set_blocking(pipe, False)
        self._connection = connection
        self._answers = answers
        self.quiet = _widen(answers) // 2
        self._received = memoryview(bytearray(_PIECE))
        self._at = 0
        """Where what is still to be handed over begins in it; it ends at `_have`."""
        self._have = 0
        self._output = Output(output, keep)
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(output, select.POLLIN)
        self._poll.register(answers, 0)
        self._gone = False
        """Whether the child has closed its end of the socket."""

    def send(self, data: bytes, left: Left) -> None:
        """Send it all; TimeoutError where the child does not take it while there is time left."""
        sent = 0
        while sent < len(data):
            try:
                sent += self._connection.send(memoryview(data)[sent:] if sent else data)
            except BlockingIOError:
                self._poll.modify(self._connection, select.POLLOUT)
                self._wait(left)
                self._poll.modify(self._connection, select.POLLIN)
            except OSError as error:
                raise ChannelClosed from error

    def receive(self, wanted: int, left: Left, *, begun: bool = False) -> memoryview:
        """All that came, at least that many bytes; TimeoutError if they do not come in time.

        It stays until more is received, and counts as unread but for what is `consumed`. If it has
        `begun`, the child is writing it, and does not ring the bell for each piece.
        """
        if self._have - self._at < wanted:
            self._fetch(wanted, left, begun)
        return self._received[self._at : self._have]

    def consume(self, count: int) -> None:
        """Take so many of the bytes that came as read."""
        self._at += count

    def _fetch(self, wanted: int, left: Left, begun: bool) -> None:
        """Wait until that many bytes are there, from the beginning of what was received."""
        self._move_to(self._received)
        while not self._take(wanted):
            if self._gone:
                raise ChannelClosed
            self._poll.modify(self._answers, select.POLLIN if begun or self._have else 0)
            self._wait(left)

    def _take(self, wanted: int) -> bool:
        """Read what is there; whether that many bytes are there now."""
        # A length that is only claimed takes no memory.
        room = min(wanted, _GROWTH * self._have)
        if room > len(self._received):
            self._move_to(memoryview(bytearray(room)))
        try:
            got = os.readv(self._answers, [self._received[self._have :]])
        except BlockingIOError:
            return False
        if not got:
            raise ChannelClosed
        self._have += got
        return self._have >= wanted

    def _move_to(self, place: memoryview) -> None:
        """Have what is still to be handed over at the beginning of that memory."""
        left = self._have - self._at
        place[:left] = self._received[self._at : self._have]
        self._received, self._at, self._have = place, 0, left

    def holds_more(self) -> bool:
        """Whether more came along with what was received."""
        return self._have > self._at

    def unread(self) -> bool:
        """Whether something came that nobody asked for."""
        if not self.holds_more():
            self._at = self._have = 0
            with contextlib.suppress(ChannelClosed):  # as the next request will find
                self._take(1)
        return self.holds_more()

    def printed(self) -> str:
        """What was printed since the last time, as far as it is kept."""
        return self._output.take()

    def forget_printed(self) -> None:
        """Begin to count anew, and keep nothing of what came."""
        self._output.forget()

    def interrupt(self) -> None:
        """Wake whoever waits for the child, as if its end were gone; safe from any thread."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()
        os.close(self._output.descriptor)
        os.close(self._answers)

    def _wait(self, left: Left) -> None:
        """Until the bell rings, or there is output, or room to send; not long in any case."""
        seconds = left()
        if seconds <= 0:
            raise TimeoutError
        for descriptor, _ in self._poll.poll(math.ceil(min(seconds, _LOOK_SECONDS) * 1000)):
            if descriptor == self._output.descriptor:
                self._output.drain()
                if not self._output.open:
                    self._poll.unregister(descriptor)
            elif descriptor == self._connection.fileno():
                self._hear_bell()

    def _hear_bell(self) -> None:
        try:
            self._gone = self._connection.recv(_PIECE) == b""
        except BlockingIOError:  # there is room to send again
            return
        except OSError:
            self._gone = True
        if self._gone:
            self._poll.unregister(self._connection)


def _widen(pipe: int) -> int:
    """Let the pipe hold as much as the system allows; how much that is."""
    if sys.platform != "linux":
        return 1 << 14
    with contextlib.suppress(OSError):  # this user has too many large ones
        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _MOST_IN_PIPE)
    return 1 << 16


class PipeChannel:
    """Our ends of the pipes to a child's standard input, output and error."""

    quiet = 1 << 31
    """It has no bell: answers are read as they come."""

    def __init__(self, child: subprocess.Popen[bytes], keep: int) -> None:
        self._child = child
        self._pipes = [cast(IO[bytes], pipe) for pipe in (child.stdin, child.stdout, child.stderr)]
        self._requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._pieces: queue.Queue[bytes] = queue.Queue(_MOST_PIECES)
        self._received = b""
        self._read = 0
        """Bytes of it that were read."""
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

    def receive(self, wanted: int, left: Left, *, begun: bool = False) -> memoryview:
        """All that came, at least that many bytes; TimeoutError if they do not come in time."""
        pieces = [self._received[self._read :]]
        missing = wanted - len(pieces[0])
        while missing > 0:
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
            pieces.append(piece)
            missing -= len(piece)
        self._received, self._read = b"".join(pieces), 0
        return memoryview(self._received)

    def consume(self, count: int) -> None:
        """Take so many of the bytes that came as read."""
        self._read += count

    def holds_more(self) -> bool:
        """Whether more came along with what was received."""
        return len(self._received) > self._read

    def unread(self) -> bool:
        """Whether something came that nobody asked for."""
        return self.holds_more() or not self._pieces.empty()

    def printed(self) -> str:
        """What was printed since the last time, as far as it is kept."""
        with self._output_lock:
            return self._output.take()

    def forget_printed(self) -> None:
        """Begin to count anew what is printed, and keep nothing of what came."""
        with self._output_lock:
            self._output.forget()

    def interrupt(self) -> None:
        """Wake whoever waits for the child, by its end; safe from any thread."""
        self._child.kill()

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
        while self._output.open and not self._closing.wait(0 if came else _DRAIN_SECONDS):
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
