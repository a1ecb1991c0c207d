from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograder.answer_key.file import digest_cases
from autograder.model.course import Case, Tolerance
from autograder.model.values import Value


def case(expected: Any = (1.0, 2.0), v: Value = 1.0, **changes: Any) -> Case:
    made = Case("f", "g", 0, {"v": v}, np.asarray(expected), Tolerance())
    return replace(made, **changes)


def digest(one: Case) -> str:
    return digest_cases({"f": (one,)})


def test_known_digest_of_a_known_case() -> None:
    # Whoever changes how the digest is made makes all gradebooks grade again.
    found = digest(case(np.array([0.25, -1e-3]), np.array([1, 2], dtype=np.int64)))
    assert found[:12] == "43c17290063a"


@pytest.mark.parametrize(
    "other",
    [
        case(expected=(1.0, 2.00001)),
        case(expected=((1.0, 2.0),)),
        case(expected=(2.0, 4.0)),
        case(expected=(1.0, -2.0)),
        case(v=2.0),
        case(v=1),
        case(v=np.array(1.0)),
        case(arguments={"w": 1.0}),
        case(group="h"),
        case(index=1),
        case(tolerance=Tolerance(1e-6)),
        case(tolerance=Tolerance(atol=0.0)),
        case(keeps_arguments=True),
        case(read_only=True),
    ],
)
def test_whatever_can_change_a_verdict_changes_the_digest(other: Case) -> None:
    assert digest(other) != digest(case())


def test_memory_order_of_an_argument_counts() -> None:
    square = np.arange(6.0).reshape(2, 3)
    assert digest(case(v=square)) != digest(case(v=np.asfortranarray(square)))


def test_exercises_count_in_any_order_but_under_their_names() -> None:
    one, other = (case(),), (case((3.0,)),)
    assert digest_cases({"a": one, "b": other}) == digest_cases({"b": other, "a": one})
    assert digest_cases({"a": one, "b": other}) != digest_cases({"a": other, "b": one})


STRUCTURED = [0.0, 1.0, -1.0, 0.5, 0.25, 1 / 3, 0.1, 2.0**-21, 3 * 2.0**-22, 1024.0, 1e300, 1e-300]


@given(st.lists(st.sampled_from(STRUCTURED), min_size=1, max_size=5), st.sampled_from([-1, 1]))
def test_last_bit_of_a_round_number_does_not_count(numbers: list[float], direction: int) -> None:
    exact = np.array(numbers)
    near = np.nextafter(exact, direction * np.inf)
    near[exact == 0.0] = direction * 1e-17 * np.abs(exact).max()
    tolerance = Tolerance(atol=0.0)
    assert digest(case(exact, tolerance=tolerance)) == digest(case(near, tolerance=tolerance))


def test_rounding_alone_does_not_count() -> None:
    assert digest(case((1e-17, -3e-17))) == digest(case((0.0, 0.0)))


@given(arrays(np.float64, 3, elements=st.floats(allow_nan=False, allow_infinity=False)))
def test_every_finite_array_has_a_digest(numbers: np.ndarray) -> None:
    assert len(digest(case(numbers))) == 64
    assert digest(case(numbers)) == digest(case(numbers.copy()))


def test_empty_and_zero_dimensional_arrays_have_digests() -> None:
    found = {digest(case(np.empty(shape))) for shape in [(0,), (0, 3), (3, 0)]}
    assert len(found | {digest(case(np.array(1.0)))}) == 4


def test_what_is_not_finite_counts_by_its_kind_and_place() -> None:
    kinds = [(1.0, np.nan), (np.nan, 1.0), (1.0, np.inf), (1.0, -np.inf), (1.0, 0.0), (2.0, np.nan)]
    assert len({digest(case(numbers)) for numbers in kinds}) == len(kinds)
    assert digest(case((1.0, np.nan))) == digest(case((1.0, -np.float64(np.nan))))
