"""Answers to part 3 by people who learned from blog posts, forums and other frameworks' notes.

Right and wrong ones; the docstring of a wrong one says what is wrong with it.
"""

import math

import numpy as np

# --- x_entropy --------------------------------------------------------------------------------


def x_entropy__right__masked(y, S):
    on = np.asarray(y) > 0
    return -np.dot(np.asarray(y)[on], np.log(np.asarray(S)[on]))


def x_entropy__right__where(y, S):
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(np.equal(y, 0), 0.0, y * np.log(S))
    return -terms.sum()


def x_entropy__right__python_loop(y, S):
    loss = 0.0
    for label, share in zip(y, S, strict=True):
        if label:
            loss -= label * (math.log(share) if share else -math.inf)
    return loss


def x_entropy__right__zero_dimensional(y, S):
    safe = np.where(np.asarray(y) == 0, 1.0, S)
    return np.array(np.sum(y * -np.log(safe)))


def x_entropy__wrong__zero_log_zero(y, S):
    """0 * log 0 is nan."""
    return -np.sum(y * np.log(S))


def x_entropy__wrong__no_minus(y, S):
    """The minus is missing."""
    on = y > 0
    return np.sum(y[on] * np.log(S[on]))


def x_entropy__wrong__mean(y, S):
    """Mean for sum."""
    safe = np.where(y > 0, S, 1.0)
    return -np.mean(y * np.log(safe))


def x_entropy__wrong__clip(y, S):
    """Clips S to 1e-7 and 1 - 1e-7, as Keras does."""
    p = np.clip(S, 1e-7, 1 - 1e-7)
    return -np.sum(y * np.log(p))


def x_entropy__wrong__epsilon(y, S):
    """Adds 1e-10 to S."""
    return -np.sum(y * np.log(S + 1e-10))


def x_entropy__wrong__base_two(y, S):
    """log2: bits in place of nats."""
    safe = np.where(y > 0, S, 1.0)
    return -np.sum(y * np.log2(safe))


def x_entropy__wrong__base_ten(y, S):
    """log10."""
    safe = np.where(y > 0, S, 1.0)
    return -np.sum(y * np.log10(safe))


def x_entropy__wrong__binary(y, S):
    """The binary form: the terms (1 - y) log(1 - S) are added."""
    p = np.clip(S, 1e-300, 1 - 1e-16)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


def x_entropy__wrong__arguments_swapped(y, S):
    """sum S log y with an epsilon: the arguments change places."""
    return -np.sum(S * np.log(y + 1e-12))


def x_entropy__wrong__argmax_label(y, S):
    """Takes the class of the largest label: soft labels are ignored."""
    return -np.log(S[np.argmax(y)])


def x_entropy__wrong__elementwise(y, S):
    """The terms, never summed."""
    safe = np.where(y > 0, S, 1.0)
    return -y * np.log(safe)


def x_entropy__wrong__one_item_array(y, S):
    """An array of shape (1,)."""
    safe = np.where(y > 0, S, 1.0)
    return -np.sum(y * np.log(safe), keepdims=True)


def x_entropy__wrong__divergence(y, S):
    """Subtracts the entropy of the labels: the Kullback-Leibler divergence."""
    on = y > 0
    return np.sum(y[on] * np.log(y[on] / S[on]))


def x_entropy__wrong__squared_error(y, S):
    """The squared error."""
    return np.sum((y - S) ** 2)


def x_entropy__wrong__last_class_left_out(y, S):
    """The loop ends one early."""
    loss = 0.0
    for k in range(len(y) - 1):
        if y[k] > 0:
            loss -= y[k] * np.log(S[k])
    return loss


def x_entropy__wrong__returns_in_loop(y, S):
    """return inside the loop: only the first class."""
    loss = 0.0
    for k in range(len(y)):
        if y[k] > 0:
            loss -= y[k] * np.log(S[k])
        return loss
    return None


def x_entropy__wrong__sign_and_base(y, S):
    """log2, and the minus is missing."""
    safe = np.where(y > 0, S, 1.0)
    return np.sum(y * np.log2(safe))


def x_entropy__wrong__whole_number_total(y, S):
    """The terms are stored in an array of y's dtype: whole numbers for whole-number labels."""
    terms = np.zeros_like(y)
    for k in range(len(y)):
        if y[k] > 0:
            terms[k] = -y[k] * np.log(S[k])
    return terms.sum()


# --- xe_dir -----------------------------------------------------------------------------------


def xe_dir__right__divide_where(y, S):
    y = np.asarray(y, float)
    return -np.divide(y, S, out=np.zeros_like(y), where=y != 0)


def xe_dir__right__list(y, S):
    return [-label / share if label != 0 else 0.0 for label, share in zip(y, S, strict=True)]


def xe_dir__right__safe_denominator(y, S):
    return -(y / np.where(y == 0, 1.0, S))


def xe_dir__wrong__zero_by_zero(y, S):
    """0/0 is nan where a share is exactly zero."""
    return -y / S


def xe_dir__wrong__no_minus(y, S):
    """The minus is missing."""
    return np.divide(y, S, out=np.zeros(len(S)), where=y != 0)


def xe_dir__wrong__of_logits(y, S):
    """S - y, which is dXE/dZ."""
    return S - y


def xe_dir__wrong__epsilon(y, S):
    """1e-8 is added below."""
    return -y / (S + 1e-8)


def xe_dir__wrong__binary(y, S):
    """The derivative of the binary form."""
    p = np.clip(S, 1e-300, 1 - 1e-16)
    return -y / p + (1 - y) / (1 - p)


def xe_dir__wrong__divided_by_classes(y, S):
    """Divided by K, as if the loss were a mean."""
    safe = np.where(y == 0, 1.0, S)
    return -y / safe / len(y)


def xe_dir__wrong__reciprocal_everywhere(y, S):
    """-1/S for all classes: the labels are forgotten."""
    with np.errstate(divide="ignore"):
        return -1.0 / S


def xe_dir__wrong__shares_over_labels(y, S):
    """-S/y where y is not zero: upside down."""
    return -np.divide(S, y, out=np.zeros(len(S)), where=y != 0)


def xe_dir__wrong__times(y, S):
    """-y * S: times for divided by."""
    return -y * S


def xe_dir__wrong__log(y, S):
    """-y log S: the terms of the loss itself."""
    return -y * np.log(np.where(y == 0, 1.0, S))


def xe_dir__wrong__summed(y, S):
    """Summed to one number."""
    return np.sum(-y / np.where(y == 0, 1.0, S))


def xe_dir__wrong__right_class_only(y, S):
    """Only the class of the largest label."""
    g = np.zeros(len(S))
    k = np.argmax(y)
    g[k] = -1.0 / S[k]
    return g


def xe_dir__wrong__labels_dtype(y, S):
    """Stored in an array of y's dtype."""
    g = np.zeros_like(y)
    for k in range(len(y)):
        if y[k]:
            g[k] = -y[k] / S[k]
    return g


def xe_dir__wrong__in_place(y, S):
    """Writes into y."""
    on = y != 0
    y[on] = -y[on] / S[on]
    return y


def xe_dir__wrong__clipped_and_positive(y, S):
    """S is clipped to 1e-9, and the minus is missing."""
    return y / np.clip(S, 1e-9, 1.0)


def xe_dir__wrong__square(y, S):
    """-y/S**2: one derivative too many below."""
    return -y / np.where(y == 0, 1.0, S) ** 2


# --- w_dir ------------------------------------------------------------------------------------


def w_dir__right__weighted_rows(DXE, DL):
    return (DXE[:, None] * DL).sum(axis=0)


def w_dir__right__loops(DXE, DL):
    out = np.zeros(DL.shape[1])
    for w in range(DL.shape[1]):
        for t in range(DL.shape[0]):
            out[w] += DXE[t] * DL[t, w]
    return out


def w_dir__right__tensordot(DXE, DL):
    return np.tensordot(DXE, DL, axes=1)


def w_dir__wrong__columns_summed(DXE, DL):
    """The sum of each column of DL: DXE is forgotten."""
    return DL.sum(axis=0)


def w_dir__wrong__not_summed(DXE, DL):
    """The weighted rows, not summed."""
    return DXE[:, None] * DL


def w_dir__wrong__mean(DXE, DL):
    """Mean over the classes for the sum."""
    return (DXE[:, None] * DL).mean(axis=0)


def w_dir__wrong__other_axis(DXE, DL):
    """Summed over the wrong axis."""
    return (DXE[:, None] * DL).sum(axis=1)


def w_dir__wrong__row_vector(DXE, DL):
    """(1, D*K)."""
    return DXE.reshape(1, -1) @ DL


def w_dir__wrong__negated(DXE, DL):
    """The sign of a descent step is put in."""
    return -(DXE @ DL)


def w_dir__wrong__not_accumulated(DXE, DL):
    """= for +=: only the last class."""
    out = np.zeros(DL.shape[1])
    for w in range(DL.shape[1]):
        for t in range(DL.shape[0]):
            out[w] = DXE[t] * DL[t, w]
    return out


def w_dir__wrong__classes_from_one(DXE, DL):
    """The sum over classes starts at 1."""
    out = np.zeros(DL.shape[1])
    for t in range(1, DL.shape[0]):
        out += DXE[t] * DL[t]
    return out


def w_dir__wrong__weights_one_short(DXE, DL):
    """The last weight is left at zero."""
    out = np.zeros(DL.shape[1])
    for w in range(DL.shape[1] - 1):
        out[w] = DXE @ DL[:, w]
    return out


def w_dir__wrong__matrix(DXE, DL):
    """Reshaped to (K, D)."""
    return (DXE @ DL).reshape(len(DXE), -1)


def w_dir__wrong__input_major(DXE, DL):
    """In the order of W.ravel()."""
    return (DXE @ DL).reshape(len(DXE), -1).T.ravel()


def w_dir__wrong__only_true_class(DXE, DL):
    """Only the class with the largest -DXE counts."""
    k = np.argmin(DXE)
    return DXE[k] * DL[k]


def w_dir__wrong__square_weights(DXE, DL):
    """DXE is squared."""
    return (DXE**2) @ DL


def w_dir__wrong__negated_mean(DXE, DL):
    """Mean for sum, and the sign."""
    return -np.mean(DXE[:, None] * DL, axis=0)


# --- xe_dir_shortcut --------------------------------------------------------------------------


def xe_dir_shortcut__right__outer_ravel(W, S, x, y):
    return np.outer(S - y, x).reshape(-1)


def xe_dir_shortcut__right__fortran(W, S, x, y):
    return np.outer(x, np.asarray(S) - y).flatten(order="F")


def xe_dir_shortcut__right__repeat_tile(W, S, x, y):
    return np.repeat(S - y, len(x)) * np.tile(x, len(S))


def xe_dir_shortcut__wrong__sign(W, S, x, y):
    """y - S."""
    return np.outer(y - S, x).ravel()


def xe_dir_shortcut__wrong__input_major(W, S, x, y):
    """np.outer(x, S - y).ravel(): input-major."""
    return np.outer(x, S - y).ravel()


def xe_dir_shortcut__wrong__matrix(W, S, x, y):
    """(D, K), not flat."""
    return np.outer(x, S - y)


def xe_dir_shortcut__wrong__divided_by_classes(W, S, x, y):
    """Divided by K."""
    return np.outer(S - y, x).ravel() / len(y)


def xe_dir_shortcut__wrong__stride(W, S, x, y):
    """Place i*K + j."""
    D, K = W.shape
    g = np.zeros(K * max(D, K))
    for i in range(K):
        for j in range(D):
            g[i * K + j] = (S[i] - y[i]) * x[j]
    return g[: D * K]


def xe_dir_shortcut__wrong__index(W, S, x, y):
    """y[j % K] for y[i]."""
    D, K = W.shape
    g = np.zeros(K * D)
    for i in range(K):
        for j in range(D):
            g[i * D + j] = (S[i] - y[j % K]) * x[j]
    return g


def xe_dir_shortcut__wrong__times_share(W, S, x, y):
    """An extra factor S_i."""
    return np.outer(S * (S - y), x).ravel()


def xe_dir_shortcut__wrong__logistic(W, S, x, y):
    """An extra factor S(1 - S), as for squared error with a logistic unit."""
    return np.outer((S - y) * S * (1 - S), x).ravel()


def xe_dir_shortcut__wrong__labels_only(W, S, x, y):
    """-y x: the share is forgotten."""
    return np.outer(-y, x).ravel()


def xe_dir_shortcut__wrong__weights_added(W, S, x, y):
    """Weight decay is added."""
    return (np.outer(x, S - y) + 0.01 * W).T.ravel()


def xe_dir_shortcut__wrong__last_class(W, S, x, y):
    """range(K - 1)."""
    D, K = W.shape
    g = np.zeros(K * D)
    for i in range(K - 1):
        for j in range(D):
            g[i * D + j] = (S[i] - y[i]) * x[j]
    return g


def xe_dir_shortcut__wrong__inner(W, S, x, y):
    """The loop overwrites: g[i] for g[i*D + j], padded."""
    D, K = W.shape
    g = np.zeros(K * D)
    for i in range(K):
        for j in range(D):
            g[i] = (S[i] - y[i]) * x[j]
    return g


def xe_dir_shortcut__wrong__order_and_mean(W, S, x, y):
    """Input-major, and divided by K."""
    return np.outer(x, S - y).ravel() / len(S)


def xe_dir_shortcut__wrong__in_place(W, S, x, y):
    """S -= y writes into the caller's array."""
    S -= y
    return np.outer(S, x).ravel()
