import numpy as np


def softmax(Z):
    return np.zeros(len(Z), dtype=[("a", float)])


def sm_dir(S):
    return np.array([["0.2"] * len(S)] * len(S))


def z_dir(Z, W, x):
    return np.zeros((len(Z) * len(x), len(Z)), dtype="m8[s]")
