"""Wrong answers to part 1 that students really give; each docstring is the hint, level by level.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np

# --- softmax ----------------------------------------------------------------------------------


def softmax__plain_exp(Z):
    """Your formula is right, but exp grows too large for a float when a logit is about 710 or more.

    Softmax does not change when the same number is taken from every logit. Choose that number so
    that no exponent is ever positive.

    For Z = (1000, 1001) the exponents may as well be -1 and 0: the shares are 0.269 and 0.731.
    """
    with np.errstate(all="ignore"):
        return np.exp(Z) / np.exp(Z).sum()


def softmax__epsilon_below(Z):
    """You added a small number to the sum below; it does not stop the exponentials from failing.

    Very large logits still overflow, and for very negative ones all shares come out as zero. The
    sum can never be zero once the exponents are shifted, so nothing needs to be added.

    For Z = (-1000, -1000) both shares are 0.5, not 0.
    """
    with np.errstate(all="ignore"):
        return np.exp(Z) / (np.exp(Z).sum() + 1e-8)


def softmax__shifted_by_the_mean(Z):
    """You shifted the logits by their mean or their smallest: exp overflows if they lie far apart.

    Any shift leaves the result as it is, but only one makes sure that no exponent is positive.

    For Z = (0, 3000) the mean is 1500, and exp(1500) is infinite.
    """
    with np.errstate(all="ignore"):
        E = np.exp(Z - np.mean(Z))
        return E / E.sum()


def softmax__logits_clipped(Z):
    """You cut large logits down to a limit, so that two of them beyond it become equal.

    Only differences between logits matter. Shift them all by one number instead of cutting some.

    For Z = (1000, 1001) the shares are 0.269 and 0.731; cut to 500 each they would be 0.5 and 0.5.
    """
    E = np.exp(np.clip(Z, -500, 500))
    return E / E.sum()


def _logits_clipped_at(limit):
    def wrong(Z):
        E = np.exp(np.clip(Z, -limit, limit))
        return E / E.sum()

    wrong.__doc__ = softmax__logits_clipped.__doc__
    return wrong


softmax__logits_clipped_at_20 = _logits_clipped_at(20)
softmax__logits_clipped_at_50 = _logits_clipped_at(50)


def _logits_cut_above(limit):
    def wrong(Z):
        E = np.exp(np.minimum(Z, limit))
        with np.errstate(all="ignore"):
            return E / E.sum()

    wrong.__doc__ = softmax__logits_clipped.__doc__
    return wrong


softmax__logits_cut_above_50 = _logits_cut_above(50)
softmax__logits_cut_above_700 = _logits_cut_above(700)


def _logits_times(factor):
    def wrong(Z):
        """You multiplied or divided the logits by a number: the shares are too even or too uneven.

        That is a temperature. The definition has none: the exponents are the logits themselves.

        For Z = (0, 1) the shares are 0.269 and 0.731; at temperature 2 they are 0.378 and 0.622.
        """
        E = np.exp(factor * (Z - np.max(Z)))
        return E / E.sum()

    return wrong


softmax__logits_halved = _logits_times(1 / 2)
softmax__logits_tenfold = _logits_times(10)
softmax__logits_by_ten = _logits_times(1 / 10)


def softmax__divided_by_the_largest_logit(Z):
    """You divided the logits by their largest, where it is to be subtracted.

    A quotient changes how far the logits lie apart. Subtracting the same number from each does not.

    For Z = (1, 2) the difference of the exponents is 1, not 1/2.
    """
    with np.errstate(all="ignore"):
        E = np.exp(Z / np.max(Z))
        return E / E.sum()


def softmax__all_ones(Z):
    """All your shares are 1: each exponential is divided by itself alone.

    The sum runs over the classes. In a column, axis 1 holds a single number.

    For Z = (0, 0) the sum is 2, and each share is 0.5.
    """
    E = np.exp(Z - np.max(Z))
    with np.errstate(all="ignore"):
        return E / E


def softmax__shares_clipped(Z):
    """You kept the shares away from 0 and 1, but a share may be as small as it likes.

    Cutting belongs to no part of the definition. Whoever takes a logarithm later has to care for 0.

    For Z = (0, 100) the first share is 4e-44; that is what should be returned.
    """
    E = np.exp(Z - np.max(Z))
    return np.clip(E / E.sum(), 1e-6, 1 - 1e-6)


def softmax__not_divided(Z):
    """You returned the exponentials themselves: they do not add up to 1.

    Each exponential is divided by the sum of all of them.

    For Z = (0, 0) the exponentials are 1 and 1, and the shares 0.5 and 0.5.
    """
    with np.errstate(over="ignore"):
        return np.exp(Z)


def softmax__largest_is_one(Z):
    """Your largest share is always 1: the exponentials are compared with the largest, not the sum.

    Taking the maximum from the logits is only the first step. What stands below is a sum.

    For Z = (0, 0) you get 1 and 1, but shares must add up to 1.
    """
    return np.exp(Z - np.max(Z))


def softmax__no_exponential(Z):
    """You divided the logits themselves by their sum: the exponential is missing.

    Logits may be negative or add up to zero. The exponential makes each of them positive first.

    For Z = (-1, 1) the plain sum is 0; the exponentials 0.37 and 2.72 give 0.12 and 0.88.
    """
    with np.errstate(all="ignore"):
        return Z / np.sum(Z)


def softmax__absolute_logits(Z):
    """You took the size of each logit without its sign: -3 is a small logit, not a large one.

    The exponential makes every logit positive and keeps their order; no absolute value is needed.

    For Z = (-3, 3) the second class should get nearly everything, not one half.
    """
    A = np.abs(Z)
    E = np.exp(A - A.max())
    return E / E.sum()


def softmax__powers_of_two(Z):
    """Your numbers are powers of 2, not of e = 2.718...

    The base of softmax is Euler's number; with another base its derivative gets an extra factor.

    For Z = (0, 1) base 2 gives 1/3 and 2/3, base e gives 0.269 and 0.731.
    """
    E = np.exp2(Z - np.max(Z))
    return E / E.sum()


def softmax__powers_of_ten(Z):
    """Your numbers are powers of 10, not of e = 2.718...

    The base of softmax is Euler's number; with another base its derivative gets an extra factor.

    For Z = (0, 1) base 10 gives 1/11 and 10/11, base e gives 0.269 and 0.731.
    """
    E = 10.0 ** (Z - np.max(Z))
    return E / E.sum()


def softmax__negative_exponent(Z):
    """Your largest share goes to the smallest logit: the exponent has the wrong sign.

    A larger logit must get a larger share.

    For Z = (0, 1) the second class gets 0.731 of the whole.
    """
    E = np.exp(np.min(Z) - Z)
    return E / E.sum()


def softmax__one_minus_share(Z):
    """You returned what each share lacks to 1.

    The largest logit must get the largest share, and the shares must add up to 1.

    For Z = (0, 1) the shares are 0.269 and 0.731, in this order.
    """
    E = np.exp(Z - np.max(Z))
    return 1 - E / E.sum()


def softmax__sigmoid(Z):
    """You applied the logistic function to each logit alone: the results do not add up to 1.

    Softmax compares the classes with one another, so each share depends on all logits.

    For Z = (0, 0, 0) each share is 1/3, not 1/2.
    """
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-Z))


def softmax__logistic_shares(Z):
    """You made each logit positive with the logistic function, where the exponential belongs.

    The logistic function flattens out for large logits, so a large lead of one class is lost.

    For Z = (0, ln 3) the exponentials 1 and 3 give 0.25 and 0.75; you get 0.4 and 0.6.
    """
    with np.errstate(over="ignore"):
        E = 1 / (1 + np.exp(-Z))
    return E / E.sum()


def softmax__running_sum(Z):
    """You divided by the sum so far: only your last share has all classes below.

    The sum has to be complete before the first division.

    For Z = (0, 0) you get 1 and 0.5.
    """
    E = np.exp(Z - np.max(Z))
    return E / np.maximum(np.cumsum(E), 1e-300)


def softmax__nan_hidden(Z):
    """Your formula is right, but huge logits make NaN, and those are replaced by other numbers.

    Nothing is left to repair where no exponent is positive: softmax does not change when the same
    number is taken from every logit.

    For Z = (1000, 1001) the exponents may as well be -1 and 0: the shares are 0.269 and 0.731.
    """
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.exp(Z) / np.exp(Z).sum())


def softmax__logits_whole(Z):
    """You dropped the fractions of the logits before the exponential.

    An array of integers cannot hold fractions: look for a conversion to int, or for //.

    For Z = (0, 0.5) the shares differ: 0.378 and 0.622.
    """
    E = np.exp(np.trunc(Z - np.max(Z)))
    return E / E.sum()


def softmax__logarithm(Z):
    """You returned the logarithms of the shares: they are negative, and do not add up to 1.

    The loss takes the logarithm later. This function returns the shares themselves.

    For Z = (0, 0) the shares are 0.5 and 0.5, their logarithms -0.69 and -0.69.
    """
    E = Z - np.max(Z)
    return E - np.log(np.exp(E).sum())


def softmax__winner_takes_all(Z):
    """You gave everything to the largest logit; softmax shares it out.

    Softmax is the soft form of that choice: every class gets something, the largest gets most.

    For Z = (0, 1) the shares are 0.269 and 0.731.
    """
    return (np.arange(len(Z)) == np.argmax(Z)).astype(float)


def softmax__unit_length(Z):
    """Your result has length 1 as a vector (its squares add up to 1); its sum should be 1.

    Below stands the plain sum of the exponentials, not the root of the sum of their squares.

    For Z = (0, 0) you get 0.707 and 0.707 in place of 0.5 and 0.5.
    """
    E = np.exp(Z - np.max(Z))
    return E / np.sqrt((E * E).sum())


def softmax__squared_exponentials(Z):
    """Your shares are those of twice the logits: each exponential was squared.

    Each exponential appears once above and once in the sum below, with no power.

    For Z = (0, 1) squares give 0.119 and 0.881; the shares are 0.269 and 0.731.
    """
    E = np.exp(2 * (Z - np.max(Z)))
    return E / E.sum()


def softmax__divided_by_the_mean(Z):
    """Your shares are too large by the number of classes: you divided by the mean, not the sum.

    The shares must add up to 1, whatever the number of classes.

    For Z = (0, 0) the mean of the exponentials is 1, their sum is 2.
    """
    E = np.exp(Z - np.max(Z))
    return E / E.mean()


def softmax__divided_by_the_number_of_classes(Z):
    """You divided the exponentials by how many there are; they have to be divided by their sum.

    The number of classes does not appear in the formula.

    For Z = (0, 1) the exponentials 1 and 2.72 are to be divided by 3.72, not by 2.
    """
    with np.errstate(over="ignore"):
        return np.exp(Z) / len(Z)


def softmax__divided_by_the_others(Z):
    """You compared each exponential with the sum of the others, leaving out its own.

    The sum below runs over every class, the class above included.

    For Z = (0, 0) each share is 1/2; against the other class alone it would be 1.
    """
    with np.errstate(all="ignore"):
        E = np.exp(Z - np.max(Z))
        return E / (E.sum() - E)


def softmax__exponential_of_the_sum(Z):
    """You divided by the exponential of the sum of the logits, not by the sum of exponentials.

    First take the exponential of each logit, then add these up.

    For Z = (0, 0) the sum of the exponentials is 2; the exponential of the sum is 1.
    """
    with np.errstate(all="ignore"):
        return np.exp(Z) / np.exp(np.sum(Z))


def softmax__sum_of_the_logits_below(Z):
    """You divided the exponentials by the sum of the logits.

    Below stands the sum of what stands above: exponentials.

    For Z = (-1, 1) the sum of the logits is 0, that of the exponentials 3.09.
    """
    with np.errstate(all="ignore"):
        return np.exp(Z) / np.sum(Z)


def softmax__exponent_divided(Z):
    """You divided the logits by their sum first, and took the exponentials then.

    First the exponentials, then divide each by their sum.

    For Z = (0, 1) the exponentials are 1 and 2.72, and the shares 0.269 and 0.731.
    """
    with np.errstate(all="ignore"):
        return np.exp(Z / np.sum(Z))


def softmax__applied_twice(Z):
    """You applied softmax to its own result: your shares lie much too close together.

    One pass turns logits into shares. The second pass takes the shares for logits.

    For Z = (0, 1) one pass gives 0.269 and 0.731, the second 0.387 and 0.613.
    """
    E = np.exp(Z - np.max(Z))
    E = np.exp(E / E.sum())
    return E / E.sum()


def softmax__five_classes(Z):
    """Your function only works for five classes, the number in the worked example.

    Ask the argument how many classes there are.

    A vector of logits may hold 1, 2, 5 or 257 numbers.
    """
    E = np.exp(Z - np.max(Z))
    return np.array([E[i] / E[:5].sum() for i in range(5)])


def softmax__last_class_missing(Z):
    """Your last share is zero, since the loop stops one class too early.

    Python's range(n) already ends at n - 1.

    With K = 2 the classes are 0 and 1, and both get a share.
    """
    E = np.exp(Z - np.max(Z))
    shares = np.zeros(len(E))
    for i in range(len(E) - 1):
        shares[i] = E[i] / E.sum()
    return shares


def softmax__rounded(Z):
    """Your shares are rounded to a few decimals; small ones lose most of their digits.

    Return the numbers as they come. Rounding is for printing.

    A share of 0.00004 is not 0: its logarithm is about -10.
    """
    E = np.exp(Z - np.max(Z))
    return np.round(E / E.sum(), 4)


def softmax__half_precision(Z):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    E = np.exp((Z - np.max(Z)).astype(np.float16))
    return E / E.sum()


def softmax__whole_numbers(Z):
    """Your shares are whole numbers: they were stored in an array of integers, which cuts them off.

    A new array takes its dtype from how it is made. Shares need floats.

    Stored as an integer, 0.731 becomes 0.
    """
    E = np.exp(Z - np.max(Z))
    return (E / E.sum()).astype(int)


def softmax__column(Z):
    """You returned a column of shape (K, 1); the answer is a vector of shape (K,).

    Of a vector, sum() needs neither an axis nor kept dimensions.

    For two classes the shape is (2,), written with one comma.
    """
    E = np.exp(Z - np.max(Z)).reshape(-1, 1)
    return E / E.sum(axis=0, keepdims=True)


def softmax__row(Z):
    """You returned a matrix of one row, (1, K); the answer is a vector of shape (K,).

    Treating one vector as a batch of one adds a dimension that has to go again.

    For two classes the shape is (2,), with one pair of brackets when printed.
    """
    E = np.exp(Z - np.max(Z)).reshape(1, -1)
    return E / E.sum(axis=1, keepdims=True)


def softmax__squeezed(Z):
    """With a single class you return a plain number; one share in a vector is asked, shape (1,).

    squeeze() takes away every dimension of length 1, also those that belong to the answer.

    The only share of a single class is 1, and its vector has the shape (1,).
    """
    E = np.exp(Z - np.max(Z)).reshape(-1, 1)
    return (E / E.sum(axis=0, keepdims=True)).squeeze()


def softmax__summed(Z):
    """You returned the sum of all shares, which is always 1.

    There is one share for each class: as many numbers come out as went in.

    Two logits give two shares.
    """
    E = np.exp(Z - np.max(Z))
    return (E / E.sum()).sum()


def softmax__changes_its_input(Z):
    """Your shares are right, but the caller's logits are different after the call.

    Operators such as -= and /= on an argument write into the caller's own array.

    After softmax(Z) the caller may still need Z: compute with a new array.
    """
    Z -= np.max(Z)
    E = np.exp(Z)
    return E / E.sum()


_TOTAL = [0.0]


def softmax__total_kept(Z):
    """Your first result is right, the later ones are too small: the total is kept between calls.

    A variable outside the function, or a list as a default value, lives on after the call.

    Called twice with (0, 0), the second call should give 0.5 and 0.5 again.
    """
    with np.errstate(all="ignore"):
        E = np.exp(Z - np.max(Z))
        _TOTAL[0] += E.sum()
        return E / _TOTAL[0]


# --- sm_dir -----------------------------------------------------------------------------------


def sm_dir__diagonal_only(S):
    """You kept only the diagonal: dS_t/dZ_i is not zero for t != i.

    Raising one logit raises the sum below every share, so all other shares fall.

    For S = (0.5, 0.5) the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    return np.diag(S * (1 - S))


def sm_dir__diagonal_of_shares(S):
    """You returned the shares on a diagonal: the part that comes from the sum below is missing.

    The quotient rule has two terms. The first gives this diagonal, the second a full matrix.

    For S = (0.5, 0.5) the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    return np.diag(S)


def sm_dir__elementwise(S):
    """You returned s(1 - s) for each class: a vector, where each share depends on every logit.

    That is the derivative of the logistic function. Softmax has K outputs and K inputs, so its
    derivative is a K x K matrix, of which your numbers are the diagonal.

    For two classes there are four derivatives: dS_0/dZ_0, dS_0/dZ_1, dS_1/dZ_0, dS_1/dZ_1.
    """
    return S * (1 - S)


def sm_dir__no_indicator(S):
    """Off the diagonal your numbers are right, on it the share itself is missing.

    For i = t the exponential above depends on the logit too, and that adds one more term.

    For S = (0.5, 0.5) the diagonal is 0.25, not -0.25.
    """
    return -np.outer(S, S)


def sm_dir__cases_swapped(S):
    """You took the two cases for one another: your diagonal has the formula of the rest.

    Look at i = t first: the exponential above depends on its own logit, which adds a term.

    For S = (0.2, 0.8) the number at [0, 0] is 0.16, and that at [0, 1] is -0.16.
    """
    J = np.outer(S, 1 - S)
    np.fill_diagonal(J, -S * S)
    return J


def sm_dir__diagonal_zero(S):
    """Your diagonal is zero: dS_t/dZ_t was left out.

    A class's own logit moves its share most of all. The case i = t needs its own value.

    For S = (0.5, 0.5) the diagonal is 0.25.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, 0)
    return J


def sm_dir__diagonal_not_lowered(S):
    """On your diagonal stands the share itself: the part that comes from the sum below is missing.

    Also for i = t the sum of the exponentials grows with the logit, which takes something away.

    For S = (0.5, 0.5) the diagonal is 0.25, not 0.5. Each row has to add up to zero.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, S)
    return J


def sm_dir__negated(S):
    """All your signs are turned round: the diagonal should be positive, all else negative.

    A share rises with its own logit and falls with every other.

    For S = (0.5, 0.5) the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    return np.outer(S, S) - np.diag(S)


def sm_dir__outer_added(S):
    """You added the product of the shares where it has to be taken away.

    The sum of the exponentials stands below, so its derivative enters with a minus.

    For S = (0.5, 0.5) each row must add up to zero, since the shares always add up to 1.
    """
    return np.diag(S) + np.outer(S, S)


def sm_dir__off_diagonal_positive(S):
    """Off the diagonal your numbers have the right size, but they should be negative.

    Raising one logit takes something away from all other classes.

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
    """You repeated each class's s(1 - s) along its whole row.

    That number is right only where t = i. Elsewhere two different shares are multiplied.

    For S = (0.2, 0.8) the first row is (0.16, -0.16), not (0.16, 0.16).
    """
    return np.tile((S * (1 - S)).reshape(-1, 1), (1, len(S)))


def sm_dir__factor_missing(S):
    """The factor S_t is missing: you returned 1[i=t] - S_i, the derivative of log S_t.

    Multiply the derivative of the logarithm by the share itself to get that of the share.

    For S = (0.2, 0.8) the first row is (0.16, -0.16), not (0.8, -0.8).
    """
    return np.eye(len(S)) - S


def sm_dir__identity_for_shares(S):
    """On your diagonal stands 1 - s*s: the indicator is multiplied by nothing.

    The factor S_t stands before both terms, the indicator's too.

    For S = (0.5, 0.5) the diagonal is 0.25, not 0.75.
    """
    return np.eye(len(S)) - np.outer(S, S)


def sm_dir__shares_doubled(S):
    """The product of the shares is taken away twice.

    The sum below appears once, so its derivative appears once.

    For S = (0.5, 0.5) each row has to add up to zero.
    """
    return np.diag(S) - 2 * np.outer(S, S)


def sm_dir__squares_on_the_diagonal(S):
    """On your diagonal stands the square of the share.

    The square is what is taken away there; the share itself has to stay in front of it.

    For S = (0.2, 0.8) the diagonal is 0.16 in both places, not 0.04 and 0.64.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, S * S)
    return J


def sm_dir__ones_on_the_diagonal(S):
    """On your diagonal stands 1 - s: the factor s is missing there.

    The factor S_t stands before both cases, i = t or not.

    For S = (0.2, 0.8) the diagonal is 0.16 in both places, not 0.8 and 0.2.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, 1 - S)
    return J


def sm_dir__lower_half_only(S):
    """Above the diagonal you left zeros, though the matrix is symmetric.

    If class 0 takes from class 1, then class 1 takes just as much from class 0.

    For S = (0.5, 0.5) both numbers off the diagonal are -0.25.
    """
    return np.tril(np.diag(S) - np.outer(S, S))


def sm_dir__row_share_squared(S):
    """Off the diagonal you multiplied a share by itself: one of the two indices is wrong.

    At [t, i] two different shares meet, that of the row and that of the column.

    For S = (0.2, 0.8) the number at [0, 1] is -0.2 * 0.8.
    """
    J = -np.tile((S * S).reshape(-1, 1), (1, len(S)))
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__column_share_squared(S):
    """Off the diagonal you multiplied the share of the column by itself.

    At [t, i] two different shares meet, that of the row and that of the column.

    For S = (0.2, 0.8) the number at [0, 1] is -0.2 * 0.8.
    """
    J = -np.tile(S * S, (len(S), 1))
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__column_share_alone(S):
    """Off the diagonal you wrote -S_i: the factor S_t is missing there.

    The factor S_t stands before both cases, i = t or not.

    For S = (0.2, 0.8) the number at [0, 1] is -0.16, not -0.8.
    """
    J = -np.tile(S, (len(S), 1))
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__upper_half_only(S):
    """Below the diagonal you left zeros, though the matrix is symmetric.

    If class 0 takes from class 1, then class 1 takes just as much from class 0.

    For S = (0.5, 0.5) both numbers off the diagonal are -0.25.
    """
    return np.triu(np.diag(S) - np.outer(S, S))


def sm_dir__softmax_first(S):
    """You applied softmax to the argument, but it already holds the shares.

    The argument is S, the output of softmax; the logits are not needed any more.

    For S = (0.2, 0.8) the diagonal is 0.16 in both rows; check that yours is.
    """
    E = np.exp(S - np.max(S))
    E = E / E.sum()
    return np.diag(E) - np.outer(E, E)


def sm_dir__divided_by_the_number_of_classes(S):
    """Your numbers are too small by the number of classes: nothing is averaged here.

    A derivative is no mean over classes; the number K does not appear in it.

    For S = (0.5, 0.5) the diagonal is 0.25, not 0.125.
    """
    return (np.diag(S) - np.outer(S, S)) / len(S)


def sm_dir__summed(S):
    """You added up each row, which gives zero for every class.

    The answer is the whole K x K matrix. Its rows add up to zero because the shares keep their sum.

    For two classes the shape is (2, 2).
    """
    return (np.diag(S) - np.outer(S, S)).sum(axis=1)


def sm_dir__inner_product(S):
    """You took away one number, the sum of the squared shares, in place of a whole matrix.

    Each pair of classes has its own product: K x K of them, not their sum.

    For S = (0.2, 0.8) the products are 0.04, 0.16, 0.16 and 0.64.
    """
    return np.diag(S) - S @ S


def sm_dir__flat(S):
    """You returned K*K numbers in one long vector; the answer is a K x K matrix.

    Row t belongs to the share t, column i to the logit i.

    For two classes the shape is (2, 2), not (4,).
    """
    return (np.diag(S) - np.outer(S, S)).ravel()


def sm_dir__squeezed(S):
    """With a single class you return a plain number; a 1 x 1 matrix is asked.

    squeeze() takes away every dimension of length 1, also those that belong to the answer.

    For K classes the shape is (K, K), for one class (1, 1).
    """
    return (np.diag(S) - np.outer(S, S)).squeeze()


def sm_dir__is_for_equal(S):
    """Beyond class 256 your diagonal is wrong: the indices are compared with `is`, not `==`.

    `is` asks whether two names mean the same object. Python keeps one object for each small
    number only, so equal large numbers are mostly two objects.

    `t is i` may be false for t = i = 300.
    """
    J = np.empty((len(S), len(S)))
    for t in range(len(S)):
        for i in range(len(S)):
            J[t, i] = S[t] * ((t is i) - S[i])
    return J


def sm_dir__five_classes(S):
    """Your matrix is always 5 x 5, as in the worked example.

    Ask the argument how many classes there are.

    Two classes need a 2 x 2 matrix.
    """
    J = np.zeros((5, 5))
    for t in range(5):
        for i in range(5):
            J[t, i] = S[t] * ((t == i) - S[i])
    return J


def sm_dir__whole_numbers(S):
    """Your matrix holds whole numbers: it was made with a dtype of int, which cuts them off.

    A new array takes its dtype from how it is made. Derivatives need floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return (np.diag(S) - np.outer(S, S)).astype(int)


def sm_dir__rounded(S):
    """Your numbers are rounded to a few decimals.

    Return the numbers as they come. Rounding is for printing.

    The product of two shares of 0.004 is 0.000016, not 0.
    """
    return np.round(np.diag(S) - np.outer(S, S), 4)


def sm_dir__half_precision(S):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    H = np.asarray(S, dtype=np.float16)
    return np.diag(H) - np.outer(H, H)


def sm_dir__shares_clipped(S):
    """You kept the shares away from 0 and 1 before using them, which spoils certain answers.

    No logarithm and no division is taken here, so 0 and 1 are as good as any other share.

    For S = (0, 1) the whole matrix is exactly zero.
    """
    C = np.clip(S, 1e-6, 1 - 1e-6)
    return np.diag(C) - np.outer(C, C)


def sm_dir__memory_not_set(S):
    """You filled the diagonal of an array made by np.empty: the rest is whatever was in memory.

    np.empty sets nothing. Either write every number or begin with zeros; here none is zero.

    For S = (0.5, 0.5) the numbers off the diagonal are -0.25.
    """
    J = np.full((len(S), len(S)), np.nan)  # NaN stands for what memory holds by chance
    np.fill_diagonal(J, S * (1 - S))
    return J


def sm_dir__changes_its_input(S):
    """Your matrix is right, but the caller's shares are different after the call.

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

    What is kept in a variable outside the function must not be taken for a new answer.

    S = (0.5, 0.5) and S = (0.2, 0.8) have the same size and different derivatives.
    """
    return _MATRICES.setdefault(len(S), np.diag(S) - np.outer(S, S))
