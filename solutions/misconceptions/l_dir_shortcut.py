"""Wrong answers to l_dir_shortcut that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np


def _layer(W, S, x):
    """The right answer with its two indices apart: [class i, input j, output t]."""
    return np.einsum("it,j->ijt", np.diag(S) - np.outer(S, S), np.asarray(x, dtype=float))


def l_dir_shortcut__transposed(W, S, x):
    """Your matrix is transposed: its shape is (K, D*K), which is DL itself.

    The shortcut has a row for each weight and a column for each output.

    For D = 3 and K = 2 the shape is (6, 2).
    """
    return _layer(W, S, x).reshape(W.size, -1).T


def l_dir_shortcut__input_major(W, S, x):
    """Your rows are sorted by input first, then by class; the expected order is class-major.

    Weight W[j, i] belongs in row i*D + j: all inputs of class 0 come first, then those of class 1.

    For D = 2 and K = 2 the rows belong to W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return _layer(W, S, x).transpose(1, 0, 2).reshape(W.size, -1)


def l_dir_shortcut__reshaped(W, S, x):
    """You reshaped (K, D*K) to (D*K, K) where you have to transpose it: the cells are mixed up.

    A reshape keeps the order of the numbers in memory; a transpose swaps rows and columns.

    [[1, 2, 3], [4, 5, 6]] reshaped to (3, 2) begins 1, 2; transposed it begins 1, 4.
    """
    K = W.shape[1]
    return _layer(W, S, x).reshape(W.size, K).T.reshape(W.size, K)


def l_dir_shortcut__stride_by_classes(W, S, x):
    """You used i*K + j: from one class to the next there are D rows, not K.

    Each class has as many rows as there are inputs. The two strides agree only where D = K.

    For D = 3 and K = 2, class 1 begins in row 3.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[i * K + j] = S * ((np.arange(K) == i) - S[i]) * x[j]
    return M


def l_dir_shortcut__input_major_by_inputs(W, S, x):
    """You used j*D + i: you swapped the two indices but not the stride.

    Class-major means i*D + j: the class has the stride, and the input is added.

    For D = 3 and K = 2, weight W[j, 1] belongs in row 3 + j.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[j * D + i] = S * ((np.arange(K) == i) - S[i]) * x[j]
    return M


def l_dir_shortcut__diagonal_only(W, S, x):
    """You filled only the entries with i = t: a weight of class i changes every output.

    Raising one logit raises the denominator of every probability, so all the others fall.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    K = W.shape[1]
    return (_layer(W, S, x) * np.eye(K).reshape(K, 1, K)).reshape(W.size, K)


def l_dir_shortcut__diagonal_zero(W, S, x):
    """Where i = t you have zeros: the effect of a class's weights on its own output was left out.

    A class's own logit changes its probability most of all. The case i = t needs its own value.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25.
    """
    K = W.shape[1]
    return (_layer(W, S, x) * (1 - np.eye(K)).reshape(K, 1, K)).reshape(W.size, K)


def l_dir_shortcut__no_indicator(W, S, x):
    """Where i and t differ your numbers are right; where i = t the probability itself is missing.

    For i = t the numerator depends on the logit too, which adds one more term.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25, not -0.25.
    """
    return np.kron(-np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__diagonal_of_shares(W, S, x):
    """You multiplied each probability by the inputs: the part that comes from the denominator is
    missing.

    The derivative of a quotient has two terms. The second also reaches the entries with i != t.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    return np.kron(np.diag(S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__negated(W, S, x):
    """All your signs are flipped.

    A probability rises with its own logit and falls with every other.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25.
    """
    return -_layer(W, S, x).reshape(W.size, -1)


def l_dir_shortcut__off_diagonal_positive(W, S, x):
    """Where i and t differ your numbers have the right size and the wrong sign.

    Raising one logit lowers the probability of all other classes.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 1] is -0.25.
    """
    J = np.outer(S, S)
    np.fill_diagonal(J, S * (1 - S))
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__outer_added(W, S, x):
    """You added the product of the probabilities; subtract it.

    The sum of the exponentials is the denominator, so its derivative enters with a minus sign.

    The numbers in each row must add up to zero, since the probabilities always add up to 1.
    """
    return np.kron(np.diag(S) + np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__diagonal_not_lowered(W, S, x):
    """Where i = t you have S_t x_j: the part that comes from the denominator is missing there.

    For i = t, too, the denominator grows with the logit, which subtracts a term.

    The numbers in each row must add up to zero, since the probabilities always add up to 1.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, S)
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__diagonal_everywhere(W, S, x):
    """You used the formula of i = t for every pair of classes.

    The 1 in it belongs to the case i = t alone; for all other pairs it is 0.

    The numbers in each row must add up to zero, since the probabilities always add up to 1.
    """
    return np.kron(np.outer(1 - S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__factor_missing(W, S, x):
    """The factor S_t is missing: you have (1[i=t] - S_i) x_j, the derivative of log S_t.

    Multiply the derivative of log S_t by S_t to get the derivative of S_t.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [1, 0] is -0.16, not -0.8.
    """
    K = len(S)
    J = np.eye(K) - np.reshape(S, (-1, 1))
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__identity_for_shares(W, S, x):
    """Where i = t you have 1 - S_t S_t: the factor S_t is missing before the 1.

    Both terms have the factor S_t, the indicator's too.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25, not 0.75.
    """
    return np.kron(np.eye(len(S)) - np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__inputs_forgotten(W, S, x):
    """The input is missing: every row of a class is the same in your matrix.

    A weight acts through its input, so row i*D + j has the factor x_j.

    With x = (1, 2) the second row of a class is twice the first.
    """
    return np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0)


def l_dir_shortcut__weights_for_inputs(W, S, x):
    """You multiplied by the weight itself; multiply by its input.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative with respect to w is x, not w.
    """
    return np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0) * W.T.reshape(-1, 1)


def l_dir_shortcut__weights_times_inputs(W, S, x):
    """You multiplied by the weight and its input: the weight does not appear in the derivative.

    The derivative of the term W[j, i] x_j with respect to its weight is x_j.

    For Z = w*x with w = 2 and x = 3 the derivative with respect to w is 3, not 6.
    """
    J = np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0)
    return J * (W.T * x).reshape(-1, 1)


def l_dir_shortcut__share_of_the_row(W, S, x):
    """You took S_i as the factor in front; that factor belongs to the output: S_t.

    Where i = t they are the same; elsewhere you have -S_i S_i instead of -S_t S_i.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [0, 1] is -0.16, not -0.04.
    """
    J = -np.tile((S * S).reshape(-1, 1), (1, len(S)))
    np.fill_diagonal(J, S * (1 - S))
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__share_of_the_column(W, S, x):
    """You wrote -S_t S_t where i and t differ: two different probabilities are multiplied there.

    One of the two belongs to the output t, the other to the weight's class i.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [0, 1] is -0.16, not -0.64.
    """
    J = -np.tile(S * S, (len(S), 1))
    np.fill_diagonal(J, S * (1 - S))
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__wrong_index(W, S, x):
    """You indexed the input by the class: x_i instead of x_j.

    In row i*D + j the class is i and the input j.

    For D = 2 and K = 2, row 1 belongs to W[1, 0] and has the factor x_1.
    """
    D, K = W.shape
    J = np.repeat(np.diag(S) - np.outer(S, S), D, axis=0)
    return J * np.asarray(x)[np.repeat(np.arange(K) % D, D)].reshape(-1, 1)


def l_dir_shortcut__inputs_summed(W, S, x):
    """Every row of a class has the factor of all inputs added up: each weight has its own input.

    Row i*D + j has the factor x_j alone.

    With x = (1, 2) the rows of a class have the factors 1 and 2, not 3 and 3.
    """
    return np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0) * np.sum(x)


def l_dir_shortcut__both_tiled(W, S, x):
    """You repeated dS/dZ as a whole; each of its rows has to be repeated D times in a row.

    np.tile repeats a whole array, np.repeat each of its entries. Here the input changes fastest and
    the class slowest, so the two need different functions.

    For D = 2 and K = 2 the rows belong to classes 0, 0, 1, 1 and to inputs 0, 1, 0, 1.
    """
    D, K = W.shape
    return np.tile(np.diag(S) - np.outer(S, S), (D, 1)) * np.tile(x, K)[:, np.newaxis]


def l_dir_shortcut__softmax_first(W, S, x):
    """You applied softmax to S, but it already holds the probabilities.

    The argument is the output of softmax; you do not need the logits any more.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [0, 0] is 0.16.
    """
    E = np.exp(S - np.max(S))
    return _layer(W, E / E.sum(), x).reshape(W.size, -1)


def l_dir_shortcut__logits_for_shares(W, S, x):
    """You computed with the logits W^T x, although you are given S, the probabilities.

    Write the derivative of softmax with its output.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [0, 0] is 0.16.
    """
    return _layer(W, W.T @ x, x).reshape(W.size, -1)


def l_dir_shortcut__elementwise(W, S, x):
    """You returned one number for each weight: how it changes its own output.

    Each weight changes all K outputs, so it has a row of K numbers.

    For D = 3 and K = 2 the shape is (6, 2), not (6,).
    """
    return np.kron(S * (1 - S), x)


def l_dir_shortcut__not_flattened(W, S, x):
    """You kept class and input as two dimensions; they belong in one, at i*D + j.

    Put the inputs of class 0 first, then those of class 1.

    For D = 3 and K = 2 the shape is (6, 2), not (2, 3, 2).
    """
    return _layer(W, S, x)


def l_dir_shortcut__squeezed(W, S, x):
    """With a single class you return a vector; return a matrix of one column.

    squeeze() removes every dimension of length 1, also those that belong to the answer.

    For D = 3 and K = 1 the shape is (3, 1).
    """
    return _layer(W, S, x).reshape(W.size, -1).squeeze()


def l_dir_shortcut__is_for_equal(W, S, x):
    """Beyond class 256 your entries with i = t are wrong: indices are compared with `is`, not `==`.

    `is` asks whether two names mean the same object. Python keeps one object for each small number
    only, so two equal large numbers are usually two objects.

    `i is t` may be false for i = t = 300.
    """
    K = len(S)
    same = np.array([[i is t for t in range(K)] for i in range(K)], dtype=float)
    return np.kron(same * S - np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__first_class_only(W, S, x):
    """Only the rows of class 0 are filled: the function returns after the first class.

    Check how far the return is indented.

    For D = 1 and K = 2 there are two rows, and neither is zero.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    M[:D] = _layer(W, S, x)[0]
    return M


def l_dir_shortcut__last_class_missing(W, S, x):
    """The rows of the last class are zero, since the loop stops one too early.

    Use range(n): it already ends at n - 1.

    For D = 1 and K = 2 there are two rows, and neither is zero.
    """
    M = _layer(W, S, x)
    M[-1] = 0
    return M.reshape(W.size, -1)


def l_dir_shortcut__divided_by_the_number_of_classes(W, S, x):
    """Your numbers are too small by a factor of the number of classes: nothing is averaged here.

    A derivative is not a mean over classes; K does not appear in it.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25.
    """
    return _layer(W, S, x).reshape(W.size, -1) / len(S)


def l_dir_shortcut__three_inputs(W, S, x):
    """Your function works for three inputs and five classes only, as in the worked example.

    Take the sizes from W.shape.

    For D = 1 and K = 2 the shape is (2, 2).
    """
    M = np.zeros((15, 5))
    for i in range(5):
        for j in range(3):
            for t in range(5):
                M[i * 3 + j, t] = S[t] * ((i == t) - S[i]) * x[j]
    return M


def l_dir_shortcut__whole_numbers(W, S, x):
    """Your matrix holds whole numbers: it was made with the dtype of x, or with int.

    A new array gets its dtype from how it is created. x may hold integers; derivatives are floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return _layer(W, S, x).reshape(W.size, -1).astype(int)


def l_dir_shortcut__dtype_of_x(W, S, x):
    """Where x holds integers your matrix does too, and its fractions are dropped.

    An array created like x takes over x's dtype. Derivatives need floats whatever the inputs are.

    With x = (1, 2), stored as an integer, 0.25 becomes 0.
    """
    return _layer(W, S, x).reshape(W.size, -1).astype(np.asarray(x).dtype)


def l_dir_shortcut__rounded(W, S, x):
    """Your numbers are rounded to a few decimals.

    Return the numbers unrounded. Rounding is for printing.

    The article prints five decimals, but it computes with all of them.
    """
    return np.round(_layer(W, S, x).reshape(W.size, -1), 5)


def l_dir_shortcut__half_precision(W, S, x):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return _layer(W, S, x).reshape(W.size, -1).astype(np.float16)


def l_dir_shortcut__changes_its_input(W, S, x):
    """Your matrix is right, but the caller's arguments are different after the call.

    Writing into an argument with [:] or *= changes the caller's own array.

    After the call the caller still needs W, S and x: compute with new arrays.
    """
    M = np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0)
    W[:] = np.reshape(x, (-1, 1))
    return M * W.T.reshape(-1, 1)


_SHORTCUTS = {}


def l_dir_shortcut__first_matrix_kept(W, S, x):
    """The first matrix of each size is right, and you return it again for every later call.

    A result kept outside the function is not the answer for new arguments.

    Another S or x needs another matrix, even of the same shape.
    """
    return _SHORTCUTS.setdefault(W.shape, _layer(W, S, x).reshape(W.size, -1))


def l_dir_shortcut__input_compared_with_class(W, S, x):
    """You compare the input j with the output t; compare the class i.

    1[i = t] compares two classes. A flat row belongs to the class i and the input j.

    With i = t the entry is S_t * (1 - S_t) * x_j, for every j.
    """
    D, K = W.shape
    same = (np.arange(D)[:, None] == np.arange(K)).astype(float)
    block = S * (same[None] - S[:, None, None])
    return (block * x[None, :, None]).reshape(D * K, K)


def l_dir_shortcut__softmax_only(W, S, x):
    """You returned the derivative of softmax alone: the inputs are missing.

    Each entry has the factor x_j, and there is a row for each weight, not for each class.

    For D = 3 and K = 5 the shape is (15, 5).
    """
    return np.diag(S) - np.outer(S, S)


def l_dir_shortcut__class_by_the_remainder(W, S, x):
    """You take the class of a row from the remainder of its number; take it from the quotient.

    In the order i*D + j the class is row // D, and the input is row % D.

    For D = 3, row 4 belongs to class 1 and input 1.
    """
    D, K = W.shape
    rows = np.arange(D * K)
    J = np.diag(S) - np.outer(S, S)
    return J[rows // D] * x[(rows % K) % D][:, None]
