"""Fills the marks of a gradebook into the lists that platforms give out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from autograder.errors import UsageError
from autograder.gradebook.final_mark import FinalMark, in_words
from autograder.model import Mark
from autograder.replacing import replacing
from autograder.reporting.canvas import fill_canvas
from autograder.reporting.filling import Filled
from autograder.reporting.moodle import fill_moodle
from autograder.text import printable

SIZE_LIMIT = 64 * 1024 * 1024


class _Fill(Protocol):
    def __call__(self, content: bytes, marks: list[Mark], column: str, name: str, /) -> Filled: ...


PLATFORMS: Mapping[str, _Fill] = {"canvas": fill_canvas, "moodle": fill_moodle}
"""What fills the list of each; the new list is called like its key, with `.csv`."""


def fill_list(
    platform: str, given: Path, marks: Sequence[FinalMark], folder: Path, column: str = ""
) -> tuple[Path, Filled]:
    """`given`, a list, with the final marks in it, as a new file in `folder`.

    `platform` is a key of PLATFORMS; `column` names the one to fill, where that is not clear.
    Students without a final mark get none. Raises UsageError for a file that is no such list.
    """
    name = printable(str(given))
    target = folder / f"{platform}.csv"
    if target.exists() and target.samefile(given):
        raise UsageError(
            f"{name}: is where the marks would be written; download the list again, elsewhere"
        )
    try:
        with given.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror}); name a CSV file") from None
    if len(content) > SIZE_LIMIT:
        raise UsageError(f"{name}: has more than 64 MiB; export one assignment only")
    filled = PLATFORMS[platform](content, [*map(_mark, filter(_is_final, marks))], column, name)
    with replacing(target) as file_of_text:
        file_of_text.buffer.write(filled.content)
    return target, filled


def _is_final(mark: FinalMark) -> bool:
    return mark.final is not None


def _mark(mark: FinalMark) -> Mark:
    return Mark(mark.student, mark.final or 0.0, mark.max_score, "; ".join(in_words(mark)))
