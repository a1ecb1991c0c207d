import numpy as np


def z_dir(Z, W, x):
    rows = []
    for i in range(W.shape[1]):
        for j in range(W.shape[0]):
            rows.append([x[j] if k == i else 0.0 for k in range(len(Z))])
    return rows


def l_dir(DS, DZ):
    return np.dot(DS, DZ.T)


def l_dir_shortcut(W, S, x):
    dir_matrix = np.zeros((W.shape[0] * W.shape[1], W.shape[1]))
    for t in range(W.shape[1]):
        for i in range(W.shape[1]):
            for j in range(W.shape[0]):
                dir_matrix[(i * W.shape[0]) + j][t] = S[t] * ((i == t) - S[i]) * x[j]
    return dir_matrix
