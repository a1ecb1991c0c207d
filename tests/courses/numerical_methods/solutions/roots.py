# %% [markdown]
# # Roots of functions
# A *root* of $f$ is an $x$ with $f(x) = 0$. If $f(a)$ and $f(b)$ have different signs, a continuous
# $f$ has a root in between: $[a, b]$ is a *bracket*.

# %%


# %% [markdown]
# ## Bisection
# Halve the bracket, and keep the half in which the sign changes. For $f(x) = x - 1$ on $[0, 3]$ the
# middle is 1.5, where $f$ is positive as at 3: the root lies in $[0, 1.5]$.

# %%
def bisect(f, a, b, steps):
    """The middle of the bracket after it was halved some times.

    Keep the left half where f(a) * f(middle) <= 0, else the right one.

    Parameters
    ----------
    f : function of one number
    a, b : float
        A bracket: f(a) and f(b) have different signs.
    steps : int
        How many times to halve it.

    Returns
    -------
    float
    """
    for _ in range(steps):
        middle = (a + b) / 2
        if f(a) * f(middle) <= 0:
            b = middle
        else:
            a = middle
    return (a + b) / 2


# %% [markdown]
# ## Newton's method
# Follow the tangent to where it is zero: $x - f(x) / f'(x)$, and again from there. Close to a root
# each step doubles the number of right digits.


# %%
def newton(f, derivative, x, tolerance=1e-12, most=50):
    """Newton's method from x.

    Stops after a step that is smaller than `tolerance`, or after `most` steps.

    Parameters
    ----------
    f, derivative : functions of one number
    x : float
        Where to start.
    tolerance : float
    most : int

    Returns
    -------
    float
    """
    for _ in range(most):
        step = f(x) / derivative(x)
        x = x - step
        if abs(step) < tolerance:
            break
    return x


# %% [markdown]
# ## Bisection, step by step
# A class keeps the bracket, so that its user decides how far to go.


# %%
class Bisector:
    """A bracket of a root, which can be halved.

    Bisector(f, a, b) keeps its bracket as the attributes a and b.
    """

    def __init__(self, f, a, b):
        self.f = f
        self.a = a
        self.b = b

    def step(self):
        """Halve the bracket as `bisect` does, and return it as (a, b)."""
        middle = self.root()
        if self.f(self.a) * self.f(middle) <= 0:
            self.b = middle
        else:
            self.a = middle
        return self.a, self.b

    def root(self):
        """The middle of the bracket."""
        return (self.a + self.b) / 2
