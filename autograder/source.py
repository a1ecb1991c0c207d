"""One student's submission, as it is read and run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One file of student code, held as bytes, so that it is never opened a second time."""

    module: str
    """The name under which other files import it: `part1_softmax`."""
    filename: str
    """Its path in the submission, for messages: `week1/part1_softmax.ipynb`."""
    cells: tuple[bytes, ...]
    """A script as a single cell, or each code cell of a notebook."""
    notebook: bool = False
    others: tuple[tuple[str, bytes], ...] = ()
    """Cells that contain a function but do not run, as (what and where it is, its text)."""
    unread: str = ""
    """Why a file with the name of a part could not be read; it then has no cells."""


@dataclass(frozen=True)
class Submission:
    """The files of one submission, with notes from reading them."""

    id: str
    sources: tuple[Source, ...]
    digest: str
    """A hash of everything that can change the score: equal sources have equal digests."""
    notes: tuple[str, ...] = ()
    """What was left out when the submission was read, and why; safe to show."""
    problems: tuple[str, ...] = ()
    """The subset of `notes` about files that could not be read."""
    part_notes: tuple[tuple[str, str], ...] = ()
    """The notes about code files named like a part of the course, as (part, note)."""
