"""Wrong answers to part 2 that are in no bank."""

import numpy as np


def z_dir__doubled(Z, W, x):
    return 2 * np.kron(np.eye(len(Z)), x[:, None])


def z_dir__squared_inputs(Z, W, x):
    return np.kron(np.eye(len(Z)), x[:, None] ** 2)


def z_dir__weights_flat(Z, W, x):
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[i * D + j, i] = W[j, i] + x[j]
    return M


def z_dir__flat_vector(Z, W, x):
    return np.kron(np.eye(len(Z)), x[:, None]).ravel()


def z_dir__shifted_by_one_row(Z, W, x):
    return np.roll(np.kron(np.eye(len(Z)), x[:, None]), 1, axis=0)


def z_dir__every_class_but_its_own(Z, W, x):
    return np.kron(1 - np.eye(len(Z)), x[:, None])


def z_dir__times_the_logit(Z, W, x):
    return np.kron(np.diag(Z), x[:, None])


def z_dir__one_input_for_all(Z, W, x):
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        M[i * D : (i + 1) * D, i] = x[0]
    return M


def z_dir__mean_input(Z, W, x):
    return np.kron(np.eye(len(Z)), np.full((len(x), 1), x.mean()))


def z_dir__empty(Z, W, x):
    D, K = W.shape
    M = np.empty((D * K, K))
    for i in range(K):
        for j in range(D):
            M[i * D + j, i] = x[j]
    return M


def z_dir__sizes_swapped(Z, W, x):
    K, D = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[i * D + j, i] = x[j % len(x)]
    return M


def z_dir__input_times_share(Z, W, x):
    e = np.exp(Z - Z.max())
    return np.kron(np.diag(e / e.sum()), x[:, None])


def z_dir__unsigned(Z, W, x):
    return np.kron(np.eye(len(Z)), np.abs(x)[:, None])


def z_dir__four_decimals(Z, W, x):
    return np.kron(np.eye(len(Z)), x[:, None]).round(4)


def l_dir__elementwise_square(DS, DZ):
    return (DS @ DZ.T) ** 2


def l_dir__twice_the_softmax(DS, DZ):
    return DS @ DS @ DZ.T


def l_dir__doubled(DS, DZ):
    return 2 * DS @ DZ.T


def l_dir__diagonal_removed(DS, DZ):
    return (DS - np.diag(np.diag(DS))) @ DZ.T


def l_dir__symmetrised(DS, DZ):
    return (DS + DS.T) / 2 @ DZ.T


def l_dir__first_row_only(DS, DZ):
    out = np.zeros((DS.shape[0], DZ.shape[0]))
    out[0] = DS[0] @ DZ.T
    return out


def l_dir__reversed_columns(DS, DZ):
    return (DS @ DZ.T)[:, ::-1]


def l_dir__column_order_reshape(DS, DZ):
    return DS @ DZ.reshape(DZ.shape[::-1], order="F")


def l_dir__max_for_sum(DS, DZ):
    return (DS[:, None, :] * DZ[None]).max(axis=-1)


def l_dir__mean_for_sum(DS, DZ):
    return (DS[:, None, :] * DZ[None]).mean(axis=-1)


def l_dir__added_matrix(DS, DZ):
    return DS @ DZ.T + 1


def l_dir__absolute(DS, DZ):
    return np.abs(DS @ DZ.T)


def l_dir_shortcut__doubled(W, S, x):
    return 2 * np.kron(np.diag(S) - np.outer(S, S), x[:, None])


def l_dir_shortcut__shares_of_reversed_x(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), x[::-1, None])


def l_dir_shortcut__squared_input(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), x[:, None] ** 2)


def l_dir_shortcut__input_times_weight(W, S, x):
    J = np.repeat(np.diag(S) - np.outer(S, S), len(x), axis=0)
    return J * (W * x[:, None]).T.reshape(-1, 1)


def l_dir_shortcut__loss_included(W, S, x):
    return np.kron(np.outer(S - 1, np.ones(len(S))), x[:, None])


def l_dir_shortcut__wrong_row_stride(W, S, x):
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                M[j * D + i if j * D + i < D * K else -1, t] = S[t] * ((i == t) - S[i]) * x[j]
    return M


def l_dir_shortcut__rows_reversed(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), x[:, None])[::-1]


def l_dir_shortcut__mean_input(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), np.full((len(x), 1), x.mean()))


def l_dir_shortcut__flat(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), x[:, None]).ravel()


def l_dir_shortcut__three_decimals(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), x[:, None]).round(3)


def l_dir_shortcut__both_shares(W, S, x):
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                M[i * D + j, t] = S[i] * S[t] * ((i == t) - S[i]) * x[j]
    return M


def z_dir__inputs_in_bytes(Z, W, x):
    M = np.zeros((W.size, len(Z)), dtype=np.uint8)
    for i in range(len(Z)):
        M[i * len(x) : (i + 1) * len(x), i] = x
    return M


def l_dir_shortcut__no_parentheses(W, S, x):
    K = len(S)
    return np.repeat(np.diag(S), len(x), axis=0) - np.outer(np.kron(S, x), np.ones(K))
