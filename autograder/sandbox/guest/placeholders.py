"""Placeholders for names that cannot be imported where code is graded.

A missing package, or a name that a file of the submission does not define, becomes a placeholder.
Importing it is not an error, since most such imports are never used. While files are being run, it
silently accepts any use, so that code at the top of a file does not stop the file; during a call of
a graded function the first use raises ModuleNotFoundError or NameError.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, FunctionType
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.guest.cells import python_of
from autograder.sandbox.guest.standins import Nothing

_CATCHES = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "suppress"}
_TRANSFORMS = {"grad", "value_and_grad", "jacfwd", "jacrev", "jacobian", "hessian", "vmap", "pmap"}
_TRANSFORMS |= {"vectorize", "guvectorize", "delayed", "remote", "task"}
"""Last names of decorators whose function returns something else than the one they are given."""
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


class Missing(Nothing):
    """A missing package, or a module or name inside it."""

    _length = 0

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

    def _used(self, value: Any = None) -> Any:
        if _Phase.calling:
            self._fail()
        return super()._used(value)

    def _fail(self) -> NoReturn:
        top = self.__path.partition(".")[0]
        raise ModuleNotFoundError(f"package {top} is not available here", name=top)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if [type(each) for each in arguments] == [FunctionType]:
            (function,) = arguments
            is_transform = self.__path.rpartition(".")[2] in _TRANSFORMS
            # A decorator is called before the name of its function is bound.
            if (
                not is_transform
                and sys._getframe(1).f_locals.get(function.__name__) is not function
            ):
                return function
        return self._used()

    def __bool__(self) -> bool:
        _Phase.asked += 1
        if _Phase.asked > _MOST_CONDITIONS:
            self._fail()
        return bool(self._used(False))

    def __contains__(self, value: Any) -> bool:
        return bool(self._used(False))

    __hash__ = object.__hash__

    def __eq__(self, other: Any) -> bool:
        return self is other or bool(self._used(False))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self._used()
        return np.zeros(0)

    def __array_ufunc__(self, *arguments: Any, **named: Any) -> Any:
        return self._used()

    def __repr__(self) -> str:
        return f"<{self.__path} is not available here>"


def is_missing(value: object) -> bool:
    return type(value) is Missing


class Undefined(Missing):
    """A name that a file of the submission should define and does not.

    `why` returns the message of the NameError.
    """

    def __init__(self, name: str, why: Callable[[], str]) -> None:
        super().__init__(name)
        self.__dict__["_why"] = why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def _fail(self) -> NoReturn:
        raise NameError(self._why())


def is_undefined(value: object) -> bool:
    return type(value) is Undefined


def undefined(module: str, name: str, defined: Sequence[str] | None) -> Undefined:
    """The placeholder for a name that files import from `module`, which does not define it.

    `defined` has the names that the module does define; None if its file stopped early or was not
    submitted.
    """

    def why() -> str:
        if defined is None:
            return f"{name} is not defined: {module} stopped early or was not submitted"
        from difflib import get_close_matches  # only here: it is rarely needed

        alike = get_close_matches(name, defined, 1)
        hint = f"; did you mean {alike[0]}?" if alike else ""
        return f"{module} does not define {name}{hint}"

    return Undefined(name, why)


def placeholder(name: str, wanted: Sequence[str], frame: FrameType) -> Any:
    """The placeholder for `import name` or `from name import wanted`; None if it should raise."""
    if is_prepared(frame):
        return None
    return Missing(name if wanted else name.partition(".")[0])


def is_prepared(frame: FrameType) -> bool:
    """Whether the importing code handles an ImportError: `try: … except ImportError: …`."""
    at: FrameType | None = frame
    while at is not None and at.f_code.co_filename in linecache.cache:
        if _catches_import_error(at.f_code.co_filename, at.f_lineno):
            return True
        at = at.f_back
    return False


def _catches_import_error(filename: str, line: int) -> bool:
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
