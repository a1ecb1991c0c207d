"""Wrong answers to train_step that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np

from part1_softmax import softmax


def _difference(W, x, y):
    return softmax(W.T @ x) - y


def train_step__uphill(W, x, y, rate):
    """You added the gradient: the loss grows with your step.

    The gradient points in the direction in which the loss grows. The step goes the other way.

    If the gradient for a weight is 0.5, that weight has to decrease.
    """
    return W + rate * np.outer(x, _difference(W, x, y))


def train_step__rate_forgotten(W, x, y, rate):
    """Your step has the full length of the gradient: the rate is not used.

    The rate says how far to step along the gradient.

    With rate 0 the weights stay as they are.
    """
    return W - np.outer(x, _difference(W, x, y))


def train_step__rate_squared(W, x, y, rate):
    """You multiplied by the rate twice.

    It multiplies the gradient once.

    With rate 0.1 and a gradient of 1 a weight decreases by 0.1, not by 0.01.
    """
    return W - rate * rate * np.outer(x, _difference(W, x, y))


def train_step__divided_by_rate(W, x, y, rate):
    """You divided by the rate: a small rate makes your steps large.

    The rate multiplies the gradient.

    With rate 0.1 and a gradient of 1 a weight decreases by 0.1, not by 10.
    """
    with np.errstate(all="ignore"):
        return W - np.divide(np.outer(x, _difference(W, x, y)), rate)


def train_step__weights_scaled(W, x, y, rate):
    """The rate multiplies your old weights too, not just the gradient.

    Multiply first, then subtract: only the gradient is scaled.

    With rate 0 the weights stay as they are.
    """
    return rate * (W - np.outer(x, _difference(W, x, y)))


def train_step__multiplied(W, x, y, rate):
    """You multiplied the weights by the step instead of subtracting it.

    A step moves every weight by its own amount, also one that is zero.

    With rate 0.1 and a gradient of 1 every weight decreases by 0.1, whatever it was.
    """
    return W * (1 - rate * np.outer(x, _difference(W, x, y)))


def train_step__by_the_loss(W, x, y, rate):
    """Every weight moves by the same amount: your step uses the loss, not its gradient.

    The loss says how good the weights are; its gradient says which way to go.

    Where x_j is 0, row j stays as it is.
    """
    kept = np.flatnonzero(y)
    return W + rate * np.sum(y[kept] * np.log(softmax(W.T @ x)[kept]))


def train_step__gradient_returned(W, x, y, rate):
    """You returned the gradient; the exercise asks for the updated weights.

    Subtract rate times the gradient from W.

    With rate 0 the function returns W's values.
    """
    return np.outer(x, _difference(W, x, y))


def train_step__step_returned(W, x, y, rate):
    """You returned the step itself; the exercise asks for the updated weights.

    Subtract the step from W.

    With rate 0 the function returns W's values, not zeros.
    """
    return -rate * np.outer(x, _difference(W, x, y))


def train_step__amount_returned(W, x, y, rate):
    """You returned rate times the gradient; the exercise asks for the updated weights.

    Subtract that amount from W.

    With rate 0 the function returns W's values, not zeros.
    """
    return rate * np.outer(x, _difference(W, x, y))


def train_step__softmax_twice(W, x, y, rate):
    """You applied softmax twice: its first result already holds the probabilities.

    Apply it once, to the logits.

    For K = 2 and the logits (0, 50) the probabilities are 0 and 1; twice gives 0.27 and 0.73.
    """
    return W - rate * np.outer(x, softmax(softmax(W.T @ x)) - y)


def train_step__unchanged(W, x, y, rate):
    """You returned the weights as they were: your step is lost, or is zero.

    An expression like W - step makes a new array; unless you return or store it, it is lost. A
    gradient that is averaged over all its cells is always 0, since probabilities and labels both
    sum to 1.

    Only with rate 0 do the weights stay as they are.
    """
    return np.array(W)


def train_step__scrambled(W, x, y, rate):
    """Your step takes its numbers from the wrong cells: the flat gradient is class-major.

    A plain reshape to W's shape reads the flat vector as if it were sorted by input first.

    For D = 2 and K = 2 the flat gradient holds W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return W - rate * np.kron(_difference(W, x, y), x).reshape(W.shape)


def train_step__class_rows(W, x, y, rate):
    """Your new weights are transposed: (K, D) instead of (D, K).

    Rows of W belong to inputs, columns to classes, before the step and after it.

    For D = 3 and K = 2 the shape is (3, 2).
    """
    return (W - rate * np.outer(x, _difference(W, x, y))).T


def train_step__transposed_to_fit(W, x, y, rate):
    """You transpose only where the shape forces you to: with as many inputs as classes it does not.

    A square matrix fits both ways. Its rows still belong to inputs, its columns to classes.

    For D = K = 2 the cell [0, 1] belongs to input 0 and class 1.
    """
    G = np.outer(_difference(W, x, y), x)
    return W - rate * (G if G.shape == W.shape else G.T)


def train_step__filled_by_a_copy(W, x, y, rate):
    """For a W stored column by column nothing changes: you updated a copy.

    ravel() and reshape() give a view if they can, and a copy if they cannot. What is written into a
    copy is lost.

    Write into the new matrix itself, by row and column.
    """
    new = np.copy(W)
    flat = new.ravel()
    flat -= rate * np.outer(x, _difference(W, x, y)).ravel()
    return new


def train_step__squeezed(W, x, y, rate):
    """With a single input or class you return a vector; return a matrix like W.

    squeeze() removes every dimension of length 1, also those that belong to the answer.

    For D = 1 and K = 2 the shape is (1, 2).
    """
    return (W - rate * np.outer(x, _difference(W, x, y))).squeeze()


def train_step__flat(W, x, y, rate):
    """You returned the new weights as one long vector; return a matrix like W.

    A gradient has to have W's own layout before it can be subtracted from W.

    For D = 3 and K = 2 the shape is (3, 2), not (6,).
    """
    return (W - rate * np.outer(x, _difference(W, x, y))).T.ravel()


def train_step__logits_for_shares(W, x, y, rate):
    """You compared the labels with the logits: softmax is missing.

    First compute the logits, then softmax, then the difference from the labels.

    Probabilities add up to 1, as labels do; logits may add up to anything.
    """
    return W - rate * np.outer(x, W.T @ x - y)


def train_step__sigmoid(W, x, y, rate):
    """Your outputs come from the logistic function, class by class, not from softmax.

    Softmax compares the classes with one another, so that their probabilities add up to 1.

    For logits (0, 0, 0) each probability is 1/3, not 1/2.
    """
    return W - rate * np.outer(x, 1 / (1 + np.exp(-np.clip(W.T @ x, -700, 700))) - y)


def train_step__softmax_of_the_weights(W, x, y, rate):
    """You took softmax of the weights, then multiplied by the inputs: the order is wrong.

    First the logits are added up, then softmax compares them.

    With x = (2, 0), S is the softmax of twice the first row of W.
    """
    shares = np.array([softmax(row) for row in W])
    return W - rate * np.outer(x, shares.T @ x - y)


def train_step__softmax_of_the_columns(W, x, y, rate):
    """You took softmax of each column of W, then multiplied by x: the order is wrong.

    First the logits are added up, then softmax compares the classes, which are the columns.

    With x = (2, 0), S is the softmax of twice the first row of W.
    """
    shares = np.array([softmax(column) for column in W.T])
    return W - rate * np.outer(x, shares @ x - y)


def train_step__labels_forgotten(W, x, y, rate):
    """Your step ignores the labels: it pushes every class down.

    What counts is how far the output is from the label.

    For S = (0.5, 0.5) and y = (1, 0) the weights of the first class grow where x is positive.
    """
    return W - rate * np.outer(x, softmax(W.T @ x))


def train_step__shares_forgotten(W, x, y, rate):
    """Your step ignores the outputs: it only pulls the true class up.

    What counts is how far the output is from the label.

    For S = (0.5, 0.5) and y = (1, 0) the weights of the second class fall where x is positive.
    """
    return W + rate * np.outer(x, y)


def train_step__largest_label_only(W, x, y, rate):
    """You subtracted 1 for the class of the largest label: with soft labels that is wrong.

    Each class has its own label. For one-hot labels the two agree.

    For S = (0.5, 0.5) and y = (0.6, 0.4) the differences are (-0.1, 0.1).
    """
    return W - rate * np.outer(x, _difference(W, x, np.arange(len(y)) == np.argmax(y)))


def train_step__squared_error(W, x, y, rate):
    """Your gradient has the factor S(1 - S): that is a different loss.

    With cross-entropy that factor cancels against 1/S.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5), with no further factor.
    """
    S = softmax(W.T @ x)
    return W - rate * np.outer(x, (S - y) * S * (1 - S))


def train_step__softmax_derived_twice(W, x, y, rate):
    """Your gradient is multiplied by softmax's derivative once more: it contains that already.

    The chain from the loss to the logits, through softmax, simplifies to output minus label.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5), with no further factor.
    """
    S = softmax(W.T @ x)
    return W - rate * np.outer(x, S * (S - y) - S * (S @ (S - y)))


def train_step__squared_error_of_softmax(W, x, y, rate):
    """You differentiated the squared error of the output, through softmax: that is a different
    loss.

    With cross-entropy the derivative of softmax cancels against 1/S, and there is no factor of 2.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5), with no further factor.
    """
    return train_step__softmax_derived_twice(W, x, y, 2 * rate)


def train_step__softmax_skipped(W, x, y, rate):
    """Your gradient goes from the loss to the weights without going through softmax.

    -y/S is the derivative with respect to the outputs. The steps through the logits to the weights
    are missing.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5), not (-2, 0).
    """
    return W + rate * np.outer(x, y / softmax(W.T @ x))


def train_step__hard_decision(W, x, y, rate):
    """You compared the labels with the winning class only, as a perceptron does.

    The gradient of softmax is small but not zero when the right class wins.

    For S = (0.8, 0.2) and y = (1, 0) the differences are (-0.2, 0.2), not zero.
    """
    Z = W.T @ x
    return W - rate * np.outer(x, (np.arange(len(Z)) == np.argmax(Z)) - y)


def train_step__labelled_classes_only(W, x, y, rate):
    """You moved only the columns whose label is not zero: the others have a gradient as well.

    A wrong class with some probability has to be pushed down.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5), not (-0.5, 0).
    """
    return W - rate * np.outer(x, np.where(np.equal(y, 0), 0, _difference(W, x, y)))


def train_step__weights_for_inputs(W, x, y, rate):
    """Your gradient multiplies by the weight itself; multiply by its input.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative with respect to w is x, not w.
    """
    return W - rate * W * _difference(W, x, y)


def train_step__inputs_forgotten(W, x, y, rate):
    """The input is missing in your gradient: all rows of W move by the same amounts.

    A weight acts through its input, so row j moves by a multiple of x_j.

    Where x_j is 0, row j stays as it is.
    """
    return W - rate * _difference(W, x, y)


def train_step__divided_by_the_number_of_classes(W, x, y, rate):
    """Your step is too short by a factor of the number of classes: nothing is averaged here.

    The mean runs over samples, and there is only one.

    For S = (0.5, 0.5) and y = (1, 0) the differences are (-0.5, 0.5).
    """
    return W - rate * np.outer(x, _difference(W, x, y)) / len(y)


def train_step__divided_by_the_number_of_inputs(W, x, y, rate):
    """Your step is too short by a factor of the number of inputs: nothing is averaged here.

    The mean runs over samples, and there is only one; inputs are not samples.

    With x = (1, 1) each row moves as far as it would for x = (1,).
    """
    return W - rate * np.outer(x, _difference(W, x, y)) / len(x)


def train_step__doubled(W, x, y, rate):
    """Your step is twice too long: a factor of 2 belongs to squared errors.

    Cross-entropy has no square, so its derivative has no factor of 2.

    With rate 0.1 and a gradient of 1 a weight decreases by 0.1.
    """
    return W - 2 * rate * np.outer(x, _difference(W, x, y))


def train_step__two_steps(W, x, y, rate):
    """You took two steps, one after the other.

    One call is one step; repeating it is the next exercise.

    From W the step goes along the gradient at W, once.
    """
    for _ in range(2):
        W = W - rate * np.outer(x, _difference(W, x, y))
    return W


def train_step__unit_length(W, x, y, rate):
    """Your step always has the length of the rate: the gradient was scaled to length 1.

    A steep slope makes a long step, a flat slope a short one.

    Near the minimum the gradient is almost zero, and so is the step.
    """
    G = np.outer(x, _difference(W, x, y))
    with np.errstate(all="ignore"):
        return W - rate * G / np.linalg.norm(G)


def train_step__signs_only(W, x, y, rate):
    """Every weight moves by the same amount: your step uses only the signs of the gradient.

    A steep slope makes a long step, a flat slope a short one.

    A gradient of (0.5, -0.1) moves the first weight five times as far.
    """
    return W - rate * np.sign(np.outer(x, _difference(W, x, y)))


def train_step__weight_decay(W, x, y, rate):
    """Your step also pulls all weights towards zero.

    That is weight decay, common in large networks, but the loss here has no such term.

    Where x_j is 0, row j stays as it is.
    """
    return W - rate * (np.outer(x, _difference(W, x, y)) + 0.01 * W)


def train_step__whole_numbers(W, x, y, rate):
    """Your new weights are whole numbers: they were stored as integers, which drops the fractions.

    A new array gets its dtype from how it is created. Weights need floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return (W - rate * np.outer(x, _difference(W, x, y))).astype(int)


def train_step__dtype_of_y(W, x, y, rate):
    """Where y holds integers your differences do too, and their fractions are dropped.

    An array created like y takes over y's dtype. Differences from probabilities need floats.

    Stored as an integer, -0.5 becomes 0.
    """
    difference = np.zeros_like(y)
    difference[:] = _difference(W, x, y)
    return W - rate * np.outer(x, difference)


def train_step__rounded(W, x, y, rate):
    """Your new weights are rounded to a few decimals.

    Return the numbers unrounded: many small steps add up, unless each is rounded away.

    A step of 0.00004 is small, not 0.
    """
    return np.round(W - rate * np.outer(x, _difference(W, x, y)), 4)


def train_step__half_precision(W, x, y, rate):
    """Your weights have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return (W - rate * np.outer(x, _difference(W, x, y))).astype(np.float16)


def train_step__changes_its_input(W, x, y, rate):
    """Your new weights are right, but one of the caller's arrays has changed as well.

    Statements like W -= write into the caller's own array. Return a new one.

    After the call the caller may still compare the old W with the new.
    """
    W -= rate * np.outer(x, _difference(W, x, y))
    return W


_SPEED = {}


def train_step__momentum(W, x, y, rate):
    """Your first step is right; each later one adds a part of the steps before it.

    That is momentum, which remembers something between calls. Here each step depends on its
    arguments.

    Called twice with the same arguments, both results are the same.
    """
    _SPEED[W.shape] = 0.9 * _SPEED.get(W.shape, 0) + np.outer(x, _difference(W, x, y))
    return W - rate * _SPEED[W.shape]


def _step(W, x, y, rate, change):
    S = softmax(W.T @ x)
    return W - rate * change(np.outer(x, S - y), S, y)


def train_step__softmax_unstable(W, x, y, rate):
    """Your step is right, but its softmax overflows for large logits.

    The softmax inside a step has to be as safe as the one in part 1: subtract the maximum of the
    logits first, or call softmax.

    For logits (1000, 1001) the probabilities are 0.269 and 0.731, not NaN.
    """
    with np.errstate(all="ignore"):
        E = np.exp(W.T @ x)
        return W - rate * np.outer(x, E / E.sum() - y)


def _norm_at_most(limit):
    def wrong(W, x, y, rate):
        """You shorten gradients that are longer than a limit: gradient clipping.

        That is a trick for training, with an arbitrary limit. The step takes the gradient as it is.

        Twice the inputs make a step that is about twice as long.
        """

        def clipped(G, S, y):
            length = np.sqrt((G * G).sum())
            return G if length <= limit else G * (limit / length)

        return _step(W, x, y, rate, clipped)

    return wrong


train_step__norm_at_most_1 = _norm_at_most(1.0)
train_step__norm_at_most_5 = _norm_at_most(5.0)


def train_step__hidden_bias(W, x, y, rate):
    """Your step also adds the errors to every row, as if each input had a bias.

    There is no bias here: the gradient is x_j * (S_i - y_i), and nothing is added.

    For an input x_j = 0 row j of the weights does not move.
    """
    return _step(W, x, y, rate, lambda G, S, y: G + (S - y))


def train_step__weighed_by_the_loss(W, x, y, rate):
    """You multiplied the gradient by the loss.

    The loss is what is differentiated; it is not a factor of its own derivative.

    The step is rate * x_j * (S_i - y_i).
    """
    with np.errstate(all="ignore"):
        return _step(W, x, y, rate, lambda G, S, y: -np.sum(y * np.log(S)) * G)
