"""A function of the right numbers is named where all answers show it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.elementwise import transformed
from autograder.diagnosis.evidence import Wrong
from autograder.model import Case, Tolerance

VALUES = np.array([0.25, 2.0, 3.0])


def case(expected: Any) -> Case:
    return Case("e", "g", 0, {}, np.asarray(expected), Tolerance())


@pytest.mark.parametrize(
    ("got", "name"),
    [
        (1 / VALUES, "reciprocal"),
        (VALUES**2, "squared"),
        (VALUES**0.5, "square_root"),
        (np.exp(VALUES), "exponential"),
        (np.log(VALUES), "logarithm"),
        (1 - VALUES, "one_minus"),
        (VALUES - 1, "minus_one"),
        (VALUES + 1, "plus_one"),
        (np.sin(VALUES), None),
        (VALUES[:2], None),
    ],
)
def test_functions_and_their_names(got: Any, name: str | None) -> None:
    found = transformed([Wrong(case(VALUES), got)], ())
    assert (found.name if found else None) == name


def test_one_number_is_no_evidence_and_a_right_one_may_contradict() -> None:
    assert transformed([Wrong(case(3.0), np.array(9.0))], ()) is None
    assert transformed([Wrong(case(VALUES), VALUES**2)], (case(VALUES),)) is None
    assert transformed([Wrong(case(VALUES), VALUES**2)], (case([0.0, 1.0]),)) is not None
