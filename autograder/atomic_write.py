"""Writes files atomically: completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TextIO

from autograder.errors import WriteError

ROOM = "free some space or choose another folder, then run the command again"
"""What to do when results cannot be written."""


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a UTF-8 text file that replaces `path` when the block ends without an exception.

    If the block raises, `path` is left unchanged. To write bytes, use the file's `buffer`. Raises
    WriteError if the file cannot be written.
    """
    try:
        with _beside(path) as partial:
            with partial.open("x", encoding="utf-8", newline="") as file:
                yield file
                file.flush()
                # Without this, a power cut after the rename can leave an empty file.
                os.fsync(file.fileno())
            partial.replace(path)
    except OSError as error:
        raise WriteError(path, error, ROOM) from error


def write_whole(path: Path, content: bytes, *, survives_power_cut: bool = True) -> None:
    """Replace the file at `path` with `content`; creates the folder if needed.

    Without `survives_power_cut` it does not wait for the disk (no fsync), which is faster for
    hundreds of files that can be generated again. Raises OSError if the file cannot be written; the
    old file is then unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as partial:
        with partial.open("xb") as file:
            file.write(content)
            if survives_power_cut:
                file.flush()
                os.fsync(file.fileno())
        partial.replace(path)


def keep_copy(path: Path, content: bytes, before: str) -> Path:
    """Write `content` to a new hidden file next to `path`: `.part1_softmax.before-reset-2.py`.

    It is hidden so that nothing takes it for a submission. Raises OSError.
    """
    for number in count(1):
        copy = path.with_name(f".{path.stem}.before-{before}-{number}{path.suffix}")
        try:
            with copy.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            continue
        return copy
    raise AssertionError("count() has no end")


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder, so that one rename replaces `path`.

    It does not exist yet, so that a link planted there is not followed; a file left there is
    deleted at the end.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    try:
        yield partial
    finally:
        with suppress(OSError):  # after the rename it is gone; a read-only disk raises as well
            partial.unlink()
