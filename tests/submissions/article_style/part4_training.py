import numpy as np

from part1_softmax import softmax


def weight_gradient(W, S, x, y):
    gradient = np.zeros(W.shape)
    for j in range(W.shape[0]):
        for i in range(W.shape[1]):
            gradient[j][i] = (S[i] - y[i]) * x[j]
    return gradient


def train_step(W, x, y, rate):
    h = softmax(np.dot(W.T, x))
    return W - rate * weight_gradient(W, h, x, y)


def fit(W, X, Y, rate, steps):
    for _ in range(steps):
        gradients = []
        for x, y in zip(X, Y):
            gradients.append(weight_gradient(W, softmax(np.dot(W.T, x)), x, y))
        W = W - rate * sum(gradients) / len(gradients)
    return W
