import numpy as np


def softmax(Z):
    return np.zeros((1,) * 32)
