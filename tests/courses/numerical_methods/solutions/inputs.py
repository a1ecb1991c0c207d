"""The recipes of course.yaml. A function among the values is one of the support file."""

import numpy as np
from functions import bump, cube, cube_slope, straight
from functions import falling as falling_function


def cube_root(steps):
    return {"f": cube, "a": 0.0, "b": 2.0, "steps": steps}


def bracket(rng, steps):
    """A bracket of the cube root of 2, of any width."""
    a, b = 1.0 - rng.random(), 1.5 + rng.random()
    return {"f": cube, "a": float(a), "b": float(b), "steps": steps}


def falling(rng, steps):
    return {"f": falling_function, "a": -float(rng.random()), "b": 1.5, "steps": steps}


def met(steps):
    """The first middle is the root."""
    return {"f": straight, "a": 0.0, "b": 2.0, "steps": steps}


def class_bracket():
    return {"f": cube, "a": 0.0, "b": 2.0}


def newton_start():
    """`tolerance` and `most` are left out, so their defaults are used."""
    return {"f": cube, "derivative": cube_slope, "x": 1.5}


def newton_starts(rng):
    return {"f": cube, "derivative": cube_slope, "x": float(rng.uniform(0.4, 6.0))}


def newton_limit(most):
    """From the left: the first step goes up, so its sign shows."""
    return {"f": cube, "derivative": cube_slope, "x": 0.75, "most": most}


def newton_coarse(rng):
    x = float(rng.uniform(2.0, 6.0))
    return {"f": cube, "derivative": cube_slope, "x": x, "tolerance": 0.25}


def area(rng, n):
    a = float(rng.uniform(-2.0, 0.0))
    return {"f": bump, "a": a, "b": a + float(rng.uniform(1.0, 3.0)), "n": n}


def below(n):
    return {"n": n}


def chance(rng, n):
    return {"rng": np.random.default_rng(int(rng.integers(2**32))), "n": n}


def numbers(rng, n):
    return {"x": rng.normal(loc=2.0, size=n)}


def symmetric(rng, n):
    """Symmetric, with eigenvalues that are far enough apart, the largest not the first."""
    Q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    values = np.arange(1.0, n + 1.0) + 0.25 * rng.random(n)
    values[0] = -n - 2.0  # largest in magnitude, yet the smallest
    A = (Q * values) @ Q.T
    return {"A": (A + A.T) / 2}


def edges(turn):
    """Numbers at and next to the bounds between positive, negative and mixed."""
    pairs = [(0.0, 2.0), (0.5, 2.0), (-2.0, 0.0), (-2.0, 0.5), (-0.5, -0.25)]
    return {"x": np.array(pairs[turn - 1])}
