"""Right answers in other ways."""

from roots import Bisector


def bisect__signs(f, a, b, steps):
    left = f(a)
    for _ in range(steps):
        m = a + (b - a) / 2
        if left == 0 or f(m) == 0 or (left < 0) != (f(m) < 0):
            b = m
        else:
            a, left = m, f(m)
    return a + (b - a) / 2


def newton__while(f, derivative, x, tolerance=1e-12, most=50):
    count, step = 0, float("inf")
    while count < most and abs(step) >= tolerance:
        step = f(x) / derivative(x)
        x, count = x - step, count + 1
    return x


class Bisector__list(Bisector):
    """The bracket as a list."""

    def step(self):
        return list(super().step())
