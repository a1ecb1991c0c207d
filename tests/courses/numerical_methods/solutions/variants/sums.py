"""Right answers in other ways."""

import itertools

import numpy as np


def trapezoid__pairs(f, a, b, n):
    h = (b - a) / n
    return sum(h * (f(a + i * h) + f(a + (i + 1) * h)) / 2 for i in range(n))


def primes__sieve(n):
    sieve = np.ones(max(n, 2), dtype=bool)
    sieve[:2] = False
    for p in range(2, int(n**0.5) + 1):
        sieve[p * p :: p] = False
    return np.flatnonzero(sieve[:n])


def primes__tuple(n):
    return tuple(p for p in range(2, n) if all(p % q for q in range(2, p)))


class collatz__class:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        before = self.n
        self.n = before // 2 if before % 2 == 0 else 3 * before + 1
        return before


def walk__accumulate(rng, n):
    return list(itertools.accumulate(int(step) for step in rng.choice([-1, 1], size=n)))


def describe__python(x):
    low, high = float(min(x)), float(max(x))
    sign = "mixed" if low <= 0 <= high else "positive" if low > 0 else "negative"
    return {"count": len(x), "sign": sign, "mean": float(sum(x)) / len(x), "range": [low, high]}


def eigenvector__other_sign(A):
    return -np.linalg.eigh(A)[1][:, -1]


def eigenvector__power(A):
    shifted = A + 2 * len(A) * np.eye(len(A)) * np.abs(A).max()
    v = np.ones(len(A)) + np.arange(len(A)) / 7
    for _ in range(20000):
        v = shifted @ v
        v /= np.linalg.norm(v)
    return v
