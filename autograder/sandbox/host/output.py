"""Takes what a child prints from its pipe, without ever waiting for it."""

from __future__ import annotations

import os
import select
import sys

if sys.platform == "win32":
    import _winapi
    import msvcrt

MOST_PRINTED = 64 << 20
"""Bytes that one call may print; far more than is kept, far less than hurts."""

_PIPE = 1 << 16
"""Bytes that a pipe holds, on the systems where it holds most."""


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
        piece = os.read(self.descriptor, _PIPE)
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
