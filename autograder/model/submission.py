"""What students hand in, and what their functions do: untrusted values in plain types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from autograder.model.values import Array, Data, Value

_REFUSED = re.compile(
    "positional argument|keyword-only argument|unexpected keyword argument|multiple values for"
    "|positional-only arguments"
)


@dataclass(frozen=True)
class Student:
    """One person as the learning platform or the roster lists them. Untrusted text: escape it."""

    name: str = ""
    """In the order and script of the source: `Ada Wong`, `Wong, Ada`, `wongada`."""
    ids: tuple[str, ...] = ()
    """Numbers, logins and addresses that are unique to this person; the first is the main one."""
    section: str = ""


@dataclass(frozen=True)
class Attempt:
    """One submission of a student, or of several students who worked together."""

    id: str
    """The submission's id: unique within one run and safe as a file name."""
    files: tuple[tuple[str, Path], ...]
    """Its files and folders, each with the name the student gave it; folders have no name."""
    students: tuple[Student, ...] = ()
    time: datetime | None = None
    """The time of submission, if the platform gives it; local time of the school if naive."""
    number: int = 0
    """The order among one student's attempts, used where there is no time."""
    late: bool = False
    """Whether the platform marks it as late."""
    commit: str = ""
    """The hash of the commit that the files come from, if they come from a git repository."""


@dataclass(frozen=True)
class Mark:
    """The score of one student, with a comment."""

    student: Student
    score: float
    max_score: float
    comment: str = ""
    """Shown to the student; may contain text that a student wrote."""


class Source(NamedTuple):
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


class Submission(NamedTuple):
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


# --- outcomes ---------------------------------------------------------------------------------


class Status(Enum):
    """How a call of a student's function on one case ended."""

    RETURNED = "returned"
    RETURNED_OTHER = "returned something that is no numeric array"
    RAISED = "raised"
    NOT_WRITTEN = "raised NotImplementedError"
    MISSING = "is not in the submission"
    OUT_OF_TIME = "ran out of time"
    OUT_OF_MEMORY = "ran out of memory"
    OUT_OF_OUTPUT = "returned or printed too much"
    CRASHED = "ended the process"


class Frame(NamedTuple):
    """One frame of a student's traceback. All text comes from the student: escape it."""

    filename: str
    cell: int | None
    line: int
    function: str
    source: str


class StudentError(NamedTuple):
    """An exception that student code raised. Its text is the student's: capped, not yet escaped."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    builtin: bool = False
    """Whether `type` is an exception class of Python or numpy itself, so that its name cannot
    reveal an input."""

    @property
    def refuses_call(self) -> bool:
        """Whether the definition did not accept the arguments that the grader passed.

        Then no line of the student's code is in the traceback. Python words it in several ways.
        """
        is_own = self.frames or not self.builtin or self.type != "TypeError"
        return not is_own and _REFUSED.search(self.message) is not None


class LoadFailure(NamedTuple):
    """A file, or a notebook cell, that raised an exception when it was run."""

    filename: str
    cell: int | None
    error: StudentError


@dataclass(frozen=True, eq=False)
class Outcome:
    """The result of one call of a student's function: untrusted values in plain types."""

    status: Status
    value: Array | None = None
    """The returned array, of bool, integer, float or complex dtype and any shape."""
    arguments: tuple[Value, ...] | None = None
    """The arguments after the call, if the case asks for them."""
    error: StudentError | None = None
    returned: str = ""
    """A description of a returned value that is not a numeric array: the student's text."""
    printed: str = ""
    """What the call printed: the student's text, capped."""
    data: Data | None = None
    """The returned value, if plain data was asked for."""
