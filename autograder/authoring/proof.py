"""What `autograder validate` finds out about a course, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OracleProof:
    """How far the reference of an exercise is from one independent way to its answer."""

    name: str
    error: float
    """The largest over all cells of all cases, relative where the answer is above 1."""
    allowed: float
    cases: int
    """How many cases the oracle could judge."""


@dataclass(frozen=True)
class ExerciseProof:
    """Counts of what was tried on one exercise; the failures themselves are told in words."""

    name: str
    points: float
    reference: float
    """What the reference earns."""
    stub: float
    """What the untouched stub earns."""
    variants: int
    accepted: int
    misconceptions: int
    rejected: int
    recognised: int
    mutants: int
    killed: int
    equivalent: int = 0
    """Mutants that survived, as solutions/equivalent_mutants.yaml says they must."""
    oracles: tuple[OracleProof, ...] = ()
    printed: int = 0
    """Numbers that agree with those printed in the source."""


@dataclass(frozen=True)
class GroupProof:
    """What one test group catches."""

    exercise: str
    name: str
    public: bool
    catches: int
    """How many misconceptions and mutants it does not pass."""
    alone: tuple[str, ...] = ()
    """Those that every other group of the exercise passes."""


@dataclass(frozen=True)
class CourseProof:
    """The whole of it. The course is proved when there are no failures."""

    course: str
    exercises: tuple[ExerciseProof, ...]
    groups: tuple[GroupProof, ...]
    failures: tuple[str, ...]
    """One line each: the place, what was found, what was wanted, what to do next."""
    notes: tuple[str, ...] = ()
    """What could not be tried, or is worth a look."""
    isolation: str = ""
    """Under which level of isolation the candidates ran."""
    seconds: float = 0.0

    @property
    def proved(self) -> bool:
        return not self.failures
