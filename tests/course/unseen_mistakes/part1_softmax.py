"""Wrong answers to part 1 that are in no bank."""

import math

import numpy as np


def softmax__sum_of_all_but_the_last(Z):
    e = [math.exp(z - max(Z)) for z in Z]
    return [v / (sum(e[:-1]) or 1) for v in e]


def softmax__shares_times_classes(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum() * len(Z)


def softmax__base_three(Z):
    e = 3.0 ** (Z - Z.max())
    return e / e.sum()


def softmax__temperature_two(Z):
    e = np.exp((Z - Z.max()) / 2)
    return e / e.sum()


def softmax__minus_sign_in_front(Z):
    e = np.exp(Z - Z.max())
    return -e / e.sum()


def softmax__reversed(Z):
    e = np.exp(Z - Z.max())
    return (e / e.sum())[::-1]


def softmax__sorted(Z):
    e = np.sort(np.exp(Z - Z.max()))
    return e / e.sum()


def softmax__three_decimals(Z):
    e = np.exp(Z - Z.max())
    return np.round(e / e.sum(), 3)


def softmax__six_decimals(Z):
    e = np.exp(Z - Z.max())
    return np.round(e / e.sum(), 6)


def softmax__half_floats_at_the_end(Z):
    e = np.exp(Z - Z.max())
    return (e / e.sum()).astype(np.float16)


def softmax__one_minus(Z):
    e = np.exp(Z - Z.max())
    return 1 - e / e.sum()


def softmax__squared_result(Z):
    e = np.exp(Z - Z.max())
    return (e / e.sum()) ** 2


def softmax__divided_by_sum_plus_one(Z):
    e = np.exp(Z - Z.max())
    return e / (1 + e.sum())


def softmax__double_brackets(Z):
    e = np.exp(Z - Z.max())
    return [e / e.sum()]


def softmax__clipped_logits_at_fifty(Z):
    z = np.clip(Z, -50, 50)
    e = np.exp(z)
    return e / e.sum()


def softmax__clipped_small(Z):
    e = np.exp(Z - Z.max())
    return np.clip(e / e.sum(), 1e-7, 1)


def softmax__shift_by_the_first(Z):
    e = np.exp(Z - Z[0])
    return e / e.sum()


_LAST = []


def softmax__shift_of_the_call_before(Z):
    _LAST.append(Z.max())
    e = np.exp(Z - _LAST[0])
    return e / e.sum()


def softmax__index_off_by_one(Z):
    e = np.exp(Z - Z.max())
    return np.roll(e / e.sum(), 1)


def softmax__none(Z):
    e = np.exp(Z - Z.max())
    e / e.sum()


def sm_dir__loop_with_swapped_branches(S):
    K = len(S)
    J = np.zeros((K, K))
    for t in range(K):
        for i in range(K):
            J[t, i] = -S[t] * S[i] if t == i else S[t] * (1 - S[i])
    return J


def sm_dir__loop_skips_the_first_row(S):
    K = len(S)
    J = np.zeros((K, K))
    for t in range(1, K):
        for i in range(K):
            J[t, i] = S[t] * ((t == i) - S[i])
    return J


def sm_dir__half_the_outer_product(S):
    return np.diag(S) - 0.5 * np.outer(S, S)


def sm_dir__row_normalised(S):
    J = np.diag(S) - np.outer(S, S)
    return J / S[:, None]


def sm_dir__squares_on_the_diagonal(S):
    J = -np.outer(S, S)
    np.fill_diagonal(J, S * S)
    return J


def sm_dir__lower_half_only(S):
    return np.tril(np.diag(S) - np.outer(S, S))


def sm_dir__anti_diagonal(S):
    return (np.diag(S) - np.outer(S, S))[::-1]


def sm_dir__doubled(S):
    return 2 * (np.diag(S) - np.outer(S, S))


def sm_dir__absolute(S):
    return np.abs(np.diag(S) - np.outer(S, S))


def sm_dir__times_softmax(S):
    return (np.diag(S) - np.outer(S, S)) @ np.diag(S)


def sm_dir__of_the_logarithm_transposed(S):
    return np.eye(len(S)) - np.outer(S, np.ones(len(S)))


def sm_dir__three_dimensions(S):
    return (np.diag(S) - np.outer(S, S))[None]


def sm_dir__two_decimals(S):
    return (np.diag(S) - np.outer(S, S)).round(2)


def sm_dir__empty_and_accumulated(S):
    J = np.empty((len(S), len(S)))
    for t in range(len(S)):
        for i in range(len(S)):
            J[t, i] += S[t] * ((t == i) - S[i])
    return J


def sm_dir__plus_identity(S):
    return np.eye(len(S)) + np.diag(S) - np.outer(S, S)


def sm_dir__integers(S):
    J = np.zeros((len(S), len(S)), dtype=int)
    for t in range(len(S)):
        for i in range(len(S)):
            J[t, i] = S[t] * ((t == i) - S[i])
    return J


def sm_dir__changes_while_it_goes(S):
    J = np.zeros((len(S), len(S)))
    for t in range(len(S)):
        S = S.copy()
        for i in range(len(S)):
            J[t, i] = S[t] * ((t == i) - S[i])
        S[t] = 0
    return J


def sm_dir__input_in_place(S):
    outer = np.outer(S, S)
    S[:] = 1
    return np.diag(outer.sum(axis=1)) - outer


_SHARES = {}


def softmax__kept_by_the_first_logit(Z):
    if Z[0] not in _SHARES:
        e = np.exp(Z - Z.max())
        _SHARES[Z[0]] = e / e.sum()
    return _SHARES[Z[0]]


def softmax__others_alone_below(Z):
    e = np.exp(Z - Z.max())
    return e / np.maximum(e.sum() - e, 1e-300)
