"""Finds out which mistake the answers of a failed exercise are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from autograder.diagnosis import (
    call_behaviour,
    factors,
    input_conditions,
    known_mistakes,
    locations,
    precision,
    rearranged,
)
from autograder.diagnosis.evidence import Diagnosis, Evidence, gather
from autograder.model import Exercise, GroupResult, Misconception, Status

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
    # Which calls go wrong.
    input_conditions.whole_number_arguments,
    input_conditions.zeros_and_ones,
    input_conditions.mixed_sizes,
    input_conditions.one_size,
    call_behaviour.not_finite,
    # What says least.
    rearranged.reordered,
    factors.cut_off,
    locations.left_out,
    factors.proportional,
    call_behaviour.wrong_shape,
    input_conditions.one_example,
)
"""All that a mistake can be recognised by, in the order in which they are asked."""

_NOT_THERE = frozenset({Status.MISSING, Status.NOT_WRITTEN})


def diagnose(
    exercise: Exercise,
    results: Sequence[GroupResult],
    misconceptions: Sequence[Misconception] = (),
) -> Diagnosis | None:
    """The mistake that the results of `exercise` show; None where there is none or no name fits.

    It is what the first of DETECTORS says that has anything to say. No hint holds a number of a
    case.
    """
    own = [one for one in misconceptions if one.exercise == exercise.name]
    evidence = gather(results, own)
    if all(outcome.status in _NOT_THERE for outcome in evidence.outcomes) or not evidence.failing:
        return None
    with np.errstate(all="ignore"):
        return next(filter(None, (detector(evidence) for detector in DETECTORS)), None)
