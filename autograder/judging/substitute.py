"""Runs a reference on top of other functions, such as a student's, and on other data.

Whether answers follow from earlier functions is found out with these; see follow_through.py. The
other functions may give promises of their answers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import FunctionType
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograder.answer_key.inputs import copy_arguments
from autograder.answer_key.trusted_modules import Function
from autograder.compare import changed_arguments
from autograder.diagnosis.evidence import agrees
from autograder.errors import SandboxError
from autograder.model.course import Case
from autograder.model.report import GroupResult
from autograder.model.submission import Outcome
from autograder.model.values import Array, Value


def substituted(reference: Function, given: Mapping[str, Function]) -> Function | None:
    """A copy of the reference that calls the functions `given` in place of those of its module.

    The module's other functions are copied as well, so that they call them, too. None if
    `reference` is not a plain Python function.
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
    """Whether each answer is that of the reference when it is built on the functions `given`."""
    function = substituted(reference, given)
    if function is None:
        return False
    pairs = zip(result.cases, result.outcomes, strict=True)
    return all(agrees_with(function, case, outcome) for case, outcome in pairs)


def data_matter(result: GroupResult, reference: Function, given: Mapping[str, Function]) -> bool:
    """Whether the reference, built on the functions `given`, gives other answers for other data.

    If not, these functions drop what the exercise's answer should depend on, and agreeing with them
    proves nothing. The other data are shifted ones. If the order of the numbers does not matter to
    the reference itself, as in a variance or a norm, the functions `given` get changed numbers
    instead, while the reference keeps its own.
    """
    function = substituted(reference, given)
    pairs = list(zip(result.cases, result.outcomes, strict=True))
    if function is None:
        return True
    if not all(agrees_with(function, shifted(case), outcome) for case, outcome in pairs):
        return True
    right = [(case, replace(outcome, value=case.expected)) for case, outcome in pairs]
    if not all(agrees_with(reference, shifted(case), outcome) for case, outcome in right):
        return False
    for change in CHANGES:
        changed = substituted(reference, {name: _after(change, one) for name, one in given.items()})
        for case, outcome in pairs:
            other = None if changed is None else _computed(changed, case)
            if other is None or outcome.value is None:
                continue  # an error shows only that the function is not defined there
            if not agrees(outcome.value, other, case.tolerance):
                return True
    return False


def shifted(case: Case) -> Case:
    """The case with other data: each array is shifted along its last axis.

    Of several arrays, the first one of the answer's shape is kept. The others are shifted by one
    place, two places and so on, since shifting two by the same amount could leave their product
    unchanged. Shifted data look like ordinary inputs, so a function cannot tell that it is being
    tested. Without arrays, floats are made a little larger instead.
    """
    arrays = [name for name, value in case.arguments.items() if np.ndim(value)]
    starts = [name for name in arrays if np.shape(case.arguments[name]) == case.expected.shape]
    kept = starts[:1] if len(arrays) > 1 else []
    others = (name for name in arrays if name not in kept)
    shifted: dict[str, Value] = {
        name: np.roll(case.arguments[name], places, axis=-1)
        for places, name in enumerate(others, 1)
    }
    if not arrays:
        floats = {name: one for name, one in case.arguments.items() if isinstance(one, float)}
        shifted = {name: _grown(value) for name, value in floats.items()}
    return replace(case, arguments={**case.arguments, **shifted}, keeps_arguments=False)


def _blended(value: Any) -> Any:
    """Arrays with other numbers from the same range, along the last axis.

    Floats become means of neighbours, so that sums, and thus probabilities, are kept. Of whole
    numbers, which may be labels, the last ones become equal to the first.
    """
    if not isinstance(value, np.ndarray) or not value.size or not value.ndim:
        return value
    if value.dtype.kind in "fc":
        return (value + np.roll(value, 1, axis=-1)) / 2
    other = value.copy()
    other[..., -1] = other[..., 0]
    return other


def _grown(value: Any) -> Any:
    """Floats, also in arrays, lists and tuples, 10% and 0.1 larger; whole numbers larger by 1."""
    if isinstance(value, list | tuple):
        return type(value)(map(_grown, value)) if type(value) in (list, tuple) else value
    kind = np.asarray(value).dtype.kind if isinstance(value, int | float | np.ndarray) else ""
    if kind in ("f", "c"):
        return 1.1 * value + 0.1
    return value + 1 if kind in ("i", "u") else value


CHANGES: tuple[Callable[[Any], Any], ...] = (_blended, _grown)
"""Ways to change an argument that a function notices even if it ignores the order of an array: a
mean notices the second, a function of ratios the first."""


def changed_by(case: Case, change: Callable[[Any], Any]) -> Case:
    """The case with each argument changed."""
    return replace(
        case,
        arguments={name: change(value) for name, value in case.arguments.items()},
        keeps_arguments=False,
    )


def _after(change: Callable[[Any], Any], function: Function) -> Function:
    return lambda *arguments: function(*map(change, map(kept, arguments)))


def agrees_with(function: Function, case: Case, outcome: Outcome) -> bool:
    """Whether the function gives the outcome's answer to the case, within its tolerance."""
    if outcome.value is None or (case.keeps_arguments and changed_arguments(case, outcome)):
        return False
    answer = _computed(function, case)
    return answer is not None and agrees(outcome.value, answer, case.tolerance)


def _computed(function: Function, case: Case) -> Array | None:
    """The function's answer to the case; None if it fails, or gives anything but finite numbers."""
    arguments = copy_arguments(case.arguments)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = np.asarray(function(*arguments))
    except SandboxError:
        raise
    except Exception:  # a student's wrong value may make the reference raise anything
        return None
    return answer if answer.dtype.kind in "biuf" and np.isfinite(answer).all() else None


# --- answers that are not known yet ---------------------------------------------------------------


class Promise(NDArrayOperatorsMixin):
    """Stands for the array that `find` returns; arithmetic with it gives other promises.

    `find` is called at the first use that needs the numbers: an index, an attribute, a condition,
    or numpy making an array of it. Several promises can so be made before the first one is kept.
    Assigning to an element changes only this promise's array, not the promises made from it.
    """

    def __init__(self, find: Callable[[], Array]) -> None:
        self._find = find
        self._found: Array | None = None

    def keep(self) -> Array:
        """The array."""
        if self._found is None:
            self._found = self._find()
        return self._found

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        return _later(getattr(ufunc, method), inputs, settings)

    def __array_function__(self, function: Any, types: Any, given: Any, settings: Any) -> Any:
        return _later(function, given, settings)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.keep(), dtype)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.keep(), name)

    def __getitem__(self, index: Any) -> Any:
        return self.keep()[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self.keep()[index] = kept(value)

    def __len__(self) -> int:
        return len(self.keep())

    def __bool__(self) -> bool:
        return bool(self.keep())

    def __float__(self) -> float:
        return float(self.keep())

    def __index__(self) -> int:
        return int(self.keep())


def _later(function: Callable[..., Any], given: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    """The call's result: a promise, or where it writes into an array, the result itself."""
    call = partial(_now, function, given, settings)
    return call() if "out" in settings else Promise(call)


def _now(function: Callable[..., Any], given: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    return function(*map(kept, given), **{name: kept(one) for name, one in settings.items()})


def kept(value: Any) -> Any:
    """The value, with the arrays themselves in place of promises."""
    if isinstance(value, Promise):
        return value.keep()
    if isinstance(value, list | tuple):
        return type(value)(map(kept, value)) if type(value) in (list, tuple) else value
    return value
