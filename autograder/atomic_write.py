"""Writes a file as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from autograder.errors import AutograderError


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A UTF-8 text file that takes the place of `path` when the block ends well.

    Until then, and for ever when the block raises, `path` is as it was. Write bytes to its
    `buffer`. Raises AutograderError when the disk refuses.
    """
    try:
        with _beside(path) as partial:
            with partial.open("w", encoding="utf-8", newline="") as file:
                yield file
                file.flush()
                # without this a power cut after the rename can leave an empty file in its place
                os.fsync(file.fileno())
            partial.replace(path)
    except OSError as error:
        raise AutograderError(
            f"{path}: cannot be written ({error.strerror or error}); "
            "free the place or choose another folder, then run the command again"
        ) from error


def write_whole(path: Path, content: bytes, *, survives_power_cut: bool = True) -> None:
    """Put `content` in the place of `path`, whose folder is made where there is none.

    Without `survives_power_cut` it does not wait for the disk: for hundreds of files that can be
    made again. Raises OSError where the disk refuses; what was there is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as partial:
        with partial.open("wb") as file:
            file.write(content)
            if survives_power_cut:
                file.flush()
                os.fsync(file.fileno())
        partial.replace(path)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A place on the same disk, so that the replacement is one rename; empty again afterwards."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
    finally:
        with suppress(OSError):  # a disk that only reads says so for a file that is not there too
            partial.unlink()
