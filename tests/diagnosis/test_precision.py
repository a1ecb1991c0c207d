"""Lost digits are named by how they were lost, where that shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.precision import inexact, whole
from autograder.model import Case, Tolerance
from tests.support.evidence import evidence_of

VALUES = np.array([0.123456789, 22.987654321, -3.14159265])


def case(expected: Any) -> Case:
    return Case("e", "g", 0, {}, np.asarray(expected), Tolerance())


@pytest.mark.parametrize(
    ("got", "name"),
    [
        (np.round(VALUES, 2), "rounded"),
        (np.round(VALUES, 4), "rounded"),
        (VALUES.astype(np.float16), "half_precision"),
        (VALUES.astype(np.float16).astype(float), "half_precision"),
        ((VALUES + 5e-4).astype(np.float32), None),
        (VALUES * (1 + 5e-5), "inexact"),
        (VALUES * 1.1, None),
        (VALUES[:2], None),
        (VALUES * np.nan, None),
    ],
)
def test_how_digits_were_lost(got: Any, name: str | None) -> None:
    found = inexact(evidence_of([(case(VALUES), got)]))
    assert (found.name if found else None) == name


def test_float32_is_named_where_it_is_too_coarse() -> None:
    exact = Case("e", "g", 0, {}, VALUES, Tolerance(1e-12, 0.0))
    held = VALUES.astype(np.float32).astype(np.float64)
    found = inexact(evidence_of([(exact, held)]))
    assert found is not None
    assert found.name == "single_precision"


def test_a_right_answer_with_more_digits_speaks_against_rounding() -> None:
    found = inexact(evidence_of([(case(VALUES), np.round(VALUES, 2))], [case(VALUES)]))
    assert found is None or found.name != "rounded"


def test_fractions_that_were_dropped() -> None:
    for make in (np.trunc, np.floor, np.rint):
        assert whole(evidence_of([(case(VALUES), make(VALUES))])) is not None
    assert whole(evidence_of([(case(VALUES), np.trunc(VALUES))], [case(VALUES)])) is None
    assert whole(evidence_of([(case(VALUES), VALUES.astype(int))], [case(VALUES)])) is not None
    assert whole(evidence_of([(case(VALUES), np.zeros(3))])) is None
