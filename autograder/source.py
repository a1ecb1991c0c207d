"""What one student handed in, as it is read and run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One file of student code: bytes, never a path to open again."""

    module: str
    """The name under which other files import it: `part1_softmax`."""
    filename: str
    """Its place in the submission, for messages: `week1/part1_softmax.ipynb`."""
    cells: tuple[bytes, ...]
    """The whole text of a script; each code cell of a notebook."""
    notebook: bool = False
    others: tuple[tuple[str, bytes], ...] = ()
    """Cells with a function in them that do not run: which one, and its text."""
    unread: str = ""
    """Why a file with the name of a part could not be read; it then has no cells."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in."""

    id: str
    sources: tuple[Source, ...]
    digest: str
    """Of all that can change the score: the same bytes give the same digest."""
    notes: tuple[str, ...] = ()
    """What was left out when reading it, and why; safe to show."""
    problems: tuple[str, ...] = ()
    """Those of the notes that say what could not be read."""
    part_notes: tuple[tuple[str, str], ...] = ()
    """The notes on code called like a part of the course, each with the part."""
