"""Explains wrong answers whose numbers are a function of the right ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from autograder.diagnosis.evidence import Diagnosis, Wrong, agrees
from autograder.model import Array, Case

_FUNCTIONS: tuple[tuple[str, str, Callable[[Array], Array]], ...] = (
    ("reciprocal", "one divided by", np.reciprocal),
    ("reciprocal", "one divided by", lambda right: np.where(right == 0.0, 0.0, 1.0 / right)),
    ("squared", "the square of", np.square),
    ("square_root", "the square root of", np.sqrt),
    ("exponential", "the exponential of", np.exp),
    ("logarithm", "the logarithm of", np.log),
    ("negative_logarithm", "minus the logarithm of", lambda right: -np.log(right)),
    ("one_minus", "one minus", lambda right: 1.0 - right),
    ("minus_one", "one less than", lambda right: right - 1.0),
    ("plus_one", "one more than", lambda right: right + 1.0),
)


def transformed(wrong: Sequence[Wrong], passing: Sequence[Case]) -> Diagnosis | None:
    """The function that makes every wrong answer of the right one, and leaves right ones right."""
    if sum(one.expected.size for one in wrong) < 2:
        return None
    for name, words, function in _FUNCTIONS:
        if all(one.is_like(function(one.expected)) for one in wrong) and all(
            agrees(function(case.expected), case.expected, case.tolerance) for case in passing
        ):
            return _is_function(name, words)
    return None


def _is_function(name: str, words: str) -> Diagnosis:
    return Diagnosis(
        name,
        (
            f"Every number that you return is {words} what it should be.",
            "Go through the last steps of your computation: one is missing, one too many, or the "
            "wrong way round.",
        ),
    )
