# %% [markdown]
# # Models and their fit
# A *linear model* predicts a number from features: each row of $X$ holds the features of one
# observation, and $w$ holds a weight for each feature. With $n$ rows and $d$ features, $X$ is
# $(n, d)$, $w$ is $(d,)$ and the observed values $y$ are $(n,)$.

# %%
import numpy as np

# %% [markdown]
# ## Predictions
# $\hat y = X w + b$, where $b$ is the *intercept*: what the model predicts if all features are 0.
# For features $(1, 2)$, weights $(3, 4)$ and the intercept 5 that is $3 + 8 + 5 = 16$.


# %%
def predict(X, w, intercept=0.0):
    """The predictions of a linear model.

    Parameters
    ----------
    X : array (n, d)
    w : array (d,)
    intercept : float

    Returns
    -------
    array (n,)
    """
    return X @ w + intercept


# %% [markdown]
# ## How good is a fit?
# $R^2 = 1 - \sum_i (y_i - \hat y_i)^2 \,/\, \sum_i (y_i - \bar y)^2$, where $\bar y$ is the mean of
# $y$. It is 1 for perfect predictions, 0 for predicting the mean every time, and negative for
# predictions that are worse than that.


# %%
def r_squared(y, predicted):
    """The coefficient of determination.

    Parameters
    ----------
    y : array (n,)
        What was observed; not all values are equal.
    predicted : array (n,)

    Returns
    -------
    float
    """
    residual = y - predicted
    spread = y - y.mean()
    return 1 - residual @ residual / (spread @ spread)


# %% [markdown]
# ## The gradient
# The *mean squared error* is $\frac{1}{n} \sum_i (x_i \cdot w - y_i)^2$. Its derivative with
# respect to $w$ is $\frac{2}{n} X^T (X w - y)$: it points where the error grows fastest, so a step
# against it makes the fit better.


# %%
def gradient(X, y, w):
    """The gradient of the mean squared error with respect to w.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
    w : array (d,)

    Returns
    -------
    array (d,)
    """
    return 2 / len(y) * X.T @ (X @ w - y)


# %% [markdown]
# ## The normal equations
# The error is smallest where its gradient is zero: $X^T X \, w = X^T y$. These are $d$ linear
# equations for $d$ weights. Solve them; an inverse is slower and less exact.


# %%
def normal_equations(X, y):
    """The weights with the smallest squared error.

    Parameters
    ----------
    X : array (n, d)
        Its columns are linearly independent.
    y : array (n,)

    Returns
    -------
    array (d,)
    """
    return np.linalg.solve(X.T @ X, X.T @ y)


# %% [markdown]
# ## Ridge regression
# With more features than rows, many weights fit perfectly. *Ridge regression* prefers small ones:
# it minimises $\lVert X w - y \rVert^2 + \lambda \lVert w \rVert^2$, which leads to
# $(X^T X + \lambda I) \, w = X^T y$. For $\lambda > 0$ there is always exactly one solution.


# %%
def ridge(X, y, strength):
    """The weights of ridge regression, which has no intercept here.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
    strength : float
        The factor of the squared weights, above 0.

    Returns
    -------
    array (d,)
    """
    return np.linalg.solve(X.T @ X + strength * np.eye(X.shape[1]), X.T @ y)


# %% [markdown]
# ## A model with an intercept, as a function
# An intercept is the weight of a feature that is 1 in every row. A function that is made inside
# another one remembers the variables around it: such a *closure* keeps the fitted weights, so
# that its caller needs nothing but new features.


# %%
def predictor(X, y):
    """Fits a linear model with an intercept by least squares.

    Parameters
    ----------
    X : array (n, d)
        Its columns, and a column of ones, are linearly independent.
    y : array (n,)

    Returns
    -------
    function
        It takes new, an array (m, d), and returns its predictions, an array (m,).
    """
    b, *w = normal_equations(np.column_stack([np.ones(len(X)), X]), y)

    def of(new):
        return predict(new, w, b)

    return of
