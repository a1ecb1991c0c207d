"""Runs a submission's files as modules, from memory."""

from __future__ import annotations

import builtins
import dis
import linecache
import marshal
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.machinery import ModuleSpec
from importlib.util import decode_source
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

from autograder.sandbox.guest import standins as guest_standins
from autograder.sandbox.guest.alarm import Allowance
from autograder.sandbox.guest.cells import python_of
from autograder.sandbox.guest.errors import error_of
from autograder.sandbox.guest.protocol import Error, Failure, File

# A file of these names would break every other file that is handed in beside it.
_NEVER_SHADOWED = {"__future__", "__main__", "builtins", "numpy", "sys"}
_STUB_INSTRUCTIONS = {
    "RESUME", "NOP", "CACHE", "PUSH_NULL", "PRECALL", "CALL", "CALL_FUNCTION", "LOAD_CONST",
    "LOAD_GLOBAL", "RAISE_VARARGS",
}  # fmt: skip


# Made once: a child that made its own would touch, and so copy, a hundred pages of memory.
_builtins: dict[str, Any] = {**vars(builtins), **guest_standins.NOTEBOOK_NAMES}


def is_stub(function: object) -> bool:
    """Whether it is a function that raises NotImplementedError and does nothing else."""
    if not isinstance(function, FunctionType):
        return False
    code = function.__code__
    return code.co_names == ("NotImplementedError",) and all(
        instruction.opname in _STUB_INSTRUCTIONS for instruction in dis.get_instructions(code)
    )


def _not_there(module: str, name: str) -> Any:
    """What other files get for a function of a file that stopped early, or was not handed in."""
    if name.startswith("__"):
        raise AttributeError(name)

    def function(*arguments: object, **named: object) -> NoReturn:
        raise NameError(f"{name} is not there: {module} stopped early or was not handed in")

    return function


def is_not_there(function: object) -> bool:
    """Whether it only stands for a function that another file lacks."""
    return isinstance(function, FunctionType) and function.__code__ is _NOT_THERE


_NOT_THERE = _not_there("", "").__code__


class Modules:
    """The modules of one submission: its own files, and the course's support files."""

    def __init__(self, files: Sequence[File], refused: set[str], allowance: Allowance) -> None:
        self._files: dict[str, list[File]] = {}
        support = {file.module for file in files if file.support}
        for file in files:
            if file.module not in _NEVER_SHADOWED and (file.support or file.module not in support):
                self._files.setdefault(file.module, []).append(file)
        self._refused = refused
        self._allowance = allowance
        self._modules: dict[str, ModuleType] = {}
        self._places: dict[str, tuple[str, int]] = {}
        _builtins["__import__"] = self._import
        self.failures: list[Failure] = []
        sys.meta_path.append(self)

    def load(self, name: str) -> Mapping[str, Any]:
        """The names that the module defines, after running it if it has not been run."""
        return vars(self._load(name)) if name in self._files else {}

    def error_of(self, exception: BaseException) -> Error:
        return error_of(exception, self._places)

    def _load(self, name: str) -> ModuleType:
        if name in self._refused:
            raise ImportError(f"{name} did not finish when it was run", name=name)
        if name in self._modules:
            return self._modules[name]
        files = sorted(self._files[name], key=lambda file: not file.notebook)
        module = ModuleType(name)
        module.__file__ = files[-1].filename
        module.__spec__ = ModuleSpec(name, None, origin=files[-1].filename)
        vars(module)["__builtins__"] = _builtins
        self._modules[name] = module
        if name not in sys.stdlib_module_names:
            sys.modules.setdefault(name, module)  # where dataclasses and pickle look for it
        for file in files:
            written = {
                key: value for key, value in vars(module).items() if isinstance(value, FunctionType)
            }
            self._run(file, vars(module))
            for key, value in written.items():
                if is_stub(vars(module).get(key)) and not is_stub(value):
                    vars(module)[key] = value
        # What did not come to be must not take the files with it that import it at their top.
        broken = {failure.filename for failure in self.failures}
        if any(file.filename in broken or not file.cells for file in files):
            vars(module).setdefault("__getattr__", partial(_not_there, name))
        return module

    def _run(self, file: File, names: dict[str, Any]) -> None:
        for number, cell in enumerate(file.cells, 1):
            place = (file.filename, number if file.notebook else -1)
            try:
                code = self._compile(cell, *place, file.code)
                with self._allowance:
                    exec(code, names)
            except BaseException as exception:
                self.failures.append(Failure(*place, self.error_of(exception)))

    def _compile(self, cell: bytes, filename: str, number: int, made: bytes) -> CodeType:
        name = filename if number < 0 else f"{filename}, cell {number}"
        self._places[name] = (filename, number)
        try:
            text = decode_source(cell) if number < 0 else str(cell, "utf-8", "replace")
        except (SyntaxError, UnicodeDecodeError):
            text = str(cell, "utf-8", "replace")
        # A time of None keeps linecache from looking for a file on the disk.
        linecache.cache[name] = (len(cell), None, text.splitlines(keepends=True), name)
        if made:
            code: CodeType = marshal.loads(made)
            return code
        if number < 0:
            return compile(cell, name, "exec", dont_inherit=True)
        try:
            return compile(text, name, "exec", dont_inherit=True)
        except SyntaxError:
            try:
                return compile(python_of(text), name, "exec", dont_inherit=True)
            except SyntaxError:
                pass
            raise

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """`import` as a submission's files see it: their own names come first."""
        top, dot, _ = name.partition(".")
        if top in self._files:
            inner = self._from_folder(name, fromlist or ()) if dot else None
            return inner or self._with_files(self._load(top), fromlist or ())
        missing = ModuleNotFoundError(f"module {name} is not in the submission", name=name)
        if not level:
            try:
                return builtins.__import__(name, globals, locals, fromlist or (), 0)
            except ModuleNotFoundError as error:
                message = f"module {error.name} is not available here"
                missing = ModuleNotFoundError(message, name=error.name)
        own = self._from_folder(name, fromlist or ())
        if own is None:
            raise missing
        return own

    def _from_folder(self, name: str, wanted: Sequence[str]) -> ModuleType | None:
        """A file by the folder in which its author has it: `from week1.part1_softmax import f`."""
        *folders, last = name.split(".")
        if folders and last in self._files:
            found = self._load(last)
            if wanted:
                return found
            for outer, inner in zip(folders[::-1], name.split(".")[::-1], strict=False):
                package = self._load(outer) if outer in self._files else ModuleType(outer)
                setattr(package, inner, found)
                found = package
            return found
        if not wanted or not all(each in self._files for each in wanted):
            return None
        package = ModuleType(last)
        for each in wanted:
            setattr(package, each, self._load(each))
        return package

    def _with_files(self, module: ModuleType, wanted: Sequence[str]) -> ModuleType:
        """The module; if it is a folder's `__init__.py`, with the files wanted from the folder."""
        if str(module.__file__).endswith("__init__.py"):
            for each in wanted:
                if each in self._files and each not in vars(module):
                    setattr(module, each, self._load(each))
        return module

    # As a finder it comes last, for `importlib.import_module` and what is not a student's.

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        return ModuleSpec(name, self) if name in self._files else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._load(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """It was run when it was created."""
