import numpy as np


class Bomb:
    def __reduce__(self):
        return (open, ("{CANARY}/marker", "w"))


def softmax(Z):
    return np.array([Bomb()] * len(Z), dtype=object)


def sm_dir(S):
    return Bomb()
