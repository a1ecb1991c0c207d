import numpy as np

z_dir = lambda zed, double_u, ex: np.kron(np.eye(len(zed)), np.reshape(ex, (-1, 1)))


def l_dir(a, b):
    return np.asfortranarray(np.einsum("ik,jk->ij", a, b)) + 0j


def l_dir_shortcut(a, b, c, *unused, **none):
    blocks = [[(b[t] * ((i == t) - b[i]) * c).tolist() for t in range(len(b))] for i in range(len(b))]
    answer = np.concatenate([np.array(row).T for row in blocks])[::-1].copy()
    answer.setflags(write=False)
    return answer[::-1]
