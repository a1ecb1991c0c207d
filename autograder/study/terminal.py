"""Runs a study session in a terminal: reads keys, watches the files, shows what came of them."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.study.lesson import Lesson

_DEBOUNCE = 50  # ms; an editor that writes twice in that time is looked at once
_STEP = 20  # ms
_PATIENCE = 0.25  # s
_LOOK = 1.0  # s; files are looked at that often too, since not every file system tells of changes
_SAVED, _END = "saved", "end"


def run(
    lesson: Lesson,
    read_key: Callable[[], str],
    show: Callable[[], None],
    size: Callable[[], object] = lambda: None,
) -> None:
    """Until the lesson is finished or there are no more keys. Raises SandboxError.

    Where `size` has another answer than before, everything is shown again.
    """
    events: queue.SimpleQueue[str] = queue.SimpleQueue()
    stopped = threading.Event()
    for work in (_read, read_key), (_watch, lesson.folder):
        threading.Thread(target=work[0], args=(*work[1:], events, stopped), daemon=True).start()
    shown_at = size()
    try:
        show()
        while not lesson.finished:
            try:
                event = events.get(timeout=_PATIENCE)
            except queue.Empty:
                # Not to wait for ever also lets a Ctrl-C through that comes just before the wait.
                if size() != shown_at:
                    shown_at = size()
                    show()
                continue
            if event == _END:
                return
            if event == _SAVED:
                if not lesson.files_changed():
                    continue
                # the current one first, since its learner is waiting for it
                lesson.look(at_all=False)
                show()
                lesson.look(at_all=True)
            else:
                lesson.press(event)
            if not lesson.finished:
                show()
    finally:
        stopped.set()


def _read(
    read_key: Callable[[], str], events: queue.SimpleQueue[str], stopped: threading.Event
) -> None:
    while not stopped.is_set():
        try:
            key = read_key()
        except (OSError, ValueError):  # the terminal is gone
            key = ""
        events.put(key or _END)
        if not key:
            return


def _watch(folder: Path, events: queue.SimpleQueue[str], stopped: threading.Event) -> None:
    """Tell at once when a file may have been saved, or every second where that is not known."""
    from watchfiles import watch

    try:
        for _ in watch(
            folder,
            debounce=_DEBOUNCE,
            step=_STEP,
            stop_event=stopped,
            raise_interrupt=False,
            rust_timeout=int(_LOOK * 1000),
            yield_on_timeout=True,
        ):
            events.put(_SAVED)
    except (OSError, RuntimeError):  # too many files are watched already
        while not stopped.wait(_LOOK):
            events.put(_SAVED)


# --- single keys, as they are pressed; where there is no terminal, from the lines that come in ----

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
