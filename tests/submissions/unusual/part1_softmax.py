"""Right answers in unusual forms: what can be called is a function, what is numeric an array."""
import functools
from fractions import Fraction

import numpy as np


def shout(function):
    def inner(*anything):
        return function(*anything)

    return inner


@shout
def softmax(logits):
    e = np.exp(np.longdouble(logits) - np.max(logits))
    return tuple(e / e.sum())


class Jacobian:
    def __call__(self, probabilities):
        p = np.asmatrix(probabilities)
        return np.diagflat(p) - p.T * p


sm_dir = Jacobian()
half = functools.partial(np.multiply, float(Fraction(1, 2)))
