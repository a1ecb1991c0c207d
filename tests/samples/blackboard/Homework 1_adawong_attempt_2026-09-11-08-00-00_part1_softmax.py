"""Handed in by Ada at 2026-09-11-08-00-00."""

import numpy as np


def softmax(Z):
    return np.exp(Z) / np.exp(Z).sum()
