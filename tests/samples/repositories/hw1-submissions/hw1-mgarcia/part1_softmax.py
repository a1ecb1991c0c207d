"""Handed in by María."""

import numpy as np


def softmax(Z):
    return np.exp(Z) / np.exp(Z).sum()
