import numpy as np


def softmax(Z):
    return np.full(len(Z), np.nan)


def sm_dir(S):
    return np.full((len(S), len(S)), np.inf)
