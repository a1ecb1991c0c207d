"""Finds out which mistake the answers of a failed exercise are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.diagnosis import (
    call_behaviour,
    changed_arguments,
    errors,
    factors,
    input_conditions,
    known_mistakes,
    locations,
    precision,
    rearranged,
)
from autograder.diagnosis.evidence import Diagnosis, Evidence, gather
from autograder.diagnosis.hints import ALSO_CHANGES, named
from autograder.model import Case, Exercise, GroupResult, Misconception, Status

__all__ = ["DETECTORS", "Diagnosis", "diagnose"]

DETECTORS: tuple[Callable[[Evidence], Diagnosis | None], ...] = (
    call_behaviour.nothing_returned,
    call_behaviour.several_returned,
    known_mistakes.recognised,
    # What leaves no doubt.
    call_behaviour.changed_arguments,
    call_behaviour.memory_not_set,
    call_behaviour.earlier_calls,
    call_behaviour.kept_answer,
    # What one simple change of the right numbers explains.
    rearranged.arrangement,
    rearranged.reshaped,
    factors.zeros,
    factors.scaled,
    rearranged.signs,
    factors.transformed,
    factors.misused,
    factors.added,
    factors.shifted,
    precision.whole,
    precision.inexact,
    locations.diagonal,
    # What the course knows, and is not all there is to it.
    known_mistakes.mostly,
    changed_arguments.reference_on_another_argument,
    call_behaviour.same_answer_always,
    call_behaviour.one_shape_only,
    # Which calls go wrong.
    input_conditions.whole_number_arguments,
    input_conditions.zeros_and_ones,
    input_conditions.mixed_sizes,
    input_conditions.one_size,
    call_behaviour.not_finite,
    errors.errors,
    known_mistakes.two_mistakes,
    # What says least.
    rearranged.reordered,
    factors.cut_off,
    locations.left_out,
    factors.proportional,
    call_behaviour.wrong_shape,
    input_conditions.one_example,
    call_behaviour.right_but_for,
)
"""All that a mistake can be recognised by, in the order in which they are asked."""

_NOT_THERE = frozenset({Status.MISSING, Status.NOT_WRITTEN})


def diagnose(
    exercise: Exercise,
    results: Sequence[GroupResult],
    misconceptions: Sequence[Misconception] = (),
    reference: Callable[..., Any] | None = None,
) -> Diagnosis | None:
    """The mistake that the results of `exercise` show; None where there is none or no name fits.

    It is what the first of DETECTORS says that has anything to say. `reference` is the exercise's,
    for what only running it on other arguments can show. No hint holds a number of a case.
    """
    own = [one for one in misconceptions if one.exercise == exercise.name]
    evidence = gather(results, own, reference)
    if all(outcome.status in _NOT_THERE for outcome in evidence.outcomes) or not evidence.failing:
        return None
    with np.errstate(all="ignore"):
        if _detectors(evidence.cases) is not DETECTORS:
            return _first(evidence)
        if call_behaviour.changes_arguments_too(evidence):
            recognised = known_mistakes.recognised(evidence)
            return recognised or _besides_changed_arguments(evidence)
        return _first(evidence)


def _first(evidence: Evidence) -> Diagnosis | None:
    return next(filter(None, (detector(evidence) for detector in _detectors(evidence.cases))), None)


def _besides_changed_arguments(evidence: Evidence) -> Diagnosis | None:
    """What is wrong apart from arguments that are changed; both are said."""
    rows = [
        row
        for row in zip(evidence.rows, range(len(evidence.cases)), strict=True)
        if row[0][2] is None or not call_behaviour.is_about_arguments(row[0][2])
    ]
    kept = [index for _, index in rows]
    rest = Evidence(
        tuple(evidence.cases[index] for index in kept),
        tuple(evidence.outcomes[index] for index in kept),
        tuple(evidence.mismatches[index] for index in kept),
        tuple(
            replace(one, answers=tuple(one.answers[index] for index in kept))
            for one in evidence.known
        ),
        evidence.reference,
        tuple(evidence.public[index] for index in kept),
    )
    found = _first(rest) or named("changes_arguments_and_wrong")
    first, *more = found.hints
    return Diagnosis(found.name, (f"{first} {ALSO_CHANGES}", *more))


def _detectors(
    cases: Sequence[Case],
) -> tuple[Callable[[Evidence], Diagnosis | None], ...]:
    """Those that can say something: most look for what numbers have to do with numbers."""
    if any(case.data is not None or case.judge is not None for case in cases):
        return (known_mistakes.recognised,)
    if all(
        isinstance(value, np.ndarray | float | int)
        for case in cases
        for value in case.arguments.values()
    ):
        return DETECTORS
    return (
        call_behaviour.nothing_returned,
        call_behaviour.several_returned,
        known_mistakes.recognised,
    )
