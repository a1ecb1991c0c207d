"""Answers that show nothing of the mistake get no hint: every detector needs evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.diagnosis.diagnose import DETECTORS
from autograder.diagnosis.evidence import Evidence
from autograder.diagnosis.known_mistakes import mostly
from autograder.model.course import Case, Misconception, Tolerance
from tests.support.evidence import evidence_of

OBVIOUS = {
    "same_answer_always": "says just that",
    "zeros": "says just that",
    "wrong_shape": "says just that",
    "one_shape_only": "says just that",
    "right_values_wrong_order": "of a permutation of the right numbers it is true",
}
"""What may be said all the same, since the answers themselves show it."""


def cases(shape: tuple[int, ...], seed: int) -> list[Case]:
    rng = np.random.default_rng(seed)
    drawn = []
    for size in (3, 4, 5):
        arguments = {"x": rng.normal(size=size), "W": rng.normal(size=(2, size)), "rate": 0.3}
        expected = rng.dirichlet(np.ones(size)) if len(shape) else np.asarray(rng.normal())
        if len(shape) == 2:
            expected = rng.normal(size=(size, size + 1))
        drawn.append(Case("f", "g", size, arguments, expected, Tolerance()))
    return drawn


def spoken(evidence: Evidence) -> list[str]:
    with np.errstate(all="ignore"):
        found = [detector(evidence) for detector in DETECTORS]
    return [one.name for one in found if one is not None and one.name not in OBVIOUS]


def one_hot(expected: Any, place: int) -> Any:
    answer = np.zeros(expected.shape)
    if answer.size:
        answer.flat[place % answer.size] = 1.0
    return answer


def numbered(expected: Any, place: int) -> Any:
    return np.roll(np.arange(float(expected.size)), place).reshape(expected.shape)


ANSWERS: dict[str, Callable[[Any, int], Any]] = {
    "zeros": lambda expected, _: np.zeros(expected.shape),
    "ones": lambda expected, _: np.ones(expected.shape),
    "a fifth": lambda expected, _: np.full(expected.shape, 0.2),
    "a large number": lambda expected, _: np.full(expected.shape, 1e6),
    "one-hot": one_hot,
    "the first": lambda expected, _: one_hot(expected, 0),
    "a single number": lambda expected, _: np.asarray(0.7),
    "places": numbered,
}


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("shape", [(), (1,), (2, 2)])
@given(place=st.integers(0, 30), seed=st.integers(0, 1000), count=st.integers(1, 3))
def test_none_speaks(kind: str, shape: tuple[int, ...], place: int, seed: int, count: int) -> None:
    drawn = cases(shape, seed)
    answers = [(case, ANSWERS[kind](case.expected, place)) for case in drawn[:count]]
    if any(np.allclose(got, case.expected, atol=1e-3) for case, got in answers if got.size == 1):
        return
    assert spoken(evidence_of(answers)) == []


def test_one_input_seen_twice_is_one_piece_of_evidence() -> None:
    [case, *_] = cases((), 3)
    assert spoken(evidence_of([(case, 1.234 * case.expected)] * 2)) == []


@pytest.mark.parametrize(("contradicted", "speaks"), [(0, True), (2, True), (3, False)])
def test_numbers_of_their_own_in_three_groups_contradict_a_known_mistake(
    contradicted: int, speaks: bool
) -> None:
    """It may fit most answers by coincidence, as one-hot labels make many formulas the same."""
    drawn = [replace(cases((1,), seed)[0], group=f"group {seed}") for seed in range(12)]
    answers = [2 * case.expected for case in drawn]
    known = Misconception("f", "doubled", ("You doubled it.",), tuple(answers))
    others = [
        answer + (number < contradicted) * np.arange(1.0, 4.0)
        for number, answer in enumerate(answers)
    ]
    evidence = replace(evidence_of(zip(drawn, others, strict=True)), known=(known,))
    found = mostly(evidence)
    assert (found is not None and found.name == "doubled") is speaks


def test_answers_that_are_not_finite_are_no_evidence_for_a_mistake_that_raises() -> None:
    drawn = [replace(cases((2,), seed)[0], group=f"group {seed}") for seed in range(8)]
    answers = [np.full_like(case.expected, np.nan) for case in drawn[:4]]
    known = Misconception("f", "five_only", ("It works for five only.",), (None,) * 8)
    evidence = evidence_of(zip(drawn, answers, strict=False), drawn[4:])
    assert mostly(replace(evidence, known=(known,))) is None
