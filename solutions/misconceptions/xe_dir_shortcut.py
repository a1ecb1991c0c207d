"""Wrong answers to xe_dir_shortcut that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np


def xe_dir_shortcut__long_way(W, S, x, y):
    """Your numbers are right, but the whole matrix DL does not fit into memory for a large layer.

    DL has K rows of D*K numbers; the gradient has only one. The shortcut never builds DL.

    For D = K = 1000 the gradient needs 8 MB, DL 8 GB.
    """
    if W.size * len(S) > 20_000_000:  # this machine's memory is for other things
        raise MemoryError
    DL = np.einsum("ti,j->tij", np.diag(S) - np.outer(S, S), np.asarray(x, dtype=float))
    DXE = -np.divide(y, S, out=np.zeros(len(S)), where=y > 0)
    return DXE @ DL.reshape(len(S), -1)


def xe_dir_shortcut__labels_minus_shares(W, S, x, y):
    """All your signs are flipped: you subtracted S from y.

    A class whose probability is too large has a positive derivative, so that a step downhill lowers
    it.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5).
    """
    return np.kron(y - S, x)


def xe_dir_shortcut__labels_forgotten(W, S, x, y):
    """You multiplied the probabilities by the inputs: the labels are missing.

    Without the labels the gradient would push every class down.

    For S = (0.5, 0.5) and y = (1, 0) the number of the first class is negative.
    """
    return np.kron(S, x)


def xe_dir_shortcut__shares_forgotten(W, S, x, y):
    """You multiplied the labels by the inputs: the probabilities are missing.

    The gradient is zero where the output equals the label, so it needs both.

    For S = (0.5, 0.5) and y = (1, 0) the number of the second class is positive, not zero.
    """
    return -np.kron(y, x)


def xe_dir_shortcut__added(W, S, x, y):
    """You added label and probability; subtract them.

    What counts is how far the output is from the label.

    For S = (0.5, 0.5) and y = (1, 0) the number of the first class is negative.
    """
    return np.kron(S + y, x)


def xe_dir_shortcut__multiplied(W, S, x, y):
    """You multiplied label and probability; subtract them.

    What counts is how far the output is from the label.

    For S = (0.5, 0.5) and y = (1, 0) the second number is positive, not zero.
    """
    return np.kron(S * y, x)


def xe_dir_shortcut__softmax_derived_twice(W, S, x, y):
    """You multiplied by softmax's derivative once more: the difference contains it already.

    The chain from the loss to the logits, through softmax, simplifies to output minus label.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return np.kron(S * (S - y) - S * (S @ (S - y)), x)


def xe_dir_shortcut__hard_decision(W, S, x, y):
    """You compared the labels with the winning class only, as a perceptron does.

    The gradient of softmax is small but not zero when the right class wins.

    For S = (0.8, 0.2) and y = (1, 0) the differences are (-0.2, 0.2), not zero.
    """
    return np.kron((np.arange(len(S)) == np.argmax(S)) - y, x)


def xe_dir_shortcut__stepped_weights(W, S, x, y):
    """You returned the weights minus the gradient: that is a step already.

    The exercise asks for the gradient alone.

    Where the output equals the label the gradient is zero, whatever W is.
    """
    return W.T.ravel() - np.kron(S - y, x)


def xe_dir_shortcut__weights_times_inputs(W, S, x, y):
    """You multiplied by the weight and its input: the weight does not appear in the derivative.

    The derivative of the term W[j, i] x_j with respect to its weight is x_j.

    For Z = w*x with w = 2 and x = 3 the derivative with respect to w is 3, not 6.
    """
    return np.kron(S - y, x) * W.T.ravel()


def xe_dir_shortcut__labelled_classes_only(W, S, x, y):
    """You left the classes whose label is zero at zero; they have a gradient as well.

    A wrong class with some probability has to be pushed down.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5), not (-0.5, 0).
    """
    return np.kron(np.where(np.equal(y, 0), 0, S - y), x)


def xe_dir_shortcut__true_class_only(W, S, x, y):
    """You filled only the block of the true class: the others have a gradient as well.

    A wrong class with some probability has to be pushed down. Every class has its own label.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5), not (-0.5, 0).
    """
    G = np.zeros(S.size)
    G[np.argmax(y)] = S[np.argmax(y)] - 1
    return np.kron(G, x)


def xe_dir_shortcut__absolute(W, S, x, y):
    """You dropped the sign of the difference between output and label.

    Keep the sign: it says whether a class got too much or too little.

    For S = (0.5, 0.5) and y = (1, 0) the number of the first class is negative.
    """
    return np.kron(np.abs(S - y), x)


def xe_dir_shortcut__squared(W, S, x, y):
    """You squared the difference between output and label.

    A square belongs to a loss, not to its derivative, and it hides the sign.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5).
    """
    return np.kron((S - y) ** 2, x)


def xe_dir_shortcut__squared_error(W, S, x, y):
    """Your numbers have the factor S(1 - S): that is a different loss and output function.

    With cross-entropy that factor cancels against 1/S.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return np.kron((S - y) * S * (1 - S), x)


def xe_dir_shortcut__squared_error_of_softmax(W, S, x, y):
    """You differentiated the squared error of the output, through softmax: that is a different
    loss.

    With cross-entropy the derivative of softmax cancels against 1/S, and there is no factor of 2.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return 2 * xe_dir_shortcut__softmax_derived_twice(W, S, x, y)


def xe_dir_shortcut__softmax_skipped(W, S, x, y):
    """You went from the loss to the weights without going through softmax.

    -y/S is the derivative with respect to the outputs. The steps through the logits to the weights
    are missing.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5), not (-2, 0).
    """
    return np.kron(-np.divide(y, S, out=np.zeros(len(S)), where=y > 0), x)


def xe_dir_shortcut__own_logit_only(W, S, x, y):
    """You used only the diagonal of softmax's derivative: the wrong classes get no gradient.

    Each logit changes every output, so classes with y = 0 have a gradient as well.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5), not (-0.5, 0).
    """
    return np.kron(y * (S - 1), x)


def xe_dir_shortcut__input_major(W, S, x, y):
    """Your numbers are sorted by input first, then by class; the expected order is class-major.

    Weight W[j, i] belongs at i*D + j: all inputs of class 0 come first, then those of class 1.

    For D = 2 and K = 2 they belong to W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return np.kron(x, S - y)


def xe_dir_shortcut__stride_by_classes(W, S, x, y):
    """You used i*K + j: from one class to the next there are D places, not K.

    Each class has as many places as there are inputs. The two strides agree only where D = K.

    For D = 3 and K = 2, class 1 begins at 3.
    """
    D, K = W.shape
    g = np.zeros(D * K)
    for i in range(K):
        for j in range(D):
            g[i * K + j] = (S[i] - y[i]) * x[j]
    return g


def xe_dir_shortcut__input_major_by_inputs(W, S, x, y):
    """You used j*D + i: you swapped the two indices but not the stride.

    Class-major means i*D + j: the class has the stride, and the input is added.

    For D = 3 and K = 2, weight W[j, 1] belongs at 3 + j.
    """
    D, K = W.shape
    g = np.zeros(D * K)
    for i in range(K):
        for j in range(D):
            g[j * D + i] = (S[i] - y[i]) * x[j]
    return g


def xe_dir_shortcut__both_repeated(W, S, x, y):
    """You repeated both vectors in the same way, so the same pairs meet several times.

    Repeat one as a whole and the other entry by entry, so that every class meets every input.

    For D = 2 and K = 2 the four numbers are usually all different.
    """
    return np.tile(S - y, len(x)) * np.tile(x, len(S))


def xe_dir_shortcut__both_stretched(W, S, x, y):
    """You stretched both vectors in the same way, so the same pairs meet several times.

    Repeat one as a whole and the other entry by entry, so that every class meets every input.

    For D = 2 and K = 2 the four numbers are usually all different.
    """
    return np.repeat(S - y, len(x)) * np.repeat(x, len(S))


def xe_dir_shortcut__input_rows(W, S, x, y):
    """You returned a (D, K) matrix; return the flat vector, in class-major order.

    The matrix in W's own layout comes in part 4. Flattening this one row by row is not enough.

    For D = 3 and K = 2 the shape is (6,), not (3, 2).
    """
    return np.outer(x, S - y)


def xe_dir_shortcut__class_rows(W, S, x, y):
    """You returned a (K, D) matrix; return the flat vector.

    Its rows, one after another, are in the right order: flatten it.

    For D = 3 and K = 2 the shape is (6,), not (2, 3).
    """
    return np.outer(S - y, x)


def xe_dir_shortcut__column(W, S, x, y):
    """You returned a matrix of one column; the answer is a vector of shape (D*K,).

    A reshape to (-1, 1) leaves an extra dimension.

    For D = 3 and K = 2 the shape is (6,), not (6, 1).
    """
    return np.kron(S - y, x).reshape(-1, 1)


def xe_dir_shortcut__inputs_summed(W, S, x, y):
    """You returned one number for each class, with the sum of all inputs.

    Each weight has its own input.

    For D = 3 and K = 2 the shape is (6,), not (2,).
    """
    return (S - y) * np.sum(x)


def xe_dir_shortcut__inputs_forgotten(W, S, x, y):
    """The input is missing: all weights of a class have the same number in your result.

    A weight acts through its input, so place i*D + j has the factor x_j.

    With x = (1, 2) the second number of a class is twice the first.
    """
    return np.repeat(S - y, len(x))


def xe_dir_shortcut__weights_for_inputs(W, S, x, y):
    """You multiplied by the weight itself; multiply by its input.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative with respect to w is x, not w.
    """
    return ((S - y) * W).T.ravel()


def xe_dir_shortcut__largest_label_only(W, S, x, y):
    """You subtracted 1 for the class of the largest label: with soft labels that is wrong.

    Each class has its own label. For one-hot labels the two agree.

    For S = (0.5, 0.5) and y = (0.6, 0.4) the differences are (-0.1, 0.1).
    """
    G = np.array(S)
    G[np.argmax(y)] -= 1
    return np.kron(G, x)


def xe_dir_shortcut__predicted_class(W, S, x, y):
    """You subtracted 1 for the class with the largest output; the true class is the one that
    counts.

    The gradient compares the output with the label, not with itself.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    G = np.array(S)
    G[np.argmax(S)] -= 1
    return np.kron(G, x)


def xe_dir_shortcut__softmax_first(W, S, x, y):
    """You applied softmax to S, but it already holds the probabilities.

    The argument is the output of softmax; you do not need the logits any more.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    E = np.exp(S - np.max(S))
    return np.kron(E / E.sum() - y, x)


def xe_dir_shortcut__logits_for_shares(W, S, x, y):
    """You computed with the logits W^T x, although you are given S, the probabilities.

    The difference that counts is between probabilities and labels; both add up to 1.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    return np.kron(W.T @ x - y, x)


def xe_dir_shortcut__divided_by_the_number_of_classes(W, S, x, y):
    """Your numbers are too small by a factor of the number of classes: nothing is averaged here.

    The loss adds up the classes of one sample, and so does its derivative.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return np.kron(S - y, x) / len(S)


def xe_dir_shortcut__divided_by_the_number_of_inputs(W, S, x, y):
    """Your numbers are too small by a factor of the number of inputs: nothing is averaged here.

    A logit adds up its inputs, it does not average them.

    For S = (0.5, 0.5), y = (1, 0) and x = (1, 1) the numbers are (-0.5, -0.5, 0.5, 0.5).
    """
    return np.kron(S - y, x) / len(x)


def xe_dir_shortcut__doubled(W, S, x, y):
    """Your numbers are twice too large: a factor of 2 belongs to squared errors.

    Cross-entropy has no square, so its derivative has no factor of 2.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return 2 * np.kron(S - y, x)


def xe_dir_shortcut__last_class_missing(W, S, x, y):
    """The numbers of the last class are zero, since the loop stops one too early.

    Use range(n): it already ends at n - 1.

    For D = 1 and K = 2 there are two numbers, and neither is zero.
    """
    D, K = W.shape
    g = np.zeros(D * K)
    for i in range(K - 1):
        g[i * D : (i + 1) * D] = (S[i] - y[i]) * x
    return g


def xe_dir_shortcut__three_inputs(W, S, x, y):
    """Your function works for three inputs and five classes only, as in the worked example.

    Take the sizes from W.shape.

    For D = 1 and K = 2 the shape is (2,).
    """
    g = np.zeros(15)
    for i in range(5):
        for j in range(3):
            g[i * 3 + j] = (S[i] - y[i]) * x[j]
    return g


def xe_dir_shortcut__dtype_of_inputs(W, S, x, y):
    """Where x and y hold integers your result does too, and its fractions are dropped.

    An array created like x or y takes over its dtype. A gradient needs floats.

    Stored as an integer, -0.5 becomes 0.
    """
    return np.kron(S - y, x).astype(np.asarray(y).dtype)


def xe_dir_shortcut__whole_numbers(W, S, x, y):
    """Your numbers are whole: the array was made with a dtype of int, which drops the fractions.

    A new array gets its dtype from how it is created. A gradient needs floats.

    Stored as an integer, -0.5 becomes 0.
    """
    return np.kron(S - y, x).astype(int)


def xe_dir_shortcut__rounded(W, S, x, y):
    """Your numbers are rounded to a few decimals.

    Return the numbers unrounded. Rounding is for printing.

    A gradient of 0.000004 is small, not 0.
    """
    return np.round(np.kron(S - y, x), 5)


def xe_dir_shortcut__half_precision(W, S, x, y):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return np.kron(S - y, x).astype(np.float16)


def xe_dir_shortcut__changes_its_input(W, S, x, y):
    """Your gradient is right, but one of the caller's arrays is different after the call.

    Statements like S -= y write into the caller's own array.

    After the call the caller still needs all four: compute with a new array.
    """
    S -= y
    return np.kron(S, x)


_FLAT = {}


def xe_dir_shortcut__sums_kept(W, S, x, y):
    """Your first result is right; later ones of the same size have the earlier ones added.

    A variable outside the function keeps its value after the call.

    Called twice with the same arguments, the second result should equal the first.
    """
    _FLAT[W.shape] = _FLAT.get(W.shape, 0) + np.kron(S - y, x)
    return _FLAT[W.shape]


def xe_dir_shortcut__error_only(W, S, x, y):
    """You returned the errors of the outputs alone: the inputs are missing.

    They are the derivative with respect to the logits. One more step of the chain leads to the
    weights, with the factor x_j.

    For D = 3 and K = 5 there are 15 numbers.
    """
    return S - y


def xe_dir_shortcut__labels_as_indices(W, S, x, y):
    """You use the labels as indices, but y holds one number for each class, not a class's number.

    y = (0, 0, 1) means class 2. The difference of S and y needs no index.

    For S = (0.25, 0.75), y = (1, 0) the difference is (-0.75, 0.75).
    """
    E = S.copy()
    E[y.astype(int)] -= 1.0
    return np.outer(E, x).ravel()


def xe_dir_shortcut__indices_compared_for_the_label(W, S, x, y):
    """You subtract 1 where the class and the input have the same number; y is not used.

    What is subtracted from S_i is y_i.

    For y = (0, 1) only class 1 has something to subtract.
    """
    D, K = len(x), len(S)
    return ((S[:, None] - np.eye(K, D)) * x).ravel()


def _decayed(share, order):
    def wrong(W, S, x, y):
        """You added a multiple of the weights: that is weight decay.

        Many texts add it to the loss. The gradient of the cross-entropy alone has no such term.

        For W = 0 and for large weights the result is the same: W is there for its shape.
        """
        return np.outer(S - y, x).ravel() + share * W.ravel(order=order)

    return wrong


xe_dir_shortcut__decayed_by_a_tenth = _decayed(0.1, "F")
xe_dir_shortcut__decayed_by_a_tenth_by_rows = _decayed(0.1, "C")
xe_dir_shortcut__decayed_by_a_hundredth = _decayed(0.01, "F")
xe_dir_shortcut__decayed_by_a_hundredth_by_rows = _decayed(0.01, "C")
