"""Answers to part 2 by people who learned from blog posts, forums and other frameworks' notes.

Right and wrong ones; the docstring of a wrong one says what is wrong with it.
"""

import numpy as np

# --- z_dir ------------------------------------------------------------------------------------


def z_dir__right__block_loop(Z, W, x):
    D, K = W.shape
    J = np.zeros((K * D, K))
    for k in range(K):
        J[k * D : (k + 1) * D, k] = x
    return J


def z_dir__right__einsum(Z, W, x):
    D, K = W.shape
    return np.einsum("ik,j->ijk", np.eye(K), x).reshape(K * D, K)


def z_dir__right__put(Z, W, x):
    D, K = len(x), len(Z)
    J = np.zeros(D * K * K)
    J[np.arange(D * K) * K + np.repeat(np.arange(K), D)] = np.tile(x, K)
    return J.reshape(D * K, K)


def z_dir__wrong__input_major(Z, W, x):
    """Rows are j*K + i instead of i*D + j."""
    D, K = W.shape
    J = np.zeros((D * K, K))
    for j in range(D):
        for i in range(K):
            J[j * K + i, i] = x[j]
    return J


def z_dir__wrong__stride_of_classes(Z, W, x):
    """Row i*K + j: the stride is K instead of D."""
    D, K = W.shape
    J = np.zeros((max(D, K) * K, K))
    for i in range(K):
        for j in range(D):
            J[i * K + j, i] = x[j]
    return J[: D * K]


def z_dir__wrong__transposed(Z, W, x):
    """Returns (K, D*K), as the text of many articles has it."""
    return np.kron(np.eye(len(Z)), x)


def z_dir__wrong__weights(Z, W, x):
    """dZ/dx: the weights in place of the inputs."""
    D, K = W.shape
    J = np.zeros((D * K, K))
    for i in range(K):
        J[i * D : (i + 1) * D, i] = W[:, i]
    return J


def z_dir__wrong__every_column(Z, W, x):
    """x in every column: the indicator is forgotten."""
    return np.tile(np.tile(x, len(Z))[:, None], (1, len(Z)))


def z_dir__wrong__outer(Z, W, x):
    """np.outer(x, ones): the shape of W, as if one number per weight were enough."""
    return np.outer(x, np.ones_like(Z))


def z_dir__wrong__last_class(Z, W, x):
    """range(K - 1): the last class is forgotten."""
    D, K = W.shape
    J = np.zeros((D * K, K))
    for i in range(K - 1):
        for j in range(D):
            J[i * D + j, i] = x[j]
    return J


def z_dir__wrong__last_input(Z, W, x):
    """range(D - 1): the last input is forgotten."""
    D, K = W.shape
    J = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D - 1):
            J[i * D + j, i] = x[j]
    return J


def z_dir__wrong__ones(Z, W, x):
    """Ones in place of x: the factor x_j is forgotten."""
    return np.kron(np.eye(len(Z)), np.ones((len(x), 1)))


def z_dir__wrong__class_index_for_input(Z, W, x):
    """x[i % D] for x[j]: the wrong index."""
    D, K = W.shape
    J = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            J[i * D + j, i] = x[i % D]
    return J


def z_dir__wrong__whole(Z, W, x):
    """zeros of dtype int: fractions are dropped."""
    D, K = W.shape
    J = np.zeros((D * K, K), dtype=np.int64)
    for i in range(K):
        J[i * D : (i + 1) * D, i] = x
    return J


def z_dir__wrong__fixed_sizes(Z, W, x):
    """The sizes 3 and 5 are written in."""
    J = np.zeros((15, 5))
    for i in range(5):
        J[3 * i : 3 * i + 3, i] = x[:3]
    return J


def z_dir__wrong__negated_transposed(Z, W, x):
    """Sign and transpose."""
    return -np.kron(np.eye(len(Z)), x)


def z_dir__wrong__reshaped_for_transposed(Z, W, x):
    """The (K, D*K) matrix is reshaped in place of transposed."""
    return np.kron(np.eye(len(Z)), x).reshape(len(x) * len(Z), len(Z))


# --- l_dir ------------------------------------------------------------------------------------


def l_dir__right__loops(DS, DZ):
    out = np.zeros((DS.shape[0], DZ.shape[0]))
    for t in range(DS.shape[0]):
        for w in range(DZ.shape[0]):
            for k in range(DS.shape[1]):
                out[t, w] += DS[t, k] * DZ[w, k]
    return out


def l_dir__right__einsum(DS, DZ):
    return np.einsum("tk,wk->tw", DS, DZ)


def l_dir__right__other_side(DS, DZ):
    return np.dot(DZ, DS.T).T


def l_dir__wrong__not_transposed(DS, DZ):
    """DS @ DZ, which only fits for D = 1 or by chance."""
    return DS @ DZ


def l_dir__wrong__result_transposed(DS, DZ):
    """(D*K, K): DZ @ DS.T."""
    return DZ @ DS.T


def l_dir__wrong__wrong_side(DS, DZ):
    """DZ @ DS transposed: DS.T @ DZ.T, DS is transposed."""
    return (DZ @ DS).T


def l_dir__wrong__reshaped(DS, DZ):
    """DZ reshaped in place of transposed."""
    return DS @ DZ.reshape(DZ.shape[1], DZ.shape[0])


def l_dir__wrong__shared_index_one_short(DS, DZ):
    """The sum over k ends one early."""
    out = np.zeros((DS.shape[0], DZ.shape[0]))
    for t in range(DS.shape[0]):
        for w in range(DZ.shape[0]):
            for k in range(DS.shape[1] - 1):
                out[t, w] += DS[t, k] * DZ[w, k]
    return out


def l_dir__wrong__not_accumulated(DS, DZ):
    """= for +=: only the last term of the sum is left."""
    out = np.zeros((DS.shape[0], DZ.shape[0]))
    for t in range(DS.shape[0]):
        for w in range(DZ.shape[0]):
            for k in range(DS.shape[1]):
                out[t, w] = DS[t, k] * DZ[w, k]
    return out


def l_dir__wrong__total_not_reset(DS, DZ):
    """The total is not set back to 0 for each cell."""
    out = np.zeros((DS.shape[0], DZ.shape[0]))
    total = 0.0
    for t in range(DS.shape[0]):
        for w in range(DZ.shape[0]):
            for k in range(DS.shape[1]):
                total += DS[t, k] * DZ[w, k]
            out[t, w] = total
    return out


def l_dir__wrong__swapped_ds(DS, DZ):
    """DS[k, t] for DS[t, k]."""
    out = np.zeros((DS.shape[0], DZ.shape[0]))
    for t in range(DS.shape[0]):
        for w in range(DZ.shape[0]):
            for k in range(DS.shape[1]):
                out[t, w] += DS[k, t] * DZ[w, k]
    return out


def l_dir__wrong__averaged(DS, DZ):
    """Mean over k for the sum."""
    return np.mean(DS[:, None, :] * DZ[None, :, :], axis=2)


def l_dir__wrong__diagonal(DS, DZ):
    """Only the diagonal of DS is used."""
    return np.diag(DS)[:, None] * DZ.T


def l_dir__wrong__row_sums(DS, DZ):
    """The rows of DS are summed before the product."""
    return DS.sum(axis=1)[:, None] * DZ.T


def l_dir__wrong__last_row(DS, DZ):
    """The last row stays zero."""
    out = np.zeros((DS.shape[0], DZ.shape[0]))
    for t in range(DS.shape[0] - 1):
        out[t] = DZ @ DS[t]
    return out


def l_dir__wrong__as_list(DS, DZ):
    """A list of rows and a second value: a tuple is returned."""
    return [DZ @ row for row in DS], DS


# --- l_dir_shortcut ---------------------------------------------------------------------------


def l_dir_shortcut__right__kron(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__right__loops(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for t in range(K):
        for i in range(K):
            for j in range(D):
                out[i * D + j, t] = S[t] * ((1.0 if i == t else 0.0) - S[i]) * x[j]
    return out


def l_dir_shortcut__right__einsum(W, S, x):
    J = np.diag(S) - S[:, None] * S
    return np.einsum("it,j->ijt", J, x).reshape(-1, len(S))


def l_dir_shortcut__wrong__transposed(W, S, x):
    """(K, D*K), which is DL itself."""
    return np.kron(np.diag(S) - np.outer(S, S), x)


def l_dir_shortcut__wrong__input_major(W, S, x):
    """Rows j*K + i."""
    return np.kron(x[:, None], np.diag(S) - np.outer(S, S))


def l_dir_shortcut__wrong__no_indicator(W, S, x):
    """S_t S_i x_j with a minus: the 1 where i = t is forgotten."""
    return -np.kron(np.outer(S, S), x[:, None])


def l_dir_shortcut__wrong__sign(W, S, x):
    """S_t (S_i - 1[i=t]) x_j."""
    return np.kron(np.outer(S, S) - np.diag(S), x[:, None])


def l_dir_shortcut__wrong__input_index(W, S, x):
    """i for j in the factor x: x[i % D]."""
    D, K = W.shape
    out = np.zeros((D * K, K))
    for t in range(K):
        for i in range(K):
            for j in range(D):
                out[i * D + j, t] = S[t] * ((i == t) - S[i]) * x[i % D]
    return out


def l_dir_shortcut__wrong__indicator_on_inputs(W, S, x):
    """(j == t) for (i == t)."""
    D, K = W.shape
    out = np.zeros((D * K, K))
    for t in range(K):
        for i in range(K):
            for j in range(D):
                out[i * D + j, t] = S[t] * ((j == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__one_class_short(W, S, x):
    """The loop over i ends one early."""
    D, K = W.shape
    out = np.zeros((D * K, K))
    for t in range(K):
        for i in range(K - 1):
            for j in range(D):
                out[i * D + j, t] = S[t] * ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__outputs_from_one(W, S, x):
    """The loop over t starts at 1."""
    D, K = W.shape
    out = np.zeros((D * K, K))
    for t in range(1, K):
        for i in range(K):
            for j in range(D):
                out[i * D + j, t] = S[t] * ((i == t) - S[i]) * x[j]
    return out


def l_dir_shortcut__wrong__share_missing(W, S, x):
    """The factor S_t is forgotten."""
    return np.kron(np.eye(len(S)) - S[:, None], x[:, None])


def l_dir_shortcut__wrong__stride(W, S, x):
    """Row i*K + j, with an array large enough for it."""
    D, K = W.shape
    out = np.zeros((K * max(D, K), K))
    for t in range(K):
        for i in range(K):
            for j in range(D):
                out[i * K + j, t] += S[t] * ((i == t) - S[i]) * x[j]
    return out[: D * K]


def l_dir_shortcut__wrong__no_input(W, S, x):
    """The factor x_j is forgotten: the rows are only repeated."""
    return np.repeat(np.diag(S) - np.outer(S, S), len(x), axis=0)


def l_dir_shortcut__wrong__three_axes(W, S, x):
    """Never flattened: (K, D, K)."""
    return np.einsum("it,j->ijt", np.diag(S) - np.outer(S, S), x)


def l_dir_shortcut__wrong__softmax_again(W, S, x):
    """softmax is applied to S."""
    e = np.exp(S)
    p = e / e.sum()
    return np.kron(np.diag(p) - np.outer(p, p), x[:, None])


def l_dir_shortcut__wrong__sign_and_order(W, S, x):
    """The sign is wrong and the rows are j*K + i."""
    return np.kron(x[:, None], np.outer(S, S) - np.diag(S))
