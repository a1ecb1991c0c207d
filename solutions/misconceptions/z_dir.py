"""Wrong answers to z_dir that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np


def z_dir__transposed(Z, W, x):
    """Your matrix is transposed: its shape is (K, D*K).

    Here a row belongs to a weight and a column to a logit.

    For D = 3 and K = 2 the shape is (6, 2).
    """
    return np.kron(np.eye(W.shape[1]), x)


def z_dir__input_major(Z, W, x):
    """Your rows are sorted by input first, then by class; the expected order is class-major.

    Weight W[j, i] belongs in row i*D + j: all inputs of class 0 come first, then those of class 1.

    For D = 2 and K = 2 the rows belong to W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return np.kron(np.asarray(x).reshape(-1, 1), np.eye(W.shape[1]))


def z_dir__stride_by_classes(Z, W, x):
    """You used i*K + j: from one class to the next there are D rows, not K.

    Each class has as many rows as there are inputs. The two strides agree only where D = K.

    For D = 3 and K = 2, class 1 begins in row 3.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[i * K + j, i] = x[j]
    return M


def z_dir__input_major_by_inputs(Z, W, x):
    """You used j*D + i: you swapped the two indices but not the stride.

    Class-major means i*D + j: the class has the stride, and the input is added.

    For D = 3 and K = 2, weight W[j, 1] belongs in row 3 + j.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[j * D + i, i] = x[j]
    return M


def z_dir__weights_for_inputs(Z, W, x):
    """Your entries are weights, but the derivative of a logit with respect to a weight is the input
    next to that weight.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative with respect to w is x.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        M[i * D : (i + 1) * D, i] = W[:, i]
    return M


def z_dir__logits_for_inputs(Z, W, x):
    """Your entries are logits, but the derivative of a logit with respect to a weight is the input
    next to that weight.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative with respect to w is x, not Z.
    """
    return np.kron(np.diag(Z), np.ones((len(x), 1)))


def z_dir__ones_for_inputs(Z, W, x):
    """You marked the right places, but with 1; the input's own value belongs there.

    The indicator says where an entry is not zero; x_j says what it is.

    For Z = w*x the derivative with respect to w is x, not 1.
    """
    D, K = W.shape
    return np.kron(np.eye(K), np.ones((D, 1)))


def z_dir__inputs_times_shares(Z, W, x):
    """Your entries contain the probabilities of softmax: that is a later step.

    Z goes into softmax. This matrix stops at Z; the chain rule adds softmax later.

    For Z = w*x the derivative with respect to w is x.
    """
    E = np.exp(Z - np.max(Z))
    return np.kron(np.diag(E / E.sum()), np.asarray(x).reshape(-1, 1))


def z_dir__weights_times_inputs(Z, W, x):
    """Your entries are the terms of the logit, W[j, i] x_j, not their derivatives.

    Differentiating a term that is linear in the weight leaves no weight in it.

    For Z = w*x with w = 2 and x = 3 the derivative with respect to w is 3, not 6.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        M[i * D : (i + 1) * D, i] = W[:, i] * x
    return M


def z_dir__every_class(Z, W, x):
    """You wrote the inputs into every column: a weight of class i changes only the logit of class
    i.

    Outside the block of its own class, a column is zero.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    K = W.shape[1]
    return np.tile(np.asarray(x).reshape(-1, 1), (K, K))


def z_dir__indicator_inverted(Z, W, x):
    """You filled every block except the right ones: a weight changes only the logit of its own
    class.

    The entry is x_j where the weight's class is the logit's, and 0 everywhere else.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    return np.kron(1 - np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1))


def z_dir__first_class_only(Z, W, x):
    """Only your first column is filled: the function returns after the first class.

    Check how far the return is indented.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    M[:D, 0] = x
    return M


def z_dir__last_class_missing(Z, W, x):
    """Your last column is empty, since the loop stops one class too early.

    Use range(n): it already ends at n - 1.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K - 1):
        M[i * D : (i + 1) * D, i] = x
    return M


def z_dir__blocks_reversed(Z, W, x):
    """Your blocks run along the other diagonal: class 0 comes last.

    The rows of class 0 are the first D rows, and its column is the first.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    K = W.shape[1]
    return np.kron(np.eye(K)[::-1], np.asarray(x).reshape(-1, 1))


def z_dir__inputs_reversed(Z, W, x):
    """Within each class your inputs are in reverse order.

    Row i*D + j holds input j, so the first row of a class holds input 0.

    For D = 2 and K = 1 the column is (x_0, x_1).
    """
    K = W.shape[1]
    return np.kron(np.eye(K), np.asarray(x)[::-1].reshape(-1, 1))


def z_dir__without_zeros(Z, W, x):
    """You returned the inputs once for each class, without the zeros: a (D, K) matrix.

    The answer says how each weight changes each logit; most of these entries are 0.

    For D = 1 and K = 2 there are two weights and two logits: four numbers.
    """
    K = W.shape[1]
    return np.tile(np.asarray(x).reshape(-1, 1), (1, K))


def z_dir__one_column(Z, W, x):
    """You returned one long column of inputs; the answer has a column for each logit.

    Every weight gets a row, every logit a column, and a weight changes only one logit.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    return np.tile(x, W.shape[1])


def z_dir__just_the_inputs(Z, W, x):
    """You returned x: the derivative of one logit with respect to its own weights.

    That is one block of the answer. There are K classes, each with its own weights and logit.

    For D = 2 and K = 2 the shape is (4, 2).
    """
    return np.array(x, dtype=float)


def z_dir__not_flattened(Z, W, x):
    """You kept class and input as two dimensions; they belong in one, at i*D + j.

    Put the inputs of class 0 first, then those of class 1.

    For D = 3 and K = 2 the shape is (6, 2), not (2, 3, 2).
    """
    D, K = W.shape
    return np.kron(np.eye(K), np.asarray(x).reshape(-1, 1)).reshape(K, D, K)


def z_dir__squeezed(Z, W, x):
    """With a single class you return a vector; return a matrix of one column.

    squeeze() removes every dimension of length 1, also those that belong to the answer.

    For D = 3 and K = 1 the shape is (3, 1).
    """
    return np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1)).squeeze()


def z_dir__is_for_equal(Z, W, x):
    """Beyond class 256 your matrix is empty: the indices are compared with `is`, not `==`.

    `is` asks whether two names mean the same object. Python keeps one object for each small number
    only, so two equal large numbers are usually two objects.

    `i is k` may be false for i = k = 300.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for k in range(K):
            if i is k:
                M[i * D : (i + 1) * D, k] = x
    return M


def z_dir__order_by_logit(Z, W, x):
    """You filled a block for each logit and then reshaped it: the numbers end up in other cells.

    A reshape keeps the order of the numbers in memory. Fill row i*D + j, column k itself.

    For D = 2 and K = 2, row 1 belongs to W[1, 0]; it changes logit 0 by x_1.
    """
    D, K = W.shape
    return np.kron(np.eye(K), x).reshape(D * K, K)


def z_dir__outer_with_logits(Z, W, x):
    """You multiplied inputs by logits: the value of a logit does not appear in its derivative.

    Z = W^T x is linear in W, so its derivative holds inputs alone.

    For Z = w*x the derivative with respect to w is x, whatever w and Z are.
    """
    return np.repeat(np.outer(x, Z), W.shape[1], axis=0)


def z_dir__inputs_as_many_as_classes(Z, W, x):
    """You used the number of inputs as the number of classes: your matrix has D columns.

    W is (D, K): its rows belong to inputs, its columns to classes.

    For D = 3 and K = 2 the shape is (6, 2).
    """
    return np.kron(np.eye(len(x)), np.asarray(x).reshape(-1, 1))


def z_dir__wrong_index(Z, W, x):
    """You indexed the input by the class: x_i instead of x_j.

    The class gives the column; the row within the class gives the input.

    For D = 2, K = 2 the column of class 0 begins with x_0, x_1.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        M[i * D : (i + 1) * D, i] = x[i % D]
    return M


def z_dir__three_inputs(Z, W, x):
    """Your function works for three inputs and five classes only, as in the worked example.

    Take the sizes from W.shape.

    For D = 1 and K = 2 the shape is (2, 2).
    """
    M = np.zeros((15, 5))
    for i in range(5):
        for j in range(3):
            M[i * 3 + j, i] = x[j]
    return M


def z_dir__negated(Z, W, x):
    """All your signs are flipped.

    A logit grows with a weight whose input is positive.

    For Z = w*x the derivative with respect to w is x, not -x.
    """
    return -np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1))


def z_dir__divided_by_the_number_of_inputs(Z, W, x):
    """Your numbers are too small by a factor of the number of inputs: a logit is a sum, not a mean.

    In Z_k = sum_j W[j, k] x_j nothing is divided.

    For Z = w*x with x = 3 the derivative with respect to w is 3.
    """
    D, K = W.shape
    return np.kron(np.eye(K), np.asarray(x).reshape(-1, 1)) / D


def z_dir__whole_numbers(Z, W, x):
    """Your matrix holds whole numbers: it was made with a dtype of int, which drops the fractions.

    A new array gets its dtype from how it is created. Inputs may be fractions.

    Stored as an integer, 0.5 becomes 0.
    """
    return np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1)).astype(int)


def z_dir__rounded(Z, W, x):
    """Your numbers are rounded to a few decimals.

    Return the inputs unrounded. Rounding is for printing.

    An input of 0.12345 is not 0.12.
    """
    return np.round(np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1)), 2)


def z_dir__half_precision(Z, W, x):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1)).astype(np.float16)


def z_dir__memory_not_set(Z, W, x):
    """You filled the blocks of an array made by np.empty: the zeros are whatever was in memory.

    np.empty sets nothing, and holds zeros only by luck.

    Most of the matrix is zero: begin with np.zeros.
    """
    D, K = W.shape
    M = np.full((D * K, K), np.nan)  # NaN stands for what memory holds by chance
    for i in range(K):
        M[i * D : (i + 1) * D, i] = x
    return M


def z_dir__changes_its_input(Z, W, x):
    """Your matrix is right, but one of the caller's arrays is different after the call.

    Writing into an argument with [:] or += changes the caller's own array.

    After z_dir(Z, W, x) the caller still needs all three: compute with a new array.
    """
    W[:] = np.reshape(x, (-1, 1))
    D, K = W.shape
    return np.kron(np.eye(K), np.ones((D, 1))) * W.T.reshape(-1, 1)


_LAYERS = {}


def z_dir__first_matrix_kept(Z, W, x):
    """The first matrix of each size is right, and you return it again for every later call.

    A result kept outside the function is not the answer for new arguments.

    Another x needs another matrix, even of the same shape.
    """
    block = np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1))
    return _LAYERS.setdefault(W.shape, block)
