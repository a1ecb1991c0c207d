# %% [markdown]
# # Part 2: The layer
#
# Before softmax come the weights. This part asks how the layer's output changes when one weight
# changes. After it you can
#
# - number the weights of a layer in one list, and find any weight in it,
# - write the derivative of the logits with respect to all weights,
# - chain two derivative matrices, and check by their shapes whether the product can be right,
# - replace the product of two large matrices with a formula that never builds them.
#
# | symbol | shape | what it is |
# |---|---|---|
# | `x` | `(D,)` | one input vector with `D` features |
# | `W` | `(D, K)` | weights: row `j` belongs to input `j`, column `i` to class `i` |
# | `Z` | `(K,)` | logits, `Z = W.T @ x` |
# | `S` | `(K,)` | the layer's output, `softmax(Z)` |

# %%
import numpy as np
from workbench import (
    class_labels,
    class_major,
    gradient_check,
    show,
    weight_labels,
    weights_of,
    worked_example,
)

from part1_softmax import sm_dir, softmax
from pictures import draw_heat_maps

# %% [markdown]
# ## The layout: every weight gets one number
#
# A derivative matrix has one column (or row) per input of the function. Here the inputs are the
# $D \cdot K$ weights, so they need an order. The course uses the **class-major** order: first all
# weights of class 0, then all of class 1, and so on.
#
# $$\text{weight } W_{j,i} \text{ has the number } i \cdot D + j$$
#
# For $D = 3$ inputs and $K = 2$ classes:
#
# | number | 0 | 1 | 2 | 3 | 4 | 5 |
# |---|---|---|---|---|---|---|
# | class `i` | 0 | 0 | 0 | 1 | 1 | 1 |
# | input `j` | 0 | 1 | 2 | 0 | 1 | 2 |
# | weight | `W[0, 0]` | `W[1, 0]` | `W[2, 0]` | `W[0, 1]` | `W[1, 1]` | `W[2, 1]` |
#
# The order walks *down the columns* of $W$. numpy's `ravel` and `reshape` walk *along the rows*
# unless told otherwise, so `W.ravel()` is another order: its number 1 is `W[0, 1]`. This is a
# trap, since no error warns you: both lists have the same length. You meet it again in part 4.
# `workbench` has `class_major(W)` and `weights_of(flat, D, K)`, which convert there and back by the
# definition.

# %%
if __name__ == "__main__":
    x, W, y = worked_example()
    Z = W.T @ x
    show("W", lambda: W)
    show("W, class by class", lambda: class_major(W))
    show("W.ravel(), input by input", lambda: W.ravel())

# %% [markdown]
# ## `z_dir`: the logits and the weights
#
# One logit is one sum: $Z_k = \sum_{j} W_{j,k} \, x_j$, for each of the $K$ classes. Differentiate
# with respect to the weight $W_{j,i}$ of input $j$ and class $i$. The sum for $Z_k$ holds weights
# of class $k$ only, so
#
# $$\frac{\partial Z_k}{\partial W_{j,i}} = \begin{cases} x_j & i = k \\ 0 & i \ne k \end{cases}$$
#
# Put weight $W_{j,i}$ in row $i \cdot D + j$ and logit $k$ in column $k$, and this is a matrix of
# shape $(D \cdot K, K)$. For $D = 2$, $K = 3$ and $x = (5, 7)$:
#
# $$\frac{dZ}{dW} = \begin{pmatrix}
#   5 & 0 & 0 \\ 7 & 0 & 0 \\ 0 & 5 & 0 \\ 0 & 7 & 0 \\ 0 & 0 & 5 \\ 0 & 0 & 7 \end{pmatrix}$$
#
# Column $k$ holds one copy of $x$, which starts in row $k \cdot D$. All else is 0.
#
# **About the shape.** The article this course follows speaks of a matrix $(K, D \cdot K)$ in its
# text, one row per output, and builds $(D \cdot K, K)$ in its code, one row per weight. The
# exercise asks for the code's shape. Where you need the other one, transpose.


# %%
def z_dir(Z, W, x):
    """The derivative of the logits with respect to the weights, dZ/dW.

    Entry [i*D + j, k] = dZ_k / dW[j, i] = x_j if i = k, else 0

    Parameters
    ----------
    Z : array (K,)
        Logits, Z = W.T @ x: floats.
    W : array (D, K)
        Weights, floats. Z and W are there for their shapes; their values do not matter.
    x : array (D,)
        The input, floats or whole numbers. All arguments are left as they are.

    Returns
    -------
    array (D*K, K)
        Row i*D + j belongs to weight W[j, i], column k to logit k.

    Examples
    --------
    >>> print(z_dir(np.zeros(3), np.zeros((2, 3)), np.array([5.0, 7.0])))
    [[5. 0. 0.]
     [7. 0. 0.]
     [0. 5. 0.]
     [0. 7. 0.]
     [0. 0. 5.]
     [0. 0. 7.]]
    """
    raise NotImplementedError("write z_dir here")


# %% [markdown]
# ## `l_dir`: the layer by the chain rule
#
# A weight moves the logits, and the logits move the output. The chain rule adds up all the ways
# from weight $W_{j,i}$ to output $S_t$, one through each logit:
#
# $$\frac{\partial S_t}{\partial W_{j,i}}
#   = \sum_{k=0}^{K-1} \frac{\partial S_t}{\partial Z_k} \, \frac{\partial Z_k}{\partial W_{j,i}}$$
#
# A sum over a shared index is a product of matrices. Call the first factor $DS$; it has shape
# $(K, K)$ with row $t$ and column $k$. The second factor has to have row $k$ and column
# $i \cdot D + j$: that is the *transpose* of $DZ$, which `z_dir` returns with one row per weight.
#
# $$DL = DS \cdot DZ^{\mathsf T}, \qquad (K, D \cdot K) = (K, K) \cdot (K, D \cdot K)$$
#
# The shapes decide: $DZ \cdot DS$ has a shape as well, $(D \cdot K, K)$, but its entries are in
# other places; and for $D = 1$ all four ways to multiply have the same shape. Write the two factors
# with their indices before you trust a shape.
#
# **A small example.** $K = 2$, $D = 1$, $x = (3)$, $S = (0.25, 0.75)$. Then
# $DS = \begin{pmatrix} 0.1875 & -0.1875 \\ -0.1875 & 0.1875 \end{pmatrix}$,
# $DZ = \begin{pmatrix} 3 & 0 \\ 0 & 3 \end{pmatrix}$, and every entry of $DL$ is $\pm 0.5625$.
#
# **The columns of $DL$ sum to zero.** Column $i \cdot D + j$ lists what one weight does to all $K$
# outputs. They always sum to 1, so their changes sum to 0:
# $\sum_t \partial S_t / \partial W_{j,i} = \partial 1 / \partial W_{j,i} = 0$. Some texts
# say that the update of a weight is the sum of its column. That sum is 0 for every layer and every
# input, so nothing would ever be learnt. The outputs have to be *weighted* before they are added;
# part 3 finds the right weights.


# %%
def l_dir(DS, DZ):
    """The derivative of the layer with respect to its weights, by the chain rule: DL = dS/dW.

    DL[t, i*D + j] = sum_k DS[t, k] * DZ[i*D + j, k]

    Works for any two matrices of these shapes, not only for those of a layer.

    Parameters
    ----------
    DS : array (K, K)
        dS/dZ in floats, as sm_dir returns it: row t belongs to output t. Left as it is.
    DZ : array (D*K, K)
        dZ/dW in floats, as z_dir returns it: row i*D + j belongs to weight W[j, i]. Left as it
        is.

    Returns
    -------
    array (K, D*K)
        Row t belongs to output t, column i*D + j to weight W[j, i].

    Examples
    --------
    >>> DS = np.array([[0.1875, -0.1875], [-0.1875, 0.1875]])
    >>> DZ = np.array([[3.0, 0.0], [5.0, 0.0], [0.0, 3.0], [0.0, 5.0]])
    >>> print(l_dir(DS, DZ))
    [[ 0.5625  0.9375 -0.5625 -0.9375]
     [-0.5625 -0.9375  0.5625  0.9375]]
    """
    raise NotImplementedError("write l_dir here")


# %% [markdown]
# On the worked example, the first row of $DL$ begins with 0.015447, 0.077233, 0.061786, -0.003886,
# and the columns sum to 0.

# %%
if __name__ == "__main__":
    show("DL", lambda: l_dir(sm_dir(softmax(Z)), z_dir(Z, W, x)))
    show(
        "the sums of its columns",
        lambda: l_dir(sm_dir(softmax(Z)), z_dir(Z, W, x)).sum(axis=0),
    )

# %% [markdown]
# ## `l_dir_shortcut`: the same without the large matrices
#
# $DZ$ is nearly all zeros: of its $D \cdot K \cdot K$ entries, $D \cdot K$ are not. In the sum of
# the chain rule, $\partial Z_k / \partial W_{j,i}$ is 0 unless $k = i$, so one of the $K$ terms is
# left:
#
# $$\frac{\partial S_t}{\partial W_{j,i}}
#   = \frac{\partial S_t}{\partial Z_i} \; x_j = S_t \, (\mathbb{1}[i = t] - S_i) \; x_j$$
#
# Every entry is one number of part 1's matrix times one number of $x$. The long way multiplies
# $K \cdot K \cdot D \cdot K$ pairs of numbers, the short way $K \cdot D \cdot K$. For a layer with
# $D = 1000$ inputs and $K = 1000$ classes that is $10^{12}$ against $10^{9}$.
#
# The article returns this matrix the other way up, one row per weight: shape $(D \cdot K, K)$, with
# weight $W_{j,i}$ in row $i \cdot D + j$ and output $t$ in column $t$. So does the exercise: its
# transpose is `DL`.
#
# **A small example.** $S = (0.25, 0.75)$ and $x = (3, 5)$. Row 2 belongs to class $i = 1$, input
# $j = 0$: its entries are $0.25 \cdot (0 - 0.75) \cdot 3 = -0.5625$ for $t = 0$ and
# $0.75 \cdot (1 - 0.75) \cdot 3 = 0.5625$ for $t = 1$.


# %%
def l_dir_shortcut(W, S, x):
    """The derivative of the layer with respect to its weights, without building dZ/dW.

    Entry [i*D + j, t] = dS_t / dW[j, i] = S_t * (1[i = t] - S_i) * x_j

    Parameters
    ----------
    W : array (D, K)
        Weights, floats in any memory order. There for their shape; their values do not matter.
    S : array (K,)
        The layer's output, S = softmax(W.T @ x): floats.
    x : array (D,)
        The input, floats or whole numbers. All arguments are left as they are.

    Returns
    -------
    array (D*K, K)
        Row i*D + j belongs to weight W[j, i], column t to output t. Its transpose is DL.

    Examples
    --------
    >>> print(l_dir_shortcut(np.zeros((2, 2)), np.array([0.25, 0.75]), np.array([3.0, 5.0])))
    [[ 0.5625 -0.5625]
     [ 0.9375 -0.9375]
     [-0.5625  0.5625]
     [-0.9375  0.9375]]
    """
    raise NotImplementedError("write l_dir_shortcut here")


# %% [markdown]
# ## Check yourself
#
# Seen as a function of all weights, the layer takes a list of $D \cdot K$ numbers and returns $K$.
# Its derivative has shape $(K, D \cdot K)$, and both of your ways should agree with it. The picture
# compares them with each other: the long way on the left, the shortcut in the middle.

# %%
if __name__ == "__main__":

    def output(flat):
        return softmax(weights_of(flat, *W.shape).T @ x)

    def long_way(flat):
        Z = weights_of(flat, *W.shape).T @ x
        return l_dir(sm_dir(softmax(Z)), z_dir(Z, W, x))

    def short_way(flat):
        return l_dir_shortcut(W, output(flat), x).T

    gradient_check(output, long_way, class_major(W))
    gradient_check(output, short_way, class_major(W))
    draw_heat_maps(
        lambda: long_way(class_major(W)),
        lambda: short_way(class_major(W)),
        rows=class_labels(5),
        columns=weight_labels(3, 5),
        title="DL on the worked example: the chain rule, the shortcut",
    )

# %% [markdown]
# ## Where this goes wrong
#
# - The numbers are right but in the wrong places: the inputs are counted before the classes, or
#   the index is `i*K + j` instead of `i*D + j`. With $D = K$ the latter does not show: try $D = 2$,
#   $K = 3$.
# - The matrix is transposed. For $D = 1$ the shape does not show it.
# - It works for three inputs and five classes, and nothing else: there is a 3 or a 5 in the code.
# - With one input or one class an axis vanishes: `squeeze` and `dot` drop axes that you still need.
# - An array that is filled entry by entry was created with `np.empty`, or with whole numbers.
# - `is` compares identity, not value. For large indices the two differ.
