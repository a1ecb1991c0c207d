"""Answers by people who learned elsewhere: the course judges them as 50-digit arithmetic does."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import mpmath
import numpy as np
import pytest

from autograder.authoring.trials import Trial
from tests.support.corpus import ROOT, named, try_folder

FOLDER = "lecture_notes"


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return try_folder(FOLDER)


# --- what is right, from the definitions ------------------------------------------------------

Exact = Callable[..., Any]


def exact_softmax(Z: Any) -> Any:
    powers = [mpmath.exp(z) for z in Z]
    return [power / mpmath.fsum(powers) for power in powers]


def exact_sm_dir(S: Any) -> Any:
    return [[s * ((t == i) - r) for i, r in enumerate(S)] for t, s in enumerate(S)]


def exact_z_dir(Z: Any, W: Any, x: Any) -> Any:
    classes = range(len(Z))
    return [[v * (i == k) for k in classes] for i in classes for v in x]


def exact_l_dir(DS: Any, DZ: Any) -> Any:
    return [[mpmath.fdot(row, other) for other in DZ] for row in DS]


def exact_l_dir_shortcut(W: Any, S: Any, x: Any) -> Any:
    DS = exact_sm_dir(S)
    return [[DS[t][i] * v for t in range(len(S))] for i in range(len(S)) for v in x]


def exact_x_entropy(y: Any, S: Any) -> Any:
    return -mpmath.fsum(a * mpmath.log(s) for a, s in zip(y, S, strict=True) if a)


def exact_xe_dir(y: Any, S: Any) -> Any:
    return [-a / s if a else mpmath.mpf(0) for a, s in zip(y, S, strict=True)]


def exact_w_dir(DXE: Any, DL: Any) -> Any:
    return [mpmath.fdot(DXE, column) for column in zip(*DL, strict=True)]


def exact_xe_dir_shortcut(W: Any, S: Any, x: Any, y: Any) -> Any:
    return [(s - a) * v for s, a in zip(S, y, strict=True) for v in x]


def exact_weight_gradient(W: Any, S: Any, x: Any, y: Any) -> Any:
    return [[v * (s - a) for s, a in zip(S, y, strict=True)] for v in x]


def exact_train_step(W: Any, x: Any, y: Any, rate: Any) -> Any:
    return exact_fit(W, [x], [y], rate, 1)


def exact_fit(W: Any, X: Any, Y: Any, rate: Any, steps: Any) -> Any:
    for _ in range(int(steps)):
        shares = [exact_softmax([mpmath.fdot(x, w) for w in zip(*W, strict=True)]) for x in X]
        slopes = [exact_weight_gradient(W, S, x, y) for S, x, y in zip(shares, X, Y, strict=True)]
        W = [
            [w - rate * mpmath.fsum(G[j][i] for G in slopes) / len(X) for i, w in enumerate(row)]
            for j, row in enumerate(W)
        ]
    return W


EXACT: dict[str, Exact] = {
    name.removeprefix("exact_"): function
    for name, function in dict(globals()).items()
    if name.startswith("exact_")
}


def in_mpmath(value: Any) -> Any:
    if np.ndim(value):
        return [in_mpmath(each) for each in value]
    return mpmath.mpf(value.item() if isinstance(value, np.generic) else value)


def layers() -> Iterator[dict[str, Any]]:
    """Inputs of every kind that the docstrings allow, none of which is a case of the course."""
    rng = np.random.default_rng(20240229)
    for D, K in ((3, 4), (4, 3), (2, 2), (1, 3), (3, 1), (2, 7)):
        x, W, Z = rng.normal(size=D), rng.normal(size=(D, K)), rng.normal(size=K)
        S = rng.dirichlet(np.ones(K))
        y = np.eye(K)[rng.integers(K)]
        yield _layer(rng, x, W, Z, S, y)
        yield _layer(rng, x, W, Z, S, rng.dirichlet(np.ones(K)))
        yield _layer(rng, rng.integers(-3, 4, D), W, rng.integers(-5, 6, K), S, y.astype(int))
        if K > 1:
            lowest, tiny = np.argmin(S), S.copy()
            tiny[lowest] = 1e-15
            yield _layer(rng, x, W, 900 * Z, tiny, np.eye(K)[lowest])
            none, label = S.copy(), np.roll(np.eye(K)[lowest], 1)
            none[lowest] = 0.0
            yield _layer(rng, x, 600 * W, 900 + Z, none, label)
            yield _layer(rng, 40 * x, W, -900 - Z, none, label)


def _layer(rng: Any, x: Any, W: Any, Z: Any, S: Any, y: Any) -> dict[str, Any]:
    D, K = W.shape
    X, Y = rng.normal(size=(5, D)), np.eye(K)[rng.integers(K, size=5)]
    own = {"x": x, "W": W, "Z": Z, "S": S, "y": y, "X": X, "Y": Y, "rate": 0.3, "steps": 3}
    chain = {"DS": (K, K), "DZ": (D * K, K), "DXE": (K,), "DL": (K, D * K)}
    return own | {name: rng.normal(size=shape) for name, shape in chain.items()}


def is_right(function: Callable[..., Any], exercise: str) -> bool:
    exact = EXACT[exercise]
    names = exact.__code__.co_varnames[: exact.__code__.co_argcount]
    for layer in layers():
        arguments = [layer[name] for name in names]
        given = [value.copy() if isinstance(value, np.ndarray) else value for value in arguments]
        with mpmath.workdps(50):
            expected = np.array(exact(*map(in_mpmath, arguments)), dtype=float)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                got = np.asarray(function(*given))
        except Exception:
            return False
        if got.shape != expected.shape or got.dtype.kind not in "biuf":
            return False
        if not (np.abs(got - expected) <= 1e-12 + 1e-9 * np.abs(expected)).all():
            return False
        if not all(map(np.array_equal, arguments, given)):
            return False
    return True


def module_of(part: str) -> ModuleType:
    path = ROOT / "tests" / "course" / FOLDER / f"{part}.py"
    spec = importlib.util.spec_from_file_location(f"{FOLDER}_{part}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the course says the same -----------------------------------------------------------------


def test_the_course_judges_as_the_definitions_do(trials: list[Trial]) -> None:
    assert len(trials) >= 220
    modules = {part: module_of(part) for part in {one.candidate.exercise.part for one in trials}}
    for trial in trials:
        exercise, name = trial.candidate.exercise, trial.candidate.name
        right = is_right(getattr(modules[exercise.part], name), exercise.name)
        assert right is ("__right__" in name), name
        assert right is (not trial.caught_by), name


def test_all_but_one_in_fifty_wrong_ones_are_named(trials: list[Trial]) -> None:
    wrong = [trial for trial in trials if trial.caught_by]
    unnamed = [trial.candidate.name for trial in wrong if named(trial) is None]
    assert len(unnamed) <= len(wrong) / 50, unnamed


def test_three_in_four_are_named_without_any_list(trials: list[Trial]) -> None:
    wrong = [trial for trial in trials if trial.caught_by]
    unnamed = [one.candidate.name for one in wrong if not named(one, by_mechanisms_alone=True)]
    assert len(unnamed) <= len(wrong) / 4, unnamed
