"""Answers to part 4 as they are written in public code, retold; see part 1."""

# ruff: noqa: B905, B007, RET504 - kept the way such code is written

import numpy as np


def _softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# --- weight_gradient --------------------------------------------------------------------------


def weight_gradient__right__columns(W, S, x, y):
    return x.reshape(-1, 1) @ (S - y).reshape(1, -1)


def weight_gradient__right__loop(W, S, x, y):
    dW = np.zeros(W.shape)
    for j in range(W.shape[1]):
        dW[:, j] += S[j] * x
        dW[:, j] -= y[j] * x
    return dW


def weight_gradient__wrong__classes_first(W, S, x, y):
    return np.outer(S - y, x)


def weight_gradient__wrong__scrambled(W, S, x, y):
    return np.outer(S - y, x).reshape(W.shape)


def weight_gradient__wrong__sign(W, S, x, y):
    return np.outer(x, y - S)


def weight_gradient__wrong__sign_and_axes(W, S, x, y):
    return -(S - y)[:, None] * x


def weight_gradient__wrong__mean_over_inputs(W, S, x, y):
    return np.outer(x, S - y) / x.shape[0]


def weight_gradient__wrong__mean_over_classes(W, S, x, y):
    return np.outer(x, S - y) / y.shape[0]


def weight_gradient__wrong__batch(W, S, x, y):
    return x.T @ (S - y) / x.shape[0]


def weight_gradient__wrong__batch_dot(W, S, x, y):
    return np.dot(x.T, S - y)


def weight_gradient__wrong__logistic(W, S, x, y):
    return np.outer(x, (S - y) * S * (1 - S))


def weight_gradient__wrong__labels(W, S, x, y):
    dW = np.zeros_like(W)
    for c in range(W.shape[1]):
        dW[:, c] += (S[c] - (c == y)) * x
    return dW


def weight_gradient__wrong__labels_compared_with_first(W, S, x, y):
    dW = np.zeros_like(W)
    for c in range(W.shape[1]):
        dW[:, c] = (S[c] - (c == y[0])) * x
    return dW


def weight_gradient__wrong__label_as_index(W, S, x, y):
    dW = np.outer(x, S)
    dW[:, y] -= x
    return dW


def weight_gradient__wrong__largest_label(W, S, x, y):
    dW = np.outer(x, S)
    dW[:, np.argmax(y)] -= x
    return dW


def weight_gradient__wrong__regularised(W, S, x, y):
    return np.outer(x, S - y) + 2 * 0.05 * W


def weight_gradient__wrong__regularised_by_one(W, S, x, y):
    return np.outer(x, S - y) + W


def weight_gradient__wrong__regularised_by_sum(W, S, x, y):
    return np.outer(x, S - y) + 0.1 * np.sum(W)


def weight_gradient__wrong__clipped(W, S, x, y):
    g = np.outer(x, S - y)
    n = np.linalg.norm(g)
    return g / n if n > 1 else g


def weight_gradient__wrong__clipped_values(W, S, x, y):
    return np.clip(np.outer(x, S - y), -1, 1)


def weight_gradient__wrong__unit(W, S, x, y):
    g = np.outer(x, S - y)
    return g / np.linalg.norm(g)


def weight_gradient__wrong__softmax_again(W, S, x, y):
    return np.outer(x, _softmax(S) - y)


def weight_gradient__wrong__in_place(W, S, x, y):
    S -= y
    return np.outer(x, S)


def weight_gradient__wrong__doubled(W, S, x, y):
    return np.outer(x, 2 * (S - y))


def weight_gradient__wrong__no_labels(W, S, x, y):
    return np.outer(x, S)


def weight_gradient__wrong__step_taken(W, S, x, y):
    return W - np.outer(x, S - y)


def weight_gradient__wrong__step_taken_small(W, S, x, y):
    return W - 0.1 * np.outer(x, S - y)


def weight_gradient__wrong__two_values(W, S, x, y):
    return np.outer(x, S - y), S - y


def weight_gradient__wrong__matrix_product(W, S, x, y):
    return x @ (S - y)


def weight_gradient__wrong__weights(W, S, x, y):
    return W * (S - y)


def weight_gradient__wrong__hidden_bias(W, S, x, y):
    return np.outer(np.append(x, 1.0), S - y)


def weight_gradient__wrong__first_row_as_bias(W, S, x, y):
    x = x.copy()
    x[0] = 1.0
    return np.outer(x, S - y)


def weight_gradient__wrong__squared_error(W, S, x, y):
    return np.outer(x, (np.diag(S) - np.outer(S, S)) @ (S - y))


# --- train_step -------------------------------------------------------------------------------


def train_step__right__inlined(W, x, y, rate):
    return W - rate * np.outer(x, _softmax(x @ W) - y)


def train_step__right__copied(W, x, y, rate):
    W = np.array(W, dtype=float)
    W -= rate * x[:, None] * (_softmax(W.T @ x) - y)
    return W


def train_step__wrong__plain(W, x, y, rate):
    e = np.exp(W.T @ x)
    return W - rate * np.outer(x, e / e.sum() - y)


def train_step__wrong__uphill(W, x, y, rate):
    return W + rate * np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__in_place(W, x, y, rate):
    W -= rate * np.outer(x, _softmax(W.T @ x) - y)
    return W


def train_step__wrong__fixed_rate(W, x, y, rate):
    return W - 0.01 * np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__no_rate(W, x, y, rate):
    return W - np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__gradient(W, x, y, rate):
    return np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__update_only(W, x, y, rate):
    return -rate * np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__transposed(W, x, y, rate):
    return W.T - rate * np.outer(_softmax(W.T @ x) - y, x)


def train_step__wrong__transposed_and_unstable(W, x, y, rate):
    e = np.exp(W.T @ x)
    return (W - rate * np.outer(x, e / np.sum(e) - y)).T


def train_step__wrong__scrambled(W, x, y, rate):
    return W - rate * np.outer(_softmax(W.T @ x) - y, x).reshape(W.shape)


def train_step__wrong__logistic(W, x, y, rate):
    S = 1 / (1 + np.exp(-(W.T @ x)))
    return W - rate * np.outer(x, S - y)


def train_step__wrong__logistic_derivative(W, x, y, rate):
    S = _softmax(W.T @ x)
    return W - rate * np.outer(x, (S - y) * S * (1 - S))


def train_step__wrong__no_softmax(W, x, y, rate):
    return W - rate * np.outer(x, W.T @ x - y)


def train_step__wrong__squared_error(W, x, y, rate):
    S = _softmax(W.T @ x)
    J = np.diag(S) - np.outer(S, S)
    return W - rate * np.outer(x, J @ (S - y))


def train_step__wrong__decayed(W, x, y, rate):
    return W - rate * (np.outer(x, _softmax(W.T @ x) - y) + 1e-3 * W)


def train_step__wrong__decayed_and_doubled(W, x, y, rate):
    return W - rate * (np.outer(x, _softmax(W.T @ x) - y) + 2 * 0.1 * W)


def train_step__wrong__mean_over_inputs(W, x, y, rate):
    return W - rate * np.outer(x, _softmax(W.T @ x) - y) / len(x)


def train_step__wrong__mean_over_classes(W, x, y, rate):
    return W - rate * np.outer(x, (_softmax(W.T @ x) - y) / len(y))


def train_step__wrong__batch(W, x, y, rate):
    Z = x @ W
    e = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    P = e / e.sum(axis=1, keepdims=True)
    return W - rate * x.T @ (P - y) / len(x)


def train_step__wrong__batch_dot(W, x, y, rate):
    return W - rate * np.dot(x.T, _softmax(np.dot(x, W)) - y)


def train_step__wrong__w_as_classes_by_inputs(W, x, y, rate):
    return W - rate * np.outer(_softmax(W @ x) - y, x)


def train_step__wrong__clipped(W, x, y, rate):
    g = np.outer(x, _softmax(W.T @ x) - y)
    n = np.linalg.norm(g)
    return W - rate * (g * min(1.0, 1.0 / n) if n else g)


def train_step__wrong__adam(W, x, y, rate):
    g = np.outer(x, _softmax(W.T @ x) - y)
    m, v = 0.1 * g, 0.001 * g * g
    return W - rate * (m / 0.1) / (np.sqrt(v / 0.001) + 1e-8)


def train_step__wrong__sign_of_gradient(W, x, y, rate):
    return W - rate * np.sign(np.outer(x, _softmax(W.T @ x) - y))


def train_step__wrong__two_steps(W, x, y, rate):
    for _ in range(2):
        W = W - rate * np.outer(x, _softmax(W.T @ x) - y)
    return W


def train_step__wrong__with_loss(W, x, y, rate):
    S = _softmax(W.T @ x)
    return W - rate * np.outer(x, S - y), -np.sum(y * np.log(S))


def train_step__wrong__nothing(W, x, y, rate):
    W = W - rate * np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__label_index(W, x, y, rate):
    S = _softmax(W.T @ x)
    S[np.argmax(y)] -= 1
    return W - rate * np.outer(x, S)


def train_step__wrong__one_over_rate(W, x, y, rate):
    return W - np.outer(x, _softmax(W.T @ x) - y) / rate


def train_step__wrong__hidden_bias(W, x, y, rate):
    return W - rate * (np.outer(x, _softmax(W.T @ x) - y) + (_softmax(W.T @ x) - y))


def train_step__wrong__weighted_by_loss(W, x, y, rate):
    S = _softmax(W.T @ x)
    return W - rate * -np.sum(y * np.log(S)) * np.outer(x, S - y)


# --- fit --------------------------------------------------------------------------------------


def fit__right__matrix(W, X, Y, rate, steps):
    W = np.array(W, dtype=float)
    for _ in range(steps):
        W -= rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__right__sum_then_divide(W, X, Y, rate, steps):
    for _ in range(steps):
        G = np.zeros(W.shape)
        for x, y in zip(X, Y):
            G += np.outer(x, _softmax(W.T @ x) - y)
        W = W - rate * G / X.shape[0]
    return W


def fit__wrong__plain(W, X, Y, rate, steps):
    for _ in range(steps):
        E = np.exp(X @ W)
        P = E / E.sum(axis=1, keepdims=True)
        W = W - rate * X.T @ (P - Y) / len(X)
    return W


def fit__wrong__max_of_the_batch(W, X, Y, rate, steps):
    for _ in range(steps):
        Z = X.dot(W)
        Z -= np.max(Z)
        E = np.exp(Z)
        P = E / np.sum(E, axis=1).reshape(-1, 1)
        W = W - rate * X.T.dot(P - Y) / X.shape[0]
    return W


def fit__wrong__softmax_over_the_batch(W, X, Y, rate, steps):
    for _ in range(steps):
        Z = X @ W
        E = np.exp(Z - Z.max())
        W = W - rate * X.T @ (E / E.sum() - Y) / len(X)
    return W


def fit__wrong__softmax_over_the_rows(W, X, Y, rate, steps):
    for _ in range(steps):
        Z = X @ W
        E = np.exp(Z - Z.max(axis=0))
        W = W - rate * X.T @ (E / E.sum(axis=0) - Y) / len(X)
    return W


def fit__wrong__summed(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y)
    return W


def fit__wrong__summed_and_plain(W, X, Y, rate, steps):
    for _ in range(steps):
        E = np.exp(X @ W)
        W = W - rate * X.T @ (E / E.sum(axis=1, keepdims=True) - Y)
    return W


def fit__wrong__uphill(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W + rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__one_by_one(W, X, Y, rate, steps):
    for _ in range(steps):
        for x, y in zip(X, Y):
            W = W - rate * np.outer(x, _softmax(W.T @ x) - y)
    return W


def fit__wrong__one_by_one_divided(W, X, Y, rate, steps):
    for _ in range(steps):
        for x, y in zip(X, Y):
            W = W - rate / len(X) * np.outer(x, _softmax(W.T @ x) - y)
    return W


def fit__wrong__one_row_a_step(W, X, Y, rate, steps):
    for t in range(steps):
        i = t % len(X)
        W = W - rate * np.outer(X[i], _softmax(X[i] @ W) - Y[i])
    return W


def fit__wrong__minibatches(W, X, Y, rate, steps):
    for _ in range(steps):
        for start in range(0, len(X), 2):
            A, B = X[start : start + 2], Y[start : start + 2]
            W = W - rate * A.T @ (_softmax(A @ W) - B) / len(A)
    return W


def fit__wrong__minibatches_of_32(W, X, Y, rate, steps):
    for _ in range(steps):
        for start in range(0, len(X), 32):
            A, B = X[start : start + 32], Y[start : start + 32]
            W = W - rate * A.T @ (_softmax(A @ W) - B) / len(A)
    return W


def fit__wrong__random_rows(W, X, Y, rate, steps):
    rng = np.random.default_rng()
    for _ in range(steps):
        i = rng.integers(len(X))
        W = W - rate * np.outer(X[i], _softmax(X[i] @ W) - Y[i])
    return W


def fit__wrong__decayed(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * (X.T @ (_softmax(X @ W) - Y) / len(X) + 1e-4 * W)
    return W


def fit__wrong__decayed_doubled(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * (X.T @ (_softmax(X @ W) - Y) / len(X) + 2 * 0.1 * W)
    return W


def fit__wrong__rate_falls(W, X, Y, rate, steps):
    for t in range(steps):
        W = W - rate / (1 + 0.1 * t) * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__momentum(W, X, Y, rate, steps):
    V = np.zeros(W.shape)
    for _ in range(steps):
        V = 0.9 * V + X.T @ (_softmax(X @ W) - Y) / len(X)
        W = W - rate * V
    return W


def fit__wrong__momentum_averaged(W, X, Y, rate, steps):
    V = np.zeros(W.shape)
    for _ in range(steps):
        V = 0.9 * V + 0.1 * X.T @ (_softmax(X @ W) - Y) / len(X)
        W = W - rate * V
    return W


def fit__wrong__adam(W, X, Y, rate, steps):
    M, V = np.zeros(W.shape), np.zeros(W.shape)
    for t in range(1, steps + 1):
        G = X.T @ (_softmax(X @ W) - Y) / len(X)
        M = 0.9 * M + 0.1 * G
        V = 0.999 * V + 0.001 * G * G
        W = W - rate * (M / (1 - 0.9**t)) / (np.sqrt(V / (1 - 0.999**t)) + 1e-8)
    return W


def fit__wrong__from_zero(W, X, Y, rate, steps):
    W = np.zeros(W.shape)
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__random_start(W, X, Y, rate, steps):
    W = np.random.default_rng(0).normal(size=W.shape) * 0.01
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__hidden_bias(W, X, Y, rate, steps):
    b = np.zeros(W.shape[1])
    for _ in range(steps):
        E = _softmax(X @ W + b) - Y
        W, b = W - rate * X.T @ E / len(X), b - rate * E.mean(axis=0)
    return W


def fit__wrong__in_place(W, X, Y, rate, steps):
    for _ in range(steps):
        W -= rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__history(W, X, Y, rate, steps):
    losses = []
    for _ in range(steps):
        P = _softmax(X @ W)
        losses.append(-np.mean(np.sum(Y * np.log(P + 1e-12), axis=1)))
        W = W - rate * X.T @ (P - Y) / len(X)
    return W, losses


def fit__wrong__stops_early(W, X, Y, rate, steps):
    before = np.inf
    for _ in range(steps):
        P = _softmax(X @ W)
        loss = -np.mean(np.sum(Y * np.log(P + 1e-12), axis=1))
        if before - loss < 1e-3:
            break
        before = loss
        W = W - rate * X.T @ (P - Y) / len(X)
    return W


def fit__wrong__one_step_more(W, X, Y, rate, steps):
    for _ in range(steps + 1):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__from_one(W, X, Y, rate, steps):
    for _ in range(1, steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__returns_in_loop(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / len(X)
        return W
    return W


def fit__wrong__divided_by_inputs(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / X.shape[1]
    return W


def fit__wrong__divided_by_cells(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / Y.size
    return W


def fit__wrong__standardised(W, X, Y, rate, steps):
    X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__logistic(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (1 / (1 + np.exp(-(X @ W))) - Y) / len(X)
    return W


def fit__wrong__squared_error(W, X, Y, rate, steps):
    for _ in range(steps):
        P = _softmax(X @ W)
        E = P - Y
        W = W - rate * X.T @ (P * (E - np.sum(E * P, axis=1, keepdims=True))) / len(X)
    return W


def fit__wrong__labels(W, X, Y, rate, steps):
    for _ in range(steps):
        P = _softmax(X @ W)
        P[np.arange(len(X)), Y] -= 1
        W = W - rate * X.T @ P / len(X)
    return W


def fit__wrong__labels_argmax(W, X, Y, rate, steps):
    for _ in range(steps):
        P = _softmax(X @ W)
        P[np.arange(len(X)), Y.argmax(axis=1)] -= 1
        W = W - rate * X.T @ P / len(X)
    return W


def fit__wrong__transposed(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W.T


def fit__wrong__columns_of_examples(W, X, Y, rate, steps):
    for _ in range(steps):
        P = _softmax((W.T @ X).T).T
        W = W - rate * X @ (P - Y).T / X.shape[1]
    return W


def fit__wrong__shuffled_labels(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_softmax(X @ W) - Y[::-1]) / len(X)
    return W


def fit__wrong__first_row_only(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * np.outer(X[0], _softmax(X[0] @ W) - Y[0])
    return W


def fit__wrong__clipped(W, X, Y, rate, steps):
    for _ in range(steps):
        G = X.T @ (_softmax(X @ W) - Y) / len(X)
        n = np.linalg.norm(G)
        if n > 0.5:
            G = G * (0.5 / n)
        W = W - rate * G
    return W


def fit__wrong__loops_over_rows(W, X, Y, rate, steps):
    for t in range(steps):
        G = np.zeros(W.shape)
        for x, y in zip(X, Y):
            G += np.outer(x, _softmax(W.T @ x) - y)
            W = W - rate * G / len(X)
    return W


def fit__wrong__gradient_not_reset(W, X, Y, rate, steps):
    G = np.zeros(W.shape)
    for t in range(steps):
        for x, y in zip(X, Y):
            G += np.outer(x, _softmax(W.T @ x) - y)
        W = W - rate * G / len(X)
    return W
