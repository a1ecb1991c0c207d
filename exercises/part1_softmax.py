# %% [markdown]
# # Part 1: The softmax function
#
# A classifier ends with one number per class. Softmax turns these numbers into probabilities.
# After this part you can
#
# - say what softmax does to its input, and why adding a constant to the input changes nothing,
# - write it so that no input makes it overflow,
# - derive its derivative, a $K \times K$ matrix, and write it in one line,
# - check a derivative against the function itself.
#
# | symbol | shape | what it is |
# |---|---|---|
# | `Z` | `(K,)` | logits: one number per class, of any sign and size |
# | `S` | `(K,)` | probabilities, `S = softmax(Z)` |
#
# $K$ is the number of classes. Indices count from 0, as in numpy.
#
# > **What other texts write differently.** Formulas and code from elsewhere may be right there and
# > wrong here, since the same letters mean other things:
# >
# > - *Rows of a batch.* Many texts treat N examples at once, one in each row, with `axis=1` and
# >   `keepdims=True`. Here `Z`, `S`, `x` and `y` are single vectors with one axis, until `fit`.
# > - *Columns.* Others write vectors as columns of shape `(K, 1)`. Here their shape is `(K,)`.
# > - *What the derivative takes.* `sm_dir` takes the probabilities `S`, not the logits.
# > - *Labels as numbers.* `y = 2` is class 2 in many texts, and is used as an index. Here `y` has
# >   one number for each class, such as `(0, 0, 1, 0, 0)`, and may be spread over several.
# > - *Weights.* `W` has the shape `(D, K)` and the logits are `W.T @ x`. Others write `(K, D)` and
# >   `W @ x`, and add a bias `b`; here a bias is an input that is always 1.
# > - *Which derivative.* $S - y$ is the derivative of the loss with respect to the logits,
# >   $dXE/dZ$. With respect to the probabilities, $dXE/dS$, it is $-y / S$: that is `xe_dir`.
# > - *Averages and penalties.* A loss that is divided by K or N, or to which a multiple of the
# >   squared weights is added (weight decay), has another derivative. Here only `fit` takes a mean,
# >   over the rows, and nothing is added.

# %%
import numpy as np
from workbench import class_labels, gradient_check, numeric_derivative, show, worked_example

from pictures import draw_heat_maps

# %% [markdown]
# ## `softmax`: from logits to probabilities
#
# Probabilities are positive and sum to 1. Logits are neither, so softmax does two things: it makes
# every number positive with the exponential, and divides by the sum.
#
# $$S_i = \frac{e^{Z_i}}{\sum_{k=0}^{K-1} e^{Z_k}}, \qquad
#   Z \in \mathbb{R}^K,\; S \in \mathbb{R}^K$$
#
# **A small example.** Let $Z = (0, \ln 2, \ln 5)$. The exponentials are $(1, 2, 5)$, their sum
# is 8, and $S = (0.125, 0.25, 0.625)$. The order is kept: the largest logit gets the largest
# probability.
#
# **Only differences count.** Add the same number $c$ to every logit:
#
# $$\frac{e^{Z_i + c}}{\sum_k e^{Z_k + c}}
#   = \frac{e^c \, e^{Z_i}}{e^c \sum_k e^{Z_k}} = S_i$$
#
# The factor $e^c$ is in every term, and cancels. In the example, $(10, 10 + \ln 2, 10 + \ln 5)$
# gives the same three probabilities.
#
# **The trap: overflow.** The largest number that a float64 holds is about $1.8 \cdot 10^{308}$,
# and $e^{710}$ is larger. `np.exp(710.0)` is therefore `inf`, and `inf / inf` is `nan`. Very
# negative logits fail the other way: $e^{-1000}$ is rounded to 0, and if all terms are 0 the
# division is 0/0. Neither is the fault of the formula, whose result is harmless: for
# $Z = (1000, 1000)$ it is $(0.5, 0.5)$.
#
# You are free to choose $c$. It has to do two things: keep every exponent small enough not to
# overflow, and keep at least one exponent large enough that the sum is not 0. Find a $c$, computed
# from $Z$ itself, that guarantees both for every $Z$.


# %%
def softmax(Z):
    """Turn logits into probabilities.

    S_i = exp(Z_i) / sum_k exp(Z_k)

    Works for all finite logits, however large or negative: a term that is too small for a float
    is 0, and nothing overflows.

    Parameters
    ----------
    Z : array (K,)
        Logits, floats or whole numbers. Left as it is.

    Returns
    -------
    array (K,)
        Probabilities: none is negative, and they sum to 1.

    Examples
    --------
    >>> print(softmax(np.array([0.354, 0.418, 0.482, 0.546, 0.16])).round(6))
    [0.190914 0.203531 0.216983 0.231324 0.157247]
    >>> print(softmax(np.array([1000.0, 1000.0])))
    [0.5 0.5]
    """
    raise NotImplementedError("write softmax here")


# %% [markdown]
# The worked example of the whole course is a layer with three inputs and five classes. Part 2
# explains where its logits come from; here they are just five numbers. They should give
# 0.190914, 0.203531, 0.216983, 0.231324, 0.157247.

# %%
if __name__ == "__main__":
    x, W, y = worked_example()
    Z = W.T @ x
    show("Z", lambda: Z)
    show("softmax(Z)", lambda: softmax(Z))
    show("the same, 5 added to each logit", lambda: softmax(Z + 5.0))

# %% [markdown]
# ## `sm_dir`: the derivative of softmax
#
# Softmax has $K$ inputs and $K$ outputs, and every input moves every output: a larger $Z_i$ gives
# class $i$ a larger probability, so the others get less. The derivative is a matrix of shape
# $(K, K)$ whose entry in row $t$, column $i$ is the slope of output $t$ along input $i$:
#
# $$(\mathrm{sm\_dir})_{t,i} = \frac{\partial S_t}{\partial Z_i}$$
#
# Write $S_t = N_t / \Sigma$ with $N_t = e^{Z_t}$ and $\Sigma = \sum_k e^{Z_k}$, two numbers. The
# quotient rule says
#
# $$\frac{\partial S_t}{\partial Z_i}
#   = \frac{\frac{\partial N_t}{\partial Z_i} \, \Sigma
#     - N_t \, \frac{\partial \Sigma}{\partial Z_i}}{\Sigma^2}$$
#
# Both derivatives are short. The sum $\Sigma$ has one term with $Z_i$ in it, so
# $\partial \Sigma / \partial Z_i = e^{Z_i}$ always. $N_t$ has $Z_i$ in it only where $t = i$.
#
# *Where $t = i$:*
#
# $$\frac{\partial S_i}{\partial Z_i} = \frac{e^{Z_i} \, \Sigma - e^{Z_i} e^{Z_i}}{\Sigma^2}
#   = \frac{e^{Z_i}}{\Sigma} \cdot \frac{\Sigma - e^{Z_i}}{\Sigma} = S_i \, (1 - S_i)$$
#
# *Where $t \ne i$:*
#
# $$\frac{\partial S_t}{\partial Z_i} = \frac{0 - e^{Z_t} e^{Z_i}}{\Sigma^2} = -\, S_t \, S_i$$
#
# With $\mathbb{1}[i = t]$, which is 1 where $i = t$ and 0 elsewhere, both are one formula:
#
# $$\frac{\partial S_t}{\partial Z_i} = S_t \, (\mathbb{1}[i = t] - S_i)$$
#
# **A small example.** For $K = 2$ and $S = (0.25, 0.75)$:
#
# $$\begin{pmatrix} 0.25 \cdot 0.75 & -0.25 \cdot 0.75 \\
#   -0.75 \cdot 0.25 & 0.75 \cdot 0.25 \end{pmatrix}
#   = \begin{pmatrix} 0.1875 & -0.1875 \\ -0.1875 & 0.1875 \end{pmatrix}$$
#
# Three things can be seen without a computer. The exponentials are gone: only $S$ is needed, which
# is why `sm_dir` takes `S`. The matrix is symmetric. And every row and every
# column sums to 0: for a column, because the outputs always sum to 1, so what one gains the others
# lose; for a row, because adding the same number to every logit changes nothing.
#
# To write it without loops, look for one matrix that holds the products $S_t S_i$ of all pairs, and
# for another one that is nonzero only where $i = t$.


# %%
def sm_dir(S):
    """The derivative of softmax with respect to its logits, dS/dZ.

    Entry [t, i] = dS_t / dZ_i = S_t * (1[i = t] - S_i)

    Parameters
    ----------
    S : array (K,)
        Probabilities, as softmax returns them: floats. Left as it is.

    Returns
    -------
    array (K, K)
        Row t belongs to output t, column i to logit i. Also for K = 1 it has two axes.

    Examples
    --------
    >>> print(sm_dir(np.array([0.25, 0.75])))
    [[ 0.1875 -0.1875]
     [-0.1875  0.1875]]
    """
    raise NotImplementedError("write sm_dir here")


# %% [markdown]
# ## Check yourself
#
# A derivative can be checked without knowing any formula: move one input a little, and see how far
# the outputs move.
#
# $$\frac{\partial S_t}{\partial Z_i} \approx
#   \frac{\mathrm{softmax}(Z + h e_i)_t - \mathrm{softmax}(Z - h e_i)_t}{2h}$$
#
# Here $h$ is small and $e_i$ is the vector with a 1 at place $i$. `gradient_check(f, df, x)` does
# this for every input, and once more along a random direction. It prints the measured slope
# next to yours. The picture below shows the measured matrix (expected), yours (got), and the
# difference: red is positive, blue negative, and the difference should be blank.

# %%
if __name__ == "__main__":
    gradient_check(softmax, lambda Z: sm_dir(softmax(Z)), Z)
    draw_heat_maps(
        lambda: numeric_derivative(softmax, Z),
        lambda: sm_dir(softmax(Z)),
        rows=[f"S of {name}" for name in class_labels(5)],
        columns=[f"Z of {name}" for name in class_labels(5)],
        title="sm_dir on the worked example",
    )

# %% [markdown]
# ## Where this goes wrong
#
# - It works for small logits and gives `nan` for large ones. Try 1000, -1000, and both at once.
# - Only the diagonal is filled, or everything but the diagonal. Sum a row: it has to be 0.
# - It works for five classes and fails for one or two, or for 300.
# - The function changes its argument, and the caller's next line gets wrong numbers.
