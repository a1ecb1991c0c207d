"""The values that flow through the engine, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from autograder.grid import Cell as Cell
from autograder.grid import Grid as Grid
from autograder.grid import Line as Line
from autograder.source import Source as Source
from autograder.source import Submission as Submission
from autograder.values import Array as Array
from autograder.values import Data as Data
from autograder.values import Step as Step
from autograder.values import Value as Value

NOT_WRITTEN = MappingProxyType({"json": False})
"""Metadata of a field that is no part of what `codec` writes: grading does not need it."""


# --- the course -------------------------------------------------------------------------------

HiddenGroups = Literal["hidden", "after_due_date", "after_published", "visible"]
FeedbackFormat = Literal["md", "html"]
CountedAttempt = Literal["latest", "best"]


@dataclass(frozen=True)
class Tolerance:
    """An answer is right where |got - expected| <= atol + rtol * |expected|."""

    rtol: float = 1e-5
    atol: float = 1e-8


@dataclass(frozen=True)
class Output:
    """One of several values that a function returns."""

    name: str
    tolerance: Tolerance | None = None
    """Where it has one of its own."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    case_seconds: float = 4.0
    """CPU time of one call; wall time may be three times as long."""
    submission_seconds: float = 60.0
    """Wall time of all calls of one submission together."""
    memory_mb: int = 512
    """Memory beyond what the warm interpreter already has."""
    output_kb: int = 16
    """Printed text that is kept; what comes after it is dropped."""


@dataclass(frozen=True)
class Gradescope:
    """How Gradescope shows results to students."""

    hidden_groups: HiddenGroups = "after_published"
    """When the hidden groups are shown."""
    feedback: FeedbackFormat = "md"
    """What messages are written in."""


@dataclass(frozen=True)
class Deadline:
    """When hand-ins are due, and what it costs to be late."""

    due: datetime
    """With its time zone."""
    percent_per_day: float = 0.0
    """Of the submission's own score, for every day begun after `due`."""
    grace_hours: float = 0.0
    """Grace period; submissions within it are not late."""
    cap_percent: float = 100.0
    """What lateness costs at most."""
    zone: str = ""
    """IANA name of the zone of `due`, and of times that come without one; empty where unknown."""
    free_days: int = 0
    """Days late that cost nothing, in all assignments together; spent where they save points."""


@dataclass(frozen=True)
class Extension:
    """A later deadline for one student."""

    student: str
    """An id, a login, an address, or a name."""
    due: datetime | None = None
    """The new deadline, with its time zone; None where `hours` says how much later it is."""
    hours: float = 0.0
    reason: str = ""
    """In the instructor's words; shown to the student."""


@dataclass(frozen=True)
class Draw:
    """How the inputs of a group are drawn: a function of solutions/inputs.py with its settings."""

    recipe: str
    sizes: tuple[Mapping[str, int], ...] = (MappingProxyType({}),)
    count: int = 1
    scale: float = 1.0


@dataclass(frozen=True)
class TestGroup:
    """A named set of cases worth some points; passed when all its cases are."""

    __test__ = False  # pytest would take the name for a test class

    name: str
    points: float
    public: bool
    draw: Draw = Draw("")
    """Of a hidden group that a student may not know: nothing."""
    tolerance: Tolerance = Tolerance()
    tolerance_declared: bool = True
    """Whether course.yaml gives it, for the group, its exercise or the course. See compare.py."""
    keeps_arguments: bool = False
    """The group asks that the function leaves its arguments as they were."""
    read_only: bool = False
    """The arguments are handed over as read-only arrays."""
    id: str = ""
    """What its inputs are drawn under, where it is not its name: a renamed group keeps them."""
    extra: bool = False
    """Extra credit: its points count on top of the maximum."""


@dataclass(frozen=True)
class Exercise:
    """One function to write."""

    name: str
    part: str
    groups: tuple[TestGroup, ...]
    uses: tuple[str, ...] = ()
    """Earlier exercises that the function may call."""
    follow_through: float = 0.0
    """Share of a group's points for an answer that is right but for a wrong earlier function."""
    calls: tuple[Step, ...] = ()
    """What is done with what it returns: the methods of a class, the values of a generator."""
    outputs: tuple[Output, ...] = ()
    """Of each of several values that it returns: its name, and how exact it has to be."""
    judge: str = ""
    """The function of solutions/judges.py that judges answers which are not unique."""
    forbid: tuple[str, ...] = ()
    """What its answer may not use: dotted names, `.methods`, and words for syntax; see rules.py."""
    forbid_penalty: float = 1.0
    """Share of the points that using it costs."""
    axes: tuple[str, ...] = ()
    """What each axis of the result counts: `class` or, where it counts two things, the slower one
    first, `class of Z, input`: as many classes as Z is long."""

    @property
    def points(self) -> float:
        return sum(group.points for group in self.groups if not group.extra)

    @property
    def extra_points(self) -> float:
        return sum(group.points for group in self.groups if group.extra)


@dataclass(frozen=True)
class Part:
    """One file that students hand in, named without its ending."""

    name: str
    title: str
    exercises: tuple[Exercise, ...]
    lesson: tuple[str, ...] = ()
    """Functions and constants of its solution that students get as they are."""


@dataclass(frozen=True)
class Course:
    """Everything in course.yaml."""

    name: str
    version: str
    folder: Path = field(metadata=NOT_WRITTEN)
    parts: tuple[Part, ...]
    seed: int = 0
    """What all cases are drawn from; 0 in what students get."""
    limits: Limits = Limits()
    support: tuple[str, ...] = ()
    """Files of solutions/ that go unchanged beside the exercises, which may import the .py ones."""
    packages: tuple[str, ...] = ()
    """Installed packages, or modules of them, that students' code may import, besides numpy."""
    example: Mapping[str, Value] = field(default_factory=dict)
    """The worked example, as data: what a recipe of solutions/inputs.py may ask for by name."""
    gradescope: Gradescope = field(default=Gradescope(), metadata=NOT_WRITTEN)
    attempts: CountedAttempt = field(default="latest", metadata=NOT_WRITTEN)
    """Which of a student's attempts counts."""
    deadline: Deadline | None = field(default=None, metadata=NOT_WRITTEN)
    extensions: tuple[Extension, ...] = field(default=(), metadata=NOT_WRITTEN)
    cap_at_maximum: bool = field(default=False, metadata=NOT_WRITTEN)
    """No final mark is above the maximum, whatever extra credit or adjustments add."""

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(exercise for part in self.parts for exercise in part.exercises)

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)


# --- the answer key ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Case:
    """One set of inputs with the answer the reference gives."""

    exercise: str
    group: str
    index: int
    arguments: Mapping[str, Value]
    """By the reference's parameter names, in its order; handed over by position."""
    expected: Array
    tolerance: Tolerance
    keeps_arguments: bool = False
    read_only: bool = False
    data: Data | None = None
    """The answer where it is plain data; `expected` is then empty."""
    own: int | None = None
    """How many of the arguments the function itself gets; the rest are for the steps."""
    keywords: tuple[str, ...] = ()
    """The names of the last of these, which are handed over by name."""
    steps: tuple[Step, ...] = ()
    """What is done with what it returns; what each returns is then the answer, as a tuple."""
    outputs: tuple[Output, ...] = ()
    """What the exercise says of each of several values that are returned."""
    judge: Judge | None = None
    """Decides where the answer is not unique."""


class Judge(Protocol):
    """Says how much of the points a student's value earns, and why not all; see judges.py."""

    def __call__(self, case: Case, value: Any) -> tuple[float, str]: ...


class Answered(Enum):
    """What is known of an answer whose numbers are not kept."""

    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, eq=False)
class Misconception:
    """A wrong answer that is known by name, with what it does on every case of its exercise."""

    exercise: str
    name: str
    hints: tuple[str, ...]
    """From the first, which names what the numbers show, to the last."""
    answers: tuple[Array | Answered | Data | None, ...] = ()
    """In the order of the exercise's cases: the numbers where they are wrong, unless they are too
    many to keep; None where it raises, or changes an argument that it must leave alone."""


@dataclass(frozen=True, eq=False)
class AnswerKey:
    """Inputs and expected outputs of all cases. Never leaves the trusted process."""

    cases: Mapping[str, tuple[Case, ...]]
    """By exercise, in the order of its groups."""
    digest: str
    """The same on every machine for the same course."""
    misconceptions: Mapping[str, tuple[Misconception, ...]] = field(default_factory=dict)
    solutions: Mapping[str, str] = field(default_factory=dict)
    """The text of the solutions by module, where follow-through credit needs the references."""
    judges: str = ""
    """The text of solutions/judges.py, where exercises are judged by it."""


# --- people and their hand-ins ----------------------------------------------------------------


@dataclass(frozen=True)
class Student:
    """One person, as a learning platform or the roster knows them. All text is theirs: escape."""

    name: str = ""
    """In whatever order and script it came: `Ada Wong`, `Wong, Ada`, `wongada`."""
    ids: tuple[str, ...] = ()
    """Numbers, logins and addresses that belong to this person alone; the first is the main one."""
    section: str = ""


@dataclass(frozen=True)
class Attempt:
    """One hand-in of one student, or of several who worked together."""

    id: str
    """Of the submission: unique among those found together, safe as a file name."""
    files: tuple[tuple[str, Path], ...]
    """What it consists of, each with the name the student gave it; a folder has none."""
    students: tuple[Student, ...] = ()
    time: datetime | None = None
    """When it was handed in, where the platform says so; without a zone: the school's clock."""
    number: int = 0
    """Orders the attempts of one student where there is no time."""
    late: bool = False
    """The platform itself calls it late."""
    commit: str = ""
    """The hash of the commit that the files are from, where they are one's of a repository."""


@dataclass(frozen=True)
class Mark:
    """What one student gets."""

    student: Student
    score: float
    max_score: float
    comment: str = ""
    """For the student to read; may hold text that a student wrote."""


# --- outcomes ---------------------------------------------------------------------------------


class Status(Enum):
    """What a student's function did on one case."""

    RETURNED = "returned"
    RETURNED_OTHER = "returned something that is no numeric array"
    RAISED = "raised"
    NOT_WRITTEN = "raised NotImplementedError"
    MISSING = "is not in the submission"
    OUT_OF_TIME = "ran out of time"
    OUT_OF_MEMORY = "ran out of memory"
    OUT_OF_OUTPUT = "returned or printed too much"
    CRASHED = "ended the process"


@dataclass(frozen=True)
class Frame:
    """One line of a student's traceback. All text is the student's: escape it."""

    filename: str
    cell: int | None
    line: int
    function: str
    source: str


@dataclass(frozen=True)
class StudentError:
    """What a student's code raised. All text is the student's, capped, not yet escaped."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    builtin: bool = False
    """`type` names an exception of Python or numpy itself, so it says nothing of the input."""


@dataclass(frozen=True)
class LoadFailure:
    """A file, or a cell of a notebook, that stopped with an error when it was run."""

    filename: str
    cell: int | None
    error: StudentError


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a student's function did on one case: untrusted values, plain types."""

    status: Status
    value: Array | None = None
    """bool, integer, float or complex, of whatever shape came back."""
    arguments: tuple[Value, ...] | None = None
    """The arguments after the call, where the case asks for them."""
    error: StudentError | None = None
    returned: str = ""
    """A description of what came back when that is no numeric array: the student's text."""
    printed: str = ""
    """What the call printed: the student's text, capped."""
    data: Data | None = None
    """What came back where plain data was asked for."""


# --- verdicts and reports ---------------------------------------------------------------------


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
    """Which stage of the comparison an answer failed, in the order they are tried."""

    STATUS = "status"
    STRUCTURE = "structure"
    DTYPE = "dtype"
    SHAPE = "shape"
    NON_FINITE = "non-finite"
    VALUES = "values"
    ARGUMENTS = "arguments"


@dataclass(frozen=True, eq=False)
class Mismatch:
    """Why an outcome differs from the key. Holds expected values: trusted side only."""

    case: Case
    outcome: Outcome
    verdict: Verdict
    flaw: Flaw
    wrong: npt.NDArray[np.bool_] | None = None
    """Which cells are wrong, where the shapes agree."""
    place: tuple[str, ...] = ()
    """Where in plain data, from the outside in; `case` and `outcome` are of that place alone."""
    said: tuple[str, str] | None = None
    """What to say: of a public case, of a hidden one."""
    share: float = 0.0
    """Of the points, which a judge grants all the same."""


@dataclass(frozen=True, eq=False)
class GroupResult:
    """What the student's function did on the cases of one group. Trusted side only."""

    group: TestGroup
    cases: tuple[Case, ...]
    outcomes: tuple[Outcome, ...]
    """One for each case, in order."""
    mismatches: tuple[Mismatch | None, ...]
    """One for each outcome; None where the answer is right."""


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
    """The first wrong answer against the right one, cell by cell; of public groups only."""
    extra: bool = False
    """Extra credit: `max_score` is no part of the maximum of the exercise."""


@dataclass(frozen=True)
class ExerciseReport:
    name: str
    part: str
    groups: tuple[GroupReport, ...]
    misconception: str | None = None
    hint: str | None = None
    more_hints: tuple[str, ...] = ()
    """What `hint` leaves to be found out, in steps: each says more than the one before."""
    unreadable: bool = False
    """Its file could not be read or compiled, so nobody knows whether it is written."""

    @property
    def score(self) -> float:
        return round(sum(group.score for group in self.groups), 6)

    @property
    def max_score(self) -> float:
        return round(sum(group.max_score for group in self.groups if not group.extra), 6)

    @property
    def verdict(self) -> Verdict:
        wrong = (group.verdict for group in self.groups if group.verdict is not Verdict.ACCEPTED)
        return next(wrong, Verdict.ACCEPTED)


@dataclass(frozen=True)
class Report:
    """The marks of one submission."""

    id: str
    exercises: tuple[ExerciseReport, ...]
    seconds: float
    judge_error: str | None = None
    """Why the submission could not be graded: our failure. The marks then mean nothing."""
    notes: tuple[str, ...] = ()
    """What a reader of the submission should know: files left out, failed cells. Safe to show."""
    problems: tuple[str, ...] = ()
    """Those of the notes on what could not be read, or stopped early."""

    @property
    def score(self) -> float:
        return round(sum(exercise.score for exercise in self.exercises), 6)

    @property
    def max_score(self) -> float:
        return round(sum(exercise.max_score for exercise in self.exercises), 6)


@dataclass(frozen=True)
class Isolation:
    """Which protections stand between a student's code and the machine."""

    level: str
    """`full`, `partial` or `process`; `none` where no code was run."""
    layers: Mapping[str, str]
    """Each layer with `on (...)` or `off (reason)`."""
