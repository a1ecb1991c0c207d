"""An array that is not known yet, to compute with until its numbers are needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograder.model.values import Array


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
