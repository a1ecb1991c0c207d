"""Handed in by Ada at 2026-09-10-20-44-21."""

import numpy as np


def softmax(Z):
    return np.exp(Z) / np.exp(Z).sum()
