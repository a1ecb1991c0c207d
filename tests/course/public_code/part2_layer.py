"""Answers to part 2 as they are written in public code, retold; see part 1."""

import numpy as np

# --- z_dir ------------------------------------------------------------------------------------


def z_dir__right__kron(Z, W, x):
    return np.kron(np.eye(len(Z)), x.reshape(-1, 1))


def z_dir__right__loop(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            out[i * D + j, i] = x[j]
    return out


def z_dir__right__lists(Z, W, x):
    return [[xj if i == k else 0.0 for k in range(len(Z))] for i in range(len(Z)) for xj in x]


def z_dir__wrong__input_major(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(D):
        for j in range(K):
            out[i * K + j, j] = x[i]
    return out


def z_dir__wrong__kron_swapped(Z, W, x):
    return np.kron(x.reshape(-1, 1), np.eye(len(Z)))


def z_dir__wrong__transposed(Z, W, x):
    D, K = W.shape
    out = np.zeros((K, D * K))
    for i in range(K):
        out[i, i * D : (i + 1) * D] = x
    return out


def z_dir__wrong__just_x(Z, W, x):
    return x


def z_dir__wrong__x_everywhere(Z, W, x):
    return np.tile(x, len(Z))[:, None] * np.ones(len(Z))


def z_dir__wrong__outer_with_ones(Z, W, x):
    return np.outer(x, np.ones(len(Z)))


def z_dir__wrong__three_axes(Z, W, x):
    D, K = W.shape
    out = np.zeros((K, D, K))
    for i in range(K):
        out[i, :, i] = x
    return out


def z_dir__wrong__weights_for_inputs(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        out[i * D : (i + 1) * D, i] = W[:, i]
    return out


def z_dir__wrong__weights(Z, W, x):
    return W


def z_dir__wrong__logits_for_inputs(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            out[i * D + j, i] = x[j] * Z[i]
    return out


def z_dir__wrong__remainder(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for r in range(D * K):
        for k in range(K):
            out[r, k] = x[r % D] if r % K == k else 0
    return out


def z_dir__wrong__quotient_for_remainder(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for r in range(D * K):
        out[r, r // D] = x[r // K]
    return out


def z_dir__wrong__sizes_of_the_example(Z, W, x):
    out = np.zeros((15, 5))
    for i in range(5):
        out[3 * i : 3 * i + 3, i] = x
    return out


def z_dir__wrong__zeros_like_x(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K), dtype=int)
    for i in range(K):
        out[i * D : (i + 1) * D, i] = x
    return out


def z_dir__wrong__last_class_left_out(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K - 1):
        out[i * D : (i + 1) * D, i] = x
    return out


def z_dir__wrong__last_input_left_out(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D - 1):
            out[i * D + j, i] = x[j]
    return out


def z_dir__wrong__ones_for_x(Z, W, x):
    return np.kron(np.eye(len(Z)), np.ones((len(x), 1)))


def z_dir__wrong__diag_of_x(Z, W, x):
    return np.diag(np.tile(x, len(Z)))


def z_dir__wrong__batch(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(x.shape[0]):
        out[i * D : (i + 1) * D, i] = x[i, :]
    return out


def z_dir__wrong__reshaped_from_transposed(Z, W, x):
    D, K = W.shape
    out = np.zeros((K, D * K))
    for i in range(K):
        out[i, i * D : (i + 1) * D] = x
    return out.reshape(D * K, K)


def z_dir__wrong__is(Z, W, x):
    D, K = W.shape
    return np.array(
        [[x[j] if i is k else 0.0 for k in range(K)] for i in range(K) for j in range(D)]
    )


def z_dir__wrong__w_as_classes_by_inputs(Z, W, x):
    K, D = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            out[i * D + j, i] = x[j]
    return out


def z_dir__wrong__stacked_rows(Z, W, x):
    return np.vstack([x] * len(Z))


# --- l_dir ------------------------------------------------------------------------------------


def l_dir__right__dot(DS, DZ):
    return np.dot(DS, DZ.T)


def l_dir__right__einsum(DS, DZ):
    return np.einsum("ti,ri->tr", DS, DZ)


def l_dir__right__transposed_both(DS, DZ):
    return (DZ @ DS.T).T


def l_dir__wrong__order_swapped(DS, DZ):
    return DZ @ DS


def l_dir__wrong__not_transposed(DS, DZ):
    return DS @ DZ


def l_dir__wrong__transposed_result(DS, DZ):
    return DZ @ DS.T


def l_dir__wrong__ds_transposed(DS, DZ):
    return DS.T @ DZ.T


def l_dir__wrong__elementwise(DS, DZ):
    return DS * DZ


def l_dir__wrong__multiply_transposed(DS, DZ):
    return np.multiply(DS, DZ.T)


def l_dir__wrong__diagonal_of_ds(DS, DZ):
    return np.diag(np.diag(DS)) @ DZ.T


def l_dir__wrong__diagonal_times(DS, DZ):
    return (np.diag(DS) * DZ).T


def l_dir__wrong__reshaped(DS, DZ):
    return (DZ @ DS).reshape(len(DS), -1)


def l_dir__wrong__summed(DS, DZ):
    return (DS @ DZ.T).sum(axis=0)


def l_dir__wrong__summed_ds(DS, DZ):
    return DS.sum(axis=0) * DZ


def l_dir__wrong__negative(DS, DZ):
    return -DS @ DZ.T


def l_dir__wrong__mean(DS, DZ):
    return DS @ DZ.T / len(DS)


def l_dir__wrong__matmul_dz_reshape(DS, DZ):
    return DS @ DZ.reshape(DZ.shape[1], DZ.shape[0])


def l_dir__wrong__softmax_jacobian_rebuilt(DS, DZ):
    S = np.diag(DS)
    return (np.diag(S) - np.outer(S, S)) @ DZ.T


def l_dir__wrong__sum_of_both(DS, DZ):
    return DS + DZ


def l_dir__wrong__squared(DS, DZ):
    return DS @ DS @ DZ.T


def l_dir__wrong__loop_last_left_out(DS, DZ):
    out = np.zeros((len(DS), len(DZ)))
    for t in range(len(DS)):
        for r in range(len(DZ)):
            for k in range(len(DS) - 1):
                out[t, r] += DS[t, k] * DZ[r, k]
    return out


def l_dir__wrong__loop_assigns(DS, DZ):
    out = np.zeros((len(DS), len(DZ)))
    for t in range(len(DS)):
        for r in range(len(DZ)):
            for k in range(len(DS)):
                out[t, r] = DS[t, k] * DZ[r, k]
    return out


def l_dir__wrong__tensordot_default(DS, DZ):
    return np.tensordot(DS, DZ)


def l_dir__wrong__fortran_flat(DS, DZ):
    DL = DS @ DZ.T
    D = DZ.shape[0] // DZ.shape[1]
    K = len(DS)
    return DL.reshape(K, K, D).transpose(0, 2, 1).reshape(K, -1)


# --- l_dir_shortcut ---------------------------------------------------------------------------


def l_dir_shortcut__right__loop(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[t] * ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__right__kron(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), x[:, None])


def l_dir_shortcut__right__einsum(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return np.einsum("ti,j->ijt", J, x).reshape(W.size, -1)


def l_dir_shortcut__wrong__input_major(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for j in range(D):
        for i in range(K):
            for t in range(K):
                out[j * K + i, t] = S[t] * ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__no_indicator(W, S, x):
    return -np.kron(np.outer(S, S), x[:, None])


def l_dir_shortcut__wrong__three_axes(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return J[:, None, :] * x[None, :, None]


def l_dir_shortcut__wrong__transposed(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), x)


def l_dir_shortcut__wrong__kron_swapped(W, S, x):
    return np.kron(x[:, None], np.diag(S) - np.outer(S, S))


def l_dir_shortcut__wrong__logistic(W, S, x):
    return np.outer(x, S * (1 - S))


def l_dir_shortcut__wrong__logistic_blocks(W, S, x):
    return np.kron(np.diag(S * (1 - S)), x[:, None])


def l_dir_shortcut__wrong__share_of_row_twice(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[i] * ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__index_of_inputs_compared(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[t] * ((j == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__factor_left_out(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__softmax_recomputed_of_s(W, S, x):
    e = np.exp(S - S.max())
    P = e / e.sum()
    return np.kron(np.diag(P) - np.outer(P, P), x[:, None])


def l_dir_shortcut__wrong__sign(W, S, x):
    return np.kron(np.outer(S, S) - np.diag(S), x[:, None])


def l_dir_shortcut__wrong__sign_of_the_rest(W, S, x):
    J = np.outer(S, S)
    np.fill_diagonal(J, S * (1 - S))
    return np.kron(J, x[:, None])


def l_dir_shortcut__wrong__x_left_out(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), np.ones((len(x), 1)))


def l_dir_shortcut__wrong__only_jacobian(W, S, x):
    return np.diag(S) - np.outer(S, S)


def l_dir_shortcut__wrong__weights_for_inputs(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[t] * ((i == t) - S[i]) * W[j, i]
    return out


def l_dir_shortcut__wrong__remainder_of_k(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for r in range(D * K):
        i, j = r // D, r % K
        for t in range(K):
            out[r, t] = S[t] * ((i == t) - S[i]) * x[j % D]
    return out


def l_dir_shortcut__wrong__reshaped(W, S, x):
    J = np.diag(S) - np.outer(S, S)
    return np.outer(x, J).reshape(W.size, len(S))


def l_dir_shortcut__wrong__class_for_share(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[t] * ((i == t) - S[t]) * x[j]
    return out


def l_dir_shortcut__wrong__shape_from_transposed_weights(W, S, x):
    K, D = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[t] * ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__transpose_and_sign(W, S, x):
    return -np.kron(np.diag(S) - np.outer(S, S), x)


def l_dir_shortcut__wrong__integer_array(W, S, x):
    out = np.zeros((W.shape[1], W.shape[0], W.shape[1]), dtype=x.dtype)
    J = np.diag(S) - np.outer(S, S)
    for i in range(W.shape[1]):
        for j in range(W.shape[0]):
            out[i, j] = J[i] * x[j]
    return out.reshape(W.size, -1)
