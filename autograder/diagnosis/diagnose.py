"""Finds the mistake behind the wrong answers to an exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from autograder.diagnosis import (
    arithmetic,
    arrangement,
    calls,
    changed_arguments,
    index_slips,
    known_mistakes,
)
from autograder.diagnosis.evidence import Diagnosis, Evidence, gather
from autograder.diagnosis.hints import ALSO_CHANGES, named
from autograder.diagnosis.index_slips import slips_of
from autograder.model.course import Case, Exercise, Misconception
from autograder.model.report import GroupResult
from autograder.model.submission import Status

__all__ = ["DETECTORS", "Diagnosis", "diagnose"]

DETECTORS: tuple[Callable[[Evidence], Diagnosis | None], ...] = (
    calls.nothing_returned,
    calls.several_returned,
    known_mistakes.recognised,
    # Beyond doubt.
    calls.changed_arguments,
    calls.memory_not_set,
    calls.earlier_calls,
    calls.kept_answer,
    # One simple change to the right numbers.
    arrangement.arrangement,
    arrangement.reshaped,
    arrangement.among_others,
    arithmetic.zeros,
    arithmetic.argument_returned,
    arithmetic.scaled,
    arrangement.signs,
    arithmetic.transformed,
    arithmetic.misused,
    arithmetic.added,
    arithmetic.shifted,
    arithmetic.whole,
    arithmetic.lost_digits,
    index_slips.index_slip,
    # Less certain, or not the whole story.
    known_mistakes.mostly,
    arithmetic.combined,
    changed_arguments.reference_on_another_argument,
    arithmetic.inexact,
    arithmetic.held_in_half,
    calls.same_answer_always,
    calls.one_shape_only,
    # Which calls go wrong.
    calls.whole_number_arguments,
    calls.mixed_sizes,
    calls.one_size,
    calls.not_finite,
    calls.special_argument,
    arrangement.diagonal,
    calls.errors,
    known_mistakes.two_mistakes,
    # Least specific.
    arrangement.reordered,
    arithmetic.cut_off,
    arrangement.left_out,
    arithmetic.proportional,
    calls.wrong_shape,
    calls.one_example,
    calls.right_but_for,
)
"""All detectors in the order in which they are tried: the first one that finds something counts."""

_T = TypeVar("_T")
_NOT_THERE = frozenset({Status.MISSING, Status.NOT_WRITTEN})


def diagnose(
    exercise: Exercise,
    results: Sequence[GroupResult],
    misconceptions: Sequence[Misconception] = (),
    reference: Callable[..., Any] | None = None,
    solutions: Mapping[str, str] = MappingProxyType({}),
) -> Diagnosis | None:
    """The mistake that the results of `exercise` show; None if there is none or none is recognised.

    It is the finding of the first of DETECTORS that finds anything. `reference` is the exercise's
    reference function, for detectors that run it on other arguments. `solutions` has the source
    texts of the course's solutions and variants by import name, for slips in their loop forms.
    Hints never contain a number from a case.
    """
    own = tuple(one for one in misconceptions if one.exercise == exercise.name)
    cases = [case for result in results for case in result.cases]
    if not cases or any(case.data is not None or case.judge is not None for case in cases):
        return _diagnose(exercise, results, own, reference, solutions)
    kept = _KEPT.setdefault(cases[0], {})
    key = own, reference, bool(solutions), _digest(results)
    if key not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = _diagnose(exercise, results, own, reference, solutions)
    return kept[key]


_MOST_KEPT = 512
_KEPT: WeakKeyDictionary[Case, dict[tuple[object, ...], Diagnosis | None]] = WeakKeyDictionary()
"""The diagnoses by the first case of the exercise: students of a class make the same mistakes."""


def _digest(results: Sequence[GroupResult]) -> bytes:
    """A digest of all that a diagnosis depends on in the outcomes."""
    found = blake2b(digest_size=16)
    for result in results:
        for case, outcome, mismatch in zip(
            result.cases, result.outcomes, result.mismatches, strict=True
        ):
            value, error = outcome.value, outcome.error
            told = (
                (case.group, case.index, result.group.public, outcome.status, outcome.returned),
                mismatch and mismatch.flaw,
                value is not None and (value.dtype.str, value.shape),
                error and (error.type, error.message, error.builtin),
            )
            found.update(repr(told).encode("utf-8", "surrogatepass"))
            if value is not None:
                found.update(value.tobytes())
    return found.digest()


def _diagnose(
    exercise: Exercise,
    results: Sequence[GroupResult],
    own: Sequence[Misconception],
    reference: Callable[..., Any] | None,
    solutions: Mapping[str, str],
) -> Diagnosis | None:
    evidence = gather(
        results, own, reference, lambda: slips_of(exercise.part, exercise.name, solutions)
    )
    if all(outcome.status in _NOT_THERE for outcome in evidence.outcomes) or not evidence.failing:
        return None
    with np.errstate(all="ignore"):
        if _detectors(evidence.cases) is not DETECTORS:
            return _first(evidence)
        if calls.changes_arguments_too(evidence):
            recognised = known_mistakes.recognised(evidence)
            return recognised or _besides_changed_arguments(evidence)
        return _first(evidence)


def _first(evidence: Evidence) -> Diagnosis | None:
    return next(filter(None, (detector(evidence) for detector in _detectors(evidence.cases))), None)


def _besides_changed_arguments(evidence: Evidence) -> Diagnosis | None:
    """The diagnosis of the other wrong answers, with a sentence that arguments are changed, too."""
    kept = [
        index
        for index, mismatch in enumerate(evidence.mismatches)
        if mismatch is None or not calls.is_about_arguments(mismatch)
    ]

    def of(values: Sequence[_T]) -> tuple[_T, ...]:
        return tuple(values[index] for index in kept)

    rest = replace(
        evidence,
        cases=of(evidence.cases),
        outcomes=of(evidence.outcomes),
        mismatches=of(evidence.mismatches),
        known=tuple(replace(one, answers=of(one.answers)) for one in evidence.known),
        shown=of(evidence.public),
    )
    found = _first(rest) or named("changes_arguments_and_wrong")
    first, *more = found.hints
    return Diagnosis(found.name, (f"{first} {ALSO_CHANGES}", *more))


def _detectors(cases: Sequence[Case]) -> tuple[Callable[[Evidence], Diagnosis | None], ...]:
    """The detectors that work on these cases: most need arguments and answers that are numbers."""
    if any(case.data is not None or case.judge is not None for case in cases):
        return (known_mistakes.recognised,)
    if all(
        isinstance(value, np.ndarray | float | int)
        for case in cases
        for value in case.arguments.values()
    ):
        return DETECTORS
    return (calls.nothing_returned, calls.several_returned, known_mistakes.recognised)
