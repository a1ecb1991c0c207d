"""The values that functions are called with and return: arrays, numbers, and plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_DEPTH = 12
"""How deep lists, tuples, dicts and sets may be nested in what a course draws or answers."""

MOST_RESULT_BYTES = 64 << 20
"""Of an array that a student's function may return."""

Array = npt.NDArray[Any]


class _NoNumbers:
    """To numpy a single thing: whatever looks for patterns in numbers finds none in it."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = np.empty((), dtype=object)
        array[()] = self
        return array


@dataclass(frozen=True, eq=False)
class Data(_NoNumbers):
    """Plain data that is not one array of numbers.

    None, a bool, a text, an int of any size, a float, a complex number, an array; or a list, tuple,
    dict (with keys that are text or ints) or set of such values. Every part is of exactly that
    type, whoever it came from: nothing in it has code of its own.
    """

    value: Any


@dataclass(frozen=True)
class SupportFunction(_NoNumbers):
    """A function of one of the course's support files, which runs in the student's process."""

    module: str
    name: str


@dataclass(frozen=True)
class Seeded(_NoNumbers):
    """A numpy.random.Generator, made afresh from this seed for each call."""

    seed: int


@dataclass(frozen=True)
class Step:
    """One thing that is done with what a function returned."""

    kind: str
    """`call` it, call its `method`, read its `attribute`, or `take` its first values."""
    name: str = ""
    count: int = 0
    arguments: tuple[str, ...] = ()
    """The names of the values that it is called with, as the recipe draws them."""

    def __str__(self) -> str:
        listed = f"({', '.join(self.arguments)})"
        words = {"call": listed, "method": self.name + listed, "attribute": self.name}
        return words.get(self.kind, f"first {self.count}")


Value = Array | float | int | Data | SupportFunction | Seeded
"""What a function may be called with."""
