"""Sends bytes to and receives bytes from one child, with timeouts, and collects what it prints.

`Channel` is for a child of the fork server. `PipeChannel` does the same with pipes and threads for
a fresh interpreter, on every system.
"""

from __future__ import annotations

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
"""Returns the seconds that may still be spent waiting; zero or less means time is up."""

MOST_PRINTED = 64 << 20
"""Bytes that one call may print: far more than is kept, far too few to do harm."""

_PIECE = 1 << 16
"""Bytes to read at once: a pipe's largest default capacity."""
_GROWTH = 8
"""The most that the receive buffer grows to, as a multiple of the bytes received, whatever length
the child announces."""
_MOST_PIECES = 16
"""Pieces of answers to read ahead; a child that sends more has to wait."""
_LOOK_SECONDS = 0.05
"""The longest wait before the clock is checked again."""
_DRAIN_SECONDS = 0.01
"""How long to pause when there was no output to read."""
_MOST_IN_PIPE = 1 << 20


class ChannelClosed(Exception):
    """The child has closed its end."""


class OutputFlooded(Exception):
    """The child printed more than MOST_PRINTED."""


class Output:
    """Collects what a child prints, up to `keep` bytes. The caller closes the descriptor."""

    def __init__(self, descriptor: int, keep: int) -> None:
        self.descriptor = descriptor
        self.open = True
        """Whether more may come: false once the end of the output has been read."""
        self._keep = keep
        self._kept = bytearray()
        self._count = 0
        if sys.platform != "win32":
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLIN)

    def drain(self) -> bool:
        """Read the available output once, at most _PIECE bytes; return whether there was any.

        The bound keeps a child that prints endlessly from holding us here. Raises OutputFlooded if
        it has printed more than MOST_PRINTED.
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
        """Return what was printed since the last call. Raises OutputFlooded if it is too much."""
        self.drain()
        text = self._kept.decode("utf-8", "replace")
        self.forget()
        return text

    def forget(self) -> None:
        """Reset the count, and discard what was collected."""
        self._count = 0
        self._kept.clear()

    def _is_there(self) -> bool:
        """Whether reading would not block: there are bytes, or the end of the output."""
        if sys.platform == "win32":
            try:
                return _winapi.PeekNamedPipe(msvcrt.get_osfhandle(self.descriptor))[0] != 0
            except OSError:  # the child has closed its end, as reading will show
                return True
        return bool(self._poll.poll(0))


class _Received:
    """The bytes received from a child and not consumed yet."""

    def __init__(self, place: memoryview) -> None:
        self._received = place
        self._at = 0
        """Start of the bytes in `_received` that are not consumed yet; `_have` is their end."""
        self._have = 0

    def receive(self, wanted: int, left: Left, *, begun: bool = False) -> memoryview:
        """Return all bytes received and not consumed, waiting until there are at least `wanted`.

        The view is valid until the next call. `begun` says that the child is already writing these
        bytes and rings no bell for each piece, so the answer pipe is watched as well. Raises
        TimeoutError if they do not come in time.
        """
        if self._have - self._at < wanted:
            self._fetch(wanted, left, begun)
        return self._received[self._at : self._have]

    def consume(self, count: int) -> None:
        """Mark that many of the received bytes as read."""
        self._at += count

    def holds_more(self) -> bool:
        """Whether received bytes are left unread."""
        return self._have > self._at

    def _fetch(self, wanted: int, left: Left, begun: bool) -> None:
        """Wait until there are that many bytes, counted from the first unread one."""
        raise NotImplementedError


class Channel(_Received):
    """Our ends of a child's socket, its answer pipe and its output pipe.

    The socket carries requests to the child, and the bell back: see `guest/protocol.py`.
    """

    def __init__(self, connection: socket.socket, output: int, answers: int, keep: int) -> None:
        super().__init__(memoryview(bytearray(_PIECE)))
        connection.setblocking(False)
        for pipe in (output, answers):
            os.set_blocking(pipe, False)
        self._connection = connection
        self._answers = answers
        self.quiet = _widen(answers) // 2
        self.output = Output(output, keep)
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(output, select.POLLIN)
        self._poll.register(answers, 0)
        self._gone = False
        """Whether the child has closed its end of the socket."""

    def send(self, data: bytes, left: Left) -> None:
        """Send all of the data. Raises TimeoutError if the child does not read it in time."""
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

    def _fetch(self, wanted: int, left: Left, begun: bool) -> None:
        self._move_to(self._received)
        while not self._take(wanted):
            if self._gone:
                raise ChannelClosed
            self._poll.modify(self._answers, select.POLLIN if begun or self._have else 0)
            self._wait(left)

    def _take(self, wanted: int) -> bool:
        """Read what is available; return whether there are `wanted` bytes now."""
        # An announced length alone must not make us allocate memory.
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
        """Move the unread bytes to the beginning of `place`, and receive there from now on."""
        left = self._have - self._at
        place[:left] = self._received[self._at : self._have]
        self._received, self._at, self._have = place, 0, left

    def unread(self) -> bool:
        """Whether the child has sent something that was not asked for."""
        if not self.holds_more():
            self._at = self._have = 0
            with suppress(ChannelClosed):  # the next request will raise it again
                self._take(1)
        return self.holds_more()

    def interrupt(self) -> None:
        """Wake a thread that waits for the child, as if the child had ended; thread-safe."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()
        os.close(self.output.descriptor)
        os.close(self._answers)

    def _wait(self, left: Left) -> None:
        """Wait for the bell, output or room to send, but at most _LOOK_SECONDS.

        Raises TimeoutError if no time is left.
        """
        seconds = left()
        if seconds <= 0:
            raise TimeoutError
        for descriptor, _ in self._poll.poll(math.ceil(min(seconds, _LOOK_SECONDS) * 1000)):
            if descriptor == self.output.descriptor:
                self.output.drain()
                if not self.output.open:
                    self._poll.unregister(descriptor)
            elif descriptor == self._connection.fileno():
                self._hear_bell()

    def _hear_bell(self) -> None:
        try:
            self._gone = self._connection.recv(_PIECE) == b""
        except BlockingIOError:  # nothing to receive: the poll reported room to send
            return
        except OSError:
            self._gone = True
        if self._gone:
            self._poll.unregister(self._connection)


def _widen(pipe: int) -> int:
    """Enlarge the pipe as far as the system allows; return its capacity in bytes."""
    if sys.platform != "linux":
        return 1 << 14
    with suppress(OSError):  # this user's large pipes are at the system's limit
        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _MOST_IN_PIPE)
    return 1 << 16


class PipeChannel(_Received):
    """Our ends of the pipes to a child's standard input, output and error."""

    quiet = 1 << 31
    """More than any answers: there is no bell, as a thread reads answers as they come."""

    def __init__(self, child: subprocess.Popen[bytes], keep: int) -> None:
        super().__init__(memoryview(b""))
        self._child = child
        self._pipes = [cast(IO[bytes], pipe) for pipe in (child.stdin, child.stdout, child.stderr)]
        self._requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._pieces: queue.Queue[bytes] = queue.Queue(_MOST_PIECES)
        self.output = Output(self._pipes[2].fileno(), keep)
        self._closing = False
        targets = (self._write_requests, self._read_answers)
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def send(self, data: bytes, left: Left) -> None:
        """Queue the data for the sending thread.

        There is no timeout here: a child that does not read it never answers, so `receive` times
        out.
        """
        self._requests.put(data)

    def _fetch(self, wanted: int, left: Left, begun: bool) -> None:
        pieces = [self._received[self._at : self._have]]
        missing = wanted - len(pieces[0])
        pause = 0.0
        while missing > 0:
            seconds = left()
            if seconds <= 0:
                raise TimeoutError
            try:
                piece = self._pieces.get(timeout=min(seconds, pause))
            except queue.Empty:
                pause = 0.0 if self.output.drain() else _DRAIN_SECONDS
                continue
            if not piece:
                self._pieces.put(piece)  # so that the next call sees the end of file too
                raise ChannelClosed
            pieces.append(memoryview(piece))
            missing -= len(piece)
        self._received, self._at = memoryview(b"".join(pieces)), 0
        self._have = len(self._received)

    def unread(self) -> bool:
        """Whether the child has sent something that was not asked for."""
        return self.holds_more() or not self._pieces.empty()

    def interrupt(self) -> None:
        """Kill the child, which wakes a thread that waits for it; thread-safe."""
        self._child.kill()

    def close(self) -> None:
        """End the threads and close the pipes. The child must have ended already."""
        self._closing = True
        self._requests.put(b"")
        while any(thread.is_alive() for thread in self._threads):
            if not self._pieces.empty():  # the reading thread may be blocked on a full queue
                self._pieces.get()
            for thread in self._threads:
                thread.join(0.01)
        for pipe in self._pipes:
            with suppress(OSError):  # unwritten data that the child can no longer read
                pipe.close()

    def _write_requests(self) -> None:
        pipe = self._pipes[0]
        with suppress(OSError, ValueError):
            while data := self._requests.get():
                pipe.write(data)
                pipe.flush()

    def _read_answers(self) -> None:
        piece = b"begun"
        while piece and not self._closing:
            piece = b""
            with suppress(OSError, ValueError):
                piece = self._pipes[1].read1(_PIECE)  # type: ignore[attr-defined]
            self._pieces.put(piece)
