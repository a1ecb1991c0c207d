"""The references against derivatives found in other ways, and against the article's figures."""

import doctest
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import mpmath
import numpy as np
import pytest

from autograder.answer_key.trusted_modules import load_modules, load_references, solution_sources
from tests.support.corpus import softmax

COURSE, KEY = softmax()
f = load_references(COURSE)
x, W, y = (COURSE.example[name] for name in "xWy")
Z = W.T @ x
S = f["softmax"](Z)

SIZES = [(3, 5), (5, 3), (4, 4), (1, 4), (4, 1), (1, 1), (6, 2)]


# --- oracles: nothing of the references is in them ----------------------------------------------


def shares(Z):
    """Softmax of real or complex logits, without a shift."""
    return np.exp(Z) / np.exp(Z).sum()


def loss(y, S):
    return -sum(y[c] * np.log(S[c]) for c in range(len(y)) if y[c] != 0)


def complex_step(g, point):
    """The derivative of g, of shape g(point).shape + point.shape, exact to the last digits."""
    columns = []
    for place in np.ndindex(point.shape):
        moved = point.astype(complex)
        moved[place] += 1e-40j
        columns.append(np.imag(g(moved)) / 1e-40)
    return np.stack(columns, axis=-1).reshape(np.shape(g(point)) + point.shape)


def central_difference(g, point, h=1e-5):
    columns = []
    for place in np.ndindex(point.shape):
        up, down = point.copy(), point.copy()
        up[place] += h
        down[place] -= h
        columns.append((g(up) - g(down)) / (2 * h))
    return np.stack(columns, axis=-1).reshape(np.shape(g(point)) + point.shape)


DERIVATIVES = pytest.mark.parametrize(
    ("derivative", "error"), [(complex_step, 1e-13), (central_difference, 1e-8)]
)


def unflatten(flat, D, K):
    return np.array([[flat[i * D + j] for i in range(K)] for j in range(D)])


def flatten(W):
    return np.array([W[j, i] for i in range(W.shape[1]) for j in range(W.shape[0])])


def drawn(D, K, soft=True):
    rng = np.random.default_rng([D, K])
    y = rng.dirichlet(np.ones(K)) if soft else np.eye(K)[rng.integers(K)]
    return rng.normal(size=D), rng.normal(size=(D, K)), y


# --- each exercise against the oracles ----------------------------------------------------------


@DERIVATIVES
@pytest.mark.parametrize("K", [1, 2, 5, 40])
def test_sm_dir_is_the_derivative_of_softmax(K, derivative, error):
    logits = np.random.default_rng(K).normal(size=K)
    assert f["sm_dir"](shares(logits)) == pytest.approx(derivative(shares, logits), abs=error)


@DERIVATIVES
@pytest.mark.parametrize(("D", "K"), SIZES)
def test_z_dir_is_the_derivative_of_the_logits(D, K, derivative, error):
    x, W, _ = drawn(D, K)
    expected = derivative(lambda flat: unflatten(flat, D, K).T @ x, flatten(W)).T
    assert f["z_dir"](W.T @ x, W, x) == pytest.approx(expected, abs=error)


@DERIVATIVES
@pytest.mark.parametrize(("D", "K"), SIZES)
def test_both_ways_give_the_derivative_of_the_layer(D, K, derivative, error):
    x, W, _ = drawn(D, K)
    expected = derivative(lambda flat: shares(unflatten(flat, D, K).T @ x), flatten(W))
    S = shares(W.T @ x)
    chain = f["l_dir"](f["sm_dir"](S), f["z_dir"](W.T @ x, W, x))
    assert chain == pytest.approx(expected, abs=error)
    shortcut = f["l_dir_shortcut"](W, S, x).T
    assert shortcut == pytest.approx(expected, abs=error)


@DERIVATIVES
@pytest.mark.parametrize("K", [1, 2, 5, 40])
def test_xe_dir_is_the_derivative_of_the_loss(K, derivative, error):
    rng = np.random.default_rng(K)
    S, y = rng.dirichlet(np.full(K, 20.0)), rng.dirichlet(np.ones(K))
    expected = derivative(lambda S: loss(y, S), S)
    # The error of a central difference grows with the third derivative, 2 y / S**3.
    room = error if derivative is complex_step else 1e-8 * (y / S**3).max()
    assert f["xe_dir"](y, S) == pytest.approx(expected, rel=1e-12, abs=room)


@DERIVATIVES
@pytest.mark.parametrize("soft", [True, False])
@pytest.mark.parametrize(("D", "K"), SIZES)
def test_every_way_to_the_weights_gives_the_gradient(D, K, soft, derivative, error):
    x, W, y = drawn(D, K, soft)
    expected = derivative(lambda W: loss(y, shares(W.T @ x)), W)
    S = shares(W.T @ x)
    DL = f["l_dir"](f["sm_dir"](S), f["z_dir"](W.T @ x, W, x))
    assert f["w_dir"](f["xe_dir"](y, S), DL) == pytest.approx(flatten(expected), abs=error)
    assert f["xe_dir_shortcut"](W, S, x, y) == pytest.approx(flatten(expected), abs=error)
    assert f["weight_gradient"](W, S, x, y) == pytest.approx(expected, abs=error)


@DERIVATIVES
@pytest.mark.parametrize(("D", "K"), SIZES)
def test_train_step_goes_down_the_derivative_of_the_loss(D, K, derivative, error):
    x, W, y = drawn(D, K)
    expected = W - 0.3 * derivative(lambda W: loss(y, shares(W.T @ x)), W)
    assert f["train_step"](W, x, y, 0.3) == pytest.approx(expected, abs=error)


@DERIVATIVES
@pytest.mark.parametrize("steps", [0, 1, 4])
@pytest.mark.parametrize(("N", "D", "K"), [(6, 4, 3), (1, 3, 2), (5, 1, 4), (4, 3, 1), (3, 3, 3)])
def test_fit_goes_down_the_derivative_of_the_mean_loss(N, D, K, steps, derivative, error):
    rng = np.random.default_rng([N, D, K])
    X, W, Y = rng.normal(size=(N, D)), rng.normal(size=(D, K)), rng.dirichlet(np.ones(K), size=N)

    def mean_loss(W):
        return sum(loss(y, shares(W.T @ x)) for x, y in zip(X, Y, strict=True)) / N

    expected = W
    for _ in range(steps):
        expected = expected - 0.3 * derivative(mean_loss, expected)
    assert f["fit"](W, X, Y, 0.3, steps) == pytest.approx(expected, abs=10 * error)


# --- against 50 digits --------------------------------------------------------------------------


def exact_shares(Z):
    powers = [mpmath.exp(mpmath.mpf(float(z))) for z in Z]
    return [power / mpmath.fsum(powers) for power in powers]


@pytest.mark.parametrize("exercise", ["softmax", "sm_dir", "x_entropy", "xe_dir"])
def test_every_case_of_the_key_agrees_with_fifty_digits(exercise):
    for case in KEY.cases[exercise]:
        values = dict(case.arguments)
        with mpmath.workdps(50):
            expected = np.array(EXACT[exercise](**values), dtype=float)
        assert case.expected == pytest.approx(expected, rel=1e-13, abs=1e-15), case.group


def exact_sm_dir(S):
    S = [mpmath.mpf(float(s)) for s in S]
    return [[s * ((i == t) - other) for i, other in enumerate(S)] for t, s in enumerate(S)]


def exact_entropy(y, S):
    terms = zip(y, S, strict=True)
    return -mpmath.fsum(float(c) * mpmath.log(mpmath.mpf(float(s))) for c, s in terms if c)


def exact_xe_dir(y, S):
    return [-float(c) / mpmath.mpf(float(s)) if c else 0 for c, s in zip(y, S, strict=True)]


EXACT = {
    "softmax": exact_shares,
    "sm_dir": exact_sm_dir,
    "x_entropy": exact_entropy,
    "xe_dir": exact_xe_dir,
}


def exact_fit(W, X, Y, rate, steps):
    W = mpmath.matrix(W.tolist())
    D, K, N = W.rows, W.cols, len(X)
    for _ in range(steps):
        total = mpmath.zeros(D, K)
        for x, y in zip(X.tolist(), Y.tolist(), strict=True):
            Z = [mpmath.fsum(W[j, i] * x[j] for j in range(D)) for i in range(K)]
            powers = [mpmath.exp(z) for z in Z]
            S = [power / mpmath.fsum(powers) for power in powers]
            for j in range(D):
                for i in range(K):
                    total[j, i] += (S[i] - y[i]) * x[j]
        W -= mpmath.mpf(rate) / N * total
    return np.array(W.tolist(), dtype=float)


@pytest.mark.parametrize("exercise", ["train_step", "fit"])
def test_every_training_case_of_the_key_agrees_with_fifty_digits(exercise):
    for case in KEY.cases[exercise]:
        values = dict(case.arguments)
        if exercise == "train_step":
            row = values.pop("x")[None], values.pop("y")[None]
            values = {**values, "X": row[0], "Y": row[1], "steps": 1}
        with mpmath.workdps(50):
            expected = exact_fit(**values)
        assert case.expected == pytest.approx(expected, rel=1e-12, abs=1e-13), case.group


# --- the article's figures ----------------------------------------------------------------------


def is_printed_as(value, printed):
    """Whether `printed`, a number as text, is `value` rounded or cut to the digits it shows."""
    digits = Decimal(printed.rstrip(".")) if printed.endswith(".") else Decimal(printed)
    exact = Decimal(float(value))
    return any(exact.quantize(digits, mode) == digits for mode in (ROUND_HALF_UP, ROUND_DOWN))


def assert_printed(values, printed):
    rows = [line.split() for line in printed.strip().splitlines()]
    table = np.atleast_2d(values)
    assert table.shape == (len(rows), len(rows[0]))
    for t, row in enumerate(rows):
        for n, text in enumerate(row):
            assert is_printed_as(table[t, n], text), f"[{t}, {n}]: {table[t, n]} is not {text}"


SM_DIR = """
 0.154465 -0.038856 -0.041425 -0.044162 -0.030020
-0.038856  0.162106 -0.044162 -0.047081 -0.032004
-0.041425 -0.044162  0.1699015 -0.050193 -0.034120
-0.044162 -0.047081 -0.050193  0.177813 -0.036375
-0.030020 -0.032004 -0.034120 -0.036375  0.132520
"""
DL = """
0.01544 0.07723 0.06178 -0.00388 -0.01942 -0.01554 -0.00414 -0.02071 -0.01657 -0.00441 -0.02208 -0.01766 -0.00300 -0.01501 -0.01200
-0.00388 -0.01942 -0.01554 0.01621 0.08105 0.06484 -0.00441 -0.02208 -0.01766 -0.00470 -0.02354 -0.01883 -0.00320 -0.01600 -0.01280
-0.00414 -0.02071 -0.01657 -0.00441 -0.02208 -0.01766 0.01699 0.08495 0.06796 -0.00501 -0.02509 -0.02007 -0.00341 -0.01706 -0.01364
-0.00441 -0.02208 -0.01766 -0.00470 -0.02354 -0.01883 -0.00501 -0.02509 -0.02007 0.01778 0.08890 0.07112 -0.00363 -0.01818 -0.01455
-0.00300 -0.01501 -0.01200 -0.00320 -0.01600 -0.01280 -0.00341 -0.01706 -0.01364 -0.00363 -0.01818 -0.01455 0.01325 0.06626 0.05300
"""  # noqa: E501  # as the article prints it
GRADIENT = """
0.01909135 0.09545676 0.07636541 0.02035314 0.10176572 0.08141258 -0.07830167 -0.39150833 -0.31320667 0.02313243 0.11566214 0.09252971 0.01572474 0.07862371 0.06289897
"""  # noqa: E501  # as the article prints it


def test_a_number_is_recognised_rounded_or_cut_but_not_otherwise():
    assert is_printed_as(0.01699999, "0.01699")
    assert is_printed_as(0.01699999, "0.01700")
    assert is_printed_as(-4.608637, "-4.60864")
    assert is_printed_as(-0.0, "-0.")
    assert not is_printed_as(0.01699, "0.01698")
    assert not is_printed_as(0.0170001, "0.01699")


def test_softmax_prints_what_the_article_prints():
    assert_printed(S, "0.19091352 0.20353145 0.21698333 0.23132428 0.15724743")


def test_sm_dir_prints_what_the_article_prints():
    assert_printed(f["sm_dir"](S), SM_DIR)


def test_z_dir_has_the_columns_of_the_article():
    expected = np.zeros((15, 5))
    for k in range(5):
        expected[3 * k : 3 * k + 3, k] = [0.1, 0.5, 0.4]
    assert np.array_equal(f["z_dir"](Z, W, x), expected)


def test_both_ways_print_the_layer_of_the_article():
    assert_printed(f["l_dir"](f["sm_dir"](S), f["z_dir"](Z, W, x)), DL)
    assert_printed(f["l_dir_shortcut"](W, S, x).T, DL)


def test_the_loss_and_its_derivative_print_what_the_article_prints():
    assert repr(float(f["x_entropy"](y, S))) == "1.5279347484961026"
    assert_printed(f["xe_dir"](y, S), "-0. -0. -4.60864 -0. -0.")


def test_both_ways_print_the_gradient_of_the_article():
    chain = f["l_dir"](f["sm_dir"](S), f["z_dir"](Z, W, x))
    assert_printed(f["w_dir"](f["xe_dir"](y, S), chain), GRADIENT)
    assert_printed(f["xe_dir_shortcut"](W, S, x, y), GRADIENT)


# --- the traps ----------------------------------------------------------------------------------


def test_the_last_reshape_of_the_article_scrambles_the_gradient():
    right = f["weight_gradient"](W, S, x, y)
    scrambled = f["xe_dir_shortcut"](W, S, x, y).reshape(W.shape)
    measured = central_difference(lambda W: loss(y, shares(W.T @ x)), W)
    assert np.abs(measured - right).max() < 1e-10
    assert is_printed_as(np.abs(measured - scrambled).max(), "0.43")
    assert scrambled[0, 1] == right[1, 0]
    cosine = (right * scrambled).sum() / np.linalg.norm(right) / np.linalg.norm(scrambled)
    assert is_printed_as(cosine, "0.43")
    assert is_printed_as(loss(y, S), "1.52793")
    stepped = f["train_step"](W, x, y, 1.0)
    assert is_printed_as(loss(y, shares(stepped.T @ x)), "1.22048")
    assert is_printed_as(loss(y, shares((W - scrambled).T @ x)), "1.39359")


def test_the_columns_of_the_layer_sum_to_zero():
    columns = f["l_dir"](f["sm_dir"](S), f["z_dir"](Z, W, x)).sum(axis=0)
    assert columns == pytest.approx(np.zeros(15), abs=1e-16)


@pytest.mark.parametrize("logits", [[1000.0, 999.0], [-1000.0, -1001.0], [1e300, -1e300]])
def test_softmax_takes_any_finite_logits(logits):
    gap = min(logits[0] - logits[1], 700.0)
    expected = [1 / (1 + np.exp(-gap)), 1 / (1 + np.exp(gap))]
    assert f["softmax"](np.array(logits)) == pytest.approx(expected, rel=1e-14, abs=1e-300)


def test_a_probability_of_zero_costs_nothing_where_y_is_zero():
    y, S = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.25, 0.75])
    assert f["x_entropy"](y, S) == pytest.approx(np.log(4), rel=1e-15)
    assert f["xe_dir"](y, S).tolist() == [0.0, -4.0, 0.0]


# --- the lessons --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [part.name for part in COURSE.parts])
def test_the_examples_in_the_docstrings_are_true(part):
    module = load_modules(solution_sources(COURSE), [part])[part]
    found = doctest.testmod(module)
    exercises = next(p.exercises for p in COURSE.parts if p.name == part)
    assert found.failed == 0
    assert found.attempted >= len(exercises)
