"""What is made of a case once."""

from __future__ import annotations

import gc
import weakref

import numpy as np

from autograder.model import Case, Tolerance
from autograder.per_case import once_per_case


def case() -> Case:
    return Case("f", "any", 0, {"x": 1.0}, np.zeros(1), Tolerance())


def test_each_case_is_asked_for_once() -> None:
    asked: list[Case] = []
    remembered = once_per_case(lambda case: asked.append(case) or len(asked))
    first, second = case(), case()
    assert [remembered(first), remembered(second), remembered(first)] == [1, 2, 1]
    assert asked == [first, second]


def test_it_keeps_no_case_alive() -> None:
    remembered = once_per_case(lambda case: case.index)
    only = case()
    assert remembered(only) == 0
    gone = weakref.ref(only)
    del only
    gc.collect()
    assert gone() is None
