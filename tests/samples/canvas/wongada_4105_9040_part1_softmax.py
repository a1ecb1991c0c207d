"""Handed in by the other Ada."""

import numpy as np


def softmax(Z):
    return np.exp(Z) / np.exp(Z).sum()
