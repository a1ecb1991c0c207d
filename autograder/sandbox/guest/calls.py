"""Calls a student's function and reports the result."""

from __future__ import annotations

import contextlib
import copy
import gc
import itertools
import json
import random
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from autograder.sandbox.guest import UNWRITTEN_BYTE, surroundings
from autograder.sandbox.guest.errors import Allowance, TooLong, type_name
from autograder.sandbox.guest.modules import Modules, is_stub
from autograder.sandbox.guest.placeholders import begin_call, is_undefined
from autograder.sandbox.guest.protocol import (
    Answer,
    Call,
    Failure,
    File,
    Request,
    Rule,
    Step,
)
from autograder.sandbox.guest.values import (
    DTYPES,
    MOST_RESULT_BYTES,
    Function,
    Generator,
    NotPlain,
    TooMuch,
    is_masked,
    pack_data,
)

# Saved at import, so that a student's code that later replaces numpy's own cannot affect us.
_asarray, _ndarray, _empty = np.asarray, np.ndarray, np.empty
_byte = np.dtype(np.uint8)
_plain = {np.dtype(code) for code in DTYPES} | {np.dtype(np.longdouble), np.dtype(np.clongdouble)}
_print_options = np.get_printoptions()
_seed, _seed_numpy = random.seed, np.random.seed
_set_trace, _set_profile, _set_depth = sys.settrace, sys.setprofile, sys.setrecursionlimit
_filters, _reset_filters = warnings.filters, warnings.resetwarnings
_stdout, _stderr = surroundings.stream(1), surroundings.stream(2)


class Settings(NamedTuple):
    """Settings that decide whether overflow, a warning or deep recursion raises an error."""

    errors: dict[str, Any]
    warnings: list[Any]
    depth: int

    def are_strict(self) -> bool:
        """Whether they may raise an error where the default ones do not."""
        return self.errors != _usual.errors or any(one[0] == "error" for one in self.warnings)


_usual = Settings(
    {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"},
    [("ignore", None, Warning, None, 0)],
    1000,
)


def open_workspace(
    files: list[File],
    refused: set[str],
    rules: Mapping[str, Rule] = MappingProxyType({}),
    support: Sequence[File] = (),
    allowance: Allowance | None = None,
) -> Calls:
    """Return the workspace for one submission; the process is used for nothing else afterwards."""
    readable = [*support, *files]
    surroundings.take_own({each.filename: _content(each) for each in readable if each.cells})
    sys.stdout, sys.stderr = _stdout, _stderr
    return Calls(files, refused, rules, support, allowance)


def _content(file: File) -> bytes:
    """What the file's own code reads when it opens it; of a notebook only the code is known."""
    if not (file.notebook and file.filename.endswith(".ipynb")):
        return b"\n".join(file.cells)
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell.decode("utf-8", "replace"),
        }
        for cell in file.cells
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


class Calls:
    """The files of one submission: the `Workspace` that `protocol.converse` works on.

    `support` and `allowance` are the same for all submissions and may be created ahead of time.
    """

    def __init__(
        self,
        files: list[File],
        refused: set[str],
        rules: Mapping[str, Rule] = MappingProxyType({}),
        support: Sequence[File] = (),
        allowance: Allowance | None = None,
    ) -> None:
        self._allowance = allowance or Allowance()
        self._modules = Modules([*files, *support], refused, self._allowance)
        self._guards = self._modules.guards(rules) if rules else None
        self._take_settings(_usual)
        self._last = ""
        self._size = 0

    def load(self, module: str, seconds: float) -> Sequence[Failure]:
        """Run the module's file; return the failures of it and of all files that it imported."""
        self._allowance.begin(seconds)
        self._allowance.take_timers()
        _set(self._settings)
        with contextlib.suppress(ImportError):  # a refused module; the grader knows why
            self._modules.load(module)
        self._allowance.take_timers()
        self._take_settings(current_settings())
        _flush()
        failures, self._modules.failures = self._modules.failures, []
        return failures

    def _take_settings(self, settings: Settings) -> None:
        """Let each call begin with these settings."""
        self._settings, self._strict = settings, settings.are_strict()

    def has(self, function: str, module: str, take_stub: bool) -> bool:
        """Whether the module defines the function. Runs the module's file if needed."""
        return self._found(function, module, take_stub) is not None

    def _found(self, function: str, module: str, take_stub: bool) -> Callable[..., Any] | None:
        found: Callable[..., Any] | None = self._modules.load(module).get(function)
        if not callable(found) or is_undefined(found) or (is_stub(found) and not take_stub):
            return None
        return found

    def call(self, request: Request, call: Call) -> Answer:
        """Call the function and report what it returns or raises."""
        found = self._found(request.function, request.module, request.take_stub)
        if found is None:
            return Answer("MISSING")
        _soil(self._size)
        self._reset(everything=request.function != self._last)
        self._last = request.function
        self._allowance.begin(request.seconds)
        begin_call()
        if self._guards is not None:
            self._guards.begin(request.function)
        try:
            with self._allowance:
                returned, call = forgiving(found, call, self._modules.load, self._strict)
                answer = described_data(returned) if call.as_data else described(returned)
        except BaseException as exception:
            answer = Answer(_status(exception), error=self._modules.error_of(exception))
        if self._guards is not None:
            self._guards.end()
        if call.keeps_arguments and answer.status in ("RETURNED", "RETURNED_DATA"):
            answer = answer._replace(arguments=[sendable(value) for value in call.arguments])
        self._allowance.keep_timer()
        _flush()
        self._size = answer.value.nbytes if answer.status == "RETURNED" else 0
        return answer

    def _reset(self, everything: bool) -> None:
        """Undo changes to global state by earlier calls, so that calls do not influence each other.

        `everything` also resets what is only reset before the first call of a function: the random
        generators, numpy's print options, trace functions and the timer.
        """
        _set(self._settings)
        sys.stdout, sys.stderr = _stdout, _stderr
        if everything:
            if np.get_printoptions() != _print_options:
                np.set_printoptions(**_print_options)
            _seed(0)
            _seed_numpy(0)
            _set_trace(None)
            _set_profile(None)
            gc.enable()
            self._allowance.take_timers()


def forgiving(
    function: Callable[..., Any],
    call: Call,
    load: Callable[[str], Mapping[str, Any]],
    strict: bool,
) -> tuple[Any, Call]:
    """Return what `result_of` does, with the error and warning settings that the files left behind.

    Some answers depend on them: a file sets `np.seterr(all="raise")` at its top, and a function
    catches the FloatingPointError. If nothing catches it, the function is called again with the
    default settings, since warnings lose no marks. The second value is the call that returned: the
    second one has arguments of its own, which the first has not changed. `strict` says whether the
    present settings are not the default ones.
    """
    again = copy.deepcopy(call) if strict else call
    with contextlib.suppress(FloatingPointError, Warning):
        return result_of(function, call, load), call
    with np.errstate(**_usual.errors), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return result_of(function, again, load), again


def result_of(
    function: Callable[..., Any], call: Call, load: Callable[[str], Mapping[str, Any]]
) -> Any:
    """Return the function's result, or, if the call has steps, a tuple of the steps' results.

    `load` returns the namespace of a support file, to look up arguments that are functions.
    """
    if call.own is None:
        return function(*call.arguments)

    def given(value: Any) -> Any:
        kind = type(value)
        if kind is Function:
            return load(value.module)[value.name]
        return np.random.default_rng(value.seed) if kind is Generator else value

    values = list(map(given, call.arguments))
    own = values[: call.own]
    plain = len(own) - len(call.keywords)
    result = function(*own[:plain], **dict(zip(call.keywords, own[plain:], strict=True)))
    if not call.steps:
        return result
    return tuple(_step(result, each, [values[at] for at in each.places]) for each in call.steps)


def _step(on: Any, step: Step, arguments: Sequence[Any]) -> Any:
    if step.kind == "call":
        return on(*arguments)
    if step.kind == "take":
        return list(itertools.islice(on, step.first))
    if step.kind == "argument":
        return copy.deepcopy(arguments[0])  # later steps may change it again
    found = getattr(on, step.name)
    return found(*arguments) if step.kind == "method" else found


def _status(exception: BaseException) -> str:
    if isinstance(exception, TooLong):
        return "OUT_OF_TIME"
    if isinstance(exception, MemoryError):
        return "OUT_OF_MEMORY"
    return "NOT_WRITTEN" if isinstance(exception, NotImplementedError) else "RAISED"


def described(value: Any) -> Answer:
    """An answer with the value as a numeric array, or with a description of it if it is not one."""
    if value is None:
        return Answer("RETURNED_OTHER", returned="None")
    if is_masked(value):
        return Answer("RETURNED_OTHER", returned="an array with masked entries")
    try:
        array = _asarray(value)
    except (MemoryError, ModuleNotFoundError, NameError):  # a placeholder raises the last two
        raise
    except Exception:
        ragged = isinstance(value, (list, tuple))
        kind = f"a {type_name(type(value))} of unequal rows" if ragged else _a(value)
        return Answer("RETURNED_OTHER", returned=kind)
    if array.dtype not in _plain and array.dtype.newbyteorder("=") not in _plain:
        kind = f"an array of type {array.dtype}" if isinstance(value, _ndarray) else _a(value)
        return Answer("RETURNED_OTHER", returned=kind)
    if array.nbytes > MOST_RESULT_BYTES:
        return Answer("OUT_OF_OUTPUT")
    return Answer("RETURNED", value=array)


def described_data(value: Any) -> Answer:
    """An answer with the value as plain data, or with a description of it if it is not that."""
    try:
        return Answer("RETURNED_DATA", value=pack_data(value))
    except NotPlain as other:
        return Answer("RETURNED_OTHER", returned=str(other))
    except TooMuch:
        return Answer("OUT_OF_OUTPUT")


def _a(value: Any) -> str:
    name = type_name(type(value))
    if isinstance(value, (list, tuple)):
        return f"a {name} that is not a numeric array"
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def sendable(argument: Any) -> Any:
    """The argument as sent back after the call.

    An array whose dtype the call changed to one that cannot be sent becomes an empty array, which
    the grader then sees as changed.
    """
    is_array = isinstance(argument, _ndarray)
    return _empty(0) if is_array and argument.dtype.newbyteorder("=") not in _plain else argument


def current_settings() -> Settings:
    errors, depth = dict(np.geterr()), sys.getrecursionlimit()
    filters = getattr(warnings, "filters", ())
    return Settings(errors, list(filters), max(depth, _usual.depth))


def _set(settings: Settings) -> None:
    if np.geterr() != settings.errors:
        np.seterr(**settings.errors)
    if getattr(warnings, "filters", None) is not _filters or _filters != settings.warnings:
        warnings.filters = _filters  # a student's code may have replaced the list itself
        _reset_filters()
        _filters[:] = settings.warnings  # type: ignore[index]  # it is a list
    _set_depth(settings.depth)


def _flush() -> None:
    for stream in (_stdout, _stderr):
        try:  # noqa: SIM105  # several times faster than contextlib.suppress
            stream.flush()
        except (OSError, ValueError):
            pass


_CACHED = 1024
"""Size in bytes of the largest arrays whose freed memory numpy keeps in its own cache."""
# True if the C library fills new memory with UNWRITTEN_BYTE (see GLIBC_TUNABLES in `launch.py`).
_overwritten = bool((_empty(8 * _CACHED, _byte) == UNWRITTEN_BYTE).all())


def _soil(size: int) -> None:
    """Fill the memory that the next arrays of this size will get with UNWRITTEN_BYTE.

    That memory held the previous call's answer, so `np.empty` could return a right answer: numpy
    reuses the most recently freed memory first. So does the C library, if nothing nearby was freed.
    """
    if size > _CACHED:
        if not _overwritten:
            _rubbish(size).copy()
        return
    copy = _short_rubbish[:size].copy
    _ = copy(), copy(), copy(), copy(), copy(), copy(), copy()  # numpy keeps up to seven


def _rubbish(size: int) -> Any:
    rubbish = _empty(size, _byte)
    rubbish.fill(UNWRITTEN_BYTE)
    return rubbish


_short_rubbish = _rubbish(_CACHED)
