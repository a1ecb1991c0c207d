"""The values that functions take and return: arrays, numbers, and plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_DEPTH = 12
"""The nesting depth allowed for lists, tuples, dicts and sets in a course's inputs and answers."""

MOST_RESULT_BYTES = 64 << 20
"""The size limit for an array that a student's function returns."""

Array = npt.NDArray[Any]


class _NoNumbers:
    """Base class of values that numpy sees as one object, with no numbers to find patterns in."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = np.empty((), dtype=object)
        array[()] = self
        return array


@dataclass(frozen=True, eq=False)
class Data(_NoNumbers):
    """Plain data that is not simply one array of numbers.

    None, a bool, str, int of any size, float, complex number or array; or a list, tuple, dict (with
    str or int keys) or set of such values, where sets in a set are frozensets. Every part has
    exactly one of these types, never a subclass, even if it came from a student: no part carries
    code of its own.
    """

    value: Any


def set_of(parts: Iterable[Any]) -> set[Any]:
    """Return the set of these plain data. Raises TypeError if a set cannot hold one of them."""
    # Keep equal to guest/values.py: the student's process cannot import this module.
    return set(map(_element, parts))


def _element(part: Any) -> Any:
    if isinstance(part, tuple):
        return tuple(map(_element, part))
    return frozenset(part) if isinstance(part, set) else part


@dataclass(frozen=True)
class SupportFunction(_NoNumbers):
    """A function in one of the course's support files; it runs in the student's process."""

    module: str
    name: str


@dataclass(frozen=True)
class Seeded(_NoNumbers):
    """A numpy.random.Generator that is created anew from this seed for each call."""

    seed: int


@dataclass(frozen=True)
class Step:
    """One operation on the value that a function returned, or on an argument that it changed."""

    kind: str
    """`call` it, call its `method`, read its `attribute`, `take` its first values, or read an
    `argument`."""
    name: str = ""
    count: int = 0
    arguments: tuple[str, ...] = ()
    """The names of the case's arguments that a `call` or `method` step passes, or the one to
    read."""

    def __str__(self) -> str:
        listed = f"({', '.join(self.arguments)})"
        words = {"call": listed, "method": self.name + listed, "attribute": self.name}
        words["argument"] = f"the argument {self.name}"
        return words.get(self.kind, f"first {self.count}")


Value = Array | float | int | Data | SupportFunction | Seeded
"""The types of arguments that a function may be called with."""
