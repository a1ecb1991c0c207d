"""A small number for safety, a limit, a temperature, a rate of one's own: named without a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.compare import compare
from autograder.diagnosis.diagnose import diagnose
from autograder.model.report import GroupResult
from autograder.model.submission import Outcome, Status
from tests.support.corpus import built

Function = Callable[..., Any]

EPSILONS = [10.0**-power for power in (3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20)]


def diagnosed(exercise: str, answer: Function) -> tuple[str, str]:
    """The name and the first hint of an answer that is wrong."""
    course, key, references = built()
    about = next(one for one in course.exercises if one.name == exercise)
    results = []
    for group in about.groups:
        cases = tuple(case for case in key.cases[exercise] if case.group == group.name)
        outcomes = []
        for case in cases:
            with np.errstate(all="ignore"):
                value = np.asarray(answer(*map(np.copy, case.arguments.values())))
            arguments = tuple(case.arguments.values())
            outcomes.append(Outcome(Status.RETURNED, value, arguments))
        mismatches = tuple(map(compare, cases, outcomes))
        results.append(GroupResult(group, cases, tuple(outcomes), mismatches))
    assert any(any(result.mismatches) for result in results)
    known, reference = key.misconceptions[exercise], references[exercise]
    found = diagnose(about, results, known, reference, key.solutions)
    assert found is not None
    return found.name, found.hints[0]


def text(number: float) -> str:
    return f"{number:.0e}".replace("e-0", "e-")


@pytest.mark.parametrize("epsilon", EPSILONS)
def test_a_small_number_added_to_a_probability(epsilon: float) -> None:
    name, hint = diagnosed("x_entropy", lambda y, S: -np.sum(y * np.log(S + epsilon)))
    assert name == f"S_plus_{text(epsilon)}"
    assert f"S + {text(epsilon)}" in hint
    assert diagnosed("xe_dir", lambda y, S: -y / (S + epsilon))[0] == name


@pytest.mark.parametrize("least", [1e-3, 1e-5, 1e-6, 1e-8, 1e-15, 1e-16])
def test_a_probability_kept_above_a_small_number(least: float) -> None:
    """Where it is tiny, to add it comes to the same, and both are said."""
    for exercise, answer in (
        ("x_entropy", lambda y, S: -np.sum(y * np.log(np.maximum(S, least)))),
        ("xe_dir", lambda y, S: -y / np.maximum(S, least)),
    ):
        _, hint = diagnosed(exercise, answer)
        assert f"S kept above {text(least)}" in hint


def test_the_epsilon_of_the_machine() -> None:
    epsilon = np.finfo(float).eps
    for exercise, answer in (
        ("x_entropy", lambda y, S: -np.sum(y * np.log(S + epsilon))),
        ("xe_dir", lambda y, S: -y / (S + epsilon)),
    ):
        assert diagnosed(exercise, answer)[0] == "S_plus_machine_epsilon"


def shares(powers: Any) -> Any:
    return powers / powers.sum()


@pytest.mark.parametrize("limit", [20, 50, 100])
def test_logits_clipped(limit: float) -> None:
    """Which limit it is shows only where logits lie between it and the next one."""
    name, hint = diagnosed("softmax", lambda Z: shares(np.exp(np.clip(Z, -limit, limit))))
    assert name in (f"Z_within_{limit}", "Z_limited", "logits_clipped")
    assert ("some limit" in hint) is (name == "Z_limited")


@pytest.mark.parametrize("limit", [50, 700])
def test_logits_cut_above(limit: float) -> None:
    name, hint = diagnosed("softmax", lambda Z: shares(np.exp(np.minimum(Z, limit))))
    assert name == "Z_limited"
    assert "Z clipped at some limit" in hint
    assert "it is not finite in 'huge logits" in hint


@pytest.mark.parametrize(("factor", "words"), [(0.5, "0.5"), (10, "10"), (0.1, "0.1")])
def test_a_temperature(factor: float, words: str) -> None:
    name, hint = diagnosed("softmax", lambda Z: shares(np.exp(factor * (Z - Z.max()))))
    assert name == f"Z_times_{words}"
    assert f"Z times {words}" in hint


@pytest.mark.parametrize("exercise", ["train_step", "fit"])
@pytest.mark.parametrize("rate", [0.1, 0.01, 0.001, 0.05])
def test_a_rate_of_ones_own(exercise: str, rate: float) -> None:
    _, _, references = built()
    place = list(references[exercise].__code__.co_varnames).index("rate")

    def with_own_rate(*given: Any) -> Any:
        arguments = list(given)
        arguments[place] = rate
        return references[exercise](*arguments)

    name, hint = diagnosed(exercise, with_own_rate)
    assert name == f"rate_is_{rate:g}"
    assert f"{rate:g} instead of rate" in hint
