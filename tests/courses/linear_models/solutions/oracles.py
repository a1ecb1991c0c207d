"""Other ways to the answers, for `autograder validate`."""

import math
from fractions import Fraction

import numpy as np

ALLOWED = {
    "sums": 1e-12,
    "fractions": 1e-12,
    "complex_step": 1e-12,
    "more_rows": 1e-9,
    "centred": 1e-9,
    "numpy": 0.0,
    "svd": 1e-6,
    "eigenvectors": 0.0,
}


def predict__sums(X, w, intercept=0.0):
    return [math.fsum([*(a * b for a, b in zip(row, w, strict=True)), intercept]) for row in X]


def r_squared__fractions(y, predicted):
    """In rational numbers, without rounding."""
    observed = [Fraction(float(value)) for value in y]
    residual = [a - Fraction(float(b)) for a, b in zip(observed, predicted, strict=True)]
    mean = sum(observed) / len(observed)
    return float(1 - sum(r * r for r in residual) / sum((a - mean) ** 2 for a in observed))


def gradient__complex_step(X, y, w):
    """The imaginary part of the error at w + ih, divided by h."""
    h = 1e-30
    steps = w + 1j * h * np.eye(len(w))
    return [(np.sum((X @ step - y) ** 2) / len(y)).imag / h for step in steps]


def normal_equations__svd(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


def ridge__more_rows(X, y, strength):
    """Ridge regression is least squares with one extra row for each weight."""
    d = X.shape[1]
    longer = np.vstack([X, math.sqrt(strength) * np.eye(d)])
    return np.linalg.lstsq(longer, np.concatenate([y, np.zeros(d)]), rcond=None)[0]


def predictor__centred(X, y):
    """The weights of centred features, and an intercept that meets the means."""
    w = np.linalg.lstsq(X - X.mean(axis=0), y - y.mean(), rcond=None)[0]
    return lambda new: (new - X.mean(axis=0)) @ w + y.mean()


def qr__numpy(X):
    return tuple(np.linalg.qr(X))


def qr_least_squares__svd(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


def square_root__eigenvectors(A):
    values, vectors = np.linalg.eigh(A)
    return np.sqrt(values)[:, None] * vectors.T
