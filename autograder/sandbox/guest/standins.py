"""Inert stand-ins for what draws, displays or grades, so that notebooks run without it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from opcode import opmap
from types import ModuleType
from typing import Any

import numpy as np

# autograder: the tests for otter that lie beside the exercises import it. google: google.colab.
NAMES = (
    "IPython",
    "autograder",
    "google",
    "ipywidgets",
    "matplotlib",
    "mpl_toolkits",
    "otter",
    "seaborn",
)
_UNPACKING = {opmap["UNPACK_SEQUENCE"], opmap["UNPACK_EX"]}
_OPERATORS = """
    add sub mul truediv floordiv mod pow matmul and or xor
    radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul rand ror rxor neg pos abs
"""


class Nothing:
    """Takes any call, attribute, index, operator or `with`, and gives nothing back."""

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, index: Any) -> Nothing:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Nothing]:
        return iter([self] * _wanted())

    def __len__(self) -> int:
        return 2

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        # numpy would look for numbers ever deeper in it: it has a length, and so has each entry.
        array = np.empty(len(self), object)
        array.fill(self)
        return array

    # numpy leaves `array * nothing` to the operators below.
    __array_ufunc__ = None

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def __repr__(self) -> str:
        return "nothing: there is no display here"


def _wanted() -> int:
    """How many entries the statement that iterates over nothing has names for; 2 elsewhere.

    `figure, (left, right) = plt.subplots(1, 2)`, `n, bins, patches = plt.hist(x)`, `line, = ...`
    """
    frame = sys._getframe(2)
    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at + 1] if code[at] in _UNPACKING else 2


for _name in _OPERATORS.split():
    setattr(Nothing, f"__{_name}__", Nothing.__call__)

NOTHING = Nothing()
NOTEBOOK_NAMES = {"display": NOTHING, "get_ipython": NOTHING}


class _StandIn(ModuleType):
    __path__ = ()  # type: ignore[assignment]  # nothing lies in it

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return NOTHING


class Finder:
    """Finds a stand-in for the names above and whatever is said to lie within them."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] not in NAMES:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""
