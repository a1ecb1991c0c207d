"""Runs a study session in a terminal: reads keys, watches the files, updates the screen."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.study.checker import Broken, Checker, Found
from autograder.study.lesson import Lesson

_DEBOUNCE = 50  # ms; several writes within this time count as one save
_STEP = 20  # ms
_PATIENCE = 0.25  # s
_LOOK = 1.0  # s; polling interval, since not every file system reports changes


class Saved:
    """Some file may have been saved."""


@dataclass(frozen=True)
class Pressed:
    """A key press; "" means end of input."""

    key: str
    seen: int
    """The number of the question on the screen when the key was pressed."""


Event = Saved | Pressed | Found | Broken


def run(
    lesson: Lesson,
    checker: Checker,
    read_key: Callable[[], str],
    show: Callable[[tuple[str, float] | None], None],
    *,
    size: Callable[[], object] = lambda: None,
    waits_for_keys: bool = True,
) -> None:
    """Run until the lesson is finished or the input ends. Raises SandboxError.

    `show` is called with the running check. The screen is drawn again whenever `size` returns a new
    value. If `waits_for_keys` is false, keys come from a file: each one is read only after the
    previous one is handled and no check is running.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    stopped = threading.Event()
    keys = _Keys(read_key, events, stopped, waits_for_keys)
    checker.tell = events.put
    threading.Thread(target=keys.read, daemon=True).start()
    threading.Thread(target=watch, args=(lesson.folder, events.put, stopped), daemon=True).start()
    shown_at: object = None
    shown_second = -1
    lesson.saved()
    try:
        while not lesson.finished:
            if lesson.job is not None:
                checker.start(lesson.job)
                lesson.job = None
            running = checker.now
            shown_at, shown_second = size(), int(running[1]) if running else -1
            show(running)
            keys.answered(lesson.view.question, running is None)
            while True:
                try:
                    event = events.get(timeout=_PATIENCE)
                except queue.Empty:
                    # The timeout also lets a Ctrl-C through that arrives before the wait.
                    running = checker.now
                    if size() != shown_at or (running and int(running[1]) != shown_second):
                        break
                    keys.answered(lesson.view.question, running is None)
                    continue
                if isinstance(event, Pressed) and not event.key:
                    return
                if _has_changed(lesson, event):
                    break
    finally:
        stopped.set()


def _has_changed(lesson: Lesson, event: Event) -> bool:
    """Pass the event to the lesson; return whether the screen may have changed."""
    if isinstance(event, Saved):
        return lesson.saved()
    if isinstance(event, Pressed):
        lesson.press(event.key, event.seen)
    else:
        lesson.take(event)
    return True


class _Keys:
    """Reads keys and records which question was on the screen when each was pressed."""

    def __init__(
        self,
        read_key: Callable[[], str],
        events: queue.SimpleQueue[Event],
        stopped: threading.Event,
        waits: bool,
    ) -> None:
        self._read_key = read_key
        self._events = events
        self._stopped = stopped
        self._waits = waits
        self._question = 0
        self._idle = threading.Event()

    def answered(self, question: int, idle: bool) -> None:
        """The screen now shows `question` (0 if none); `idle` means that no check is running."""
        self._question = question
        if idle:
            self._idle.set()

    def read(self) -> None:
        """Read keys until the input ends."""
        while not self._stopped.is_set():
            if not self._waits:
                self._idle.wait()
                self._idle.clear()
            try:
                key = self._read_key()
            except (OSError, ValueError):  # the terminal is gone
                key = ""
            self._events.put(Pressed(key, self._question))
            if not key:
                return


def watch(folder: Path, tell: Callable[[Saved], None], stopped: threading.Event) -> None:
    """Call `tell` when a file may have been saved, and at least once a second in any case."""
    import watchfiles

    try:
        for _ in watchfiles.watch(
            folder,
            debounce=_DEBOUNCE,
            step=_STEP,
            stop_event=stopped,
            raise_interrupt=False,
            rust_timeout=int(_LOOK * 1000),
            yield_on_timeout=True,
        ):
            tell(Saved())
    except (OSError, RuntimeError):  # such as too many watched files
        while not stopped.wait(_LOOK):
            tell(Saved())


# --- single keys; read from lines of input if there is no terminal --------------------------------

if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def single_keys() -> Iterator[Callable[[], str]]:
        """Yield a function that waits for a key and returns it, or "" at the end of input."""
        by_line = lambda: os.read(sys.stdin.fileno(), 1).decode("latin-1")  # noqa: E731
        yield _pressed if sys.stdin.isatty() else by_line

    def _pressed() -> str:
        key = msvcrt.getwch()
        if key in "\x00\xe0":  # an arrow or function key; the next code is not a letter
            return {"H": "up", "P": "down"}.get(msvcrt.getwch(), "other")
        return "" if key == "\x03" else key  # Ctrl-C

else:
    import termios
    import tty

    _ESCAPE = b"\x1b"
    _GAP = 0.02  # s
    _LONGEST = 8
    _ARROWS = {b"[A": "up", b"[B": "down", b"OA": "up", b"OB": "down"}

    @contextmanager
    def single_keys() -> Iterator[Callable[[], str]]:
        """Yield a function that waits for a key and returns it, or "" at the end of input."""

        terminal = sys.stdin.fileno()

        def read() -> str:
            # not sys.stdin.read: a thread still waiting in it would hold its lock at exit
            key = os.read(terminal, 1)
            if key != _ESCAPE:
                return key.decode("latin-1")
            more = b""
            # An arrow or function key sends an escape sequence: ESC, then more bytes.
            while len(more) < _LONGEST and select.select([terminal], [], [], _GAP)[0]:
                if not (piece := os.read(terminal, 1)) or more.strip(b"[O0123456789;"):
                    break
                more += piece
                if more.strip(b"[O0123456789;"):
                    break
            return _ARROWS.get(more, "other")

        if not sys.stdin.isatty():
            yield read
            return
        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
        try:
            yield read
        finally:
            # TCSADRAIN keeps unread keys for the next program
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
