"""Right answers in other ways."""

import numpy as np


def predict__loop(X, w, intercept=0.0):
    return [sum(x * weight for x, weight in zip(row, w, strict=True)) + intercept for row in X]


def predict__einsum(X, w, intercept=0.0):
    return intercept + np.einsum("nd,d->n", X, w)


def r_squared__variance(y, predicted):
    return 1 - np.mean((y - predicted) ** 2) / np.var(y)


def gradient__rows(X, y, w):
    return np.mean([2 * (x @ w - value) * x for x, value in zip(X, y, strict=True)], axis=0)


def normal_equations__lstsq(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


def normal_equations__pinv(X, y):
    return np.linalg.pinv(X) @ y


def ridge__svd(X, y, strength):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    return Vt.T @ (s / (s**2 + strength) * (U.T @ y))


def ridge__dual(X, y, strength):
    return X.T @ np.linalg.solve(X @ X.T + strength * np.eye(len(X)), y)


def predictor__centred(X, y):
    w = np.linalg.lstsq(X - X.mean(axis=0), y - y.mean(), rcond=None)[0]
    return lambda new: y.mean() + (new - X.mean(axis=0)) @ w


class predictor__object:
    def __init__(self, X, y):
        self.w = np.linalg.lstsq(np.c_[X, np.ones(len(X))], y, rcond=None)[0]

    def __call__(self, new):
        return np.c_[new, np.ones(len(new))] @ self.w
