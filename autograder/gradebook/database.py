"""One SQLite file, made when it is not there, whose failures are AutograderErrors."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.errors import AutograderError, UsageError

_TRIES = 100


class Database:
    """A connection to the file at `path` with the tables of `schema`, in format `version`.

    `upgrades` holds the SQL that makes a file of an earlier format one of the next.

    What a transaction wrote survives the end of the process at any moment. Raises AutograderError
    when the file cannot be read or written, UsageError when it is of another format.
    """

    def __init__(
        self,
        path: Path,
        schema: str,
        version: int,
        upgrades: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self._path = path
        with self._failures():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30.0)
            self._connection.row_factory = sqlite3.Row
        try:
            self._prepare(schema, version, upgrades)
        except BaseException:
            self.close()
            raise

    def _prepare(self, schema: str, version: int, upgrades: Mapping[int, str]) -> None:
        self._write_ahead()
        # safe from a killed process; only a power cut can cost the last transactions
        self.run("PRAGMA synchronous = NORMAL")
        found = self._format()
        while found != version and (found == 0 or found in upgrades):
            with self.transaction():
                if self._format() == found:  # another process may have done it just now
                    for statement in (upgrades[found] if found else schema).split(";\n"):
                        self.run(statement)
                    self.run(f"PRAGMA user_version = {found + 1 if found else version}")
            found = self._format()
        if found != version:
            raise UsageError(
                f"{self._path}: written in format {found}, this version reads format {version}; "
                "choose another folder or install the version that wrote it"
            )

    def _write_ahead(self) -> None:
        # of all statements only this one does not wait for another process that is at it too
        for tries_left in reversed(range(_TRIES)):
            try:
                self.run("PRAGMA journal_mode = WAL")
                return
            except AutograderError as error:
                if "locked" not in str(error.__cause__) or not tries_left:
                    raise
                time.sleep(0.05)

    def _format(self) -> int:
        row = self.row("PRAGMA user_version")
        return 0 if row is None else int(row["user_version"])

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str, values: tuple[Any, ...] = ()) -> int:
        """Carry out one statement; the number of the row that it inserted, if it did."""
        with self._failures():
            return self._connection.execute(statement, values).lastrowid or 0

    def insert(self, table: str, *, replace: bool = False, **values: Any) -> int:
        """Insert a row with `values` by column; the row's number."""
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        columns, places = ", ".join(values), ", ".join("?" * len(values))
        statement = f"{verb} INTO {table} ({columns}) VALUES ({places})"
        return self.run(statement, tuple(values.values()))

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[sqlite3.Row]:
        """The rows of a query, read one at a time, each with its values by column."""
        with self._failures():
            yield from self._connection.execute(query, values)

    def row(self, query: str, values: tuple[Any, ...] = ()) -> sqlite3.Row | None:
        """The first row of a query, if there is one."""
        with self._failures():
            found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything in the block is written, or nothing of it."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            # some failures, a full disk among them, have already rolled it back
            if self._connection.in_transaction:
                self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise AutograderError(
                f"{self._path}: {error}; mend or move the file, then run the same command again: "
                "what is recorded in it stays"
            ) from error
