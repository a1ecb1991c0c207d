"""A reference rebuilt on other functions answers with them; the original stays what it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.judging.substitute import answers_follow, built_on, data_matter
from autograder.model import Case, Draw, GroupResult, Outcome, Status, TestGroup, Tolerance

X = np.array([1.0, 2.0, 5.0])
START = np.ones(3)


def scale(x: Any) -> Any:
    return x / x.sum()


def halved(x: Any) -> Any:
    return scale(x) / 2


def step(W: Any, x: Any) -> Any:
    return W - halved(x)


def wrong_scale(x: Any) -> Any:
    return x / x.max()


def result_of(answer: Any) -> GroupResult:
    group = TestGroup("only", 1.0, True, Draw("r"), Tolerance())
    case = Case("step", "only", 0, {"W": START, "x": X}, step(START, X), Tolerance())
    return GroupResult(group, (case,), (Outcome(Status.RETURNED, answer),), (None,))


def test_a_reference_is_rebuilt_with_the_other_functions_of_its_module() -> None:
    rebuilt = built_on(step, {"scale": wrong_scale})
    assert rebuilt is not None
    assert rebuilt(START, X).tolist() == (START - X / X.max() / 2).tolist()
    assert step(START, X).tolist() == (START - X / X.sum() / 2).tolist()
    assert built_on(np.sum, {}) is None


@pytest.mark.parametrize(
    ("own_scale", "answer", "follow", "matter"),
    [
        (wrong_scale, START - X / 10, True, True),
        (wrong_scale, START - X / 5, False, True),
        (lambda x: 1e-20 * x, START, True, False),
        (lambda x: x.sum() + 1e-9 * x, START - 4.0, True, False),
    ],
)
def test_what_follows_shows_something_where_the_data_matter(
    own_scale: Any, answer: Any, follow: bool, matter: bool
) -> None:
    given = {"scale": own_scale}
    assert answers_follow(result_of(answer), step, given) is follow
    assert data_matter(result_of(answer), step, given) is matter
