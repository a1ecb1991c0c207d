"""Computing with arrays that are not known yet gives what the arrays themselves give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judging.substitute import Promise, kept

A = np.array([[1.0, 2.0, 5.0], [0.5, 4.0, 3.0]])


def promised(array: Any, asked: list[str]) -> Promise:
    def find() -> Any:
        asked.append("asked")
        return array.copy()

    return Promise(find)


@pytest.mark.parametrize(
    "use",
    [
        lambda a: 1 - a / 2,
        lambda a: a @ a.T,
        lambda a: np.exp(-a),
        lambda a: np.outer(a, a),
        lambda a: np.concatenate([a, a], axis=1),
        lambda a: np.mean([2 * a, a], axis=0),
        lambda a: a.sum(axis=1),
        lambda a: a[:, 1:] + a[0, 0],
        lambda a: [*a][1] * len(a),
        lambda a: float(a[0].max()) if a.any() else 0.0,
        lambda a: np.add(a, 1, out=np.zeros(a.shape)),
        lambda a: np.maximum.accumulate(a),
        lambda a: np.where(a > 2, a, 0),
        lambda a: range(10)[np.argmax(a)],
    ],
)
def test_it_is_used_like_the_array(use: Callable[[Any], Any]) -> None:
    asked: list[str] = []
    assert np.array_equal(np.asarray(use(promised(A, asked))), use(A))
    assert asked == ["asked"]


def test_arithmetic_needs_no_numbers_yet() -> None:
    asked: list[str] = []
    total = np.zeros(A.shape) - np.sqrt(promised(A, asked)) * promised(A, asked)
    assert not asked
    assert np.array_equal(kept(total), -np.sqrt(A) * A)
    assert np.array_equal(kept([total, 1])[0], kept(total))
    assert asked == ["asked"] * 2


def test_an_element_can_be_assigned() -> None:
    one = promised(A, [])
    one[0, 0] = promised(np.array(7.0), [])
    one += 1
    assert kept(one)[0].tolist() == [8.0, 3.0, 6.0]


def test_a_condition_needs_the_numbers() -> None:
    with pytest.raises(ValueError, match="ambiguous"):
        bool(promised(A, []) > 2)
