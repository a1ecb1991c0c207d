"""Opens an SQLite file, creating it if missing, and defines the gradebook's tables; locks a folder.

SQLite errors are raised as AutograderError.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError, UsageError

_TRIES = 100
_APPLICATION = 0x41475242
"""SQLite's application id: `AGRB` in the header of files written by this program."""
_HEADER = b"SQLite format 3\0"
_ADVICE = {
    5: "is locked by another program; close it there, then run the same command again",
    8: "may only be read; make it writable, or choose another folder",
    10: "cannot be read or written; look at the disk, then run the same command again",
    13: "has no room on its disk; make some, then run the same command again",
    14: "cannot be opened; look at the folder's permissions, or choose another folder",
}
"""Advice by SQLite's primary result code: BUSY, READONLY, IOERR, FULL, CANTOPEN."""


class Database:
    """A connection to the file at `path` with TABLES; a file of an earlier format is upgraded.

    Committed transactions survive if the process ends at any moment. Raises AutograderError if the
    file cannot be read or written, and UsageError if it is damaged, belongs to another program, or
    has an unknown format; in these cases the file is left unchanged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._require_database()
        with self._failures():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30.0)
            self._connection.row_factory = sqlite3.Row
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _require_database(self) -> None:
        try:
            with self._path.open("rb") as file:
                head = file.read(len(_HEADER))
        except FileNotFoundError:
            return
        except IsADirectoryError:
            raise UsageError(
                f"{self._path}: is a folder, not a gradebook; move it, or choose another folder"
            ) from None
        except OSError as error:
            raise AutograderError(
                f"{self._path}: cannot be read ({error.strerror}); check its permissions"
            ) from None
        if head and head != _HEADER:
            raise UsageError(f"{self._path}: is not a gradebook; move it, or choose another folder")

    def _require_ours(self) -> None:
        """Raise UsageError if the file cannot be used; nothing has been written to it yet."""
        foreign = UsageError(
            f"{self._path}: is a database of another program; move it, or choose another folder"
        )
        try:
            # read the tables first: another process may be creating them and the ids at once
            tables = {row["name"] for row in self.rows("SELECT name FROM sqlite_master")}
            id, found = self._number("application_id"), self._format()
            damage = next((row[0] for row in self.rows("PRAGMA quick_check(1)")), "ok")
        except AutograderError as error:
            if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF not in (0, 11, 26):
                raise
            damage = str(error.__cause__)
        else:
            ours = set(re.findall(r"CREATE TABLE (\w+)", TABLES))
            if id not in (0, _APPLICATION) or (tables and ours.isdisjoint(tables)):
                raise foreign
            if found not in (0, VERSION, *UPGRADES):
                raise UsageError(
                    f"{self._path}: written in format {found}, this version reads format {VERSION};"
                    " choose another folder or install the version that wrote it"
                )
            if tables and not found:
                raise foreign
        if damage != "ok":
            raise UsageError(
                f"{self._path}: is damaged ({' '.join(damage.split())}); restore a copy of it. "
                "Without one, move it away and grade again: points given by hand are then lost"
            )

    def _prepare(self) -> None:
        self._require_ours()
        self._write_ahead()
        # survives a killed process; only a power cut can lose the last transactions
        self.run("PRAGMA synchronous = NORMAL")
        while (found := self._format()) != VERSION:
            with self.transaction():
                if self._format() == found:  # another process may just have done it
                    for statement in (UPGRADES[found] if found else TABLES).split(";\n"):
                        self.run(statement)
                    self.run(f"PRAGMA user_version = {found + 1 if found else VERSION}")
        if self._number("application_id") != _APPLICATION:
            self.run(f"PRAGMA application_id = {_APPLICATION}")

    def _write_ahead(self) -> None:
        # the only statement that does not wait while another process runs it too
        for tries_left in reversed(range(_TRIES)):
            try:
                self.run("PRAGMA journal_mode = WAL")
                return
            except AutograderError as error:
                if "locked" not in str(error.__cause__) or not tries_left:
                    raise
                time.sleep(0.05)

    def _format(self) -> int:
        return self._number("user_version")

    def _number(self, pragma: str) -> int:
        row = self.row(f"PRAGMA {pragma}")
        return 0 if row is None else int(row[0])

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str, values: tuple[Any, ...] = ()) -> int:
        """Execute one statement; return the id of the row that it inserted, or 0."""
        with self._failures():
            return self._connection.execute(statement, values).lastrowid or 0

    def insert(self, table: str, *, replace: bool = False, **values: Any) -> int:
        """Insert a row with `values` by column; return the row's id."""
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        columns, places = ", ".join(values), ", ".join("?" * len(values))
        statement = f"{verb} INTO {table} ({columns}) VALUES ({places})"
        return self.run(statement, tuple(values.values()))

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[sqlite3.Row]:
        """Run a query and yield its rows one at a time."""
        with self._failures():
            yield from self._connection.execute(query, values)

    def row(self, query: str, values: tuple[Any, ...] = ()) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        with self._failures():
            found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything in the block, or nothing."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            # some failures, such as a full disk, have already rolled it back
            if self._connection.in_transaction:
                self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # from Python 3.11 on
            advice = _ADVICE.get(code, "look at the file, then run the same command again")
            raise AutograderError(
                f"{self._path}: {error}: it {advice}; what is recorded in it stays"
            ) from error


# --- the tables of gradebook.sqlite, and upgrades from older formats --------------------------


VERSION = 4

TABLES = """
CREATE TABLE course (
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  key_digest TEXT NOT NULL,
  assignment_digest TEXT NOT NULL
);
CREATE TABLE isolations (
  number INTEGER PRIMARY KEY,
  level TEXT NOT NULL,
  layers TEXT NOT NULL,
  UNIQUE (level, layers)
);
CREATE TABLE gradings (
  number INTEGER PRIMARY KEY,
  submission TEXT NOT NULL,
  submission_digest TEXT NOT NULL,
  key_digest TEXT NOT NULL,
  assignment_digest TEXT NOT NULL,
  isolation INTEGER REFERENCES isolations,
  status TEXT NOT NULL,
  score REAL,
  max_score REAL NOT NULL,
  graded_at TEXT NOT NULL,
  report TEXT NOT NULL
);
CREATE INDEX gradings_by_content
  ON gradings (submission, submission_digest, assignment_digest);
CREATE TABLE latest (
  submission TEXT PRIMARY KEY,
  grading INTEGER NOT NULL REFERENCES gradings
) WITHOUT ROWID;
CREATE TABLE assignments (
  digest TEXT PRIMARY KEY,
  ingredients TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE rules (
  rules TEXT NOT NULL
);
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  handed_in_at TEXT,
  number INTEGER NOT NULL,
  late INTEGER NOT NULL,
  students TEXT NOT NULL,
  files TEXT NOT NULL DEFAULT '[]',
  commit_hash TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE missing (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL
);
CREATE TABLE adjustments (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  points REAL NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL,
  exercise TEXT NOT NULL DEFAULT ''
);
CREATE TABLE full_groups (
  exercise TEXT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (exercise, name)
) WITHOUT ROWID;
CREATE TABLE marks (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  submission TEXT,
  grading INTEGER REFERENCES gradings,
  score REAL,
  lost REAL NOT NULL,
  adjustment REAL NOT NULL,
  final REAL,
  noted_at TEXT NOT NULL,
  max_score REAL,
  due TEXT,
  free_days INTEGER NOT NULL DEFAULT 0,
  partners INTEGER NOT NULL DEFAULT 0
);
"""

UPGRADES = {
    2: """
DROP TABLE rules;
CREATE TABLE rules (rules TEXT NOT NULL);
ALTER TABLE attempts ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
ALTER TABLE adjustments ADD COLUMN exercise TEXT NOT NULL DEFAULT '';
CREATE TABLE full_groups (
  exercise TEXT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (exercise, name)
) WITHOUT ROWID;
ALTER TABLE marks ADD COLUMN max_score REAL;
ALTER TABLE marks ADD COLUMN due TEXT;
ALTER TABLE marks ADD COLUMN free_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE marks ADD COLUMN partners INTEGER NOT NULL DEFAULT 0;
UPDATE gradings SET report = json_set(report, '$.exercises', json((
  SELECT json_group_array(json_set(exercise.value, '$.groups', json((
    SELECT json_group_array(json(json_remove(test_group.value, '$.grid')))
    FROM json_each(exercise.value, '$.groups') AS test_group
  ))))
  FROM json_each(gradings.report, '$.exercises') AS exercise
)));
""",
    3: "ALTER TABLE attempts ADD COLUMN commit_hash TEXT NOT NULL DEFAULT ''",
}
"""SQL that upgrades each earlier version to the next one.

Adjustments, marks and students are kept. The upgrade from version 2 drops the pictures from the
reports, since their format changed; the next `autograder grade` creates them again, as for any new
version of the grader.
"""


# --- the lock of a graded folder ----------------------------------------------------------------


LOCK = "gradebook.lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Lock the folder until the block ends; the lock is released if the process dies.

    The lock file exists only while the folder is locked (on Windows it may be left behind). Raises
    UsageError if another process holds the lock, or if the folder cannot be written.
    """
    require_writable(folder)
    path = folder / LOCK
    # SQLite uses the operating system's file locks, which are released when a process dies
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.0)) as lock:
        try:
            opened = _identity(path)
            lock.execute("PRAGMA journal_mode = OFF")  # nothing is ever written
            lock.execute("BEGIN EXCLUSIVE")
        except (OSError, sqlite3.OperationalError):
            raise _busy(folder) from None
        # the previous holder may have deleted the file after it was opened here
        if _identity(path) != opened:
            raise _busy(folder)
        try:
            yield
        finally:
            with suppress(OSError):  # Windows cannot delete an open file; leaving it is harmless
                path.unlink()


def require_writable(folder: Path) -> None:
    """Raise UsageError if files in this folder cannot be written."""
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"{folder}: cannot be written; choose a folder that you may write")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _busy(folder: Path) -> UsageError:
    return UsageError(f"{folder}: another autograder is writing into it; wait until it is done")
