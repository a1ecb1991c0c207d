"""The recipes of course.yaml: each function draws one set of named values for the exercises.

A recipe's parameters are filled by name: `rng` (a numpy Generator), `scale`, the sizes of the test
group (D inputs, K classes, N rows, T steps), the arrays of the worked example. An exercise takes,
of what a recipe returns, the values that its reference's parameters name.

x and W are multiples of small powers of two, so that every product and sum in W.T @ x is exact:
the logits are the same on every machine, in whatever order they are added up.
"""

from math import log
from pathlib import Path

import numpy as np

# --- a layer with one input vector --------------------------------------------------------------


def worked_example(x, W, y, X, Y):
    """The numbers of the lessons: x (3,), W (3, 5), y (5,), and for `fit` two rows, three steps."""
    Z = _settled(W.T @ x)
    S = _settled(_softmax(Z))
    DS = np.diag(S) - np.outer(S, S)
    DZ = np.kron(np.eye(S.size), x[:, None])
    DXE = -y / S
    chain = {"DS": DS, "DZ": DZ, "DXE": DXE, "DL": DS @ DZ.T}
    return {
        "x": x,
        "W": W,
        "y": y,
        "Z": Z,
        "S": S,
        **chain,
        "X": X,
        "Y": Y,
        "rate": 1.0,
        "steps": 3,
    }


def layer(rng, scale, D, K):
    """x (D,), W (D, K), and a one-hot y (K,) of a class that the layer does not favour."""
    x, W = _x(rng, D, scale), _weights(rng, D, K)
    return _layer(x, W, _one_hot(rng, W.T @ x), rng)


def soft_layer(rng, scale, D, K):
    """A layer whose y (K,) spreads over all classes: positive, with sum 1."""
    x, W = _x(rng, D, scale), _weights(rng, D, K)
    return _layer(x, W, _soft(rng, K), rng)


def whole_number_layer(rng, D, K):
    """A layer whose x (D,) and y (K,) are int64; for D > 1 one entry of x is zero."""
    x = rng.choice([-3, -2, -1, 1, 2, 3], size=D).astype(np.int64)
    if D > 1:
        x[rng.integers(D)] = 0
    W = _weights(rng, D, K)
    return _layer(x, W, _one_hot(rng, W.T @ x).astype(np.int64), rng)


def sparse_layer(rng, scale, D, K):
    """A layer in whose x (D,) zeros take turns with one other number, which `scale` makes small.

    Where an input is looked up by its value, another one of that value is found.
    """
    x, W = _x(rng, D, scale), _weights(rng, D, K)
    x[::2], x[1::2] = 0.0, x[1]
    return _layer(x, W, _one_hot(rng, W.T @ x), rng)


def uniform_layer(rng, scale, D, K):
    """A layer whose columns of W are all the same, so that S is 1/K for every class."""
    x, column = _x(rng, D, scale), _weights(rng, D, 1)
    W = np.repeat(column, K, axis=1)
    return _layer(x, W, _one_hot(rng, W.T @ x), rng)


def saturated_layer(rng, D, K):
    """A layer that is all but sure: S runs from nearly 1 down to 7e-18, where y is 1.

    Small enough to show an epsilon added to S; large enough for a complex step next to it.

    The logits are halves, exact in float32 too.
    """
    Z = -rng.integers(20, 72, size=K) / 2.0
    low, high = rng.permutation(K)[:2]
    Z[low], Z[high] = -39.5, 0.0
    return _layer_of(rng, D, Z, low)


def undecided_layer(rng, D, K):
    """A layer that is sure of two classes alike: S is 1/2 for both, and below 3e-9 elsewhere."""
    Z = -rng.integers(40, 72, size=K) / 2.0
    low, first, second = rng.permutation(K)[:3]
    Z[low], Z[first], Z[second] = -39.5, 0.0, 0.0
    return _layer_of(rng, D, Z, low)


def far_layer(rng, D, K, turn):
    """A layer with logits that exp cannot take, K > 3: see `huge_logits` for the turns."""
    Z = huge_logits(rng, K, turn)["Z"]
    return _coarse_layer(rng, D, Z, _one_hot(rng, Z))


def impossible_layer(rng, D, K):
    """A layer that leaves two classes a share of exactly zero; y (K,) is one of the others."""
    Z = rng.integers(0, 5, size=K) / 2.0
    order = rng.permutation(K)
    Z[order[:2]] = -900.0
    return _coarse_layer(rng, D, Z, np.eye(K)[order[2]])


def column_major_layer(rng, scale, D, K):
    """A layer whose W (D, K) lies in memory column by column (Fortran order)."""
    x, W = _x(rng, D, scale), _weights(rng, D, K)
    return _layer(x, np.asfortranarray(W), _one_hot(rng, W.T @ x), rng)


def second_call(rng, turn, x, W, y, X, Y):
    """Turn 1: values much like the worked example's. Turn 2: the worked example once more.

    Turn 1 has the sizes of the worked example, its first numbers, and nearly all others in another
    order: an answer that is stored and found again by too little is wrong.
    """
    example = worked_example(x, W, y, X, Y)
    if turn == 2:
        return example
    D, K = W.shape
    inputs, classes = _first_kept(D), _first_kept(K)
    other = {
        **example,
        **matrices(rng, 1.0, D, K),
        "x": x[inputs],
        "W": W[inputs][:, classes],
        "Z": example["Z"][classes],
        "S": example["S"][classes],
        # Not in the order of S, or the loss would be the same.
        "y": np.roll(y, 2),
        "X": X[:, inputs],
        "Y": np.roll(Y, 2, axis=1),
    }
    for name in ("DS", "DZ", "DL"):
        other[name].flat[0] = example[name].flat[0]
    return other


# --- small numbers, to check by hand -----------------------------------------------------------


def by_hand(turn):
    """A layer of small numbers; of each kind that an answer may be wrong for, a turn.

    Turn 1: S is (1/8, 1/4, 5/8), and y spreads over the classes. Turn 2: of the same sizes, with
    whole numbers in x and y, and W in Fortran order. Turn 3: one class. Turn 4: one small input.
    Turn 5: logits that exp cannot take, which leave the right class a share of 4e-18, and two
    classes none. Turn 6: as many inputs as classes.
    """
    if turn == 1:
        x, W, y = [1.0, 2.0], [[-2.0, log(2), log(5) + 2], [1, 0, -1]], [0.625, 0.125, 0.25]
    elif turn == 2:
        x, W, y = [2, -1], [[1.0, 0.0, -1.0], [1.0, 1.0, 0.0]], [0, 1, 0]
    elif turn == 3:
        x, W, y = [1.0, 2.0, 3.0], [[1.0], [0.0], [-1.0]], [1.0]
    elif turn == 4:
        x, W, y = [1 / 256], [[0.0, 1.0, 2.0]], [0.0, 0.0, 1.0]
    elif turn == 5:
        x, W = [1.0, 8.0], [[984.0, 960.0, -992.0, -1008.0], [2.0, 0.0, -1.0, 1.0]]
        y = [0.0, 1.0, 0.0, 0.0]
    else:
        x, W, y = [1.0, 2.0], [[0.0, 1.0], [-1.0, 0.5]], [1.0, 0.0]
    x, y, W = np.array(x), np.array(y), np.array(W, order="F" if turn == 2 else "C")
    Z = _settled(W.T @ x)
    D, K = W.shape
    places = np.arange(1.0, D * K * K + 1).reshape(D * K, K)
    return {
        "x": x,
        "W": W,
        "y": y,
        "Z": Z,
        "S": _settled(_softmax(Z)),
        "rate": 0.5,
        "DS": places[:1].T * [1.0, -2.0, 3.0, 0.5][:K] - 1.0,
        "DZ": places % 5.0,
        "DXE": np.array([2.0, -1.0, 0.5, 3.0])[:K],
        "DL": places.T % 7.0 - 2.0,
    }


def logits_by_hand(turn):
    """Z (K,) of whole numbers: far apart in turn 1, far below zero in 2, a single one in 3."""
    Z = {1: [1000.0, 960.0, -1000.0, -1000.0], 2: [-1000.0, -1001.0], 3: [3.0]}[turn]
    return {"Z": np.array(Z)}


def batch_by_hand(turn):
    """A batch of small numbers; of each kind that an answer may be wrong for, a turn.

    Turn 1: as many rows, inputs and classes, labels that are spread, and W in Fortran order.
    Turn 2: one class, and no step at all. Turn 3: rows whose logits are far from one another and
    that exp cannot take. Turn 4: 33 rows of ones, with whole numbers for labels. Turn 5: so small
    inputs that the weights hardly move.
    """
    if turn == 1:
        X, Y, W = [[1.0, 2.0], [3.0, 0.0]], [[0.5, 0.5], [0.25, 0.75]], [[0.0, 1.0], [1.0, 0.0]]
    elif turn == 2:
        X, Y, W = [[1.0, 2.0], [3.0, 0.0]], [[1.0], [1.0]], [[0.5], [-0.5]]
    elif turn == 3:
        X, Y = [[1.0, 0.0], [-1.0, 16.0]], [[0.0, 1.0], [1.0, 0.0]]
        W = [[1000.0, 999.0], [1.0, 1.0]]
    elif turn == 4:
        X, Y, W = np.ones((33, 1)), [[0, 1]] * 10 + [[1, 0]] * 23, [[0.0, 0.0]]
    else:
        X, Y, W = [[1e-6], [2e-6]], [[0.0, 1.0], [0.0, 1.0]], [[0.0, 0.0]]
    steps = {1: 2, 2: 0, 3: 1, 4: 1, 5: 3}[turn]
    W = np.array(W, order="F" if turn == 1 else "C")
    return {"X": np.array(X), "Y": np.array(Y), "W": W, "rate": 0.5, "steps": steps}


# --- logits and probabilities alone -------------------------------------------------------------


def whole_logits(rng, K):
    """Z (K,) of int64, different ones that lie close together."""
    return {"Z": rng.permutation(K) - K // 2}


def shifted_logits(rng, K, turn):
    """Z (K,) far from zero, yet small enough for exp: around 60 in turn 1, around -60 in turn 2."""
    return {"Z": _grid(rng, K, 2.0, 8) + {1: 60.0, 2: -60.0}[turn]}


def huge_logits(rng, K, turn):
    """Z (K,), K > 3, of halves that exp cannot take.

    Turn 1: all above 2000. Turn 2: all below -2000. Turn 3: two above 1000, the rest below -1000.
    """
    Z = rng.permutation(K) / 2.0
    if turn == 3:
        # Neither first nor last: an answer that takes either for the largest must fail.
        high, other = rng.permutation(np.arange(1, K - 1))[:2]
        Z -= 1500.0
        Z[high], Z[other] = 1200.5, 1200.0
        return {"Z": Z}
    return {"Z": Z + {1: 2000.0, 2: -2000.0}[turn]}


def zero_probability(rng, K, turn):
    """S (K,) with exact zeros, and y (K,) that is zero there: one-hot in turn 1, soft in turn 2."""
    order = rng.permutation(K)
    seen = order[: max(2, K // 2)]
    S, y = np.zeros(K), np.zeros(K)
    S[seen] = _soft(rng, seen.size)
    if turn == 1:
        y[seen[0]] = 1.0
    else:
        y[seen] = _soft(rng, seen.size)
    return {"S": S, "y": y}


def small_loss(rng, K):
    """S (K,) of multiples of 1/1024 that is nearly sure of one class, the one where y (K,) is 1."""
    right = rng.integers(K)
    S = np.full(K, 1 / 1024)
    S[right] += 1.0 - S.sum()
    return {"S": S, "y": np.eye(K)[right]}


# --- the factors of the chain rule --------------------------------------------------------------


def matrices(rng, scale, D, K):
    """DS (K, K), DZ (D*K, K), DXE (K,) and DL (K, D*K) without any structure or symmetry."""
    return {
        "DS": _grid(rng, (K, K), scale, 12),
        "DZ": _grid(rng, (D * K, K), scale, 12),
        "DXE": _grid(rng, K, scale, 12),
        "DL": _grid(rng, (K, D * K), scale, 12),
    }


# --- a batch for fit ----------------------------------------------------------------------------


def batch(rng, scale, N, D, K, T):
    """X (N, D), one-hot Y (N, K), first weights W (D, K), a rate, and T steps."""
    Y = np.eye(K)[rng.integers(K, size=N)]
    return _batch(rng, _grid(rng, (N, D), scale, 12), Y, _weights(rng, D, K), T)


def soft_batch(rng, scale, N, D, K, T):
    """A batch in which every row of Y (N, K) spreads over all classes."""
    Y = np.stack([_soft(rng, K) for _ in range(N)])
    return _batch(rng, _grid(rng, (N, D), scale, 12), Y, _weights(rng, D, K), T)


def calm_batch(rng, scale, N, D, K, T):
    """A batch whose inputs and weights are so small that neither loss nor weights seem to move."""
    drawn = batch(rng, scale, N, D, K, T)
    return {**drawn, "W": drawn["W"] * scale}


def whole_number_batch(rng, N, D, K, T):
    """A batch whose X (N, D) and Y (N, K) are int64, zeros among them."""
    Y = np.eye(K, dtype=np.int64)[rng.integers(K, size=N)]
    return _batch(rng, rng.integers(-2, 3, size=(N, D)), Y, _weights(rng, D, K), T)


def column_major_batch(rng, scale, N, D, K, T):
    """A batch whose first weights lie in memory column by column (Fortran order)."""
    drawn = batch(rng, scale, N, D, K, T)
    return {**drawn, "W": np.asfortranarray(drawn["W"])}


def far_batch(rng, D, K, turn):
    """A batch of three rows with logits that exp cannot take, and a single step.

    Turn 1: those of one row are near 1500, of the next near 0, of the last near -1500; close
    together in each, but far from those of the other rows. Turn 2: all rows have two above 1000
    and the rest below -1000. All numbers are small multiples of 1/8, exact in float32 too.
    """
    X = rng.choice([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0], size=(3, D))
    X[:, 1] = rng.permutation([64.0, -4.0, 4.0])
    W = rng.integers(-8, 9, size=(D, K)) / 8.0
    if turn == 1:
        X[:, 0] = rng.permutation([1.0, 0.0, -1.0])
        W[0] = 1500.0 + rng.permutation(K) / 2.0
    else:
        X[:, 0] = 1.0
        W[0] = huge_logits(rng, K, 3)["Z"]
    Y = np.eye(K)[rng.integers(K, size=3)]
    return {"X": X, "Y": Y, "W": W, "rate": int(rng.integers(4, 17)) / 32.0, "steps": 1}


def first_weights(rng, scale, N, D, K, T):
    """A batch at whose T-th weights to stop: T = 1 is no step at all, T = 2 a single one."""
    return {**batch(rng, scale, N, D, K, T), "steps": T - 1}


def iris(rng, N, T):
    """N of Fisher's flowers, evenly picked: X (N, 4) in centimetres, one-hot Y (N, 3); T steps."""
    table = np.genfromtxt(
        Path(__file__).with_name("iris.csv"), delimiter=",", skip_header=1, dtype=str
    )
    table = table[:: len(table) // N][:N]
    species = np.unique(table[:, 4])
    X, Y = table[:, :4].astype(float), (table[:, 4:] == species).astype(float)
    return {**_batch(rng, X, Y, _weights(rng, 4, 3), T), "rate": 1 / 32}


# --- what the recipes are made of ---------------------------------------------------------------


def _grid(rng, shape, scale, bits):
    """Multiples of scale / 2**bits between -2 * scale and 2 * scale."""
    top = 2 ** (bits + 1)
    return rng.integers(-top, top + 1, size=shape) / 2.0**bits * scale


def _x(rng, D, scale):
    return _grid(rng, D, scale, 12)


def _first_kept(size):
    """The numbers below `size` in an order in which only 0 keeps its place."""
    return np.append(0, np.roll(np.arange(1, size), 1))


def _weights(rng, D, K):
    return _grid(rng, (D, K), 0.5, 8)


def _one_hot(rng, Z):
    """A one-hot vector for a class that is not the largest of Z, where there is another."""
    others = np.flatnonzero(np.arange(Z.size) != Z.argmax())
    return np.eye(Z.size)[rng.choice(others) if others.size else 0]


def _soft(rng, K):
    """K positive multiples of 1/64 that sum to 1."""
    return (1.0 + rng.multinomial(64 - K, np.full(K, 1.0 / K))) / 64.0


def _layer_of(rng, D, Z, label):
    """The layer with these logits Z (K,), and y at this class."""
    x, W = _x(rng, D, 1.0), _weights(rng, D, len(Z))
    x[0] = 1.0
    W[0] = Z - W[1:].T @ x[1:]
    return _layer(x, W, np.eye(len(Z))[label], rng)


def _coarse_layer(rng, D, Z, y):
    """The layer with these logits Z (K,), D > 1, of multiples of 1/4: exact in float32 too.

    One input is large, so that a gradient that is cut to some length shows.
    """
    x = rng.choice([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0], size=D)
    W = rng.integers(-8, 9, size=(D, len(Z))) / 4.0
    x[:2] = 1.0, 16.0
    W[0] = Z - W[1:].T @ x[1:]
    return _layer(x, W, y, rng)


def _layer(x, W, y, rng):
    Z = W.T @ x
    rate = int(rng.integers(4, 33)) / 32.0
    return {"x": x, "W": W, "y": y, "Z": Z, "S": _settled(_softmax(Z)), "rate": rate}


def _batch(rng, X, Y, W, T):
    return {"X": X, "Y": Y, "W": W, "rate": int(rng.integers(4, 17)) / 32.0, "steps": T}


def _softmax(Z):
    powers = np.exp(Z - Z.max())
    return powers / powers.sum()


def _settled(numbers):
    """To 40 bits: the last bits of exp and of sums differ between machines; inputs must not."""
    mantissa, exponent = np.frexp(numbers)
    return np.ldexp(np.rint(np.ldexp(mantissa, 40)), exponent - 40)
