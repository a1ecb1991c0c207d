"""The recipes of course.yaml."""

import numpy as np


def _matrix(rng, n, d):
    """Columns that are not centred, so that an intercept and a mean both matter."""
    return rng.normal(loc=0.5, size=(n, d))


def _whole(rng, *shape):
    return rng.integers(-4, 5, size=shape)


def rows(rng, n, d):
    """`intercept` is left out, so its default is used."""
    return {"X": _matrix(rng, n, d), "w": rng.normal(size=d)}


def rows_and_intercept(rng, n, d):
    return rows(rng, n, d) | {"intercept": float(rng.uniform(1.0, 3.0))}


def whole_rows(rng, n, d):
    return {"X": _whole(rng, n, d), "w": _whole(rng, d), "intercept": 0.5}


def predictions(rng, n):
    y = rng.normal(loc=2.0, size=n)
    return {"y": y, "predicted": y + 0.3 * rng.normal(size=n)}


def bad_predictions(rng, n):
    y = rng.normal(loc=2.0, size=n)
    return {"y": y, "predicted": 1.0 - y}


def whole_predictions(rng, n):
    y = np.arange(n) ** 2
    return {"y": y, "predicted": y + rng.integers(1, 4, size=n)}


def data(rng, n, d):
    X = _matrix(rng, n, d)
    return {"X": X, "y": X @ rng.normal(size=d) + 2.0 + 0.5 * rng.normal(size=n)}


def whole_data(rng, n, d):
    """Independent columns: the upper rows are a unit matrix, but for its sign and size."""
    X = _whole(rng, n, d)
    X[:d] = 3 * np.eye(d, dtype=int)
    return {"X": X, "y": _whole(rng, n)}


def data_and_weights(rng, n, d):
    return data(rng, n, d) | {"w": rng.normal(size=d)}


def whole_data_and_weights(rng, n, d):
    return whole_data(rng, n, d) | {"w": _whole(rng, d)}


def data_and_strength(rng, n, d):
    return data(rng, n, d) | {"strength": float(rng.uniform(0.5, 3.0))}


def whole_data_and_strength(rng, n, d):
    return whole_data(rng, n, d) | {"strength": 2}


def data_and_new(rng, n, d, m):
    return data(rng, n, d) | {"new": _matrix(rng, m, d)}


def whole_data_and_new(rng, n, d, m):
    return whole_data(rng, n, d) | {"new": _whole(rng, m, d)}


def matrix(rng, n, d):
    return {"X": _matrix(rng, n, d)}


def whole_matrix(rng, n, d):
    return {"X": whole_data(rng, n, d)["X"]}


def almost_parallel(rng, n, d):
    """All columns are one, but for some hundred-thousandths of it."""
    return {"X": rng.normal(size=(n, 1)) + 2e-5 * rng.normal(size=(n, d))}


def almost_triangular(rng, n, d):
    """Next to nothing is below the diagonal, with the sign that makes a reflection cancel."""
    return {"X": np.triu(rng.uniform(1.0, 3.0, size=(n, d))) - 1e-7 * rng.random((n, d))}


def almost_parallel_data(rng, n, d):
    """QR gives nine digits of the weights or so, the product X.T @ X three."""
    X = rng.normal(size=(n, 1)) + 1e-6 * rng.normal(size=(n, d))
    return {"X": X, "y": X @ rng.normal(size=d)}


def positive(rng, n):
    X = rng.normal(size=(n + 2, n))
    return {"A": X.T @ X}


def whole_positive(rng, n):
    X = np.tril(_whole(rng, n, n), -1) + np.diag(np.arange(1, n + 1))
    return {"A": X.T @ X}
