"""Functions that the exercises work on: students call them, and need not write any."""

import math


def cube(x):
    """x**3 - 2, which is 0 at the cube root of 2."""
    return x**3 - 2


def cube_slope(x):
    return 3 * x**2


def falling(x):
    """Falls from 1 at 0 to below 0 at 2; its root is 0.7390851."""
    return math.cos(x) - x


def straight(x):
    return x - 1


def bump(x):
    return math.exp(-x * x) + x
