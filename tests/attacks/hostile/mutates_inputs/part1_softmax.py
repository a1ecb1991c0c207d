import numpy as np


def softmax(Z):
    Z[:] = 0.0
    return Z


def sm_dir(S):
    S[:] = 0.0
    return np.zeros((len(S), len(S)))
