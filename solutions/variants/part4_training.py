"""Right answers to part 4, written in other ways than the reference: each earns full marks.

A function is named `exercise__manner`. Parameters may have any names: answers are called by
position.
"""

import functools

import numpy as np

from part1_softmax import softmax
from part2_layer import l_dir_shortcut
from part3_loss import xe_dir, xe_dir_shortcut

# --- weight_gradient --------------------------------------------------------------------------


def weight_gradient__loops(W, S, x, y):
    """Here j counts the inputs, i counts the classes."""
    D, K = W.shape
    G = np.zeros((D, K))
    for j in range(D):
        for i in range(K):
            G[j, i] = x[j] * (S[i] - y[i])
    return G


def weight_gradient__list_of_lists(W, S, x, y):
    return [[v * (s - t) for s, t in zip(S, y)] for v in x]  # noqa: B905 -- a student's manner


def weight_gradient__unflattened(W, S, x, y):
    """From the flat gradient, which is class-major."""
    return xe_dir_shortcut(W, S, x, y).reshape(W.shape[1], W.shape[0]).T


def weight_gradient__column_major_reshape(W, S, x, y):
    return xe_dir_shortcut(W, S, x, y).reshape(W.shape, order="F")


def weight_gradient__chain(W, S, x, y):
    """By the chain rule, in three dimensions."""
    DL = l_dir_shortcut(W, S, x).T.reshape(len(S), W.shape[1], W.shape[0])
    return np.einsum("t,tij->ji", xe_dir(y, S), DL)


def weight_gradient__matrix(W, S, x, y):
    return np.matrix(x).T * np.matrix(S - y)


def weight_gradient__broadcast(W, S, x, y):
    return x[:, None] * (S - y)[None, :]


def weight_gradient__column_major(W, S, x, y):
    return np.asfortranarray(np.multiply.outer(x, S - y))


def weight_gradient__einsum(W, S, x, y):
    return np.einsum("j,i->ji", x, S - y)


def weight_gradient__longdouble(W, S, x, y):
    return np.outer(x, S.astype(np.longdouble) - y)


weight_gradient__lambda = lambda a, b, c, d: np.outer(c, b - d)  # noqa: E731 -- a student's manner


# --- train_step -------------------------------------------------------------------------------


def train_step__by_itself(W, x, y, rate):
    """Without any earlier exercise."""
    Z = x @ W
    E = np.exp(Z - Z.max())
    return W - rate * np.outer(x, E / E.sum() - y)


def train_step__on_a_copy(W, x, y, rate):
    new = W.copy()
    new -= rate * weight_gradient__loops(W, softmax(W.T @ x), x, y)
    return new


def train_step__loops(W, x, y, rate):
    """Here i counts the classes, j counts the inputs."""
    D, K = W.shape
    new = np.array(W, dtype=float)
    S = softmax(new.T @ x)
    for i in range(K):
        for j in range(D):
            new[j, i] -= rate * (S[i] - y[i]) * x[j]
    return new


def train_step__list_of_lists(W, x, y, rate):
    return train_step__by_itself(W, x, y, rate).tolist()


def train_step__row_by_row(W, x, y, rate):
    difference = softmax(W.T @ x) - y
    return np.array([row - rate * value * difference for row, value in zip(W, x)])  # noqa: B905 -- a student's manner


def train_step__flat(W, x, y, rate):
    flat = W.T.reshape(-1) - rate * xe_dir_shortcut(W, softmax(W.T @ x), x, y)
    return flat.reshape(W.T.shape).T


def train_step__matrix(W, x, y, rate):
    return np.matrix(W) - rate * np.matrix(x).T * np.matrix(softmax(W.T @ x) - y)


def train_step__added(W, x, y, rate):
    return W + rate * np.outer(x, y - softmax(np.dot(x, W)))


def train_step__keyword_names(weights, features, labels, learning_rate=0.1):
    return weights - learning_rate * np.outer(features, softmax(features @ weights) - labels)


def train_step__returns_the_copy_it_made(W, x, y, rate):
    return np.subtract(W, np.outer(rate * x, softmax(W.T @ x) - y), out=np.empty(W.shape))


def train_step__longdouble(W, x, y, rate):
    W = W.astype(np.longdouble)
    return W - rate * np.outer(x, softmax(W.T @ x) - y)


# --- fit --------------------------------------------------------------------------------------


def _shares(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def fit__vectorised(W, X, Y, rate, steps):
    for _ in range(steps):
        W = W - rate * X.T @ (_shares(X @ W) - Y) / len(X)
    return W


def fit__loops(W, X, Y, rate, steps):
    """Here _ counts the steps, n counts the rows."""
    N = len(X)
    W = np.array(W, dtype=float)
    for _ in range(steps):
        G = np.zeros(W.shape)
        for n in range(N):
            S = softmax(W.T @ X[n])
            G += np.outer(X[n], S - Y[n])
        W -= rate * G / N
    return W


def fit__recursion(W, X, Y, rate, steps):
    if steps == 0:
        return W
    return fit__recursion(fit__vectorised(W, X, Y, rate, 1), X, Y, rate, steps - 1)


def fit__while(W, X, Y, rate, steps):
    done = 0
    W = 1.0 * W
    while done < steps:
        W = W - (rate / len(X)) * np.einsum("nj,ni->ji", X, _shares(X.dot(W)) - Y)
        done += 1
    return W


def fit__reduce(W, X, Y, rate, steps):
    return functools.reduce(
        lambda V, _: V + rate * np.mean(X[:, :, None] * (Y - _shares(X @ V))[:, None, :], axis=0),
        range(steps),
        W,
    )


def fit__list_of_lists(W, X, Y, rate, steps):
    return fit__vectorised(W, X, Y, rate, steps).tolist()


def fit__column_major(W, X, Y, rate, steps):
    return np.asfortranarray(fit__vectorised(np.asfortranarray(W), X, Y, rate, steps))


def fit__matrix(W, X, Y, rate, steps):
    W, X, Y = np.matrix(W), np.matrix(X), np.matrix(Y)
    for _ in range(steps):
        W = W - rate * X.T * (np.matrix(_shares(np.asarray(X * W))) - Y) / X.shape[0]
    return W


def fit__transposed_throughout(W, X, Y, rate, steps):
    V = W.T
    for _ in range(steps):
        V = V - rate * (_shares(X @ V.T) - Y).T @ X / len(X)
    return V.T


def fit__longdouble(W, X, Y, rate, steps):
    return fit__vectorised(W.astype(np.longdouble), X, Y, rate, steps)


def fit__single_precision(W, X, Y, rate, steps):
    """float32 is accepted, with a note."""
    return fit__vectorised(W, X, Y, rate, steps).astype(np.float32)


class _Trainer:
    def __init__(self, W):
        self.W = np.array(W)

    def run(self, X, Y, rate, steps):
        for _ in range(steps):
            self.W -= rate * X.T @ (_shares(X @ self.W) - Y) / len(X)
        return self


def fit__object(W, X, Y, rate, steps):
    return _Trainer(W).run(X, Y, rate, steps).W
