"""Rebuilds a reference on other functions, and compares what it then answers with a student's."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from types import FunctionType
from typing import Any

import numpy as np

from autograder.answer_key.trusted_modules import Function
from autograder.compare import changed_arguments
from autograder.diagnosis.evidence import agrees
from autograder.errors import SandboxError
from autograder.model import Case, GroupResult, Outcome


def built_on(reference: Function, given: Mapping[str, Function]) -> Function | None:
    """The reference with the functions of its module's globals replaced by those `given`.

    The other functions of its module see them too. None for what is no plain function.
    """
    if not isinstance(reference, FunctionType):
        return None
    names = dict(reference.__globals__)
    for name, value in reference.__globals__.items():
        if isinstance(value, FunctionType) and value.__globals__ is reference.__globals__:
            names[name] = _over(value, names)
    names.update(given)
    return _over(reference, names)


def _over(function: FunctionType, names: dict[str, Any]) -> FunctionType:
    copy = FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def answers_follow(result: GroupResult, reference: Function, given: Mapping[str, Function]) -> bool:
    """Whether each answer is the reference's, had it been built on the functions `given`."""
    function = built_on(reference, given)
    if function is None:
        return False
    pairs = zip(result.cases, result.outcomes, strict=True)
    return all(_answers(function, case, outcome) for case, outcome in pairs)


def data_matter(result: GroupResult, reference: Function, given: Mapping[str, Function]) -> bool:
    """Whether other data would have led to other answers.

    If not, the functions keep out of what they lead to all that was asked for, and to have followed
    from them shows nothing.
    """
    function = built_on(reference, given)
    pairs = zip(result.cases, result.outcomes, strict=True)
    return function is None or not all(
        _answers(function, _with_other_data(case), outcome) for case, outcome in pairs
    )


def _with_other_data(case: Case) -> Case:
    """The case with its arrays shifted, all but the one that the answer starts from.

    Of several arrays that is the first one of the answer's shape. The others are shifted by one
    place, two places and so on: together, a product of two would stay what it was. Shifted numbers
    do not look like a trial.
    """
    arrays = [name for name, value in case.arguments.items() if np.ndim(value)]
    starts = [name for name in arrays if np.shape(case.arguments[name]) == case.expected.shape]
    kept = starts[:1] if len(arrays) > 1 else []
    others = (name for name in arrays if name not in kept)
    shifted = {
        name: np.roll(case.arguments[name], places, axis=-1)
        for places, name in enumerate(others, 1)
    }
    return replace(case, arguments={**case.arguments, **shifted}, keeps_arguments=False)


def _answers(function: Function, case: Case, outcome: Outcome) -> bool:
    if outcome.value is None or (case.keeps_arguments and changed_arguments(case, outcome)):
        return False
    arguments = [
        value.copy(order="K") if isinstance(value, np.ndarray) else value
        for value in case.arguments.values()
    ]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = np.asarray(function(*arguments))
    except SandboxError:
        raise
    except Exception:  # the reference may fail in any way on what a student's function returned
        return False
    if answer.dtype.kind not in "biuf" or not np.isfinite(answer).all():
        return False
    return agrees(outcome.value, answer, case.tolerance)
