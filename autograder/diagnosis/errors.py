"""Explains calls that stopped with an error: what it means here, and what to do."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from autograder.diagnosis.call_behaviour import is_about_arguments
from autograder.diagnosis.evidence import Diagnosis, Evidence
from autograder.diagnosis.hints import named
from autograder.model import Case, Status, StudentError

_SHARE = 0.5

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
    ("UFuncTypeError", "", "whole_number_array_written"),
    ("_UFuncOutputCastingError", "", "whole_number_array_written"),
    ("_UFuncInputCastingError", "", "whole_number_array_written"),
    ("_UFuncNoLoopError", "", "number_wanted"),
    ("UnboundLocalError", "", "name_not_defined"),
    ("NameError", "", "name_not_defined"),
    ("KeyError", "", "key_not_there"),
    ("RecursionError", "", "endless_recursion"),
    ("ZeroDivisionError", "", "divided_by_zero"),
    ("OverflowError", "", "too_large_for_python"),
)
"""An exception's type, what its message holds, and the mistake. The message is Python's or numpy's:
it is the only thing that tells some of these apart, and a rewording costs no more than the hint."""


def errors(evidence: Evidence) -> Diagnosis | None:
    """The kind of error with which at least half of the wrong calls stopped.

    Any other error, or answer, in more than half of the wrong calls would refute it.
    """
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
    return named(kind, arguments=_shapes(evidence))


def _kind(error: StudentError) -> str | None:
    if not error.builtin:
        return None
    for type, message, kind in _KINDS:
        if error.type == type and re.search(message, error.message):
            return kind
    return None


def _shapes(evidence: Evidence) -> str:
    """The arguments with their shapes, of a public case only, else with their axes."""
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
