"""The result of `autograder validate`, and its form as text and JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from autograder.authoring.mutants import ARROW
from autograder.text import number_of


@dataclass(frozen=True)
class OracleProof:
    """The error of an exercise's reference, compared with one independent oracle."""

    name: str
    error: float
    """The largest over all cells of all cases; relative where the answer is above 1."""
    allowed: float
    cases: int
    """How many cases the oracle answered."""


@dataclass(frozen=True)
class ExerciseProof:
    """Counts of the trials on one exercise; the failures are in CourseProof.failures."""

    name: str
    points: float
    reference: float
    """Points that the reference earns."""
    stub: float
    """Points that the untouched stub earns."""
    variants: int
    accepted: int
    """Variants that pass every group."""
    misconceptions: int
    rejected: int
    """Misconceptions that fail some group."""
    mutants: int
    killed: int
    recognised: int = 0
    """Misconceptions that are diagnosed as themselves."""
    equivalent: int = 0
    """Survivors that solutions/equivalent_mutants.yaml lists as equivalent."""
    oracles: tuple[OracleProof, ...] = ()
    printed: int = 0
    """How many printed numbers the reference reproduces: those of the course's source, which
    solutions/oracles.py declares, and those of the examples in its own docstring."""


@dataclass(frozen=True)
class GroupProof:
    """What one test group catches."""

    exercise: str
    name: str
    public: bool
    catches: int
    """How many misconceptions and mutants fail it."""
    alone: tuple[str, ...] = ()
    """The misconceptions and mutants that pass every other group of the exercise."""


@dataclass(frozen=True)
class Survivor:
    """A mutant that no group catches and that is not listed as equivalent."""

    part: str
    exercise: str
    edit: str


@dataclass(frozen=True)
class CourseProof:
    """The whole result. A course is proved if it has no failures and no survivors."""

    course: str
    exercises: tuple[ExerciseProof, ...]
    groups: tuple[GroupProof, ...]
    failures: tuple[str, ...]
    """One line each: the place, what was found, what was expected, what to do next."""
    survivors: tuple[Survivor, ...] = ()
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By exercise, the misconceptions that pass all its public groups, so that students see them
    only in their grades."""
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For some of these, by exercise and name, why no public group can catch them."""
    notes: tuple[str, ...] = ()
    """What could not be run, or is worth a look."""
    isolation: str = ""
    """The level of isolation under which the candidates ran."""
    seconds: float = 0.0

    @property
    def proved(self) -> bool:
        return not self.failures and not self.survivors


_HEADS = ("exercise", "earns", "stub", "variants", "rejected", "named", "mutants", "oracles")
_LEGEND = (
    "earns: what the reference gets, of the points there are. variants: right answers accepted. "
    "rejected, named: misconceptions that lose points, that are diagnosed as themselves. mutants: "
    "killed + known as equivalent, of all. oracles: the references' largest error."
)
_NAMES = 6
"""Maximum number of names in a group's line; the rest are only counted."""


def as_json(proof: CourseProof) -> str:
    """Return the proof as JSON, with `proved` added."""
    return json.dumps({"proved": proof.proved, **asdict(proof)}, indent=1, ensure_ascii=False)


def render(proof: CourseProof, *, width: int = 80, groups: bool = False) -> str:
    """Return the proof as text; its last line says whether the course is proved.

    `groups` adds what each test group catches that no other group of its exercise does.
    """
    sections = [
        _table(proof.exercises),
        textwrap.wrap(_LEGEND, width),
        _idle(proof, width),
        list(_unseen(proof, width)),
    ]
    if groups:
        sections.append(list(_alone(proof.groups, width)))
    sections.append(list(_bullets("note", proof.notes, width)))
    sections.append(list(_bullets("FAILED", [*proof.failures, *unnoticed(proof)], width)))
    sections.append(_advice(proof, width))
    sections.append(textwrap.wrap(_summary(proof), width))
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _table(exercises: Sequence[ExerciseProof]) -> list[str]:
    rows = [_HEADS, *map(_row, exercises)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _row(one: ExerciseProof) -> tuple[str, ...]:
    return (
        one.name,
        f"{one.reference:g}/{one.points:g}",
        f"{one.stub:g}",
        f"{one.accepted}/{one.variants}",
        f"{one.rejected}/{one.misconceptions}",
        f"{one.recognised}/{one.misconceptions}",
        f"{one.killed}+{one.equivalent}/{one.mutants}",
        f"{max(oracle.error for oracle in one.oracles):.0e}" if one.oracles else "none",
    )


def _unseen(proof: CourseProof, width: int) -> Iterator[str]:
    """The misconceptions that no public group catches, with the reasons given for them."""
    if not any(proof.unseen.values()):
        return
    count = sum(map(len, proof.unseen.values()))
    yield from textwrap.wrap(
        f"{number_of(count, 'misconception')} {'passes' if count == 1 else 'pass'} every public "
        f"group, so that 'check' says nothing of {'it' if count == 1 else 'them'}:",
        width,
    )
    for exercise, names in proof.unseen.items():
        reasons = proof.reasons.get(exercise, {})
        without = ", ".join(name for name in names if name not in reasons)
        given = [f"{name}: {reasons[name]}" for name in names if name in reasons]
        for text in filter(None, (without, *given)):
            yield from textwrap.wrap(
                f"{exercise}: {text}",
                width,
                initial_indent="  ",
                subsequent_indent="    ",
                break_long_words=False,
            )


def _idle(proof: CourseProof, width: int) -> list[str]:
    """How many groups catch something that no other does, and which catch nothing at all."""
    nothing = [f"{one.exercise}: {one.name}" for one in proof.groups if not one.catches]
    alone = sum(1 for one in proof.groups if one.alone)
    catching = f"{alone} {'catches' if alone == 1 else 'catch'}"
    text = f"Of {number_of(len(proof.groups), 'test group')}, {catching} what no other does"
    text += f"; these catch none: {'; '.join(nothing)}" if nothing else "; all catch some"
    return textwrap.wrap(f"{text}.", width)


def _alone(groups: Iterable[GroupProof], width: int) -> Iterator[str]:
    exercise = ""
    for group in groups:
        if group.exercise != exercise:
            exercise = group.exercise
            yield exercise
        wrong = f"catches {group.catches}"
        if group.alone:
            wrong += f", alone {_listed(group.alone)}"
        yield from textwrap.wrap(
            f"{group.name}: {wrong}", width, initial_indent="  ", subsequent_indent="      "
        )


def _listed(names: Sequence[str]) -> str:
    mistakes = [name for name in names if ARROW not in name]
    shown, edits = mistakes[:_NAMES], len(names) - len(mistakes)
    if len(mistakes) > len(shown):
        shown.append(f"{len(mistakes) - len(shown)} more")
    if edits:
        shown.append("an edit" if edits == 1 else f"{edits} edits")
    return ", ".join(shown)


def _bullets(mark: str, lines: Iterable[str], width: int) -> Iterator[str]:
    """Wrap each line, except one with an edit, which is code to be copied as it is."""
    for line in lines:
        if ARROW in line:
            yield f"{mark}: {line}"
            continue
        yield from textwrap.wrap(
            f"{mark}: {line}",
            width,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def unnoticed(proof: CourseProof) -> Iterator[str]:
    """Yield the survivors as text, one line per edited statement."""
    changes: dict[tuple[str, str, str], list[str]] = {}
    for one in proof.survivors:
        before, _, after = one.edit.partition(ARROW)
        changes.setdefault((one.part, one.exercise, before), []).append(after)
    for (part, name, before), after_edits in changes.items():
        edits = "  |  ".join(after_edits)
        yield f"solutions/{part}.py: {name}: no group notices {before}{ARROW}{edits}"


def _advice(proof: CourseProof, width: int) -> list[str]:
    if not proof.survivors:
        return []
    return textwrap.wrap(
        "Where an edit changes an answer, add a case that notices it. Where it changes none, "
        'accept it: autograder validate -e EXERCISE --accept "the reason".',
        width,
    )


def _summary(proof: CourseProof) -> str:
    exercises = proof.exercises
    points = number_of(sum(one.points for one in exercises), "point")
    printed = number_of(sum(one.printed for one in exercises), "printed number")
    tried = f"{number_of(len(exercises), 'exercise')}, {points}, {answers(exercises)}, {printed}"
    failures = len(proof.failures) + len(list(unnoticed(proof)))
    found = "proved" if proof.proved else f"NOT proved, {number_of(failures, 'failure')}"
    seconds = number_of(round(proof.seconds), "second")
    return f"{proof.course}: {found} ({tried}; {seconds}, {proof.isolation} isolation)."


def answers(exercises: Iterable[ExerciseProof]) -> str:
    """Return how many answers were tried: `5 variants, 9 misconceptions, 30 mutants`."""
    counts = [(one.variants, one.misconceptions, one.mutants) for one in exercises]
    words = ("variant", "misconception", "mutant")
    totals = (sum(column) for column in zip(*counts, strict=True))
    return ", ".join(map(number_of, totals, words))
