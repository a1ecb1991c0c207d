"""The course and its answer key: what students are asked, and what the right answers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

from autograder.model.values import Array, Data, Step, Value

NOT_WRITTEN = MappingProxyType({"json": False})
"""Metadata of fields that `codec` does not write, because grading does not need them."""

HiddenGroups = Literal["hidden", "after_due_date", "after_published", "visible"]
FeedbackFormat = Literal["md", "html"]
CountedAttempt = Literal["latest", "best"]


@dataclass(frozen=True)
class Tolerance:
    """An answer is right if |got - expected| <= atol + rtol * |expected| in every cell."""

    rtol: float = 1e-5
    atol: float = 1e-8


@dataclass(frozen=True)
class Output:
    """One of several values that a function returns."""

    name: str
    tolerance: Tolerance | None = None
    """Its own tolerance, if it has one; otherwise the group's applies."""


@dataclass(frozen=True)
class Limits:
    """The resource limits for one submission."""

    case_seconds: float = 4.0
    """CPU time for one call; wall time may be three times as long."""
    submission_seconds: float = 60.0
    """Wall time for all calls of one submission together."""
    memory_mb: int = 512
    """Memory, in addition to what the warm interpreter already uses."""
    output_kb: int = 16
    """Printed text that is kept; anything beyond it is dropped."""


@dataclass(frozen=True)
class Gradescope:
    """How Gradescope shows results to students."""

    hidden_groups: HiddenGroups = "after_published"
    """When the hidden groups are shown."""
    feedback: FeedbackFormat = "md"
    """The markup of the messages."""


@dataclass(frozen=True)
class Deadline:
    """When submissions are due, and what lateness costs."""

    due: datetime
    """Aware: has a time zone."""
    percent_per_day: float = 0.0
    """Penalty for each day or part of a day, in percent of the submission's score."""
    grace_hours: float = 0.0
    """Grace period; submissions within it are not late."""
    cap_percent: float = 100.0
    """The largest penalty, in percent."""
    zone: str = ""
    """IANA name of the zone of `due` and of times that come without a zone; empty if unknown."""
    free_days: int = 0
    """Late days without a penalty, for all assignments together; used where they save points."""


@dataclass(frozen=True)
class Extension:
    """A later deadline for one student."""

    student: str
    """An id, login, email address or name."""
    due: datetime | None = None
    """The new deadline, with a time zone; None if `hours` gives the extra time instead."""
    hours: float = 0.0
    reason: str = ""
    """The instructor's reason; shown to the student."""


@dataclass(frozen=True)
class Draw:
    """How the inputs of a group are drawn: a function of solutions/inputs.py with its settings."""

    recipe: str
    sizes: tuple[Mapping[str, int], ...] = (MappingProxyType({}),)
    count: int = 1
    scale: float = 1.0


@dataclass(frozen=True)
class TestGroup:
    """A named group of test cases with points; it passes if all its cases pass."""

    __test__ = False  # so that pytest does not collect it as a test class

    name: str
    points: float
    public: bool
    draw: Draw = Draw("")
    """Empty for hidden groups in what students get."""
    tolerance: Tolerance = Tolerance()
    tolerance_declared: bool = True
    """Whether course.yaml sets it for the group, its exercise or the course. See compare.py."""
    keeps_arguments: bool = False
    """Whether the function must leave its arguments unchanged."""
    read_only: bool = False
    """Whether the arguments are passed as read-only arrays."""
    id: str = ""
    """Seeds the group's inputs in place of its name, so that a renamed group keeps its inputs."""
    extra: bool = False
    """Extra credit: the points count on top of the maximum."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: a function that students write."""

    name: str
    part: str
    groups: tuple[TestGroup, ...]
    uses: tuple[str, ...] = ()
    """Earlier exercises that the function may call."""
    follow_through: float = 0.0
    """Share of a group's points for answers that are wrong only because an earlier function is."""
    calls: tuple[Step, ...] = ()
    """Steps applied to the returned value: calls of a class's methods, values of a generator."""
    outputs: tuple[Output, ...] = ()
    """If it returns several values: the name and tolerance of each."""
    nonfinite: bool = False
    """Whether its inputs and answers may hold NaN or infinity."""
    judge: str = ""
    """The function in solutions/judges.py that judges the answers, where they are not unique."""
    forbid: tuple[str, ...] = ()
    """What a solution may not use: dotted names, `.methods`, and words for syntax; see rules.py."""
    forbid_penalty: float = 1.0
    """Share of the points lost by using something forbidden."""
    axes: tuple[str, ...] = ()
    """What each axis of the result counts, such as `class`. An axis that counts two things lists
    the slower one first: `class of Z, input`, with as many classes as Z is long."""

    @property
    def points(self) -> float:
        return sum(group.points for group in self.groups if not group.extra)

    @property
    def extra_points(self) -> float:
        return sum(group.points for group in self.groups if group.extra)


@dataclass(frozen=True)
class Part:
    """One file that students submit."""

    name: str
    title: str
    exercises: tuple[Exercise, ...]
    lesson: tuple[str, ...] = ()
    """Functions and constants of the solution that students are given complete."""


@dataclass(frozen=True)
class Course:
    """The content of course.yaml."""

    name: str
    version: str
    folder: Path = field(metadata=NOT_WRITTEN)
    parts: tuple[Part, ...]
    seed: int = 0
    """The seed for the inputs of all cases; 0 in what students get."""
    limits: Limits = Limits()
    support: tuple[str, ...] = ()
    """Files of solutions/ that are copied next to the exercises, which may import the .py files."""
    packages: tuple[str, ...] = ()
    """Installed packages, or modules in them, that students may import in addition to numpy."""
    example: Mapping[str, Value] = field(default_factory=dict)
    """The values of the worked example; recipes in solutions/inputs.py take them by name."""
    gradescope: Gradescope = field(default=Gradescope(), metadata=NOT_WRITTEN)
    attempts: CountedAttempt = field(default="latest", metadata=NOT_WRITTEN)
    """Which of a student's attempts counts: the latest or the best."""
    deadline: Deadline | None = field(default=None, metadata=NOT_WRITTEN)
    extensions: tuple[Extension, ...] = field(default=(), metadata=NOT_WRITTEN)
    cap_at_maximum: bool = field(default=False, metadata=NOT_WRITTEN)
    """Whether final marks are capped at the maximum, despite extra credit or adjustments."""

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(exercise for part in self.parts for exercise in part.exercises)

    @property
    def by_name(self) -> dict[str, Exercise]:
        """The exercises by name, in order."""
        return {exercise.name: exercise for exercise in self.exercises}

    @property
    def part_names(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts)

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)


# --- the answer key ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Case:
    """One test case: a set of inputs and the reference's answer."""

    exercise: str
    group: str
    index: int
    arguments: Mapping[str, Value]
    """By the reference's parameter names, in their order; passed by position."""
    expected: Array
    tolerance: Tolerance
    keeps_arguments: bool = False
    read_only: bool = False
    data: Data | None = None
    """The expected answer if it is plain data; `expected` is then empty."""
    own: int | None = None
    """How many of the arguments go to the function itself; the rest go to the steps. None: all."""
    keywords: tuple[str, ...] = ()
    """The names of the function's last arguments that are passed by keyword."""
    steps: tuple[Step, ...] = ()
    """Steps applied to the returned value; the answer is then the tuple of their results."""
    outputs: tuple[Output, ...] = ()
    """The exercise's `outputs`."""
    judge: Judge | None = None
    """Decides whether an answer is accepted, where answers are not unique."""


class Judge(Protocol):
    """Returns the share of the points that a student's value earns, and the reason if it is not 1.

    See judges.py.
    """

    def __call__(self, case: Case, value: Any) -> tuple[float, str]: ...


class Answered(Enum):
    """Whether an answer is right, for a misconception's answer whose numbers are not kept."""

    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, eq=False)
class Misconception:
    """A known mistake, with its name, its hints and its answers to the cases of its exercise."""

    exercise: str
    name: str
    hints: tuple[str, ...]
    """In the order in which they are shown. The first says what the numbers show."""
    answers: tuple[Array | Answered | Data | None, ...] = ()
    """One for each case of the exercise, in order: a wrong answer itself, unless it has too many
    numbers to keep; None if it raises, or changes an argument that it must leave alone."""


@dataclass(frozen=True, eq=False)
class AnswerKey:
    """The inputs and expected answers of all cases. Never leaves the trusted process."""

    cases: Mapping[str, tuple[Case, ...]]
    """The cases of each exercise, in the order of its groups."""
    digest: str
    """A hash that is the same on every machine for the same course."""
    misconceptions: Mapping[str, tuple[Misconception, ...]] = field(default_factory=dict)
    solutions: Mapping[str, str] = field(default_factory=dict)
    """The source text of solutions, and of variants with a loop form, by import name. Empty in a
    course without follow-through credit."""
    judges: str = ""
    """The source text of solutions/judges.py, if an exercise uses it."""
