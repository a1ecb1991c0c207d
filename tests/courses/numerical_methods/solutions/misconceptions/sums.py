"""Mistakes that students make; each docstring is the hint."""

import numpy as np


def _y(f, a, b, n):
    return np.array([f(x) for x in np.linspace(a, b, n + 1)])


def trapezoid__ends_in_full(f, a, b, n):
    """You count the first and the last value in full; each belongs to one trapezoid only."""
    return (b - a) / n * _y(f, a, b, n).sum()


def trapezoid__left_ends(f, a, b, n):
    """You take the left end of each strip for its height; a trapezoid takes the mean of both."""
    return (b - a) / n * _y(f, a, b, n)[:-1].sum()


def trapezoid__points_for_strips(f, a, b, n):
    """You cut the interval at n points, which makes n - 1 strips; n strips have n + 1 points."""
    if n < 2:
        return 0.0
    y = _y(f, a, b, n - 1)
    return (b - a) / (n - 1) * (y.sum() - (y[0] + y[-1]) / 2)


def primes__one(n):
    """You count 1 as a prime; primes begin with 2."""
    return [p for p in range(1, n) if all(p % q for q in range(2, p))]


def primes__with_n(n):
    """You go up to n itself; the exercise asks for the primes below n."""
    return [p for p in range(2, n + 1) if all(p % q for q in range(2, p))]


def primes__squares(n):
    """You stop trying just before the square root: squares of primes pass for primes."""
    return [p for p in range(2, n) if all(p % q for q in range(2, int(p**0.5)))]


def primes__odd(n):
    """You take every odd number for a prime; 9 is 3 times 3."""
    return [2, *range(3, n, 2)][: max(n - 2, 0)]


def collatz__without_n(n):
    """You yield the next number first; the sequence begins with n itself."""
    while True:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        yield n


def collatz__halves(n):
    """You divide with /, which makes floats of whole numbers that are odd; use // for halves."""
    while True:
        yield n
        n = n / 2 if n % 2 else 3 * n + 1


def collatz__stops(n):
    """Your generator stops at 1; the sequence goes on with 4, 2, 1."""
    while True:
        yield n
        if n == 1:
            return
        n = n // 2 if n % 2 == 0 else 3 * n + 1


def walk__steps(rng, n):
    """You return the steps; the exercise asks for the places, their running sum."""
    return rng.choice([-1, 1], size=n)


def walk__own_generator(rng, n):
    """You draw from a generator of your own; draw from the one that is handed over."""
    return np.cumsum(np.random.default_rng(0).choice([-1, 1], size=n))


def walk__from_zero(rng, n):
    """You list the start too; the exercise asks for the places after each step."""
    return np.concatenate([[0], np.cumsum(rng.choice([-1, 1], size=n))])


def _describe(x, **other):
    sign = "positive" if x.min() > 0 else "negative" if x.max() < 0 else "mixed"
    right = {"mean": x.mean(), "range": (x.min(), x.max()), "count": x.size, "sign": sign}
    return right | other


def describe__middle(x):
    """`mean` is the middle of the range; the mean is the sum divided by the count."""
    return _describe(x, mean=(x.min() + x.max()) / 2)


def describe__ends(x):
    """`range` holds the first and the last number; it should be the smallest and the largest."""
    return _describe(x, range=(x[0], x[-1]))


def describe__sign_of_the_mean(x):
    """`sign` is that of the mean; it should say "mixed" unless all numbers are on one side of 0."""
    return _describe(x, sign="positive" if x.mean() > 0 else "negative")


def eigenvector__first(A):
    """You take the first of the vectors, which belongs to the smallest eigenvalue."""
    return np.linalg.eigh(A)[1][:, 0]


def eigenvector__row(A):
    """You take a row of the matrix of eigenvectors; they are its columns."""
    return np.linalg.eigh(A)[1][-1]


def eigenvector__any_length(A):
    """Your vector points the right way but does not have length 1: divide it by its norm."""
    return 2 * np.linalg.eigh(A)[1][:, -1]
