"""Mistakes that students make; each docstring is the hint."""

import numpy as np


def qr__classical_gram_schmidt(X):
    """Where columns are almost parallel, your Q is not orthogonal, as with Gram-Schmidt's method.

    Use reflections, or orthogonalise twice.
    """
    n, d = X.shape
    Q, R = np.zeros((n, d)), np.zeros((d, d))
    for k in range(d):
        R[:k, k] = Q[:, :k].T @ X[:, k]
        v = X[:, k] - Q[:, :k] @ R[:k, k]
        R[k, k] = np.linalg.norm(v)
        Q[:, k] = v / R[k, k]
    return Q, R


def qr__not_normalised(X):
    """The columns of Q are orthogonal but do not have length 1: divide them by their norms."""
    Q, R = np.linalg.qr(X)
    r = np.diag(R)
    return Q * r, R / r[:, None]


def qr__full(X):
    """You return the full factorisation; the exercise asks for the reduced one, Q of X's shape."""
    return np.linalg.qr(X, mode="complete")


def qr__transposed_r(X):
    """Your R is lower triangular: transpose it."""
    Q, R = np.linalg.qr(X)
    return Q, R.T


def qr__swapped(X):
    """You return R and Q; the exercise asks for Q first."""
    Q, R = np.linalg.qr(X)
    return R, Q


def qr_least_squares__normal_equations(X, y):
    """You solve with X.T @ X, which loses twice as many digits: solve R w = Q.T @ y instead."""
    return np.linalg.solve(X.T @ X, X.T @ y)


def qr_least_squares__transposed_r(X, y):
    """You solve with the transpose of R; the equations are R w = Q.T @ y."""
    Q, R = np.linalg.qr(X)
    return np.linalg.solve(R.T, Q.T @ y)


def qr_least_squares__no_solve(X, y):
    """You stop at Q.T @ y, the weights of Q's columns; solve R w = Q.T @ y for those of X's."""
    Q, R = np.linalg.qr(X)
    return np.sign(np.diag(R)) * (Q.T @ y)


def qr_least_squares__diagonal(X, y):
    """You divide by the diagonal of R alone; what is above it counts too."""
    Q, R = np.linalg.qr(X)
    return Q.T @ y / np.diag(R)


def square_root__lower(A):
    """Your B has B @ B.T = A; the exercise asks for B.T @ B = A: transpose it."""
    return np.linalg.cholesky(A)


def square_root__entries(A):
    """You take the root of every entry; a matrix product is not made entry by entry."""
    return np.sqrt(np.abs(A))


def square_root__values_not_rooted(A):
    """You multiply by the eigenvalues; B needs their square roots."""
    values, vectors = np.linalg.eigh(A)
    return values[:, None] * vectors.T


def square_root__eigenvalues_alone(A):
    """You return the roots of the eigenvalues on a diagonal; B needs the eigenvectors too."""
    return np.diag(np.sqrt(np.linalg.eigvalsh(A)))
