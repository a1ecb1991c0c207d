import numpy as np


def softmax(Z):
    return [np.exp(z) / sum(np.exp(k) for k in Z) for z in Z]


def sm_dir(S):
    S_vector = np.asarray(S).reshape(-1, 1)
    return np.diag(S) - np.dot(S_vector, S_vector.T)
