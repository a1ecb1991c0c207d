"""The comparison accepts what is right in whatever numeric form, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.compare import (
    changed_arguments,
    compare,
    compare_group,
    note,
    right_cells,
    tolerance_for,
)
from autograder.model.course import Case, Output, TestGroup, Tolerance
from autograder.model.report import Flaw, Verdict
from autograder.model.submission import Outcome, Status
from autograder.model.values import Data

TOLERANCE = Tolerance()


def a_case(expected: Any, tolerance: Tolerance = TOLERANCE, **more: Any) -> Case:
    arguments = more.pop("arguments", {"Z": np.array([1.0, 2.0])})
    return Case("softmax", "group", 0, arguments, np.asarray(expected), tolerance, **more)


def returned(value: Any, **more: Any) -> Outcome:
    return Outcome(Status.RETURNED, value=np.asarray(value), **more)


def flaw(expected: Any, got: Any) -> Flaw | None:
    mismatch = compare(a_case(expected), returned(got))
    return None if mismatch is None else mismatch.flaw


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1.5, np.float64(1.5)),
        (1.5, np.longdouble(1.5)),
        (1.5, 1.5 + 0j),
        ([0.5, 0.25], np.array([0.5, 0.25], dtype=np.float16)),
        ([0.0, 1.0], [False, True]),
        ([0.0, 1.0], np.array([0, 1], dtype=np.uint8)),
        ([[1.0, 2.0], [3.0, 4.0]], np.array([[1.0, 2.0], [3.0, 4.0]], order="F")),
        ([1.0, 2.0], np.array([2.0, 1.0])[::-1]),
        ([1e-9, 0.0], [0.0, 1e-8]),
        ([np.inf, -np.inf, 1.0], [np.inf, -np.inf, 1.0]),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        ([True, False], [1.0, 0.0]),
        ([0.0], [-0.0]),
        ([1 + 2j], [1 + 2j]),
        (np.uint64(2**63), np.int64(-1) * 0 + np.uint64(2**63)),
        ([1.0, np.nan, -np.inf], [1.0, np.nan, -np.inf]),
        ([1.0, np.nan], np.array([1.0, np.nan], dtype=np.float32)),
        ([1j, complex(np.nan)], [1j, complex(np.nan)]),
    ],
)
def test_right_answers_in_every_form(expected: Any, got: Any) -> None:
    assert flaw(expected, got) is None


@pytest.mark.parametrize(
    ("expected", "got", "wanted"),
    [
        ([1.0, 2.0], [[1.0], [2.0]], Flaw.SHAPE),
        ([1.0, 2.0], [[1.0, 2.0]], Flaw.SHAPE),
        (1.0, [1.0], Flaw.SHAPE),
        ([1.0], 1.0, Flaw.SHAPE),
        (np.zeros((0, 3)), np.zeros((3, 0)), Flaw.SHAPE),
        ([1.0, 2.0], np.zeros(0), Flaw.SHAPE),
        ([1.0, 2.0], ["a", "b"], Flaw.DTYPE),
        ([1.0, 2.0], np.array([1.0, 2.0], dtype=object), Flaw.DTYPE),
        ([1.0], np.array([1], dtype="m8[s]"), Flaw.DTYPE),
        ([1.0, 2.0], [1.0, np.nan], Flaw.NON_FINITE),
        ([1.0, 2.0], [1.0, np.inf], Flaw.NON_FINITE),
        ([1.0, np.inf], [1.0, -np.inf], Flaw.NON_FINITE),
        ([1.0, np.inf], [1.0, 1e300], Flaw.NON_FINITE),
        ([np.nan], [1.0], Flaw.NON_FINITE),
        ([np.nan], [np.inf], Flaw.NON_FINITE),
        ([np.nan, 1.0], [np.nan, 2.0], Flaw.VALUES),
        ([1.0], [complex(1.0, np.nan)], Flaw.NON_FINITE),
        ([1.0], [complex(1.0, np.inf)], Flaw.NON_FINITE),
        ([np.inf], [complex(np.inf, np.inf)], Flaw.NON_FINITE),
        ([1.0], [complex(1.0, 1e-3)], Flaw.VALUES),
        ([1 + 2j], [1 - 2j], Flaw.VALUES),
        ([1e308], [-1e308], Flaw.VALUES),
        ([1.0], [1.0 + 3e-5], Flaw.VALUES),
        ([0.1], np.array([0.1], dtype=np.float16), Flaw.VALUES),
        ([True], [False], Flaw.VALUES),
        ([1.0], np.longdouble("1.001"), Flaw.SHAPE),
        ([0.0], np.array([255], dtype=np.uint8), Flaw.VALUES),
        (np.int64(-1), np.uint64(2**64 - 1), Flaw.VALUES),
        (np.array([-128], dtype=np.int8), np.array([127], dtype=np.int8), Flaw.VALUES),
    ],
)
def test_wrong_answers_and_their_first_flaw(expected: Any, got: Any, wanted: Flaw) -> None:
    assert flaw(expected, got) is wanted


def test_a_longdouble_beyond_float64_does_not_pass() -> None:
    assert flaw([1.0], np.array([np.longdouble(10) ** 400])) is not None


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="longdouble is float64 here")
def test_integers_are_compared_exactly() -> None:
    exact = Tolerance(0.0, 0.0)
    big = np.array([2**53], dtype=np.int64)
    assert compare(a_case(big, exact), returned(np.array([2**53 + 1], dtype=np.uint64)))
    assert compare(a_case(big, exact), returned(np.array([2**53], dtype=np.uint64))) is None
    lowest = np.array([-(2**63)], dtype=np.int64)
    assert compare(a_case(lowest, exact), returned(lowest)) is None
    assert compare(a_case(lowest, exact), returned(np.array([2**63 - 1]))) is not None


def test_float32_is_allowed_its_own_rounding_and_gets_a_note() -> None:
    expected = np.array([1e4, 1e-4])
    got = np.array([1e4, 2e-4], dtype=np.float32)
    assert flaw(expected, got) is None
    assert flaw(expected, got.astype(np.float64)) is Flaw.VALUES
    assert "float32" in note(returned(got))
    assert note(returned(got.astype(np.float64))) == ""
    assert flaw([1.0, 1e-4], np.array([1.0, 2e-4], dtype=np.float32)) is Flaw.VALUES
    assert flaw([np.inf, 1.0], np.array([np.inf, 1.5], dtype=np.float32)) is Flaw.VALUES


def test_wrong_cells_are_marked() -> None:
    mismatch = compare(a_case([1.0, 2.0, 3.0]), returned([1.0, 5.0, np.nan]))
    assert mismatch is not None
    assert mismatch.flaw is Flaw.NON_FINITE
    assert mismatch.wrong is not None
    assert mismatch.wrong.tolist() == [False, True, True]


def test_a_wrong_single_number_is_marked_as_an_array() -> None:
    mismatch = compare(a_case(1.0), returned(2.0))
    assert mismatch is not None
    assert isinstance(mismatch.wrong, np.ndarray)
    assert mismatch.wrong.shape == ()


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (Status.RETURNED_OTHER, Verdict.WRONG_ANSWER),
        (Status.RAISED, Verdict.RUNTIME_ERROR),
        (Status.NOT_WRITTEN, Verdict.NOT_ATTEMPTED),
        (Status.MISSING, Verdict.NOT_ATTEMPTED),
        (Status.OUT_OF_TIME, Verdict.TIME_LIMIT_EXCEEDED),
        (Status.OUT_OF_MEMORY, Verdict.MEMORY_LIMIT_EXCEEDED),
        (Status.OUT_OF_OUTPUT, Verdict.OUTPUT_LIMIT_EXCEEDED),
        (Status.CRASHED, Verdict.RUNTIME_ERROR),
    ],
)
def test_what_returned_nothing_never_passes(status: Status, verdict: Verdict) -> None:
    right = np.array([1.0, 2.0])
    mismatch = compare(a_case(right), Outcome(status, value=right))
    assert mismatch is not None
    assert mismatch.verdict is verdict


def test_a_return_without_a_value_fails_closed() -> None:
    mismatch = compare(a_case(1.0), Outcome(Status.RETURNED))
    assert mismatch is not None
    assert mismatch.flaw is Flaw.STRUCTURE


def test_arguments_are_compared_by_value_where_the_case_asks() -> None:
    before = {"Z": np.array([1.0, np.nan]), "k": 3, "W": np.array([[1, 2]])}
    case = a_case(1.0, arguments=before, keeps_arguments=True)
    same = (np.array([1.0, np.nan]), 3, np.array([[1, 2]]))
    assert compare(case, returned(1.0, arguments=same)) is None
    changed = (np.array([1.0, np.nan]), 3, np.array([[1, 7]]))
    mismatch = compare(case, returned(1.0, arguments=changed))
    assert mismatch is not None
    assert mismatch.flaw is Flaw.ARGUMENTS
    assert mismatch.verdict is Verdict.WRONG_ANSWER
    assert changed_arguments(case, mismatch.outcome) == ("W",)
    assert compare(a_case(1.0, arguments=before), returned(1.0, arguments=changed)) is None


def test_arguments_that_did_not_come_back_count_as_changed() -> None:
    mismatch = compare(a_case(1.0, keeps_arguments=True), returned(1.0))
    assert mismatch is not None
    assert mismatch.flaw is Flaw.ARGUMENTS
    resized = a_case(1.0, keeps_arguments=True)
    assert compare(resized, returned(1.0, arguments=(np.array([1.0]),))) is not None


def test_a_wrong_value_is_named_before_a_changed_argument() -> None:
    case = a_case(1.0, keeps_arguments=True)
    mismatch = compare(case, returned(2.0, arguments=(np.array([0.0, 0.0]),)))
    assert mismatch is not None
    assert mismatch.flaw is Flaw.VALUES


NUMBERS = st.floats(allow_nan=False, width=64)
SHAPES = npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
ARRAYS = SHAPES.flatmap(lambda shape: npst.arrays(np.float64, shape, elements=NUMBERS))
ANY_NUMERIC = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(),
    npst.unsigned_integer_dtypes(),
    npst.floating_dtypes(),
    npst.complex_number_dtypes(),
)
TOLERANCES = st.builds(
    Tolerance, st.floats(0, 1, allow_subnormal=False), st.floats(0, 1, allow_subnormal=False)
)


@given(ARRAYS, TOLERANCES)
def test_what_is_expected_is_right(expected: Any, tolerance: Tolerance) -> None:
    assert compare(a_case(expected, tolerance), returned(expected.copy())) is None


@given(ARRAYS.filter(lambda array: array.size > 0), st.data(), TOLERANCES)
def test_nan_never_passes(expected: Any, data: Any, tolerance: Tolerance) -> None:
    got = expected.astype(data.draw(st.sampled_from([np.float64, np.longdouble, np.complex128])))
    cell = data.draw(st.integers(0, expected.size - 1))
    got.flat[cell] = np.nan
    mismatch = compare(a_case(expected, tolerance), returned(got))
    assert mismatch is not None
    assert mismatch.flaw is Flaw.NON_FINITE
    assert mismatch.wrong is not None
    assert mismatch.wrong.flat[cell]


@given(
    SHAPES.flatmap(lambda shape: npst.arrays(ANY_NUMERIC, shape)),
    SHAPES.flatmap(lambda shape: npst.arrays(ANY_NUMERIC, shape)),
    TOLERANCES,
)
def test_any_two_numeric_arrays_can_be_compared(got: Any, expected: Any, tol: Tolerance) -> None:
    mismatch = compare(a_case(expected, tol), returned(got))
    if got.shape != expected.shape:
        assert mismatch is not None
        assert mismatch.flaw is Flaw.SHAPE
    elif np.isnan(got).any():
        assert mismatch is not None


@given(ARRAYS.filter(lambda array: np.isfinite(array).all()), st.data())
def test_an_infinity_is_right_only_where_it_is_expected(expected: Any, data: Any) -> None:
    infinite = data.draw(npst.arrays(np.bool_, expected.shape))
    got = np.where(infinite, np.inf, expected)
    right = right_cells(got, expected, TOLERANCE)
    assert np.array_equal(right, ~infinite)
    assert np.array_equal(right_cells(expected, got, TOLERANCE), ~infinite)


@pytest.mark.parametrize(
    ("declared", "answers", "exact"),
    [
        (False, [3_000_001.0, 7.0], True),
        (False, [[1, 2, 3]], True),
        (False, [3.0, 3.5], False),
        (True, [3_000_001.0], False),
    ],
)
def test_whole_numbers_are_exact_unless_a_tolerance_is_declared(
    declared: bool, answers: list[Any], exact: bool
) -> None:
    group = TestGroup("g", 1.0, False, tolerance_declared=declared)
    tolerance = tolerance_for(group, list(map(np.asarray, answers)))
    assert tolerance == (Tolerance(0.0, 0.0) if exact else group.tolerance)
    case = Case("f", "g", 0, {}, np.asarray(answers[0]), tolerance)
    off = Outcome(Status.RETURNED, case.expected * (1.0 + 2e-6))
    assert bool(compare(case, off)) is exact


# --- a whole group at once ----------------------------------------------------------------------

_KINDS = ["f8", "f8", "f8", "f4", "f2", "i4", "u8", "?", "c16", "g"]
_NUMBERS = st.sampled_from([0.0, -0.0, 1.0, 1.0 + 1e-6, 1.0 + 1e-4, -2.0, 1e300, np.inf, -np.inf])


@st.composite
def answered(draw: st.DrawFn) -> tuple[Case, Outcome]:
    """A case with an answer that is right, nearly right, or wrong in whatever way."""
    shape = draw(npst.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))
    numbers = st.one_of(_NUMBERS, st.just(np.nan))
    expected = draw(npst.arrays("f8", shape, elements=_NUMBERS))
    near = draw(st.sampled_from([0.0, 1e-12, 1e-6, 1e-3]))
    other = draw(st.sampled_from([shape, shape, shape, (1, *shape), shape[::-1]]))
    with np.errstate(all="ignore"):
        if draw(st.booleans()):
            got = expected * (1 + near)
        else:
            got = draw(npst.arrays("f8", other, elements=numbers))
        got = np.array(got).astype(draw(st.sampled_from(_KINDS)))
        expected = expected.astype(draw(st.sampled_from(["f8", "f8", "f8", "c16", "g"])))
    tolerance = draw(st.sampled_from([TOLERANCE, Tolerance(0.0, 0.0), Tolerance(1e-2, 1e-2)]))
    case = a_case(expected, tolerance, keeps_arguments=draw(st.sampled_from([False] * 9 + [True])))
    if draw(st.sampled_from([False] * 19 + [True])):
        return case, Outcome(Status.RAISED)
    return case, returned(got)


@given(st.lists(answered(), max_size=6))
def test_a_group_is_judged_as_its_cases_are(both: list[tuple[Case, Outcome]]) -> None:
    cases, outcomes = [case for case, _ in both], [outcome for _, outcome in both]
    for _ in range(2):  # the second time the group is known
        together = compare_group(cases, outcomes)
        alone = [compare(case, outcome) for case, outcome in both]
        assert [each and each.flaw for each in together] == [each and each.flaw for each in alone]


def test_a_group_of_right_answers_is_one_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [a_case([1.0, number]) for number in range(5)]
    outcomes = [returned([1.0 + 1e-9, number]) for number in range(5)]
    with monkeypatch.context() as patch:
        patch.setattr("autograder.compare.compare", None)
        assert compare_group(cases, outcomes) == [None] * 5
    outcomes[3] = returned([1.0, 4.5])
    found = compare_group(cases, outcomes)
    assert [each is not None for each in found] == [False, False, False, True, False]


# --- plain data -----------------------------------------------------------------------------------


def data_case(expected: Any, **changes: Any) -> Case:
    made = Case("f", "g", 0, {}, np.zeros(0), Tolerance(), data=Data(expected))
    return replace(made, **changes)


def returned_data(value: Any) -> Outcome:
    return Outcome(Status.RETURNED, data=Data(value))


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("abc", "abc"),
        (None, None),
        ((1.0, 2.0), [1.0, 2.0 + 1e-9]),
        ((1.0, 2.0), np.array([1.0, 2.0])),
        ((np.eye(2), 3), (np.eye(2), np.array(3))),
        ({"a": [1, 2], 3: None}, {3: None, "a": (1, 2)}),
        ({1, 2}, {2, 1}),
        (2**80, 2**80),
        ([True, "x"], [np.array(True), "x"]),
    ],
)
def test_plain_data_that_is_right(expected: Any, got: Any) -> None:
    assert compare(data_case(expected), returned_data(got)) is None


@pytest.mark.parametrize(
    ("expected", "got", "place", "said"),
    [
        ("abc", "abd", (), "got 'abd', expected 'abc'"),
        ("abc", None, (), "got None, expected 'abc'"),
        (None, "None", (), "got 'None', expected None"),
        ((1, 2), (1, 2, 3), (), "got 3 values, expected 2"),
        ((1, 2), 1, (), "got 1, expected 2 values"),
        ((1, "a"), (1, "b"), ("second value",), "got 'b', expected 'a'"),
        ({"a": 1}, {"b": 1}, (), "lacks the key 'a'"),
        ({"a": 1}, {"a": 1, "b": 2}, (), "has the key 'b'"),
        ({"a": ["x"]}, {"a": ["y"]}, ("key 'a'", "first value"), "got 'y', expected 'x'"),
        ({1, 2}, {1, 3}, (), "lacks 2"),
        ({1}, {1, 3}, (), "has 3, which it should not"),
        ((1, 2), ("1", 2), ("first value",), "got '1', expected 1"),
        (2**80, 2**80 + 1, (), f"got {2**80 + 1}, expected {2**80}"),
    ],
)
def test_the_first_part_that_is_wrong_is_named(
    expected: Any, got: Any, place: tuple[str, ...], said: str
) -> None:
    mismatch = compare(data_case(expected), returned_data(got))
    assert mismatch is not None
    assert (mismatch.place, mismatch.said[0]) == (place, said)
    assert not any(map(str.isdigit, mismatch.said[1]))


def test_numbers_in_plain_data_are_compared_as_numbers_and_whole_ones_exactly() -> None:
    whole = compare(data_case((3_000_001, 1.0)), returned_data((3_000_002, 1.0)))
    assert whole is not None
    assert whole.place == ("first value",)
    assert (whole.case.expected.item(), whole.outcome.value.item()) == (3_000_001, 3_000_002)
    assert compare(data_case((3e6 + 1, 1.0)), returned_data((3e6 + 2, 1.0))) is None
    nan = compare(data_case([1.0, "a"]), returned_data([float("nan"), "a"]))
    assert nan is not None
    assert nan.flaw is Flaw.NON_FINITE
    shape = compare(data_case((np.eye(2), 1)), returned_data((np.ones(2), 1)))
    assert shape is not None
    assert shape.flaw is Flaw.SHAPE


@pytest.mark.parametrize("got", [[1, 2], [1, 2, 3], [[1, 2], [3, 4]]])
def test_one_array_in_place_of_several_values_is_named(got: Any) -> None:
    outputs = (Output("counts"), Output("edges"))
    case = data_case((np.array([1, 2]), np.array([0.0, 1.0, 2.0])), outputs=outputs)
    wrong = compare(case, returned_data(np.array(got)))
    assert wrong is not None
    assert wrong.said == (
        "returned one array, expected 2 values: counts and edges",
        "returned one array, expected several values: counts and edges",
    )


def test_the_rows_of_an_array_may_be_the_values() -> None:
    case = data_case((1.0, 2.0))
    assert compare(case, returned_data(np.array([1.0, 2.0]))) is None
    wrong = compare(case, returned_data(np.array([1.0, 3.0])))
    assert wrong is not None
    assert wrong.place == ("second value",)


def test_each_output_has_its_name_and_tolerance() -> None:
    outputs = (Output("the root"), Output("the error", Tolerance(0.0, 0.5)))
    case = data_case((1.0, 0.25), outputs=outputs)
    assert compare(case, returned_data((1.0, 0.6))) is None
    wrong = compare(case, returned_data((1.1, 0.25)))
    assert wrong is not None
    assert wrong.place == ("the root",)
