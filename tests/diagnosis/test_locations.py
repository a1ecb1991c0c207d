"""Where wrong cells are says something only where there are others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.locations import diagonal, left_out
from autograder.model import Case, Tolerance
from tests.support.evidence import evidence_of

FULL = np.arange(1.0, 10.0).reshape(3, 3)
BLOCKS = np.arange(1.0, 9.0).reshape(4, 2)
ON = np.eye(3, dtype=bool)
ON_BLOCKS = np.repeat(np.eye(2, dtype=bool), 2, axis=0)


@pytest.mark.parametrize(
    ("expected", "got", "name"),
    [
        (FULL, np.where(ON, FULL, 0), "diagonal_only"),
        (FULL, np.where(ON, FULL, 99), "wrong_off_the_diagonal"),
        (FULL, np.where(ON, 0, FULL), "wrong_on_the_diagonal"),
        (BLOCKS, np.where(ON_BLOCKS, BLOCKS, 0), "diagonal_only"),
        (BLOCKS.T, np.where(ON_BLOCKS, 99, BLOCKS).T, "wrong_on_the_diagonal"),
        (FULL, 0 * FULL, None),
        (FULL, FULL[:2], None),
        (np.ones((4, 3)), np.zeros((4, 3)), None),
        (np.ones((1, 1)), np.zeros((1, 1)), None),
        (np.ones(3), np.zeros(3), None),
    ],
)
def test_the_diagonal(expected: Any, got: Any, name: str | None) -> None:
    case = Case("e", "g", 0, {}, np.asarray(expected), Tolerance())
    found = diagonal(evidence_of([(case, got)]))
    assert (found.name if found else None) == name


def name_of(expected: Any, got: Any, passing: Any = None, start: Any = None) -> str | None:
    def case(values: Any) -> Case:
        arguments = {} if start is None else {"W": np.asarray(start)}
        return Case("e", "g", 0, arguments, np.asarray(values), Tolerance())

    right = [] if passing is None else [case(passing)]
    found = left_out(evidence_of([(case(expected), got)], right))
    return found.name if found else None


def test_cells_that_were_never_filled() -> None:
    assert name_of([1.0, 2.0, 3.0], [1.0, 2.0, 0.0]) == "cells_left_at_zero"
    assert name_of([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]) is None
    assert name_of([1.0, 2.0, 3.0], [1.0, 2.0, 4.0]) is None
    assert name_of([1.0, 2.0], [0.0, 0.0], passing=[1.0, 2.0]) == "cells_left_at_zero"
    assert name_of([1.0, 2.0], [0.0, 0.0], passing=[0.0, 0.0]) is None


def test_cells_that_are_still_those_of_an_argument() -> None:
    start = [5.0, 5.0]
    assert name_of([6.0, 7.0], [6.0, 5.0], start=start) == "cells_left_unchanged"
    assert name_of([6.0, 7.0], [6.0, 4.0], start=start) is None
    assert name_of([6.0, 7.0], [5.0, 5.0], start=start) is None
