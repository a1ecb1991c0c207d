"""Keeps two commands from writing into one graded folder at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from autograder.errors import UsageError

FILE = "gradebook.lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder until the block ends; a process that dies holds it no longer.

    Raises UsageError where another process holds it, or where it cannot be written.
    """
    # SQLite locks files in the way of each system, and the system unlocks those of the dead
    with closing(sqlite3.connect(folder / FILE, isolation_level=None, timeout=0.0)) as lock:
        try:
            lock.execute("PRAGMA journal_mode = OFF")  # there is nothing to write
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "SQLITE_BUSY") != "SQLITE_BUSY":
                raise UsageError(
                    f"{folder}: cannot be written ({error}); choose a folder that you may write"
                ) from None
            raise UsageError(
                f"{folder}: another autograder is writing into it; wait until it is done"
            ) from None
        yield
