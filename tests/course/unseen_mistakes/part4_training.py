"""Wrong answers to part 4 that are in no bank."""

import numpy as np


def _softmax(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum()


def weight_gradient__column_order(W, S, x, y):
    return np.outer(x, S - y).ravel().reshape(W.shape, order="F")


def weight_gradient__squared_inputs(W, S, x, y):
    return np.outer(x**2, S - y)


def weight_gradient__plus_one(W, S, x, y):
    return np.outer(x, S - y) + 1


def weight_gradient__sum_over_inputs(W, S, x, y):
    return np.outer(x, S - y).sum(axis=0)


def weight_gradient__rows_reversed(W, S, x, y):
    return np.outer(x, S - y)[::-1]


def weight_gradient__absolute(W, S, x, y):
    return np.abs(np.outer(x, S - y))


def weight_gradient__added(W, S, x, y):
    return np.add.outer(x, S - y)


def weight_gradient__share_times_label(W, S, x, y):
    return np.outer(x, S * y)


def weight_gradient__mean_over_everything(W, S, x, y):
    return np.outer(x, S - y) / W.size


def weight_gradient__three_decimals(W, S, x, y):
    return np.outer(x, S - y).round(3)


def weight_gradient__tuple(W, S, x, y):
    return np.outer(x, S - y), -np.log(S[np.argmax(y)])


def train_step__half_the_rate(W, x, y, rate):
    return W - 0.5 * rate * np.outer(x, _softmax(W.T @ x) - y)


def train_step__fixed_rate(W, x, y, rate):
    return W - 0.1 * np.outer(x, _softmax(W.T @ x) - y)


def train_step__three_steps(W, x, y, rate):
    for _ in range(3):
        W = W - rate * np.outer(x, _softmax(W.T @ x) - y)
    return W


def train_step__step_times_weights(W, x, y, rate):
    return W * (1 - rate * np.outer(x, _softmax(W.T @ x) - y))


def train_step__shares_minus_labels_elementwise(W, x, y, rate):
    return W - rate * W * (_softmax(W.T @ x) - y)


def train_step__clipped_gradient(W, x, y, rate):
    return W - rate * np.clip(np.outer(x, _softmax(W.T @ x) - y), -0.1, 0.1)


def train_step__shares_only_of_the_true_class(W, x, y, rate):
    s = _softmax(W.T @ x)
    return W - rate * np.outer(x, (s - y) * (y > 0))


def train_step__weights_and_loss(W, x, y, rate):
    s = _softmax(W.T @ x)
    return W - rate * np.outer(x, s - y), -np.sum(y * np.log(s))


def train_step__plus_gradient_and_minus_rate(W, x, y, rate):
    return W + np.outer(x, _softmax(W.T @ x) - y) - rate


def train_step__two_decimals(W, x, y, rate):
    return (W - rate * np.outer(x, _softmax(W.T @ x) - y)).round(2)


def train_step__hinge(W, x, y, rate):
    return W - rate * np.outer(x, (W.T @ x > 0) - y)


def train_step__loss_step(W, x, y, rate):
    return W - rate * -np.sum(y * np.log(_softmax(W.T @ x)))


def _rows(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def fit__half_the_rate(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate / 2 * X.T @ (_rows(X @ W) - Y) / len(X)
    return W


def fit__fixed_rate(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - 0.01 * X.T @ (_rows(X @ W) - Y) / len(X)
    return W


def fit__fixed_steps(W, X, Y, rate, steps):
    for _ in range(100):
        W = W - rate * X.T @ (_rows(X @ W) - Y) / len(X)
    return W


def fit__steps_times_samples(W, X, Y, rate, steps):
    for _ in range(steps * len(X)):
        W = W - rate * X.T @ (_rows(X @ W) - Y) / len(X)
    return W


def fit__two_steps_more(W, X, Y, rate, steps):
    for _ in range(steps + 2):
        W = W - rate * X.T @ (_rows(X @ W) - Y) / len(X)
    return W


def fit__samples_backwards_one_by_one(W, X, Y, rate, steps):
    for _ in range(steps):
        for n in reversed(range(len(X))):
            W = W - rate * np.outer(X[n], _softmax(W.T @ X[n]) - Y[n])
    return W


def fit__weights_and_losses(W, X, Y, rate, steps):
    losses = []
    for _ in range(steps):
        S = _rows(X @ W)
        losses.append(-np.mean(np.sum(Y * np.log(S), axis=1)))
        W = W - rate * X.T @ (S - Y) / len(X)
    return W, losses


def fit__from_ones(W, X, Y, rate, steps):
    W = np.ones(W.shape)
    for _ in range(steps):
        W = W - rate * X.T @ (_rows(X @ W) - Y) / len(X)
    return W


def fit__divided_by_root_of_samples(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_rows(X @ W) - Y) / np.sqrt(len(X))
    return W


def fit__weights_divided_too(W, X, Y, rate, steps):
    for _ in range(steps):
        W = (W - rate * X.T @ (_rows(X @ W) - Y)) / len(X)
    return W


def fit__every_second_sample(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X[::2].T @ (_rows(X[::2] @ W) - Y[::2]) / len(X[::2])
    return W


def fit__rate_halves(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_rows(X @ W) - Y) / len(X)
        rate = rate / 2
    return W


def fit__empty_sum(W, X, Y, rate, steps):
    for _ in range(steps):
        G = np.empty(W.shape)
        for x, y in zip(X, Y, strict=True):
            G += np.outer(x, _softmax(W.T @ x) - y)
        W = W - rate * G / len(X)
    return W


def fit__transposed_inside(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * ((_rows(X @ W) - Y).T @ X).reshape(W.shape) / len(X)
    return W


def fit__two_decimals(W, X, Y, rate, steps):
    for _ in range(steps):
        W = (W - rate * X.T @ (_rows(X @ W) - Y) / len(X)).round(2)
    return W


_KEPT = {}


def weight_gradient__kept_by_rounded_numbers(W, S, x, y):
    key = W.shape, tuple(np.round(S, 1)), tuple(np.round(x))
    return _KEPT.setdefault(key, np.outer(x, S - y))


def train_step__true_column_only(W, x, y, rate):
    c = np.argmax(y)
    new = np.array(W)
    new[:, c] -= rate * (_rows((x @ W)[None])[0] - y)[c] * x
    return new


def fit__stops_at_a_small_gradient(W, X, Y, rate, steps):
    for _ in range(steps):
        G = X.T @ (_rows(X @ W) - Y) / len(X)
        if np.linalg.norm(G) < 1e-4:
            break
        W = W - rate * G
    return W


def fit__stops_at_a_steady_loss(W, X, Y, rate, steps):
    last = np.inf
    for _ in range(steps):
        S = _rows(X @ W)
        loss = -np.mean(np.sum(Y * np.log(S), axis=1))
        if abs(last - loss) < 1e-8:
            break
        last = loss
        W = W - rate * X.T @ (S - Y) / len(X)
    return W


def weight_gradient__chain_with_nan(W, S, x, y):
    with np.errstate(all="ignore"):
        return np.outer(x, (-y / S) @ (np.diag(S) - np.outer(S, S)))
