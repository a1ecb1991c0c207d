"""Makes what an exercise forbids raise an error when the student's code calls it.

Functions are replaced by guards before the student's files run, so `from numpy.linalg import inv`
imports a guard too. A guard raises only in a call of an exercise that forbids the function, and
only if the student's own code calls it: numpy's functions may call one another. An exercise that
the current one may use may itself call it, and so may the course's support files.

Classes, methods and operators cannot be replaced; the grader finds these in the text.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import WRAPPER_ASSIGNMENTS
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from autograder.sandbox.guest.protocol import Rule


class NotAllowed(RuntimeError):
    """Raised by a guard."""


_NOTHING = Rule((), ())


def refusal(name: str) -> str:
    """The message of a guard. The grader recognises it, to say where the function is called."""
    return f"{name} is not allowed here; write it without"


class Guards:
    """The guards of one submission's process."""

    def __init__(
        self, rules: Mapping[str, Rule], builtins: dict[str, Any], support: Collection[str]
    ) -> None:
        """Install guards for `rules`, which are by exercise. Names of no function are ignored.

        `builtins` are those of the student's code and of the `support` files, given by the file
        names under which they were compiled; other code has its own.
        """
        self._rules = rules
        self._builtins = builtins
        self._support = support
        self._now = _NOTHING
        names = dict.fromkeys(name for rule in rules.values() for name in rule.names)
        guards: dict[int, Any] = {}
        tops = set()
        for name in names:
            top, dot, _ = name.partition(".")
            if not dot:
                self._guard_builtin(name)
            elif top:  # not a method
                tops.add(top)
                for function in _functions(name):
                    guards.setdefault(id(function), self._guard(function, name))
        _replace(guards, tops)

    def begin(self, function: str) -> None:
        """Apply the rule of this exercise, until `end`."""
        self._now = self._rules.get(function, _NOTHING)

    def end(self) -> None:
        """Apply no rule: files may run, and they are not part of any exercise."""
        self._now = _NOTHING

    def _guard_builtin(self, name: str) -> None:
        function = self._builtins.get(name)
        if callable(function) and not isinstance(function, type):
            self._builtins[name] = self._guard(function, name)

    def _guard(self, function: Callable[..., Any], name: str) -> Any:
        def check(caller: FrameType) -> None:
            if name in self._now.names and self._is_refused(caller):
                raise NotAllowed(refusal(name))

        if isinstance(function, np.ufunc):
            return _Guarded(function, check)

        def guarded(*arguments: Any, **named: Any) -> Any:
            check(sys._getframe(1))
            return function(*arguments, **named)

        for one in WRAPPER_ASSIGNMENTS:  # not functools.wraps, which adds the function itself
            if hasattr(function, one):
                setattr(guarded, one, getattr(function, one))
        return guarded

    def _is_refused(self, caller: FrameType) -> bool:
        """Whether the student's code calls, and not for an exercise that may call it."""
        if not self._is_students(caller):
            return False
        frame: FrameType | None = caller
        while frame is not None:
            if frame.f_code.co_name in self._now.uses and self._is_students(frame):
                return False
            frame = frame.f_back
        return True

    def _is_students(self, frame: FrameType) -> bool:
        own = frame.f_builtins is self._builtins
        return own and frame.f_code.co_filename not in self._support


class _Guarded:
    """A ufunc with a guard. Its methods, such as `reduce`, are guarded too."""

    def __init__(self, function: np.ufunc, check: Callable[[FrameType], None]) -> None:
        self._function, self._check = function, check

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self._check(sys._getframe(1))
        return self._function(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            self._check(sys._getframe(1))
        return getattr(self._function, name)

    def __repr__(self) -> str:
        return repr(self._function)


def _functions(name: str) -> Iterator[Callable[..., Any]]:
    """The functions of this dotted name: the one, or all public ones of a module."""
    found = _named(name)
    if isinstance(found, ModuleType):
        public = getattr(found, "__all__", [one for one in vars(found) if one[:1] != "_"])
        inside: Iterable[Any] = (getattr(found, one, None) for one in public)
    else:
        inside = [found]
    for one in inside:
        if callable(one) and not isinstance(one, type):
            yield one


def _named(name: str) -> Any:
    """What the dotted name refers to; None if there is no such thing here."""
    top, *rest = name.split(".")
    try:
        path, found = top, importlib.import_module(top)
        for one in rest:
            path = f"{path}.{one}"
            if isinstance(found, ModuleType) and one not in vars(found):
                found = importlib.import_module(path)
            else:
                found = getattr(found, one)
    except (ImportError, AttributeError):
        return None
    return found


def _replace(guards: Mapping[int, Any], tops: Collection[str]) -> None:
    """Replace functions, given by identity, in all modules of these packages.

    numpy has many of its functions in several modules, some of them private.
    """
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in tops:
            names = vars(module)
            for key in [key for key, value in names.items() if id(value) in guards]:
                names[key] = guards[id(names[key])]
