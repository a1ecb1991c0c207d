"""Detects mistakes from how the calls went: what they returned or raised, and for which inputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from autograder.compare import NUMERIC_KINDS
from autograder.diagnosis.evidence import (
    Diagnosis,
    Evidence,
    agrees,
    same_arguments,
    sides_of,
    size_of,
)
from autograder.diagnosis.hints import named
from autograder.model.course import Case
from autograder.model.report import Flaw, Mismatch
from autograder.model.submission import Status, StudentError
from autograder.model.values import Array
from autograder.sandbox.guest import UNWRITTEN_BYTE

_UNWRITTEN = float(np.frombuffer(bytes([UNWRITTEN_BYTE] * 8))[0])
_SEVERAL = 3
_NAMES_SHOWN = 3
_ARITHMETIC = ("OverflowError", "ZeroDivisionError", "FloatingPointError")
_MATH_DOMAIN = ("math domain error", "math range error", "expected a positive input")
"""How the messages of ValueErrors from `math` begin, such as that of math.log(0). The wording
changed after Python 3.13."""


def nothing_returned(evidence: Evidence) -> Diagnosis | None:
    """Detect that every call returned None. Calls that wrote into an argument do not count."""
    calls = zip(evidence.outcomes, evidence.mismatches, strict=True)
    texts = {
        outcome.returned if outcome.status is Status.RETURNED_OTHER else outcome.status.value
        for outcome, mismatch in calls
        if mismatch is None or not is_about_arguments(mismatch)
    }
    return named("nothing_returned") if texts and texts <= {"None", "NoneType"} else None


def several_returned(evidence: Evidence) -> Diagnosis | None:
    """Detect that a tuple was returned whose values do not form an array."""
    texts = [outcome.returned for outcome in evidence.outcomes]
    found = any(text.startswith("a tuple") for text in texts)
    return named("several_values_returned") if found else None


def changed_arguments(evidence: Evidence) -> Diagnosis | None:
    """Detect that nothing is wrong except that arguments are changed.

    Fractions that are written into an argument of whole numbers raise an error.
    """
    changed = any(map(is_about_arguments, evidence.failing)) and not _besides(evidence)
    return named("changes_its_arguments") if changed else None


def changes_arguments_too(evidence: Evidence) -> bool:
    """Whether arguments are changed and something else is wrong, too.

    A ValueError counts as a changed argument only if no other wrong call raises one.
    """
    others = _besides(evidence)
    raised = {one.outcome.error.type for one in others if one.outcome.error is not None}
    about = any(map(is_about_arguments, evidence.failing))
    return about and bool(others) and "ValueError" not in raised


def _besides(evidence: Evidence) -> list[Mismatch]:
    """The mismatches that do not come from writing into an argument."""
    return [
        mismatch
        for mismatch in evidence.failing
        if not is_about_arguments(mismatch)
        and not ((error := mismatch.outcome.error) and _kind(error) == _WRITES_WHOLE)
    ]


def earlier_calls(evidence: Evidence) -> Diagnosis | None:
    """Detect that the same arguments got different answers in two calls."""
    answers = [
        (case, outcome.value)
        for case, outcome in zip(evidence.cases, evidence.outcomes, strict=True)
        if outcome.value is not None and outcome.value.dtype.kind in NUMERIC_KINDS
    ]
    for (case, first), (other, second) in combinations(answers, 2):
        if not agrees(first, second, case.tolerance) and same_arguments(case, other):
            return named("depends_on_earlier_calls")
    return None


def kept_answer(evidence: Evidence) -> Diagnosis | None:
    """Detect that every wrong answer is the right one for the arguments of another call."""
    for one in evidence.wrong:
        if not one.got.any() or not any(
            one.is_like(case.expected) and not same_arguments(one.case, case)
            for case in evidence.cases
        ):
            return None
    return named("answer_to_another_call") if evidence.wrong else None


def memory_not_set(evidence: Evidence) -> Diagnosis | None:
    """Detect uninitialised memory, which the sandbox fills with a recognisable number.

    That number is near 1e127, which no sum of ordinary numbers reaches.
    """
    for one in evidence.wrong:
        sizes = np.abs(one.got)
        rubbish = (sizes > _UNWRITTEN * 1e-7) & (sizes < _UNWRITTEN * 1e4)
        if rubbish.any() and np.abs(one.right).max(initial=0.0) < 1e50:
            return named("memory_not_set")
    return None


def same_answer_always(evidence: Evidence) -> Diagnosis | None:
    """Detect the same answer to all calls, where at least three different ones are expected."""
    answers = [outcome.value for outcome in evidence.outcomes]
    if len(answers) < _SEVERAL or not all(
        answer is not None and answer.dtype.kind in NUMERIC_KINDS for answer in answers
    ):
        return None
    first = np.asarray(answers[0])
    if not all(np.array_equal(first, answer) for answer in answers if answer is not None):
        return None
    expected = {case.expected.tobytes() for case in evidence.cases}
    return named("same_answer_always") if len(expected) >= _SEVERAL else None


def one_shape_only(evidence: Evidence) -> Diagnosis | None:
    """Detect that all answers have the same shape, where at least three shapes are expected.

    It must be one of the expected shapes.
    """
    if any(outcome.value is None for outcome in evidence.outcomes):
        return None
    shapes = {outcome.value.shape for outcome in evidence.outcomes if outcome.value is not None}
    expected = {case.expected.shape for case in evidence.cases}
    if len(shapes) != 1 or len(expected) < _SEVERAL or not shapes <= expected or shapes == {()}:
        return None
    return named("one_shape_only")


def right_but_for(evidence: Evidence) -> Diagnosis | None:
    """Detect that at most a third of the groups are wrong; the hint names them."""
    groups = {case.group for case in evidence.cases}
    wrong = list(dict.fromkeys(mismatch.case.group for mismatch in evidence.failing))
    if len(wrong) > len(groups) / 3 or len(groups) < _SEVERAL:
        return None
    return named("right_but_for", groups=", ".join(f"'{name}'" for name in wrong))


def wrong_shape(evidence: Evidence) -> Diagnosis | None:
    """Detect that every wrong answer has a wrong shape."""
    found = evidence.wrong and all(one.flaw is Flaw.SHAPE for one in evidence.failing)
    return named("wrong_shape") if found else None


def not_finite(evidence: Evidence) -> Diagnosis | None:
    """Detect that all wrong numbers are NaN or infinity, or that Python raised an error instead.

    A single wrong number that is finite refutes it.
    """
    for mismatch in evidence.failing:
        value, wrong = mismatch.outcome.value, mismatch.wrong
        if not is_not_finite(mismatch) or not np.isfinite(mismatch.case.expected).all():
            return None
        if value is not None and wrong is not None and np.isfinite(value[wrong]).any():
            return None
    # The hint says that the other numbers are right, so some call must have returned numbers.
    seen = evidence.passing or any(one.outcome.value is not None for one in evidence.failing)
    return named("not_finite") if seen else None


def is_not_finite(mismatch: Mismatch) -> bool:
    """Whether a wrong answer contains NaN or infinity, or the call raised Python's error for them.

    Where numpy returns these values, plain Python raises OverflowError, ZeroDivisionError, or
    ValueError from math.log.
    """
    value, error = mismatch.outcome.value, mismatch.outcome.error
    if value is not None:
        return value.dtype.kind in "fc" and not np.isfinite(value).all()
    if error is None or not error.builtin:
        return False
    return error.type in _ARITHMETIC or (
        error.type == "ValueError" and error.message.startswith(_MATH_DOMAIN)
    )


def with_rest(found: Diagnosis, left: Sequence[Mismatch]) -> Diagnosis:
    """The diagnosis with a sentence about the cases `left` that it does not explain."""
    if not left:
        return found
    names = list(dict.fromkeys(mismatch.case.group for mismatch in left))
    listed = ", ".join(f"'{name}'" for name in names[:_NAMES_SHOWN])
    if len(names) > _NAMES_SHOWN:
        listed += f" and {len(names) - _NAMES_SHOWN} more"
    if all(map(is_not_finite, left)):
        what = "it is not finite"
    elif all(mismatch.outcome.status is Status.RAISED for mismatch in left):
        what = "it stops with an error"
    else:
        what = "something else is wrong"
    first, *more = found.hints
    return Diagnosis(found.name, (f"{first} Also, {what} in {listed}.", *more))


def is_about_arguments(mismatch: Mismatch) -> bool:
    """Whether the call changed, or tried to change, an argument that it must leave alone."""
    error = mismatch.outcome.error
    read_only = mismatch.case.read_only and mismatch.outcome.status is Status.RAISED
    wrote = read_only and error is not None and error.builtin and error.type == "ValueError"
    return wrote or mismatch.flaw is Flaw.ARGUMENTS


# --- which error ----------------------------------------------------------------------------------


_SHARE = 0.5

_WRITES_WHOLE = "whole_number_array_written"
_REMOVED = "removed in|has no attribute '(float_|Inf|NaN|infty|mat|product|alltrue)'"
_SINGLE = "only .*(length-1|size-1|0-dimensional)|must be real number"
_NOT_WHOLE = "only integer|cannot be interpreted as an integer|indices must be integers"
_SHAPES = "shape|dimension|broadcast|matmul|aligned|size|operand|same number|mismatch"

_KINDS: tuple[tuple[str, str, str], ...] = (
    ("AxisError", "", "axis_that_is_not_there"),
    ("IndexError", "only integers|integer .or boolean|integer or boolean", "index_not_whole"),
    ("IndexError", "too many indices", "too_many_indices"),
    ("IndexError", "tuple index out of range", "axis_that_is_not_there"),
    ("IndexError", "", "index_out_of_range"),
    ("AttributeError", _REMOVED, "removed_from_numpy"),
    ("AttributeError", "module 'numpy'", "not_in_numpy"),
    ("AttributeError", "numpy", "not_an_array_attribute"),
    ("AttributeError", "", "no_such_attribute"),
    ("TypeError", "unexpected keyword", "unknown_keyword"),
    ("TypeError", "loop of ufunc .* has no", "not_an_array_attribute"),
    ("TypeError", _SINGLE, "number_wanted"),
    ("TypeError", _NOT_WHOLE, "index_not_whole"),
    ("TypeError", "positional argument", "wrong_arguments"),
    ("TypeError", "not subscriptable|no len|not iterable|not callable", "not_an_array"),
    ("ValueError", "truth value", "truth_of_an_array"),
    ("ValueError", "unpack", "cannot_unpack"),
    ("ValueError", "setting an array element|inhomogeneous", "ragged"),
    ("ValueError", _SHAPES, "shapes_do_not_fit"),
    ("UFuncTypeError", "Cannot cast", _WRITES_WHOLE),
    ("UFuncTypeError", "", "number_wanted"),
    ("UnboundLocalError", "", "name_not_defined"),
    ("NameError", "", "name_not_defined"),
    ("KeyError", "", "key_not_there"),
    ("RecursionError", "", "endless_recursion"),
    ("ZeroDivisionError", "", "divided_by_zero"),
    ("OverflowError", "", "too_large_for_python"),
)
"""An exception's type, a pattern for its message, and the mistake; the first match counts. Some of
these differ only in Python's or numpy's message; if it is reworded, only the hint is lost."""


def errors(evidence: Evidence) -> Diagnosis | None:
    """Detect a kind of error that at least half of the wrong calls raised."""
    raised = [
        mismatch.outcome.error
        for mismatch in evidence.failing
        if mismatch.outcome.status is Status.RAISED and not is_about_arguments(mismatch)
    ]
    kinds = Counter(kind for kind in map(_kind, filter(None, raised)) if kind)
    if not kinds:
        return None
    kind, count = kinds.most_common(1)[0]
    if count < _SHARE * len(evidence.failing):
        return None
    return named(kind, arguments=_arguments(evidence))


def _kind(error: StudentError) -> str | None:
    if not error.builtin:
        return None
    if error.refuses_call:
        return "wrong_parameters"
    for type, message, kind in _KINDS:
        if error.type == type and re.search(message, error.message):
            return kind
    return None


def _arguments(evidence: Evidence) -> str:
    """The arguments with the shapes of a public case; without one, with their numbers of axes."""
    for case, public in zip(evidence.cases, evidence.public, strict=True):
        if public:
            return ", ".join(f"{n} {np.shape(value)}" for n, value in case.arguments.items())
    return _axes(evidence.cases[0])


def _axes(case: Case) -> str:
    words = {0: "a number", 1: "a vector (one axis)", 2: "a matrix (two axes)"}
    return ", ".join(
        f"{name} {words.get(np.ndim(value), f'an array of {np.ndim(value)} axes')}"
        for name, value in case.arguments.items()
    )


# --- which inputs ---------------------------------------------------------------------------------


def whole_number_arguments(evidence: Evidence) -> Diagnosis | None:
    """Detect that exactly the cases with an array of integers as an argument are wrong."""
    whole = all(_has_integers(mismatch.case) for mismatch in evidence.failing)
    if whole and evidence.passing and not any(map(_has_integers, evidence.passing)):
        return named("whole_number_arguments")
    return None


def special_argument(evidence: Evidence) -> Diagnosis | None:
    """Detect that exactly the cases are right in which one argument is special in some way."""
    if not evidence.passing:
        return None
    right = [mismatch is None for mismatch in evidence.mismatches]
    for name, value in evidence.cases[0].arguments.items():
        # A vector of one number is not evidence: a probability on its own, for one, is always 1.
        if np.ndim(value) and all(np.size(case.arguments[name]) < 2 for case in evidence.passing):
            continue
        for label, words, is_special in _SPECIAL_ARRAYS if np.ndim(value) else _SPECIAL_NUMBERS:
            special = [
                bool(np.all(is_special(np.asarray(case.arguments[name]))))
                for case in evidence.cases
            ]
            if special == right:
                return named("special_argument", label, argument=name, words=words)
    return None


_SPECIAL_ARRAYS: tuple[tuple[str, str, Callable[[Array], npt.ArrayLike]], ...] = (
    ("zeros_and_ones_only", "holds only zeros and ones", lambda a: np.isin(a, (0, 1))),
    ("one_number_only", "has only one number that is not 0", lambda a: np.count_nonzero(a) < 2),
    ("no_zero_only", "has no number that is 0", lambda a: a != 0),
    ("different_numbers_only", "has no number twice", lambda a: np.unique(a).size == a.size),
)
_SPECIAL_NUMBERS: tuple[tuple[str, str, Callable[[Array], npt.ArrayLike]], ...] = (
    ("one_only", "is 1", lambda a: a == 1),
    ("zero_and_one_only", "is 0 or 1", lambda a: np.isin(a, (0, 1))),
)


def mixed_sizes(evidence: Evidence) -> Diagnosis | None:
    """Detect that exactly the cases are right, or wrong, in which two sizes are equal."""
    if not evidence.passing:
        return None
    right = [mismatch is None for mismatch in evidence.mismatches]
    for one, other in combinations(sides_of(evidence.cases[0]), 2):
        same = [size_of(case, one) == size_of(case, other) for case in evidence.cases]
        several = [size_of(case, one) > 1 for case in evidence.cases]
        if not any(np.logical_and(same, several)):
            continue
        if same == right:
            return named("sizes_mixed_up")
        if same == [not one for one in right]:
            return named("wrong_for_equal_sizes")
    return None


def one_size(evidence: Evidence) -> Diagnosis | None:
    """Detect that all right cases have the same sizes, and all wrong cases have others.

    None if a right case has an axis of length 1: many mistakes do not show there.
    """
    right = {_shapes(case) for case in evidence.passing}
    if any(1 in shape for shapes in right for shape in shapes):
        return None
    wrong = {_shapes(mismatch.case) for mismatch in evidence.failing}
    if len(right) == 1 and len(wrong) > 1 and not right & wrong and len(evidence.passing) > 1:
        return named("one_size_only")
    return None


def one_example(evidence: Evidence) -> Diagnosis | None:
    """Detect that only the numbers of one example are right, and others of the same sizes wrong.

    Right cases with an axis of length 1 do not count: many mistakes do not show there.
    """
    right = [case for case in evidence.passing if all(1 not in one for one in _shapes(case))]
    wrong = {_shapes(mismatch.case) for mismatch in evidence.failing}
    if len(right) > 1 and _shapes(right[0]) in wrong:
        alike = all(same_arguments(right[0], case) for case in right)
        return named("one_example_only") if alike else None
    return None


def _has_integers(case: Case) -> bool:
    values = case.arguments.values()
    return any(isinstance(value, np.ndarray) and value.dtype.kind in "biu" for value in values)


def _shapes(case: Case) -> tuple[tuple[int, ...], ...]:
    return tuple(np.shape(value) for value in case.arguments.values())
