"""Answers to part 1 by people who learned from blog posts, forums and other frameworks' notes.

Right and wrong ones; the docstring of a wrong one says what is wrong with it.
"""

import math

import numpy as np

# --- softmax ----------------------------------------------------------------------------------


def softmax__right__einsum(Z):
    p = np.exp(np.subtract(Z, np.amax(Z)))
    return np.einsum("k,->k", p, 1 / np.einsum("k->", p))


def softmax__right__pairwise_differences(Z):
    Z = np.asarray(Z, dtype=np.float64)
    with np.errstate(over="ignore"):
        return 1 / np.exp(Z[None, :] - Z[:, None]).sum(axis=1)


def softmax__right__logaddexp(Z):
    return np.exp(Z - np.logaddexp.reduce(np.asarray(Z, float)))


def softmax__right__column_then_ravel(Z):
    col = np.array(Z, dtype=float).reshape(-1, 1)
    col = np.exp(col - col.max(axis=0, keepdims=True))
    return (col / col.sum(axis=0, keepdims=True)).ravel()


def softmax__wrong__divided_by_largest(Z):
    """The exponentials are divided by the largest of them instead of their sum."""
    e = np.exp(Z - Z.max())
    return e / e.max()


def softmax__wrong__divided_by_mean(Z):
    """Mean for sum: K times too large."""
    e = np.exp(Z - Z.max())
    return e / e.mean()


def softmax__wrong__shifted_by_sum(Z):
    """Shifted by the sum of the logits, which under- or overflows for logits far from zero."""
    e = np.exp(Z - Z.sum())
    return e / e.sum()


def softmax__wrong__written_into(Z):
    """Writes the result into its argument."""
    Z -= Z.max()
    np.exp(Z, out=Z)
    Z /= Z.sum()
    return Z


def softmax__wrong__log_softmax(Z):
    """Returns the logarithm of the shares."""
    m = Z.max()
    return Z - m - np.log(np.exp(Z - m).sum())


def softmax__wrong__base_two(Z):
    """Powers of 2 for powers of e."""
    e = 2.0 ** (Z - Z.max())
    return e / e.sum()


def softmax__wrong__base_ten_unshifted(Z):
    """Powers of 10, and no shift."""
    return 10.0**Z / sum(10.0**Z)


def softmax__wrong__half(Z):
    """Computes in float16."""
    z = Z.astype(np.float16)
    e = np.exp(z - z.max())
    return e / e.sum()


def softmax__wrong__with_logits(Z):
    """Returns a tuple."""
    e = np.exp(Z - Z.max())
    return e / e.sum(), Z


def softmax__wrong__printed(Z):
    """Prints, returns nothing."""
    e = np.exp(Z - Z.max())
    print(e / e.sum())


def softmax__wrong__column(Z):
    """Returns a column (K, 1)."""
    e = np.exp(Z - Z.max()).reshape(-1, 1)
    return e / e.sum(axis=0)


def softmax__wrong__running_total(Z):
    """Divides by the sum so far: the division belongs below the loop."""
    e = np.exp(Z - Z.max())
    s, total = np.zeros(len(Z)), 0.0
    for k in range(len(Z)):
        total += e[k]
        s[k] = e[k] / total
    return s


def softmax__wrong__one_short(Z):
    """The sum runs over range(K - 1)."""
    e = np.exp(Z - Z.max())
    total = sum(e[k] for k in range(len(Z) - 1))
    return e / total


def softmax__wrong__epsilon_below(Z):
    """1e-6 is added to the sum."""
    e = np.exp(Z - Z.max())
    return e / (e.sum() + 1e-6)


def softmax__wrong__sigmoid(Z):
    """The logistic function."""
    return 1 / (1 + np.exp(-Z))


def softmax__wrong__sigmoid_normalised(Z):
    """Logistic function of each, divided by their sum."""
    s = 1 / (1 + np.exp(-Z))
    return s / s.sum()


def softmax__wrong__unit_length(Z):
    """Divided by the Euclidean length of the exponentials, not their sum."""
    e = np.exp(Z - Z.max())
    return e / np.linalg.norm(e)


def softmax__wrong__soft_min_unshifted(Z):
    """Sign of the exponent, and the shift makes it overflow."""
    e = np.exp(-(Z - Z.max()))
    return e / e.sum()


def softmax__wrong__argmax(Z):
    """One-hot of the largest."""
    s = np.zeros(len(Z))
    s[np.argmax(Z)] = 1
    return s


def softmax__wrong__squares(Z):
    """Squares in place of exponentials."""
    return Z**2 / np.sum(Z**2)


def softmax__wrong__shift_into_integers(Z):
    """Shares are stored in an array of Z's dtype: zero for whole-number logits."""
    out = np.empty_like(Z)
    m = max(Z)
    total = sum(math.exp(z - m) for z in Z)
    for k, z in enumerate(Z):
        out[k] = math.exp(z - m) / total
    return out


def softmax__wrong__returns_exponentials(Z):
    """The division is forgotten."""
    return np.exp(Z - Z.max())


def softmax__wrong__clipped_logits(Z):
    """Logits are clipped to +-500 before exp, unshifted."""
    e = np.exp(np.clip(Z, -500, 500))
    return e / e.sum()


# --- sm_dir -----------------------------------------------------------------------------------


def sm_dir__right__diagflat(S):
    s = np.asarray(S).reshape(-1, 1)
    return np.diagflat(s) - np.dot(s, s.T)


def sm_dir__right__comprehension(S):
    n = len(S)
    return [[S[i] * (1 - S[i]) if i == j else -S[i] * S[j] for j in range(n)] for i in range(n)]


def sm_dir__right__broadcast(S):
    return S[:, None] * (np.eye(S.size) - S)


def sm_dir__right__fill_diagonal(S):
    J = -np.multiply.outer(S, S)
    J[np.diag_indices(len(S))] += S
    return J


def sm_dir__wrong__vector(S):
    """The diagonal only, as a vector."""
    return S * (1.0 - S)


def sm_dir__wrong__inner_for_outer(S):
    """S @ S is one number; the outer product is wanted."""
    return np.diag(S) - np.dot(S, S.T)


def sm_dir__wrong__kronecker_missing(S):
    """S_t (1 - S_i) everywhere: the indicator is forgotten."""
    n = len(S)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            J[i, j] = S[i] * (1 - S[j])
    return J


def sm_dir__wrong__sign_off_diagonal(S):
    """Off the diagonal the sign is wrong."""
    n = len(S)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            J[i, j] = S[i] * (1 - S[i]) if i == j else S[i] * S[j]
    return J


def sm_dir__wrong__off_by_one(S):
    """The column loop ends one early: the last column stays zero."""
    n = len(S)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n - 1):
            J[i, j] = S[i] * ((i == j) - S[j])
    return J


def sm_dir__wrong__starts_at_one(S):
    """The row loop starts at 1: the first row stays zero."""
    n = len(S)
    J = np.zeros((n, n))
    for i in range(1, n):
        for j in range(n):
            J[i, j] = S[i] * ((i == j) - S[j])
    return J


def sm_dir__wrong__same_index(S):
    """-S_i S_i off the diagonal: i for j."""
    n = len(S)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            J[i, j] = S[i] * (1 - S[i]) if i == j else -S[i] * S[i]
    return J


def sm_dir__wrong__upper_only(S):
    """Only j >= i is filled."""
    n = len(S)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(i, n):
            J[i, j] = S[i] * ((i == j) - S[j])
    return J


def sm_dir__wrong__early_return(S):
    """return inside the outer loop: only the first row."""
    n = len(S)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            J[i, j] = S[i] * ((i == j) - S[j])
        return J
    return None


def sm_dir__wrong__of_logits(S):
    """Takes S for logits: softmax first."""
    e = np.exp(S - S.max())
    p = e / e.sum()
    return np.diag(p) - np.outer(p, p)


def sm_dir__wrong__eye_and_negated(S):
    """Identity for diag(S), and the sign is wrong."""
    return np.outer(S, S) - np.eye(len(S))


def sm_dir__wrong__summed_rows(S):
    """Sums the matrix over its rows."""
    return (np.diag(S) - np.outer(S, S)).sum(axis=0)


def sm_dir__wrong__times_upstream(S):
    """Multiplied by S once more, as in a backward pass."""
    return (np.diag(S) - np.outer(S, S)) @ S


def sm_dir__wrong__integers(S):
    """An array of ints drops the fractions."""
    n = len(S)
    J = np.zeros((n, n), dtype=int)
    for i in range(n):
        for j in range(n):
            J[i, j] = S[i] * ((i == j) - S[j])
    return J


def sm_dir__wrong__three_axes(S):
    """A batch axis of one is left in front."""
    s = S[np.newaxis, :]
    return np.einsum("ij,jk->ijk", s, np.eye(S.size)) - np.einsum("ij,ik->ijk", s, s)


def sm_dir__wrong__diagonal_view(S):
    """Adds S to the diagonal through S's own buffer: S is changed."""
    J = -np.outer(S, S)
    S += J.diagonal()
    np.fill_diagonal(J, S)
    return J


def sm_dir__wrong__squared_diagonal(S):
    """The diagonal is S - S everywhere squared wrongly: S*(S - 1), sign slip on the diagonal."""
    J = -np.outer(S, S)
    for i in range(len(S)):
        J[i, i] = S[i] * (S[i] - 1)
    return J
