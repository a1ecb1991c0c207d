import numpy as np


def softmax(Z):
    # subtract the max so exp never sees a positive number
    shifted = np.asarray(Z, dtype=float) - np.max(Z)
    exps = np.exp(shifted)
    return exps / np.sum(exps)


def sm_dir(S):
    K = len(S)
    J = np.empty((K, K))
    for t in range(K):
        for i in range(K):
            if i == t:
                J[t, i] = S[t] * (1.0 - S[t])
            else:
                J[t, i] = -S[t] * S[i]
    return J


def z_dir(Z, W, x):
    D, K = W.shape
    result = np.zeros((D * K, K))
    for k in range(K):
        # the block of rows that belongs to class k
        result[k * D : (k + 1) * D, k] = x
    return result


def l_dir(DS, DZ):
    return np.dot(DS, np.transpose(DZ))


def l_dir_shortcut(W, S, x):
    # every entry of sm_dir times x, laid out class by class
    J = sm_dir(S)  # (t, i)
    D, K = W.shape
    out = J.T[:, None, :] * np.asarray(x, dtype=float)[None, :, None]  # (i, j, t)
    return out.reshape(D * K, K)


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


def weight_gradient(W, S, x, y):
    return np.array(x)[:, np.newaxis] * (S - y)[np.newaxis, :]


def train_step(W, x, y, rate):
    S = softmax(np.dot(x, W))
    return W - rate * weight_gradient(W, S, x, y)


def fit(W, X, Y, rate, steps):
    W = W.copy()
    n = X.shape[0]
    for step in range(steps):
        total = np.zeros(W.shape)
        for x, y in zip(X, Y):
            total += weight_gradient(W, softmax(x @ W), x, y)
        W = W - rate * total / n
    return W
