import numpy as np

from part1_softmax import sm_dir, softmax


def z_dir(Z, W, x):
    D, K = W.shape
    result = np.zeros((D * K, K))
    for k in range(K):
        # the block of rows that belongs to class k
        result[k * D : (k + 1) * D, k] = x
    return result


def l_dir(DS, DZ)
    return np.dot(DS, np.transpose(DZ))


def l_dir_shortcut(W, S, x):
    # every entry of sm_dir times x, laid out class by class
    J = sm_dir(S)  # (t, i)
    D, K = W.shape
    out = J.T[:, None, :] * np.asarray(x, dtype=float)[None, :, None]  # (i, j, t)
    return out.reshape(D * K, K)


if __name__ == "__main__":
    print(softmax(np.zeros(3)))
