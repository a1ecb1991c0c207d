import numpy as np


def softmax(Z):
    return np.zeros(len(Z))
