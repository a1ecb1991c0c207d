# handed in by Zoë
import numpy as np


def x_entropy(y, S):
    loss = 0.0
    for yc, sc in zip(y, S):
        if yc != 0:
            loss -= yc * np.log(sc)
    return loss


def xe_dir(y, S):
    grad = np.zeros(len(S))
    used = np.asarray(y) != 0
    grad[used] = -y[used] / S[used]
    return grad


def w_dir(DXE, DL):
    return DXE.dot(DL)


def xe_dir_shortcut(W, S, x, y):
    diff = S - y
    return np.concatenate([d * x for d in diff])
