"""Mistakes that students make; each docstring is the hint."""


def bisect__other_half(f, a, b, steps):
    """You keep the half in which the sign does not change; the root is in the other one."""
    for _ in range(steps):
        m = (a + b) / 2
        if f(a) * f(m) <= 0:
            a = m
        else:
            b = m
    return (a + b) / 2


def bisect__left_end(f, a, b, steps):
    """You return the left end of the bracket; the exercise asks for its middle."""
    for _ in range(steps):
        m = (a + b) / 2
        a, b = (a, m) if f(a) * f(m) <= 0 else (m, b)
    return a


def bisect__rising_only(f, a, b, steps):
    """You assume that f rises. Compare the sign of f(middle) with that of f(a) instead."""
    for _ in range(steps):
        m = (a + b) / 2
        a, b = (m, b) if f(m) < 0 else (a, m)
    return (a + b) / 2


def bisect__one_step_more(f, a, b, steps):
    """You halve the bracket once too often: `steps` says how many times."""
    for _ in range(steps + 1):
        m = (a + b) / 2
        a, b = (a, m) if f(a) * f(m) <= 0 else (m, b)
    return (a + b) / 2


def newton__plus(f, derivative, x, tolerance=1e-12, most=50):
    """You add the step; Newton's method subtracts f(x) / f'(x)."""
    for _ in range(most):
        step = f(x) / derivative(x)
        x = x + step
        if abs(step) < tolerance or not abs(x) < 1e6:
            break
    return x


def newton__one_step(f, derivative, x, tolerance=1e-12, most=50):
    """You take one step and stop. Go on until a step is smaller than the tolerance."""
    return x - f(x) / derivative(x)


def newton__no_abs(f, derivative, x, tolerance=1e-12, most=50):
    """You compare the step itself: a negative one is always below the tolerance. Take its size."""
    for _ in range(most):
        step = f(x) / derivative(x)
        x = x - step
        if step < tolerance:
            break
    return x


def newton__stops_too_soon(f, derivative, x, tolerance=1e-12, most=50):
    """You stop before the last step is taken: subtract it first, then look at its size."""
    for _ in range(most):
        step = f(x) / derivative(x)
        if abs(step) < tolerance:
            break
        x = x - step
    return x


class _Bisector:
    def __init__(self, f, a, b):
        self.f, self.a, self.b = f, a, b

    def root(self):
        return (self.a + self.b) / 2

    def halve(self):
        m = self.root()
        if self.f(self.a) * self.f(m) <= 0:
            self.b = m
        else:
            self.a = m


class Bisector__returns_the_middle(_Bisector):
    """step() returns the middle; the exercise asks for the bracket, as (a, b)."""

    def step(self):
        self.halve()
        return self.root()


class Bisector__forgets(_Bisector):
    """step() does not keep the smaller bracket: store it in self.a and self.b."""

    def step(self):
        a, b = self.a, self.b
        self.halve()
        found = self.a, self.b
        self.a, self.b = a, b
        return found


class Bisector__left_end(_Bisector):
    """root() returns the left end of the bracket; the exercise asks for its middle."""

    def step(self):
        self.halve()
        return self.a, self.b

    def root(self):
        return self.a

    def halve(self):
        m = (self.a + self.b) / 2
        if self.f(self.a) * self.f(m) <= 0:
            self.b = m
        else:
            self.a = m
