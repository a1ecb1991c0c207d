"""Reads single keys, from a terminal as they are pressed, else from the lines that come in."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def single_keys() -> Iterator[Callable[[], str]]:
        """A function that waits for a key; it returns "" when there will be none any more."""
        by_line = lambda: os.read(sys.stdin.fileno(), 1).decode("latin-1")  # noqa: E731
        yield _pressed if sys.stdin.isatty() else by_line

    def _pressed() -> str:
        key = msvcrt.getwch()
        if key in "\x00\xe0":  # an arrow or function key: a letter follows that is none of ours
            msvcrt.getwch()
        return "" if key == "\x03" else key  # Ctrl-C

else:
    import termios
    import tty

    _ESCAPE = b"\x1b"
    _GAP = 0.02  # s

    @contextmanager
    def single_keys() -> Iterator[Callable[[], str]]:
        """A function that waits for a key; it returns "" when there will be none any more."""

        terminal = sys.stdin.fileno()

        def read() -> str:
            # not sys.stdin.read, whose lock a thread that still waits would hold at exit
            key = os.read(terminal, 1)
            while key == _ESCAPE and select.select([terminal], [], [], _GAP)[0]:
                # An arrow or function key sends more after it: letters that are none of ours.
                if not os.read(terminal, 1):
                    break
            return key.decode("latin-1")

        if not sys.stdin.isatty():
            yield read
            return
        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
        try:
            yield read
        finally:
            # the keys that were pressed meanwhile are for whoever comes after us
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
