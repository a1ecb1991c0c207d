import numpy as np


def x_entropy(y, S):
    return np.sum(-1 * np.array(y) * np.log(S))


def xe_dir(y, S):
    return (-1 / S) * y


def w_dir(DXE, DL):
    return np.dot(DXE, DL)


def xe_dir_shortcut(W, S, x, y):
    dir_matrix = np.zeros(W.shape[0] * W.shape[1])
    for i in range(W.shape[1]):
        for j in range(W.shape[0]):
            dir_matrix[(i * W.shape[0]) + j] = (S[i] - y[i]) * x[j]
    return dir_matrix
