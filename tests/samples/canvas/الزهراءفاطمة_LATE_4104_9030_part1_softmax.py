"""Handed in by فاطمة."""

import numpy as np


def softmax(Z):
    return np.exp(Z) / np.exp(Z).sum()
