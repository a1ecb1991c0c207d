"""The tools of the lessons: numeric checks, names for the weights, Fisher's iris measurements.

Importing it needs numpy alone and does nothing else than let the parts find one another, also
where one is a script and another a notebook (see part_finder.py).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import part_finder

FOLDER = Path(globals().get("__file__", "workbench.py")).parent

part_finder.install(FOLDER)


# --- the worked example -------------------------------------------------------------------------


def worked_example() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The numbers of the lessons: x (3,), W (3, 5) and the one-hot y (5,)."""
    x = np.array([0.1, 0.5, 0.4])
    W = np.array(
        [
            [0.1, 0.2, 0.3, 0.4, 0.5],
            [0.6, 0.7, 0.8, 0.9, 0.1],
            [0.11, 0.12, 0.13, 0.14, 0.15],
        ]
    )
    y = np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    return x, W, y


def show(label: str, compute: Callable[[], Any]) -> None:
    """Print `label` with what `compute()` returns, or that a function is still to be written."""
    try:
        answer = compute()
    except NotImplementedError as missing:
        print(f"{label}: nothing to show yet ({missing})")
        return
    text = np.array2string(np.asarray(answer), precision=6, suppress_small=True)
    print(f"{label} =\n{text}" if "\n" in text else f"{label} = {text}")


# --- numeric checks -----------------------------------------------------------------------------


def numeric_derivative(f: Callable[[np.ndarray], Any], x: Any) -> np.ndarray:
    """The derivative of f at x by central differences, of shape f(x).shape + x.shape.

    Entry [t, i] is what output t changes by, for each unit that input i changes. Right to about
    nine digits where f is smooth and its numbers are neither huge nor tiny.
    """
    x = np.asarray(x, dtype=float)
    slopes = np.empty(np.shape(f(x)) + x.shape)
    for place in np.ndindex(x.shape):
        along = np.zeros(x.shape)
        along[place] = 1.0
        slopes[(..., *place)] = _slope(f, x, along)
    return slopes


def gradient_check(
    f: Callable[[np.ndarray], Any], df: Callable[[np.ndarray], Any], x: Any
) -> float:
    """Compare a derivative that you derived with what the function really does near x.

    The slope of f is measured by central differences, (f(x + h) - f(x - h)) / 2h: along every
    coordinate, and along one random direction, in which all coordinates change together.

    Parameters
    ----------
    f : function of an array like x that returns a number or an array
    df : function of an array like x that returns the derivative of f there, of shape
        f(x).shape + x.shape: for a scalar f, the shape of x; for f of shape (m,) and x of shape
        (n,), the matrix (m, n) whose row t belongs to output t
    x : array, the point at which to check

    Returns
    -------
    float
        The worst error, relative to the largest slope. A right derivative gives about 1e-9, a
        wrong one 1e-3 or more; inf where df returns another shape, nan where a function is
        still to be written.

    Examples
    --------
    >>> worst = gradient_check(lambda x: (x**2).sum(), lambda x: 2 * x, [1.0, 3.0])
    gradient_check at a point of shape (2,)
      one by one, worst at [1]: measured 6.00000000, df says 6.00000000
      in a random direction: measured -2.96737882, df says -2.96737882
      looks right: worst relative error below 1e-7
    >>> worst < 1e-7
    True
    """
    x = np.asarray(x, dtype=float)
    try:
        measured, claimed = numeric_derivative(f, x), np.asarray(df(x), dtype=float)
    except NotImplementedError as missing:
        print(f"gradient_check: nothing to check yet ({missing})")
        return float("nan")
    name = getattr(df, "__name__", "<lambda>")
    of = "" if name == "<lambda>" else f" of {name}"
    print(f"gradient_check{of} at a point of shape {x.shape}")
    if claimed.shape != measured.shape:
        print(f"  df returned shape {claimed.shape}, expected {measured.shape}")
        return float("inf")
    direction = np.random.default_rng(0).standard_normal(x.shape)
    direction /= np.linalg.norm(direction)
    along = np.asarray(_slope(f, x, direction))
    sum_along = np.tensordot(claimed, direction, x.ndim) if x.ndim else claimed * direction
    scale = max(np.abs(measured).max(), np.finfo(float).tiny)
    errors = [
        _report("one by one, worst", measured, claimed, scale),
        _report("in a random direction", along, np.asarray(sum_along), scale),
    ]
    worst = max(errors)
    verdict = "looks right: worst relative error below 1e-7"
    print("  " + (verdict if worst < 1e-7 else f"look again: worst relative error {worst:.1e}"))
    return worst


def _slope(f: Callable[[np.ndarray], Any], x: np.ndarray, along: np.ndarray) -> Any:
    # The cube root of the rounding of float64 balances the two errors of a central difference.
    h = 6e-6 * max(1.0, float(np.abs(x).max(initial=0.0)))
    return (np.asarray(f(x + h * along)) - np.asarray(f(x - h * along))) / (2.0 * h)


def _report(what: str, measured: np.ndarray, claimed: np.ndarray, scale: float) -> float:
    # NaN counts as the worst of all, so that it cannot look right.
    errors = np.nan_to_num(np.abs(claimed - measured) / scale, nan=np.inf)
    place = np.unravel_index(errors.argmax(), errors.shape)
    index = f" at [{', '.join(map(str, place))}]" if place else ""
    print(f"  {what}{index}: measured {measured[place]:.8f}, df says {claimed[place]:.8f}")
    return float(errors[place])


# --- the layout of the weights ------------------------------------------------------------------


def class_labels(K: int) -> list[str]:
    """What each of K rows or columns means, where classes are numbered."""
    return [f"class {i}" for i in range(K)]


def weight_labels(D: int, K: int) -> list[str]:
    """What each of D*K rows or columns means, where weights are numbered class by class."""
    return [f"class {i}, input {j}" for i in range(K) for j in range(D)]


def weights_of(flat: np.ndarray, D: int, K: int) -> np.ndarray:
    """The weights W (D, K) whose class-major list is `flat` (D*K,): W[j, i] is flat[i*D + j]."""
    W = np.empty((D, K))
    for i in range(K):
        for j in range(D):
            W[j, i] = flat[i * D + j]
    return W


def class_major(W: np.ndarray) -> np.ndarray:
    """The weights W (D, K) as one list (D*K,), class by class: the opposite of weights_of."""
    D, K = W.shape
    return np.array([W[j, i] for i in range(K) for j in range(D)])


# --- data ---------------------------------------------------------------------------------------


def load_iris() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Fisher's iris measurements: X (150, 4) in centimetres, one-hot Y (150, 3), three species.

    The columns of X are sepal length, sepal width, petal length, petal width. Source: R. A.
    Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936).
    Rows 35 and 38 are as Fisher printed them; a well-known copy has two slips there.
    """
    with (FOLDER / "iris.csv").open(newline="", encoding="utf-8") as table:
        rows = list(csv.reader(table))[1:]
    species = sorted({row[-1] for row in rows})
    X = np.array([[float(number) for number in row[:-1]] for row in rows])
    Y = np.array([[float(row[-1] == name) for name in species] for row in rows])
    return X, Y, species
