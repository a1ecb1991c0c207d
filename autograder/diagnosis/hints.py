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
            "Where you are wrong you return what is right for other arguments.",
            "Look for a stored answer that is looked up by too little, such as a shape or a first "
            "number, and for an answer that is typed in.",
        ),
        "memory_not_set": (
            "Some of your numbers are whatever happened to be in memory.",
            "np.empty makes an array without setting its values, so every cell has to be written "
            "before it is read or returned. If only some are, or if += adds to them, begin with "
            "np.zeros.",
        ),
        "right_among_others": (
            "One part of what you return is the right answer; you return more besides.",
            "A comma in a return statement makes a tuple. Return the answer alone, without what it "
            "was made of.",
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
            "Look for a size that is written as a number: take it from the shapes of the "
            "arguments.",
        ),
        # --- errors ---
        "axis_that_is_not_there": (
            "Your code asks for an axis that the array does not have.",
            "Look for axis=1 or shape[1] where the array is a vector. Code for a batch of rows has "
            "an axis more than what comes here: {arguments}.",
        ),
        "index_not_whole": (
            "Your code uses something as an index that is not a whole number.",
            "Look at what stands in square brackets. Labels come as a vector with one number for "
            "each class, not as the number of the class. The arguments are {arguments}.",
        ),
        "too_many_indices": (
            "Your code gives an array more indices than it has axes.",
            "Look for [i, j] or [range(n), y] on a vector. Code for a batch of rows has an axis "
            "more than what comes here: {arguments}.",
        ),
        "index_out_of_range": (
            "Your code uses an index beyond the end of an array.",
            "Compare each range with the length of the axis that it runs over. The arguments are "
            "{arguments}.",
        ),
        "removed_from_numpy": (
            "Your code uses a name that numpy 2 no longer has.",
            "Write float for np.float_, np.inf for np.Inf and np.asarray for np.mat.",
        ),
        "not_in_numpy": (
            "Your code uses a name that numpy does not have.",
            "Check its spelling in numpy's documentation.",
        ),
        "not_an_array_attribute": (
            "Your code uses an attribute or a method that arrays of numpy do not have.",
            "Methods such as exp, log, t and values belong to torch or pandas. In numpy write "
            "np.exp(Z), np.log(S), W.T, and no .values.",
        ),
        "no_such_attribute": (
            "Your code uses an attribute that the object does not have.",
            "Print the type of the object, and look at what it holds.",
        ),
        "unknown_keyword": (
            "Your code calls a function with a keyword that it does not take.",
            "dim and keepdim belong to torch: in numpy they are axis and keepdims.",
        ),
        "number_wanted": (
            "Your code gives a whole array to a function that takes a single number.",
            "int(), float() and the functions of math take one number: for arrays use those of "
            "numpy, such as np.exp and np.log.",
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
            "Your code asks whether a whole array is true.",
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
            "Your code writes fractions into an array of whole numbers.",
            "Operators like -= keep the array's type. Make a new array of floats first.",
        ),
        "name_not_defined": (
            "Your code uses a name that is not defined there.",
            "Look for a spelling mistake, a missing import, or a variable that is set in one "
            "branch only.",
        ),
        "key_not_there": (
            "Your code looks up a key that is not there.",
            "Print the keys before the line that fails.",
        ),
        "endless_recursion": (
            "Your function calls itself without an end.",
            "Look for a function that calls itself by mistake, or whose last case is missing.",
        ),
        "divided_by_zero": (
            "Your code divides by zero.",
            "Look at what is below each fraction, and at what it is for unusual inputs.",
        ),
        "too_large_for_python": (
            "A number in your code is too large for Python's floats.",
            "Look for the exponential of a large number.",
        ),
        # --- two at once ---
        "two_mistakes": (
            "There seem to be two mistakes. One: {first} The other, on top of it: {second}",
        ),
        "reference_on_another_argument": (
            "Your numbers are what comes out for {words}.",
            "The exercise asks for {argument} as it is: look for the line that changes it, or uses "
            "something else in its place.",
        ),
        "argument_made_safe": (
            "Your numbers are what comes out for {words}.",
            "What is added for safety, or as a least value, hides how small {argument} is where it "
            "is tiny. A logarithm and a division are safe for any positive number: only an exact "
            "zero needs care, and that by itself.",
        ),
        "argument_limited": (
            "Your numbers are what comes out for {words}.",
            "Beyond a limit all numbers become equal, and the definition has none. What is too "
            "large for exp is shifted, all of it by one number, and not cut off.",
        ),
        "argument_typed_in": (
            "Your numbers are what comes out for {words}.",
            "Use the argument {argument}, whatever its value, and no number of your own.",
        ),
        "right_but_for": (
            "Most of your answers are right; what is wrong is in {groups}.",
            "The name of the group says what is special about its inputs: try your function on "
            "one of your own making.",
        ),
        # --- a slip with an index ---
        "loop_stops_early": (
            "Your numbers are what comes out where the loop over {loop} stops one too early: the "
            "last one is left out.",
            "range(n) already ends at n - 1, so range(n - 1) leaves out the last.",
        ),
        "loop_starts_late": (
            "Your numbers are what comes out where the loop over {loop} starts at 1: the first one "
            "is left out.",
            "Python counts from 0. range(1, n) leaves out the first.",
        ),
        "loop_over_another_size": (
            "Your numbers are what comes out where the loop over {loop} runs to {other} in place "
            "of {size}.",
            "Two sizes are mixed up: check each range against the shapes of the arguments.",
        ),
        "loop_over_a_part": (
            "Your numbers are what comes out where the loop over {loop} runs over {part} only.",
            "It has to run over all of range({size}).",
        ),
        "loop_left_early": (
            "Your numbers are what comes out where the function returns inside the loop over "
            "{loop}, in its first turn.",
            "Look at how far the return is indented: it belongs below the loops.",
        ),
        "overwritten_in_the_loop": (
            "Your numbers are what comes out where each turn of the loop over {loop} replaces what "
            "the turns before have added up.",
            "A sum needs += in the loop, and a start at 0 above it.",
        ),
        "indices_swapped": (
            "Your numbers are what comes out with {after} where {before} is meant.{legend}",
            "Two indices have changed places. With two different sizes, work out one cell off the "
            "diagonal by hand.",
        ),
        "wrong_index": (
            "Your numbers are what comes out with {after} where {before} is meant.{legend}",
            "Go through the indices of that line one by one, and ask of each what it counts.",
        ),
        "not_set_back_in_the_loop": (
            "Your numbers are what comes out where {what} is set to zero only once, before the "
            "loop over {loop}: it goes on adding to what the turn before has left.",
            "A sum that is needed anew in each turn is set to zero inside the loop.",
        ),
        "set_back_in_the_loop": (
            "Your numbers are what comes out where {what} is set to zero in each turn of the loop "
            "over {loop}: only the last turn is left.",
            "What a loop adds up or fills is set to zero once, above the loop.",
        ),
        "computed_in_the_loop": (
            "Your numbers are what comes out where {what} is computed inside the loop over {loop}.",
            "There it uses what the loop has not finished, or has changed already. Look at how far "
            "that line is indented.",
        ),
        "computed_before_the_loop": (
            "Your numbers are what comes out where {what} is computed only once, before the loop "
            "over {loop}.",
            "What it is made of changes from turn to turn: compute it inside the loop.",
        ),
        "computed_after_the_loop": (
            "Your numbers are what comes out where a line belongs into the loop over {loop} but "
            "comes after it: only the last turn counts.",
            "Look at how far each line is indented.",
        ),
        # --- which calls go wrong ---
        "whole_number_arguments": (
            "It goes wrong only where an argument holds whole numbers.",
            "An array that is made from such an argument, by zeros_like or a copy, holds integers "
            "and drops every fraction; some operations refuse integers altogether.",
        ),
        "one_size_only": (
            "It is right for one set of sizes and wrong for every other.",
            "Look for sizes written as numbers: take them from the shapes of the arguments.",
        ),
        "wrong_for_equal_sizes": (
            "It is wrong only where two different sizes happen to be equal.",
            "There a shape cannot tell rows from columns: look for a transpose, a product or a "
            "case that is chosen by comparing shapes.",
        ),
        "one_example_only": (
            "It is right for the numbers of one example, and wrong for others of the same sizes.",
            "It relies on something that these numbers have and others do not: zeros, ones, "
            "symmetry, an order. Try it with numbers of your own.",
        ),
        "sizes_mixed_up": (
            "It is right only where two different sizes happen to be equal.",
            "Somewhere one size is used in place of the other: check each range, reshape and "
            "repeat against the shapes of the arguments.",
        ),
        "zeros_and_ones_only": (
            "It is right where {argument} holds only zeros and ones, and wrong elsewhere.",
            "Each number of {argument} counts as it is: look where it is compared, rounded, "
            "squared, or used to pick a place.",
        ),
        # --- where the wrong cells are ---
        "diagonal_only": (
            "You kept only the diagonal: it is right, and everything off it is zero.",
            "For each pair of different indices, ask whether one still depends on the other.",
        ),
        "wrong_off_the_diagonal": (
            "Your diagonal is right; all the wrong numbers are off it.",
            "Derive the case of two different indices on its own, and compare one such cell by "
            "hand.",
        ),
        "wrong_on_the_diagonal": (
            "All the wrong numbers are on the diagonal; everything off it is right.",
            "Derive the case of two equal indices on its own, and compare one such cell by hand.",
        ),
        "cells_left_at_zero": (
            "All your wrong numbers are zero, and the others are right.",
            "Look for cells that are never filled (the first and the last step of each loop, the "
            "ends of each slice), and for a condition that leaves them out or sets them to zero.",
        ),
        "cells_left_unchanged": (
            "All your wrong numbers are still those of {argument}, and the others are right.",
            "Every cell of {argument} has its change: look for an index that picks some of them, "
            "and at the first and the last step of each loop.",
        ),
        # --- the right numbers in the wrong arrangement ---
        "transposed": (
            "Your numbers are right, but rows and columns have changed places.",
            "Go through what the rows stand for and what the columns stand for, with two different "
            "sizes, and check the order of the two factors in each product.",
        ),
        "right_values_wrong_shape": (
            "Your numbers are right, but the result has the wrong shape.",
            "Print the shape of your result next to the shape in the docstring: an extra axis of "
            "length 1, or one axis in place of two, makes a different shape.",
        ),
        "reshape_order": (
            "Your numbers are right, but a reshape put them in the wrong order.",
            "reshape and ravel go row by row (order 'C'). To go column by column, transpose first, "
            "or use order 'F'.",
        ),
        "flat_index_order": (
            "Your numbers are right, but in the flat order two indices have changed places.",
            "Write down which index runs fastest: in i*n + j it is j. With two different sizes, "
            "list the first few places by hand.",
        ),
        "summed": (
            "You added up (or averaged) numbers that should stay apart.",
            "Look for a sum, a mean or a product that removes an axis which the result must keep.",
        ),
        "diagonal_as_another_shape": (
            "You returned a diagonal in place of the whole array, or the other way round.",
            "np.diag makes a matrix of a vector, and takes a vector out of a matrix: check which "
            "one you need.",
        ),
        "sign_lost": (
            "Your numbers have the right size, but those that should be negative are positive.",
            "Look for an absolute value, a square, or a difference taken the wrong way round.",
        ),
        "some_signs_wrong": (
            "Your numbers are right except for the signs of some.",
            "Take one number whose sign is right and one whose sign is wrong, and compare how each "
            "comes about.",
        ),
        "right_values_wrong_order": (
            "You have the right numbers, but in another order.",
            "Work out by hand which number belongs in the first two places.",
        ),
        # --- a factor, a term or a function too many ---
        "negated": (
            "{what} has the wrong sign.",
            "Look for a minus that is missing or one too many, or a difference taken the wrong "
            "way round.",
        ),
        "off_by_a_factor": (
            "{what} is {factor}{sign}.",
            "Look for a factor that is missing or one too many: a sum where a mean belongs, a mean "
            "where a sum belongs, a derivative of a power, the base of a logarithm.",
        ),
        "returns_its_argument": (
            "You return {argument} as it came in.",
            "The answer is computed from {argument}: return the result of that computation.",
        ),
        "off_by_a_constant": (
            "All numbers of a result are off by the same amount.",
            "Look for a constant that is added where it should be multiplied, or a term that does "
            "not depend on the place in the result.",
        ),
        "proportional": (
            "Within one result all numbers are off by the same factor, another one for each input.",
            "Look at what the whole result is multiplied or divided by: the normalisation is "
            "missing or wrong.",
        ),
        "cut_off": (
            "Numbers beyond a limit come out as the limit; all others are right.",
            "Look for a clip, a minimum or a maximum: the definition has no limits.",
        ),
        "zeros": (
            "Every number that you return is zero.",
            "Check that the result is filled in after it is created, and that you return that "
            "array.",
        ),
        "factor_missing": (
            "Your numbers would be right if they were multiplied by {argument} once more.",
            "Follow each term of the formula: {argument} is missing as a factor, or divided by "
            "once too often.",
        ),
        "factor_too_many": (
            "Your numbers would be right if they were divided by {argument} once more.",
            "Follow each term of the formula: {argument} is a factor once too often, or a division "
            "by it is missing.",
        ),
        "multiple_added": (
            "Your numbers are right except that a multiple of {argument} is added to them.",
            "Look for a term that holds {argument} and does not belong to the formula.",
        ),
        "function_of_the_answer": (
            "Every number that you return is {words} what it should be.",
            "Go through the last steps of your computation: one is missing, one too many, or the "
            "wrong way round.",
        ),
        # --- lost digits ---
        "whole_numbers": (
            "Your numbers have lost their fractions.",
            "An array of integers cannot hold fractions: look at the type of the array that you "
            "fill (zeros_like takes over the type of its argument), and for // or a conversion to "
            "int.",
        ),
        "half_precision": (
            "Your numbers are right to about three digits: that is the precision of float16.",
            "Leave the type of your arrays at numpy's default, float64.",
        ),
        "held_in_half": (
            "Your results are of type float16, which holds three digits and nothing above 65504.",
            "Leave the type of your arrays at numpy's default, float64.",
        ),
        "single_precision": (
            "Your numbers are right to about seven digits: that is the precision of float32.",
            "Leave the type of your arrays at numpy's default, float64.",
        ),
        "rounded": (
            "Your numbers are rounded to a few decimals.",
            "Return what you computed: rounding is for printing only.",
        ),
        "inexact": (
            "Your numbers are close, but not close enough.",
            "Look for a small number that is added for safety, a constant typed with few digits, a "
            "derivative by differences, or a coarse number type.",
        ),
    }
)
