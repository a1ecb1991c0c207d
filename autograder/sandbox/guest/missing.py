"""A placeholder for a package that is not available where code is graded.

Importing it is not an error, since most such imports are never used. While files are being run, it
silently accepts any use, so that code at the top of a file does not stop the file; during a call of
a graded function the first use raises ModuleNotFoundError.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, FunctionType
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.guest.cells import python_of
from autograder.sandbox.guest.standins import names_wanted

_OPERATORS = """
    add sub mul truediv floordiv mod pow matmul and or xor lshift rshift
    radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul rand ror rxor neg pos abs invert getitem
"""
_CATCHES = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "suppress"}
_DECORATORS = {"jit", "njit", "compile", "no_grad", "inference_mode", "typechecked", "beartype"}
"""Last names of decorators that do not change a function's results, only its speed or checks."""
_MOST_CONDITIONS = 10_000
"""How often placeholders may be tested for truth, so that a loop on one does not run forever."""


class _Phase:
    calling = False
    asked = 0


def begin_call() -> None:
    """Note that a graded function runs from here on, so that any use of a placeholder raises."""
    _Phase.calling = True


@contextmanager
def running_files() -> Iterator[None]:
    """Note that files are run within this context, so that placeholders accept any use."""
    before, _Phase.calling = _Phase.calling, False
    try:
        yield
    finally:
        _Phase.calling = before


class Missing:
    """A missing package, or a module or name inside it."""

    def __init__(self, path: str) -> None:
        self.__dict__["_Missing__path"] = path

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "not available here"
        if name == "__all__":
            return []
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Missing(f"{self.__path}.{name}")

    def __used(self, value: Any = None) -> Any:
        if _Phase.calling:
            self.__fail()
        return self if value is None else value

    def __fail(self) -> NoReturn:
        top = self.__path.partition(".")[0]
        raise ModuleNotFoundError(f"package {top} is not available here", name=top)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        last = self.__path.rpartition(".")[2]
        if last in _DECORATORS and [type(each) for each in arguments] == [FunctionType]:
            return arguments[0]
        return self.__used()

    def __setitem__(self, index: Any, value: Any) -> None:
        self.__used()

    def __iter__(self) -> Iterator[Any]:
        self.__used()
        return iter([self] * names_wanted(0))

    def __len__(self) -> int:
        return int(self.__used(0))

    def __bool__(self) -> bool:
        _Phase.asked += 1
        if _Phase.asked > _MOST_CONDITIONS:
            self.__fail()
        return bool(self.__used(False))

    def __contains__(self, value: Any) -> bool:
        return bool(self.__used(False))

    def __float__(self) -> float:
        return float(self.__used(0.0))

    def __int__(self) -> int:
        return int(self.__used(0))

    __index__ = __int__

    def __lt__(self, other: Any) -> bool:
        return bool(self.__used(False))

    __gt__ = __le__ = __ge__ = __lt__
    __hash__ = object.__hash__

    def __eq__(self, other: Any) -> bool:
        return self is other or bool(self.__used(False))

    def __format__(self, form: str) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"<{self.__path} is not available here>"

    __repr__ = __str__

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self.__used()
        return np.zeros(0)

    def __array_ufunc__(self, *arguments: Any, **named: Any) -> Any:
        return self.__used()

    def __enter__(self) -> Any:
        return self.__used()

    def __exit__(self, *raised: object) -> None:
        """Do nothing."""

    def __await__(self) -> Iterator[Any]:
        self.__used()
        return iter(())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return ()

    def __instancecheck__(self, value: Any) -> bool:
        return False

    def __subclasscheck__(self, value: Any) -> bool:
        return False

    def _operator(self, *operands: Any) -> Any:
        return self.__used()


for _name in _OPERATORS.split():
    setattr(Missing, f"__{_name}__", Missing._operator)


def is_missing(value: object) -> bool:
    return type(value) is Missing


def package(name: str, wanted: Sequence[str], frame: FrameType) -> Any:
    """The placeholder for `import name` or `from name import wanted`; None if it should raise.

    It should raise if the importing code handles that itself: `try: … except ImportError: …`.
    """
    at: FrameType | None = frame
    while at is not None and at.f_code.co_filename in linecache.cache:
        if _is_prepared(at.f_code.co_filename, at.f_lineno):
            return None
        at = at.f_back
    return Missing(name if wanted else name.partition(".")[0])


def _is_prepared(filename: str, line: int) -> bool:
    text = "".join(linecache.getlines(filename))
    if "except" not in text and "suppress" not in text:
        return False
    for is_special in (False, True):
        try:
            tree = ast.parse(python_of(text) if is_special else text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        return any(_catches(node, line) for node in ast.walk(tree))
    return False


def _catches(node: ast.AST, line: int) -> bool:
    """Whether the node catches an ImportError that is raised on this line."""
    if isinstance(node, ast.With):
        kinds: list[ast.AST | None] = [item.context_expr for item in node.items]
        if not any("suppress" in ast.dump(kind) for kind in kinds if kind):
            return False
    elif isinstance(node, ast.Try):
        kinds = [handler.type for handler in node.handlers]
    else:
        return False
    within = any(one.lineno <= line <= (one.end_lineno or 0) for one in node.body)
    return within and any(
        kind is None
        or any(
            getattr(each, "id", getattr(each, "attr", "")) in _CATCHES for each in ast.walk(kind)
        )
        for kind in kinds
    )
