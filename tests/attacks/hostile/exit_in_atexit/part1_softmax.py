import atexit

import numpy as np


@atexit.register
def leave_a_mark():
    open("{CANARY}/marker", "w").write("here")


def softmax(Z):
    return np.zeros(len(Z))
