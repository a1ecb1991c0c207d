"""The values that functions take and return: arrays, numbers, and plain data."""

from __future__ import annotations

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
    str or int keys) or set of such values. Every part has exactly one of these types, never a
    subclass, even if it came from a student: no part carries code of its own.
    """

    value: Any


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
    """One operation on the value that a function returned."""

    kind: str
    """`call` it, call its `method`, read its `attribute`, or `take` its first values."""
    name: str = ""
    count: int = 0
    arguments: tuple[str, ...] = ()
    """The names of the case's arguments that a `call` or `method` step passes."""

    def __str__(self) -> str:
        listed = f"({', '.join(self.arguments)})"
        words = {"call": listed, "method": self.name + listed, "attribute": self.name}
        return words.get(self.kind, f"first {self.count}")


Value = Array | float | int | Data | SupportFunction | Seeded
"""The types of arguments that a function may be called with."""
