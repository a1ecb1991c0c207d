import numpy as np


def softmax(Z):
    return np.zeros((0,))


def sm_dir(S):
    return np.zeros((0, len(S)))
