"""Explains wrong answers by what the arguments of the calls that go wrong have in common."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from autograder.diagnosis.evidence import Diagnosis, Evidence, same_arguments
from autograder.diagnosis.hints import named
from autograder.model import Case


def whole_number_arguments(evidence: Evidence) -> Diagnosis | None:
    """Whether it goes wrong where an argument is an array of integers, and only there."""
    whole = all(_has_integers(mismatch.case) for mismatch in evidence.failing)
    if whole and evidence.passing and not any(map(_has_integers, evidence.passing)):
        return named("whole_number_arguments")
    return None


def zeros_and_ones(evidence: Evidence) -> Diagnosis | None:
    """Whether it is right exactly where one of the arguments holds nothing but 0 and 1."""
    if not evidence.passing:
        return None
    right = [mismatch is None for mismatch in evidence.mismatches]
    for name in evidence.cases[0].arguments:
        plain = [np.isin(case.arguments[name], (0, 1)).all() for case in evidence.cases]
        # A single number may be 1 for want of others.
        if plain == right and any(np.size(case.arguments[name]) > 1 for case in evidence.passing):
            return named("zeros_and_ones_only", argument=name)
    return None


def mixed_sizes(evidence: Evidence) -> Diagnosis | None:
    """Whether it is right exactly where two sizes are the same, or wrong exactly there."""
    if not evidence.passing:
        return None
    right = [mismatch is None for mismatch in evidence.mismatches]
    for one, other in combinations(_sides(evidence.cases[0]), 2):
        same = [_size(case, one) == _size(case, other) for case in evidence.cases]
        several = [_size(case, one) > 1 for case in evidence.cases]
        if not any(np.logical_and(same, several)):
            continue
        if same == right:
            return named("sizes_mixed_up")
        if same == [not one for one in right]:
            return named("wrong_for_equal_sizes")
    return None


def one_size(evidence: Evidence) -> Diagnosis | None:
    """Whether all that is right has one set of sizes, and all that is wrong has others."""
    right = {_shapes(case) for case in evidence.passing}
    wrong = {_shapes(mismatch.case) for mismatch in evidence.failing}
    if len(right) == 1 and len(wrong) > 1 and not right & wrong and len(evidence.passing) > 1:
        return named("one_size_only")
    return None


def one_example(evidence: Evidence) -> Diagnosis | None:
    """Whether it is right whenever one set of numbers comes, and wrong for others of its sizes.

    Where an axis has length 1 much is right by chance, so these calls do not count.
    """
    right = [case for case in evidence.passing if all(1 not in one for one in _shapes(case))]
    wrong = {_shapes(mismatch.case) for mismatch in evidence.failing}
    if len(right) > 1 and _shapes(right[0]) in wrong:
        alike = all(same_arguments(right[0], case) for case in right)
        return named("one_example_only") if alike else None
    return None


def _has_integers(case: Case) -> bool:
    values = case.arguments.values()
    return any(isinstance(value, np.ndarray) and value.dtype.kind in "biu" for value in values)


def _shapes(case: Case) -> tuple[tuple[int, ...], ...]:
    return tuple(np.shape(value) for value in case.arguments.values())


def _sides(case: Case) -> list[tuple[str, int]]:
    return [
        (name, side) for name, value in case.arguments.items() for side in range(np.ndim(value))
    ]


def _size(case: Case, side: tuple[str, int]) -> int:
    name, axis = side
    shape = np.shape(case.arguments[name])
    return shape[axis] if axis < len(shape) else 0
