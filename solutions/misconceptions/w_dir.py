"""Wrong answers to w_dir that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np


def w_dir__columns_summed(DXE, DL):
    """You added up the rows of DL without weighting them: after softmax that is always zero.

    DXE says how much each output changes the loss. It weights the rows before they are added.

    The outputs of softmax always add up to 1, so the plain sum of their derivatives is 0.
    """
    return DL.sum(axis=0)


def w_dir__columns_averaged(DXE, DL):
    """You averaged the rows of DL without weighting them: after softmax that is always zero.

    DXE says how much each output changes the loss. It weights the rows before they are added.

    The outputs of softmax always add up to 1, so the mean of their derivatives is 0.
    """
    return DL.mean(axis=0)


def w_dir__weighed_not_summed(DXE, DL):
    """You weighted each row of DL but did not add up the rows.

    The chain rule sums over all outputs: each of them carries part of a weight's effect.

    For K = 2 and D = 3 the shape is (6,), not (2, 6).
    """
    return DXE.reshape(-1, 1) * DL


def w_dir__wrong_axis_summed(DXE, DL):
    """You added up the columns: you are left with one number for each output, not one for each
    weight.

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

    The derivative of the later step comes first: the loss with respect to S, then S with respect to
    W.

    Check the shapes: (K,) times (K, D*K) gives (D*K,).
    """
    return DL @ DXE


def w_dir__whichever_fits(DXE, DL):
    """You multiply in whichever order the shapes allow: with one input both orders fit, and one is
    wrong.

    For D = 1 the matrix is K x K. Its rows still belong to the outputs, its columns to the weights.

    The sum runs over the outputs, in both factors.
    """
    return DL @ DXE if DL.shape[1] == len(DXE) else DXE @ DL


def w_dir__every_pair(DXE, DL):
    """You multiplied every derivative of the loss by every number of DL, and added up nothing.

    Multiply row t by the derivative for output t, then add up the rows.

    For K = 2 and D = 3 the shape is (6,), not (2, 12).
    """
    return np.outer(DXE, DL)


def w_dir__reshaped(DXE, DL):
    """You reshaped DL to (D*K, K) where you have to transpose it: the shape fits, the cells do not.

    A reshape keeps the order of the numbers in memory; a transpose swaps rows and columns.

    [[1, 2, 3], [4, 5, 6]] reshaped to (3, 2) begins 1, 2; transposed it begins 1, 4.
    """
    return DL.reshape(DL.shape[1], DL.shape[0]) @ DXE


def w_dir__input_major(DXE, DL):
    """Your numbers are sorted by input first, then by class; the order is class-major.

    They keep the order of DL's columns: i*D + j for class i and input j.

    For D = 2 and K = 2 they belong to W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return (DXE @ DL).reshape(len(DXE), -1).T.ravel()


def w_dir__input_major_undone_twice(DXE, DL):
    """You rearranged the numbers as if they were sorted by input first; they are not.

    The product already has the expected order, i*D + j for class i and input j.

    For D = 2 and K = 3 they belong to W[0,0], W[1,0], W[0,1] and so on.
    """
    return (DXE @ DL).reshape(-1, len(DXE)).T.ravel()


def w_dir__scrambled_matrix(DXE, DL):
    """You reshaped the gradient to (D, K): return the flat one, in class-major order.

    A row of such a matrix would also mix weights of different inputs.

    For D = 3 and K = 2 the shape is (6,), not (3, 2).
    """
    return (DXE @ DL).reshape(-1, len(DXE))


def w_dir__class_rows(DXE, DL):
    """You reshaped the gradient to (K, D); return the flat vector.

    The order is right. Weight W[j, i] is entry i*D + j.

    For D = 3 and K = 2 the shape is (6,), not (2, 3).
    """
    return (DXE @ DL).reshape(len(DXE), -1)


def w_dir__row(DXE, DL):
    """You returned a matrix of one row; the answer is a vector of shape (D*K,).

    A vector times a matrix is a vector. Making it a row first leaves an extra dimension.

    For D = 3 and K = 2 the shape is (6,), not (1, 6).
    """
    return DXE.reshape(1, -1) @ DL


def w_dir__column(DXE, DL):
    """You returned a matrix of one column; the answer is a vector of shape (D*K,).

    A vector times a matrix is a vector. Making it a column first leaves an extra dimension.

    For D = 3 and K = 2 the shape is (6,), not (6, 1).
    """
    return DL.T @ DXE.reshape(-1, 1)


def w_dir__one_row_only(DXE, DL):
    """You used only the row of the largest derivative: the others count too.

    With one-hot labels the other derivatives are zero, but not with soft labels.

    For DXE = (-1.2, -0.8) both rows of DL count.
    """
    t = np.argmax(np.abs(DXE))
    return DXE[t] * DL[t]


def w_dir__first_row_only(DXE, DL):
    """Your sums use only the first output.

    The chain rule adds up one product for each output.

    For K = 2 each number is a sum of two products.
    """
    return DXE[0] * DL[0]


def w_dir__sums_multiplied(DXE, DL):
    """You multiplied two sums; the exercise asks for the sum of the products.

    Multiply output by output first, then add up.

    For (1, 2) and a column (3, 4) the result is 3 + 8, not 3 * 7.
    """
    return DXE.sum() * DL.sum(axis=0)


def w_dir__squared_slopes(DXE, DL):
    """You multiplied by the derivatives of the loss twice.

    Each step of the chain appears once.

    For DXE = (-2, 0) the result is -2 times the first row of DL, not 4 times.
    """
    return DXE * DXE @ DL


def w_dir__last_term_only(DXE, DL):
    """Your sums use only the last output: = in the loop overwrites what += would add.

    The chain rule adds up one product for each output.

    For K = 2 each number is a sum of two products.
    """
    return DXE[-1] * DL[-1]


def w_dir__last_term_missing(DXE, DL):
    """The last output is missing in your sums, since the loop stops one too early.

    Use range(n): it already ends at n - 1.

    For K = 2 each number is a sum of two products.
    """
    return DXE[:-1] @ DL[:-1]


def w_dir__first_term_missing(DXE, DL):
    """The first output is missing in your sums, since the loop begins at 1.

    Python counts from 0: use range(n).

    For K = 2 each number is a sum of two products.
    """
    return DXE[1:] @ DL[1:]


def w_dir__negated(DXE, DL):
    """All your signs are flipped.

    This is the gradient itself. The minus sign of gradient descent comes later, in the step.

    The chain rule multiplies and adds; there is no minus sign.
    """
    return -(DXE @ DL)


def w_dir__averaged(DXE, DL):
    """Your numbers are too small by a factor of the number of classes: you took a mean over the
    outputs.

    The chain rule adds up one product for each output and divides by nothing.

    For K = 2 each number is a sum of two products, not half of it.
    """
    return DXE @ DL / len(DXE)


def w_dir__absolute(DXE, DL):
    """You dropped the signs of DXE: they say in which direction the loss changes.

    The derivatives of the loss with respect to S are mostly negative; keep their signs.

    For DXE = (-2, 0) the result is -2 times the first row of DL.
    """
    return np.abs(DXE) @ DL


def w_dir__fifteen_weights(DXE, DL):
    """Your function works for fifteen weights and five classes only, as in the worked example.

    Take the sizes from DL.shape.

    For D = 1 and K = 2 the shape is (2,).
    """
    return np.array([sum(DXE[t] * DL[t, r] for t in range(5)) for r in range(15)])


def w_dir__whole_numbers(DXE, DL):
    """Your numbers are whole: the array was made with a dtype of int, which drops the fractions.

    A new array gets its dtype from how it is created. A gradient needs floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return (DXE @ DL).astype(int)


def w_dir__rounded(DXE, DL):
    """Your numbers are rounded to a few decimals.

    Return the numbers unrounded. Rounding is for printing.

    A gradient of 0.000004 is small, not 0.
    """
    return np.round(DXE @ DL, 5)


def w_dir__half_precision(DXE, DL):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return (DXE @ DL).astype(np.float16)


def w_dir__changes_its_input(DXE, DL):
    """Your gradient is right, but one of the caller's arrays is different after the call.

    Statements like DL *= write into the caller's own array.

    After w_dir(DXE, DL) the caller may still need both: compute with a new array.
    """
    DL *= DXE.reshape(-1, 1)
    return DL.sum(axis=0)


_GRADIENTS = {}


def w_dir__sums_kept(DXE, DL):
    """Your first result is right; later ones of the same size have the earlier ones added.

    A variable outside the function keeps its value after the call.

    Called twice with the same arguments, the second result should equal the first.
    """
    _GRADIENTS[DL.shape] = _GRADIENTS.get(DL.shape, 0) + DXE @ DL
    return _GRADIENTS[DL.shape]
