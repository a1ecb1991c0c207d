"""Answers to part 4 by people who learned from blog posts, forums and other frameworks' notes.

Right and wrong ones; the docstring of a wrong one says what is wrong with it.
"""

import numpy as np


def shares_of(Z):
    e = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# --- weight_gradient --------------------------------------------------------------------------


def weight_gradient__right__columns(W, S, x, y):
    return np.column_stack([(s - t) * x for s, t in zip(S, y, strict=True)])


def weight_gradient__right__matrix_product(W, S, x, y):
    return np.reshape(x, (-1, 1)) @ np.reshape(S - y, (1, -1))


def weight_gradient__right__loops(W, S, x, y):
    G = np.zeros(W.shape)
    for j in range(W.shape[0]):
        for i in range(W.shape[1]):
            G[j, i] = x[j] * (S[i] - y[i])
    return G


def weight_gradient__wrong__flat_reshape(W, S, x, y):
    """The class-major flat gradient reshaped to (D, K) without a transpose."""
    return np.outer(S - y, x).reshape(W.shape)


def weight_gradient__wrong__transposed(W, S, x, y):
    """(K, D), as torch stores it."""
    return np.outer(S - y, x)


def weight_gradient__wrong__flat(W, S, x, y):
    """Flat."""
    return np.outer(S - y, x).ravel()


def weight_gradient__wrong__sign(W, S, x, y):
    """y - S."""
    return np.outer(x, y - S)


def weight_gradient__wrong__sign_and_transposed(W, S, x, y):
    """y - S, and (K, D)."""
    return np.outer(y - S, x)


def weight_gradient__wrong__mean_classes(W, S, x, y):
    """Divided by K."""
    return np.outer(x, S - y) / y.size


def weight_gradient__wrong__mean_inputs(W, S, x, y):
    """Divided by D, taken for the size of a batch."""
    return np.outer(x, S - y) / x.shape[0]


def weight_gradient__wrong__chain_twice(W, S, x, y):
    """S - y is multiplied by the Jacobian of softmax once more."""
    return np.outer(x, (np.diag(S) - np.outer(S, S)) @ (S - y))


def weight_gradient__wrong__loss_derivative(W, S, x, y):
    """dXE/dS in place of dXE/dZ: the softmax is left out of the chain."""
    return np.outer(x, -y / np.where(y == 0, 1.0, S))


def weight_gradient__wrong__decay(W, S, x, y):
    """0.001 W is added."""
    return np.outer(x, S - y) + 1e-3 * W


def weight_gradient__wrong__last_input(W, S, x, y):
    """range(D - 1)."""
    G = np.zeros(W.shape)
    for j in range(W.shape[0] - 1):
        for i in range(W.shape[1]):
            G[j, i] = x[j] * (S[i] - y[i])
    return G


def weight_gradient__wrong__into_weights(W, S, x, y):
    """Writes the gradient into W."""
    for j in range(W.shape[0]):
        W[j] = x[j] * (S - y)
    return W


def weight_gradient__wrong__hard_label(W, S, x, y):
    """One-hot of the largest label: soft labels are ignored."""
    d = S.copy()
    d[np.argmax(y)] -= 1
    return np.outer(x, d)


# --- train_step -------------------------------------------------------------------------------


def train_step__right__one_line(W, x, y, rate):
    return W - rate * np.outer(x, shares_of(x @ W) - y)


def train_step__right__loops(W, x, y, rate):
    S = shares_of(W.T @ x)
    new = np.array(W, dtype=float)
    for i in range(W.shape[1]):
        for j in range(W.shape[0]):
            new[j, i] -= rate * (S[i] - y[i]) * x[j]
    return new


def train_step__right__columns(W, x, y, rate):
    col = np.asarray(x, float)[:, None]
    err = shares_of((W.T @ col).ravel())[:, None] - np.asarray(y, float)[:, None]
    return W - rate * col @ err.T


def train_step__wrong__ascent(W, x, y, rate):
    """Plus for minus."""
    return W + rate * np.outer(x, shares_of(W.T @ x) - y)


def train_step__wrong__in_place(W, x, y, rate):
    """W -= ... writes into the caller's W."""
    W -= rate * np.outer(x, shares_of(W.T @ x) - y)
    return W


def train_step__wrong__step_only(W, x, y, rate):
    """Returns the change, not the new weights."""
    return -rate * np.outer(x, shares_of(W.T @ x) - y)


def train_step__wrong__rate_forgotten(W, x, y, rate):
    """The rate is forgotten."""
    return W - np.outer(x, shares_of(W.T @ x) - y)


def train_step__wrong__unstable(W, x, y, rate):
    """exp without a shift."""
    e = np.exp(W.T @ x)
    return W - rate * np.outer(x, e / e.sum() - y)


def train_step__wrong__scrambled(W, x, y, rate):
    """The flat gradient is reshaped without a transpose."""
    g = np.outer(shares_of(W.T @ x) - y, x).ravel()
    return W - rate * g.reshape(W.shape)


def train_step__wrong__averaged(W, x, y, rate):
    """Divided by the number of inputs, taken for a batch."""
    return W - rate * np.outer(x, shares_of(W.T @ x) - y) / len(x)


def train_step__wrong__logits_for_shares(W, x, y, rate):
    """Z - y: the softmax is forgotten."""
    return W - rate * np.outer(x, W.T @ x - y)


def train_step__wrong__sigmoid(W, x, y, rate):
    """The logistic function for softmax."""
    S = 1 / (1 + np.exp(-(W.T @ x)))
    return W - rate * np.outer(x, S - y)


def train_step__wrong__column_by_column(W, x, y, rate):
    """The shares are computed anew after each column: updated weights in the gradient."""
    new = np.array(W, dtype=float)
    for i in range(W.shape[1]):
        S = shares_of(new.T @ x)
        new[:, i] -= rate * (S[i] - y[i]) * x
    return new


def train_step__wrong__returns_loss_too(W, x, y, rate):
    """A tuple of weights and loss."""
    S = shares_of(W.T @ x)
    return W - rate * np.outer(x, S - y), float(-(y * np.log(S + 1e-300)).sum())


def train_step__wrong__ascent_averaged(W, x, y, rate):
    """The sign, and divided by K."""
    return W + rate * np.outer(x, shares_of(W.T @ x) - y) / len(y)


def train_step__wrong__decayed(W, x, y, rate):
    """Weight decay of 0.01."""
    return W - rate * (np.outer(x, shares_of(W.T @ x) - y) + 0.01 * W)


def train_step__wrong__true_class_only(W, x, y, rate):
    """Only the column of the true class is updated."""
    k = int(np.argmax(y))
    S = shares_of(W.T @ x)
    new = np.array(W, dtype=float)
    new[:, k] -= rate * (S[k] - 1) * x
    return new


# --- fit --------------------------------------------------------------------------------------


def fit__right__batch(W, X, Y, rate, steps):
    V = np.array(W, dtype=np.float64)
    for _ in range(steps):
        V = V - rate / len(X) * (X.T @ (shares_of(X @ V) - Y))
    return V


def fit__right__rows(W, X, Y, rate, steps):
    V = W * 1.0
    for _ in range(steps):
        G = np.zeros_like(V)
        for x, y in zip(X, Y, strict=True):
            G += np.outer(x, shares_of(V.T @ x) - y)
        V -= rate * G / X.shape[0]
    return V


def fit__right__mean_of_outer_products(W, X, Y, rate, steps):
    V = W.copy()
    while steps > 0:
        err = shares_of(X @ V) - Y
        V = V - rate * np.mean(X[:, :, None] * err[:, None, :], axis=0)
        steps -= 1
    return V


def fit__right__recursive(W, X, Y, rate, steps):
    if steps == 0:
        return W
    err = shares_of(np.dot(X, W)) - Y
    step = np.einsum("nd,nk->dk", X, err) / len(Y)
    return fit__right__recursive(W - rate * step, X, Y, rate, steps - 1)


def fit__wrong__sum(W, X, Y, rate, steps):
    """Sum for mean."""
    V = W.copy()
    for _ in range(steps):
        V -= rate * X.T @ (shares_of(X @ V) - Y)
    return V


def fit__wrong__divided_twice(W, X, Y, rate, steps):
    """Divided by N twice."""
    V = W.copy()
    N = len(X)
    for _ in range(steps):
        dZ = (shares_of(X @ V) - Y) / N
        V -= rate * X.T @ dZ / N
    return V


def fit__wrong__divided_by_cells(W, X, Y, rate, steps):
    """np.mean over all cells: divided by N*K."""
    V = W.copy()
    for _ in range(steps):
        V -= rate * X.T @ ((shares_of(X @ V) - Y) / Y.size)
    return V


def fit__wrong__stochastic(W, X, Y, rate, steps):
    """A step for each row: updated weights within a pass."""
    V = W.copy()
    for _ in range(steps):
        for x, y in zip(X, Y, strict=True):
            V = V - rate * np.outer(x, shares_of(V.T @ x) - y)
    return V


def fit__wrong__one_step_short(W, X, Y, rate, steps):
    """range(1, steps)."""
    V = W.copy()
    for _ in range(1, steps):
        V = V - rate * X.T @ (shares_of(X @ V) - Y) / len(X)
    return V


def fit__wrong__first_gradient(W, X, Y, rate, steps):
    """The gradient is computed once, from the first weights."""
    V = W.copy()
    G = X.T @ (shares_of(X @ V) - Y) / len(X)
    for _ in range(steps):
        V = V - rate * G
    return V


def fit__wrong__in_place(W, X, Y, rate, steps):
    """W -= ... writes into the caller's weights."""
    for _ in range(steps):
        W -= rate * X.T @ (shares_of(X @ W) - Y) / len(X)
    return W


def fit__wrong__alias(W, X, Y, rate, steps):
    """V = W is no copy: the caller's weights change."""
    V = W
    for _ in range(steps):
        V -= rate * X.T @ (shares_of(X @ V) - Y) / len(X)
    return V


def fit__wrong__softmax_over_rows(W, X, Y, rate, steps):
    """axis=0: the shares of one class over the rows sum to 1."""
    V = W.copy()
    for _ in range(steps):
        Z = X @ V
        e = np.exp(Z - Z.max(axis=0))
        V = V - rate * X.T @ (e / e.sum(axis=0) - Y) / len(X)
    return V


def fit__wrong__returns_after_one(W, X, Y, rate, steps):
    """return inside the loop: one step only."""
    V = W.copy()
    for _ in range(steps):
        V -= rate * X.T @ (shares_of(X @ V) - Y) / len(X)
        return V
    return V


def fit__wrong__decaying_rate(W, X, Y, rate, steps):
    """The rate is divided by the number of the step."""
    V = W.copy()
    for t in range(steps):
        V = V - rate / (t + 1) * X.T @ (shares_of(X @ V) - Y) / len(X)
    return V


def fit__wrong__momentum(W, X, Y, rate, steps):
    """Momentum of 0.9."""
    V, m = W.copy(), np.zeros(W.shape)
    for _ in range(steps):
        m = 0.9 * m + X.T @ (shares_of(X @ V) - Y) / len(X)
        V = V - rate * m
    return V


def fit__wrong__last_row_forgotten(W, X, Y, rate, steps):
    """range(N - 1): the last row is never used, but N still divides."""
    V = W.copy()
    for _ in range(steps):
        G = np.zeros(V.shape)
        for n in range(len(X) - 1):
            G += np.outer(X[n], shares_of(V.T @ X[n]) - Y[n])
        V = V - rate * G / len(X)
    return V


def fit__wrong__gradient_not_reset(W, X, Y, rate, steps):
    """The gradient is set to zero once, outside the loop: it piles up."""
    V, G = W.copy(), np.zeros(W.shape)
    for _ in range(steps):
        for n in range(len(X)):
            G += np.outer(X[n], shares_of(V.T @ X[n]) - Y[n]) / len(X)
        V = V - rate * G
    return V


def fit__wrong__sum_and_ascent(W, X, Y, rate, steps):
    """Sum for mean, and plus for minus."""
    V = W.copy()
    for _ in range(steps):
        V = V + rate * X.T @ (shares_of(X @ V) - Y)
    return V


def fit__wrong__history(W, X, Y, rate, steps):
    """Returns a tuple with the losses."""
    V, losses = W.copy(), []
    for _ in range(steps):
        S = shares_of(X @ V)
        losses.append(-np.mean(np.sum(Y * np.log(S + 1e-300), axis=1)))
        V = V - rate * X.T @ (S - Y) / len(X)
    return V, losses


def fit__wrong__unstable(W, X, Y, rate, steps):
    """exp without a shift."""
    V = W.copy()
    for _ in range(steps):
        e = np.exp(X @ V)
        V = V - rate * X.T @ (e / e.sum(axis=1, keepdims=True) - Y) / len(X)
    return V


def fit__wrong__keepdims_forgotten(W, X, Y, rate, steps):
    """The sums have no keepdims: they are divided along the wrong axis, or do not fit."""
    V = W.copy()
    for _ in range(steps):
        Z = X @ V
        e = np.exp(Z - Z.max())
        V = V - rate * X.T @ (e / e.sum(axis=1) - Y) / len(X)
    return V


def fit__wrong__single_precision_tolerance(W, X, Y, rate, steps):
    """Stops when the loss changes by less than 1e-3."""
    V, last = W.copy(), np.inf
    for _ in range(steps):
        S = shares_of(X @ V)
        loss = -np.mean(np.sum(Y * np.log(S + 1e-300), axis=1))
        if abs(last - loss) < 1e-3:
            break
        last = loss
        V = V - rate * X.T @ (S - Y) / len(X)
    return V
