"""Wrong answers to fit that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np

from part1_softmax import softmax


def _shares(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def _gradient(W, X, Y):
    return X.T @ (_shares(X @ W) - Y) / len(X)


def _descend(W, X, Y, rate, steps, gradient=_gradient):
    W = np.array(W, dtype=float)
    for _ in range(steps):
        W = W - rate * gradient(W, X, Y)
    return W


def fit__summed(W, X, Y, rate, steps):
    """You added up the gradients of all samples; the exercise asks for their mean.

    Divide by the number of samples: with a sum, more data would mean longer steps.

    Two copies of the same sample give the same step as one.
    """
    return _descend(W, X, Y, rate * len(X), steps)


def fit__averaged_twice(W, X, Y, rate, steps):
    """Your steps are too short by a factor of N, the number of samples: the mean was taken twice.

    np.mean already divides: do not divide again.

    Two copies of the same sample give the same step as one.
    """
    return _descend(W, X, Y, rate / len(X), steps)


def fit__averaged_over_all_numbers(W, X, Y, rate, steps):
    """You divided by samples times classes: the mean runs over samples only.

    The loss of one sample is a sum over classes. Average over samples only.

    One sample alone gives the same step as train_step, whatever K is.
    """
    return _descend(W, X, Y, rate / Y.shape[1], steps)


def fit__divided_by_the_number_of_classes(W, X, Y, rate, steps):
    """You divided by the number of classes; divide by the number of samples.

    Rows of X and Y are samples, columns of Y are classes.

    One sample alone gives the same step as train_step, whatever K is.
    """
    return _descend(W, X, Y, rate * len(X) / Y.shape[1], steps)


def fit__divided_by_the_number_of_inputs(W, X, Y, rate, steps):
    """You divided by the number of inputs; divide by the number of samples.

    Rows of X are samples, its columns are inputs.

    One sample alone gives the same step as train_step, whatever D is.
    """
    return _descend(W, X, Y, rate * len(X) / X.shape[1], steps)


def fit__doubled(W, X, Y, rate, steps):
    """Your steps are twice too long: a factor of 2 belongs to squared errors.

    Cross-entropy has no square, so its derivative has no factor of 2.

    One sample alone gives the same step as train_step.
    """
    return _descend(W, X, Y, 2 * rate, steps)


def fit__halved(W, X, Y, rate, steps):
    """Your steps are half as long as they should be: a factor of 1/2 belongs to squared errors.

    The mean of the gradients is their sum divided by N, not by 2N.

    One sample alone gives the same step as train_step.
    """
    return _descend(W, X, Y, rate / 2, steps)


def fit__weights_divided_too(W, X, Y, rate, steps):
    """You divided the weights by N as well: only the gradient is averaged.

    Divide the sum of the gradients first, then take the step.

    With rate 0 the weights stay as they are.
    """
    for _ in range(steps):
        W = (W - rate * len(X) * _gradient(W, X, Y)) / len(X)
    return W


def fit__sample_by_sample(W, X, Y, rate, steps):
    """You stepped after every sample; make one step for all of them.

    In each step, compute all gradients at the same W, then step along their mean.

    With N samples and s steps, W changes s times, not N*s times.
    """
    for _ in range(steps):
        for n in range(len(X)):
            W = W - rate * np.outer(X[n], softmax(W.T @ X[n]) - Y[n])
    return W


def fit__sample_by_sample_backwards(W, X, Y, rate, steps):
    """You stepped after every sample, the last one first; make one step for all of them.

    In each step, compute all gradients at the same W, then step along their mean.

    The order of the samples makes no difference to the result.
    """
    return fit__sample_by_sample(W, X[::-1], Y[::-1], rate, steps)


def fit__each_sample_to_its_end(W, X, Y, rate, steps):
    """You took all steps for the first sample, then all for the next: the two loops are swapped.

    The loop over the steps is the outer one. In each step every sample counts.

    The order of the samples makes no difference to the result.
    """
    for x, y in zip(X, Y, strict=True):
        for _ in range(steps):
            W = W - rate * np.outer(x, softmax(W.T @ x) - y)
    return W


def fit__sample_by_sample_averaged(W, X, Y, rate, steps):
    """You stepped after every sample, by 1/N of its gradient: later samples use other weights.

    In each step, compute all gradients at the same W, then step along their mean.

    With N samples and s steps, W changes s times, not N*s times.
    """
    return fit__sample_by_sample(W, X, Y, rate / len(X), steps)


def fit__one_sample_each_step(W, X, Y, rate, steps):
    """Each of your steps uses only one sample, in turn.

    The exercise asks for full-batch descent: each step uses all samples.

    With N samples each step averages N gradients.
    """
    for step in range(steps):
        n = step % len(X)
        W = W - rate * np.outer(X[n], softmax(W.T @ X[n]) - Y[n])
    return W


def fit__first_sample_only(W, X, Y, rate, steps):
    """Your steps use only the first sample.

    Each step uses all samples.

    The order of the samples makes no difference to the result.
    """
    return _descend(W, X[:1], Y[:1], rate, steps)


def fit__first_sample_divided(W, X, Y, rate, steps):
    """Your steps use only the first sample, divided by N: the loop ends too early.

    Add up all gradients first, then divide.

    The order of the samples makes no difference to the result.
    """
    return _descend(W, X[:1], Y[:1], rate / len(X), steps)


def fit__last_sample_only(W, X, Y, rate, steps):
    """Your steps use only the last sample: = in the loop overwrites what += would add.

    Each step uses all samples.

    The order of the samples makes no difference to the result.
    """
    return _descend(W, X[-1:], Y[-1:], rate, steps)


def fit__last_sample_divided(W, X, Y, rate, steps):
    """Your steps use only the last sample, divided by N: = in the loop overwrites what += would
    add.

    Add up all gradients first, then divide.

    The order of the samples makes no difference to the result.
    """
    return _descend(W, X[-1:], Y[-1:], rate / len(X), steps)


def fit__last_sample_missing(W, X, Y, rate, steps):
    """The last sample is left out, since the loop stops one too early.

    Use range(n): it already ends at n - 1.

    Use range(n): with two samples, both count.
    """
    return _descend(W, X, Y, rate, steps, _gradient_of_all_but_last)


def _gradient_of_all_but_last(W, X, Y):
    return X[:-1].T @ (_shares(X @ W) - Y)[:-1] / len(X)


def fit__mean_sample(W, X, Y, rate, steps):
    """You averaged the samples first and took the gradient of that one mean sample.

    Softmax is not linear: the outputs of a mean input are not the mean of the outputs.

    For logits 0 and 100 of one class against 0, the mean of the outputs is 0.75, the output of the
    mean is 1.
    """
    return _descend(W, X.mean(axis=0)[None], Y.mean(axis=0)[None], rate, steps)


def fit__divided_by_one_less(W, X, Y, rate, steps):
    """You divided by one sample less than there are: the mean of N gradients divides by N.

    Divide by N; N - 1 belongs to the estimate of a variance.

    Two copies of the same sample give the same step as one.
    """
    return _descend(W, X, Y, rate * len(X) / max(len(X) - 1, 1), steps)


def fit__means_multiplied(W, X, Y, rate, steps):
    """You multiplied the mean input by the mean difference; take the mean of the products.

    Multiply sample by sample first, then take the mean.

    For inputs (1, -1) and differences (1, -1) the products are 1 and 1, the means 0 and 0.
    """
    return _descend(
        W,
        X,
        Y,
        rate,
        steps,
        lambda W, X, Y: np.outer(X.mean(axis=0), (_shares(X @ W) - Y).mean(axis=0)),
    )


def fit__gradients_pile_up(W, X, Y, rate, steps):
    """Each of your steps goes along the sum of all gradients so far: it is never reset to zero.

    Each step starts with a fresh gradient.

    The second step does not repeat the first.
    """
    total = np.zeros(W.shape)
    for _ in range(steps):
        total = total + _gradient(W, X, Y)
        W = W - rate * total
    return W


def fit__momentum(W, X, Y, rate, steps):
    """Each of your steps adds nine tenths of the step before.

    That is momentum. Plain gradient descent uses only the current gradient.

    The second step depends on the weights after the first, and on nothing else.
    """
    speed = np.zeros(W.shape)
    for _ in range(steps):
        speed = 0.9 * speed + _gradient(W, X, Y)
        W = W - rate * speed
    return W


def fit__gradient_of_the_old_loss(W, X, Y, rate, steps):
    """All your steps use the outputs of the first weights: they are computed before the loop.

    Each step changes the weights and so the outputs: compute them inside the loop.

    Near the minimum the steps get shorter; yours keep their length.
    """
    G = _gradient(W, X, Y)
    return W - steps * rate * G


def fit__one_step_only(W, X, Y, rate, steps):
    """You took a single step: the function returns inside the loop.

    Check how far the return is indented.

    With steps = 3 the weights change three times.
    """
    return _descend(W, X, Y, rate, min(steps, 1))


def fit__one_step_always(W, X, Y, rate, steps):
    """You took a single step, whatever `steps` is: the loop over the steps is missing.

    Each step starts from the weights that the step before it made.

    With steps = 3 the weights change three times, with steps = 0 not at all.
    """
    return _descend(W, X, Y, rate, 1)


def fit__fails_without_steps(W, X, Y, rate, steps):
    """Your steps are right, but with `steps` = 0 your function has nothing to return.

    A name that is set only inside a loop does not exist if the loop never runs.

    With steps = 0 the answer is the weights unchanged.
    """
    if steps == 0:
        raise UnboundLocalError
    return _descend(W, X, Y, rate, steps)


def fit__one_step_more(W, X, Y, rate, steps):
    """You took one step too many.

    Python's range(n) counts n times, from 0 to n - 1.

    With steps = 0 the weights stay as they are.
    """
    return _descend(W, X, Y, rate, steps + 1)


def fit__one_step_fewer(W, X, Y, rate, steps):
    """You took one step too few.

    range(1, n) counts n - 1 times.

    With steps = 1 the weights change once.
    """
    return _descend(W, X, Y, rate, max(steps - 1, 0))


def fit__a_step_for_each_sample(W, X, Y, rate, steps):
    """You took a full step for each sample: N times too many.

    One loop counts the steps. Inside it, only add up the samples.

    With N samples and s steps, W changes s times, not N*s times.
    """
    return _descend(W, X, Y, rate, steps * len(X))


def _steps_of(number):
    def wrong(W, X, Y, rate, given):
        return _descend(W, X, Y, rate, number)

    wrong.__doc__ = """You always take the same number of steps, whatever the caller asks for.

    The last argument says how many.

    With steps = 0 the weights stay as they are.
    """
    return wrong


fit__ten_steps = _steps_of(10)
fit__hundred_steps = _steps_of(100)
fit__thousand_steps = _steps_of(1000)


def fit__no_step(W, X, Y, rate, steps):
    """You returned the weights as they were: your steps are lost, or are zero.

    Each step has to start from the weights that the step before it made. A gradient that is
    averaged over all its cells is always 0, since probabilities and labels both sum to 1.

    Only with steps = 0 or rate = 0 do the weights stay as they are.
    """
    return np.array(W)


def fit__uphill(W, X, Y, rate, steps):
    """You added the gradient: the loss grows with every step.

    The gradient points in the direction in which the loss grows. A step goes the other way.

    If the gradient for a weight is 0.5, that weight has to decrease.
    """
    return _descend(W, X, Y, -rate, steps)


def fit__rate_forgotten(W, X, Y, rate, steps):
    """Your steps have the full length of the gradient: the rate is not used.

    The rate says how far to step along the gradient.

    With rate 0 the weights stay as they are.
    """
    return _descend(W, X, Y, 1.0, steps)


def fit__rate_falls(W, X, Y, rate, steps):
    """Your steps get shorter from one to the next, as if the rate fell.

    The rate is the same in every step.

    The second step uses the same rate as the first.
    """
    for step in range(steps):
        W = W - rate / (step + 1) * _gradient(W, X, Y)
    return W


def fit__rate_halves(W, X, Y, rate, steps):
    """Each of your steps uses half the rate of the one before.

    The rate is the same in every step.

    The second step uses the same rate as the first.
    """
    for step in range(steps):
        W = W - rate / 2**step * _gradient(W, X, Y)
    return W


def _rate_shrinks_to(share):
    def wrong(W, X, Y, rate, steps):
        for step in range(steps):
            W = W - rate * share**step * _gradient(W, X, Y)
        return W

    wrong.__doc__ = fit__rate_falls.__doc__
    return wrong


fit__rate_shrinks_to_99_percent = _rate_shrinks_to(0.99)
fit__rate_shrinks_to_95_percent = _rate_shrinks_to(0.95)
fit__rate_shrinks_to_90_percent = _rate_shrinks_to(0.9)


def fit__rate_shared_by_steps(W, X, Y, rate, steps):
    """You divided the rate by the number of steps.

    The rate belongs to each single step.

    Twice as many steps go further, not the same way in smaller pieces.
    """
    return _descend(W, X, Y, rate / max(steps, 1), steps)


def fit__scrambled(W, X, Y, rate, steps):
    """Your steps take the numbers from the wrong cells: the flat gradient is class-major.

    A plain reshape to W's shape reads the flat vector as if it were sorted by input first.

    For D = 2 and K = 2 the flat gradient holds W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return _descend(W, X, Y, rate, steps, lambda W, X, Y: _gradient(W, X, Y).T.reshape(W.shape))


def fit__class_rows(W, X, Y, rate, steps):
    """Your final weights are transposed: (K, D) instead of (D, K).

    Rows of W belong to inputs, columns to classes, from the first step to the last.

    For D = 3 and K = 2 the shape is (3, 2).
    """
    return _descend(W, X, Y, rate, steps).T


def fit__transposed_to_fit(W, X, Y, rate, steps):
    """You transpose only where the shape forces you to: with as many inputs as classes it does not.

    A square matrix fits both ways. Its rows still belong to inputs, its columns to classes.

    For D = K = 2 the cell [0, 1] belongs to input 0 and class 1.
    """
    square = W.shape[0] == W.shape[1]
    return _descend(
        W, X, Y, rate, steps, lambda W, X, Y: _gradient(W, X, Y).T if square else _gradient(W, X, Y)
    )


def fit__samples_transposed_to_fit(W, X, Y, rate, steps):
    """You transpose X only where the shape forces you to: with as many rows as inputs it does not.

    A square matrix fits both ways. The rows of X still belong to samples.

    For N = D = 2 the cell [0, 1] holds input 1 of sample 0.
    """
    square = X.shape[0] == X.shape[1]
    return _descend(W, X.T if square else X, Y, rate, steps)


def fit__filled_by_a_copy(W, X, Y, rate, steps):
    """For a W stored column by column nothing changes: you updated a copy.

    ravel() and reshape() give a view if they can, and a copy if they cannot. What is written into a
    copy is lost.

    Write into the new matrix itself, by row and column.
    """
    new = np.copy(W)
    flat = new.ravel()
    for _ in range(steps):
        flat -= rate * _gradient(new, X, Y).ravel()
    return new


def fit__squeezed(W, X, Y, rate, steps):
    """With a single input or class you return a vector; return a matrix like W.

    squeeze() removes every dimension of length 1, also those that belong to the answer.

    For D = 1 and K = 2 the shape is (1, 2).
    """
    return _descend(W, X, Y, rate, steps).squeeze()


def fit__gradient_returned(W, X, Y, rate, steps):
    """You returned the last gradient; the exercise asks for the final weights.

    The gradient says which way to go; the weights are where you are.

    With steps = 0 the function returns W's values.
    """
    return _gradient(_descend(W, X, Y, rate, max(steps - 1, 0)), X, Y)


def fit__last_change_returned(W, X, Y, rate, steps):
    """You returned the last gradient; the exercise asks for the final weights.

    The gradient says which way to go; the weights are where you are.

    With steps = 0 the function returns W's values.
    """
    return fit__gradient_returned(W, X, Y, rate, steps) if steps else np.zeros(W.shape)


def fit__weights_averaged(W, X, Y, rate, steps):
    """You returned the mean of the weights over all steps; return the last ones.

    The weights after the last step are the result.

    With steps = 1 the weights after the first step are returned.
    """
    path = [np.array(W, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - rate * _gradient(path[-1], X, Y))
    return np.mean(path, axis=0)


def fit__from_zero(W, X, Y, rate, steps):
    """You started from zeros: the weights that were passed in are ignored.

    Descent starts from W.

    With steps = 0 the function returns W's values.
    """
    return _descend(np.zeros(W.shape), X, Y, rate, steps)


def fit__softmax_over_the_samples(W, X, Y, rate, steps):
    """Your softmax runs over the samples: the probabilities of each class add up to 1, not those of
    each sample.

    A row is a sample. Softmax compares the classes of one row.

    With X @ W of shape (N, K), each of the N rows must add up to 1.
    """
    return _descend(W, X, Y, rate, steps, lambda W, X, Y: X.T @ (_shares((X @ W).T).T - Y) / len(X))


def fit__softmax_axes_mixed(W, X, Y, rate, steps):
    """Your exponentials are divided by the sums of their columns; divide by the sums of their rows.

    A row is a sample. Softmax compares the classes of one row: use the same axis for the maximum
    and for the sum.

    With X @ W of shape (N, K), each of the N rows must add up to 1.
    """

    def gradient(W, X, Y):
        Z = X @ W
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return X.T @ (E / E.sum(axis=0) - Y) / len(X)

    return _descend(W, X, Y, rate, steps, gradient)


def fit__softmax_twice(W, X, Y, rate, steps):
    """You applied softmax twice: its first result already holds the probabilities.

    Apply it once, to the logits.

    For K = 2 and the logits (0, 50) the probabilities are 0 and 1; twice gives 0.27 and 0.73.
    """
    return _descend(
        W, X, Y, rate, steps, lambda W, X, Y: X.T @ (_shares(_shares(X @ W)) - Y) / len(X)
    )


def fit__softmax_over_everything(W, X, Y, rate, steps):
    """Your softmax runs over the whole batch at once: all probabilities together add up to 1.

    A row is a sample. Softmax compares the classes of one row.

    With X @ W of shape (N, K), each of the N rows must add up to 1.
    """
    return _descend(
        W,
        X,
        Y,
        rate,
        steps,
        lambda W, X, Y: X.T @ (softmax((X @ W).ravel()).reshape(Y.shape) - Y) / len(X),
    )


def fit__logits_for_shares(W, X, Y, rate, steps):
    """You compared the labels with the logits: softmax is missing.

    First compute the logits, then softmax, then the difference from the labels.

    Probabilities add up to 1, as labels do; logits may add up to anything.
    """
    return _descend(W, X, Y, rate, steps, lambda W, X, Y: X.T @ (X @ W - Y) / len(X))


def fit__sigmoid(W, X, Y, rate, steps):
    """Your outputs come from the logistic function, class by class, not from softmax.

    Softmax compares the classes with one another, so that their probabilities add up to 1.

    For logits (0, 0, 0) each probability is 1/3, not 1/2.
    """
    return _descend(
        W,
        X,
        Y,
        rate,
        steps,
        lambda W, X, Y: X.T @ (1 / (1 + np.exp(-np.clip(X @ W, -700, 700))) - Y) / len(X),
    )


def fit__labels_forgotten(W, X, Y, rate, steps):
    """Your steps ignore the labels: they push every class down.

    What counts is how far each output is from its label.

    If the outputs equal the labels the weights stay as they are.
    """
    return _descend(W, X, 0 * Y, rate, steps)


def fit__largest_label_only(W, X, Y, rate, steps):
    """You used the largest label of each sample only: with soft labels that is wrong.

    Each class has its own label. For one-hot labels the two agree.

    For outputs (0.5, 0.5) and labels (0.6, 0.4) the differences are (-0.1, 0.1).
    """
    return _descend(W, X, np.eye(Y.shape[1])[Y.argmax(axis=1)], rate, steps)


def fit__squared_error(W, X, Y, rate, steps):
    """Your gradient has the factor S(1 - S): that is a different loss.

    With cross-entropy that factor cancels against 1/S.

    For outputs (0.5, 0.5) and labels (1, 0) the differences are (-0.5, 0.5), no further factor.
    """
    return _descend(W, X, Y, rate, steps, _squared_error_gradient)


def fit__softmax_derived_twice(W, X, Y, rate, steps):
    """Your gradient is multiplied by softmax's derivative once more: it contains that already.

    The chain from the loss to the logits, through softmax, simplifies to output minus label.

    For outputs (0.5, 0.5) and labels (1, 0) the differences are (-0.5, 0.5), no further factor.
    """
    return _descend(W, X, Y, rate, steps, _twice_derived_gradient)


def fit__squared_error_of_softmax(W, X, Y, rate, steps):
    """You differentiated the squared error of the output, through softmax: that is a different
    loss.

    With cross-entropy the derivative of softmax cancels against 1/S, and there is no factor of 2.

    For outputs (0.5, 0.5) and labels (1, 0) the differences are (-0.5, 0.5), no further factor.
    """
    return fit__softmax_derived_twice(W, X, Y, 2 * rate, steps)


def _twice_derived_gradient(W, X, Y):
    S = _shares(X @ W)
    G = S - Y
    return X.T @ (S * G - S * (S * G).sum(axis=1, keepdims=True)) / len(X)


def fit__hard_decision(W, X, Y, rate, steps):
    """You compared the labels with the winning class only, as a perceptron does.

    The gradient of softmax is small but not zero when the right class wins.

    For outputs (0.8, 0.2) and labels (1, 0) the differences are (-0.2, 0.2), not zero.
    """
    classes = np.eye(Y.shape[1])
    return _descend(
        W, X, Y, rate, steps, lambda W, X, Y: X.T @ (classes[(X @ W).argmax(axis=1)] - Y) / len(X)
    )


def _squared_error_gradient(W, X, Y):
    S = _shares(X @ W)
    return X.T @ ((S - Y) * S * (1 - S)) / len(X)


def fit__weight_decay(W, X, Y, rate, steps):
    """Your steps also pull all weights towards zero.

    That is weight decay, common in large networks, but the loss here has no such term.

    Where an input is 0 in all samples, its row of W stays as it is.
    """
    return _descend(W, X, Y, rate, steps, lambda W, X, Y: _gradient(W, X, Y) + 0.01 * W)


def fit__weight_decay_of_a_thousandth(W, X, Y, rate, steps):
    return _descend(W, X, Y, rate, steps, lambda W, X, Y: _gradient(W, X, Y) + 0.001 * W)


fit__weight_decay_of_a_thousandth.__doc__ = fit__weight_decay.__doc__


def fit__stops_early(W, X, Y, rate, steps):
    """You stopped before the last step, where the gradient was small: make all the steps.

    Stopping early saves time in practice, but here the caller says how many steps.

    What counts as small depends on the inputs: divided by a million, they make any gradient small.
    """
    for _ in range(steps):
        if np.abs(_gradient(W, X, Y)).max() < 1e-5:
            break
        W = W - rate * _gradient(W, X, Y)
    return W


def fit__stops_early_after_a_step(W, X, Y, rate, steps):
    """You stopped before the last step, when little changed any more: make all the steps.

    Stopping early saves time in practice, but here the caller says how many steps.

    What counts as little depends on the inputs: divided by a million, they make any step small.
    """
    for _ in range(steps):
        before, W = W, W - rate * _gradient(W, X, Y)
        if np.abs(W - before).max() < 1e-6:
            break
    return W


def fit__inputs_standardised(W, X, Y, rate, steps):
    """You shifted and scaled the inputs first, so the weights are for other inputs.

    That often helps training, but the weights have to work for the inputs as they are.

    With one sample, subtracting the mean would leave nothing but zeros.
    """
    with np.errstate(all="ignore"):
        return _descend(W, (X - X.mean(axis=0)) / X.std(axis=0), Y, rate, steps)


def fit__two_halves(W, X, Y, rate, steps):
    """You stepped once for each half of the samples; make one step for all of them.

    In each step, compute all gradients at the same W, then step along their mean.

    With s steps, W changes s times.
    """
    half = (len(X) + 1) // 2
    for _ in range(steps):
        for part in (slice(half), slice(half, None)):
            if len(X[part]):
                W = W - rate * _gradient(W, X[part], Y[part])
    return W


def fit__whole_numbers(W, X, Y, rate, steps):
    """Your weights are whole numbers: they were stored as integers, which drops the fractions.

    A new array gets its dtype from how it is created. Weights need floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return _descend(W, X, Y, rate, steps).astype(int)


def fit__dtype_of_Y(W, X, Y, rate, steps):
    """Where Y holds integers your outputs do too, and their fractions are dropped.

    An array created like Y takes over Y's dtype. Probabilities need floats.

    Stored as an integer, 0.731 becomes 0.
    """
    return _descend(
        W, X, Y, rate, steps, lambda W, X, Y: X.T @ (_shares(X @ W).astype(Y.dtype) - Y) / len(X)
    )


def fit__rounded(W, X, Y, rate, steps):
    """Your final weights are rounded to a few decimals.

    Return the numbers unrounded. Rounding is for printing.

    The third decimal of a weight may decide between two classes.
    """
    return np.round(_descend(W, X, Y, rate, steps), 3)


def fit__rounded_on_the_way(W, X, Y, rate, steps):
    """Your weights are rounded after every step, so small steps are lost.

    Do not round: continue with all digits.

    A hundred steps of 0.004 are 0.4, unless each is rounded away.
    """
    for _ in range(steps):
        W = np.round(W - rate * _gradient(W, X, Y), 3)
    return W


def fit__half_precision(W, X, Y, rate, steps):
    """Your weights have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return _descend(W, X, Y, rate, steps).astype(np.float16)


def fit__changes_its_input(W, X, Y, rate, steps):
    """Your final weights are right, but one of the caller's arrays has changed as well.

    Statements like W -= write into the caller's own array.

    After the call the caller may still compare the old W with the new: work on a copy.
    """
    for _ in range(steps):
        W -= rate * _gradient(W, X, Y)
    return W


_WEIGHTS = {}


def fit__goes_on_training(W, X, Y, rate, steps):
    """Your first result is right; the next call of the same size goes on where the last one ended.

    A variable outside the function keeps its value after the call.

    Called twice with the same arguments, both results are the same.
    """
    _WEIGHTS[W.shape] = _descend(_WEIGHTS.get(W.shape, W), X, Y, rate, steps)
    return _WEIGHTS[W.shape]


def _shares(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def _slope(W, X, Y):
    return X.T @ (_shares(X @ W) - Y) / len(X)


def fit__softmax_unstable(W, X, Y, rate, steps):
    """Your steps are right, but the softmax inside them overflows for large logits.

    It has to be as safe as the one in part 1: subtract the maximum of each row's logits first.

    For logits (1000, 1001) the probabilities are 0.269 and 0.731, not NaN.
    """
    with np.errstate(all="ignore"):
        for _ in range(steps):
            E = np.exp(X @ W)
            W = W - rate * X.T @ (E / E.sum(axis=1, keepdims=True) - Y) / len(X)
    return W


def fit__maximum_of_the_whole_batch(W, X, Y, rate, steps):
    """You subtract the maximum of all rows together: a row far below it has only zeros left.

    Each example has a softmax of its own, so each row needs its own maximum.

    For the rows (1000, 1001) and (0, 0) the second one's probabilities are 0.5 each, not 0/0.
    """
    with np.errstate(all="ignore"):
        for _ in range(steps):
            Z = X @ W
            E = np.exp(Z - Z.max())
            W = W - rate * X.T @ (E / E.sum(axis=1, keepdims=True) - Y) / len(X)
    return W


def _in_batches(size):
    def wrong(W, X, Y, rate, steps):
        """You make a step for each small batch of rows; full-batch descent makes one for all.

        Mini-batches are a different method, with a different result. One step uses the mean
        gradient of all rows, taken at the same weights.

        With `steps` = 1 the weights change exactly once.
        """
        for _ in range(steps):
            for start in range(0, len(X), size):
                rows = slice(start, start + size)
                W = W - rate * _slope(W, X[rows], Y[rows])
        return W

    return wrong


fit__batches_of_2 = _in_batches(2)
fit__batches_of_4 = _in_batches(4)
fit__batches_of_10 = _in_batches(10)
fit__batches_of_32 = _in_batches(32)


def _decayed(share):
    def wrong(W, X, Y, rate, steps):
        for _ in range(steps):
            W = W - rate * (_slope(W, X, Y) + share * W)
        return W

    wrong.__doc__ = fit__weight_decay.__doc__
    return wrong


fit__weight_decay_of_a_tenth = _decayed(0.1)
fit__weight_decay_of_a_fifth = _decayed(0.2)
fit__weight_decay_of_1 = _decayed(1.0)
fit__weight_decay_of_a_ten_thousandth = _decayed(1e-4)


def fit__rate_falls_slowly(W, X, Y, rate, steps):
    for step in range(steps):
        W = W - rate / (1 + 0.1 * step) * _slope(W, X, Y)
    return W


fit__rate_falls_slowly.__doc__ = fit__rate_falls.__doc__


def fit__momentum_averaged(W, X, Y, rate, steps):
    """You step along a running mean of the gradients: momentum.

    Each step takes the gradient at the current weights, and keeps none of the earlier ones.

    Even the first step is too short: it has only a tenth of the gradient.
    """
    V = np.zeros(W.shape)
    for _ in range(steps):
        V = 0.9 * V + 0.1 * _slope(W, X, Y)
        W = W - rate * V
    return W


def fit__adam(W, X, Y, rate, steps):
    """You divide each gradient by its own usual size: Adam.

    Plain gradient descent takes the gradient as it is: a steep slope makes a long step.

    With Adam all weights move by about `rate` in the first step.
    """
    M, V = np.zeros(W.shape), np.zeros(W.shape)
    for step in range(1, steps + 1):
        G = _slope(W, X, Y)
        M, V = 0.9 * M + 0.1 * G, 0.999 * V + 0.001 * G * G
        W = W - rate * (M / (1 - 0.9**step)) / (np.sqrt(V / (1 - 0.999**step)) + 1e-8)
    return W


def fit__adagrad(W, X, Y, rate, steps):
    """You divide each gradient by the root of the squares so far: AdaGrad.

    Plain gradient descent takes the gradient as it is: a steep slope makes a long step.

    With AdaGrad all weights move by about `rate` in the first step.
    """
    V = np.zeros(W.shape)
    for _ in range(steps):
        G = _slope(W, X, Y)
        V = V + G * G
        W = W - rate * G / (np.sqrt(V) + 1e-8)
    return W


def fit__hidden_bias(W, X, Y, rate, steps):
    """You train a bias as well, which then affects every answer.

    There is no bias here: the logits are X @ W and nothing else. A bias is a column of ones in X.

    The first step is right; from the second on the weights differ.
    """
    b = np.zeros(W.shape[1])
    for _ in range(steps):
        E = _shares(X @ W + b) - Y
        W, b = W - rate * X.T @ E / len(X), b - rate * E.mean(axis=0)
    return W


def _norm_at_most(limit):
    def wrong(W, X, Y, rate, steps):
        """You shorten gradients that are longer than a limit: gradient clipping.

        That is a trick for training, with an arbitrary limit. A step takes the mean gradient as it
        is.

        Twice the inputs make a first step that is about twice as long.
        """
        for _ in range(steps):
            G = _slope(W, X, Y)
            length = np.sqrt((G * G).sum())
            W = W - rate * (G if length <= limit else G * (limit / length))
        return W

    return wrong


fit__norm_at_most_1 = _norm_at_most(1.0)
fit__norm_at_most_half = _norm_at_most(0.5)
fit__norm_at_most_5 = _norm_at_most(5.0)


def fit__steps_while_summing(W, X, Y, rate, steps):
    """You change the weights while the gradients of a step are still being added up.

    The line that changes W belongs after the loop over the rows, once in each step.

    With `steps` = 1 the weights change exactly once.
    """
    for _ in range(steps):
        G = np.zeros(W.shape)
        for x, y in zip(X, Y, strict=True):
            G = G + _slope(W, x[None], y[None])
            W = W - rate * G / len(X)
    return W
