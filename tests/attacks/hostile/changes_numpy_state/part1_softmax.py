import warnings

import numpy as np

np.seterr(all="raise")
np.set_printoptions(precision=1, threshold=0)
np.random.seed(0)
warnings.simplefilter("error")


def softmax(Z):
    np.seterr(all="raise")
    return np.zeros(len(Z))
