"""Carries bytes to and from one child in limited time, while what it prints is drained."""

from __future__ import annotations

import math
import os
import select
import socket
from collections.abc import Callable

from autograder.sandbox.host.output import Output

Left = Callable[[], float]
"""Tells how many seconds may still be waited; none left when it is not above zero."""

_PIECE = 1 << 16
_GROWTH = 8
"""How many times the bytes that came there is room for, at most, when more are announced."""


class ChannelClosed(Exception):
    """The child's end is gone."""


class Channel:
    """Our end of a child's socket, with our end of the pipe that it prints to."""

    def __init__(self, connection: socket.socket, output: int, keep: int) -> None:
        connection.setblocking(False)
        os.set_blocking(output, False)
        self._connection = connection
        self._received = memoryview(bytearray(_PIECE))
        self._at = 0
        """Where what is still to be handed over begins in it; it ends at `_have`."""
        self._have = 0
        self._output = Output(output, keep)
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(output, select.POLLIN)

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

    def receive(self, wanted: int, left: Left) -> memoryview:
        """Exactly that many bytes; TimeoutError where they are not there in time.

        They are there until more is received.
        """
        if self._have - self._at < wanted:
            self._fetch(wanted, left)
        start, self._at = self._at, self._at + wanted
        return self._received[start : self._at]

    def _fetch(self, wanted: int, left: Left) -> None:
        """Wait until that many bytes are there, from the beginning of what was received."""
        self._move_to(self._received)
        while self._have < wanted:
            # A length that is only claimed takes no memory. One byte more than is wanted shows what
            # was not asked for.
            room = min(wanted + 1, _GROWTH * self._have)
            if room > len(self._received):
                self._move_to(memoryview(bytearray(room)))
            self._wait(left)
            try:
                got = self._take()
            except BlockingIOError:
                continue
            except OSError as error:
                raise ChannelClosed from error
            if not got:
                raise ChannelClosed

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
        if not self.holds_more() and self._poll.poll(0):
            self._at = self._have = 0
            try:
                self._take()
            except OSError:  # nothing there; or gone, as the next request will find
                return False
        return self.holds_more()

    def _take(self) -> int:
        got = self._connection.recv_into(self._received[self._have :])
        self._have += got
        return got

    def printed(self) -> str:
        """What was printed since the last time, as far as it is kept."""
        return self._output.take()

    def forget_printed(self) -> None:
        """Begin to count anew what is printed, and keep nothing of what came."""
        self._output.forget()

    def close(self) -> None:
        self._connection.close()
        os.close(self._output.descriptor)

    def _wait(self, left: Left) -> None:
        """Until there is something to receive, or to send again, or nothing after all."""
        seconds = left()
        if seconds <= 0:
            raise TimeoutError
        for descriptor, _ in self._poll.poll(math.ceil(seconds * 1000)):
            if descriptor == self._output.descriptor:
                self._output.drain()
                if not self._output.open:
                    self._poll.unregister(descriptor)
