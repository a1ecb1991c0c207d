"""What is wrong with the answers, and the marks: results, reports and the grids in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from autograder.model.course import Case, TestGroup
from autograder.model.submission import Outcome


class Verdict(Enum):
    ACCEPTED = "ACCEPTED"
    WRONG_ANSWER = "WRONG_ANSWER"
    RUNTIME_ERROR = "RUNTIME_ERROR"
    TIME_LIMIT_EXCEEDED = "TIME_LIMIT_EXCEEDED"
    MEMORY_LIMIT_EXCEEDED = "MEMORY_LIMIT_EXCEEDED"
    OUTPUT_LIMIT_EXCEEDED = "OUTPUT_LIMIT_EXCEEDED"
    NOT_ATTEMPTED = "NOT_ATTEMPTED"
    JUDGE_ERROR = "JUDGE_ERROR"


class Flaw(Enum):
    """The stage of the comparison that an answer failed, in the order of the stages."""

    STATUS = "status"
    STRUCTURE = "structure"
    DTYPE = "dtype"
    SHAPE = "shape"
    NON_FINITE = "non-finite"
    VALUES = "values"
    ARGUMENTS = "arguments"


@dataclass(frozen=True, eq=False)
class Mismatch:
    """Why an outcome is not accepted. Holds expected values: trusted side only."""

    case: Case
    outcome: Outcome
    verdict: Verdict
    flaw: Flaw
    wrong: npt.NDArray[np.bool_] | None = None
    """A mask of the wrong cells; None unless the shapes agree."""
    place: tuple[str, ...] = ()
    """The path into plain data, outermost first. For numbers, `case` and `outcome` are reduced to
    that part."""
    said: tuple[str, str] | None = None
    """The message for a public case, and the one for a hidden case."""
    share: float = 0.0
    """The share of the points that a judge still grants."""


@dataclass(frozen=True, eq=False)
class GroupResult:
    """The outcomes of a student's function on the cases of one group. Trusted side only."""

    group: TestGroup
    cases: tuple[Case, ...]
    outcomes: tuple[Outcome, ...]
    """One for each case, in order."""
    mismatches: tuple[Mismatch | None, ...]
    """One for each outcome; None if the answer is right."""


class Cell(NamedTuple):
    """The two numbers of one cell as text, with enough digits to tell them apart."""

    got: str
    expected: str
    wrong: bool


class Line(NamedTuple):
    """One row of the answer: its number, what that index means in words (if known), its cells."""

    row: int
    meaning: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """The part of a wrong answer that is shown. A vector is one column, a number one cell."""

    dimensions: int
    """The number of dimensions of the answer: 0, 1 or 2."""
    columns: tuple[tuple[int, str], ...]
    """The index and the meaning of each column shown."""
    lines: tuple[Line, ...]
    rows_left_out: int
    """How many rows with a wrong cell are not shown. Rows without a wrong cell are not counted."""
    columns_left_out: int
    pattern: str
    """One sentence on what the wrong cells have in common, or empty."""


@dataclass(frozen=True)
class GroupReport:
    name: str
    public: bool
    score: float
    max_score: float
    verdict: Verdict
    message: str = ""
    """Safe to show to the student: no hidden input or expected value, nothing unescaped."""
    grid: Grid | None = None
    """The first wrong answer next to the right one, cell by cell; for public groups only,
    unless the reader has the references anyway."""
    extra: bool = False
    """Extra credit: `max_score` does not count toward the exercise's maximum."""


@dataclass(frozen=True)
class ExerciseReport:
    name: str
    part: str
    groups: tuple[GroupReport, ...]
    misconception: str | None = None
    hint: str | None = None
    more_hints: tuple[str, ...] = ()
    """Further hints; each one gives away more than the one before."""
    unreadable: bool = False
    """Whether its file could not be read or compiled, so that it may be written or not."""

    @property
    def score(self) -> float:
        return round(sum(group.score for group in self.groups), 6)

    @property
    def max_score(self) -> float:
        return round(sum(group.max_score for group in self.groups if not group.extra), 6)

    @property
    def first_wrong(self) -> GroupReport | None:
        """The first group that is not accepted."""
        return next((group for group in self.groups if group.verdict is not Verdict.ACCEPTED), None)

    @property
    def verdict(self) -> Verdict:
        wrong = self.first_wrong
        return wrong.verdict if wrong else Verdict.ACCEPTED


@dataclass(frozen=True)
class Report:
    """The marks of one submission."""

    id: str
    exercises: tuple[ExerciseReport, ...]
    seconds: float
    judge_error: str | None = None
    """Why the engine could not grade the submission. The marks are then meaningless."""
    notes: tuple[str, ...] = ()
    """Remarks for the reader: files left out, failed cells. Safe to show."""
    problems: tuple[str, ...] = ()
    """The subset of `notes` about files that could not be read or stopped early."""

    @property
    def score(self) -> float:
        return round(sum(exercise.score for exercise in self.exercises), 6)

    @property
    def max_score(self) -> float:
        return round(sum(exercise.max_score for exercise in self.exercises), 6)


@dataclass(frozen=True)
class Isolation:
    """The protections that isolate a student's code from the machine."""

    level: str
    """`full`, `partial` or `process`; `none` if no code was run."""
    layers: Mapping[str, str]
    """The state of each layer: `on (...)` or `off (reason)`."""
