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
    """Lock the folder until the block ends; the lock is released if the process dies.

    The lock file exists only while the folder is locked (on Windows it may be left behind). Raises
    UsageError if another process holds the lock, or if the lock file cannot be written.
    """
    path = folder / FILE
    # SQLite uses the operating system's file locks, which are released when a process dies
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.0)) as lock:
        try:
            opened = _identity(path)
            lock.execute("PRAGMA journal_mode = OFF")  # nothing is ever written
            lock.execute("BEGIN EXCLUSIVE")
        except (OSError, sqlite3.OperationalError) as error:
            if getattr(error, "sqlite_errorname", "SQLITE_BUSY") != "SQLITE_BUSY":
                raise UsageError(
                    f"{folder}: cannot be written ({error}); choose a folder that you may write"
                ) from None
            raise _busy(folder) from None
        # the previous holder may have deleted the file after it was opened here
        if _identity(path) != opened:
            raise _busy(folder)
        try:
            yield
        finally:
            with suppress(OSError):  # Windows cannot delete an open file; leaving it is harmless
                path.unlink()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _busy(folder: Path) -> UsageError:
    return UsageError(f"{folder}: another autograder is writing into it; wait until it is done")
