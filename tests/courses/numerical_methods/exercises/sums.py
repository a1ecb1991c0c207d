# %% [markdown]
# # Sums, sequences and chance

# %%
import numpy as np

# %% [markdown]
# ## The trapezoidal rule
# Cut the area under $f$ into $n$ strips of one width $h$, and take each for a trapezoid: between
# neighbours $x_i$ and $x_{i+1}$ it has the area $h \, (f(x_i) + f(x_{i+1})) / 2$.


# %%
def trapezoid(f, a, b, n):
    """The integral of f from a to b by n trapezoids.

    Parameters
    ----------
    f : function of one number
    a, b : float
    n : int
        How many strips.

    Returns
    -------
    float
    """
    # Not allowed here: numpy.trapezoid, numpy.trapz.
    raise NotImplementedError("write trapezoid here")


# %% [markdown]
# ## Primes
# A whole number above 1 is prime if no smaller prime divides it. It is enough to try those whose
# square is not larger than the number.


# %%
def primes(n):
    """The primes below n, as a list, from the smallest.

    Parameters
    ----------
    n : int

    Returns
    -------
    list of int
    """
    raise NotImplementedError("write primes here")


# %% [markdown]
# ## A sequence without an end
# A generator yields one value after another, for as long as somebody asks.


# %%
def collatz(n):
    """Yields n, then what follows: half of an even number, three times an odd one plus 1.

    It never stops: after 1 come 4, 2, 1 again.

    Parameters
    ----------
    n : int

    Yields
    ------
    int
    """
    raise NotImplementedError("write collatz here")


# %% [markdown]
# ## A random walk
# Start at 0, and go one step up or down each time. All chance comes from the generator that is
# handed over, so a walk can be repeated.


# %%
def walk(rng, n):
    """The places after each of n steps, drawn by rng.choice([-1, 1], size=n).

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int

    Returns
    -------
    array (n,) of int
    """
    raise NotImplementedError("write walk here")


# %% [markdown]
# ## Several answers
# A dict gives each of them a name.


# %%
def describe(x):
    """Some numbers in a few words.

    Parameters
    ----------
    x : array (n,) of floats

    Returns
    -------
    dict
        `mean`, a float; `range`, the smallest and the largest as a tuple; `count`, an int; `sign`,
        one of the texts "positive", "negative" and "mixed".
    """
    raise NotImplementedError("write describe here")


# %% [markdown]
# ## An eigenvector
# $A v = \lambda v$ fixes $v$ only up to its length, and even a unit vector up to its sign: any one
# is right.


# %%
def eigenvector(A):
    """A unit vector that A stretches by its largest eigenvalue.

    Parameters
    ----------
    A : array (n, n) of floats
        Symmetric.

    Returns
    -------
    array (n,)
        Of length 1, with either sign.
    """
    raise NotImplementedError("write eigenvector here")
