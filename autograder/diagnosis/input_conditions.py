"""Explains wrong answers by what the arguments of the calls that go wrong have in common."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from autograder.diagnosis.evidence import Diagnosis, Evidence, same_arguments
from autograder.model import Case


def whole_number_arguments(evidence: Evidence) -> Diagnosis | None:
    """Whether it goes wrong where an argument is an array of integers, and only there."""
    whole = all(_has_integers(mismatch.case) for mismatch in evidence.failing)
    if whole and evidence.passing and not any(map(_has_integers, evidence.passing)):
        return _WHOLE_ARGUMENTS
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
            return _zeros_and_ones(name)
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
            return _MIXED_SIZES
        if same == [not one for one in right]:
            return _EQUAL_SIZES
    return None


def one_size(evidence: Evidence) -> Diagnosis | None:
    """Whether all that is right has one set of sizes, and all that is wrong has others."""
    right = {_shapes(case) for case in evidence.passing}
    wrong = {_shapes(mismatch.case) for mismatch in evidence.failing}
    if len(right) == 1 and len(wrong) > 1 and not right & wrong and len(evidence.passing) > 1:
        return _ONE_SIZE
    return None


def one_example(evidence: Evidence) -> Diagnosis | None:
    """Whether it is right whenever one set of numbers comes, and wrong for others of its sizes.

    Where an axis has length 1 much is right by chance, so these calls do not count.
    """
    right = [case for case in evidence.passing if all(1 not in one for one in _shapes(case))]
    wrong = {_shapes(mismatch.case) for mismatch in evidence.failing}
    if len(right) > 1 and _shapes(right[0]) in wrong:
        return _ONE_EXAMPLE if all(same_arguments(right[0], case) for case in right) else None
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


_WHOLE_ARGUMENTS = Diagnosis(
    "whole_number_arguments",
    (
        "It goes wrong only where an argument holds whole numbers.",
        "An array that is made from such an argument, by zeros_like or a copy, holds integers and "
        "drops every fraction; some operations refuse integers altogether.",
    ),
)
_ONE_SIZE = Diagnosis(
    "one_size_only",
    (
        "It is right for one set of sizes and wrong for every other.",
        "Look for sizes written as numbers: take them from the shapes of the arguments.",
    ),
)
_EQUAL_SIZES = Diagnosis(
    "wrong_for_equal_sizes",
    (
        "It is wrong only where two different sizes happen to be equal.",
        "There a shape cannot tell rows from columns: look for a transpose, a product or a case "
        "that is chosen by comparing shapes.",
    ),
)
_ONE_EXAMPLE = Diagnosis(
    "one_example_only",
    (
        "It is right for the numbers of one example, and wrong for others of the same sizes.",
        "It relies on something that these numbers have and others do not: zeros, ones, "
        "symmetry, an order. Try it with numbers of your own.",
    ),
)
_MIXED_SIZES = Diagnosis(
    "sizes_mixed_up",
    (
        "It is right only where two different sizes happen to be equal.",
        "Somewhere one size is used in the place of the other: check each range, reshape and "
        "repeat against the shapes of the arguments.",
    ),
)


def _zeros_and_ones(name: str) -> Diagnosis:
    return Diagnosis(
        "zeros_and_ones_only",
        (
            f"It is right where {name} holds only zeros and ones, and wrong elsewhere.",
            f"Each number of {name} counts as it is: look where it is compared, rounded, squared, "
            "or used to pick a place.",
        ),
    )
