"""Keeps two commands from writing into one graded folder at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from autograder.errors import UsageError

FILE = "gradebook.lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder until the block ends; a process that dies holds it no longer.

    The lock is a file that is there only while the folder is held.
    Raises UsageError where another process holds it, or where it cannot be written.
    """
    path = folder / FILE
    # SQLite locks files in the way of each system, and the system unlocks those of the dead
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.0)) as lock:
        try:
            opened = _identity(path)
            lock.execute("PRAGMA journal_mode = OFF")  # there is nothing to write
            lock.execute("BEGIN EXCLUSIVE")
        except (OSError, sqlite3.OperationalError) as error:
            if getattr(error, "sqlite_errorname", "SQLITE_BUSY") != "SQLITE_BUSY":
                raise UsageError(
                    f"{folder}: cannot be written ({error}); choose a folder that you may write"
                ) from None
            raise _busy(folder) from None
        # whoever held it before may have removed the file that was opened here
        if _identity(path) != opened:
            raise _busy(folder)
        try:
            yield
        finally:
            with suppress(OSError):  # Windows removes no open file; it is then left, and harmless
                path.unlink()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _busy(folder: Path) -> UsageError:
    return UsageError(f"{folder}: another autograder is writing into it; wait until it is done")
