"""Answers to part 2 with slips of a second look: batch code, torch style, two slips at once."""

# ruff: noqa - kept the way such code is written

import numpy as np


def z_dir__right__kron(Z, W, x):
    return np.kron(np.eye(len(Z)), np.asarray(x).reshape(-1, 1))


def z_dir__right__slices(Z, W, x):
    D, K = len(x), len(Z)
    out = np.zeros((D * K, K))
    for k in range(K):
        out[k * D : (k + 1) * D, k] = x
    return out


def z_dir__right__lists(Z, W, x):
    return [[float(v) if c == k else 0.0 for c in range(len(Z))] for k in range(len(Z)) for v in x]


def z_dir__wrong__kron_swapped(Z, W, x):
    return np.kron(x.reshape(-1, 1), np.eye(len(Z)))


def z_dir__wrong__transposed(Z, W, x):
    return np.kron(np.eye(len(Z)), x)


def z_dir__wrong__weights(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for k in range(K):
        out[k * D : (k + 1) * D, k] = W[:, k]
    return out


def z_dir__wrong__tiled(Z, W, x):
    return np.tile(x, (len(Z), 1)).T.repeat(len(Z), axis=0)


def z_dir__wrong__slice_short(Z, W, x):
    D, K = len(x), len(Z)
    out = np.zeros((D * K, K))
    for k in range(K):
        out[k * D : (k + 1) * D - 1, k] = x[:-1]
    return out


def z_dir__wrong__stride_k(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for k in range(K):
        for j in range(D):
            out[min(k * K + j, D * K - 1), k] = x[j]
    return out


def z_dir__wrong__three_axes(Z, W, x):
    K, D = len(Z), len(x)
    out = np.zeros((K, D, K))
    for k in range(K):
        out[k, :, k] = x
    return out


def z_dir__wrong__zeros_like_int(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K), dtype=int)
    for k in range(K):
        out[k * D : (k + 1) * D, k] = x
    return out


def z_dir__wrong__negative(Z, W, x):
    return np.kron(-np.eye(len(Z)), x.reshape(-1, 1))


def z_dir__wrong__ones(Z, W, x):
    return np.kron(np.ones((len(Z), len(Z))), x.reshape(-1, 1))


def z_dir__wrong__sums(Z, W, x):
    return np.kron(np.eye(len(Z)), np.cumsum(x).reshape(-1, 1))


def l_dir__right__einsum(DS, DZ):
    return np.einsum("tk,rk->tr", DS, DZ)


def l_dir__right__loops(DS, DZ):
    out = np.zeros((len(DS), len(DZ)))
    for t, row in enumerate(DS):
        for r, other in enumerate(DZ):
            out[t, r] = sum(a * b for a, b in zip(row, other))
    return out


def l_dir__wrong__no_transpose(DS, DZ):
    return DS @ DZ


def l_dir__wrong__dz_ds(DS, DZ):
    return DZ @ DS


def l_dir__wrong__ds_transposed(DS, DZ):
    return DS.T @ DZ.T


def l_dir__wrong__reshape_not_transpose(DS, DZ):
    return DS @ DZ.reshape(DZ.shape[1], DZ.shape[0])


def l_dir__wrong__elementwise(DS, DZ):
    return DS[:, :, None] * DZ.T[None]


def l_dir__wrong__loop_skip_first(DS, DZ):
    K, R = len(DS), len(DZ)
    out = np.zeros((K, R))
    for t in range(K):
        for r in range(R):
            for k in range(1, K):
                out[t, r] += DS[t, k] * DZ[r, k]
    return out


def l_dir__wrong__mean(DS, DZ):
    return DS @ DZ.T / DS.shape[0]


def l_dir__wrong__return_inside(DS, DZ):
    K, R = len(DS), len(DZ)
    out = np.zeros((K, R))
    for t in range(K):
        for r in range(R):
            out[t, r] = DS[t] @ DZ[r]
        return out


def l_dir__wrong__overwrites(DS, DZ):
    out = np.zeros((len(DS), len(DZ)))
    for t in range(len(DS)):
        for r in range(len(DZ)):
            for k in range(len(DS)):
                out[t, r] = DS[t, k] * DZ[r, k]
    return out


def l_dir__wrong__negated_transposed(DS, DZ):
    return -(DZ @ DS.T)


def l_dir__wrong__diag_only(DS, DZ):
    return np.diag(np.diag(DS)) @ DZ.T


def l_dir_shortcut__right__outer(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return np.kron(J, np.asarray(x)[:, None])


def l_dir_shortcut__right__loop(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[t] * ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__input_major(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return np.kron(x[:, None], J)


def l_dir_shortcut__wrong__transposed(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return np.kron(J, x)


def l_dir_shortcut__wrong__index_swap(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[t] * ((i == j) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__no_x(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return np.repeat(J, len(x), axis=0)


def l_dir_shortcut__wrong__share_of_i(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[i] * ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__sign_and_stride(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            out[j * K + i] = -S * ((np.arange(K) == i) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__weights_in(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return np.kron(J, x[:, None]) * W.T.reshape(-1, 1)


def l_dir_shortcut__wrong__sigmoid(W, S, x):
    return np.kron(np.diag(S * (1 - S)), x[:, None])


def l_dir_shortcut__wrong__squared_x(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return np.kron(J, (x**2)[:, None])


def l_dir_shortcut__wrong__plus(W, S, x):
    J = np.diag(S) + np.outer(S, S)
    return np.kron(J, x[:, None])
