"""Judges of answers that are not unique."""

import numpy as np


def qr(X, answer):
    """Any Q and R of the right kind; half of the points for factors of X alone."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return "should be two arrays, Q and R"
    Q, R = (np.asarray(factor, dtype=float) for factor in answer)
    n, d = X.shape
    if Q.shape != (n, d) or R.shape != (d, d):
        return "should have as many columns in Q, and rows in R, as X has columns"
    size = np.linalg.norm(X)
    if np.linalg.norm(np.tril(R, -1)) > 1e-10 * size:
        return "has an R that is not upper triangular"
    if np.linalg.norm(Q @ R - X) > 1e-10 * size:
        return "does not multiply back: Q @ R is not X"
    if np.linalg.norm(Q.T @ Q - np.eye(d)) > 1e-10:
        return 0.5, "multiplies back to X, but the columns of Q are not orthonormal"
    return True


def square_root(A, answer):
    """Any B with B.T @ B = A."""
    B = np.asarray(answer, dtype=float)
    if B.shape != A.shape:
        return "should have the shape of A"
    if np.linalg.norm(B.T @ B - A) > 1e-9 * np.linalg.norm(A):
        return "does not multiply back: B.T @ B is not A"
    return True
