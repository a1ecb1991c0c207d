"""Wrong answers to xe_dir that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np


def xe_dir__zero_by_zero(y, S):
    """Your formula is right, but 0/0 gives nan where a probability is exactly zero.

    Where y is 0 the loss does not depend on S, so the derivative is 0, whatever S is.

    For y = (1, 0) and S = (1, 0) the derivative is (-1, 0).
    """
    with np.errstate(all="ignore"):
        return -y / S


def xe_dir__clipped(y, S):
    """The derivative of a confident mistake is capped: S is clipped away from 0, or the result is.

    The division is safe for any positive number. Only classes with y = 0 need special care.

    For y = (1, 0) and S = (1e-20, 1) the first number is -1e20, not -1e7.
    """
    return -y / np.clip(S, 1e-7, 1 - 1e-7)


def xe_dir__minus_missing(y, S):
    """Your numbers are positive, but the loss falls when the true class's probability rises.

    The minus sign of the loss stays when you differentiate it.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0).
    """
    return np.divide(y, S, out=np.zeros(len(S)), where=y > 0)


def xe_dir__labels_forgotten(y, S):
    """You wrote -1/S for every class: the label is missing.

    Each term of the loss is weighted by y, and differentiating a term keeps its factors.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-2, -2).
    """
    with np.errstate(all="ignore"):
        return -1 / S


def xe_dir__labelled_classes_unweighted(y, S):
    """You wrote -1/S wherever the label is not zero, without weighting by it.

    For one-hot labels the two agree; with soft labels the weight is less than 1.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the derivative is (-1.2, -0.8).
    """
    return -np.divide(1.0, S, out=np.zeros(len(S)), where=y > 0)


def xe_dir__largest_label_only(y, S):
    """You used the largest label only: with soft labels the other classes are lost.

    Every class has its own derivative. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the derivative is (-1.2, -0.8).
    """
    c = np.argmax(y)
    g = np.zeros(len(S))
    g[c] = -1 / S[c]
    return g


def xe_dir__by_the_logits(y, S):
    """You returned output minus label, the derivative with respect to the logits; take it with
    respect to S.

    The loss is -sum_c y_c log S_c. Differentiate it with respect to S, without going on to softmax.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-0.5, 0.5).
    """
    return S - y


def xe_dir__labels_minus_shares(y, S):
    """You returned label minus output: neither the sign nor the size is that of a derivative with
    respect to S.

    The loss is -sum_c y_c log S_c. Differentiate it with respect to S, without going on to softmax.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (0.5, -0.5).
    """
    return y - S


def xe_dir__both_ways_of_a_yes_or_no(y, S):
    """You divided output minus label by S (1 - S), which belongs to yes-or-no outputs.

    With softmax the probabilities sum to 1, so wrong classes already count through S.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-2, 2).
    """
    with np.errstate(all="ignore"):
        return (S - y) / (S * (1 - S))


def xe_dir__of_the_squared_error(y, S):
    """You differentiated the squared error: you have twice output minus label.

    The loss is the cross-entropy, -sum_c y_c log S_c, which has no square.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-1, 1).
    """
    return 2 * (S - y)


def xe_dir__logarithm_kept(y, S):
    """Your numbers still contain the logarithm: differentiating removes it.

    The derivative of log s is 1/s.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (1.386, 0).
    """
    logs = np.log(S, where=y > 0, out=np.zeros(len(S)))
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0) * logs


def xe_dir__predicted_class(y, S):
    """You wrote -1/S for the class with the largest output; use the true class.

    The derivative is nonzero where the label is, whatever the output is.

    For y = (1, 0) and S = (0.2, 0.8) the derivative is (-5, 0), not (0, -1.25).
    """
    c = np.argmax(S)
    g = np.zeros(len(S))
    g[c] = -1 / S[c]
    return g


def xe_dir__upside_down(y, S):
    """Your fraction is upside down: the label is the numerator, the output the denominator.

    The derivative of log s is 1/s.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0).
    """
    with np.errstate(all="ignore"):
        return -S / y


def xe_dir__multiplied(y, S):
    """You multiplied label and output; divide the label by the output.

    The derivative of log s is 1/s, so it grows as s falls.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-0.5, 0).
    """
    return -y * S


def xe_dir__not_derived(y, S):
    """You returned the terms of the loss, not their derivatives.

    The derivative of log s is 1/s.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (0.693, 0).
    """
    return -np.log(S, where=y > 0, out=np.zeros(len(S))) * y


def xe_dir__square_below(y, S):
    """The denominator of your fraction is the square of S.

    1/s is the derivative of log s; 1/s^2 comes from differentiating once more.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-4, 0).
    """
    return -np.divide(y, S * S, out=np.zeros(len(S)), where=y > 0)


def xe_dir__summed(y, S):
    """You added up all classes; the derivative has one number for each of them.

    The derivative with respect to a vector is a vector: how the loss changes with each S_c.

    For two classes the shape is (2,), not ().
    """
    return -np.sum(np.divide(y, S, out=np.zeros(len(S)), where=y > 0))


def xe_dir__labelled_classes_only(y, S):
    """You left out the classes whose label is zero: your vector is too short.

    Their derivative is 0, and that 0 belongs in the vector.

    For y = (0, 1) and S = (0.5, 0.5) the derivative is (0, -2), not (-2,).
    """
    return -y[y > 0] / S[y > 0]


def xe_dir__divided_by_the_number_of_classes(y, S):
    """Your numbers are too small by a factor of the number of classes: the loss is a sum, not a
    mean.

    Nothing is divided by K, neither in the loss nor in its derivative.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-1, 0).
    """
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0) / len(S)


def xe_dir__base_two(y, S):
    """Your numbers have the factor 1/ln 2 of a logarithm with base 2.

    The loss uses the natural logarithm, whose derivative is 1/s.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-2.885, 0).
    """
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0) / np.log(2)


def xe_dir__binary(y, S):
    """You added (1 - y)/(1 - S), which belongs to yes-or-no outputs.

    With softmax the probabilities sum to 1, so wrong classes already count through S.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-2, 2).
    """
    with np.errstate(all="ignore"):
        no = np.where(y < 1, (1 - y) / (1 - S), 0)
    return no - np.divide(y, S, out=np.zeros(len(S)), where=y > 0)


def xe_dir__logistic_factor(y, S):
    """Your numbers have the factor S(1 - S) of the logistic function.

    The derivative with respect to S stops at S; the step to the logits is a different function.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-0.5, 0).
    """
    return -y * (1 - S)


def xe_dir__softmax_first(y, S):
    """You applied softmax to S, but it already holds the probabilities.

    The argument is the output of softmax.

    For y = (1, 0) and S = (0.2, 0.8) the derivative is (-5, 0).
    """
    E = np.exp(S - np.max(S))
    return -y * E.sum() / E


def xe_dir__matrix(y, S):
    """You put the numbers on the diagonal of a matrix; return a vector.

    One loss and K outputs give K derivatives, a vector.

    For two classes the shape is (2,), not (2, 2).
    """
    return -np.diag(np.divide(y, S, out=np.zeros(len(S)), where=y > 0))


def xe_dir__every_pair(y, S):
    """You divided every label by every output: a K x K table.

    Class c needs its own label and its own output only.

    For two classes the shape is (2,), not (2, 2).
    """
    with np.errstate(all="ignore"):
        return -np.divide.outer(y, S)


def xe_dir__row(y, S):
    """You returned a matrix of one row, (1, K); the answer is a vector of shape (K,).

    Treating one vector as a batch of one adds a dimension that you have to remove again.

    For two classes the shape is (2,), with one pair of brackets when printed.
    """
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0).reshape(1, -1)


def xe_dir__squeezed(y, S):
    """With a single class you return a plain number; return a vector of shape (1,).

    squeeze() removes every dimension of length 1, also those that belong to the answer.

    For K classes the shape is (K,), for one class (1,).
    """
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0).squeeze()


def xe_dir__dtype_of_y(y, S):
    """Where y holds integers your result does too, and its fractions are dropped.

    An array created like y takes over y's dtype. The derivative needs floats.

    For y = (1, 0) and S = (0.4, 0.6) the first number is -2.5, not -2.
    """
    g = np.zeros_like(y)
    for c in range(len(S)):
        if y[c]:
            g[c] = -y[c] / S[c]
    return g


def xe_dir__whole_numbers(y, S):
    """Your result holds whole numbers: it was made with a dtype of int, which drops the fractions.

    A new array gets its dtype from how it is created. The derivative needs floats.

    For y = (1, 0) and S = (0.4, 0.6) the first number is -2.5, not -2.
    """
    with np.errstate(all="ignore"):
        return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0).astype(int)


def xe_dir__rounded(y, S):
    """Your numbers are rounded to a few decimals.

    Return the numbers unrounded. Rounding is for printing.

    The article prints -4.60864, but it computes with all decimals.
    """
    return np.round(-np.divide(y, S, out=np.zeros(len(S)), where=y > 0), 3)


def xe_dir__half_precision(y, S):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998, and nothing is larger than 65504.
    """
    with np.errstate(all="ignore"):
        return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0).astype(np.float16)


def xe_dir__changes_its_input(y, S):
    """Your derivative is right, but one of the caller's arrays is different after the call.

    S[...] = and S += write into the caller's own array, even if they add very little.

    After xe_dir(y, S) the caller still needs both: use a new array.
    """
    S[np.equal(y, 0)] = 1
    return -y / S


_DERIVATIVES = {}


def xe_dir__first_vector_kept(y, S):
    """The first vector of each size is right, and you return it again for every later call.

    A result kept outside the function is not the answer for new arguments.

    Other labels or outputs of the same size need another vector.
    """
    g = -np.divide(y, S, out=np.zeros(len(S)), where=y > 0)
    return _DERIVATIVES.setdefault(len(S), g)


def xe_dir__binary_with_the_wrong_sign(y, S):
    """You added terms in 1 - S, which belong to yes-or-no outputs, and lost the minus sign.

    In cross-entropy, S appears only in the term of the true class: its derivative is -y / S.

    For y = (1, 0), S = (0.5, 0.5) it is (-2, 0).
    """
    with np.errstate(all="ignore"):
        return y / S + (1 - y) / (1 - S)


def xe_dir__binary_with_epsilon(y, S):
    """You differentiated the loss of K yes-or-no questions; there is one question with K answers.

    The S (1 - S) that you divide by belongs to a single output between 0 and 1. With softmax the
    derivative with respect to S is -y / S.

    For y = (1, 0), S = (0.5, 0.5) it is (-2, 0).
    """
    return (S - y) / (S * (1 - S) + 1e-12)


def xe_dir__by_the_logits_averaged(y, S):
    """You returned the derivative with respect to the logits, divided by the number of classes.

    The exercise asks for the derivative with respect to S itself, which is -y / S. Nothing is
    averaged.

    For y = (1, 0), S = (0.5, 0.5) it is (-2, 0), not (-0.25, 0.25).
    """
    return (S - y) / len(S)
