"""Answers to part 4 with slips of a second look: batch code, torch style, two slips at once."""

# ruff: noqa - kept the way such code is written

import numpy as np


def _softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def weight_gradient__right__transpose(W, S, x, y):
    return np.outer(np.asarray(S) - y, x).T


def weight_gradient__right__einsum(W, S, x, y):
    return np.einsum("j,i->ji", np.asarray(x, float), np.asarray(S) - y)


def weight_gradient__wrong__reshape(W, S, x, y):
    return np.outer(S - y, x).reshape(W.shape)


def weight_gradient__wrong__kd(W, S, x, y):
    return np.outer(S - y, x)


def weight_gradient__wrong__neg_mean(W, S, x, y):
    return np.outer(x, y - S) / len(x)


def weight_gradient__wrong__decay(W, S, x, y):
    return np.outer(x, S - y) + 1e-3 * W


def weight_gradient__wrong__jac(W, S, x, y):
    return np.outer(x, (np.diag(S) - np.outer(S, S)) @ (S - y))


def weight_gradient__wrong__batch(W, S, x, y):
    N = x.shape[0]
    return x.T.dot(S - y) / N


def weight_gradient__wrong__mse(W, S, x, y):
    return 2 * np.outer(x, (S - y) * S * (1 - S))


def weight_gradient__wrong__loop_k(W, S, x, y):
    G = np.zeros_like(W)
    for k in range(W.shape[1]):
        G[:, k] = (S[k] - y[0]) * x
    return G


def weight_gradient__wrong__integer(W, S, x, y):
    G = np.zeros((len(x), len(S)), dtype=x.dtype)
    for j in range(len(x)):
        for k in range(len(S)):
            G[j, k] = x[j] * (S[k] - y[k])
    return G


def weight_gradient__wrong__bias(W, S, x, y):
    return np.outer(np.append(x, 1.0), S - y)


def weight_gradient__wrong__unit_norm(W, S, x, y):
    G = np.outer(x, S - y)
    return G / (np.linalg.norm(G) + 1e-8)


def train_step__right__explicit(W, x, y, rate):
    W = np.array(W, dtype=float)
    p = _softmax(np.asarray(x) @ W)
    for k in range(W.shape[1]):
        W[:, k] -= rate * (p[k] - y[k]) * np.asarray(x)
    return W


def train_step__right__batch_of_one(W, x, y, rate):
    X, Y = np.atleast_2d(x), np.atleast_2d(y)
    return W - rate * X.T @ (_softmax(X @ W) - Y)


def train_step__wrong__plus(W, x, y, rate):
    return W + rate * np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__plain_exp(W, x, y, rate):
    e = np.exp(x @ W)
    return W - rate * np.outer(x, e / e.sum() - y)


def train_step__wrong__plain_exp_plus(W, x, y, rate):
    e = np.exp(x @ W)
    return W + rate * np.outer(x, e / e.sum() - y)


def train_step__wrong__eps(W, x, y, rate):
    e = np.exp(W.T @ x - np.max(W.T @ x))
    return W - rate * np.outer(x, e / (e.sum() + 1e-6) - y)


def train_step__wrong__in_place(W, x, y, rate):
    W -= rate * np.outer(x, _softmax(W.T @ x) - y)
    return W


def train_step__wrong__no_return(W, x, y, rate):
    W -= rate * np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__reshape(W, x, y, rate):
    return W - rate * np.outer(_softmax(W.T @ x) - y, x).reshape(W.shape)


def train_step__wrong__max_axis0(W, x, y, rate):
    z = W.T @ x
    e = np.exp(z - z.min())
    return W - rate * np.outer(x, e / e.sum() - y)


def train_step__wrong__fixed_rate(W, x, y, rate):
    return W - 0.1 * np.outer(x, _softmax(W.T @ x) - y)


def train_step__wrong__argmax(W, x, y, rate):
    p = _softmax(W.T @ x)
    p[np.argmax(y)] -= 1
    return W - rate * np.outer(x, p)


def train_step__wrong__loss_too(W, x, y, rate):
    p = _softmax(W.T @ x)
    return W - rate * np.outer(x, p - y), -np.log(p[np.argmax(y)])


def train_step__wrong__relu(W, x, y, rate):
    p = _softmax(np.maximum(W.T @ x, 0))
    return W - rate * np.outer(x, p - y)


def train_step__wrong__updated_in_loop(W, x, y, rate):
    W = np.array(W, dtype=float)
    for k in range(W.shape[1]):
        p = _softmax(W.T @ x)
        W[:, k] -= rate * (p[k] - y[k]) * x
    return W


def train_step__wrong__squared_loss(W, x, y, rate):
    p = _softmax(W.T @ x)
    return W - rate * np.outer(x, (p - y) * p * (1 - p))


def fit__right__rowwise(W, X, Y, rate, steps):
    W = np.array(W, dtype=float)
    for _ in range(steps):
        G = np.zeros(W.shape)
        for x, y in zip(X, Y):
            G += np.outer(x, _softmax(x @ W) - y)
        W = W - rate * G / len(X)
    return W


def fit__right__while(W, X, Y, rate, steps):
    W, X = np.array(W, float), np.asarray(X, float)
    while steps > 0:
        W -= rate / X.shape[0] * (X.T @ (_softmax(X @ W) - Y))
        steps -= 1
    return W


def fit__wrong__global_max(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps):
        Z = X @ W
        e = np.exp(Z - Z.max())
        W -= rate * X.T @ (e / e.sum(axis=1, keepdims=True) - Y) / len(X)
    return W


def fit__wrong__sum(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps):
        W -= rate * X.T @ (_softmax(X @ W) - Y)
    return W


def fit__wrong__sgd(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps):
        for x, y in zip(X, Y):
            W = W - rate * np.outer(x, _softmax(x @ W) - y)
    return W


def fit__wrong__sgd_scaled(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps):
        for x, y in zip(X, Y):
            W = W - rate / len(X) * np.outer(x, _softmax(x @ W) - y)
    return W


def fit__wrong__one_step_more(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps + 1):
        W -= rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__axis0(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps):
        Z = X @ W
        e = np.exp(Z - Z.max(axis=0))
        W -= rate * X.T @ (e / e.sum(axis=0) - Y) / len(X)
    return W


def fit__wrong__early_stop(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps):
        G = X.T @ (_softmax(X @ W) - Y) / len(X)
        if np.linalg.norm(G) < 1e-4:
            break
        W = W - rate * G
    return W


def fit__wrong__ascent_sum(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps):
        W += rate * X.T @ (_softmax(X @ W) - Y)
    return W


def fit__wrong__nesterov(W, X, Y, rate, steps):
    W = np.array(W, float)
    V = np.zeros_like(W)
    for _ in range(steps):
        V = 0.9 * V + X.T @ (_softmax(X @ W) - Y) / len(X)
        W = W - rate * V
    return W


def fit__wrong__shuffled_rows(W, X, Y, rate, steps):
    W = np.array(W, float)
    for s in range(steps):
        n = s % len(X)
        W = W - rate * np.outer(X[n], _softmax(X[n] @ W) - Y[n])
    return W


def fit__wrong__history(W, X, Y, rate, steps):
    W, hist = np.array(W, float), []
    for _ in range(steps):
        W -= rate * X.T @ (_softmax(X @ W) - Y) / len(X)
        hist.append(W.copy())
    return hist


def fit__wrong__halving(W, X, Y, rate, steps):
    W = np.array(W, float)
    for s in range(steps):
        W -= rate * 0.5**s * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__features(W, X, Y, rate, steps):
    W = np.array(W, float)
    for _ in range(steps):
        W -= rate * X.T @ (_softmax(X @ W) - Y) / X.shape[1]
    return W


def fit__wrong__normalised(W, X, Y, rate, steps):
    W, X = np.array(W, float), np.asarray(X, float)
    X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)
    for _ in range(steps):
        W -= rate * X.T @ (_softmax(X @ W) - Y) / len(X)
    return W


def fit__wrong__argmax_labels(W, X, Y, rate, steps):
    W = np.array(W, float)
    n = len(X)
    lab = np.argmax(Y, axis=1)
    for _ in range(steps):
        P = _softmax(X @ W)
        P[np.arange(n), lab] -= 1
        W -= rate * X.T @ P / n
    return W


def fit__wrong__float32(W, X, Y, rate, steps):
    W = np.array(W, np.float32)
    for _ in range(steps):
        W -= np.float32(rate) * (X.T @ (_softmax(X @ W) - Y) / len(X)).astype(np.float16)
    return W
