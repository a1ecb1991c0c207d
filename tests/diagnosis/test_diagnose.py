"""A diagnosis names the mistake that was made, or nothing; never another one, never a number."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.compare import compare
from autograder.diagnosis.diagnose import Diagnosis, diagnose
from autograder.model.course import (
    Answered,
    Case,
    Draw,
    Exercise,
    Misconception,
    TestGroup,
    Tolerance,
)
from autograder.model.report import GroupResult
from autograder.model.submission import Frame, Outcome, Status, StudentError

Function = Callable[..., Any]
GROUP = TestGroup("group", 1.0, False, Draw("layer"), Tolerance())
EXERCISE = Exercise("layer", "part", (GROUP,))
SIZES = ((3, 5), (4, 2), (1, 4), (3, 3), (4, 1))
RNG = np.random.default_rng(3)


def inputs(D: int, K: int, whole: bool = False) -> dict[str, Any]:
    x = RNG.integers(1, 9, size=D) if whole else RNG.normal(size=D)
    return {"W": RNG.normal(size=(D, K)), "x": x, "y": RNG.uniform(0.1, 1.0, size=K)}


DRAWN = [inputs(*sizes) for sizes in SIZES]
ARGUMENTS = [*DRAWN, inputs(3, 2, whole=True), DRAWN[0]]


def evidence(
    right: Function, student: Function, drawn: list[dict[str, Any]] | None = None, **more: Any
) -> tuple[GroupResult, ...]:
    cases, outcomes = [], []
    for index, arguments in enumerate(ARGUMENTS if drawn is None else drawn):
        expected = np.asarray(right(**arguments))
        cases.append(Case("layer", "group", index, arguments, expected, Tolerance(), **more))
        outcomes.append(called(student, arguments))
    mismatches = tuple(map(compare, cases, outcomes))
    return (GroupResult(GROUP, tuple(cases), tuple(outcomes), mismatches),)


def called(student: Function, arguments: Mapping[str, Any]) -> Outcome:
    copies = [np.array(value) for value in arguments.values()]
    try:
        with np.errstate(all="ignore"):
            value = student(*copies)
    except Exception as error:
        frames = (Frame("part.py", None, 1, "f", ""),)
        known = StudentError(type(error).__name__, str(error), frames, builtin=True)
        return Outcome(Status.RAISED, error=known)
    if value is None:
        return Outcome(Status.RETURNED_OTHER, returned="None")
    return Outcome(Status.RETURNED, np.asarray(value), arguments=tuple(copies))


def name_of(right: Function, student: Function, **more: Any) -> str | None:
    found = diagnose(EXERCISE, evidence(right, student, **more))
    return found.name if found else None


def matrix(W: Any, x: Any, y: Any) -> Any:
    """(D*K, K), class-major, without any symmetry."""
    K = y.size
    return np.kron(np.diag(y) - 0.3 * np.outer(y, y**2), x[:, None]) + 0.1 * np.ones((1, K))


def flat(W: Any, x: Any, y: Any) -> Any:
    return np.outer(y - 0.5, x).reshape(-1)


def step(W: Any, x: Any, y: Any) -> Any:
    return W - 0.5 * np.outer(x, y)


def square(W: Any, x: Any, y: Any) -> Any:
    return np.diag(y) - 0.3 * np.outer(y, y**2)


def loss(W: Any, x: Any, y: Any) -> Any:
    return -np.log(y).sum()


def made_of(x: Any, y: Any) -> Any:
    made = np.zeros_like(x)
    made[:] = x * y[0]
    return made


kept: list[Any] = []


def keeps(W: Any, x: Any, y: Any) -> Any:
    kept.append(1)
    return flat(W, x, y) + (len(kept) > 3)


def in_place(W: Any, x: Any, y: Any) -> Any:
    answer = flat(W, x, y)
    x *= 2
    return answer


def only(indices: tuple[int, ...], wrong: Function, right: Function) -> Function:
    """Wrong for the arguments at these places of ARGUMENTS, right for the others."""
    shapes = {ARGUMENTS[index]["W"].shape for index in indices}
    return lambda W, x, y: (wrong if W.shape in shapes else right)(W, x, y)


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        (matrix, lambda *a: matrix(*a).T, "transposed"),
        (step, lambda *a: step(*a).T, "transposed"),
        (square, lambda *a: square(*a).T, "transposed"),
        (flat, lambda W, x, y: np.outer(x, y - 0.5).reshape(-1), "flat_index_order"),
        (
            matrix,
            lambda *a: (
                matrix(*a).reshape(a[2].size, a[1].size, -1).swapaxes(0, 1).reshape(-1, a[2].size)
            ),
            "flat_index_order",
        ),
        (step, lambda *a: step(*a).T.reshape(a[0].shape), "reshape_order"),
        (step, lambda *a: step(*a).ravel().reshape(a[0].shape, order="F"), "reshape_order"),
        (flat, lambda *a: flat(*a)[:, None], "right_values_wrong_shape"),
        (flat, lambda *a: flat(*a)[None], "right_values_wrong_shape"),
        (matrix, lambda *a: matrix(*a).ravel(), "right_values_wrong_shape"),
        (matrix, lambda *a: matrix(*a).ravel(order="F"), "right_values_wrong_shape"),
        (loss, lambda *a: [loss(*a)], "right_values_wrong_shape"),
        (matrix, lambda *a: matrix(*a).sum(axis=0), "summed"),
        (flat, lambda *a: flat(*a).mean(), "summed"),
        (square, lambda *a: np.diag(square(*a)), "diagonal_as_another_shape"),
        (flat, lambda *a: np.diag(flat(*a)), "diagonal_as_another_shape"),
        (flat, lambda *a: -flat(*a), "negated"),
        (loss, lambda *a: -loss(*a), "negated"),
        (flat, lambda *a: abs(flat(*a)), "sign_lost"),
        (flat, lambda *a: 2 * flat(*a), "factor_2"),
        (loss, lambda *a: loss(*a) / 2, "factor_one_half"),
        (loss, lambda *a: loss(*a) / np.log(2), "factor_1_over_ln2"),
        (loss, lambda *a: loss(*a) * np.log(2), "factor_ln2"),
        (loss, lambda *a: loss(*a) / np.log(10), "factor_1_over_ln10"),
        (loss, lambda *a: -loss(*a) / np.log(10), "minus_factor_1_over_ln10"),
        (flat, lambda W, x, y: flat(W, x, y) / x.size, "divided_by_length_of_W"),
        (flat, lambda W, x, y: flat(W, x, y) * y.size, "multiplied_by_columns_of_W"),
        (flat, lambda *a: 7.25 * flat(*a), "factor_constant"),
        (flat, lambda W, x, y: (3 + y[0]) * flat(W, x, y), "proportional"),
        (step, lambda W, x, y: W + 0.5 * np.outer(x, y), "step_negated"),
        (step, lambda W, x, y: W - np.outer(x, y), "step_factor_2"),
        (step, lambda W, x, y: W - 0.5 * np.outer(x, y) / y.size, "step_divided_by_columns_of_W"),
        (step, lambda W, x, y: W, "returns_its_argument"),
        (step, lambda *a: 0 * step(*a), "zeros"),
        (step, lambda *a: step(*a) + 0.125, "off_by_a_constant"),
        (flat, lambda *a: flat(*a) * (-1.0) ** np.arange(flat(*a).size), "some_signs_wrong"),
        (flat, lambda *a: 1 / flat(*a), "reciprocal"),
        (flat, lambda *a: flat(*a) ** 2, "squared"),
        (loss, lambda *a: np.exp(loss(*a)), "exponential"),
        (flat, lambda *a: 1 - flat(*a), "one_minus"),
        (flat, lambda W, x, y: np.repeat(y - 0.5, x.size), "factor_x_missing"),
        (flat, lambda W, x, y: np.outer(y - 0.5, x * x).ravel(), "factor_x_too_many"),
        (matrix, lambda W, x, y: matrix(W, x, y) * y, "factor_y_too_many"),
        (
            lambda W, x, y, rate: W - rate * np.outer(x, y),
            lambda W, x, y, rate: W - np.outer(x, y),
            "factor_rate_missing",
        ),
        (
            lambda W, x, y, rate: W - rate * np.outer(x, y),
            lambda W, x, y, rate: W - rate * rate * np.outer(x, y),
            "factor_rate_too_many",
        ),
        (step, lambda W, x, y: W - 0.5 * y, "factor_x_missing"),
        (step, lambda *a: np.tril(step(*a)), "cells_left_at_zero"),
        (matrix, lambda *a: np.ones((2, 2)), "same_answer_always"),
        (matrix, lambda *a: np.zeros(0), "same_answer_always"),
        (matrix, lambda *a: np.ones((a[1].size, 7)), "wrong_shape"),
        (flat, lambda *a: np.resize(flat(*a), 15), "one_shape_only"),
        (flat, lambda *a: np.round(flat(*a), 3), "rounded"),
        (flat, lambda *a: flat(*a).astype(np.float16), "half_precision"),
        (flat, lambda *a: flat(*a).astype(np.float16).astype(float), "half_precision"),
        (flat, lambda *a: (1e4 * flat(*a)).astype(int) / 1e4, "inexact"),
        (
            lambda *a, **k: 100 * flat(*a, **k),
            lambda *a: (100 * flat(*a)).astype(int),
            "whole_numbers",
        ),
        (square, lambda *a: square(*a) * np.eye(a[2].size), "diagonal_only"),
        (square, lambda *a: square(*a) * (2 - np.eye(a[2].size)), "wrong_off_the_diagonal"),
        (square, lambda *a: square(*a) * (1 + np.eye(a[2].size)), "wrong_on_the_diagonal"),
        (square, lambda *a: np.roll(square(*a)[::-1], 1), "right_values_wrong_order"),
        (step, lambda *a: None, "nothing_returned"),
        (flat, keeps, "depends_on_earlier_calls"),
        (flat, lambda *a: RNG.normal(size=flat(*a).shape), "depends_on_earlier_calls"),
        (lambda W, x, y: x * y[0], lambda W, x, y: made_of(x, y), "whole_numbers"),
        (
            lambda W, x, y: x * y[0],
            lambda W, x, y: x**-1 if x.dtype.kind == "i" else x * y[0],
            "whole_number_arguments",
        ),
        (flat, only((1, 2, 4, 5), lambda *a: 1 / 0, flat), "sizes_mixed_up"),
        (flat, only((1, 2, 3, 4, 5), lambda *a: 1 / 0, flat), "one_size_only"),
        (
            flat,
            only((1, 2), lambda *a: np.where(flat(*a) > 0, np.nan, flat(*a)), flat),
            "not_finite",
        ),
        (loss, lambda W, x, y: np.tanh(y).sum(), None),
        (flat, lambda W, x, y: np.outer(np.tanh(y), np.cos(x)).reshape(-1), None),
        (matrix, lambda W, x, y: np.kron(np.diag(y), np.sin(x)[:, None]), None),
        (flat, lambda W, x, y: 1 / 0, "divided_by_zero"),
        (flat, lambda W, x, y: np.sum(x, axis=1), "axis_that_is_not_there"),
        (flat, lambda W, x, y: x[y], "index_not_whole"),
        (flat, lambda W, x, y: x[0, 1], "too_many_indices"),
        (flat, lambda W, x, y: x[99], "index_out_of_range"),
        (flat, lambda W, x, y: x.values, "not_an_array_attribute"),
        (flat, lambda W, x, y: x.max(dim=0), "unknown_keyword"),
        (flat, lambda W, x, y: np.float_(x), "removed_from_numpy"),
        (flat, lambda W, x, y: W @ np.ones(50), "shapes_do_not_fit"),
        (flat, lambda W, x, y: math.exp(np.ones(3)), "number_wanted"),
        (flat, lambda W, x, y: x if x > 0 else y, "truth_of_an_array"),
        (flat, lambda *a: ["text"], None),
    ],
)
def test_a_mistake_is_explained_by_what_the_numbers_show(
    right: Function, wrong: Function, name: str | None
) -> None:
    kept.clear()
    drawn = ARGUMENTS
    if "rate" in str(name):
        drawn = [
            {**one, "rate": rate} for one, rate in zip(ARGUMENTS[:3], (0.3, 0.7, 2.5), strict=True)
        ]
    if name == "sizes_mixed_up":
        drawn = [ARGUMENTS[i] for i in (3, 1, 2, 4, 5)]
    assert name_of(right, wrong, drawn=drawn) == name


def test_a_right_answer_has_no_diagnosis() -> None:
    assert diagnose(EXERCISE, evidence(flat, flat)) is None


def test_changed_arguments_are_a_diagnosis_of_their_own() -> None:
    assert name_of(flat, in_place, keeps_arguments=True, drawn=DRAWN) == "changes_its_arguments"
    read_only = evidence(flat, flat, drawn=DRAWN, read_only=True)[0]
    error = StudentError("ValueError", "read-only", builtin=True)
    outcomes = (Outcome(Status.RAISED, error=error), *read_only.outcomes[1:])
    mismatches = tuple(map(compare, read_only.cases, outcomes))
    found = diagnose(EXERCISE, (GroupResult(GROUP, read_only.cases, outcomes, mismatches),))
    assert found is not None
    assert found.name == "changes_its_arguments"


def test_an_explanation_at_odds_with_a_right_answer_is_not_given() -> None:
    wrong = only((1,), lambda *a: -flat(*a), flat)
    assert name_of(flat, wrong) == "some_signs_wrong"
    transposed = only((0,), lambda *a: square(*a).T, square)
    assert name_of(square, transposed) == "wrong_off_the_diagonal"


def test_one_single_number_is_no_evidence_of_a_factor() -> None:
    assert name_of(loss, lambda *a: 1.2345 * loss(*a), drawn=DRAWN[:1]) is None
    assert name_of(loss, lambda *a: 1.2345 * loss(*a)) == "factor_constant"


# --- known misconceptions ---------------------------------------------------------------------


def known(name: str, wrong: Function, right: Function = flat) -> Misconception:
    (result,) = evidence(right, wrong)
    answers = tuple(
        Answered.RIGHT if mismatch is None else outcome.value
        for outcome, mismatch in zip(result.outcomes, result.mismatches, strict=True)
    )
    return Misconception("layer", name, (f"hint of {name}", "second"), answers)


def wrong_somewhere(W: Any, x: Any, y: Any) -> Any:
    return np.where(x.size == 3, np.tanh(flat(W, x, y)), flat(W, x, y))


def nan_somewhere(W: Any, x: Any, y: Any) -> Any:
    values = flat(W, x, y)
    return np.where(values > 0, np.nan, values)


def fails_for_one_input(W: Any, x: Any, y: Any) -> Any:
    if x.size == 1:
        raise ValueError
    return flat(W, x, y)


BANK = (
    known("upside_down", lambda *a: 1 / flat(*a)),
    known("minus", lambda *a: -flat(*a)),
    known("somewhere", wrong_somewhere),
    known("nan", nan_somewhere),
    known("one_input", fails_for_one_input),
)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda *a: 1 / flat(*a), "upside_down"),
        (lambda W, x, y: np.outer(0.5 - y, x).ravel(), "minus"),
        (wrong_somewhere, "somewhere"),
        (nan_somewhere, "nan"),
        (fails_for_one_input, "one_input"),
        (lambda *a: np.tanh(flat(*a)), None),
        (lambda *a: np.full_like(flat(*a), np.nan), "not_finite"),
    ],
)
def test_a_misconception_is_named_where_it_answers_alike_everywhere(
    wrong: Function, name: str | None
) -> None:
    found = diagnose(EXERCISE, evidence(flat, wrong), BANK)
    assert (found.name if found else None) == name
    if found and name != "not_finite":
        assert found.hints == (f"hint of {name}", "second")


def test_two_misconceptions_that_answer_alike_name_none() -> None:
    twins = (known("one", wrong_somewhere), known("two", wrong_somewhere))
    assert diagnose(EXERCISE, evidence(flat, wrong_somewhere), twins) is None
    minus = (known("minus", lambda *a: -flat(*a)), known("opposite", lambda *a: -flat(*a)))
    found = diagnose(EXERCISE, evidence(flat, lambda *a: -flat(*a)), minus)
    assert found is not None
    assert found.name == "negated"


def test_a_misconception_of_another_exercise_or_of_other_cases_is_not_named() -> None:
    results = evidence(flat, wrong_somewhere)
    one = BANK[2]
    other = Misconception("another", one.name, one.hints, one.answers)
    short = Misconception("layer", one.name, one.hints, one.answers[:-1])
    assert diagnose(EXERCISE, results, (other, short)) is None


def test_numbers_that_are_not_kept_still_have_to_be_wrong() -> None:
    one = BANK[1]
    answers = (*one.answers[:-1], Answered.WRONG)
    part = Misconception("layer", "minus", one.hints, answers)
    found = diagnose(EXERCISE, evidence(flat, lambda *a: -flat(*a)), (part,))
    assert found is not None
    assert found.name == "minus"
    kept.clear()

    def all_but_the_last(*a: Any) -> Any:
        kept.append(1)
        return flat(*a) if len(kept) == len(ARGUMENTS) else -flat(*a)

    found = diagnose(EXERCISE, evidence(flat, all_but_the_last), (part,))
    assert found is None or found.name != "minus"


# --- always -----------------------------------------------------------------------------------

ANY = npst.arrays(
    st.one_of(npst.floating_dtypes(), npst.integer_dtypes(), npst.complex_number_dtypes()),
    npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=3))
def test_whatever_comes_back_is_no_surprise(pairs: list[tuple[Any, Any]]) -> None:
    cases, outcomes = [], []
    for index, (right, got) in enumerate(pairs):
        expected = np.nan_to_num(np.asarray(right.real, dtype=np.float64))
        arguments = {"Z": expected, "n": 3}
        cases.append(Case("layer", "group", index, arguments, expected, Tolerance()))
        outcomes.append(Outcome(Status.RETURNED, got))
    mismatches = tuple(map(compare, cases, outcomes))
    found = diagnose(EXERCISE, (GroupResult(GROUP, tuple(cases), tuple(outcomes), mismatches),))
    assert found is None or (isinstance(found, Diagnosis) and found.hints)


def test_hints_hold_no_number_of_a_case() -> None:
    kept.clear()
    for right, wrong in ((flat, lambda *a: 7.25 * flat(*a)), (step, lambda *a: step(*a) + 0.125)):
        found = diagnose(EXERCISE, evidence(right, wrong))
        assert found is not None
        assert not re.search(r"\d", " ".join(found.hints))


def test_who_guards_against_nan_makes_the_same_mistake() -> None:
    def squared_over_zeros(*a: Any) -> Any:
        values = flat(*a) ** 3 + 7
        return values if values.size > 4 else values * np.nan

    def guarded(*a: Any) -> Any:
        return np.nan_to_num(squared_over_zeros(*a))

    def guarded_otherwise(*a: Any) -> Any:
        return guarded(*a) + (guarded(*a).size > 12)

    def only_fails(*a: Any) -> Any:
        return flat(*a) if flat(*a).size > 4 else flat(*a) * np.nan

    one = known("mistake", squared_over_zeros)
    for student, found in ((guarded, "mistake"), (guarded_otherwise, None)):
        diagnosis = diagnose(EXERCISE, evidence(flat, student), (one,))
        assert (diagnosis.name if diagnosis else None) == found
    other = only((2,), lambda *a: flat(*a) ** 3 + 7, flat)
    assert diagnose(EXERCISE, evidence(flat, other), (known("mistake", only_fails),)) is None


def test_the_same_answers_are_diagnosed_once_and_others_anew() -> None:
    [result] = evidence(flat, lambda W, x, y: 2.0 * flat(W, x, y))
    first = diagnose(EXERCISE, (result,))
    assert first is not None
    assert diagnose(EXERCISE, (result,)) is first
    outcomes = tuple(Outcome(Status.RETURNED, -case.expected) for case in result.cases)
    mismatches = tuple(map(compare, result.cases, outcomes))
    other = diagnose(EXERCISE, (GroupResult(GROUP, result.cases, outcomes, mismatches),))
    assert other is not None
    assert (first.name, other.name) == ("factor_2", "negated")
