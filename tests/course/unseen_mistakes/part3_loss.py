"""Wrong answers to part 3 that are in no bank."""

import numpy as np


def _kept_log(y, S):
    return np.log(np.where(y != 0, S, 1.0))


def x_entropy__doubled(y, S):
    return -2 * np.sum(y * _kept_log(y, S))


def x_entropy__halved_square(y, S):
    return 0.5 * np.sum((S - y) ** 2)


def x_entropy__exponential(y, S):
    return np.exp(-np.sum(y * _kept_log(y, S)))


def x_entropy__epsilon_of_1e_10(y, S):
    return -np.sum(y * np.log(S + 1e-10))


def x_entropy__epsilon_of_1e_6(y, S):
    return -np.sum(y * np.log(S + 1e-6))


def x_entropy__floor_of_1e_12(y, S):
    return -np.sum(y * np.log(np.maximum(S, 1e-12)))


def x_entropy__mean_over_labelled(y, S):
    kept = y != 0
    return -np.mean(y[kept] * np.log(S[kept]))


def x_entropy__wrong_class(y, S):
    return -np.log(S[np.argmin(y)] or 1.0)


def x_entropy__one_row(y, S):
    return np.array([-np.sum(y * _kept_log(y, S))])


def x_entropy__two_decimals(y, S):
    return round(float(-np.sum(y * _kept_log(y, S))), 2)


def x_entropy__rounded_labels(y, S):
    return -np.sum(np.round(y) * _kept_log(np.round(y), S))


def x_entropy__sum_of_logs_times_sum(y, S):
    return -np.sum(y) * np.sum(_kept_log(y, S))


def x_entropy__entropy_of_truth(y, S):
    return -np.sum(y * _kept_log(y, y))


def x_entropy__first_class_missing(y, S):
    return -np.sum(y[1:] * _kept_log(y, S)[1:])


def x_entropy__nan_replaced_by_one(y, S):
    with np.errstate(all="ignore"):
        return np.nan_to_num(-np.sum(y * np.log(S)), nan=1.0)


def xe_dir__doubled(y, S):
    return np.where(y == 0, 0, -2 * y / np.where(y == 0, 1, S))


def xe_dir__positive_off_the_label(y, S):
    return np.where(y == 0, 1.0, -y / np.where(y == 0, 1, S))


def xe_dir__epsilon_of_1e_10(y, S):
    return -y / (S + 1e-10)


def xe_dir__floor_of_1e_6(y, S):
    return -y / np.maximum(S, 1e-6)


def xe_dir__logarithm_of_share(y, S):
    return -y * _kept_log(y, S) / np.where(y == 0, 1, S)


def xe_dir__base_ten(y, S):
    return np.where(y == 0, 0, -y / np.where(y == 0, 1, S)) / np.log(10)


def xe_dir__column(y, S):
    return np.where(y == 0, 0, -y / np.where(y == 0, 1, S)).reshape(-1, 1)


def xe_dir__labels_minus_shares(y, S):
    return y - S


def xe_dir__reciprocal_of_label_sum(y, S):
    return -np.sum(y) / np.where(S == 0, 1, S)


def xe_dir__share_minus_one(y, S):
    return y * (S - 1) / np.where(y == 0, 1, S)


def xe_dir__two_decimals(y, S):
    return np.where(y == 0, 0, -y / np.where(y == 0, 1, S)).round(2)


def xe_dir__empty(y, S):
    g = np.empty(len(S))
    for c in range(len(S)):
        if y[c]:
            g[c] = -y[c] / S[c]
    return g


def xe_dir__reversed(y, S):
    return np.where(y == 0, 0, -y / np.where(y == 0, 1, S))[::-1]


def w_dir__doubled(DXE, DL):
    return 2 * DXE @ DL


def w_dir__squared_weights(DXE, DL):
    return DXE**2 @ DL


def w_dir__normalised_weights(DXE, DL):
    return DXE / np.linalg.norm(DXE) @ DL


def w_dir__first_row_only(DXE, DL):
    return DXE[0] * DL[0]


def w_dir__reversed(DXE, DL):
    return (DXE @ DL)[::-1]


def w_dir__absolute_result(DXE, DL):
    return np.abs(DXE @ DL)


def w_dir__products_multiplied(DXE, DL):
    return np.prod(DXE[:, None] * DL, axis=0)


def w_dir__max_for_sum(DXE, DL):
    return np.max(DXE[:, None] * DL, axis=0)


def w_dir__mean_times_mean(DXE, DL):
    return DXE.mean() * DL.sum(axis=0)


def w_dir__every_row_by_the_sum(DXE, DL):
    return DXE.sum() * DL.sum(axis=0)


def w_dir__three_decimals(DXE, DL):
    return (DXE @ DL).round(3)


def xe_dir_shortcut__share_times_label(W, S, x, y):
    return np.kron(S * y, x)


def xe_dir_shortcut__squared_inputs(W, S, x, y):
    return np.kron(S - y, x**2)


def xe_dir_shortcut__reversed(W, S, x, y):
    return np.kron(S - y, x)[::-1]


def xe_dir_shortcut__matrix_of_weights(W, S, x, y):
    return (W + np.outer(x, S - y)).T.ravel()


def xe_dir_shortcut__mean_input(W, S, x, y):
    return np.kron(S - y, np.full(len(x), x.mean()))


def xe_dir_shortcut__log_difference(W, S, x, y):
    return np.kron(np.log(S) - y, x)


def xe_dir_shortcut__softened_labels(W, S, x, y):
    return np.kron(S - (0.9 * y + 0.1 / len(y)), x)


def xe_dir_shortcut__clipped(W, S, x, y):
    return np.clip(np.kron(S - y, x), -0.1, 0.1)


def xe_dir_shortcut__row(W, S, x, y):
    return np.kron(S - y, x)[None, :]


def xe_dir_shortcut__three_decimals(W, S, x, y):
    return np.kron(S - y, x).round(3)


def xe_dir_shortcut__only_the_true_class(W, S, x, y):
    return np.kron(np.where(y > 0, S - y, 0), x)


def xe_dir_shortcut__only_wrong_classes(W, S, x, y):
    return np.kron(np.where(y > 0, 0, S), x)


def xe_dir_shortcut__whole_chain_in_memory(W, S, x, y):
    DZ = np.kron(np.eye(len(S)), x[:, None])
    return (S - y) @ DZ.T


def xe_dir_shortcut__rounded_labels(W, S, x, y):
    return np.kron(S - np.round(y), x)


def xe_dir_shortcut__inputs_looked_up_by_value(W, S, x, y):
    D, values = len(x), x.tolist()
    g = np.zeros(len(S) * D)
    for i in range(len(S)):
        for v in values:
            g[i * D + values.index(v)] = (S[i] - y[i]) * v
    return g


def xe_dir__largest_only_and_sign(y, S):
    g = np.zeros(len(S))
    g[np.argmax(y)] = 1 / S[np.argmax(y)]
    return g


def w_dir__added(DXE, DL):
    return (DXE[:, None] + DL).sum(axis=0)


def w_dir__most_negative_only(DXE, DL):
    return DXE.min() * DL[np.argmin(DXE)]
