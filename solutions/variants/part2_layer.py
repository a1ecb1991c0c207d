"""Right answers to part 2, written in other ways than the reference: each earns full marks.

A function is named `exercise__manner`. Parameters may have any names: answers are called by
position.
"""

import functools
import itertools

import numpy as np

# --- z_dir ------------------------------------------------------------------------------------


def z_dir__loops(Z, W, x):
    """Here i counts the classes, j counts the inputs."""
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[i * D + j, i] = x[j]
    return M


def z_dir__list_of_lists(logits, weights, inputs):
    classes = range(len(logits))
    return [[value if i == k else 0 for k in classes] for i in classes for value in inputs]


def z_dir__tensor_reshaped(Z, W, x):
    D, K = W.shape
    T = np.zeros((K, D, K))
    T[np.arange(K), :, np.arange(K)] = x
    return T.reshape(D * K, K)


def z_dir__einsum(Z, W, x):
    return np.einsum("ik,j->ijk", np.eye(W.shape[1]), x).reshape(W.size, -1)


def z_dir__transposed_view(Z, W, x):
    return np.kron(np.eye(W.shape[1]), x).T


def z_dir__column_major(Z, W, x):
    return np.asfortranarray(np.kron(np.eye(W.shape[1]), np.reshape(x, (-1, 1))))


def z_dir__matrix(Z, W, x):
    return np.matrix(np.kron(np.eye(W.shape[1]), np.matrix(x).T))


def z_dir__whole_numbers_stay(Z, W, x):
    """Where x holds integers, so does the result."""
    D, K = W.shape
    M = np.zeros((D * K, K), dtype=x.dtype)
    for i in range(K):
        M[i * D : (i + 1) * D, i] = x
    return M


def z_dir__tiled_and_masked(Z, W, x):
    D, K = W.shape
    owner = np.repeat(np.arange(K), D)
    return np.where(owner[:, None] == np.arange(K), np.tile(x, K)[:, None], 0)


def z_dir__differences(Z, W, x):
    """Z is linear in W, so a unit change of one weight gives its derivative."""
    D, K = W.shape
    M = np.empty((D * K, K))
    for row, (i, j) in enumerate(itertools.product(range(K), range(D))):
        unit = np.zeros((D, K))
        unit[j, i] = 1
        M[row] = unit.T @ x
    return M


def z_dir__blocks_stacked(Z, W, x):
    K = len(Z)
    blocks = [np.outer(x, np.eye(K)[i]) for i in range(K)]
    return np.vstack(blocks)


def z_dir__longdouble(Z, W, x):
    return np.kron(np.eye(len(Z), dtype=np.longdouble), np.asarray(x)[:, None])


# --- l_dir ------------------------------------------------------------------------------------


def l_dir__loops(DS, DZ):
    """Here t counts the outputs, r counts the weights, k counts the logits."""
    K, R = DS.shape[0], DZ.shape[0]
    DL = np.zeros((K, R))
    for t in range(K):
        for r in range(R):
            total = 0.0
            for k in range(K):
                total += DS[t, k] * DZ[r, k]
            DL[t, r] = total
    return DL


def l_dir__list_of_lists(A, B):
    return [[sum(a * b for a, b in zip(row, other)) for other in B] for row in A]  # noqa: B905 -- a student's manner


def l_dir__einsum(DS, DZ):
    return np.einsum("tk,rk->tr", DS, DZ)


def l_dir__tensordot(DS, DZ):
    return np.tensordot(DS, DZ, axes=(1, 1))


def l_dir__transposed_product(DS, DZ):
    return (DZ @ DS.T).T


def l_dir__matrix(DS, DZ):
    return np.matrix(DS) * np.matrix(DZ).T


def l_dir__broadcast(DS, DZ):
    return (DS[:, None, :] * DZ[None, :, :]).sum(axis=-1)


def l_dir__inner(DS, DZ):
    return np.inner(DS, DZ)


def l_dir__longdouble(DS, DZ):
    return DS.astype(np.longdouble) @ DZ.astype(np.longdouble).T


def l_dir__single_precision(DS, DZ):
    """float32 is accepted, with a note."""
    return (DS @ DZ.T).astype(np.float32)


def l_dir__works_in_place_on_a_copy(DS, DZ):
    out = DZ.copy()
    np.matmul(out.copy(), DS.T, out=out)
    return out.T


l_dir__lambda = lambda a, b: np.dot(a, b.T)  # noqa: E731 -- a student's manner

l_dir__partial = functools.partial(np.einsum, "tk,rk->tr")


# --- l_dir_shortcut ---------------------------------------------------------------------------


def l_dir_shortcut__loops(W, S, x):
    """As in the article. Here i counts the classes, j counts the inputs, t counts the outputs."""
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                M[i * D + j, t] = S[t] * ((1 if i == t else 0) - S[i]) * x[j]
    return M


def l_dir_shortcut__list_of_lists(W, S, x):
    classes, S, x = range(W.shape[1]), S.tolist(), x.tolist()
    return [[S[t] * ((i == t) - S[i]) * v for t in classes] for i in classes for v in x]


def l_dir_shortcut__einsum(W, S, x):
    return np.einsum("it,j->ijt", np.diag(S) - np.outer(S, S), x).reshape(W.size, S.size)


def l_dir_shortcut__kron(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__transposed_view(W, S, x):
    return np.kron(np.diag(S) - np.outer(S, S), x).T


def l_dir_shortcut__column_major(W, S, x):
    return np.array(l_dir_shortcut__kron(W, S, x), order="F")


def l_dir_shortcut__matrix(W, S, x):
    return np.asmatrix(l_dir_shortcut__kron(W, S, x))


def l_dir_shortcut__repeated(W, S, x):
    J = np.repeat(np.diag(S) - np.outer(S, S), len(x), axis=0)
    return J * np.tile(x, len(S))[:, None]


def l_dir_shortcut__long_way(W, S, x):
    """The chain rule itself: what the exercise spares, and still right."""
    DZ = np.kron(np.eye(len(S)), np.reshape(x, (-1, 1)))
    return ((np.diag(S) - np.outer(S, S)) @ DZ.T).T


def l_dir_shortcut__rows_collected(W, S, x):
    rows = []
    for i, share in enumerate(S):
        slope = -share * S
        slope[i] += share
        rows.extend(slope * value for value in x)
    return np.vstack(rows)


def l_dir_shortcut__longdouble(W, S, x):
    S = S.astype(np.longdouble)
    return np.kron(np.diag(S) - np.outer(S, S), x.reshape(-1, 1))


def l_dir_shortcut__shares_from_the_weights(W, S, x):
    """S is softmax of the logits, so it may as well be computed once more."""
    E = np.exp(W.T @ x - np.max(W.T @ x))
    return l_dir_shortcut__kron(W, E / E.sum(), x)


def l_dir_shortcut__read_only(W, S, x):
    M = l_dir_shortcut__kron(W, S, x)
    M.setflags(write=False)
    return M
