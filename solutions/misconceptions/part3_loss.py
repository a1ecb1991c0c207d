"""Wrong answers to part 3 that students really give; each docstring is the hint, level by level.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np

# --- x_entropy --------------------------------------------------------------------------------


def x_entropy__log_of_zero(y, S):
    """Your formula is right, but 0 * log 0 comes out as nan where a probability is exactly zero.

    Where y is 0 the term is 0, whatever S is. Leave such classes out before you take a logarithm.

    For y = (1, 0) and S = (1, 0) the loss is 0.
    """
    with np.errstate(all="ignore"):
        return -np.sum(y * np.log(S))


def x_entropy__clipped(y, S):
    """You kept S away from 0 and 1, which caps the loss of a confident mistake.

    The logarithm is safe for any positive number. Only classes with y = 0 need care.

    For y = (1, 0) and S = (1e-20, 1) the loss is 46.05; with S cut at 1e-7 it would be 16.12.
    """
    return -np.sum(y * np.log(np.clip(S, 1e-7, 1 - 1e-7)))


def _loss_with_epsilon(epsilon):
    """The same numbers come from adding epsilon to S as from keeping S above it."""

    def wrong(y, S):
        return -np.sum(y * np.log(S + epsilon))

    wrong.__doc__ = """Where a probability is tiny your result is not: S was raised a little.

    Added to S or taken as its least value, the number hides how confident a mistake is. Logarithm
    and division are safe for any positive S. Only classes with y = 0 need care.

    For y = (1, 0) and S = (1e-20, 1) the loss is 46.05, but log(1e-20 + 1e-8) gives 18.42.
    """
    return wrong


x_entropy__epsilon_1e_3 = _loss_with_epsilon(1e-3)
x_entropy__epsilon_1e_4 = _loss_with_epsilon(1e-4)
x_entropy__epsilon_1e_5 = _loss_with_epsilon(1e-5)
x_entropy__epsilon_1e_6 = _loss_with_epsilon(1e-6)
x_entropy__epsilon_1e_7 = _loss_with_epsilon(1e-7)
x_entropy__epsilon_1e_8 = _loss_with_epsilon(1e-8)
x_entropy__epsilon_1e_9 = _loss_with_epsilon(1e-9)
x_entropy__epsilon_1e_10 = _loss_with_epsilon(1e-10)
x_entropy__epsilon_1e_12 = _loss_with_epsilon(1e-12)
x_entropy__epsilon_1e_15 = _loss_with_epsilon(1e-15)
x_entropy__epsilon_1e_16 = _loss_with_epsilon(1e-16)
x_entropy__epsilon_of_the_machine = _loss_with_epsilon(np.finfo(float).eps)
x_entropy__epsilon_1e_20 = _loss_with_epsilon(1e-20)


def _loss_with_floor(floor):
    def wrong(y, S):
        return -np.sum(y * np.log(np.maximum(S, floor)))

    wrong.__doc__ = x_entropy__clipped.__doc__
    return wrong


x_entropy__floor_1e_3 = _loss_with_floor(1e-3)
x_entropy__floor_1e_5 = _loss_with_floor(1e-5)
x_entropy__floor_1e_6 = _loss_with_floor(1e-6)
x_entropy__floor_1e_15 = _loss_with_floor(1e-15)
x_entropy__floor_1e_16 = _loss_with_floor(1e-16)


def x_entropy__minus_missing(y, S):
    """Your loss is negative: the minus before the sum is missing.

    The logarithm of a probability is never positive; a loss is never negative.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not -0.693.
    """
    return np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y)


def x_entropy__base_two(y, S):
    """Your loss is counted in bits: it uses the logarithm of base 2.

    The loss uses the natural logarithm, whose derivative is 1/S without any factor.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 1.
    """
    return -np.sum(np.log2(S, where=y > 0, out=np.zeros(len(S))) * y)


def x_entropy__base_ten(y, S):
    """Your loss uses the logarithm of base 10.

    The loss uses the natural logarithm, whose derivative is 1/S without any factor.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.301.
    """
    return -np.sum(np.log10(S, where=y > 0, out=np.zeros(len(S))) * y)


def x_entropy__mean_over_classes(y, S):
    """Your loss is too small by the number of classes: you took the mean, not the sum.

    Cross-entropy adds up the classes of one sample. Means are taken over samples, later.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.347.
    """
    return -np.mean(np.log(S, where=y > 0, out=np.zeros(len(S))) * y)


def x_entropy__not_summed(y, S):
    """You returned one term for each class; the loss is a single number, their sum.

    A loss has to say with one number how good the output is.

    For two classes the shape is (), a plain number, not (2,).
    """
    return -np.log(S, where=y > 0, out=np.zeros(len(S))) * y


def x_entropy__swapped(y, S):
    """You took the logarithm of y and weighed it with S: the two have changed places.

    The truth weighs, the logarithm is taken of the output.

    For y = (1, 0) the logarithm of y is not even finite.
    """
    with np.errstate(all="ignore"):
        return -np.sum(S * np.log(y))


def x_entropy__share_taken_from_one(y, S):
    """You took the logarithm of 1 - S, the probability that it is not this class.

    The loss grows as the true class's own probability falls.

    For y = (1, 0) and S = (0.25, 0.75) the loss is -ln 0.25 = 1.386, not -ln 0.75.
    """
    with np.errstate(all="ignore"):
        return -np.sum(y * np.log(1 - S))


def x_entropy__binary(y, S):
    """You added the term (1 - y) log(1 - S), which belongs to yes-or-no outputs.

    With softmax the classes share one probability; the other classes already count through S.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not twice as much.
    """
    with np.errstate(all="ignore"):
        yes = np.where(y > 0, y * np.log(S), 0)
        no = np.where(y < 1, (1 - y) * np.log(1 - S), 0)
    return -np.sum(yes + no)


def x_entropy__largest_label_only(y, S):
    """You used the largest label only: where the truth is shared among classes, the rest is lost.

    Every class counts with its own weight y. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the loss is 0.693, both terms together.
    """
    return -np.log(S[np.argmax(y)])


def x_entropy__largest_label_weighted(y, S):
    """You used the term of the largest label only: where the truth is shared, the rest is lost.

    Every class counts with its own weight y. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the loss is 0.693, not 0.416.
    """
    return -np.max(y) * np.log(S[np.argmax(y)])


def x_entropy__every_labelled_class(y, S):
    """You added up log S over every class whose label is not zero, without weighing by the label.

    Every class counts with its own weight y. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the loss is 0.693, not twice as much.
    """
    return -np.sum(np.log(S[y > 0]))


def x_entropy__predicted_class(y, S):
    """You took the class with the largest output, where the true class belongs.

    The loss asks how probable the truth was held to be, not how sure the output is.

    For y = (1, 0) and S = (0.2, 0.8) the loss is -log 0.2 = 1.609.
    """
    return -np.log(np.max(S))


def x_entropy__no_logarithm(y, S):
    """You added up y * S: the logarithm is missing.

    The logarithm makes the loss grow without bound as the true class's probability falls.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not -0.5.
    """
    return -np.sum(y * S)


def x_entropy__one_minus_share(y, S):
    """You returned 1 minus the true class's share: the logarithm is missing.

    The logarithm makes the loss grow without bound as the true class's probability falls.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.5.
    """
    return 1 - np.sum(y * S)


def x_entropy__squared_error(y, S):
    """You returned the sum of squared differences, another loss.

    Cross-entropy weighs the logarithm of the output with the truth; it has no square.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.5.
    """
    return np.sum((y - S) ** 2)


def x_entropy__half_squared_error(y, S):
    """You returned half the sum of squared differences, another loss.

    Cross-entropy weighs the logarithm of the output with the truth; it has no square.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.25.
    """
    return np.sum((y - S) ** 2) / 2


def x_entropy__mean_squared_error(y, S):
    """You returned the mean of squared differences, another loss.

    Cross-entropy weighs the logarithm of the output with the truth; it has no square.

    For y = (1, 0) and S = (0.4, 0.6) the loss is 0.916, not 0.36.
    """
    return np.mean((y - S) ** 2)


def x_entropy__absolute_error(y, S):
    """You returned the sum of absolute differences, another loss.

    Cross-entropy weighs the logarithm of the output with the truth; it takes no differences.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 1.
    """
    return np.sum(np.abs(y - S))


def x_entropy__wrong_classes_only(y, S):
    """You added up (1 - y) log(1 - S): what the wrong classes are not given.

    With softmax the classes share one probability; it is enough to look at what the truth gets.

    For y = (1, 0, 0) and S = (0.5, 0.3, 0.2) the loss is 0.693, not 0.580.
    """
    with np.errstate(all="ignore"):
        return -np.sum(np.where(y < 1, (1 - y) * np.log(1 - S), 0))


def x_entropy__share_before_the_logarithm(y, S):
    """Your terms carry a factor S before the logarithm, as an entropy has it.

    The truth alone weighs the logarithms.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.347.
    """
    return -np.sum(y * S * np.log(S, where=y > 0, out=np.zeros(len(S))))


def x_entropy__mean_over_labelled(y, S):
    """You averaged over the classes whose label is not zero.

    The labels add up to 1: weighing with them is the average already.

    For y = (0.5, 0.5) and S = (0.5, 0.5) the loss is 0.693, not 0.347.
    """
    kept = np.flatnonzero(y)
    return -np.mean(y[kept] * np.log(S[kept]))


def x_entropy__first_class_missing(y, S):
    """The first class does not count in your loss, since the loop begins at 1.

    The classes are counted from 0.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    return -np.sum(np.log(S, where=y > 0, out=np.zeros(len(S)))[1:] * y[1:])


def x_entropy__last_class_missing(y, S):
    """The last class does not count in your loss, since the loop stops one too early.

    Python's range(n) already ends at n - 1.

    For y = (0, 1) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    return -np.sum(np.log(S, where=y > 0, out=np.zeros(len(S)))[:-1] * y[:-1])


def x_entropy__probability(y, S):
    """You returned the probability of the truth: the logarithm and its minus are missing.

    A loss is 0 when the output is right, and grows with the error.

    For y = (1, 0) and S = (0.2, 0.8) the loss is 1.609, not 0.2.
    """
    return np.sum(y * S)


def x_entropy__certain_classes_only(y, S):
    """You counted only classes whose label is exactly 1: a truth that is shared counts for nothing.

    Every class counts with its own weight y. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    return -np.sum(np.log(S[np.equal(y, 1)]))


def x_entropy__entropy_of_S(y, S):
    """You returned the entropy of S itself: the truth has no part in it.

    The truth weighs, the logarithm is taken of the output.

    For y = (1, 0) and S = (0.2, 0.8) the loss is 1.609, for y = (0, 1) it is 0.223.
    """
    return -np.sum(S * np.log(np.where(S > 0, S, 1)))


def x_entropy__all_classes(y, S):
    """You added up log S over all classes: the truth has no part in it.

    Each term is weighed with y, so that wrong classes do not count.

    For y = (1, 0) and S = (0.2, 0.8) the loss is 1.609, for y = (0, 1) it is 0.223.
    """
    with np.errstate(all="ignore"):
        return -np.sum(np.log(S))


def x_entropy__divergence(y, S):
    """You took away the entropy of the truth: with shared labels your loss is too small.

    That is the Kullback-Leibler divergence. For one-hot labels the two agree.

    For y = (0.5, 0.5) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    kept = y > 0
    return np.sum(y[kept] * np.log(y[kept] / S[kept]))


def x_entropy__log_of_one_plus(y, S):
    """You took the logarithm of 1 + S.

    np.log1p(S) is log(1 + S), made for numbers near zero; here the logarithm of S itself is meant.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not -0.405.
    """
    return -np.sum(y * np.log1p(S))


def x_entropy__log_of_the_sum(y, S):
    """You added up y * S first and took the logarithm then: with shared labels that differs.

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
    """You returned an array that holds one number; a plain number is asked, of shape ().

    keepdims, or a reshape to a row or column, leaves a dimension behind.

    np.sum of a vector without further arguments has the shape ().
    """
    return -np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y, keepdims=True)


def x_entropy__rounded(y, S):
    """Your loss is rounded to a few decimals.

    Return the number as it comes. Rounding is for printing.

    A loss of 0.00004 is small, not 0.
    """
    return np.round(-np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y), 4)


def x_entropy__whole_number(y, S):
    """Your loss is a whole number: it was stored as an integer, which cuts it off.

    An array made like y takes over y's dtype, and int() drops all decimals.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    return int(-np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y))


def x_entropy__dtype_of_y(y, S):
    """Where y holds integers your terms do too, and their fractions are cut off.

    An array made like y takes over y's dtype. The terms of the loss need floats.

    For y = (1, 0) and S = (0.5, 0.5) the loss is 0.693, not 0.
    """
    terms = np.zeros_like(y)
    for c in range(len(S)):
        if y[c] > 0:
            terms[c] = y[c] * np.log(S[c])
    return -float(terms.sum())


def x_entropy__half_precision(y, S):
    """Your loss has only three digits: it went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998, and anything below 6e-8 is 0.
    """
    with np.errstate(all="ignore"):
        H = np.asarray(S).astype(np.float16)
        return -np.sum(np.asarray(y, dtype=np.float16) * np.log(np.where(y > 0, H, 1)))


def x_entropy__changes_its_input(y, S):
    """Your loss is right, but an array of the caller's is different after the call.

    S[...] = and S += write into the caller's own array, even if they only add very little.

    After x_entropy(y, S) the caller still needs both for the derivative: use a new array.
    """
    S[np.equal(y, 0)] = 1
    return -np.sum(y * np.log(S))


_LOSSES = [0.0]


def x_entropy__total_kept(y, S):
    """Your first loss is right; each later one has the earlier ones added.

    A variable outside the function, or a list as a default value, lives on after the call.

    Called twice with the same arguments, the second loss should equal the first.
    """
    _LOSSES[0] -= np.sum(np.log(S, where=y > 0, out=np.zeros(len(S))) * y)
    return _LOSSES[0]


# --- xe_dir -----------------------------------------------------------------------------------


def xe_dir__zero_by_zero(y, S):
    """Your formula is right, but 0/0 comes out as nan where a probability is exactly zero.

    Where y is 0 the loss does not depend on S, so the derivative is 0, whatever S is.

    For y = (1, 0) and S = (1, 0) the derivative is (-1, 0).
    """
    with np.errstate(all="ignore"):
        return -y / S


def xe_dir__clipped(y, S):
    """The derivative of a confident mistake is capped: S is kept away from 0, or the result cut.

    The division is safe for any positive number. Only classes with y = 0 need care.

    For y = (1, 0) and S = (1e-20, 1) the first number is -1e20, not -1e7.
    """
    return -y / np.clip(S, 1e-7, 1 - 1e-7)


def _slopes_with_epsilon(epsilon):
    """The same numbers come from adding epsilon to S as from keeping S above it."""

    def wrong(y, S):
        return -y / (S + epsilon)

    wrong.__doc__ = """Where a probability is tiny your result is not: S was raised a little.

    Added to S or taken as its least value, the number hides how confident a mistake is. Logarithm
    and division are safe for any positive S. Only classes with y = 0 need care.

    For y = (1, 0) and S = (1e-20, 1) the first number is -1e20, but 1e-20 + 1e-8 gives -1e8.
    """
    return wrong


xe_dir__epsilon_1e_3 = _slopes_with_epsilon(1e-3)
xe_dir__epsilon_1e_4 = _slopes_with_epsilon(1e-4)
xe_dir__epsilon_1e_5 = _slopes_with_epsilon(1e-5)
xe_dir__epsilon_1e_6 = _slopes_with_epsilon(1e-6)
xe_dir__epsilon_1e_7 = _slopes_with_epsilon(1e-7)
xe_dir__epsilon_1e_8 = _slopes_with_epsilon(1e-8)
xe_dir__epsilon_1e_9 = _slopes_with_epsilon(1e-9)
xe_dir__epsilon_1e_10 = _slopes_with_epsilon(1e-10)
xe_dir__epsilon_1e_12 = _slopes_with_epsilon(1e-12)
xe_dir__epsilon_1e_15 = _slopes_with_epsilon(1e-15)
xe_dir__epsilon_1e_16 = _slopes_with_epsilon(1e-16)
xe_dir__epsilon_of_the_machine = _slopes_with_epsilon(np.finfo(float).eps)
xe_dir__epsilon_1e_20 = _slopes_with_epsilon(1e-20)


def _slopes_with_floor(floor):
    def wrong(y, S):
        return -y / np.maximum(S, floor)

    wrong.__doc__ = xe_dir__clipped.__doc__
    return wrong


xe_dir__floor_1e_3 = _slopes_with_floor(1e-3)
xe_dir__floor_1e_5 = _slopes_with_floor(1e-5)
xe_dir__floor_1e_6 = _slopes_with_floor(1e-6)
xe_dir__floor_1e_15 = _slopes_with_floor(1e-15)
xe_dir__floor_1e_16 = _slopes_with_floor(1e-16)


def xe_dir__minus_missing(y, S):
    """Your numbers are positive, but the loss falls when the true class's probability rises.

    The minus of the loss stays when it is derived.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0).
    """
    return np.divide(y, S, out=np.zeros(len(S)), where=y > 0)


def xe_dir__labels_forgotten(y, S):
    """You wrote -1/S for every class: the label is missing.

    Each term of the loss is weighed with y, and a factor stays when a term is derived.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-2, -2).
    """
    with np.errstate(all="ignore"):
        return -1 / S


def xe_dir__labelled_classes_unweighted(y, S):
    """You wrote -1/S wherever the label is not zero, without weighing by it.

    For one-hot labels the two agree; where the truth is shared the weight is less than 1.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the derivative is (-1.2, -0.8).
    """
    return -np.divide(1.0, S, out=np.zeros(len(S)), where=y > 0)


def xe_dir__largest_label_only(y, S):
    """You used the largest label only: where the truth is shared among classes, the rest is lost.

    Every class has its own derivative. For one-hot labels the two agree.

    For y = (0.6, 0.4) and S = (0.5, 0.5) the derivative is (-1.2, -0.8).
    """
    c = np.argmax(y)
    g = np.zeros(len(S))
    g[c] = -1 / S[c]
    return g


def xe_dir__by_the_logits(y, S):
    """You returned output minus truth, the derivative by the logits; asked is the one by S.

    The loss is -sum_c y_c log S_c. Derive it by S, without going on to softmax.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-0.5, 0.5).
    """
    return S - y


def xe_dir__labels_minus_shares(y, S):
    """You returned truth minus output: neither sign nor size is that of a derivative by S.

    The loss is -sum_c y_c log S_c. Derive it by S, without going on to softmax.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (0.5, -0.5).
    """
    return y - S


def xe_dir__both_ways_of_a_yes_or_no(y, S):
    """You divided output minus truth by S (1 - S), which belongs to yes-or-no outputs.

    With softmax the classes share one probability; wrong classes count through it alone.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-2, 2).
    """
    with np.errstate(all="ignore"):
        return (S - y) / (S * (1 - S))


def xe_dir__of_the_squared_error(y, S):
    """You derived the squared error: you have twice output minus truth.

    The loss is the cross-entropy, -sum_c y_c log S_c, which has no square.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-1, 1).
    """
    return 2 * (S - y)


def xe_dir__logarithm_kept(y, S):
    """Your numbers still carry the logarithm: it goes when it is derived.

    The derivative of log s is 1/s.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (1.386, 0).
    """
    logs = np.log(S, where=y > 0, out=np.zeros(len(S)))
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0) * logs


def xe_dir__predicted_class(y, S):
    """You wrote -1/S for the class with the largest output, where the true class belongs.

    The derivative is not zero where the label is not, whatever the output says.

    For y = (1, 0) and S = (0.2, 0.8) the derivative is (-5, 0), not (0, -1.25).
    """
    c = np.argmax(S)
    g = np.zeros(len(S))
    g[c] = -1 / S[c]
    return g


def xe_dir__upside_down(y, S):
    """Your fraction stands on its head: the output belongs below, the label above.

    The derivative of log s is 1/s.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0).
    """
    with np.errstate(all="ignore"):
        return -S / y


def xe_dir__multiplied(y, S):
    """You multiplied label and output, where the label is divided by the output.

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
    """Below your fraction stands the square of S.

    1/s is the derivative of log s; 1/s^2 comes from deriving once more.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-4, 0).
    """
    return -np.divide(y, S * S, out=np.zeros(len(S)), where=y > 0)


def xe_dir__summed(y, S):
    """You added up all classes; the derivative has one number for each of them.

    Deriving by a vector gives a vector: how the loss moves with each S_c.

    For two classes the shape is (2,), not ().
    """
    return -np.sum(np.divide(y, S, out=np.zeros(len(S)), where=y > 0))


def xe_dir__labelled_classes_only(y, S):
    """You left out the classes whose label is zero: your vector is too short.

    Their derivative is 0, and it has its place.

    For y = (0, 1) and S = (0.5, 0.5) the derivative is (0, -2), not (-2,).
    """
    return -y[y > 0] / S[y > 0]


def xe_dir__divided_by_the_number_of_classes(y, S):
    """Your numbers are too small by the number of classes: the loss is a sum, not a mean.

    Nothing is divided by K, neither in the loss nor in its derivative.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-1, 0).
    """
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0) / len(S)


def xe_dir__base_two(y, S):
    """Your numbers carry the factor 1/ln 2 of a logarithm of base 2.

    The loss uses the natural logarithm, whose derivative is 1/s.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-2.885, 0).
    """
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0) / np.log(2)


def xe_dir__binary(y, S):
    """You added (1 - y)/(1 - S), which belongs to yes-or-no outputs.

    With softmax the classes share one probability; wrong classes count through it alone.

    For y = (1, 0) and S = (0.5, 0.5) the derivative is (-2, 0), not (-2, 2).
    """
    with np.errstate(all="ignore"):
        no = np.where(y < 1, (1 - y) / (1 - S), 0)
    return no - np.divide(y, S, out=np.zeros(len(S)), where=y > 0)


def xe_dir__logistic_factor(y, S):
    """Your numbers carry the factor S(1 - S) of the logistic function.

    The derivative by S stops at S; the step to the logits is another function.

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
    """You spread the numbers over the diagonal of a matrix.

    One loss and K outputs make K derivatives, a vector.

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

    Treating one vector as a batch of one adds a dimension that has to go again.

    For two classes the shape is (2,), with one pair of brackets when printed.
    """
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0).reshape(1, -1)


def xe_dir__squeezed(y, S):
    """With a single class you return a plain number; a vector of shape (1,) is asked.

    squeeze() takes away every dimension of length 1, also those that belong to the answer.

    For K classes the shape is (K,), for one class (1,).
    """
    return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0).squeeze()


def xe_dir__dtype_of_y(y, S):
    """Where y holds integers your result does too, and its fractions are cut off.

    An array made like y takes over y's dtype. The derivative needs floats.

    For y = (1, 0) and S = (0.4, 0.6) the first number is -2.5, not -2.
    """
    g = np.zeros_like(y)
    for c in range(len(S)):
        if y[c]:
            g[c] = -y[c] / S[c]
    return g


def xe_dir__whole_numbers(y, S):
    """Your result holds whole numbers: it was made with a dtype of int, which cuts them off.

    A new array takes its dtype from how it is made. The derivative needs floats.

    For y = (1, 0) and S = (0.4, 0.6) the first number is -2.5, not -2.
    """
    with np.errstate(all="ignore"):
        return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0).astype(int)


def xe_dir__rounded(y, S):
    """Your numbers are rounded to a few decimals.

    Return the numbers as they come. Rounding is for printing.

    The article prints -4.60864, but it computes with all decimals.
    """
    return np.round(-np.divide(y, S, out=np.zeros(len(S)), where=y > 0), 3)


def xe_dir__half_precision(y, S):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998, and nothing is larger than 65504.
    """
    with np.errstate(all="ignore"):
        return -np.divide(y, S, out=np.zeros(len(S)), where=y > 0).astype(np.float16)


def xe_dir__changes_its_input(y, S):
    """Your derivative is right, but an array of the caller's is different after the call.

    S[...] = and S += write into the caller's own array, even if they only add very little.

    After xe_dir(y, S) the caller still needs both: use a new array.
    """
    S[np.equal(y, 0)] = 1
    return -y / S


_DERIVATIVES = {}


def xe_dir__first_vector_kept(y, S):
    """The first vector of each size is right, and you return it again for every later call.

    What is kept in a variable outside the function must not be taken for a new answer.

    Other labels or outputs of the same size need another vector.
    """
    g = -np.divide(y, S, out=np.zeros(len(S)), where=y > 0)
    return _DERIVATIVES.setdefault(len(S), g)


# --- w_dir ------------------------------------------------------------------------------------


def w_dir__columns_summed(DXE, DL):
    """You added up the rows of DL without weighing them: after softmax that is always zero.

    DXE says how much the loss cares for each output. It weighs the rows before they are added.

    The outputs of softmax always add up to 1, so the plain sum of their derivatives is 0.
    """
    return DL.sum(axis=0)


def w_dir__columns_averaged(DXE, DL):
    """You averaged the rows of DL without weighing them: after softmax that is always zero.

    DXE says how much the loss cares for each output. It weighs the rows before they are added.

    The outputs of softmax always add up to 1, so the mean of their derivatives is 0.
    """
    return DL.mean(axis=0)


def w_dir__weighed_not_summed(DXE, DL):
    """You weighed each row of DL but did not add the rows up.

    The chain rule sums over all outputs: each of them carries part of a weight's effect.

    For K = 2 and D = 3 the shape is (6,), not (2, 6).
    """
    return DXE.reshape(-1, 1) * DL


def w_dir__wrong_axis_summed(DXE, DL):
    """You added up the columns: one number for each output is left, not one for each weight.

    Sum over the outputs, so that the weights remain.

    For K = 2 and D = 3 the shape is (6,), not (2,).
    """
    return DXE * DL.sum(axis=1)


def w_dir__everything_summed(DXE, DL):
    """You added up everything; the gradient has one number for each weight.

    Sum over the outputs only.

    For K = 2 and D = 3 the shape is (6,), not ().
    """
    return np.sum(DXE @ DL)


def w_dir__chain_order(DXE, DL):
    """You multiplied in the other order, which the shapes do not allow.

    The derivative of the later step stands on the left: the loss by S, then S by W.

    Shapes tell: (K,) times (K, D*K) gives (D*K,).
    """
    return DL @ DXE


def w_dir__whichever_fits(DXE, DL):
    """You multiply in whichever order the shapes allow: with one input both do, and one is wrong.

    For D = 1 the matrix is K x K. Its rows still belong to the outputs, its columns to the weights.

    The sum runs over the outputs, in both factors.
    """
    return DL @ DXE if DL.shape[1] == len(DXE) else DXE @ DL


def w_dir__every_pair(DXE, DL):
    """You multiplied every derivative of the loss with every number of DL, and added up nothing.

    Output t's derivative belongs to row t. Multiply row by row, then add up the rows.

    For K = 2 and D = 3 the shape is (6,), not (2, 12).
    """
    return np.outer(DXE, DL)


def w_dir__reshaped(DXE, DL):
    """You reshaped DL to (D*K, K) where it has to be transposed: the shape fits, the cells do not.

    A reshape keeps the order of the numbers in memory; a transpose swaps rows with columns.

    [[1, 2, 3], [4, 5, 6]] reshaped to (3, 2) begins 1, 2; transposed it begins 1, 4.
    """
    return DL.reshape(DL.shape[1], DL.shape[0]) @ DXE


def w_dir__input_major(DXE, DL):
    """Your numbers are sorted by input first, then by class; the order is class-major.

    They keep the order of DL's columns: i*D + j for class i and input j.

    For D = 2 and K = 2 they stand for W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return (DXE @ DL).reshape(len(DXE), -1).T.ravel()


def w_dir__input_major_undone_twice(DXE, DL):
    """You rearranged the numbers as if they were sorted by input first; they are not.

    The product already has the order that is asked, i*D + j for class i and input j.

    For D = 2 and K = 3 they stand for W[0,0], W[1,0], W[0,1] and so on.
    """
    return (DXE @ DL).reshape(-1, len(DXE)).T.ravel()


def w_dir__scrambled_matrix(DXE, DL):
    """You reshaped the gradient to (D, K): asked is the flat one, and its order is class-major.

    Besides the shape, a row of such a matrix would mix weights of different inputs.

    For D = 3 and K = 2 the shape is (6,), not (3, 2).
    """
    return (DXE @ DL).reshape(-1, len(DXE))


def w_dir__class_rows(DXE, DL):
    """You reshaped the gradient to (K, D); the flat vector is asked.

    The order is right. Weight W[j, i] stands at i*D + j.

    For D = 3 and K = 2 the shape is (6,), not (2, 3).
    """
    return (DXE @ DL).reshape(len(DXE), -1)


def w_dir__row(DXE, DL):
    """You returned a matrix of one row; the answer is a vector of shape (D*K,).

    A vector times a matrix is a vector. Making it a row first leaves a dimension behind.

    For D = 3 and K = 2 the shape is (6,), not (1, 6).
    """
    return DXE.reshape(1, -1) @ DL


def w_dir__column(DXE, DL):
    """You returned a matrix of one column; the answer is a vector of shape (D*K,).

    A vector times a matrix is a vector. Making it a column first leaves a dimension behind.

    For D = 3 and K = 2 the shape is (6,), not (6, 1).
    """
    return DL.T @ DXE.reshape(-1, 1)


def w_dir__one_row_only(DXE, DL):
    """You used only the row of the largest derivative: the others count too.

    With one-hot labels the other derivatives are zero, but not with labels that are shared.

    For DXE = (-1.2, -0.8) both rows of DL have a part in the result.
    """
    t = np.argmax(np.abs(DXE))
    return DXE[t] * DL[t]


def w_dir__first_row_only(DXE, DL):
    """Only the first output counts in your sums.

    The chain rule adds up one product for each output.

    For K = 2 each number is a sum of two products.
    """
    return DXE[0] * DL[0]


def w_dir__sums_multiplied(DXE, DL):
    """You multiplied two sums, where the sum of the products is asked.

    Multiply output by output first, then add up.

    For (1, 2) and a column (3, 4) the result is 3 + 8, not 3 * 7.
    """
    return DXE.sum() * DL.sum(axis=0)


def w_dir__squared_slopes(DXE, DL):
    """The derivatives of the loss count twice in your products.

    Each step of the chain appears once.

    For DXE = (-2, 0) the result is -2 times the first row of DL, not 4 times.
    """
    return DXE * DXE @ DL


def w_dir__last_term_only(DXE, DL):
    """Only the last output counts in your sums: = in the loop replaces what += would add.

    The chain rule adds up one product for each output.

    For K = 2 each number is a sum of two products.
    """
    return DXE[-1] * DL[-1]


def w_dir__last_term_missing(DXE, DL):
    """The last output is missing in your sums, since the loop stops one too early.

    Python's range(n) already ends at n - 1.

    For K = 2 each number is a sum of two products.
    """
    return DXE[:-1] @ DL[:-1]


def w_dir__first_term_missing(DXE, DL):
    """The first output is missing in your sums, since the loop begins at 1.

    Python counts from 0.

    For K = 2 each number is a sum of two products.
    """
    return DXE[1:] @ DL[1:]


def w_dir__negated(DXE, DL):
    """All your signs are turned round.

    This is the gradient itself. The minus of gradient descent comes later, in the step.

    The chain rule multiplies and adds; no minus appears.
    """
    return -(DXE @ DL)


def w_dir__averaged(DXE, DL):
    """Your numbers are too small by the number of classes: you took a mean over the outputs.

    The chain rule adds up one product for each output and divides by nothing.

    For K = 2 each number is a sum of two products, not half of it.
    """
    return DXE @ DL / len(DXE)


def w_dir__absolute(DXE, DL):
    """You dropped the signs of DXE: they say in which direction the loss moves.

    The derivatives of the loss by S are mostly negative, and the sign belongs to them.

    For DXE = (-2, 0) the result is -2 times the first row of DL.
    """
    return np.abs(DXE) @ DL


def w_dir__fifteen_weights(DXE, DL):
    """Your function works for fifteen weights and five classes only, as in the worked example.

    Ask DL for its shape.

    For D = 1 and K = 2 the shape is (2,).
    """
    return np.array([sum(DXE[t] * DL[t, r] for t in range(5)) for r in range(15)])


def w_dir__whole_numbers(DXE, DL):
    """Your numbers are whole: the array was made with a dtype of int, which cuts them off.

    A new array takes its dtype from how it is made. A gradient needs floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return (DXE @ DL).astype(int)


def w_dir__rounded(DXE, DL):
    """Your numbers are rounded to a few decimals.

    Return the numbers as they come. Rounding is for printing.

    A gradient of 0.000004 is small, not 0.
    """
    return np.round(DXE @ DL, 5)


def w_dir__half_precision(DXE, DL):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return (DXE @ DL).astype(np.float16)


def w_dir__changes_its_input(DXE, DL):
    """Your gradient is right, but an array of the caller's is different after the call.

    Statements like DL *= write into the caller's own array.

    After w_dir(DXE, DL) the caller may still need both: compute with a new array.
    """
    DL *= DXE.reshape(-1, 1)
    return DL.sum(axis=0)


_GRADIENTS = {}


def w_dir__sums_kept(DXE, DL):
    """Your first result is right; later ones of the same size have the earlier ones added.

    What is kept in a variable outside the function lives on after the call.

    Called twice with the same arguments, the second result should equal the first.
    """
    _GRADIENTS[DL.shape] = _GRADIENTS.get(DL.shape, 0) + DXE @ DL
    return _GRADIENTS[DL.shape]


# --- xe_dir_shortcut --------------------------------------------------------------------------


def xe_dir_shortcut__long_way(W, S, x, y):
    """Your numbers are right, but the whole matrix DL does not fit into memory for a large layer.

    DL has K rows of D*K numbers; the gradient has only one. The shortcut never writes DL down.

    For D = K = 1000 the gradient needs 8 MB, DL 8 GB.
    """
    if W.size * len(S) > 20_000_000:  # this machine's memory is for other things
        raise MemoryError
    DL = np.einsum("ti,j->tij", np.diag(S) - np.outer(S, S), np.asarray(x, dtype=float))
    DXE = -np.divide(y, S, out=np.zeros(len(S)), where=y > 0)
    return DXE @ DL.reshape(len(S), -1)


def xe_dir_shortcut__labels_minus_shares(W, S, x, y):
    """All your signs are turned round: you took S from y.

    A class with too large a share has a positive derivative, so that a step downhill lowers it.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5).
    """
    return np.kron(y - S, x)


def xe_dir_shortcut__labels_forgotten(W, S, x, y):
    """You multiplied the shares with the inputs: the labels are missing.

    Without the truth the gradient would push every class down.

    For S = (0.5, 0.5) and y = (1, 0) the number of the first class is negative.
    """
    return np.kron(S, x)


def xe_dir_shortcut__shares_forgotten(W, S, x, y):
    """You multiplied the labels with the inputs: the shares are missing.

    The gradient is zero where the output equals the truth, so both must be in it.

    For S = (0.5, 0.5) and y = (1, 0) the number of the second class is positive, not zero.
    """
    return -np.kron(y, x)


def xe_dir_shortcut__added(W, S, x, y):
    """You added label and share.

    What counts is how far the output is from the truth.

    For S = (0.5, 0.5) and y = (1, 0) the number of the first class is negative.
    """
    return np.kron(S + y, x)


def xe_dir_shortcut__multiplied(W, S, x, y):
    """You multiplied label and share.

    What counts is how far the output is from the truth.

    For S = (0.5, 0.5) and y = (1, 0) the second number is positive, not zero.
    """
    return np.kron(S * y, x)


def xe_dir_shortcut__softmax_derived_twice(W, S, x, y):
    """You multiplied by softmax's derivative once more: the difference contains it already.

    The chain from the loss to the logits, through softmax, comes down to output minus truth.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return np.kron(S * (S - y) - S * (S @ (S - y)), x)


def xe_dir_shortcut__hard_decision(W, S, x, y):
    """You compared the labels with the winning class alone, as a perceptron does.

    Softmax shares; its gradient is small but not zero where the right class wins.

    For S = (0.8, 0.2) and y = (1, 0) the differences are (-0.2, 0.2), not zero.
    """
    return np.kron((np.arange(len(S)) == np.argmax(S)) - y, x)


def xe_dir_shortcut__stepped_weights(W, S, x, y):
    """You returned the weights less the gradient: that is a step already.

    Asked is the gradient alone.

    Where the output equals the truth the gradient is zero, whatever W is.
    """
    return W.T.ravel() - np.kron(S - y, x)


def xe_dir_shortcut__weights_times_inputs(W, S, x, y):
    """You multiplied by the weight and its input: the weight has no part in the derivative.

    A term W[j, i] x_j that is derived by its weight leaves x_j alone.

    For Z = w*x with w = 2 and x = 3 the derivative by w is 3, not 6.
    """
    return np.kron(S - y, x) * W.T.ravel()


def xe_dir_shortcut__labelled_classes_only(W, S, x, y):
    """You left the classes whose label is zero at zero: they have a gradient as well.

    A wrong class that gets a share has to be pushed down.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5), not (-0.5, 0).
    """
    return np.kron(np.where(np.equal(y, 0), 0, S - y), x)


def xe_dir_shortcut__true_class_only(W, S, x, y):
    """You filled only the block of the true class: the others have a gradient as well.

    A wrong class that gets a share has to be pushed down. Every class has its own label.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5), not (-0.5, 0).
    """
    G = np.zeros(S.size)
    G[np.argmax(y)] = S[np.argmax(y)] - 1
    return np.kron(G, x)


def xe_dir_shortcut__absolute(W, S, x, y):
    """You dropped the sign of the difference between output and truth.

    The sign says whether a class got too much or too little.

    For S = (0.5, 0.5) and y = (1, 0) the number of the first class is negative.
    """
    return np.kron(np.abs(S - y), x)


def xe_dir_shortcut__squared(W, S, x, y):
    """You squared the difference between output and truth.

    A square belongs to a loss, not to its derivative, and it hides the sign.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5).
    """
    return np.kron((S - y) ** 2, x)


def xe_dir_shortcut__squared_error(W, S, x, y):
    """Your numbers carry the factor S(1 - S): that is another loss and another output function.

    With cross-entropy the factor of softmax cancels against 1/S.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return np.kron((S - y) * S * (1 - S), x)


def xe_dir_shortcut__squared_error_of_softmax(W, S, x, y):
    """You derived the squared error of the output, through softmax: another loss is asked.

    With cross-entropy the derivative of softmax cancels against 1/S, and nothing has a factor 2.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return 2 * xe_dir_shortcut__softmax_derived_twice(W, S, x, y)


def xe_dir_shortcut__softmax_skipped(W, S, x, y):
    """You went from the loss to the weights without passing through softmax.

    -y/S is the derivative by the outputs. The logits and the weights come after it.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5), not (-2, 0).
    """
    return np.kron(-np.divide(y, S, out=np.zeros(len(S)), where=y > 0), x)


def xe_dir_shortcut__own_logit_only(W, S, x, y):
    """You used only the diagonal of softmax's derivative: wrong classes stand still.

    Each logit moves every output, so classes with y = 0 have a gradient as well.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5), not (-0.5, 0).
    """
    return np.kron(y * (S - 1), x)


def xe_dir_shortcut__input_major(W, S, x, y):
    """Your numbers are sorted by input first, then by class; the order asked for is class-major.

    Weight W[j, i] belongs at i*D + j: all inputs of class 0 come first, then those of class 1.

    For D = 2 and K = 2 they stand for W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return np.kron(x, S - y)


def xe_dir_shortcut__stride_by_classes(W, S, x, y):
    """You counted i*K + j: from one class to the next there are D places, not K.

    A class owns as many places as there are inputs. The two strides agree only where D = K.

    For D = 3 and K = 2, class 1 begins at 3.
    """
    D, K = W.shape
    g = np.zeros(D * K)
    for i in range(K):
        for j in range(D):
            g[i * K + j] = (S[i] - y[i]) * x[j]
    return g


def xe_dir_shortcut__input_major_by_inputs(W, S, x, y):
    """You counted j*D + i: the two indices have changed places, but the stride has stayed.

    Class-major means that the class has the stride and the input counts on from there.

    For D = 3 and K = 2, weight W[j, 1] belongs at 3 + j.
    """
    D, K = W.shape
    g = np.zeros(D * K)
    for i in range(K):
        for j in range(D):
            g[j * D + i] = (S[i] - y[i]) * x[j]
    return g


def xe_dir_shortcut__both_repeated(W, S, x, y):
    """You repeated both vectors in the same way, so that each pair meets several times.

    Of the two, one has to run fast and the other slowly, to let every class meet every input.

    For D = 2 and K = 2 the four numbers are all different in general.
    """
    return np.tile(S - y, len(x)) * np.tile(x, len(S))


def xe_dir_shortcut__both_stretched(W, S, x, y):
    """You stretched both vectors in the same way: neighbours meet again and again.

    Of the two, one has to run fast and the other slowly, to let every class meet every input.

    For D = 2 and K = 2 the four numbers are all different in general.
    """
    return np.repeat(S - y, len(x)) * np.repeat(x, len(S))


def xe_dir_shortcut__input_rows(W, S, x, y):
    """You returned a (D, K) matrix; the flat vector is asked, in class-major order.

    The matrix in W's own layout comes in part 4. Flattening this one row by row is not enough.

    For D = 3 and K = 2 the shape is (6,), not (3, 2).
    """
    return np.outer(x, S - y)


def xe_dir_shortcut__class_rows(W, S, x, y):
    """You returned a (K, D) matrix; the flat vector is asked.

    Its rows laid one after another have the right order.

    For D = 3 and K = 2 the shape is (6,), not (2, 3).
    """
    return np.outer(S - y, x)


def xe_dir_shortcut__column(W, S, x, y):
    """You returned a matrix of one column; the answer is a vector of shape (D*K,).

    A reshape to (-1, 1) leaves a dimension behind.

    For D = 3 and K = 2 the shape is (6,), not (6, 1).
    """
    return np.kron(S - y, x).reshape(-1, 1)


def xe_dir_shortcut__inputs_summed(W, S, x, y):
    """You returned one number for each class, with the sum of all inputs.

    Each weight has one input of its own.

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
    """You multiplied by the weight itself, where its input belongs.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative by w is x, not w.
    """
    return ((S - y) * W).T.ravel()


def xe_dir_shortcut__largest_label_only(W, S, x, y):
    """You took 1 from the class of the largest label: where the truth is shared, that is wrong.

    Each class has its own label. For one-hot labels the two agree.

    For S = (0.5, 0.5) and y = (0.6, 0.4) the differences are (-0.1, 0.1).
    """
    G = np.array(S)
    G[np.argmax(y)] -= 1
    return np.kron(G, x)


def xe_dir_shortcut__predicted_class(W, S, x, y):
    """You took 1 from the class with the largest output, where the true class belongs.

    The gradient compares the output with the truth, not with itself.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    G = np.array(S)
    G[np.argmax(S)] -= 1
    return np.kron(G, x)


def xe_dir_shortcut__softmax_first(W, S, x, y):
    """You applied softmax to S, but it already holds the shares.

    The argument is the output of softmax; the logits are not needed any more.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    E = np.exp(S - np.max(S))
    return np.kron(E / E.sum() - y, x)


def xe_dir_shortcut__logits_for_shares(W, S, x, y):
    """You computed with the logits W^T x, though S, the shares, is handed over.

    The difference that counts is between shares and labels; both add up to 1.

    For S = (0.2, 0.8) and y = (1, 0) the differences are (-0.8, 0.8).
    """
    return np.kron(W.T @ x - y, x)


def xe_dir_shortcut__divided_by_the_number_of_classes(W, S, x, y):
    """Your numbers are too small by the number of classes: nothing is averaged here.

    The loss adds up the classes of one sample, and so does its derivative.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return np.kron(S - y, x) / len(S)


def xe_dir_shortcut__divided_by_the_number_of_inputs(W, S, x, y):
    """Your numbers are too small by the number of inputs: nothing is averaged here.

    A logit adds up its inputs, it does not average them.

    For S = (0.5, 0.5), y = (1, 0) and x = (1, 1) the numbers are (-0.5, -0.5, 0.5, 0.5).
    """
    return np.kron(S - y, x) / len(x)


def xe_dir_shortcut__doubled(W, S, x, y):
    """Your numbers are twice as large: a factor 2 belongs to squared errors.

    Cross-entropy has no square, so its derivative has no 2.

    For S = (0.5, 0.5), y = (1, 0), D = 1 and x = 1 the numbers are (-0.5, 0.5).
    """
    return 2 * np.kron(S - y, x)


def xe_dir_shortcut__last_class_missing(W, S, x, y):
    """The numbers of the last class are zero, since the loop stops one too early.

    Python's range(n) already ends at n - 1.

    For D = 1 and K = 2 there are two numbers, and neither is zero.
    """
    D, K = W.shape
    g = np.zeros(D * K)
    for i in range(K - 1):
        g[i * D : (i + 1) * D] = (S[i] - y[i]) * x
    return g


def xe_dir_shortcut__three_inputs(W, S, x, y):
    """Your function works for three inputs and five classes only, as in the worked example.

    Ask W for its shape.

    For D = 1 and K = 2 the shape is (2,).
    """
    g = np.zeros(15)
    for i in range(5):
        for j in range(3):
            g[i * 3 + j] = (S[i] - y[i]) * x[j]
    return g


def xe_dir_shortcut__dtype_of_inputs(W, S, x, y):
    """Where x and y hold integers your result does too, and its fractions are cut off.

    An array made like x or y takes over its dtype. A gradient needs floats.

    Stored as an integer, -0.5 becomes 0.
    """
    return np.kron(S - y, x).astype(np.asarray(y).dtype)


def xe_dir_shortcut__whole_numbers(W, S, x, y):
    """Your numbers are whole: the array was made with a dtype of int, which cuts them off.

    A new array takes its dtype from how it is made. A gradient needs floats.

    Stored as an integer, -0.5 becomes 0.
    """
    return np.kron(S - y, x).astype(int)


def xe_dir_shortcut__rounded(W, S, x, y):
    """Your numbers are rounded to a few decimals.

    Return the numbers as they come. Rounding is for printing.

    A gradient of 0.000004 is small, not 0.
    """
    return np.round(np.kron(S - y, x), 5)


def xe_dir_shortcut__half_precision(W, S, x, y):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return np.kron(S - y, x).astype(np.float16)


def xe_dir_shortcut__changes_its_input(W, S, x, y):
    """Your gradient is right, but an array of the caller's is different after the call.

    Statements like S -= y write into the caller's own array.

    After the call the caller still needs all four: compute with a new array.
    """
    S -= y
    return np.kron(S, x)


_FLAT = {}


def xe_dir_shortcut__sums_kept(W, S, x, y):
    """Your first result is right; later ones of the same size have the earlier ones added.

    What is kept in a variable outside the function lives on after the call.

    Called twice with the same arguments, the second result should equal the first.
    """
    _FLAT[W.shape] = _FLAT.get(W.shape, 0) + np.kron(S - y, x)
    return _FLAT[W.shape]
