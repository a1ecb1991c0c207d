"""Answers to part 1 as they are written in public code, retold, right and wrong ones.

They come from course notes, tutorials and small networks, most of which treat a batch of rows,
labels as numbers, or a network that keeps its values. None was written with the list of known
misconceptions at hand.
"""

import math

import numpy as np

# --- softmax ----------------------------------------------------------------------------------


def softmax__right__shifted(Z):
    e = np.exp(Z - np.max(Z))
    return e / e.sum(axis=0)


def softmax__right__last_axis(Z):
    Z = np.asarray(Z, dtype=float)
    e = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax__right__log_sum_exp(Z):
    m = np.max(Z)
    return np.exp(Z - (m + np.log(np.sum(np.exp(Z - m)))))


def softmax__right__list_of_shares(Z):
    m = max(Z)
    e = [math.exp(z - m) for z in Z]
    return [v / sum(e) for v in e]


def softmax__right__loop(Z):
    top = max(Z)
    total = 0.0
    for z in Z:
        total += np.exp(z - top)
    out = np.zeros(len(Z))
    for i, z in enumerate(Z):
        out[i] = np.exp(z - top) / total
    return out


def softmax__right__one_over_the_sum_of_differences(Z):
    Z = np.asarray(Z, dtype=float)
    with np.errstate(over="ignore"):
        return 1.0 / np.exp(Z[None, :] - Z[:, None]).sum(axis=1)


def softmax__right__two_dimensions_or_one(Z):
    if Z.ndim == 1:
        e = np.exp(Z - np.max(Z))
        return e / np.sum(e)
    e = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def softmax__wrong__textbook(Z):
    return np.exp(Z) / sum(np.exp(Z))


def softmax__wrong__batch_rows(Z):
    e = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def softmax__wrong__batch_sum(Z):
    t = np.exp(Z - Z.max())
    return t / np.sum(t, axis=1, keepdims=True)


def softmax__wrong__batch_reshape(Z):
    t = np.exp(Z - Z.max(axis=1).reshape(-1, 1))
    return t / t.sum(axis=1).reshape(-1, 1)


def softmax__wrong__torch_dim(Z):
    e = np.exp(Z - Z.max(dim=0).values)
    return e / e.sum(dim=0)


def softmax__wrong__torch_methods(Z):
    e = (Z - Z.max()).exp()
    return e / e.sum()


def softmax__wrong__numpy_one_float(Z):
    Z = np.float_(Z)
    e = np.exp(Z - np.max(Z))
    return e / e.sum()


def softmax__wrong__max_after_exp(Z):
    e = np.exp(Z) - np.max(Z)
    return e / np.sum(e)


def softmax__wrong__max_of_exp(Z):
    e = np.exp(Z)
    e = e - np.max(e)
    return e / np.sum(e)


def softmax__wrong__clipped_above_600(Z):
    e = np.exp(np.clip(Z, None, 600))
    return e / np.sum(e, axis=0)


def softmax__wrong__clipped_at_709(Z):
    e = np.exp(np.clip(Z, -709, 709))
    return e / np.sum(e)


def softmax__wrong__logit_over_sum_of_exp(Z):
    return Z / np.sum(np.exp(Z))


def softmax__wrong__only_above_shifted(Z):
    return np.exp(Z - np.max(Z)) / np.sum(np.exp(Z))


def softmax__wrong__only_below_shifted(Z):
    return np.exp(Z) / np.sum(np.exp(Z - np.max(Z)))


def softmax__wrong__min_shift(Z):
    e = np.exp(Z - np.min(Z))
    return e / e.sum()


def softmax__wrong__shift_at_least_zero(Z):
    e = np.exp(Z - max(0.0, np.max(Z)))
    return e / e.sum()


def softmax__wrong__shift_by_largest_size(Z):
    e = np.exp(Z - np.max(np.abs(Z)))
    return e / e.sum()


def softmax__wrong__log_softmax(Z):
    Z = Z - np.max(Z)
    return Z - np.log(np.sum(np.exp(Z)))


def softmax__wrong__negative_log_softmax(Z):
    Z = Z - np.max(Z)
    return np.log(np.sum(np.exp(Z))) - Z


def softmax__wrong__softmin_unshifted(Z):
    return np.exp(-Z) / np.exp(-Z).sum()


def softmax__wrong__eps_everywhere(Z):
    e = np.exp(Z - np.max(Z)) + 1e-8
    return e / e.sum()


def softmax__wrong__eps_in_result(Z):
    e = np.exp(Z - np.max(Z))
    return e / e.sum() + 1e-9


def softmax__wrong__sum_plus_one(Z):
    e = np.exp(Z - np.max(Z))
    return e / (1 + e.sum())


def softmax__wrong__mean_below(Z):
    e = np.exp(Z - np.max(Z))
    return e / np.mean(e)


def softmax__wrong__unit_length(Z):
    e = np.exp(Z - np.max(Z))
    return e / np.linalg.norm(e)


def softmax__wrong__twice(Z):
    e = np.exp(Z - np.max(Z))
    s = e / e.sum()
    t = np.exp(s)
    return t / t.sum()


def softmax__wrong__scaled_by_root_of_size(Z):
    Z = Z / np.sqrt(len(Z))
    e = np.exp(Z - np.max(Z))
    return e / e.sum()


def softmax__wrong__temperature(Z):
    e = np.exp((Z - np.max(Z)) / 0.7)
    return e / e.sum()


def softmax__wrong__standardised(Z):
    Z = (Z - Z.mean()) / Z.std()
    e = np.exp(Z)
    return e / e.sum()


def softmax__wrong__zeros_like(Z):
    out = np.zeros_like(Z)
    for i in range(len(Z)):
        out[i] = np.exp(Z[i] - np.max(Z))
    return out / out.sum()


def softmax__wrong__enumerated_index(Z):
    e = np.array([np.exp(i) for i in range(len(Z))])
    return e / e.sum()


def softmax__wrong__math_exp(Z):
    e = [math.exp(z) for z in Z]
    return np.array([v / sum(e) for v in e])


def softmax__wrong__math_power(Z):
    e = [math.e**z for z in Z]
    return np.array([v / sum(e) for v in e])


def softmax__wrong__short_e(Z):
    e = 2.71828 ** (Z - np.max(Z))
    return e / e.sum()


def softmax__wrong__rounded(Z):
    e = np.exp(Z - np.max(Z))
    return np.round(e / e.sum(), 3)


def softmax__wrong__row_matrix(Z):
    e = np.exp(Z - np.max(Z))
    return (e / e.sum())[None, :]


def softmax__wrong__column_of_logits(Z):
    Z = Z.reshape(-1, 1)
    e = np.exp(Z - np.max(Z))
    return e / e.sum()


def softmax__wrong__argmax(Z):
    return np.argmax(Z)


def softmax__wrong__one_hot_of_largest(Z):
    out = np.zeros(len(Z))
    out[np.argmax(Z)] = 1.0
    return out


def softmax__wrong__share_of_the_first(Z):
    e = np.exp(Z - np.max(Z))
    return e[0] / e.sum()


def softmax__wrong__one_class_left_out(Z):
    e = np.exp(np.append(Z[:-1], 0.0) - np.max(Z))
    return e / e.sum()


def softmax__wrong__printed(Z):
    e = np.exp(Z - np.max(Z))
    print(e / e.sum())


def softmax__wrong__in_place(Z):
    Z -= np.max(Z)
    Z = np.exp(Z)
    return Z / Z.sum()


def softmax__wrong__in_place_textbook(Z):
    np.exp(Z, out=Z)
    Z /= Z.sum()
    return Z


def softmax__wrong__tanh(Z):
    e = np.tanh(Z)
    return e / e.sum()


def softmax__wrong__softplus(Z):
    e = np.log1p(np.exp(Z))
    return e / e.sum()


def softmax__wrong__squares(Z):
    e = Z**2
    return e / e.sum()


def softmax__wrong__min_max(Z):
    return (Z - Z.min()) / (Z.max() - Z.min())


def softmax__wrong__relu_first(Z):
    Z = np.maximum(Z, 0)
    e = np.exp(Z - Z.max())
    return e / e.sum()


def softmax__wrong__cumulative(Z):
    e = np.exp(Z - np.max(Z))
    return e / np.cumsum(e)


def softmax__wrong__divided_by_size(Z):
    e = np.exp(Z - np.max(Z))
    return e / len(Z)


def softmax__wrong__precedence(Z):
    return np.exp(Z - np.max(Z)) / np.sum(Z - np.max(Z))


# --- sm_dir -----------------------------------------------------------------------------------


def sm_dir__right__column_times_row(S):
    s = S.reshape(-1, 1)
    return np.diagflat(s) - np.dot(s, s.T)


def sm_dir__right__loop(S):
    n = len(S)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            J[i][j] = S[i] * (1 - S[i]) if i == j else -S[i] * S[j]
    return J


def sm_dir__right__einsum(S):
    return np.einsum("i,ij->ij", S, np.eye(len(S)) - S[None, :])


def sm_dir__right__lists(S):
    return [[S[i] * ((i == j) - S[j]) for j in range(len(S))] for i in range(len(S))]


def sm_dir__wrong__logistic(S):
    return S * (1.0 - S)


def sm_dir__wrong__of_the_logits(S):
    e = np.exp(S - S.max())
    s = (e / e.sum()).reshape(-1, 1)
    return np.diagflat(s) - s @ s.T


def sm_dir__wrong__logistic_of_softmax(S):
    e = np.exp(S) / np.sum(np.exp(S))
    return e * (1 - e)


def sm_dir__wrong__rows_added(S):
    J = np.diag(S) - np.outer(S, S)
    return J.dot(np.ones(len(J)))


def sm_dir__wrong__diagonal_only(S):
    J = np.zeros((S.size, S.size))
    for i in range(S.size):
        J[i, i] = S[i] * (1 - S[i])
    return J


def sm_dir__wrong__sign_off_the_diagonal(S):
    n = len(S)
    return np.array(
        [[S[i] * (1 - S[i]) if i == j else S[i] * S[j] for j in range(n)] for i in range(n)]
    )


def sm_dir__wrong__overwritten_diagonal(S):
    J = np.diag(S)
    J = J.copy()
    for i in range(len(J)):
        for j in range(len(J)):
            J[i][j] = J[i][i] * (1 - J[i][j]) if i == j else -J[i][i] * J[j][j]
    return J


def sm_dir__wrong__writes_into_diag(S):
    J = np.diag(S)
    for i in range(len(S)):
        J[i, i] = S[i] * (1 - S[i])
    return J


def sm_dir__wrong__column_given_as_vector(S):
    return np.diagflat(S) - np.dot(S, S.T)


def sm_dir__wrong__product_elementwise(S):
    s = S.reshape(-1, 1)
    return np.diagflat(s) - s * s


def sm_dir__wrong__batch_einsum(S):
    return np.einsum("ij,jk->ijk", S, np.eye(S.shape[1])) - np.einsum("ij,ik->ijk", S, S)


def sm_dir__wrong__identity_minus_column(S):
    return np.eye(len(S)) - S[:, None]


def sm_dir__wrong__only_the_outer_product(S):
    return np.outer(S, S)


def sm_dir__wrong__outer_of_complement(S):
    return np.outer(S, 1 - S)


def sm_dir__wrong__kron(S):
    return S * (np.kron(S, S).reshape(len(S), len(S)) - S)


def sm_dir__wrong__labels_subtracted(S):
    J = S.copy()
    J[np.argmax(S)] -= 1
    return J


def sm_dir__wrong__ones(S):
    return np.ones_like(S)


def sm_dir__wrong__identity(S):
    return S


def sm_dir__wrong__one_row(S):
    return (np.diag(S) - np.outer(S, S))[0]


def sm_dir__wrong__trace(S):
    return np.sum(S * (1 - S))


def sm_dir__wrong__column_batch(S):
    s = S.reshape(-1, 1)
    return (np.diagflat(s) - s @ s.T)[None, :, :]


def sm_dir__wrong__negative(S):
    s = S.reshape(-1, 1)
    return s @ s.T - np.diagflat(s)


def sm_dir__wrong__no_negative_diagonal_twice(S):
    J = -np.outer(S, S)
    J[np.diag_indices(len(S))] = S * (1 - S) - S * S
    return J


def sm_dir__wrong__plus_for_minus_on_diagonal(S):
    J = -np.outer(S, S)
    np.fill_diagonal(J, S * (1 + S))
    return J


def sm_dir__wrong__square_below(S):
    t = np.sum(S)
    return (np.diag(S) * t - np.outer(S, S)) / len(S) ** 2


def sm_dir__wrong__numpy_mat(S):
    s = np.mat(S)
    return np.diag(S) - s.T * s


def sm_dir__wrong__upper(S):
    n = len(S)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(i, n):
            J[i, j] = S[i] * ((i == j) - S[j])
    return J


def sm_dir__wrong__eye_of_argmax(S):
    J = np.zeros((len(S), len(S)))
    k = S.argmax()
    for i in range(len(S)):
        J[i, k] = S[i] * ((i == k) - S[k])
    return J


def sm_dir__wrong__zeros_like_outer_index(S):
    J = np.zeros((len(S), len(S)))
    for i in range(len(S)):
        for j in range(len(S)):
            if S[i] == S[j]:
                J[i, j] = S[i] * (1 - S[i])
            else:
                J[i, j] = -S[i] * S[j]
    return J


def sm_dir__wrong__finite_difference(S):
    h, n = 1e-4, len(S)
    Z, J = np.log(S + 1e-12), np.zeros((n, n))
    for i in range(n):
        P, M = Z.copy(), Z.copy()
        P[i] += h
        M[i] -= h
        J[:, i] = (np.exp(P) / np.exp(P).sum() - np.exp(M) / np.exp(M).sum()) / (2 * h)
    return J.round(6)
