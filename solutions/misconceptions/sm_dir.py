"""Wrong answers to sm_dir that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np


def sm_dir__diagonal_only(S):
    """You kept only the diagonal: dS_t/dZ_i is not zero for t != i.

    Raising one logit raises the denominator of every probability, so all the others fall.

    For S = (0.5, 0.5) the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    return np.diag(S * (1 - S))


def sm_dir__diagonal_of_shares(S):
    """You returned the probabilities on a diagonal: the part that comes from the denominator is
    missing.

    The quotient rule has two terms. The first gives this diagonal, the second a full matrix.

    For S = (0.5, 0.5) the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    return np.diag(S)


def sm_dir__elementwise(S):
    """You returned s(1 - s) for each class: a vector, but each probability depends on every logit.

    That is the derivative of the logistic function. Softmax has K outputs and K inputs, so its
    derivative is a K x K matrix; your numbers are its diagonal.

    For two classes there are four derivatives: dS_0/dZ_0, dS_0/dZ_1, dS_1/dZ_0, dS_1/dZ_1.
    """
    return S * (1 - S)


def sm_dir__no_indicator(S):
    """Your numbers off the diagonal are right; on it the probability itself is missing.

    For i = t the numerator depends on the logit too, which adds one more term.

    For S = (0.5, 0.5) the diagonal is 0.25, not -0.25.
    """
    return -np.outer(S, S)


def sm_dir__cases_swapped(S):
    """You swapped the two cases: your diagonal has the formula of the other entries.

    Start with i = t: the numerator depends on its own logit, which adds a term.

    For S = (0.2, 0.8) the number at [0, 0] is 0.16, and that at [0, 1] is -0.16.
    """
    J = np.outer(S, 1 - S)
    np.fill_diagonal(J, -S * S)
    return J


def sm_dir__diagonal_zero(S):
    """Your diagonal is zero: dS_t/dZ_t was left out.

    A class's own logit changes its probability most of all. The case i = t needs its own value.

    For S = (0.5, 0.5) the diagonal is 0.25.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, 0)
    return J


def sm_dir__diagonal_not_lowered(S):
    """Your diagonal holds the probability itself: the part that comes from the denominator is
    missing.

    For i = t, too, the denominator grows with the logit, which subtracts a term.

    For S = (0.5, 0.5) the diagonal is 0.25, not 0.5. Each row has to add up to zero.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, S)
    return J


def sm_dir__negated(S):
    """All your signs are flipped: the diagonal should be positive, everything else negative.

    A probability rises with its own logit and falls with every other.

    For S = (0.5, 0.5) the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    return np.outer(S, S) - np.diag(S)


def sm_dir__outer_added(S):
    """You added the product of the probabilities; subtract it.

    The sum of the exponentials is the denominator, so its derivative enters with a minus sign.

    For S = (0.5, 0.5) each row must add up to zero, since the probabilities always add up to 1.
    """
    return np.diag(S) + np.outer(S, S)


def sm_dir__off_diagonal_positive(S):
    """Off the diagonal your numbers have the right size, but they should be negative.

    Raising one logit lowers the probability of all other classes.

    For S = (0.5, 0.5) the numbers off the diagonal are -0.25.
    """
    J = np.outer(S, S)
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__diagonal_everywhere(S):
    """You used the formula of the diagonal for every pair of classes.

    The 1 in it belongs to the case i = t alone; for all other pairs it is 0.

    For S = (0.2, 0.8) the number at [0, 1] is -0.16, not 0.2 * 0.2.
    """
    return np.outer(S, 1 - S)


def sm_dir__own_share_everywhere(S):
    """You repeated each class's s(1 - s) across its whole row.

    That number is right only where t = i. Elsewhere two different probabilities are multiplied.

    For S = (0.2, 0.8) the first row is (0.16, -0.16), not (0.16, 0.16).
    """
    return np.tile((S * (1 - S)).reshape(-1, 1), (1, len(S)))


def sm_dir__factor_missing(S):
    """The factor S_t is missing: you returned 1[i=t] - S_i, the derivative of log S_t.

    Multiply the derivative of log S_t by S_t to get the derivative of S_t.

    For S = (0.2, 0.8) the first row is (0.16, -0.16), not (0.8, -0.8).
    """
    return np.eye(len(S)) - S


def sm_dir__identity_for_shares(S):
    """Your diagonal holds 1 - s*s: the factor s is missing before the 1.

    Both terms have the factor S_t, the indicator's too.

    For S = (0.5, 0.5) the diagonal is 0.25, not 0.75.
    """
    return np.eye(len(S)) - np.outer(S, S)


def sm_dir__shares_doubled(S):
    """You subtracted the product of the probabilities twice.

    The denominator appears once, so its derivative appears once.

    For S = (0.5, 0.5) each row has to add up to zero.
    """
    return np.diag(S) - 2 * np.outer(S, S)


def sm_dir__squares_on_the_diagonal(S):
    """Your diagonal holds the square of the probability.

    The square is what is subtracted there: the diagonal is s - s*s.

    For S = (0.2, 0.8) the diagonal is 0.16 in both places, not 0.04 and 0.64.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, S * S)
    return J


def sm_dir__ones_on_the_diagonal(S):
    """Your diagonal holds 1 - s: the factor s is missing there.

    Both cases have the factor S_t, i = t or not.

    For S = (0.2, 0.8) the diagonal is 0.16 in both places, not 0.8 and 0.2.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, 1 - S)
    return J


def sm_dir__lower_half_only(S):
    """Above the diagonal you left zeros, though the matrix is symmetric.

    What a logit of class 0 does to class 1, the logit of class 1 does to class 0.

    For S = (0.5, 0.5) both numbers off the diagonal are -0.25.
    """
    return np.tril(np.diag(S) - np.outer(S, S))


def sm_dir__row_share_squared(S):
    """Off the diagonal you multiplied a probability by itself: one of the two indices is wrong.

    At [t, i] two different probabilities meet, that of the row and that of the column.

    For S = (0.2, 0.8) the number at [0, 1] is -0.2 * 0.8.
    """
    J = -np.tile((S * S).reshape(-1, 1), (1, len(S)))
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__column_share_squared(S):
    """Off the diagonal you multiplied the probability of the column by itself.

    At [t, i] two different probabilities meet, that of the row and that of the column.

    For S = (0.2, 0.8) the number at [0, 1] is -0.2 * 0.8.
    """
    J = -np.tile(S * S, (len(S), 1))
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__column_share_alone(S):
    """Off the diagonal you wrote -S_i: the factor S_t is missing there.

    Both cases have the factor S_t, i = t or not.

    For S = (0.2, 0.8) the number at [0, 1] is -0.16, not -0.8.
    """
    J = -np.tile(S, (len(S), 1))
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__upper_half_only(S):
    """Below the diagonal you left zeros, though the matrix is symmetric.

    What a logit of class 0 does to class 1, the logit of class 1 does to class 0.

    For S = (0.5, 0.5) both numbers off the diagonal are -0.25.
    """
    return np.triu(np.diag(S) - np.outer(S, S))


def sm_dir__softmax_first(S):
    """You applied softmax to the argument, but it already holds the probabilities.

    The argument is S, the output of softmax; you do not need the logits any more.

    For S = (0.2, 0.8) the diagonal is 0.16 in both rows; check that yours is.
    """
    E = np.exp(S - np.max(S))
    E = E / E.sum()
    return np.diag(E) - np.outer(E, E)


def sm_dir__divided_by_the_number_of_classes(S):
    """Your numbers are too small by a factor of the number of classes: nothing is averaged here.

    A derivative is not a mean over classes; K does not appear in it.

    For S = (0.5, 0.5) the diagonal is 0.25, not 0.125.
    """
    return (np.diag(S) - np.outer(S, S)) / len(S)


def sm_dir__summed(S):
    """You added up each row, which gives zero for every class.

    The answer is the whole K x K matrix. Its rows add up to zero because the probabilities always
    add up to 1.

    For two classes the shape is (2, 2).
    """
    return (np.diag(S) - np.outer(S, S)).sum(axis=1)


def sm_dir__inner_product(S):
    """You subtracted one number, the sum of the squared probabilities, instead of a whole matrix.

    Each pair of classes has its own product: there are K x K of them.

    For S = (0.2, 0.8) the products are 0.04, 0.16, 0.16 and 0.64.
    """
    return np.diag(S) - S @ S


def sm_dir__flat(S):
    """You returned K*K numbers in one long vector; the answer is a K x K matrix.

    Row t belongs to the probability t, column i to the logit i.

    For two classes the shape is (2, 2), not (4,).
    """
    return (np.diag(S) - np.outer(S, S)).ravel()


def sm_dir__squeezed(S):
    """With a single class you return a plain number; return a 1 x 1 matrix.

    squeeze() removes every dimension of length 1, also those that belong to the answer.

    For K classes the shape is (K, K), for one class (1, 1).
    """
    return (np.diag(S) - np.outer(S, S)).squeeze()


def sm_dir__is_for_equal(S):
    """Beyond class 256 your diagonal is wrong: the indices are compared with `is`, not `==`.

    `is` asks whether two names mean the same object. Python keeps one object for each small number
    only, so two equal large numbers are usually two objects.

    `t is i` may be false for t = i = 300.
    """
    J = np.empty((len(S), len(S)))
    for t in range(len(S)):
        for i in range(len(S)):
            J[t, i] = S[t] * ((t is i) - S[i])
    return J


def sm_dir__five_classes(S):
    """Your matrix is always 5 x 5, as in the worked example.

    Take the number of classes from the shape of the argument.

    Two classes need a 2 x 2 matrix.
    """
    J = np.zeros((5, 5))
    for t in range(5):
        for i in range(5):
            J[t, i] = S[t] * ((t == i) - S[i])
    return J


def sm_dir__whole_numbers(S):
    """Your matrix holds whole numbers: it was made with a dtype of int, which drops the fractions.

    A new array gets its dtype from how it is created. Derivatives need floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return (np.diag(S) - np.outer(S, S)).astype(int)


def sm_dir__rounded(S):
    """Your numbers are rounded to a few decimals.

    Return the numbers unrounded. Rounding is for printing.

    The product of two probabilities of 0.004 is 0.000016, not 0.
    """
    return np.round(np.diag(S) - np.outer(S, S), 4)


def sm_dir__half_precision(S):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    H = np.asarray(S, dtype=np.float16)
    return np.diag(H) - np.outer(H, H)


def sm_dir__shares_clipped(S):
    """You clipped the probabilities away from 0 and 1, which spoils answers where one is certain.

    There is no logarithm or division here, so 0 and 1 are as good as any other probability.

    For S = (0, 1) the whole matrix is exactly zero.
    """
    C = np.clip(S, 1e-6, 1 - 1e-6)
    return np.diag(C) - np.outer(C, C)


def sm_dir__memory_not_set(S):
    """You filled the diagonal of an array made by np.empty: the rest is whatever was in memory.

    np.empty sets nothing. Write every number: here none is zero.

    For S = (0.5, 0.5) the numbers off the diagonal are -0.25.
    """
    J = np.full((len(S), len(S)), np.nan)  # NaN stands for what memory holds by chance
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__changes_its_input(S):
    """Your matrix is right, but the caller's probabilities are different after the call.

    Operators such as -= and *= on an argument write into the caller's own array.

    After sm_dir(S) the caller still needs S: compute with a new array.
    """
    J = -np.outer(S, S)
    S *= 1 - S
    np.fill_diagonal(J, S)
    return J


_MATRICES = {}


def sm_dir__first_matrix_kept(S):
    """The first matrix of each size is right, and you return it again for every other S.

    A result kept outside the function is not the answer for new arguments.

    S = (0.5, 0.5) and S = (0.2, 0.8) have the same size and different derivatives.
    """
    return _MATRICES.setdefault(len(S), np.diag(S) - np.outer(S, S))


def sm_dir__argument_taken_for_logits(S):
    """You apply softmax to S, and multiply the result by S as if S held the logits.

    The derivative needs only the probabilities: S_t * (1[i=t] - S_i). S already holds them.

    For S = (0.2, 0.8) the diagonal is 0.16 in both rows.
    """
    E = np.exp(S - np.max(S))
    E = E / E.sum()
    return np.diag(E) - np.outer(E, S)
