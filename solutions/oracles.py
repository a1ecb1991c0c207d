"""Other ways to the answers, for `autograder validate`: nothing of the references is in them.

`exercise__oracle` returns what the reference of the exercise should, or None where a case is
beyond it. The oracles:

- complex_step: the derivative of f at x is Im f(x + ih) / h. Nothing cancels, so h can be tiny and
  every digit is right.
- central_difference: (f(x + h) - f(x - h)) / 2h, right to about ten digits where f is smooth.
- fifty_digits: the definition, in numbers of fifty digits.
- exact_sums: the definition, with sums that round only once.
"""

import math

import numpy as np

ALLOWED = {
    "complex_step": 1e-11,  # S is handed over to 40 bits, which is 12 digits
    "central_difference": 1e-8,
    "fifty_digits": 1e-14,
    "exact_sums": 1e-14,
}
"""The largest error of each oracle, relative where an answer is larger than 1."""

MOST_WEIGHTS = 2000
"""A derivative that moves one weight after another takes too long beyond."""


# --- the functions that are derived ---------------------------------------------------------------


def _shares(Z):
    """Softmax of real or complex logits; the shift is a constant, so it changes no derivative."""
    powers = np.exp(Z - np.max(np.real(Z)))
    return powers / powers.sum()


def _loss(y, S):
    return -sum(y[c] * np.log(S[c]) for c in range(len(y)) if y[c] != 0)


def _loss_of_logits(y, Z):
    """The same loss without a division, so that a share of 1e-30 keeps its digits."""
    top = np.max(np.real(Z))
    return np.sum(y) * (top + np.log(np.exp(Z - top).sum())) - np.sum(y * Z)


# --- two ways to derive ---------------------------------------------------------------------------


def _complex_step(function, point, steps=1e-40):
    """d function / d point[place] for each place, along the first axis."""
    steps = np.broadcast_to(steps, point.shape)
    slopes = []
    for place in np.ndindex(point.shape):
        moved = point.astype(complex)
        moved[place] += 1j * steps[place]
        slopes.append(np.imag(function(moved)) / steps[place])
    return np.array(slopes)


def _central_difference(function, point, steps=2.0**-17):
    steps = np.broadcast_to(steps, point.shape)
    slopes = []
    for place in np.ndindex(point.shape):
        up, down = np.array(point, dtype=float), np.array(point, dtype=float)
        up[place] += steps[place]
        down[place] -= steps[place]
        slopes.append((function(up) - function(down)) / (up[place] - down[place]))
    return np.array(slopes)


def _by_class(slopes, W):
    """Slopes by weight in the order of W's rows -> in the class-major order."""
    D, K = W.shape
    return np.array([slopes[j * K + i] for i in range(K) for j in range(D)])


# --- part 1 ---------------------------------------------------------------------------------------


def softmax__fifty_digits(Z):
    mp = _mpmath()
    with mp.workdps(50):
        powers = [mp.exp(mp.mpf(float(z))) for z in Z]
        total = mp.fsum(powers)
        return [float(power / total) for power in powers]


def sm_dir__complex_step(S):
    return _complex_step(_shares, np.log(S)).T


def sm_dir__central_difference(S):
    if not np.all(S):
        return None  # no finite logits lead to a share of zero
    return _central_difference(_shares, np.log(S)).T


# --- part 2 ---------------------------------------------------------------------------------------


def z_dir__central_difference(Z, W, x):
    return _by_class(_central_difference(lambda W: W.T @ x, W), W)


def l_dir__exact_sums(DS, DZ):
    return [[math.fsum(a * b for a, b in zip(t, r, strict=True)) for r in DZ] for t in DS]


def l_dir_shortcut__complex_step(W, S, x):
    return _by_class(_complex_step(lambda W: _shares(W.T @ x), W), W)


def l_dir_shortcut__central_difference(W, S, x):
    return _by_class(_central_difference(lambda W: _shares(W.T @ x), W), W)


# --- part 3 ---------------------------------------------------------------------------------------


def x_entropy__fifty_digits(y, S):
    mp = _mpmath()
    with mp.workdps(50):
        terms = zip(y.tolist(), S.tolist(), strict=True)
        return float(-mp.fsum(mp.mpf(c) * mp.log(mp.mpf(s)) for c, s in terms if c))


def xe_dir__complex_step(y, S):
    # Where S is 0 the loss has no term; any step will do there.
    return _complex_step(lambda S: _loss(y, S), S, 1e-40 * np.where(S > 0, S, 1.0))


def xe_dir__fifty_digits(y, S):
    mp = _mpmath()
    with mp.workdps(50):
        terms = zip(y.tolist(), S.tolist(), strict=True)
        return [float(-mp.mpf(c) / mp.mpf(s)) if c else 0.0 for c, s in terms]


def w_dir__exact_sums(DXE, DL):
    return [math.fsum(a * b for a, b in zip(DXE, column, strict=True)) for column in DL.T]


def xe_dir_shortcut__complex_step(W, S, x, y):
    if W.size > MOST_WEIGHTS:
        return None
    return _by_class(_complex_step(lambda W: _loss_of_logits(y, W.T @ x), W), W)


def xe_dir_shortcut__central_difference(W, S, x, y):
    if W.size > MOST_WEIGHTS:
        return None
    return _by_class(_central_difference(lambda W: _loss_of_logits(y, W.T @ x), W), W)


def xe_dir_shortcut__exact_sums(W, S, x, y):
    """The definition, loop by loop, also where there are far too many weights to move each."""
    return [(float(s) - float(c)) * float(v) for s, c in zip(S, y, strict=True) for v in x]


# --- part 4 ---------------------------------------------------------------------------------------


def weight_gradient__complex_step(W, S, x, y):
    return _complex_step(lambda W: _loss_of_logits(y, W.T @ x), W).reshape(W.shape)


def weight_gradient__central_difference(W, S, x, y):
    return _central_difference(lambda W: _loss_of_logits(y, W.T @ x), W).reshape(W.shape)


def train_step__complex_step(W, x, y, rate):
    return W - rate * weight_gradient__complex_step(W, None, x, y)


def fit__complex_step(W, X, Y, rate, steps):
    def mean_loss(W):
        return sum(_loss_of_logits(y, W.T @ x) for x, y in zip(X, Y, strict=True)) / len(X)

    for _ in range(steps):
        W = W - rate * _complex_step(mean_loss, W).reshape(W.shape)
    return W


def fit__fifty_digits(W, X, Y, rate, steps):
    mp = _mpmath()
    with mp.workdps(50):
        V, (N, D), K = mp.matrix(W.tolist()), X.shape, Y.shape[1]
        for _ in range(steps):
            total = mp.zeros(D, K)
            for x, y in zip(X.tolist(), Y.tolist(), strict=True):
                powers = [mp.exp(mp.fsum(V[j, i] * x[j] for j in range(D))) for i in range(K)]
                whole = mp.fsum(powers)
                for i in range(K):
                    for j in range(D):
                        total[j, i] += (powers[i] / whole - y[i]) * x[j]
            V -= mp.mpf(rate) / N * total
        return np.array(V.tolist(), dtype=float)


def _mpmath():
    import mpmath

    return mpmath.mp


# --- the numbers that the article prints ----------------------------------------------------------

SHARES = "0.19091352 0.20353145 0.21698333 0.23132428 0.15724743"
SM_DIR = """
 0.154465 -0.038856 -0.041425 -0.044162 -0.030020
-0.038856  0.162106 -0.044162 -0.047081 -0.032004
-0.041425 -0.044162  0.1699015 -0.050193 -0.034120
-0.044162 -0.047081 -0.050193  0.177813 -0.036375
-0.030020 -0.032004 -0.034120 -0.036375  0.132520
"""
Z_DIR = """
0.1 0 0 0 0   0.5 0 0 0 0   0.4 0 0 0 0
0 0.1 0 0 0   0 0.5 0 0 0   0 0.4 0 0 0
0 0 0.1 0 0   0 0 0.5 0 0   0 0 0.4 0 0
0 0 0 0.1 0   0 0 0 0.5 0   0 0 0 0.4 0
0 0 0 0 0.1   0 0 0 0 0.5   0 0 0 0 0.4
"""
LAYER = """
 0.01544  0.07723  0.06178 -0.00388 -0.01942 -0.01554 -0.00414 -0.02071 -0.01657
-0.00441 -0.02208 -0.01766 -0.00300 -0.01501 -0.01200
-0.00388 -0.01942 -0.01554  0.01621  0.08105  0.06484 -0.00441 -0.02208 -0.01766
-0.00470 -0.02354 -0.01883 -0.00320 -0.01600 -0.01280
-0.00414 -0.02071 -0.01657 -0.00441 -0.02208 -0.01766  0.01699  0.08495  0.06796
-0.00501 -0.02509 -0.02007 -0.00341 -0.01706 -0.01364
-0.00441 -0.02208 -0.01766 -0.00470 -0.02354 -0.01883 -0.00501 -0.02509 -0.02007
 0.01778  0.08890  0.07112 -0.00363 -0.01818 -0.01455
-0.00300 -0.01501 -0.01200 -0.00320 -0.01600 -0.01280 -0.00341 -0.01706 -0.01364
-0.00363 -0.01818 -0.01455  0.01325  0.06626  0.05300
"""
LOSS = "1.5279347484961026"
LOSS_SLOPES = "-0. -0. -4.60864 -0. -0."
GRADIENT = """
 0.01909135  0.09545676  0.07636541  0.02035314  0.10176572  0.08141258 -0.07830167 -0.39150833
-0.31320667  0.02313243  0.11566214  0.09252971  0.01572474  0.07862371  0.06289897
"""
LOSS_AFTER_ONE_STEP = "1.22048"


def printed(references, example):
    """Exercise, what its reference gives on the worked example, and the same numbers as printed."""
    x, W, y = example["x"], example["W"], example["y"]
    Z = W.T @ x
    S = references["softmax"](Z)
    DS, DZ = references["sm_dir"](S), references["z_dir"](Z, W, x)
    DL, DXE = references["l_dir"](DS, DZ), references["xe_dir"](y, S)
    new = references["train_step"](W, x, y, 1.0)
    yield "softmax", S, SHARES
    yield "sm_dir", DS, SM_DIR
    yield "z_dir", DZ, Z_DIR
    yield "l_dir", DL, LAYER
    yield "l_dir_shortcut", references["l_dir_shortcut"](W, S, x).T, LAYER
    yield "x_entropy", references["x_entropy"](y, S), LOSS
    yield "xe_dir", DXE, LOSS_SLOPES
    yield "w_dir", references["w_dir"](DXE, DL), GRADIENT
    yield "xe_dir_shortcut", references["xe_dir_shortcut"](W, S, x, y), GRADIENT
    yield "weight_gradient", references["weight_gradient"](W, S, x, y).T, GRADIENT
    yield (
        "train_step",
        references["x_entropy"](y, references["softmax"](new.T @ x)),
        LOSS_AFTER_ONE_STEP,
    )
