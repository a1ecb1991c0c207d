"""Answers to part 1 with slips of a second look: batch code, torch style, two slips at once."""

# ruff: noqa - kept the way such code is written

import math
import numpy as np


def softmax__right__list(Z):
    m = max(Z)
    e = [math.exp(v - m) for v in Z]
    t = math.fsum(e)
    return [v / t for v in e]


def softmax__right__logsumexp(Z):
    return np.exp(Z - np.logaddexp.reduce(np.asarray(Z, dtype=float)))


def softmax__right__column_trip(Z):
    Z = np.asarray(Z, dtype=np.float64).reshape(-1, 1)
    Z = Z - Z.max(axis=0)
    return (np.exp(Z) / np.exp(Z).sum(axis=0)).ravel()


def softmax__right__pairwise(Z):
    Z = np.asarray(Z, dtype=float)
    with np.errstate(over="ignore"):
        return 1.0 / np.exp(Z[None, :] - Z[:, None]).sum(axis=1)


def softmax__right__printing(Z):
    z = np.array(Z, dtype=float)
    z -= z.max()
    p = np.exp(z)
    p /= p.sum()
    print("probabilities", p)
    return p


def softmax__wrong__batch(Z):
    Z = Z - np.max(Z, axis=1, keepdims=True)
    e = np.exp(Z)
    return e / np.sum(e, axis=1, keepdims=True)


def softmax__wrong__torch(Z):
    return Z.exp() / Z.exp().sum(dim=-1)


def softmax__wrong__off_by_one(Z):
    e = np.exp(Z - np.max(Z))
    total = 0.0
    for k in range(1, len(Z)):
        total += e[k]
    return e / total


def softmax__wrong__two_slips(Z):
    e = np.exp(np.max(Z) - Z)
    return e / (np.sum(e) + 1e-8)


def softmax__wrong__in_int(Z):
    out = np.zeros(len(Z), dtype=type(Z[0]))
    m = max(Z)
    for i, z in enumerate(Z):
        out[i] = math.exp(z - m)
    s = sum(out)
    return out / s


def softmax__wrong__shift_norm(Z):
    Z = Z - np.linalg.norm(Z)
    e = np.exp(Z)
    return e / e.sum()


def softmax__wrong__printed(Z):
    e = np.exp(Z - np.max(Z))
    print(e / e.sum())


def softmax__wrong__percent(Z):
    e = np.exp(Z - np.max(Z))
    return 100 * e / e.sum()


def softmax__wrong__tuple(Z):
    e = np.exp(Z - np.max(Z))
    return e / e.sum(), e


def softmax__wrong__last_only(Z):
    e = np.exp(Z - np.max(Z))
    for k in range(len(Z)):
        p = e[k] / e.sum()
    return p


def softmax__wrong__mutating(Z):
    Z -= Z.max()
    np.exp(Z, out=Z)
    Z /= Z.sum()
    return Z


def softmax__wrong__gumbel(Z):
    e = np.exp((Z - np.max(Z)) / np.sqrt(len(Z)))
    return e / e.sum()


def softmax__wrong__argmax_shift(Z):
    e = np.exp(Z - np.argmax(Z))
    return e / e.sum()


def softmax__wrong__float16(Z):
    Z = Z.astype(np.float16)
    e = np.exp(Z - Z.max())
    return e / e.sum()


def softmax__wrong__median(Z):
    e = np.exp(Z - np.median(Z))
    return e / e.sum()


def softmax__wrong__masked_zero(Z):
    e = np.where(Z == 0, 0, np.exp(Z - np.max(Z)))
    return e / e.sum()


def softmax__wrong__expm1(Z):
    e = np.expm1(Z - np.max(Z))
    return e / e.sum()


def sm_dir__right__loops(S):
    K = len(S)
    J = np.empty((K, K))
    for a in range(K):
        for b in range(K):
            J[a, b] = S[a] * ((1.0 if a == b else 0.0) - S[b])
    return J


def sm_dir__right__lists(S):
    return [
        [float(s * (1 - s)) if i == j else float(-s * t) for j, t in enumerate(S)]
        for i, s in enumerate(S)
    ]


def sm_dir__right__broadcast(S):
    S = np.asarray(S)
    return S[:, None] * (np.identity(S.size) - S)


def sm_dir__wrong__only_diag_vector(S):
    return S - S**2


def sm_dir__wrong__row_dot(S):
    s = S.reshape(1, -1)
    return np.diag(S) - s @ s.T


def sm_dir__wrong__sign_off(S):
    J = np.outer(S, S)
    for i in range(len(S)):
        J[i, i] = S[i] * (1 - S[i])
    return J


def sm_dir__wrong__diagflat_s(S):
    s = S.reshape(-1, 1)
    return np.diagflat(s) - np.dot(s, s)


def sm_dir__wrong__loop_else_missing(S):
    J = np.zeros((len(S), len(S)))
    for i in range(len(S)):
        for j in range(len(S)):
            if i == j:
                J[i, j] = S[i] * (1 - S[i])
                break
            J[i, j] = -S[i] * S[j]
    return J


def sm_dir__wrong__squared_off(S):
    J = np.diag(S * (1 - S))
    J[J == 0] = -(S[0] * S[1]) if len(S) > 1 else 0
    return J


def sm_dir__wrong__softmax_of_s(S):
    e = np.exp(S)
    p = e / e.sum()
    return np.diag(p) - np.outer(p, p)


def sm_dir__wrong__is_comparison(S):
    K = len(S)
    return np.array([[S[i] * ((i is j) - S[j]) for j in range(K)] for i in range(K)])


def sm_dir__wrong__float32_eps(S):
    S = S + 1e-7
    return np.diag(S) - np.outer(S, S)


def sm_dir__wrong__one_minus_swapped(S):
    K = len(S)
    return np.array(
        [[S[i] * (1 - S[j]) if i != j else -S[i] * S[j] for j in range(K)] for i in range(K)]
    )


def sm_dir__wrong__batch(S):
    n, k = S.shape
    return np.einsum("ni,ij->nij", S, np.eye(k)) - np.einsum("ni,nj->nij", S, S)


def sm_dir__wrong__in_place_diag(S):
    J = -np.outer(S, S)
    np.fill_diagonal(J, S)
    return J


def sm_dir__wrong__sum_rows(S):
    return (np.diag(S) - np.outer(S, S)).sum(axis=0)
