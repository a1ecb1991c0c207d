"""Wrong answers to x_entropy that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np


def x_entropy__log_of_zero(y, S):
    """Your formula is right, but 0 * log 0 gives nan where a probability is exactly zero.

    Where y is 0 the term is 0, whatever S is. Leave out such classes before you take the logarithm.

    For y = (1, 0) and S = (1, 0) the loss is 0.
    """
    with np.errstate(all="ignore"):
        return -np.sum(y * np.log(S))


def x_entropy__clipped(y, S):
    """You clipped S away from 0 and 1, which caps the loss of a confident mistake.

    The logarithm is safe for any positive number. Only classes with y = 0 need special care.

    For y = (1, 0) and S = (1e-20, 1) the loss is 46.05; with S clipped at 1e-7 it would be 16.12.
    """
    return -np.sum(y * np.log(np.clip(S, 1e-7, 1 - 1e-7)))


def x_entropy__minus_missing(y, S):
    """Your loss is negative: the minus sign before the sum is missing.

    The logarithm of a probability is never positive; a loss is never negative.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not -0.693.
    """
    return np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y)


def x_entropy__base_two(y, S):
    """Your loss is in bits: it uses the logarithm with base 2.

    The loss uses the natural logarithm, whose derivative is 1/S without any factor.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 1.
    """
    return -np.sum(np.log2(S, where=y > 0, out=np.zeros(len(S))) * y)


def x_entropy__base_ten(y, S):
    """Your loss uses the logarithm with base 10.

    The loss uses the natural logarithm, whose derivative is 1/S without any factor.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.301.
    """
    return -np.sum(np.log10(S, where=y > 0, out=np.zeros(len(S))) * y)


def x_entropy__mean_over_classes(y, S):
    """Your loss is too small by a factor of the number of classes: you took the mean, not the sum.

    Cross-entropy adds up the classes of one sample. The mean over samples comes later.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.347.
    """
    return -np.mean(np.log(S, where=y > 0, out=np.zeros(len(S))) * y)


def x_entropy__not_summed(y, S):
    """You returned one term for each class; the loss is a single number, their sum.

    A loss is one number that says how bad the output is.

    For two classes the shape is (), a plain number, not (2,).
    """
    return -np.log(S, where=y > 0, out=np.zeros(len(S))) * y


def x_entropy__swapped(y, S):
    """You took the logarithm of y and weighted it by S: the two are swapped.

    Weight by the label, and take the logarithm of the output.

    For y = (1, 0) the logarithm of y is not even finite.
    """
    with np.errstate(all="ignore"):
        return -np.sum(S * np.log(y))


def x_entropy__share_taken_from_one(y, S):
    """You took the logarithm of 1 - S, the probability of not being this class.

    The loss grows as the probability of the true class falls.

    For y = (1, 0) and S = (0.25, 0.75) the loss is -ln 0.25 = 1.386, not -ln 0.75.
    """
    with np.errstate(all="ignore"):
        return -np.sum(y * np.log(1 - S))


def x_entropy__binary(y, S):
    """You added the term (1 - y) log(1 - S), which belongs to yes-or-no outputs.

    With softmax the probabilities sum to 1, so the other classes already count through S.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not twice as much.
    """
    with np.errstate(all="ignore"):
        yes = np.where(y > 0, y * np.log(S), 0)
        no = np.where(y < 1, (1 - y) * np.log(1 - S), 0)
    return -np.sum(yes + no)


def x_entropy__largest_label_only(y, S):
    """You used the largest label only: with soft labels the other classes are lost.

    Every class counts with its own weight y. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the loss is 0.693, both terms together.
    """
    return -np.log(S[np.argmax(y)])


def x_entropy__largest_label_weighted(y, S):
    """You used the term of the largest label only: with soft labels the other classes are lost.

    Every class counts with its own weight y. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the loss is 0.693, not 0.416.
    """
    return -np.max(y) * np.log(S[np.argmax(y)])


def x_entropy__every_labelled_class(y, S):
    """You added up log S over every class whose label is not zero, without weighting by the label.

    Every class counts with its own weight y. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the loss is 0.693, not twice as much.
    """
    return -np.sum(np.log(S[y > 0]))


def x_entropy__predicted_class(y, S):
    """You used the class with the largest output; use the true class.

    The loss measures how probable the true class was, not how sure the output is.

    For y = (1, 0) and S = (0.2, 0.8) the loss is -log 0.2 = 1.609.
    """
    return -np.log(np.max(S))


def x_entropy__no_logarithm(y, S):
    """You added up y * S: the logarithm is missing.

    The logarithm makes the loss grow without bound as the probability of the true class falls.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not -0.5.
    """
    return -np.sum(y * S)


def x_entropy__one_minus_share(y, S):
    """You returned 1 minus the probability of the true class: the logarithm is missing.

    The logarithm makes the loss grow without bound as the probability of the true class falls.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.5.
    """
    return 1 - np.sum(y * S)


def x_entropy__squared_error(y, S):
    """You returned the sum of squared differences, a different loss.

    Cross-entropy weights the logarithm of the output by the label; it has no square.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.5.
    """
    return np.sum((y - S) ** 2)


def x_entropy__half_squared_error(y, S):
    """You returned half the sum of squared differences, a different loss.

    Cross-entropy weights the logarithm of the output by the label; it has no square.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.25.
    """
    return np.sum((y - S) ** 2) / 2


def x_entropy__mean_squared_error(y, S):
    """You returned the mean of squared differences, a different loss.

    Cross-entropy weights the logarithm of the output by the label; it has no square.

    For y = (1, 0) and S = (0.4, 0.6) the loss is 0.916, not 0.36.
    """
    return np.mean((y - S) ** 2)


def x_entropy__absolute_error(y, S):
    """You returned the sum of absolute differences, a different loss.

    Cross-entropy weights the logarithm of the output by the label; it takes no differences.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 1.
    """
    return np.sum(np.abs(y - S))


def x_entropy__wrong_classes_only(y, S):
    """You added up (1 - y) log(1 - S), which looks only at the wrong classes.

    With softmax the probabilities sum to 1, so the true class's term is enough.

    For y = (1, 0, 0) and S = (0.5, 0.3, 0.2) the loss is 0.693, not 0.580.
    """
    with np.errstate(all="ignore"):
        return -np.sum(np.where(y < 1, (1 - y) * np.log(1 - S), 0))


def x_entropy__share_before_the_logarithm(y, S):
    """Your terms have a factor S before the logarithm, as in an entropy.

    The logarithms are weighted by the labels alone.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.347.
    """
    return -np.sum(y * S * np.log(S, where=y > 0, out=np.zeros(len(S))))


def x_entropy__mean_over_labelled(y, S):
    """You averaged over the classes whose label is not zero; take the sum.

    The labels add up to 1, so weighting by them is already an average.

    For y = (0.5, 0.5) and S = (0.5, 0.5) the loss is 0.693, not 0.347.
    """
    kept = np.flatnonzero(y)
    return -np.mean(y[kept] * np.log(S[kept]))


def x_entropy__first_class_missing(y, S):
    """The first class does not count in your loss, since the loop begins at 1.

    Python counts from 0: use range(n).

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    return -np.sum(np.log(S, where=y > 0, out=np.zeros(len(S)))[1:] * y[1:])


def x_entropy__last_class_missing(y, S):
    """The last class does not count in your loss, since the loop stops one too early.

    Use range(n): it already ends at n - 1.

    For y = (0, 1) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    return -np.sum(np.log(S, where=y > 0, out=np.zeros(len(S)))[:-1] * y[:-1])


def x_entropy__probability(y, S):
    """You returned the probability of the true class: the logarithm and its minus sign are missing.

    A loss is 0 when the output is right, and grows with the error.

    For y = (1, 0) and S = (0.2, 0.8) the loss is 1.609, not 0.2.
    """
    return np.sum(y * S)


def x_entropy__certain_classes_only(y, S):
    """You counted only classes whose label is exactly 1: soft labels count for nothing.

    Every class counts with its own weight y. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    return -np.sum(np.log(S[np.equal(y, 1)]))


def x_entropy__entropy_of_S(y, S):
    """You returned the entropy of S itself: the labels are not used.

    Weight by the label, and take the logarithm of the output.

    For y = (1, 0) and S = (0.2, 0.8) the loss is 1.609, for y = (0, 1) it is 0.223.
    """
    return -np.sum(S * np.log(np.where(S > 0, S, 1)))


def x_entropy__all_classes(y, S):
    """You added up log S over all classes: the labels are not used.

    Weight each term by y, so that wrong classes do not count.

    For y = (1, 0) and S = (0.2, 0.8) the loss is 1.609, for y = (0, 1) it is 0.223.
    """
    with np.errstate(all="ignore"):
        return -np.sum(np.log(S))


def x_entropy__divergence(y, S):
    """You subtracted the entropy of the labels: with soft labels your loss is too small.

    That is the Kullback-Leibler divergence. For one-hot labels the two agree.

    For y = (0.5, 0.5) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    kept = y > 0
    return np.sum(y[kept] * np.log(y[kept] / S[kept]))


def x_entropy__log_of_one_plus(y, S):
    """You took the logarithm of 1 + S.

    np.log1p(S) is log(1 + S), for numbers near zero; the loss needs the logarithm of S itself.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not -0.405.
    """
    return -np.sum(y * np.log1p(S))


def x_entropy__log_of_the_sum(y, S):
    """You added up y * S first, then took the logarithm: with soft labels that is different.

    Each class has its own logarithm. For one-hot labels the two agree.

    For y = (0.5, 0.5) and S = (0.2, 0.8) the loss is 0.916, not 0.693.
    """
    return -np.log(np.sum(y * S))


def x_entropy__softmax_first(y, S):
    """You applied softmax to S, but it already holds the probabilities.

    The argument is the output of softmax. Some libraries take logits here; this function does not.

    For y = (1, 0) and S = (0.2, 0.8) the loss is -log 0.2 = 1.609.
    """
    return np.log(np.sum(np.exp(S))) * np.sum(y) - np.sum(y * S)


def x_entropy__kept_dimensions(y, S):
    """You returned an array that holds one number; return a plain number, of shape ().

    keepdims, or a reshape to a row or column, leaves an extra dimension.

    np.sum of a vector, without other arguments, has the shape ().
    """
    return -np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y, keepdims=True)


def x_entropy__rounded(y, S):
    """Your loss is rounded to a few decimals.

    Return the number unrounded. Rounding is for printing.

    A loss of 0.00004 is small, not 0.
    """
    return np.round(-np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y), 4)


def x_entropy__whole_number(y, S):
    """Your loss is a whole number: it was stored as an integer, which drops the fraction.

    An array created like y takes over y's dtype, and int() drops all decimals.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    return int(-np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y))


def x_entropy__dtype_of_y(y, S):
    """Where y holds integers your terms do too, and their fractions are dropped.

    An array created like y takes over y's dtype. The terms of the loss need floats.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    terms = np.zeros_like(y)
    for c in range(len(S)):
        if y[c] > 0:
            terms[c] = y[c] * np.log(S[c])
    return -float(terms.sum())


def x_entropy__half_precision(y, S):
    """Your loss has only three digits: it went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998, and anything below 6e-8 is 0.
    """
    with np.errstate(all="ignore"):
        H = np.asarray(S).astype(np.float16)
        return -np.sum(np.asarray(y, dtype=np.float16) * np.log(np.where(y > 0, H, 1)))


def x_entropy__changes_its_input(y, S):
    """Your loss is right, but one of the caller's arrays is different after the call.

    S[...] = and S += write into the caller's own array, even if they add very little.

    After x_entropy(y, S) the caller still needs both for the derivative: use a new array.
    """
    S[np.equal(y, 0)] = 1
    return -np.sum(y * np.log(S))


_LOSSES = [0.0]


def x_entropy__total_kept(y, S):
    """Your first loss is right; each later one has the earlier ones added.

    A variable outside the function, or a list as a default value, keeps its value after the call.

    Called twice with the same arguments, the second loss should equal the first.
    """
    _LOSSES[0] -= np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y)
    return _LOSSES[0]


def _focal(power):
    def wrong(y, S):
        """You weighted each term by a power of 1 - S: that is the focal loss.

        In cross-entropy the term is -y log S, with no further factor.

        For y = (1, 0), S = (0.5, 0.5) the loss is 0.693; with the square it would be 0.173.
        """
        true = y != 0
        return -np.sum(y[true] * (1 - S[true]) ** power * np.log(S[true]))

    return wrong


x_entropy__focal = _focal(2)
x_entropy__focal_of_first_power = _focal(1)


def x_entropy__hinge(y, S):
    """You returned a hinge loss, built from margins between the probabilities.

    Cross-entropy uses logarithms: -sum y log S.

    For y = (1, 0), S = (0.5, 0.5) the loss is 0.693.
    """
    margins = np.maximum(0.0, S - np.sum(y * S) + 1.0) * (y == 0)
    return margins.sum()


def x_entropy__binary_averaged(y, S):
    """You averaged the loss of K yes-or-no questions; there is one question with K answers.

    The term (1 - y) log(1 - S) belongs to a single output between 0 and 1. Nothing is averaged.

    For y = (1, 0), S = (0.5, 0.5) the loss is 0.693.
    """
    with np.errstate(all="ignore"):
        terms = y * np.log(S + 1e-8) + (1 - y) * np.log(1 - S + 1e-8)
        return -np.mean(terms)


def x_entropy__labels_as_indices(y, S):
    """You use the labels as indices, but y holds one number for each class, not a class's number.

    y = (0, 0, 1) means class 2. Multiply y by the logarithms, and add them up.

    For y = (0, 1), S = (0.25, 0.75) the loss is 0.288, a single number.
    """
    with np.errstate(all="ignore"):
        return -np.log(S[y.astype(int)])


def x_entropy__labels_as_indices_added(y, S):
    with np.errstate(all="ignore"):
        return -np.log(S[y.astype(int)]).sum()


x_entropy__labels_as_indices_added.__doc__ = x_entropy__labels_as_indices.__doc__


def x_entropy__squares_of_shares_added(y, S):
    """You added a penalty to the loss.

    Some texts add weight decay. Here the loss is the cross-entropy alone.

    For y = (0, 1), S = (0, 1) the loss is 0.
    """
    true = y != 0
    return -np.sum(y[true] * np.log(S[true])) + 0.0005 * np.sum(S * S)
