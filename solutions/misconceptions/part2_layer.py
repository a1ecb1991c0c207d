"""Wrong answers to part 2 that students really give; each docstring is the hint, level by level.

A function is named `exercise__mistake`. It takes the arguments of the exercise's reference.
The paragraphs of its docstring are the hints: what the numbers show, the rule, a small example.
"""

import numpy as np

# --- z_dir ------------------------------------------------------------------------------------


def z_dir__transposed(Z, W, x):
    """Your matrix lies on its side: it is (K, D*K), the transpose of what is asked.

    Here a row belongs to a weight and a column to a logit.

    For D = 3 and K = 2 the shape is (6, 2).
    """
    return np.kron(np.eye(W.shape[1]), x)


def z_dir__input_major(Z, W, x):
    """Your rows are sorted by input first, then by class; the order asked for is class-major.

    Weight W[j, i] belongs in row i*D + j: all inputs of class 0 come first, then those of class 1.

    For D = 2 and K = 2 the rows stand for W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return np.kron(np.asarray(x).reshape(-1, 1), np.eye(W.shape[1]))


def z_dir__stride_by_classes(Z, W, x):
    """You counted i*K + j: from one class to the next there are D rows, not K.

    A class owns as many rows as there are inputs. The two strides agree only where D = K.

    For D = 3 and K = 2, class 1 begins in row 3.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[i * K + j, i] = x[j]
    return M


def z_dir__input_major_by_inputs(Z, W, x):
    """You counted j*D + i: the two indices have changed places, but the stride has stayed.

    Class-major means that the class has the stride and the input counts on from there.

    For D = 3 and K = 2, weight W[j, 1] belongs in row 3 + j.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[j * D + i, i] = x[j]
    return M


def z_dir__weights_for_inputs(Z, W, x):
    """Your entries are weights, but a logit's derivative by a weight is the input beside it.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative by w is x.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        M[i * D : (i + 1) * D, i] = W[:, i]
    return M


def z_dir__logits_for_inputs(Z, W, x):
    """Your entries are logits, but a logit's derivative by a weight is the input beside it.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative by w is x, not Z.
    """
    return np.kron(np.diag(Z), np.ones((len(x), 1)))


def z_dir__ones_for_inputs(Z, W, x):
    """You marked the right places, but with 1: the input's own value belongs there.

    The indicator says where an entry is not zero; x_j says what it is.

    For Z = w*x the derivative by w is x, not 1.
    """
    D, K = W.shape
    return np.kron(np.eye(K), np.ones((D, 1)))


def z_dir__inputs_times_shares(Z, W, x):
    """Your entries carry the shares of softmax: that is a later step.

    Z is what softmax gets. This matrix ends at Z; the chain rule brings softmax in.

    For Z = w*x the derivative by w is x.
    """
    E = np.exp(Z - np.max(Z))
    return np.kron(np.diag(E / E.sum()), np.asarray(x).reshape(-1, 1))


def z_dir__weights_times_inputs(Z, W, x):
    """Your entries are the terms of the logit, W[j, i] x_j, not their derivatives.

    A term that is linear in the weight loses the weight when derived by it.

    For Z = w*x with w = 2 and x = 3 the derivative by w is 3, not 6.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        M[i * D : (i + 1) * D, i] = W[:, i] * x
    return M


def z_dir__every_class(Z, W, x):
    """You wrote the inputs into every column: a weight of class i moves the logit of class i only.

    Outside the block of its own class, a column is zero.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    K = W.shape[1]
    return np.tile(np.asarray(x).reshape(-1, 1), (K, K))


def z_dir__indicator_inverted(Z, W, x):
    """You filled all blocks but the right ones: a weight moves the logit of its own class only.

    The entry is x_j where the weight's class is the logit's, and 0 everywhere else.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    return np.kron(1 - np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1))


def z_dir__first_class_only(Z, W, x):
    """Only your first column is filled: the function returns after the first class.

    Check how far the return is indented.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    M[:D, 0] = x
    return M


def z_dir__last_class_missing(Z, W, x):
    """Your last column is empty, since the loop stops one class too early.

    Python's range(n) already ends at n - 1.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K - 1):
        M[i * D : (i + 1) * D, i] = x
    return M


def z_dir__blocks_reversed(Z, W, x):
    """Your blocks run along the other diagonal: class 0 stands at the end.

    The rows of class 0 are the first D rows, and its column is the first.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    K = W.shape[1]
    return np.kron(np.eye(K)[::-1], np.asarray(x).reshape(-1, 1))


def z_dir__inputs_reversed(Z, W, x):
    """Within each class your inputs run backwards.

    Row i*D + j holds input j, so the first row of a class holds input 0.

    For D = 2 and K = 1 the column is (x_0, x_1).
    """
    K = W.shape[1]
    return np.kron(np.eye(K), np.asarray(x)[::-1].reshape(-1, 1))


def z_dir__without_zeros(Z, W, x):
    """You returned the inputs once for each class, without the zeros: a (D, K) matrix.

    The answer says for every weight how it moves every logit, most of which it does not move.

    For D = 1 and K = 2 there are two weights and two logits: four numbers.
    """
    K = W.shape[1]
    return np.tile(np.asarray(x).reshape(-1, 1), (1, K))


def z_dir__one_column(Z, W, x):
    """You returned one long column of inputs: a column for each logit is asked.

    Every weight gets a row, every logit a column, and a weight moves one logit only.

    For D = 1 and K = 2 the matrix is [[x, 0], [0, x]].
    """
    return np.tile(x, W.shape[1])


def z_dir__just_the_inputs(Z, W, x):
    """You returned x: the derivative of one logit by its own weights.

    That is one block of the answer. There are K classes, each with its own weights and logit.

    For D = 2 and K = 2 the shape is (4, 2).
    """
    return np.array(x, dtype=float)


def z_dir__not_flattened(Z, W, x):
    """You kept class and input as two dimensions: they share one, counted by i*D + j.

    Lay the inputs of class 0 first, then those of class 1.

    For D = 3 and K = 2 the shape is (6, 2), not (2, 3, 2).
    """
    D, K = W.shape
    return np.kron(np.eye(K), np.asarray(x).reshape(-1, 1)).reshape(K, D, K)


def z_dir__squeezed(Z, W, x):
    """With a single class you return a vector; a matrix of one column is asked.

    squeeze() takes away every dimension of length 1, also those that belong to the answer.

    For D = 3 and K = 1 the shape is (3, 1).
    """
    return np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1)).squeeze()


def z_dir__is_for_equal(Z, W, x):
    """Beyond class 256 your matrix is empty: the indices are compared with `is`, not `==`.

    `is` asks whether two names mean the same object. Python keeps one object for each small
    number only, so equal large numbers are mostly two objects.

    `i is k` may be false for i = k = 300.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for k in range(K):
            if i is k:
                M[i * D : (i + 1) * D, k] = x
    return M


def z_dir__order_by_logit(Z, W, x):
    """You filled a block for each logit and then reshaped it: the numbers land in other cells.

    A reshape keeps the order of the numbers in memory. Fill row i*D + j, column k itself.

    For D = 2 and K = 2, row 1 belongs to W[1, 0]; it moves logit 0 by x_1.
    """
    D, K = W.shape
    return np.kron(np.eye(K), x).reshape(D * K, K)


def z_dir__outer_with_logits(Z, W, x):
    """You multiplied inputs with logits: the value of a logit has no part in its derivative.

    Z = W^T x is linear in W, so its derivative holds inputs alone.

    For Z = w*x the derivative by w is x, whatever w and Z are.
    """
    return np.repeat(np.outer(x, Z), W.shape[1], axis=0)


def z_dir__inputs_as_many_as_classes(Z, W, x):
    """You took the number of inputs for that of classes: your matrix has D columns.

    W is (D, K): its rows belong to inputs, its columns to classes.

    For D = 3 and K = 2 the shape is (6, 2).
    """
    return np.kron(np.eye(len(x)), np.asarray(x).reshape(-1, 1))


def z_dir__wrong_index(Z, W, x):
    """You took the input by the number of the class: x_i in place of x_j.

    The class says where an entry stands; the row within the class says which input it holds.

    For D = 2, K = 2 the column of class 0 begins with x_0, x_1.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        M[i * D : (i + 1) * D, i] = x[i % D]
    return M


def z_dir__three_inputs(Z, W, x):
    """Your function works for three inputs and five classes only, as in the worked example.

    Ask W for its shape.

    For D = 1 and K = 2 the shape is (2, 2).
    """
    M = np.zeros((15, 5))
    for i in range(5):
        for j in range(3):
            M[i * 3 + j, i] = x[j]
    return M


def z_dir__negated(Z, W, x):
    """All your signs are turned round.

    A logit grows with a weight whose input is positive.

    For Z = w*x the derivative by w is x, not -x.
    """
    return -np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1))


def z_dir__divided_by_the_number_of_inputs(Z, W, x):
    """Your numbers are too small by the number of inputs: a logit is a sum, not a mean.

    In Z_k = sum_j W[j, k] x_j nothing is divided.

    For Z = w*x with x = 3 the derivative by w is 3.
    """
    D, K = W.shape
    return np.kron(np.eye(K), np.asarray(x).reshape(-1, 1)) / D


def z_dir__whole_numbers(Z, W, x):
    """Your matrix holds whole numbers: it was made with a dtype of int, which cuts them off.

    A new array takes its dtype from how it is made. Inputs may be fractions.

    Stored as an integer, 0.5 becomes 0.
    """
    return np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1)).astype(int)


def z_dir__rounded(Z, W, x):
    """Your numbers are rounded to a few decimals.

    Return the inputs as they come. Rounding is for printing.

    An input of 0.12345 is not 0.12.
    """
    return np.round(np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1)), 2)


def z_dir__half_precision(Z, W, x):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1)).astype(np.float16)


def z_dir__memory_not_set(Z, W, x):
    """You filled the blocks of an array made by np.empty: the zeros are whatever was in memory.

    np.empty sets nothing, and holds zeros by luck alone.

    Most of the matrix is zero; somebody has to write those zeros.
    """
    D, K = W.shape
    M = np.full((D * K, K), np.nan)  # NaN stands for what memory holds by chance
    for i in range(K):
        M[i * D : (i + 1) * D, i] = x
    return M


def z_dir__changes_its_input(Z, W, x):
    """Your matrix is right, but an array of the caller's is different after the call.

    Writing into an argument with [:] or += changes the caller's own array.

    After z_dir(Z, W, x) the caller still needs all three: compute with a new array.
    """
    W[:] = np.reshape(x, (-1, 1))
    D, K = W.shape
    return np.kron(np.eye(K), np.ones((D, 1))) * W.T.reshape(-1, 1)


_LAYERS = {}


def z_dir__first_matrix_kept(Z, W, x):
    """The first matrix of each size is right, and you return it again for every later call.

    What is kept in a variable outside the function must not be taken for a new answer.

    Another x needs another matrix, even of the same shape.
    """
    block = np.kron(np.eye(W.shape[1]), np.asarray(x).reshape(-1, 1))
    return _LAYERS.setdefault(W.shape, block)


# --- l_dir ------------------------------------------------------------------------------------


def l_dir__transposed(DS, DZ):
    """Your matrix lies on its side: it is (D*K, K), the transpose of what is asked.

    The result has a row for each output of the layer and a column for each weight.

    For D = 3 and K = 2 the shape is (2, 6).
    """
    return DZ @ DS.T


def l_dir__chain_order(DS, DZ):
    """You multiplied in the other order: the derivative of the later step stands on the left.

    S depends on Z and Z on W, so dS/dW = dS/dZ times dZ/dW, in this order.

    Shapes tell: (K, K) times (K, D*K) gives (K, D*K).
    """
    return DZ @ DS


def l_dir__chain_order_transposed(DS, DZ):
    """Your dS/dZ is transposed, as when the product in the other order is turned round.

    Turning a product round turns both factors. A softmax matrix is symmetric and hides this.

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
    """You reshaped dZ/dW to (K, D*K) where it has to be transposed: the numbers land elsewhere.

    A reshape keeps the order of the numbers in memory; a transpose swaps rows with columns.

    [[1, 2], [3, 4], [5, 6]] reshaped to (2, 3) begins 1, 2, 3; transposed it begins 1, 3, 5.
    """
    return DS @ DZ.reshape(DZ.shape[1], DZ.shape[0])


def l_dir__reshaped_by_columns(DS, DZ):
    """You reshaped dZ/dW column by column, where it has to be transposed.

    A reshape in either order deals the numbers out anew; a transpose swaps rows with columns.

    [[1, 2], [3, 4], [5, 6]] by columns to (2, 3) begins 1, 5, 4; transposed it begins 1, 3, 5.
    """
    return DS @ DZ.reshape(DZ.shape[::-1], order="F")


def l_dir__input_major(DS, DZ):
    """Your columns are sorted by input first, then by class; the order is class-major.

    The columns keep the order of the rows of dZ/dW: i*D + j for class i and input j.

    For D = 2 and K = 2 the columns stand for W[0,0], W[1,0], W[0,1], W[1,1].
    """
    K = DZ.shape[1]
    return (DS @ DZ.T).reshape(K, K, -1).transpose(0, 2, 1).reshape(K, -1)


def l_dir__diagonal_only(DS, DZ):
    """You used only the diagonal of dS/dZ: each logit moves every output.

    The chain rule adds up the ways through all logits, not through the own one alone.

    With dS/dZ = [[1, 2], [3, 4]], row 0 is once the first row of dZ/dW^T plus twice the second.
    """
    return np.diag(DS).reshape(-1, 1) * DZ.T


def l_dir__diagonal_left_out(DS, DZ):
    """You left out the diagonal of dS/dZ: each logit moves its own output too.

    The chain rule adds up the ways through all logits, the own one among them.

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
    """You multiplied each row of dZ/dW^T by a row sum of dS/dZ: a matrix product is no scaling.

    Each entry adds up K products, one for each logit.

    With dS/dZ = [[1, 2], [3, 4]], row 0 mixes two rows, with the weights 1 and 2.
    """
    return DS.sum(axis=1).reshape(-1, 1) * DZ.T


def l_dir__dS_dZ_ignored(DS, DZ):
    """You returned dZ/dW turned round: dS/dZ has no part in it.

    The layer's derivative is a product of two matrices.

    Where dS/dZ is twice the identity, the result is twice as large.
    """
    return DZ.T.copy()


def l_dir__columns_summed(DS, DZ):
    """You added up the rows of the product: one number for each weight is left of K.

    The answer has a row for each output of the layer.

    For D = 3 and K = 2 the shape is (2, 6), not (6,).
    """
    return (DS @ DZ.T).sum(axis=0)


def l_dir__last_term_only(DS, DZ):
    """Only the last logit counts in your sums: = in the loop replaces what += would add.

    Each entry adds up K products, one for each logit.

    For K = 2 each entry has two terms.
    """
    return np.outer(DS[:, -1], DZ[:, -1])


def l_dir__last_term_missing(DS, DZ):
    """The last logit is missing in your sums, since the loop stops one too early.

    Python's range(n) already ends at n - 1.

    For K = 2 each entry has two terms.
    """
    return DS[:, :-1] @ DZ[:, :-1].T


def l_dir__first_term_missing(DS, DZ):
    """The first logit is missing in your sums, since the loop begins at 1.

    Python counts from 0.

    For K = 2 each entry has two terms.
    """
    return DS[:, 1:] @ DZ[:, 1:].T


def l_dir__added(DS, DZ):
    """You added where the chain rule multiplies.

    Derivatives of steps that follow one another are multiplied.

    If S is 2Z and Z is 3w, then S is 6w.
    """
    return DS.sum(axis=1).reshape(-1, 1) + DZ.T


def l_dir__negated(DS, DZ):
    """All your signs are turned round.

    The chain rule multiplies and adds; no minus appears.

    With dS/dZ the identity, the result is dZ/dW turned round, unchanged in sign.
    """
    return -(DS @ DZ.T)


def l_dir__divided_by_the_number_of_classes(DS, DZ):
    """Your numbers are too small by the number of classes: the sum over logits is no mean.

    The chain rule adds up all ways from a weight to an output.

    If S is 2Z and Z is 3w, then S is 6w, whatever the number of classes.
    """
    return DS @ DZ.T / DS.shape[0]


def l_dir__not_flattened(DS, DZ):
    """You split the weights into two dimensions: they share one, counted by i*D + j.

    The result has a row for each output of the layer and a column for each weight.

    For D = 3 and K = 2 the shape is (2, 6), not (2, 2, 3).
    """
    K = DZ.shape[1]
    return (DS @ DZ.T).reshape(K, K, -1)


def l_dir__squeezed(DS, DZ):
    """With a single class you return a vector; a matrix of one row is asked.

    squeeze() takes away every dimension of length 1, also those that belong to the answer.

    For D = 3 and K = 1 the shape is (1, 3).
    """
    return (DS @ DZ.T).squeeze()


def l_dir__three_inputs(DS, DZ):
    """Your result is always 5 x 15, as in the worked example.

    Ask the arguments for their shapes.

    For D = 1 and K = 2 the shape is (2, 2).
    """
    DL = np.zeros((5, 15))
    for t in range(5):
        for r in range(15):
            DL[t, r] = sum(DS[t, k] * DZ[r, k] for k in range(5))
    return DL


def l_dir__whole_numbers(DS, DZ):
    """Your matrix holds whole numbers: it was made with a dtype of int, which cuts them off.

    A new array takes its dtype from how it is made. Derivatives need floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return (DS @ DZ.T).astype(int)


def l_dir__rounded(DS, DZ):
    """Your numbers are rounded to a few decimals.

    Return the numbers as they come. Rounding is for printing.

    The article prints five decimals, but it computes with all of them.
    """
    return np.round(DS @ DZ.T, 5)


def l_dir__half_precision(DS, DZ):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return (DS @ DZ.T).astype(np.float16)


def l_dir__changes_its_input(DS, DZ):
    """Your product is right, but an array of the caller's is different after the call.

    Handing an argument over as out=, or writing into it with [:], changes the caller's own array.

    After l_dir(DS, DZ) the caller may still need both: compute with a new array.
    """
    DZ[:] = DZ @ DS.T
    return DZ.T


_SUMS = {}


def l_dir__sums_kept(DS, DZ):
    """Your first result is right; later ones of the same size have the earlier ones added.

    What is kept in a variable outside the function lives on after the call.

    Called twice with the same matrices, the second result should equal the first.
    """
    _SUMS[DZ.shape] = _SUMS.get(DZ.shape, 0) + DS @ DZ.T
    return _SUMS[DZ.shape]


# --- l_dir_shortcut ---------------------------------------------------------------------------


def _layer(W, S, x):
    """The right answer with its two indices apart: [class i, input j, output t]."""
    return np.einsum("it,j->ijt", np.diag(S) - np.outer(S, S), np.asarray(x, dtype=float))


def l_dir_shortcut__transposed(W, S, x):
    """Your matrix lies on its side: it is (K, D*K), which is DL itself.

    The shortcut has a row for each weight and a column for each output.

    For D = 3 and K = 2 the shape is (6, 2).
    """
    return _layer(W, S, x).reshape(W.size, -1).T


def l_dir_shortcut__input_major(W, S, x):
    """Your rows are sorted by input first, then by class; the order asked for is class-major.

    Weight W[j, i] belongs in row i*D + j: all inputs of class 0 come first, then those of class 1.

    For D = 2 and K = 2 the rows stand for W[0,0], W[1,0], W[0,1], W[1,1].
    """
    return _layer(W, S, x).transpose(1, 0, 2).reshape(W.size, -1)


def l_dir_shortcut__reshaped(W, S, x):
    """You reshaped (K, D*K) to (D*K, K) where it has to be transposed: the cells are mixed up.

    A reshape keeps the order of the numbers in memory; a transpose swaps rows with columns.

    [[1, 2, 3], [4, 5, 6]] reshaped to (3, 2) begins 1, 2; transposed it begins 1, 4.
    """
    K = W.shape[1]
    return _layer(W, S, x).reshape(W.size, K).T.reshape(W.size, K)


def l_dir_shortcut__stride_by_classes(W, S, x):
    """You counted i*K + j: from one class to the next there are D rows, not K.

    A class owns as many rows as there are inputs. The two strides agree only where D = K.

    For D = 3 and K = 2, class 1 begins in row 3.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[i * K + j] = S * ((np.arange(K) == i) - S[i]) * x[j]
    return M


def l_dir_shortcut__input_major_by_inputs(W, S, x):
    """You counted j*D + i: the two indices have changed places, but the stride has stayed.

    Class-major means that the class has the stride and the input counts on from there.

    For D = 3 and K = 2, weight W[j, 1] belongs in row 3 + j.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            M[j * D + i] = S * ((np.arange(K) == i) - S[i]) * x[j]
    return M


def l_dir_shortcut__diagonal_only(W, S, x):
    """You filled only the entries with i = t: a weight of class i moves every output.

    Raising one logit raises the sum below every share, so all other shares fall.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    K = W.shape[1]
    return (_layer(W, S, x) * np.eye(K).reshape(K, 1, K)).reshape(W.size, K)


def l_dir_shortcut__diagonal_zero(W, S, x):
    """Where i = t you have zeros: the effect of a class's weights on its own output was left out.

    A class's own logit moves its share most of all. The case i = t needs its own value.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25.
    """
    K = W.shape[1]
    return (_layer(W, S, x) * (1 - np.eye(K)).reshape(K, 1, K)).reshape(W.size, K)


def l_dir_shortcut__no_indicator(W, S, x):
    """Where i and t differ your numbers are right; where i = t the share itself is missing.

    For i = t the exponential above depends on the logit too, and that adds one more term.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25, not -0.25.
    """
    return np.kron(-np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__diagonal_of_shares(W, S, x):
    """You multiplied each share with the inputs: the part that comes from the sum below is missing.

    The derivative of a quotient has two terms. The second also reaches the entries with i != t.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the matrix is [[0.25, -0.25], [-0.25, 0.25]].
    """
    return np.kron(np.diag(S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__negated(W, S, x):
    """All your signs are turned round.

    A share rises with its own logit and falls with every other.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25.
    """
    return -_layer(W, S, x).reshape(W.size, -1)


def l_dir_shortcut__off_diagonal_positive(W, S, x):
    """Where i and t differ your numbers have the right size and the wrong sign.

    Raising one logit takes something away from all other classes.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 1] is -0.25.
    """
    J = np.outer(S, S)
    np.fill_diagonal(J, S * (1 - S))
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__outer_added(W, S, x):
    """You added the product of the shares where it has to be taken away.

    The sum of the exponentials stands below, so its derivative enters with a minus.

    The numbers in each row must add up to zero, since the shares always add up to 1.
    """
    return np.kron(np.diag(S) + np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__diagonal_not_lowered(W, S, x):
    """Where i = t you have S_t x_j: the part that comes from the sum below is missing there.

    Also for i = t the sum of the exponentials grows with the logit, which takes something away.

    The numbers in each row must add up to zero, since the shares always add up to 1.
    """
    J = -np.outer(S, S)
    np.fill_diagonal(J, S)
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__diagonal_everywhere(W, S, x):
    """You used the formula of i = t for every pair of classes.

    The 1 in it belongs to the case i = t alone; for all other pairs it is 0.

    The numbers in each row must add up to zero, since the shares always add up to 1.
    """
    return np.kron(np.outer(1 - S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__factor_missing(W, S, x):
    """The factor S_t is missing: you have (1[i=t] - S_i) x_j, the derivative of log S_t.

    Multiply the derivative of the logarithm by the share itself to get that of the share.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [1, 0] is -0.16, not -0.8.
    """
    K = len(S)
    J = np.eye(K) - np.reshape(S, (-1, 1))
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__identity_for_shares(W, S, x):
    """Where i = t you have 1 - S_t S_t: the indicator is multiplied by nothing.

    The factor S_t stands before both terms, the indicator's too.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25, not 0.75.
    """
    return np.kron(np.eye(len(S)) - np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__inputs_forgotten(W, S, x):
    """The input is missing: every row of a class is the same in your matrix.

    A weight acts through its input, so row i*D + j has the factor x_j.

    With x = (1, 2) the second row of a class is twice the first.
    """
    return np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0)


def l_dir_shortcut__weights_for_inputs(W, S, x):
    """You multiplied by the weight itself, where its input belongs.

    In Z_k = sum_j W[j, k] x_j, look at what multiplies the weight.

    For Z = w*x the derivative by w is x, not w.
    """
    return np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0) * W.T.reshape(-1, 1)


def l_dir_shortcut__weights_times_inputs(W, S, x):
    """You multiplied by the weight and its input: the weight has no part in the derivative.

    A term W[j, i] x_j that is derived by its weight leaves x_j alone.

    For Z = w*x with w = 2 and x = 3 the derivative by w is 3, not 6.
    """
    J = np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0)
    return J * (W.T * x).reshape(-1, 1)


def l_dir_shortcut__share_of_the_row(W, S, x):
    """You took S_i for the factor in front, which belongs to the output: S_t.

    Where i = t they are the same; elsewhere you have -S_i S_i in place of -S_t S_i.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [0, 1] is -0.16, not -0.04.
    """
    J = -np.tile((S * S).reshape(-1, 1), (1, len(S)))
    np.fill_diagonal(J, S * (1 - S))
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__share_of_the_column(W, S, x):
    """You wrote -S_t S_t where i and t differ: two different shares are multiplied there.

    One of the two belongs to the output t, the other to the weight's class i.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [0, 1] is -0.16, not -0.64.
    """
    J = -np.tile(S * S, (len(S), 1))
    np.fill_diagonal(J, S * (1 - S))
    return np.kron(J, np.reshape(x, (-1, 1)))


def l_dir_shortcut__wrong_index(W, S, x):
    """You took the input by the number of the class: x_i in place of x_j.

    In row i*D + j the class is i and the input j.

    For D = 2 and K = 2, row 1 belongs to W[1, 0] and has the factor x_1.
    """
    D, K = W.shape
    J = np.repeat(np.diag(S) - np.outer(S, S), D, axis=0)
    return J * np.asarray(x)[np.repeat(np.arange(K) % D, D)].reshape(-1, 1)


def l_dir_shortcut__inputs_summed(W, S, x):
    """Every row of a class carries the sum of all inputs: each weight has one input of its own.

    Row i*D + j has the factor x_j alone.

    With x = (1, 2) the rows of a class have the factors 1 and 2, not 3 and 3.
    """
    return np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0) * np.sum(x)


def l_dir_shortcut__both_tiled(W, S, x):
    """You repeated dS/dZ as a whole, though each of its rows stays for D rows in a row.

    np.tile repeats a whole array, np.repeat each of its entries. Here x runs fast and the class
    slowly, so the two need different functions.

    For D = 2 and K = 2 the rows belong to classes 0, 0, 1, 1 and to inputs 0, 1, 0, 1.
    """
    D, K = W.shape
    return np.tile(np.diag(S) - np.outer(S, S), (D, 1)) * np.tile(x, K)[:, np.newaxis]


def l_dir_shortcut__softmax_first(W, S, x):
    """You applied softmax to S, but it already holds the shares.

    The argument is the output of softmax; the logits are not needed any more.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [0, 0] is 0.16.
    """
    E = np.exp(S - np.max(S))
    return _layer(W, E / E.sum(), x).reshape(W.size, -1)


def l_dir_shortcut__logits_for_shares(W, S, x):
    """You computed with the logits W^T x, though S, the shares, is handed over.

    Derivatives of softmax are written with its output.

    For K = 2, S = (0.2, 0.8), D = 1 and x = 1 the number at [0, 0] is 0.16.
    """
    return _layer(W, W.T @ x, x).reshape(W.size, -1)


def l_dir_shortcut__elementwise(W, S, x):
    """You returned one number for each weight: how it moves its own output.

    Each weight moves all K outputs, so it has a row of K numbers.

    For D = 3 and K = 2 the shape is (6, 2), not (6,).
    """
    return np.kron(S * (1 - S), x)


def l_dir_shortcut__not_flattened(W, S, x):
    """You kept class and input as two dimensions: they share one, counted by i*D + j.

    Lay the inputs of class 0 first, then those of class 1.

    For D = 3 and K = 2 the shape is (6, 2), not (2, 3, 2).
    """
    return _layer(W, S, x)


def l_dir_shortcut__squeezed(W, S, x):
    """With a single class you return a vector; a matrix of one column is asked.

    squeeze() takes away every dimension of length 1, also those that belong to the answer.

    For D = 3 and K = 1 the shape is (3, 1).
    """
    return _layer(W, S, x).reshape(W.size, -1).squeeze()


def l_dir_shortcut__is_for_equal(W, S, x):
    """Beyond class 256 your entries with i = t are wrong: indices are compared with `is`, not `==`.

    `is` asks whether two names mean the same object. Python keeps one object for each small
    number only, so equal large numbers are mostly two objects.

    `i is t` may be false for i = t = 300.
    """
    K = len(S)
    same = np.array([[i is t for t in range(K)] for i in range(K)], dtype=float)
    return np.kron(same * S - np.outer(S, S), np.reshape(x, (-1, 1)))


def l_dir_shortcut__first_class_only(W, S, x):
    """Only the rows of class 0 are filled: the function returns after the first class.

    Check how far the return is indented.

    For D = 1 and K = 2 there are two rows, and neither is zero.
    """
    D, K = W.shape
    M = np.zeros((D * K, K))
    M[:D] = _layer(W, S, x)[0]
    return M


def l_dir_shortcut__last_class_missing(W, S, x):
    """The rows of the last class are zero, since the loop stops one too early.

    Python's range(n) already ends at n - 1.

    For D = 1 and K = 2 there are two rows, and neither is zero.
    """
    M = _layer(W, S, x)
    M[-1] = 0
    return M.reshape(W.size, -1)


def l_dir_shortcut__divided_by_the_number_of_classes(W, S, x):
    """Your numbers are too small by the number of classes: nothing is averaged here.

    A derivative is no mean over classes; the number K does not appear in it.

    For K = 2, S = (0.5, 0.5), D = 1 and x = 1 the number at [0, 0] is 0.25.
    """
    return _layer(W, S, x).reshape(W.size, -1) / len(S)


def l_dir_shortcut__three_inputs(W, S, x):
    """Your function works for three inputs and five classes only, as in the worked example.

    Ask W for its shape.

    For D = 1 and K = 2 the shape is (2, 2).
    """
    M = np.zeros((15, 5))
    for i in range(5):
        for j in range(3):
            for t in range(5):
                M[i * 3 + j, t] = S[t] * ((i == t) - S[i]) * x[j]
    return M


def l_dir_shortcut__whole_numbers(W, S, x):
    """Your matrix holds whole numbers: it was made with the dtype of x, or with int.

    A new array takes its dtype from how it is made. x may hold integers; derivatives are floats.

    Stored as an integer, 0.25 becomes 0.
    """
    return _layer(W, S, x).reshape(W.size, -1).astype(int)


def l_dir_shortcut__dtype_of_x(W, S, x):
    """Where x holds integers your matrix does too, and its fractions are cut off.

    An array made like x takes over x's dtype. Derivatives need floats whatever the inputs are.

    With x = (1, 2), stored as an integer, 0.25 becomes 0.
    """
    return _layer(W, S, x).reshape(W.size, -1).astype(np.asarray(x).dtype)


def l_dir_shortcut__rounded(W, S, x):
    """Your numbers are rounded to a few decimals.

    Return the numbers as they come. Rounding is for printing.

    The article prints five decimals, but it computes with all of them.
    """
    return np.round(_layer(W, S, x).reshape(W.size, -1), 5)


def l_dir_shortcut__half_precision(W, S, x):
    """Your numbers have only three digits: they went through 16-bit floats.

    Leave the dtype as it comes; numpy's float64 keeps about 16 digits.

    In 16 bits, 0.1 is 0.09998.
    """
    return _layer(W, S, x).reshape(W.size, -1).astype(np.float16)


def l_dir_shortcut__changes_its_input(W, S, x):
    """Your matrix is right, but the caller's arguments are different after the call.

    Writing into an argument with [:] or *= changes the caller's own array.

    After the call the caller still needs W, S and x: compute with new arrays.
    """
    M = np.repeat(np.diag(S) - np.outer(S, S), W.shape[0], axis=0)
    W[:] = np.reshape(x, (-1, 1))
    return M * W.T.reshape(-1, 1)


_SHORTCUTS = {}


def l_dir_shortcut__first_matrix_kept(W, S, x):
    """The first matrix of each size is right, and you return it again for every later call.

    What is kept in a variable outside the function must not be taken for a new answer.

    Another S or x needs another matrix, even of the same shape.
    """
    return _SHORTCUTS.setdefault(W.shape, _layer(W, S, x).reshape(W.size, -1))
