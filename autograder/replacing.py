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

    Until then, and for ever when the block raises, `path` is as it was. The text is collected in
    `<path>.partial` beside it, so the replacement is one rename on the same disk.
    Raises AutograderError when the disk refuses.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            # without this a power cut after the rename can leave an empty file under the real name
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise AutograderError(
            f"{path}: cannot be written ({error.strerror or error}); "
            "free the place or choose another folder, then run the command again"
        ) from error
    finally:
        with suppress(OSError):  # a disk that only reads says so for a file that is not there too
            partial.unlink()
