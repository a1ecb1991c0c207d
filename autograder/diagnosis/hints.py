"""The hints that students get, by the name of the mistake.

The first sentence says what the numbers show, the next what to do about it. The detector fills in
`{…}`, never with a number from a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from autograder.diagnosis.evidence import Diagnosis


def named(mistake: str, name: str = "", more: tuple[str, ...] = (), /, **words: str) -> Diagnosis:
    """The diagnosis for an entry of HINTS, with `words` filled in.

    `name` replaces the name of the mistake, and the hints in `more` are appended.
    """
    texts = tuple(text.format(**words) for text in HINTS[mistake])
    return Diagnosis(name or mistake, texts + more)


ALSO_CHANGES = "Your function also changes the arrays that it is given: work on a copy."

HINTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # --- how the calls went ---
        "nothing_returned": (
            "Your function returns None.",
            "Add a return statement, even if the function prints its result.",
        ),
        "several_values_returned": (
            "Your function returns several values; return a single array.",
            "A comma in a return statement makes a tuple. Return the answer alone, without a loss "
            "or a history.",
        ),
        "changes_its_arguments": (
            "Your numbers are right, but the function changes the arrays that it is given.",
            "Work on a copy. Statements like Z -= 1 or W[0] = 1 write into the caller's array.",
        ),
        "changes_arguments_and_wrong": ("Some of your numbers are wrong.",),
        "depends_on_earlier_calls": (
            "The same arguments got a different answer in another call.",
            "Look for something that is kept between calls (a global, a default argument, an array "
            "that is reused), for memory that is never filled (np.empty), and for random numbers.",
        ),
        "answer_to_another_call": (
            "Your wrong answers are the right answers for other arguments.",
            "Look for a stored answer whose key leaves out something, such as one that holds only"
            " the shape or the first number, and for an answer that is typed in.",
        ),
        "memory_not_set": (
            "Some of your numbers are whatever happened to be in memory.",
            "np.empty makes an array without setting its values, so every cell has to be written "
            "before it is read or returned. If only some are, or if += adds to them, begin with "
            "np.zeros.",
        ),
        "right_among_others": (
            "Part of what you return is the right answer; the rest is too much.",
            "A comma in a return statement makes a tuple. Return the answer alone, without "
            "intermediate results.",
        ),
        "wrong_shape": (
            "Your result has the wrong shape.",
            "Print the shapes of the factors and of the result, and compare them with the "
            "docstring: each axis has to be there, in the right order and with the right length.",
        ),
        "not_finite": (
            "Some of your numbers are NaN or infinite; all others are right.",
            "Look for the exponential of a large number, the logarithm of zero, and zero divided "
            "by zero.",
        ),
        "same_answer_always": (
            "You return the same numbers whatever the arguments are.",
            "Look for a result that is typed in, or for a computation that never uses the "
            "arguments.",
        ),
        "one_shape_only": (
            "Your result has the same shape for every input, but the expected shape changes.",
            "Look for a size that is typed in as a number: take it from the shapes of the "
            "arguments.",
        ),
        # --- errors ---
        "axis_that_is_not_there": (
            "Your code uses an axis that the array does not have.",
            "Look for axis=1 or shape[1] where the array is a vector. Code for a batch has one "
            "axis more than these arguments: {arguments}.",
        ),
        "index_not_whole": (
            "Your code uses an index that is not a whole number.",
            "Look at what is in square brackets. Labels come as a vector with one number for each"
            " class, not as the number of the class. The arguments are {arguments}.",
        ),
        "too_many_indices": (
            "Your code gives an array more indices than it has axes.",
            "Look for [i, j] or [range(n), y] on a vector. Code for a batch has one axis more "
            "than these arguments: {arguments}.",
        ),
        "index_out_of_range": (
            "Your code uses an index beyond the end of an array.",
            "Compare each range with the length of the axis that it runs over. The arguments are "
            "{arguments}.",
        ),
        "removed_from_numpy": (
            "Your code uses a name that numpy 2 no longer has.",
            "Write float instead of np.float_, np.inf instead of np.Inf, and np.asarray instead "
            "of np.mat.",
        ),
        "not_in_numpy": (
            "Your code uses a name that numpy does not have.",
            "Check its spelling in numpy's documentation.",
        ),
        "not_an_array_attribute": (
            "Your code uses an attribute or a method that numpy arrays do not have.",
            "Methods such as exp, log, t and values belong to torch or pandas. In numpy write "
            "np.exp(Z), np.log(S), W.T, and no .values.",
        ),
        "no_such_attribute": (
            "Your code uses an attribute that the object does not have.",
            "Print the type of the object, and look at what it holds.",
        ),
        "unknown_keyword": (
            "Your code calls a function with a keyword argument that it does not accept.",
            "Check the function's documentation. dim and keepdim belong to torch: in numpy they "
            "are axis and keepdims.",
        ),
        "number_wanted": (
            "Your code gives a whole array to a function that takes a single number.",
            "int(), float() and the functions of math take one number: for arrays use those of "
            "numpy, such as np.exp and np.log.",
        ),
        "wrong_parameters": (
            "Your definition does not accept the arguments that the exercise passes.",
            "Use the exercise's parameters, and give any others a default. The arguments here are "
            "{arguments}.",
        ),
        "wrong_arguments": (
            "Your code calls a function with the wrong number of arguments.",
            "Compare the call with the function's definition. The arguments here are {arguments}.",
        ),
        "not_an_array": (
            "Your code treats something as an array that is not one.",
            "Print the types of the values in that line. The arguments are {arguments}.",
        ),
        "truth_of_an_array": (
            "Your code uses a whole array as a condition.",
            "if, and, or and max(0, …) take one number at a time. For arrays use np.where, "
            "np.maximum, or .any() and .all().",
        ),
        "cannot_unpack": (
            "Your code unpacks more or fewer values than there are.",
            "Look at the line with several names before the = sign: N, D = x.shape needs an array "
            "of two axes. The arguments are {arguments}.",
        ),
        "ragged": (
            "Your code puts arrays of different sizes into one array.",
            "Print the shape of each row before it goes into the array.",
        ),
        "shapes_do_not_fit": (
            "Your code combines arrays whose shapes do not fit together.",
            "The arguments are {arguments}. Write the shapes of both sides next to each product, "
            "sum and assignment. For a product the inner sizes have to be the same.",
        ),
        "whole_number_array_written": (
            "Your code writes fractions into an integer array.",
            "Operators like -= keep the array's dtype. Create a float array first.",
        ),
        "name_not_defined": (
            "Your code uses a name that is not defined there.",
            "Look for a spelling mistake, a missing import, or a variable that is set in one "
            "branch only.",
        ),
        "key_not_there": (
            "Your code looks up a dictionary key that is not there.",
            "Print the keys before the line that fails.",
        ),
        "endless_recursion": (
            "Your function calls itself endlessly.",
            "Look for a function that calls itself by mistake, or that has no case where it stops.",
        ),
        "divided_by_zero": (
            "Your code divides by zero.",
            "Look at each denominator, and at when it can be zero.",
        ),
        "too_large_for_python": (
            "A number in your code is too large for Python's floats.",
            "Look for the exponential of a large number.",
        ),
        # --- two at once ---
        "two_mistakes": ("There seem to be two mistakes. First: {first} Second: {second}",),
        "reference_on_another_argument": (
            "Your numbers are what you get for {words}.",
            "The exercise asks for {argument} as it is: look for the line that changes it, or "
            "uses something else instead.",
        ),
        "argument_made_safe": (
            "Your numbers are what you get for {words}.",
            "A small number that is added for safety, or a lower limit, hides how small "
            "{argument} really is. A logarithm and a division are safe for any positive number: "
            "treat only an exact zero separately.",
        ),
        "argument_limited": (
            "Your numbers are what you get for {words}.",
            "A limit makes all numbers beyond it equal; the definition has no limit. If exp "
            "overflows, subtract one number from all the exponents instead of clipping them.",
        ),
        "argument_typed_in": (
            "Your numbers are what you get for {words}.",
            "Use the argument {argument}, whatever its value, not a number that you typed in.",
        ),
        "right_but_for": (
            "Most of your answers are right; the wrong ones are in {groups}.",
            "The name of the group says what is special about its inputs: try your function on "
            "such an input of your own.",
        ),
        "argument_cut_short": (
            "Your numbers are what you get for {words}.",
            "Look for a loop that stops or starts one too early or too late, and for a slice that "
            "leaves out an end.",
        ),
        # --- a slip with an index ---
        "loop_stops_early": (
            "Your numbers are what you get if the loop over {loop} stops one too early: the last "
            "one is left out.",
            "Use range(n): it already ends at n - 1, so range(n - 1) leaves out the last.",
        ),
        "loop_starts_late": (
            "Your numbers are what you get if the loop over {loop} starts at 1: the first one is "
            "left out.",
            "Python counts from 0: use range(n), since range(1, n) leaves out the first.",
        ),
        "loop_over_another_size": (
            "Your numbers are what you get if the loop over {loop} runs to {other} instead of "
            "{size}.",
            "Two sizes are mixed up: check each range against the shapes of the arguments.",
        ),
        "loop_over_a_part": (
            "Your numbers are what you get if the loop over {loop} covers only {part}.",
            "Loop over all of range({size}).",
        ),
        "loop_left_early": (
            "Your numbers are what you get if the function returns inside the loop over {loop}, "
            "on the first iteration.",
            "Look at how far the return is indented: it belongs after the loops.",
        ),
        "overwritten_in_the_loop": (
            "Your numbers are what you get if each iteration of the loop over {loop} overwrites "
            "the sum so far.",
            "A sum needs += in the loop, and has to start at 0 before it.",
        ),
        "indices_swapped": (
            "Your numbers are what you get with {after} instead of {before}.{legend}",
            "Two indices are swapped. With two different sizes, work out one cell off the "
            "diagonal by hand.",
        ),
        "wrong_index": (
            "Your numbers are what you get with {after} instead of {before}.{legend}",
            "Go through the indices of that line one by one, and check what each one counts.",
        ),
        "wrong_operator": (
            "Your numbers are what you get with {after} instead of {before}.{legend}",
            "Compare each operator and each pair of parentheses with the formula.",
        ),
        "starts_at_one": (
            "Your numbers are what you get if {what} starts at one instead of zero.",
            "A sum starts at 0, and so does a cell that a condition may leave out.",
        ),
        "not_set_back_in_the_loop": (
            "Your numbers are what you get if {what} is set to zero only once, before the loop "
            "over {loop}: each iteration adds to the result of the one before.",
            "Set it to zero inside the loop, at the start of each iteration.",
        ),
        "set_back_in_the_loop": (
            "Your numbers are what you get if {what} is set to zero in each iteration of the loop"
            " over {loop}: only the last iteration counts.",
            "Set it to zero once, before the loop.",
        ),
        "computed_in_the_loop": (
            "Your numbers are what you get if {what} is computed inside the loop over {loop} "
            "instead of {where} it.",
            "There it uses values that the loop has not finished, or has already changed. Look at"
            " how far that line is indented.",
        ),
        "computed_before_the_loop": (
            "Your numbers are what you get if {what} is computed only once, before the loop over "
            "{loop}.",
            "The values that it uses change in each iteration: compute it inside the loop.",
        ),
        "computed_after_the_loop": (
            "Your numbers are what you get if a line that belongs in the loop over {loop} comes "
            "after it: only the last iteration counts.",
            "Look at how far each line is indented.",
        ),
        # --- which calls go wrong ---
        "whole_number_arguments": (
            "Your function is wrong only if an argument holds whole numbers.",
            "An array that you create from such an argument, with zeros_like or a copy, holds "
            "integers and drops every fraction: create it with dtype=float.",
        ),
        "one_size_only": (
            "Your function is right for one set of sizes and wrong for every other.",
            "Look for sizes that are typed in as numbers: take them from the shapes of the "
            "arguments.",
        ),
        "wrong_for_equal_sizes": (
            "Your function is wrong only if two different sizes happen to be equal.",
            "Then a shape cannot tell rows from columns: look for a transpose, a product or a "
            "branch that is chosen by comparing shapes.",
        ),
        "one_example_only": (
            "Your function is right for the numbers of one example, and wrong for others of the "
            "same sizes.",
            "It relies on something special about these numbers: zeros, ones, symmetry, an order."
            " Try it with numbers of your own.",
        ),
        "sizes_mixed_up": (
            "Your function is right only if two different sizes happen to be equal.",
            "Somewhere one size is used instead of the other: check each range, reshape and "
            "repeat against the shapes of the arguments.",
        ),
        "special_argument": (
            "Your function is right if {argument} {words}, and wrong otherwise.",
            "Try another {argument}, and look for the line where it is compared, rounded, "
            "squared, used as an index, or forgotten.",
        ),
        # --- where the wrong cells are ---
        "diagonal_only": (
            "You kept only {place}: everything else is zero.",
            "For each pair of different indices, check whether one still depends on the other.",
        ),
        "wrong_off_the_diagonal": (
            "All your wrong numbers are off {place}; the others are right.",
            "Derive the case of two different indices separately, and compare one such cell by "
            "hand.",
        ),
        "wrong_on_the_diagonal": (
            "All your wrong numbers are on {place}; the others are right.",
            "Derive the case of two equal indices separately, and compare one such cell by hand.",
        ),
        "only_zeros_right": (
            "Your zeros are in the right places; the numbers between them are wrong.",
            "Compare one number that should not be 0 with what you work out by hand.",
        ),
        "cells_left_at_zero": (
            "All your wrong numbers are zero, and the others are right.",
            "Look for cells that are never filled (the first and the last iteration of each loop,"
            " the ends of each slice), and for a condition that leaves them out or sets them to "
            "zero.",
        ),
        "cells_left_unchanged": (
            "All your wrong numbers are still the values of {argument}; the others are right.",
            "Every cell of {argument} has to change: look for an index that picks only some of "
            "them, and at the first and the last iteration of each loop.",
        ),
        # --- the right numbers in the wrong arrangement ---
        "transposed": (
            "Your numbers are right, but rows and columns are swapped.",
            "With two different sizes, write down what the rows and what the columns mean, and "
            "check the order of the two factors in each product.",
        ),
        "right_values_wrong_shape": (
            "Your numbers are right, but the result has the wrong shape.",
            "Compare the shape of your result with the shape in the docstring: look for an extra "
            "axis of length 1, or one axis instead of two.",
        ),
        "reshape_order": (
            "Your numbers are right, but a reshape put them in the wrong order.",
            "reshape and ravel go row by row (order 'C'). To go column by column, transpose first, "
            "or use order 'F'.",
        ),
        "flat_index_order": (
            "Your numbers are right, but in the flat order two indices are swapped.",
            "Write down which index changes fastest: in i*n + j it is j. With two different "
            "sizes, list the first few entries by hand.",
        ),
        "summed": (
            "You added up (or averaged) numbers that should stay apart.",
            "Look for a sum, a mean or a product that removes an axis that the result has to keep.",
        ),
        "diagonal_as_another_shape": (
            "You returned a diagonal instead of the whole array, or the other way round.",
            "np.diag turns a vector into a matrix, and takes the diagonal out of a matrix: check "
            "which one you need.",
        ),
        "sign_lost": (
            "Your numbers have the right size, but those that should be negative are positive.",
            "Look for an absolute value, a square, or a difference taken the wrong way round.",
        ),
        "some_signs_wrong": (
            "Your numbers are right except for the signs of some.",
            "Take one number whose sign is right and one whose sign is wrong, and compare how "
            "each is computed.",
        ),
        "right_values_wrong_order": (
            "Your numbers are right, but in the wrong order.",
            "Work out by hand which numbers belong in the first two places.",
        ),
        # --- a factor, a term or a function too many ---
        "negated": (
            "{what} has the wrong sign.",
            "Look for a minus sign that is missing or one too many, or a difference taken the "
            "wrong way round.",
        ),
        "off_by_a_factor": (
            "{what} is {factor}{sign}.",
            "Look for a factor that is missing or one too many: a sum instead of a mean, a mean "
            "instead of a sum, the derivative of a power, the base of a logarithm.",
        ),
        "returns_its_argument": (
            "You return {argument} unchanged.",
            "Return the result that you compute from {argument}.",
        ),
        "off_by_a_constant": (
            "All numbers of each result are off by the same amount.",
            "Look for a constant that is added instead of multiplied, or a term that is the same "
            "for every cell.",
        ),
        "proportional": (
            "Within one result all numbers are off by the same factor, which differs from input "
            "to input.",
            "Check what the whole result is multiplied or divided by: the normalisation is "
            "missing or wrong.",
        ),
        "cut_off": (
            "Numbers beyond a limit are equal to the limit; all others are right.",
            "Look for a clip, a minimum or a maximum: the definition has no limit.",
        ),
        "zeros": (
            "Every number that you return is zero.",
            "Check that the result is filled in after it is created, and that you return that "
            "array.",
        ),
        "factor_missing": (
            "Your numbers would be right if they were multiplied by {argument} once more.",
            "Check each term of the formula: a factor of {argument} is missing, or you divide by "
            "it once too often.",
        ),
        "factor_too_many": (
            "Your numbers would be right if they were divided by {argument} once more.",
            "Check each term of the formula: you multiply by {argument} once too often, or a "
            "division by it is missing.",
        ),
        "multiple_added": (
            "Your numbers are right except that a multiple of {argument} is added to them.",
            "Look for a term with {argument} that is not in the formula.",
        ),
        "arguments_combined": (
            "Your numbers are {words}.",
            "The exercise asks for something else: write down its formula, and compare each term "
            "with your code.",
        ),
        "function_of_the_answer": (
            "Every number that you return is {words} what it should be.",
            "Go through the last steps of your computation: one is missing, one too many, or the "
            "wrong way round.",
        ),
        # --- lost digits ---
        "whole_numbers": (
            "Your numbers have lost their fractions.",
            "An integer array cannot hold fractions: check the dtype of the array that you fill "
            "(zeros_like copies the dtype of its argument), and look for // or a conversion to "
            "int.",
        ),
        "half_precision": (
            "Your numbers are right to about three digits: that is the precision of float16.",
            "Leave the dtype of your arrays at numpy's default, float64.",
        ),
        "held_in_half": (
            "Your results are float16, which holds three digits and nothing above 65504.",
            "Leave the dtype of your arrays at numpy's default, float64.",
        ),
        "single_precision": (
            "Your numbers are right to about seven digits: that is the precision of float32.",
            "Leave the dtype of your arrays at numpy's default, float64.",
        ),
        "rounded": (
            "Your numbers are rounded to a few decimals.",
            "Return what you computed, unrounded: rounding is for printing only.",
        ),
        "inexact": (
            "Your numbers are close, but not close enough.",
            "Look for a small number that is added for safety, a constant typed with too few "
            "digits, a derivative computed from differences, or a dtype with low precision.",
        ),
    }
)
