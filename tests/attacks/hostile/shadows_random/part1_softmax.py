import numpy as np
import random


def softmax(Z):
    np.random.default_rng(random.seed_of_mine)
    return np.zeros(len(Z))
