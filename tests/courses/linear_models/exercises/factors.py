# %% [markdown]
# # Factorisations
# A *factorisation* writes a matrix as a product of simpler ones. It is rarely unique: signs may be
# chosen freely. So these answers are judged by what they have to satisfy.

# %%
import numpy as np

# %% [markdown]
# ## QR by reflections
# $X = Q R$, where the columns of $Q$ are *orthonormal* ($Q^T Q = I$) and $R$ is *upper triangular*:
# zero below its diagonal.
#
# The Gram-Schmidt method makes each column orthogonal to those before it. Where columns are almost
# parallel, little more than rounding error is left of them, and $Q$ is not orthogonal any more.
# Householder's method does not have this problem. For each column in turn, let $x$ be what is in
# it from the diagonal down. The reflection $H = I - 2 v v^T$, with $v$ the unit vector along
# $x \pm \lVert x \rVert e_1$, maps $x$ onto the first axis. Take the sign of $x_1$, so that nothing
# cancels. Multiply $R$ from the left and $Q$ from the right by each $H$.
#
# The product of a right $Q$ and $R$ earns half of the points even if $Q$ is not orthogonal.


# %%
def qr(X):
    """A QR factorisation of X in its reduced form.

    Parameters
    ----------
    X : array (n, d)
        With n >= d, and linearly independent columns.

    Returns
    -------
    Q : array (n, d)
        With orthonormal columns.
    R : array (d, d)
        Upper triangular, with Q @ R = X. Its diagonal may have any signs.
    """
    raise NotImplementedError("write qr here")


# %% [markdown]
# ## Least squares by QR
# With $X = Q R$ the normal equations $X^T X \, w = X^T y$ become $R w = Q^T y$. The product
# $X^T X$, which doubles the number of digits that are lost, is never formed: where columns are
# almost parallel, QR still gives weights that the normal equations cannot.


# %%
def qr_least_squares(X, y):
    """The weights with the smallest squared error, by way of a QR factorisation of X.

    Parameters
    ----------
    X : array (n, d)
        With n >= d, and linearly independent columns, which may be almost parallel.
    y : array (n,)

    Returns
    -------
    array (d,)
    """
    raise NotImplementedError("write qr_least_squares here")


# %% [markdown]
# ## A square root of a matrix
# A symmetric matrix with positive eigenvalues, such as a covariance, is $A = B^T B$ for many $B$.
# The inverse of such a $B$ turns correlated features into uncorrelated ones. One choice is the
# transpose of Cholesky's triangular factor, another one comes from the eigenvectors.


# %%
def square_root(A):
    """A matrix B with B.T @ B = A.

    Parameters
    ----------
    A : array (n, n)
        Symmetric, with positive eigenvalues.

    Returns
    -------
    array (n, n)
        Any such B.
    """
    raise NotImplementedError("write square_root here")
