# handed in by Zoë
# Part 1, handed in by a student who did everything.
import numpy as np
from workbench import show, worked_example


def softmax(Z):
    # subtract the max so exp never sees a positive number
    shifted = np.asarray(Z, dtype=float) - np.max(Z)
    exps = np.exp(shifted)
    return exps / np.sum(exps)


def sm_dir(S):
    K = len(S)
    J = np.empty((K, K))
    for t in range(K):
        for i in range(K):
            if i == t:
                J[t, i] = S[t] * (1.0 - S[t])
            else:
                J[t, i] = -S[t] * S[i]
    return J


if __name__ == "__main__":
    x, W, y = worked_example()
    show("S", lambda: softmax(W.T @ x))
