# %% [markdown]
# # Part 3: The loss
#
# The layer gives probabilities. The loss says in one number how bad they are, given what was true.
# After this part you can
#
# - say what cross-entropy measures, and compute it without `nan`,
# - derive how it changes with each probability,
# - chain that with the layer, down to the weights,
# - derive the short formula that all of it collapses to, and say what it saves.
#
# | symbol | shape | what it is |
# |---|---|---|
# | `S` | `(K,)` | probabilities, the layer's output |
# | `y` | `(K,)` | the truth: 1 for the right class, 0 for the others |
# | `DXE` | `(K,)` | dXE/dS, the derivative of the loss with respect to the probabilities |
# | `DL` | `(K, D*K)` | dS/dW from part 2, weights in class-major order |
#
# `y` may also spread over several classes, as a *soft label*: positive numbers that sum to 1.

# %%
import numpy as np
from workbench import (
    class_labels,
    class_major,
    gradient_check,
    numeric_derivative,
    show,
    weights_of,
    worked_example,
)

from part1_softmax import sm_dir, softmax
from part2_layer import l_dir, z_dir
from pictures import draw_heat_maps

# %% [markdown]
# ## `x_entropy`: one number for how wrong we are
#
# $$XE(y, S) = -\sum_{c=0}^{K-1} y_c \, \ln S_c, \qquad y, S \in \mathbb{R}^K,\; XE \in \mathbb{R}$$
#
# With a one-hot $y$ a single term is left, $-\ln S_r$ for the right class $r$. It is 0 when the
# layer is sure and right ($S_r = 1$), and grows without bound as $S_r$ goes to 0. The logarithm is
# the natural one.
#
# **A small example.** $S = (0.25, 0.75)$. If class 1 is right, $XE = -\ln 0.75 \approx 0.2877$; if
# class 0 is, $XE = -\ln 0.25 \approx 1.3863$. For the soft label $y = (0.5, 0.5)$ it is the mean of
# the two, 0.8370.
#
# **The trap: the logarithm of zero.** In part 1 you saw a probability become exactly 0, because it
# was too small for a float. `np.log(0.0)` is `-inf`, and where $y_c$ is 0 the term is
# `0 * -inf`, which is `nan`. One `nan` makes the whole sum `nan`. What *should* the term be? With
# $y_c = 0$ it is $0 \cdot \ln S_c = 0$ for every $S_c > 0$, however small, so its limit is 0:
# the class was not the right one, and got no probability. There is nothing to punish.
#
# Do not add a small number to $S$ to get rid of the zero. A probability of $10^{-30}$ where the
# truth is 1 is a loss of 69.08, and it has to stay 69.08: with $10^{-8}$ added it would be 18.42.


# %%
def x_entropy(y, S):
    """The cross-entropy between the truth and the probabilities.

    XE = -sum_c y_c * ln(S_c), where a term with y_c = 0 is 0, also where S_c is exactly 0

    Parameters
    ----------
    y : array (K,)
        The truth, one-hot or soft: not negative, with sum 1; floats or whole numbers. Left as
        it is.
    S : array (K,)
        Probabilities, floats; positive wherever y is. Left as it is.

    Returns
    -------
    float
        The loss, a single number of at least 0.

    Examples
    --------
    >>> print(round(float(x_entropy(np.array([0.0, 1.0]), np.array([0.25, 0.75]))), 6))
    0.287682
    >>> print(abs(float(x_entropy(np.array([0.0, 1.0]), np.array([0.0, 1.0])))))
    0.0
    """
    raise NotImplementedError("write x_entropy here")


# %% [markdown]
# On the worked example, where class 2 is right, the loss is 1.5279347484961026.

# %%
if __name__ == "__main__":
    x, W, y = worked_example()
    Z = W.T @ x
    show("loss", lambda: x_entropy(y, softmax(Z)))

# %% [markdown]
# ## `xe_dir`: the loss and the probabilities
#
# The loss is one number, so its derivative with respect to $S$ has one entry per
# probability, shape $(K,)$. In the sum, $S_i$ appears in one term, and the derivative of $\ln S_i$
# is $1 / S_i$:
#
# $$\frac{\partial XE}{\partial S_i}
#   = -\frac{\partial}{\partial S_i} \sum_c y_c \ln S_c = -\frac{y_i}{S_i}$$
#
# With a one-hot $y$ all entries but one are 0. The one that is left is negative: more probability
# for the right class means less loss. For $y = (0, 1)$ and $S = (0.25, 0.75)$ it is
# $(0, -1.3333)$.
#
# Here the zero strikes again. Where $S_i$ and $y_i$ are both exactly 0, the quotient is 0/0, which
# is `nan` as well. The term of the loss is 0 around there whatever $S_i$ is, so its slope is 0.


# %%
def xe_dir(y, S):
    """The derivative of the cross-entropy with respect to the probabilities, dXE/dS.

    Entry [i] = -y_i / S_i, and 0 where y_i = 0, also where S_i is exactly 0

    Parameters
    ----------
    y : array (K,)
        The truth, one-hot or soft; floats or whole numbers. Left as it is.
    S : array (K,)
        Probabilities, floats; positive wherever y is. Left as it is.

    Returns
    -------
    array (K,)
        None of its entries is positive.

    Examples
    --------
    >>> print(xe_dir(np.array([0.5, 0.5]), np.array([0.25, 0.75])).round(4))
    [-2.     -0.6667]
    """
    raise NotImplementedError("write xe_dir here")


# %% [markdown]
# ## `w_dir`: from the loss down to the weights
#
# Chain once more. A weight changes all $K$ outputs, and each output changes the loss:
#
# $$\frac{\partial XE}{\partial W_{j,i}}
#   = \sum_{t=0}^{K-1} \frac{\partial XE}{\partial S_t} \, \frac{\partial S_t}{\partial W_{j,i}}$$
#
# The first factor is entry $t$ of $DXE$, the second is $DL$ in row $t$ and column $i \cdot D + j$.
# So this is a row vector times a matrix: $(D \cdot K,) = (K,) \cdot (K, D \cdot K)$.
#
# Here are the weights that part 2 was missing. Adding up the rows of $DL$ as they are gives 0. The
# rows have to be weighted by $DXE$ first, and for a one-hot $y$ that picks a single row, the one
# of the right class, and scales it with $-1 / S_r$.
#
# **A small example.** $DXE = (-2, 0)$ and
# $DL = \begin{pmatrix} 0.5 & 1 & -0.5 & -1 \\ -0.5 & -1 & 0.5 & 1 \end{pmatrix}$ give
# $(-1, -2, 1, 2)$: the loss falls when the weights of class 0 grow.


# %%
def w_dir(DXE, DL):
    """The derivative of the loss with respect to the weights, by the chain rule: dXE/dW.

    Entry [n] = sum_t DXE[t] * DL[t, n], for every weight n = i*D + j

    Works for any vector and matrix of these shapes, not only for those of a layer.

    Parameters
    ----------
    DXE : array (K,)
        dXE/dS in floats, as xe_dir returns it. Left as it is.
    DL : array (K, D*K)
        dS/dW in floats, as l_dir returns it: row t belongs to output t. Left as it is.

    Returns
    -------
    array (D*K,)
        Entry i*D + j belongs to weight W[j, i].

    Examples
    --------
    >>> DL = np.array([[0.5, 1.0, -0.5, -1.0], [-0.5, -1.0, 0.5, 1.0]])
    >>> print(w_dir(np.array([-2.0, 0.0]), DL))
    [-1. -2.  1.  2.]
    """
    raise NotImplementedError("write w_dir here")


# %% [markdown]
# ## `xe_dir_shortcut`: where it all collapses
#
# Put the formulas of part 2 and of this part into the chain, and simplify. The probability $S_t$
# cancels:
#
# $$\frac{\partial XE}{\partial W_{j,i}}
#   = \sum_t -\frac{y_t}{S_t} \cdot S_t \, (\mathbb{1}[i = t] - S_i) \, x_j
#   = -x_j \sum_t y_t \, (\mathbb{1}[i = t] - S_i)$$
#
# Split the sum. $\sum_t y_t \, \mathbb{1}[i = t]$ is just $y_i$. In $\sum_t y_t \, S_i$ the factor
# $S_i$ does not depend on $t$, and $\sum_t y_t = 1$, so that sum is $S_i$:
#
# $$\frac{\partial XE}{\partial W_{j,i}} = -x_j \, (y_i - S_i) = (S_i - y_i) \, x_j$$
#
# What the layer said, minus what was true, times the input. There is one such number for each pair
# of a class and an input; in class-major order they are a list of shape $(D \cdot K,)$. Nothing is
# divided and no logarithm is taken, so no zero can hurt. It holds for soft labels too: we only used
# that $y$ sums to 1.
#
# **A small example.** $S = (0.25, 0.75)$, $y = (1, 0)$, $x = (2, 4)$. The differences are
# $(-0.75, 0.75)$, and the four entries, class by class, are $(-1.5, -3, 1.5, 3)$.
#
# **What it saves.** A layer with $D = 45$ inputs and $K = 1500$ classes has 67,500 weights. Its
# $DL$ has $1500 \cdot 67{,}500$ entries, 810 MB, and $DZ$ as many. The result has 67,500, half
# a megabyte. One test group uses just this layer, and the long way does not fit its memory.


# %%
def xe_dir_shortcut(W, S, x, y):
    """The derivative of the loss with respect to the weights, in one step.

    Entry [i*D + j] = dXE / dW[j, i] = (S_i - y_i) * x_j

    Builds nothing that is larger than the weights.

    Parameters
    ----------
    W : array (D, K)
        Weights, floats in any memory order. There for their shape; their values do not matter.
    S : array (K,)
        The layer's output, S = softmax(W.T @ x): floats.
    x : array (D,)
        The input, floats or whole numbers.
    y : array (K,)
        The truth, one-hot or soft; floats or whole numbers. All arguments are left as they are.

    Returns
    -------
    array (D*K,)
        Entry i*D + j belongs to weight W[j, i].

    Examples
    --------
    >>> S, y = np.array([0.25, 0.75]), np.array([1.0, 0.0])
    >>> print(xe_dir_shortcut(np.zeros((2, 2)), S, np.array([2.0, 4.0]), y))
    [-1.5 -3.   1.5  3. ]
    """
    raise NotImplementedError("write xe_dir_shortcut here")


# %% [markdown]
# ## Check yourself
#
# The gradient of the worked example begins with 0.01909135, 0.09545676, 0.07636541, 0.02035314.
# First the derivative with respect to the probabilities is checked, then the gradient with respect
# to the weights, both ways. The picture shows the measured gradient (expected) next to yours (got),
# one row per class, one column per input.

# %%
if __name__ == "__main__":
    D, K = W.shape

    def loss(flat):
        return x_entropy(y, softmax(weights_of(flat, D, K).T @ x))

    def chain(flat):
        Z = weights_of(flat, D, K).T @ x
        S = softmax(Z)
        return w_dir(xe_dir(y, S), l_dir(sm_dir(S), z_dir(Z, W, x)))

    def shortcut(flat):
        return xe_dir_shortcut(W, softmax(weights_of(flat, D, K).T @ x), x, y)

    soft = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    gradient_check(
        lambda S: x_entropy(soft, S), lambda S: xe_dir(soft, S), [0.3, 0.1, 0.2, 0.2, 0.2]
    )
    gradient_check(loss, chain, class_major(W))
    gradient_check(loss, shortcut, class_major(W))
    draw_heat_maps(
        lambda: numeric_derivative(loss, class_major(W)).reshape(K, D),
        lambda: np.reshape(shortcut(class_major(W)), (K, D)),
        rows=class_labels(K),
        columns=[f"input {j}" for j in range(D)],
        title="the gradient of the worked example",
    )

# %% [markdown]
# ## Where this goes wrong
#
# - It is right for one-hot labels and wrong for soft ones: somewhere only the largest entry of `y`,
#   or of `S`, is used instead of all of `y`.
# - A tiny number is added to `S`, or `S` is clipped. Compute the loss of a probability of 1e-30.
# - `nan`, where a probability is exactly 0.
# - The logarithm has another base, or the sum became a mean. The worked example shows both.
# - Whole-number labels: an array created like `y` can hold only whole numbers.
# - The numbers are right, but the order is input by input, not class by class.
