import math
from operator import matmul

import numpy as np

w_dir = matmul


def x_entropy(truth, guess):
    return np.array(math.fsum(-t * math.log(g) for t, g in zip(truth, guess) if t))


def xe_dir(truth, guess, step=1e-100):
    # by the complex step: exact to the last digit
    def loss(s):
        return -sum(t * np.log(p) for t, p in zip(truth, s) if t)

    return [np.imag(loss(guess + 1j * step * row)) / step for row in np.eye(len(guess))]


class Shortcut:
    @staticmethod
    def of(W, S, x, y):
        return np.multiply.outer(S - y, x).ravel()


xe_dir_shortcut = Shortcut.of
