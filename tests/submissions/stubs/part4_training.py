# %% [markdown]
# # Part 4: Training
#
# The first three parts ended with a gradient. This one puts it to use. After it you can
#
# - put the gradient into the layout of the weights, and say what goes wrong otherwise,
# - write one step of gradient descent,
# - train a layer on a batch of examples,
# - watch it learn to tell three species of iris apart.
#
# | symbol | shape | what it is |
# |---|---|---|
# | `x`, `y` | `(D,)`, `(K,)` | one example: its features, its truth |
# | `X`, `Y` | `(N, D)`, `(N, K)` | a batch: `N` examples, one in each row |
# | `W` | `(D, K)` | weights: row `j` belongs to input `j`, column `i` to class `i` |
# | `rate` | a number | how far a step goes, the learning rate |

# %%
import numpy as np
from workbench import gradient_check, numeric_derivative, show, worked_example

from part1_softmax import softmax
from part3_loss import x_entropy
from pictures import draw_fit, draw_heat_maps

# %% [markdown]
# ## `weight_gradient`: the gradient as a matrix
#
# Part 3 gave one number per weight, $(S_i - y_i) \, x_j$, in a list of $D \cdot K$. To subtract the
# gradient from $W$, it has to have the shape of $W$, and each number has to be at its own weight:
#
# $$G_{j,i} = \frac{\partial XE}{\partial W_{j,i}} = (S_i - y_i) \, x_j,
#   \qquad G \in \mathbb{R}^{D \times K}$$
#
# **A small example.** $S = (0.25, 0.75)$, $y = (1, 0)$, $x = (2, 4)$:
#
# $$G = \begin{pmatrix} -0.75 \cdot 2 & 0.75 \cdot 2 \\ -0.75 \cdot 4 & 0.75 \cdot 4 \end{pmatrix}
#     = \begin{pmatrix} -1.5 & 1.5 \\ -3 & 3 \end{pmatrix}$$
#
# **The trap: the right shape, the wrong places.** The list of part 3 is class-major:
# $(-1.5, -3, 1.5, 3)$. `flat.reshape(W.shape)` has the right shape, but fills it along the
# rows, and row 0 becomes $(-1.5, -3)$. The second number belongs to $W_{1,0}$ and is now at
# $W_{0,1}$. The article ends with exactly this line. No error is raised, and nothing looks odd.
#
# On the worked example the scrambled matrix differs from the true gradient by up to 0.43, and the
# cosine of the angle between the two is 0.43. A step of 1 along the true gradient takes the loss
# from 1.52793 to 1.22048; along the scrambled one only to 1.39359. So it still learns, only badly,
# which is why such a mistake can survive for years. A finite difference finds it at once.
#
# To read the list as a matrix, begin with the axis that changes slowest: in a class-major list that
# is the class. Or forget the list, and think of a table with one row per input and one column per
# class, in which every entry is a product of one number for its row and one for its column.


# %%
def weight_gradient(W, S, x, y):
    """The derivative of the loss with respect to the weights, in the layout of the weights.

    Entry [j, i] = dXE / dW[j, i] = (S_i - y_i) * x_j

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
    array (D, K)
        Row j belongs to input j, column i to class i, as in W.

    Examples
    --------
    >>> S, y = np.array([0.25, 0.75]), np.array([1.0, 0.0])
    >>> print(weight_gradient(np.zeros((2, 2)), S, np.array([2.0, 4.0]), y))
    [[-1.5  1.5]
     [-3.   3. ]]
    """
    raise NotImplementedError("write weight_gradient here")


# %% [markdown]
# Measured (expected) and derived (got), in one picture. If the two matrices have the same colours
# in other places, look at the trap again.

# %%
if __name__ == "__main__":
    x, W, y = worked_example()

    def loss(W):
        return x_entropy(y, softmax(W.T @ x))

    def gradient(W):
        S = softmax(W.T @ x)
        return weight_gradient(W, S, x, y)

    gradient_check(loss, gradient, W)
    draw_heat_maps(
        lambda: numeric_derivative(loss, W),
        lambda: gradient(W),
        rows=[f"input {j}" for j in range(3)],
        columns=[f"class {i}" for i in range(5)],
        title="the gradient in the layout of W",
    )

# %% [markdown]
# ## `train_step`: one step downhill
#
# The gradient $G$ points to where the loss grows fastest. To make the loss smaller, go the other
# way, a little: how little is the learning rate $\eta$.
#
# $$W_{\text{new}} = W - \eta \, G, \qquad (D, K) = (D, K) - (D, K)$$
#
# For a small step the loss falls by about $\eta \sum_{j,i} G_{j,i}^2$, since each weight moves by
# $-\eta \, G_{j,i}$ and the loss changes by $G_{j,i}$ per unit. With a step that is too large it
# may grow: the slope holds near $W$ only.
#
# A step takes one example and the old weights. First the layer answers, as in part 2; from its
# answer comes the gradient, and from that the new weights. They are a *new* array: whoever passed
# `W` in can still compare before and after.
#
# **A small example.** $W$ all zeros, $D = K = 2$, $x = (2, 4)$, $y = (1, 0)$. The logits are 0, so
# $S = (0.5, 0.5)$ and $G = \begin{pmatrix} -1 & 1 \\ -2 & 2 \end{pmatrix}$. With $\eta = 0.5$ the
# new weights are $\begin{pmatrix} 0.5 & -0.5 \\ 1 & -1 \end{pmatrix}$:
# class 0, the right one, gains.


# %%
def train_step(W, x, y, rate):
    """The weights after one step of gradient descent on one example.

    W_new = W - rate * dXE/dW, with the gradient at S = softmax(W.T @ x)

    Parameters
    ----------
    W : array (D, K)
        The weights before the step, floats in any memory order. Left as they are.
    x : array (D,)
        The input, floats or whole numbers. Left as it is.
    y : array (K,)
        The truth, one-hot or soft; floats or whole numbers. Left as it is.
    rate : float
        The learning rate.

    Returns
    -------
    array (D, K)
        The weights after the step, a new array.

    Examples
    --------
    >>> x, y = np.array([2.0, 4.0]), np.array([1.0, 0.0])
    >>> print(train_step(np.zeros((2, 2)), x, y, 0.5))
    [[ 0.5 -0.5]
     [ 1.  -1. ]]
    """
    raise NotImplementedError("write train_step here")


# %% [markdown]
# A step of 1 from the worked example should take the loss from 1.52793 to 1.22048.

# %%
if __name__ == "__main__":
    show("loss before", lambda: loss(W))
    show("loss after one step", lambda: loss(train_step(W, x, y, 1.0)))

# %% [markdown]
# ## `fit`: many steps on many examples
#
# With $N$ examples the loss is the *mean* of their losses, so that it does not depend on how many
# there are. A derivative of a mean is the mean of the derivatives:
#
# $$\frac{\partial}{\partial W} \, \frac{1}{N} \sum_{n=0}^{N-1} XE(y_n, S_n)
#   = \frac{1}{N} \sum_{n=0}^{N-1} G_n, \qquad S_n = \mathrm{softmax}(W^{\mathsf T} x_n)$$
#
# Here $x_n$ is row $n$ of $X$, $y_n$ is row $n$ of $Y$, and $G_n$ has shape $(D, K)$ like $W$.
# *Full-batch* gradient descent repeats: compute all $N$ gradients **at the same weights**, take
# their mean, make one step. Changing the weights after every single example is another method,
# stochastic gradient descent, with another result. So `steps` steps use each example `steps` times;
# with 0 steps the weights stay as they were.
#
# **A small example.** $D = 1$, $K = 2$, $W = (0, 0)$, $\eta = 1$. The first example is $x = 2$ of
# class 0, with $G_0 = (-1, 1)$; the second is $x = 4$ of class 1, with $G_1 = (2, -2)$. Their mean
# is $(0.5, -0.5)$, and one step gives $W = (-0.5, 0.5)$.


# %%
def fit(W, X, Y, rate, steps):
    """The weights after full-batch gradient descent.

    Each of the steps subtracts rate times the mean, over all rows, of the gradient dXE/dW; all
    gradients of a step are taken at the same weights.

    Parameters
    ----------
    W : array (D, K)
        The weights to begin with, floats in any memory order. Left as they are.
    X : array (N, D)
        The inputs, one example in each row, floats or whole numbers. Left as they are.
    Y : array (N, K)
        The truth of each example, one-hot or soft; floats or whole numbers. Left as it is.
    rate : float
        The learning rate.
    steps : int
        How many steps to make, 0 or more.

    Returns
    -------
    array (D, K)
        The final weights.

    Examples
    --------
    >>> X, Y = np.array([[2.0], [4.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> print(fit(np.zeros((1, 2)), X, Y, 1.0, 1))
    [[-0.5  0.5]]
    >>> print(fit(np.zeros((1, 2)), X, Y, 1.0, 0))
    [[0. 0.]]
    """
    raise NotImplementedError("write fit here")


# %% [markdown]
# ## Check yourself, on real flowers
#
# In 1936 R. A. Fisher published four measurements of 150 irises of three species. The picture
# trains on two of them, the length and the width of the petals.
#
# A third input is always 1. Its weights are added to the logits whatever the flower, so they
# are a *bias*: without it, all borders between the regions would have to meet at the
# origin.
#
# The loss should start at $\ln 3 \approx 1.0986$, since zero weights give each species a third,
# and fall at every step: with a rate of 0.1 it is at 0.528 after 200 steps. Before the picture, one
# step of `fit` is compared with a measured gradient: for a rate of 1, the weights before minus
# those after *are* the gradient of the mean loss.

# %%
if __name__ == "__main__":
    rng = np.random.default_rng(7)
    X, Y = rng.normal(size=(6, 3)), np.eye(4)[rng.integers(4, size=6)]

    def mean_loss(W, X, Y):
        return np.mean([x_entropy(y, softmax(W.T @ x)) for x, y in zip(X, Y, strict=True)])

    gradient_check(
        lambda W: mean_loss(W, X, Y), lambda W: W - fit(W, X, Y, 1.0, 1), rng.normal(size=(3, 4))
    )
    draw_fit(fit, mean_loss)

# %% [markdown]
# ## Where this goes wrong
#
# - The gradient has the right shape and is scrambled. Compare one entry off the diagonal.
# - The sign: the loss grows.
# - The sum over the rows instead of the mean: fine for one example, wild for 150. Or divided twice.
# - The weights change within a step, before the later rows have been computed.
# - One step too many, or too few. Try 0 steps and 1.
# - `W -= ...` changes the caller's array; with whole-number arrays it even raises.
