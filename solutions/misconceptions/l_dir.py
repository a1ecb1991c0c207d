"""Wrong answers to l_dir that students really give; each docstring is the hint.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np


def l_dir__transposed(DS, DZ):
    """Your matrix is transposed: its shape is (D*K, K).

    The result has a row for each output of the layer and a column for each weight.

    For D = 3 and K = 2 the shape is (2, 6).
    """
    return DZ @ DS.T


def l_dir__chain_order(DS, DZ):
    """You multiplied in the other order: the derivative of the later step comes first.

    S depends on Z and Z on W, so dS/dW = dS/dZ times dZ/dW, in this order.

    Check the shapes: (K, K) times (K, D*K) gives (K, D*K).
    """
    return DZ @ DS


def l_dir__chain_order_transposed(DS, DZ):
    """Your dS/dZ is transposed, as when the product in the other order is transposed.

    Transposing a product transposes both factors. A softmax matrix is symmetric and hides this.

    With [[1, 2], [3, 4]] for dS/dZ, row 0 of the result is made with (1, 2), not (1, 3).
    """
    return (DZ @ DS).T


def l_dir__not_transposed(DS, DZ):
    """You multiplied the matrices as they are, though the inner sizes do not agree.

    dZ/dW comes as (D*K, K). The chain rule needs a row for each logit.

    (K, K) times (D*K, K) works for D = 1 only, and then mixes rows with columns.
    """
    return DS @ DZ


def l_dir__transposed_to_fit(DS, DZ):
    """You transpose dZ/dW only where the shapes force you to: with one input they do not.

    For D = 1 both matrices are K x K and any order multiplies. Rows and columns still have their
    meaning: transpose always or never.

    The inner index of the product is the logit, in both matrices.
    """
    return DS @ (DZ if DZ.shape[0] == DS.shape[1] else DZ.T)


def l_dir__reshaped(DS, DZ):
    """You reshaped dZ/dW to (K, D*K) where you have to transpose it: the numbers end up in other
    cells.

    A reshape keeps the order of the numbers in memory; a transpose swaps rows and columns.

    [[1, 2], [3, 4], [5, 6]] reshaped to (2, 3) begins 1, 2, 3; transposed it begins 1, 3, 5.
    """
    return DS @ DZ.reshape(DZ.shape[1], DZ.shape[0])


def l_dir__reshaped_by_columns(DS, DZ):
    """You reshaped dZ/dW column by column, where you have to transpose it.

    A reshape, in either order, rearranges the numbers; a transpose swaps rows and columns.

    [[1, 2], [3, 4], [5, 6]] by columns to (2, 3) begins 1, 5, 4; transposed it begins 1, 3, 5.
    """
    return DS @ DZ.reshape(DZ.shape[::-1], order="F")


def l_dir__input_major(DS, DZ):
    """Your columns are sorted by input first, then by class; the order is class-major.

    The columns keep the order of the rows of dZ/dW: i*D + j for class i and input j.

    For D = 2 and K = 2 the columns belong to W[0,0], W[1,0], W[0,1], W[1,1].
    """
    K = DZ.shape[1]
    return (DS @ DZ.T).reshape(K, K, -1).transpose(0, 2, 1).reshape(K, -1)


def l_dir__diagonal_only(DS, DZ):
    """You used only the diagonal of dS/dZ: each logit changes every output.

    The chain rule adds up the paths through all logits, not only through its own.

    With dS/dZ = [[1, 2], [3, 4]], row 0 is once the first row of dZ/dW^T plus twice the second.
    """
    return np.diag(DS).reshape(-1, 1) * DZ.T


def l_dir__diagonal_left_out(DS, DZ):
    """You left out the diagonal of dS/dZ: each logit changes its own output too.

    The chain rule adds up the paths through all logits, its own included.

    With dS/dZ = [[1, 2], [3, 4]], row 0 is once the first row of dZ/dW^T plus twice the second.
    """
    return (DS - np.diag(np.diag(DS))) @ DZ.T


def l_dir__dS_dZ_twice(DS, DZ):
    """You multiplied by dS/dZ twice.

    Each step of the chain appears once.

    If S is 2Z and Z is 3w, then S is 6w, not 12w.
    """
    return DS @ DS @ DZ.T


def l_dir__row_sums(DS, DZ):
    """You multiplied each row of dZ/dW^T by a row sum of dS/dZ: a matrix product is not a scaling.

    Each entry adds up K products, one for each logit.

    With dS/dZ = [[1, 2], [3, 4]], row 0 mixes two rows, with the weights 1 and 2.
    """
    return DS.sum(axis=1).reshape(-1, 1) * DZ.T


def l_dir__dS_dZ_ignored(DS, DZ):
    """You returned the transpose of dZ/dW: dS/dZ is not used.

    The layer's derivative is a product of two matrices.

    Where dS/dZ is twice the identity, the result is twice as large.
    """
    return DZ.T.copy()


def l_dir__columns_summed(DS, DZ):
    """You added up the rows of the product: of K numbers for each weight, one is left.

    The answer has a row for each output of the layer.

    For D = 3 and K = 2 the shape is (2, 6), not (6,).
    """
    return (DS @ DZ.T).sum(axis=0)


def l_dir__last_term_only(DS, DZ):
    """Your sums use only the last logit: = in the loop overwrites what += would add.

    Each entry adds up K products, one for each logit.

    For K = 2 each entry has two terms.
    """
    return np.outer(DS[:, -1], DZ[:, -1])


def l_dir__last_term_missing(DS, DZ):
    """The last logit is missing in your sums, since the loop stops one too early.

    Use range(n): it already ends at n - 1.

    For K = 2 each entry has two terms.
    """
    return DS[:, :-1] @ DZ[:, :-1].T


def l_dir__first_term_missing(DS, DZ):
    """The first logit is missing in your sums, since the loop begins at 1.

    Python counts from 0: use range(n).

    For K = 2 each entry has two terms.
    """
    return DS[:, 1:] @ DZ[:, 1:].T


def l_dir__added(DS, DZ):
    """You added where the chain rule multiplies.

    The derivatives of consecutive steps are multiplied.

    If S is 2Z and Z is 3w, then S is 6w.
    """
    return DS.sum(axis=1).reshape(-1, 1) + DZ.T


def l_dir__negated(DS, DZ):
    """All your signs are flipped.

    The chain rule multiplies and adds; there is no minus sign.

    With dS/dZ the identity, the result is the transpose of dZ/dW, with the same signs.
    """
    return -(DS @ DZ.T)


def l_dir__divided_by_the_number_of_classes(DS, DZ):
    """Your numbers are too small by a factor of the number of classes: the sum over logits is not a
    mean.

    The chain rule adds up all paths from a weight to an output.

    If S is 2Z and Z is 3w, then S is 6w, whatever the number of classes.
    """
    return DS @ DZ.T / DS.shape[0]


def l_dir__not_flattened(DS, DZ):
    """You split the weights into two dimensions; they belong in one, at i*D + j.

    The result has a row for each output of the layer and a column for each weight.

    For D = 3 and K = 2 the shape is (2, 6), not (2, 2, 3).
    """
    K = DZ.shape[1]
    return (DS @ DZ.T).reshape(K, K, -1)


def l_dir__squeezed(DS, DZ):
    """With a single class you return a vector; return a matrix of one row.

    squeeze() removes every dimension of length 1, also those that belong to the answer.

    For D = 3 and K = 1 the shape is (1, 3).
    """
    return (DS @ DZ.T).squeeze()


def l_dir__three_inputs(DS, DZ):
    """Your result is always 5 x 15, as in the worked example.

    Take the sizes from the shapes of the arguments.

    For D = 1 and K = 2 the shape is (2, 2).
    """
    DL = np.zeros((5, 15))
    for t in range(5):
        for r in range(15):
            DL[t, r] = sum(DS[t, k] * DZ[r, k] for k in range(5))
    return DL


def l_dir__whole_numbers(DS, DZ):
    """Your matrix holds whole numbers: it was made with a dtype of int, which drops the fractions.

    A new array gets its dtype from how it is created. Derivatives need floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return (DS @ DZ.T).astype(int)


def l_dir__rounded(DS, DZ):
    """Your numbers are rounded to a few decimals.

    Return the numbers unrounded. Rounding is for printing.

    The article prints five decimals, but it computes with all of them.
    """
    return np.round(DS @ DZ.T, 5)


def l_dir__half_precision(DS, DZ):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype at numpy's default: float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return (DS @ DZ.T).astype(np.float16)


def l_dir__changes_its_input(DS, DZ):
    """Your product is right, but one of the caller's arrays is different after the call.

    Passing an argument as out=, or writing into it with [:], changes the caller's own array.

    After l_dir(DS, DZ) the caller may still need both: compute with a new array.
    """
    DZ[:] = DZ @ DS.T
    return DZ.T


_SUMS = {}


def l_dir__sums_kept(DS, DZ):
    """Your first result is right; later ones of the same size have the earlier ones added.

    A variable outside the function keeps its value after the call.

    Called twice with the same matrices, the second result should equal the first.
    """
    _SUMS[DZ.shape] = _SUMS.get(DZ.shape, 0) + DS @ DZ.T
    return _SUMS[DZ.shape]
