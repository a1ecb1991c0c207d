"""Runs a study session: waits for keys and saved files, and shows what has come of them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
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
