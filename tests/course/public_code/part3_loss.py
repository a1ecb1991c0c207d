"""Answers to part 3 as they are written in public code, retold; see part 1."""

# ruff: noqa: B905, RUF059 - kept the way such code is written

import math

import numpy as np

# --- x_entropy --------------------------------------------------------------------------------


def x_entropy__right__where(y, S):
    return -np.sum(y * np.log(np.where(y > 0, S, 1.0)))


def x_entropy__right__loop(y, S):
    loss = 0.0
    for t, p in zip(y, S):
        if t > 0:
            loss -= t * math.log(p)
    return loss


def x_entropy__right__dot_of_masked(y, S):
    keep = y > 0
    return np.dot(-y[keep], np.log(S[keep]))


def x_entropy__wrong__textbook(y, S):
    return -np.sum(y * np.log(S))


def x_entropy__wrong__epsilon(y, S):
    return -np.sum(y * np.log(S + 1e-9))


def x_entropy__wrong__epsilon_large(y, S):
    return -np.sum(y * np.log(S + 1e-3))


def x_entropy__wrong__clipped(y, S):
    S = np.clip(S, 1e-12, 1.0 - 1e-12)
    return -np.sum(y * np.log(S))


def x_entropy__wrong__clipped_hard(y, S):
    S = np.clip(S, 1e-7, 1 - 1e-7)
    return -(y * np.log(S)).sum()


def x_entropy__wrong__renormalised_and_clipped(y, S):
    S = S / np.sum(S, axis=-1, keepdims=True)
    S = np.clip(S, 1e-7, 1 - 1e-7)
    return -np.sum(y * np.log(S), axis=-1)


def x_entropy__wrong__mean(y, S):
    return -np.mean(y * np.log(S + 1e-12))


def x_entropy__wrong__batch_mean(y, S):
    return -np.sum(y * np.log(S)) / y.shape[0]


def x_entropy__wrong__batch_axis(y, S):
    return -np.mean(np.sum(y * np.log(S), axis=1))


def x_entropy__wrong__labels_as_numbers(y, S):
    return -np.log(S[y])


def x_entropy__wrong__labels_as_whole_numbers(y, S):
    return -np.log(S[int(y)])


def x_entropy__wrong__range_and_labels(y, S):
    n = y.shape[0]
    return np.sum(-np.log(S[range(n), y])) / n


def x_entropy__wrong__range_and_argmax(y, S):
    n = y.shape[0]
    return np.sum(-np.log(S[np.arange(n), y.argmax(axis=1)])) / n


def x_entropy__wrong__true_class(y, S):
    return -np.log(S[np.argmax(y)])


def x_entropy__wrong__true_class_epsilon(y, S):
    return -np.log(S[y.argmax()] + 1e-10)


def x_entropy__wrong__binary(y, S):
    return -np.sum(y * np.log(S) + (1 - y) * np.log(1 - S))


def x_entropy__wrong__binary_mean_epsilon(y, S):
    return -np.mean(y * np.log(S + 1e-8) + (1 - y) * np.log(1 - S + 1e-8))


def x_entropy__wrong__binary_nan_to_num(y, S):
    return np.sum(np.nan_to_num(-y * np.log(S) - (1 - y) * np.log(1 - S)))


def x_entropy__wrong__not_summed(y, S):
    return -y * np.log(S)


def x_entropy__wrong__not_summed_masked(y, S):
    return -y * np.log(np.where(y > 0, S, 1.0))


def x_entropy__wrong__no_minus_where(y, S):
    return np.sum(y * np.log(np.where(y > 0, S, 1.0)))


def x_entropy__wrong__no_minus_epsilon(y, S):
    return np.sum(y * np.log(S + 1e-15))


def x_entropy__wrong__log2(y, S):
    return -np.sum(y * np.log2(S))


def x_entropy__wrong__log2_masked(y, S):
    keep = y > 0
    return -np.sum(y[keep] * np.log2(S[keep]))


def x_entropy__wrong__log10(y, S):
    return -np.sum(y * np.log10(S))


def x_entropy__wrong__swapped(y, S):
    return -np.sum(S * np.log(y))


def x_entropy__wrong__swapped_epsilon(y, S):
    return -np.sum(S * np.log(y + 1e-12))


def x_entropy__wrong__math_log(y, S):
    return -sum(t * math.log(p) for t, p in zip(y, S))


def x_entropy__wrong__from_logits(y, S):
    e = np.exp(S - S.max())
    return -np.sum(y * np.log(e / e.sum()))


def x_entropy__wrong__from_logits_lse(y, S):
    return np.log(np.sum(np.exp(S))) - np.dot(y, S)


def x_entropy__wrong__squares(y, S):
    return np.sum((y - S) ** 2)


def x_entropy__wrong__half_squares(y, S):
    return 0.5 * np.sum((y - S) ** 2)


def x_entropy__wrong__kl(y, S):
    keep = y > 0
    return np.sum(y[keep] * np.log(y[keep] / S[keep]))


def x_entropy__wrong__entropy(y, S):
    return -np.sum(S * np.log(S))


def x_entropy__wrong__smoothed(y, S):
    y = y * 0.9 + 0.1 / len(y)
    return -np.sum(y * np.log(S))


def x_entropy__wrong__focal(y, S):
    keep = y > 0
    return -np.sum(y[keep] * (1 - S[keep]) ** 2 * np.log(S[keep]))


def x_entropy__wrong__hinge(y, S):
    correct = np.sum(y * S)
    margins = np.maximum(0, S - correct + 1)
    return np.sum(margins) - 1


def x_entropy__wrong__log1p(y, S):
    return -np.sum(y * np.log1p(S))


def x_entropy__right__where_s_zero(y, S):
    return -np.sum(np.where(S == 0, 0, y * np.log(S)))


def x_entropy__wrong__nan_to_zero_of_log(y, S):
    return -np.sum(y * np.nan_to_num(np.log(S), neginf=-100.0)) * 2


def x_entropy__wrong__keepdims(y, S):
    return -np.sum(y * np.log(np.where(y > 0, S, 1.0)), keepdims=True)


def x_entropy__wrong__matrix_product(y, S):
    return -np.outer(y, np.log(S))


def x_entropy__wrong__likelihood(y, S):
    return np.prod(S**y)


def x_entropy__wrong__share_of_true_class(y, S):
    return np.sum(y * S)


def x_entropy__wrong__one_minus(y, S):
    return 1 - np.sum(y * S)


def x_entropy__wrong__first_true_only(y, S):
    for t, p in zip(y, S):
        if t == 1:
            return -np.log(p)
    return 0.0


def x_entropy__wrong__return_in_loop(y, S):  # noqa: RET503
    loss = 0.0
    for t, p in zip(y, S):
        if t > 0:
            loss -= t * np.log(p)
        return loss


def x_entropy__wrong__rounded(y, S):
    keep = y > 0
    return round(float(-np.sum(y[keep] * np.log(S[keep]))), 4)


def x_entropy__wrong__dot_of_columns(y, S):
    return -np.dot(y.reshape(1, -1), np.log(S).reshape(-1, 1))


def x_entropy__wrong__l2_added(y, S):
    keep = y > 0
    return -np.sum(y[keep] * np.log(S[keep])) + 0.5 * 1e-3 * np.sum(S * S)


# --- xe_dir -----------------------------------------------------------------------------------


def xe_dir__right__where(y, S):
    return np.where(y > 0, -y / np.where(y > 0, S, 1.0), 0.0)


def xe_dir__right__loop(y, S):
    return [-t / p if t else 0.0 for t, p in zip(y, S)]


def xe_dir__wrong__textbook(y, S):
    return -y / S


def xe_dir__wrong__no_minus(y, S):
    return y / S


def xe_dir__wrong__no_minus_masked(y, S):
    return np.where(y > 0, y / np.where(y > 0, S, 1.0), 0.0)


def xe_dir__wrong__epsilon(y, S):
    return -y / (S + 1e-8)


def xe_dir__wrong__epsilon_tiny(y, S):
    return -y / (S + 1e-15)


def xe_dir__wrong__clipped(y, S):
    return -(y / np.clip(S, 1e-12, 1.0 - 1e-12))


def xe_dir__wrong__clipped_large(y, S):
    return -y / np.maximum(S, 1e-5)


def xe_dir__wrong__of_the_logits(y, S):
    return S - y


def xe_dir__wrong__of_the_logits_negative(y, S):
    return y - S


def xe_dir__wrong__of_the_logits_mean(y, S):
    return (S - y) / len(y)


def xe_dir__wrong__batch_mean(y, S):
    return -(y / S) / y.shape[0]


def xe_dir__wrong__labels_subtracted(y, S):
    grad = S.copy()
    grad[np.arange(y.shape[0]), y] -= 1
    return grad / y.shape[0]


def xe_dir__wrong__true_class_minus_one(y, S):
    grad = S.copy()
    grad[np.argmax(y)] -= 1
    return grad


def xe_dir__wrong__only_true_class(y, S):
    grad = np.zeros_like(S)
    k = np.argmax(y)
    grad[k] = -1 / S[k]
    return grad


def xe_dir__wrong__ones(y, S):
    return -1 / S


def xe_dir__wrong__binary(y, S):
    return -y / S + (1 - y) / (1 - S)


def xe_dir__wrong__binary_epsilon(y, S):
    return (S - y) / (S * (1 - S) + 1e-12)


def xe_dir__wrong__binary_joined(y, S):
    return (S - y) / (S * (1 - S))


def xe_dir__wrong__binary_sign(y, S):
    return (y / S) + ((1 - y) / (1 - S))


def xe_dir__wrong__loss_itself(y, S):
    return -(y * np.log(S))


def xe_dir__wrong__log_of_share(y, S):
    return -np.log(S)


def xe_dir__wrong__squared_below(y, S):
    return -y / S**2


def xe_dir__wrong__upside_down(y, S):
    return -S / y


def xe_dir__wrong__squares(y, S):
    return 2 * (S - y)


def xe_dir__wrong__times(y, S):
    return -y * S


def xe_dir__wrong__summed(y, S):
    return -np.sum(y / S)


def xe_dir__wrong__where_share_is_not_zero(y, S):
    return np.where(S != 0, -y / S, 0.0)[None, :]


def xe_dir__wrong__diag(y, S):
    return np.diag(-y / S)


def xe_dir__wrong__through_softmax(y, S):
    J = np.diag(S) - np.outer(S, S)
    return J @ (-y / S)


def xe_dir__wrong__ln2(y, S):
    return -y / (S * np.log(2))


def xe_dir__wrong__nan_to_num(y, S):
    return np.nan_to_num(y / S)


def xe_dir__wrong__filled_like_labels(y, S):
    out = np.zeros_like(y)
    for i in range(len(y)):
        if y[i]:
            out[i] = -y[i] / S[i]
    return out


def xe_dir__wrong__minus_ones_at_true(y, S):
    out = np.zeros(len(S))
    for i in range(len(S)):
        if y[i] == 1:
            out[i] = -1 / S[i]
    return out


def xe_dir__wrong__one_for_the_others(y, S):
    out = np.zeros(len(S))
    for i in range(len(S)):
        out[i] = -1 / S[i] if y[i] == 1 else 1 / (1 - S[i])
    return out


# --- w_dir ------------------------------------------------------------------------------------


def w_dir__right__dot(DXE, DL):
    return np.dot(DXE, DL)


def w_dir__right__transposed(DXE, DL):
    return DL.T @ DXE


def w_dir__right__sum_of_rows(DXE, DL):
    return (DXE[:, None] * DL).sum(axis=0)


def w_dir__wrong__order_swapped(DXE, DL):
    return DL @ DXE


def w_dir__wrong__not_summed(DXE, DL):
    return DXE[:, None] * DL


def w_dir__wrong__columns_summed(DXE, DL):
    return DL.sum(axis=0)


def w_dir__wrong__mean(DXE, DL):
    return (DXE[:, None] * DL).mean(axis=0)


def w_dir__wrong__row(DXE, DL):
    return DXE.reshape(1, -1) @ DL


def w_dir__wrong__column(DXE, DL):
    return (DXE @ DL).reshape(-1, 1)


def w_dir__wrong__matrix(DXE, DL):
    return (DXE @ DL).reshape(len(DXE), -1)


def w_dir__wrong__matrix_of_inputs(DXE, DL):
    return (DXE @ DL).reshape(-1, len(DXE))


def w_dir__wrong__negative(DXE, DL):
    return -(DXE @ DL)


def w_dir__wrong__elementwise(DXE, DL):
    return DXE * DL


def w_dir__wrong__largest_row(DXE, DL):
    k = np.argmin(DXE)
    return DXE[k] * DL[k]


def w_dir__wrong__summed_apart(DXE, DL):
    return DXE.sum() * DL.sum(axis=0)


def w_dir__wrong__number(DXE, DL):
    return np.sum(DXE @ DL)


def w_dir__wrong__outer(DXE, DL):
    return np.outer(DXE, DL)


def w_dir__wrong__last_row_left_out(DXE, DL):
    out = np.zeros(DL.shape[1])
    for t in range(len(DXE) - 1):
        out += DXE[t] * DL[t]
    return out


def w_dir__wrong__last_row_only(DXE, DL):
    out = np.zeros(DL.shape[1])
    for t in range(len(DXE)):
        out = DXE[t] * DL[t]
    return out


def w_dir__wrong__in_place(DXE, DL):
    DL *= DXE[:, None]
    return DL.sum(axis=0)


def w_dir__wrong__other_order(DXE, DL):
    return (DXE @ DL).reshape(len(DXE), -1).T.ravel()


# --- xe_dir_shortcut --------------------------------------------------------------------------


def xe_dir_shortcut__right__outer(W, S, x, y):
    return np.outer(S - y, x).flatten()


def xe_dir_shortcut__right__kron(W, S, x, y):
    return np.kron(S - y, x)


def xe_dir_shortcut__right__transposed(W, S, x, y):
    return (x[:, None] @ (S - y)[None, :]).T.reshape(-1)


def xe_dir_shortcut__wrong__input_major(W, S, x, y):
    return np.outer(x, S - y).ravel()


def xe_dir_shortcut__wrong__matrix(W, S, x, y):
    return np.outer(x, S - y)


def xe_dir_shortcut__wrong__matrix_of_classes(W, S, x, y):
    return np.outer(S - y, x)


def xe_dir_shortcut__wrong__sign(W, S, x, y):
    return np.outer(y - S, x).ravel()


def xe_dir_shortcut__wrong__sign_and_order(W, S, x, y):
    return np.outer(x, y - S).ravel()


def xe_dir_shortcut__wrong__mean(W, S, x, y):
    return np.outer(S - y, x).ravel() / len(y)


def xe_dir_shortcut__wrong__logistic(W, S, x, y):
    return np.outer((S - y) * S * (1 - S), x).ravel()


def xe_dir_shortcut__wrong__only_error(W, S, x, y):
    return S - y


def xe_dir_shortcut__wrong__batch(W, S, x, y):
    return x.T @ (S - y)


def xe_dir_shortcut__wrong__batch_mean(W, S, x, y):
    return (x.T.dot(S - y) / x.shape[0]).ravel()


def xe_dir_shortcut__wrong__labels(W, S, x, y):
    d = S.copy()
    d[y] -= 1
    return np.outer(d, x).ravel()


def xe_dir_shortcut__wrong__labels_as_ints(W, S, x, y):
    d = S.copy()
    d[y.astype(int)] -= 1
    return np.outer(d, x).ravel()


def xe_dir_shortcut__wrong__argmax(W, S, x, y):
    d = S.copy()
    d[np.argmax(y)] -= 1
    return np.outer(d, x).ravel()


def xe_dir_shortcut__wrong__in_place(W, S, x, y):
    S[np.argmax(y)] -= 1
    return np.outer(S, x).ravel()


def xe_dir_shortcut__wrong__labels_dropped(W, S, x, y):
    return np.outer(S, x).ravel()


def xe_dir_shortcut__wrong__only_true(W, S, x, y):
    return np.outer((S - y) * y, x).ravel()


def xe_dir_shortcut__wrong__squares(W, S, x, y):
    return 2 * np.outer(S - y, x).ravel()


def xe_dir_shortcut__wrong__decay(W, S, x, y):
    return np.outer(S - y, x).ravel() + 0.01 * W.T.ravel()


def xe_dir_shortcut__wrong__decay_wrong_order(W, S, x, y):
    return np.outer(S - y, x).ravel() + 0.1 * W.ravel()


def xe_dir_shortcut__wrong__probabilities_again(W, S, x, y):
    e = np.exp(S - S.max())
    return np.outer(e / e.sum() - y, x).ravel()


def xe_dir_shortcut__wrong__weights_for_inputs(W, S, x, y):
    return ((S - y) * W).T.ravel()


def xe_dir_shortcut__wrong__shape_swapped(W, S, x, y):
    K, D = W.shape
    out = np.zeros(D * K)
    for i in range(K):
        for j in range(D):
            out[i * D + j] = (S[i] - y[i]) * x[j]
    return out


def xe_dir_shortcut__wrong__stride(W, S, x, y):
    D, K = W.shape
    out = np.zeros(D * K)
    for i in range(K):
        for j in range(D):
            out[i * K + j if i * K + j < D * K else -1] = (S[i] - y[i]) * x[j]
    return out


def xe_dir_shortcut__wrong__indicator_for_label(W, S, x, y):
    out = []
    for i in range(len(S)):
        for j in range(len(x)):
            out.append((S[i] - (1 if i == j else 0)) * x[j])
    return np.array(out)


def xe_dir_shortcut__wrong__whole_label(W, S, x, y):
    return np.outer(S - (y == 1), x).ravel()


def xe_dir_shortcut__wrong__long_way(W, S, x, y):
    D, K = W.shape
    DL = (np.diag(S) - np.outer(S, S)) @ np.kron(np.eye(K), x[:, None]).T
    return (-y / S) @ DL
