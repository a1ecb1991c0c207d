"""Answers to part 3 with slips of a second look: batch code, torch style, two slips at once."""

# ruff: noqa - kept the way such code is written

import math
import numpy as np


def x_entropy__right__loop(y, S):
    loss = 0.0
    for a, s in zip(y, S):
        if a > 0:
            loss += -a * (np.log(s) if s > 0 else -np.inf)
    return loss


def x_entropy__right__xlogy(y, S):
    y, S = np.asarray(y, float), np.asarray(S, float)
    with np.errstate(all="ignore"):
        return np.array(-np.nansum(np.where(y == 0, 0.0, y * np.log(S))))


def x_entropy__wrong__log2(y, S):
    return -np.sum(y * np.log2(S + 1e-15))


def x_entropy__wrong__mean_eps(y, S):
    return -np.mean(y * np.log(S + 1e-9))


def x_entropy__wrong__argmax(y, S):
    return -np.log(S[np.argmax(y)])


def x_entropy__wrong__no_sum(y, S):
    return -y * np.log(S)


def x_entropy__wrong__plus(y, S):
    return np.sum(y * np.log(S))


def x_entropy__wrong__binary(y, S):
    return -np.sum(y * np.log(S) + (1 - y) * np.log(1 - S))


def x_entropy__wrong__swapped(y, S):
    return -np.sum(S * np.log(y + 1e-12))


def x_entropy__wrong__squared(y, S):
    return 0.5 * np.sum((y - S) ** 2)


def x_entropy__wrong__batch(y, S):
    n = y.shape[0]
    return -np.sum(y * np.log(S)) / n


def x_entropy__wrong__math(y, S):
    return -sum(a * math.log(s) for a, s in zip(y, S))


def x_entropy__wrong__clip_nll(y, S):
    S = np.clip(S, 1e-7, 1 - 1e-7)
    return -np.sum(y * np.log(S))


def x_entropy__wrong__index_by_label(y, S):
    return -np.log(S[y.astype(int)]).sum()


def x_entropy__wrong__softmax_again(y, S):
    e = np.exp(S)
    return -np.sum(y * np.log(e / e.sum()))


def x_entropy__wrong__early_return(y, S):
    loss = 0.0
    for a, s in zip(y, S):
        if a > 0:
            loss -= a * np.log(s)
            return loss


def x_entropy__wrong__torch(y, S):
    return -(y * S.log()).sum()


def xe_dir__right__loop(y, S):
    return [-(a / s if s else math.inf) if a else 0.0 for a, s in zip(y, S)]


def xe_dir__right__divide(y, S):
    y, S = np.asarray(y, float), np.asarray(S, float)
    out = np.zeros_like(S)
    with np.errstate(all="ignore"):
        np.divide(-y, S, out=out, where=y != 0)
    return out


def xe_dir__wrong__plain(y, S):
    return -y / S


def xe_dir__wrong__positive(y, S):
    return y / S


def xe_dir__wrong__positive_eps(y, S):
    return y / (S + 1e-8)


def xe_dir__wrong__of_logits(y, S):
    return S - y


def xe_dir__wrong__swap(y, S):
    return -S / y


def xe_dir__wrong__square(y, S):
    return -y / S**2


def xe_dir__wrong__log(y, S):
    return -y * np.log(S)


def xe_dir__wrong__one_minus(y, S):
    with np.errstate(all="ignore"):
        return np.nan_to_num(-y / S + (1 - y) / (1 - S))


def xe_dir__wrong__mean(y, S):
    out = np.zeros(len(S))
    for i in range(len(y)):
        if y[i]:
            out[i] = -y[i] / S[i] / len(y)
    return out


def xe_dir__wrong__hard(y, S):
    out = np.zeros_like(S)
    k = np.argmax(y)
    out[k] = -1 / S[k]
    return out


def xe_dir__wrong__summed(y, S):
    out = 0.0
    for a, s in zip(y, S):
        if a:
            out -= a / s
    return out


def xe_dir__wrong__whole(y, S):
    out = np.zeros_like(y)
    for i in range(len(y)):
        if y[i]:
            out[i] = -y[i] / S[i]
    return out


def xe_dir__wrong__maximum(y, S):
    return -y / np.maximum(S, 1e-3)


def w_dir__right__dot(DXE, DL):
    return np.dot(np.asarray(DXE)[None, :], DL)[0]


def w_dir__right__loop(DXE, DL):
    out = [0.0] * len(DL[0])
    for d, row in zip(DXE, DL):
        for r, v in enumerate(row):
            out[r] += d * v
    return out


def w_dir__wrong__transposed(DXE, DL):
    return DL.T * DXE


def w_dir__wrong__columns(DXE, DL):
    return DL.sum(axis=0)


def w_dir__wrong__matrix(DXE, DL):
    return DXE.reshape(1, -1) @ DL


def w_dir__wrong__mean(DXE, DL):
    return (DXE[:, None] * DL).mean(axis=0)


def w_dir__wrong__reshaped(DXE, DL):
    return DL.reshape(DL.shape[1], -1) @ DXE


def w_dir__wrong__last_class(DXE, DL):
    out = np.zeros(DL.shape[1])
    for t in range(len(DXE) - 1):
        out += DXE[t] * DL[t]
    return out


def w_dir__wrong__minus(DXE, DL):
    return -DXE @ DL


def w_dir__wrong__abs(DXE, DL):
    return np.abs(DXE) @ DL


def w_dir__wrong__assign(DXE, DL):
    out = np.zeros(DL.shape[1])
    for t in range(len(DXE)):
        out = DXE[t] * DL[t]
    return out


def w_dir__wrong__first_only(DXE, DL):
    return DXE[0] * DL[0]


def xe_dir_shortcut__right__outer(W, S, x, y):
    return np.outer(np.asarray(S) - y, x).flatten()


def xe_dir_shortcut__right__loop(W, S, x, y):
    return np.array([(s - a) * v for s, a in zip(S, y) for v in x])


def xe_dir_shortcut__wrong__input_major(W, S, x, y):
    return np.outer(x, S - y).flatten()


def xe_dir_shortcut__wrong__sign_mean(W, S, x, y):
    return np.outer(y - S, x).ravel() / len(S)


def xe_dir_shortcut__wrong__matrix(W, S, x, y):
    return np.outer(x, S - y)


def xe_dir_shortcut__wrong__label_class(W, S, x, y):
    g = S.copy()
    g[np.argmax(y)] -= 1
    return np.kron(g, x)


def xe_dir_shortcut__wrong__in_place(W, S, x, y):
    S -= y
    return np.kron(S, x)


def xe_dir_shortcut__wrong__times_s(W, S, x, y):
    return np.kron((S - y) * S, x)


def xe_dir_shortcut__wrong__dot(W, S, x, y):
    return np.dot(S - y, x)


def xe_dir_shortcut__wrong__plus_w(W, S, x, y):
    return np.kron(S - y, x) + 0.01 * W.T.ravel()


def xe_dir_shortcut__wrong__skip(W, S, x, y):
    D, K = W.shape
    out = np.zeros(D * K)
    for i in range(1, K):
        for j in range(D):
            out[i * D + j] = (S[i] - y[i]) * x[j]
    return out


def xe_dir_shortcut__wrong__wrong_stride(W, S, x, y):
    D, K = W.shape
    out = np.zeros(D * K)
    for i in range(K):
        for j in range(D):
            out[(i * K + j) % (D * K)] = (S[i] - y[i]) * x[j]
    return out
