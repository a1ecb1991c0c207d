"""Judges of answers that are not unique."""

import numpy as np


def eigenvector(A, answer):
    """Any unit vector that A stretches by its largest eigenvalue, with either sign."""
    v = np.asarray(answer, dtype=float)
    if v.shape != (len(A),):
        return "is not one vector with as many entries as A has rows"
    if abs(np.linalg.norm(v) - 1.0) > 1e-6:
        return "does not have length one: divide it by its norm"
    stretched = v @ A @ v
    if np.linalg.norm(A @ v - stretched * v) > 1e-6 * np.linalg.norm(A):
        return "is not an eigenvector: A @ v is not a multiple of v"
    if stretched < np.linalg.eigvalsh(A)[-1] - 1e-6:
        return "is an eigenvector, but not of the largest eigenvalue"
    return True
