"""Right answers to part 1, written in other ways than the reference: each earns full marks.

A function is named `exercise__manner`. Parameters may have any names: answers are called by
position.
"""

import functools
import math

import numpy as np

# --- softmax ----------------------------------------------------------------------------------


def softmax__list(logits):
    """Plain Python floats, returned as a list."""
    top = max(logits)
    powers = [math.exp(z - top) for z in logits]
    total = sum(powers)
    return [p / total for p in powers]


def softmax__tuple(z):
    top = max(z)
    total = math.fsum(math.exp(value - top) for value in z)
    return tuple(math.exp(value - top) / total for value in z)


def softmax__by_the_logarithm(a):
    """exp(Z - log sum exp Z), the sum in logarithms."""
    return np.exp(a - np.logaddexp.reduce(np.asarray(a, dtype=float)))


def softmax__shifted_further(Z):
    """Any shift that keeps exp from overflowing is as good as the maximum."""
    shifted = np.asarray(Z) - np.max(Z) - 1.5
    return np.exp(shifted) / np.sum(np.exp(shifted))


def softmax__loops(Z):
    """Here k counts the classes."""
    K, largest = len(Z), max(Z)
    powers, S = np.zeros(K), np.zeros(K)
    for k in range(K):
        powers[k] = math.exp(Z[k] - largest)
    total = 0.0
    for k in range(K):
        total += powers[k]
    for k in range(K):
        S[k] = powers[k] / total
    return S


def softmax__differences(Z):
    return [1.0 / sum(math.exp(min(b - a, 709.0)) for b in Z) for a in Z]


def softmax__longdouble(Z):
    E = np.exp(np.asarray(Z, dtype=np.longdouble) - np.max(Z))
    return E / E.sum()


def softmax__base_two(Z):
    """The same powers, to the base 2 with scaled exponents."""
    E = np.exp2((Z - np.max(Z)) * np.log2(np.e))
    return E / E.sum()


def softmax__row_of_a_batch(Z):
    """A batch of one, whose only row is returned: a view."""
    Z = np.atleast_2d(Z)
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return (E / E.sum(axis=-1, keepdims=True))[0]


def softmax__read_only(Z):
    E = np.exp(Z - np.max(Z))
    E /= E.sum()
    E.flags.writeable = False
    return E


def softmax__reversed_view(Z):
    """A view with a negative stride."""
    E = np.exp(Z - np.max(Z))[::-1].copy()
    return (E / E.sum())[::-1]


def softmax__every_other(Z):
    """A view that skips every other number."""
    E = np.empty(2 * len(Z))
    E[::2] = np.exp(Z - np.max(Z))
    return E[::2] / E[::2].sum()


def softmax__positional_only(z, /):
    e = np.exp(z - np.max(z))
    return np.divide(e, np.add.reduce(e))


def softmax__more_parameters(Z, axis=-1, *, base=np.e):
    """Parameters beyond those asked for have defaults."""
    E = np.power(base, Z - np.max(Z, axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def softmax__any_arguments(*arguments):
    (Z,) = arguments
    E = np.exp(Z - np.max(Z))
    return E / E.sum()


softmax__lambda = lambda Z: np.exp(Z - np.max(Z)) / np.exp(Z - np.max(Z)).sum()  # noqa: E731 -- a student's manner


def _power_shares(base, Z):
    E = base ** (Z - np.max(Z))
    return E / E.sum()


softmax__partial = functools.partial(_power_shares, math.e)


class _Softmax:
    def __call__(self, Z):
        E = np.exp(Z - np.max(Z))
        return E / E.sum()


softmax__callable_object = _Softmax()


def _counted(function):
    """A decorator that does not keep the name and signature of what it wraps."""

    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


@_counted
def softmax__decorated(Z):
    E = np.exp(Z - np.max(Z))
    return E / E.sum()


def softmax__cached_by_value(Z):
    """State between calls does no harm where it cannot change an answer."""
    return np.array(_cached(tuple(float(z) for z in Z)))


@functools.cache
def _cached(Z):
    return softmax__list(Z)


def softmax__works_on_a_copy(Z):
    Z = np.array(Z, dtype=float)
    Z -= Z.max()
    np.exp(Z, out=Z)
    Z /= Z.sum()
    return Z


def softmax__subclass(Z):
    """An array of a class of its own."""

    class Shares(np.ndarray):
        pass

    E = np.exp(Z - np.max(Z))
    return (E / E.sum()).view(Shares)


def softmax__warns(Z):
    """A warning costs nothing."""
    import warnings

    warnings.warn("computing softmax", stacklevel=1)
    with np.errstate(over="warn"):
        np.exp(np.float64(1000.0))
    E = np.exp(Z - np.max(Z))
    return E / E.sum()


def softmax__prints(Z):
    print("Z =", Z)
    E = np.exp(Z - np.max(Z))
    return E / E.sum()


# --- sm_dir -----------------------------------------------------------------------------------


def sm_dir__loops(S):
    """Here t counts the outputs, i counts the logits."""
    K = len(S)
    J = np.zeros((K, K))
    for t in range(K):
        for i in range(K):
            J[t, i] = S[t] * ((1 if i == t else 0) - S[i])
    return J


def sm_dir__list_of_lists(s):
    s = list(map(float, s))
    return [[a * ((i == t) - b) for i, b in enumerate(s)] for t, a in enumerate(s)]


def sm_dir__tuple_of_arrays(S):
    return tuple(np.where(np.arange(len(S)) == t, S[t], 0.0) - S[t] * S for t in range(len(S)))


def sm_dir__einsum(S):
    return np.einsum("t,ti->ti", S, np.eye(len(S)) - S)


def sm_dir__matrix(S):
    column = np.matrix(S).T
    return np.matrix(np.diag(S)) - column * column.T


def sm_dir__broadcast(S):
    return S[:, None] * (np.identity(S.shape[0]) - S[None, :])


def sm_dir__column_major(S):
    return np.asfortranarray(np.diag(S) - np.multiply.outer(S, S))


def sm_dir__transposed_view(S):
    """The matrix is symmetric, so its transpose is as good."""
    return (np.diag(S) - np.outer(S, S)).T


def sm_dir__diagonal_last(S):
    J = -np.outer(S, S)
    J[np.diag_indices_from(J)] += S
    return J


def sm_dir__stacked_rows(S):
    return np.stack([np.eye(len(S))[t] * S[t] - S[t] * S for t in range(len(S))])


def sm_dir__complex_step(S):
    """The imaginary part of softmax at logits with a tiny imaginary part: exact to the last digit.

    The logarithm of S is a vector of logits that softmax turns into S.
    """
    Z, h = np.log(S), 1e-30
    J = np.empty((len(S), len(S)))
    for i in range(len(S)):
        shifted = Z.astype(complex)
        shifted[i] += 1j * h
        E = np.exp(shifted)
        J[:, i] = (E / E.sum()).imag / h
    return J


def sm_dir__complex_dtype(S):
    """A complex array whose imaginary part is zero."""
    return (np.diag(S) - np.outer(S, S)).astype(complex)


def sm_dir__longdouble(S):
    S = np.asarray(S, dtype=np.longdouble)
    return np.diag(S) - np.outer(S, S)


def sm_dir__quotient_rule(S):
    """From the two terms of the quotient rule, with exponentials in the ratio of the shares."""
    E = S / S.max()
    total = E.sum()
    return np.diag(E) / total - np.outer(E, E) / total**2


def sm_dir__masked_where(S):
    same = np.equal.outer(np.arange(S.size), np.arange(S.size))
    return np.where(same, S * (1 - S), -np.outer(S, S))


def sm_dir__generator_function(S):
    def rows():
        for t, share in enumerate(S):
            row = -share * S
            row[t] += share
            yield row

    return np.array(list(rows()))


sm_dir__staticmethod = type("Derivatives", (), {"of": staticmethod(sm_dir__einsum)}).of
