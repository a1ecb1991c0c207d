"""Reads single keys, from a terminal as they are pressed, else from the lines that come in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def single_keys() -> Iterator[Callable[[], str]]:
        """A function that waits for a key; it returns "" when there will be none any more."""
        by_line = lambda: os.read(sys.stdin.fileno(), 1).decode("latin-1")  # noqa: E731
        yield msvcrt.getwch if sys.stdin.isatty() else by_line

else:
    import termios
    import tty

    @contextmanager
    def single_keys() -> Iterator[Callable[[], str]]:
        """A function that waits for a key; it returns "" when there will be none any more."""

        terminal = sys.stdin.fileno()

        def read() -> str:
            # not sys.stdin.read, whose lock a thread that still waits would hold at exit
            return os.read(terminal, 1).decode("latin-1")

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
