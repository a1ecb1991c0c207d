"""Wrong answers to weight_gradient that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np

from part1_softmax import softmax


def weight_gradient__scrambled(W, S, x, y):
    """Your numbers are right but in the wrong cells: the flat order is class-major.

    A plain reshape to (D, K) reads the flat vector as if it were sorted by input first. Cell [0, 1]
    belongs to input 0 and class 1.

    For D = 2 and K = 2 the flat vector holds W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return np.kron(S - y, x).reshape(W.shape)


def weight_gradient__class_rows(W, S, x, y):
    """Your matrix is transposed: (K, D) instead of W's (D, K).

    Rows of W belong to inputs, columns to classes, and its gradient has the same layout.

    For D = 3 and K = 2 the shape is (3, 2).
    """
    return np.outer(S - y, x)


def weight_gradient__transposed_to_fit(W, S, x, y):
    """You transpose only where the shape forces you to: with as many inputs as classes it does not.

    A square matrix fits both ways. Its rows still belong to inputs, its columns to classes.

    For D = K = 2 the cell [0, 1] belongs to input 0 and class 1.
    """
    G = np.outer(S - y, x)
    return G if G.shape == W.shape else G.T


def weight_gradient__filled_by_a_copy(W, S, x, y):
    """For a W stored column by column your result is zero: you filled a copy.

    ravel() and reshape() give a view if they can, and a copy if they cannot. What is written into a
    copy is lost.

    Fill the matrix itself, by row and column.
    """
    G = np.zeros_like(W)
    flat = G.ravel()
    flat[:] = np.outer(x, S - y).ravel()
    return G


def weight_gradient__flat(W, S, x, y):
    """You returned the flat gradient; return a matrix in W's own layout.

    The flat vector has all the numbers. Put each one into the row of its input and the column of
    its class.

    For D = 3 and K = 2 the shape is (3, 2), not (6,).
    """
    return np.kron(S - y, x)


def weight_gradient__labels_minus_shares(W, S, x, y):
    """All your signs are flipped: you subtracted S from y.

    A class whose probability is too large has a positive derivative, so that a step downhill lowers
    it.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5).
    """
    return np.outer(x, y - S)


def weight_gradient__labels_forgotten(W, S, x, y):
    """You multiplied the inputs by the probabilities: the labels are missing.

    Without the labels the gradient would push every class down.

    For S = (0.5, 0.5) and y = (1, 0) the first column has the factor -0.5.
    """
    return np.outer(x, S)


def weight_gradient__shares_forgotten(W, S, x, y):
    """You multiplied the inputs by the labels: the probabilities are missing.

    The gradient is zero where the output equals the label, so it needs both.

    For S = (0.5, 0.5) and y = (1, 0) the second column has the factor 0.5.
    """
    return -np.outer(x, y)


def weight_gradient__multiplied(W, S, x, y):
    """You multiplied label and probability; subtract them.

    What counts is how far the output is from the label.

    For S = (0.5, 0.5) and y = (1, 0) the second column has the factor 0.5, not 0.
    """
    return np.outer(x, S * y)


def weight_gradient__softmax_derived_twice(W, S, x, y):
    """You multiplied by softmax's derivative once more: the difference contains it already.

    The chain from the loss to the logits, through softmax, simplifies to output minus label.

    For S = (0.5, 0.5) and y = (1, 0) the columns have the factors -0.5 and 0.5.
    """
    return np.outer(x, S * (S - y) - S * (S @ (S - y)))


def weight_gradient__squared_error_of_softmax(W, S, x, y):
    """You differentiated the squared error of the output, through softmax: that is a different
    loss.

    With cross-entropy the derivative of softmax cancels against 1/S, and there is no factor of 2.

    For S = (0.5, 0.5) and y = (1, 0) the columns have the factors -0.5 and 0.5.
    """
    return 2 * weight_gradient__softmax_derived_twice(W, S, x, y)


def weight_gradient__hard_decision(W, S, x, y):
    """You compared the labels with the winning class only, as a perceptron does.

    The gradient of softmax is small but not zero when the right class wins.

    For S = (0.8, 0.2) and y = (1, 0) the columns have the factors -0.2 and 0.2, not zero.
    """
    return np.outer(x, (np.arange(len(S)) == np.argmax(S)) - y)


def weight_gradient__weights_times_inputs(W, S, x, y):
    """You multiplied by the weight and its input: the weight does not appear in the derivative.

    The derivative of the term W[j, i] x_j with respect to its weight is x_j.

    For Z = w*x with w = 2 and x = 3 the derivative with respect to w is 3, not 6.
    """
    return W * np.outer(x, S - y)


def weight_gradient__squared_error(W, S, x, y):
    """Your numbers have the factor S(1 - S): that is a different loss and output function.

    With cross-entropy that factor cancels against 1/S.

    For S = (0.5, 0.5) and y = (1, 0) the columns have the factors -0.5 and 0.5.
    """
    return np.outer(x, (S - y) * S * (1 - S))


def weight_gradient__softmax_skipped(W, S, x, y):
    """You went from the loss to the weights without going through softmax.

    -y/S is the derivative with respect to the outputs. The steps through the logits to the weights
    are missing.

    For S = (0.5, 0.5) and y = (1, 0) the columns have the factors -0.5 and 0.5, not -2 and 0.
    """
    return np.outer(x, -np.divide(y, S, out=np.zeros(len(S)), where=y > 0))


def weight_gradient__softmax_first(W, S, x, y):
    """You applied softmax to S, but it already holds the probabilities.

    The argument is the output of softmax; you do not need the logits any more.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    return np.outer(x, softmax(S) - y)


def weight_gradient__logits_for_shares(W, S, x, y):
    """You computed with the logits W^T x, although you are given S, the probabilities.

    The difference that counts is between probabilities and labels; both add up to 1.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    return np.outer(x, W.T @ x - y)


def weight_gradient__weights_for_inputs(W, S, x, y):
    """You multiplied by the weight itself; multiply by its input.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative with respect to w is x, not w.
    """
    return W * (S - y)


def weight_gradient__inputs_forgotten(W, S, x, y):
    """The input is missing: all rows of your matrix are the same.

    A weight acts through its input, so row j has the factor x_j.

    With x = (1, 2) the second row is twice the first.
    """
    return np.tile(S - y, (len(x), 1))


def weight_gradient__largest_label_only(W, S, x, y):
    """You subtracted 1 for the class of the largest label: with soft labels that is wrong.

    Each class has its own label. For one-hot labels the two agree.

    For S = (0.5, 0.5) and y = (0.6, 0.4) the differences are (-0.1, 0.1).
    """
    G = np.array(S)
    G[np.argmax(y)] -= 1
    return np.outer(x, G)


def weight_gradient__labelled_classes_only(W, S, x, y):
    """You left the columns whose label is zero at zero; they have a gradient as well.

    A wrong class with some probability has to be pushed down.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5), not (-0.5, 0).
    """
    return np.outer(x, np.where(np.equal(y, 0), 0, S - y))


def weight_gradient__true_class_only(W, S, x, y):
    """You filled only the column of the true class: the others have a gradient as well.

    A wrong class with some probability has to be pushed down. Every class has its own label.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5), not (-0.5, 0).
    """
    G = np.zeros(S.size)
    G[np.argmax(y)] = S[np.argmax(y)] - 1
    return np.outer(x, G)


def weight_gradient__predicted_class(W, S, x, y):
    """You subtracted 1 for the class with the largest output; the true class is the one that
    counts.

    The gradient compares the output with the label, not with itself.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    G = np.array(S)
    G[np.argmax(S)] -= 1
    return np.outer(x, G)


def weight_gradient__own_logit_only(W, S, x, y):
    """You used only the diagonal of softmax's derivative: the wrong classes get no gradient.

    Each logit changes every output, so classes with y = 0 have a gradient as well.

    For S = (0.5, 0.5) and y = (1, 0) the columns have the factors -0.5 and 0.5, not -0.5 and 0.
    """
    return np.outer(x, y * (S - 1))


def weight_gradient__divided_by_the_number_of_classes(W, S, x, y):
    """Your numbers are too small by a factor of the number of classes: nothing is averaged here.

    The loss adds up the classes of one sample. The mean runs over samples, and there is only one.

    For S = (0.5, 0.5) and y = (1, 0) the columns have the factors -0.5 and 0.5.
    """
    return np.outer(x, S - y) / len(S)


def weight_gradient__divided_by_the_number_of_inputs(W, S, x, y):
    """Your numbers are too small by a factor of the number of inputs: nothing is averaged here.

    The mean runs over samples, and there is only one; inputs are not samples.

    With x = (1, 1) each row has the same numbers as for x = (1,).
    """
    return np.outer(x, S - y) / len(x)


def weight_gradient__doubled(W, S, x, y):
    """Your numbers are twice too large: a factor of 2 belongs to squared errors.

    Cross-entropy has no square, so its derivative has no factor of 2.

    For S = (0.5, 0.5) and y = (1, 0) the columns have the factors -0.5 and 0.5.
    """
    return 2 * np.outer(x, S - y)


def weight_gradient__stepped_weights(W, S, x, y):
    """You returned W minus the gradient: that is a step already.

    Return the gradient alone; the step is the next exercise.

    Where the output equals the label the gradient is zero, whatever W is.
    """
    return W - np.outer(x, S - y)


def weight_gradient__weight_decay(W, S, x, y):
    """You added a part of W to the gradient, which pulls the weights towards zero.

    That is weight decay, common in large networks, but the loss here has no such term.

    Where the output equals the label the gradient is zero, whatever W is.
    """
    return np.outer(x, S - y) + 0.01 * W


def weight_gradient__classes_summed(W, S, x, y):
    """You added up over the classes: that gives zero, since probabilities and labels both add up to
    1.

    Each class has its own weights, and so its own column.

    For D = 3 and K = 2 the shape is (3, 2), not (3,).
    """
    return np.outer(x, S - y).sum(axis=1)


def weight_gradient__squeezed(W, S, x, y):
    """With a single input or class you return a vector; return a matrix like W.

    squeeze() removes every dimension of length 1, also those that belong to the answer.

    For D = 1 and K = 2 the shape is (1, 2).
    """
    return np.outer(x, S - y).squeeze()


def weight_gradient__three_inputs(W, S, x, y):
    """Your function works for three inputs and five classes only, as in the worked example.

    Take the sizes from W.shape.

    For D = 1 and K = 2 the shape is (1, 2).
    """
    G = np.zeros((3, 5))
    for j in range(3):
        for i in range(5):
            G[j, i] = x[j] * (S[i] - y[i])
    return G


def weight_gradient__dtype_of_inputs(W, S, x, y):
    """Where x and y hold integers your result does too, and its fractions are dropped.

    An array created like x or y takes over its dtype. A gradient needs floats.

    Stored as an integer, -0.5 becomes 0.
    """
    return np.outer(x, S - y).astype(np.asarray(x).dtype)


def weight_gradient__whole_numbers(W, S, x, y):
    """Your numbers are whole: the array was made with a dtype of int, which drops the fractions.

    A new array gets its dtype from how it is created. A gradient needs floats.

    Stored as an integer, -0.5 becomes 0.
    """
    return np.outer(x, S - y).astype(int)


def weight_gradient__rounded(W, S, x, y):
    """Your numbers are rounded to a few decimals.

    Return the numbers unrounded. Rounding is for printing.

    A gradient of 0.000004 is small, not 0.
    """
    return np.round(np.outer(x, S - y), 4)


def weight_gradient__half_precision(W, S, x, y):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return np.outer(x, S - y).astype(np.float16)


def weight_gradient__changes_its_input(W, S, x, y):
    """Your gradient is right, but one of the caller's arrays is different after the call.

    Statements like S -= y write into the caller's own array.

    After the call the caller still needs all four: compute with a new array.
    """
    S -= y
    return np.outer(x, S)


_GRADIENTS = {}


def weight_gradient__sums_kept(W, S, x, y):
    """Your first result is right; later ones of the same size have the earlier ones added.

    A variable outside the function keeps its value after the call.

    Called twice with the same arguments, the second result should equal the first.
    """
    _GRADIENTS[W.shape] = _GRADIENTS.get(W.shape, 0) + np.outer(x, S - y)
    return _GRADIENTS[W.shape]


def _norm_at_most(limit):
    def wrong(W, S, x, y):
        """You shorten gradients that are longer than a limit: gradient clipping.

        That is a trick for training, with an arbitrary limit. The derivative has none.

        For errors (output minus label) of (0.5, -0.5), x = (10,) the gradient is (5, -5), as long
        as it is.
        """
        G = np.outer(x, S - y)
        length = np.sqrt((G * G).sum())
        return G if length <= limit else G * (limit / length)

    return wrong


weight_gradient__norm_at_most_1 = _norm_at_most(1.0)
weight_gradient__norm_at_most_5 = _norm_at_most(5.0)


def weight_gradient__unit_length(W, S, x, y):
    """You divided the gradient by its length, so only its direction is left.

    Keep its length: it says how much the loss changes.

    For errors (output minus label) of (0.5, -0.5), x = (2,) the gradient is (1, -1).
    """
    with np.errstate(all="ignore"):
        G = np.outer(x, S - y)
        return G / np.sqrt((G * G).sum())


def weight_gradient__stepped_by_a_tenth(W, S, x, y):
    """You took a step with the gradient; the exercise asks for the gradient itself.

    The step, W - rate * gradient, is the next exercise.

    For S = y the gradient is zero, whatever W is.
    """
    return W - 0.1 * np.outer(x, S - y)


def weight_gradient__first_label_for_all(W, S, x, y):
    """You compare the number of the class with the first label; use y_i.

    y holds one number for each class, not the number of a class. Subtract y_i from S_i.

    For S = (0.25, 0.75), y = (1, 0) the difference is (-0.75, 0.75).
    """
    return np.outer(x, S - (np.arange(len(S)) == y[0]))
