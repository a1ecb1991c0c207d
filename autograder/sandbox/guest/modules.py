"""Runs a submission's files as modules, from memory."""

from __future__ import annotations
import __future__

import builtins
import linecache
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.machinery import ModuleSpec
from importlib.util import decode_source
from opcode import opmap
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NoReturn

from autograder.sandbox.guest import exports, shell, standins, surroundings
from autograder.sandbox.guest.cells import python_of
from autograder.sandbox.guest.errors import Allowance, error_of, is_plain_end, stopped_in
from autograder.sandbox.guest.placeholders import (
    is_missing,
    is_prepared,
    is_undefined,
    placeholder,
    running_files,
    undefined,
)
from autograder.sandbox.guest.protocol import VERSION, Error, Failure, File, Rule
from autograder.sandbox.guest.rules import Guards

# A student's file with one of these names would break all other files in the submission.
_NEVER_SHADOWED = {"__future__", "__main__", "builtins", "numpy", "sys"}
_STUB_INSTRUCTIONS = """
    RESUME NOP CACHE PUSH_NULL PRECALL CALL CALL_FUNCTION LOAD_CONST LOAD_GLOBAL RAISE_VARARGS
"""
_STUB_OPCODES = {opmap[name] for name in _STUB_INSTRUCTIONS.split() if name in opmap}


_open = builtins.open
# Made once, in the server: doing it in each child would copy a hundred pages of memory.
_builtins: dict[str, Any] = {**vars(builtins), **standins.NOTEBOOK_NAMES}


def is_stub(function: object) -> bool:
    """Whether a function, or a class's __init__, only raises NotImplementedError."""
    if isinstance(function, type):
        function = vars(function).get("__init__")
    if not isinstance(function, FunctionType):
        return False
    code = function.__code__
    return code.co_names == ("NotImplementedError",) and _STUB_OPCODES.issuperset(code.co_code[::2])


def _is_written(value: object) -> bool:
    return value is not None and not is_stub(value) and not is_undefined(value)


def _name_of(module: ModuleType) -> str:
    """The name that other files import it by: a notebook's `__name__` is `__main__`."""
    return module.__spec__.name if module.__spec__ else ""


class Modules:
    """The modules of one submission: its own files, and the course's support files."""

    def __init__(self, files: Sequence[File], refused: set[str], allowance: Allowance) -> None:
        self._files: dict[str, File] = {}
        files = [one for one in files if not one.support or one.filename.endswith(".py")]
        support = {file.module for file in files if file.support}
        for file in files:
            if file.module not in _NEVER_SHADOWED and (file.support or file.module not in support):
                name, number = file.module, 2
                while name in self._files:
                    name, number = f"{file.module}{VERSION}{number}", number + 1
                self._files[name] = file
        self._refused = refused
        self._allowance = allowance
        self._modules: dict[str, ModuleType] = {}
        self._loading: list[str] = []
        self._made: list[File] = []
        self._places: dict[str, tuple[str, int]] = {}
        self._failed: set[tuple[str, int, str]] = set()
        _builtins["__import__"] = self._import
        _builtins["open"] = builtins.open
        standins.use_shell(shell.Shell(self._run_in, self._write))
        self.failures: list[Failure] = []
        sys.meta_path.append(self)

    def load(self, name: str) -> Mapping[str, Any]:
        """The names that the module defines; runs its file if it has not been run."""
        return vars(self._load(name)) if name in self._files else {}

    def guards(self, rules: Mapping[str, Rule]) -> Guards:
        """Guard what the exercises forbid. Call it before any file is run."""
        support = {file.filename for file in self._files.values() if file.support}
        return Guards(rules, _builtins, support)

    def error_of(self, exception: BaseException) -> Error:
        return error_of(exception, self._places)

    def _load(self, name: str) -> ModuleType:
        if name in self._refused:
            raise ImportError(f"{name} did not finish when it was run", name=name)
        if name in self._modules:
            return self._modules[name]
        file = self._files[name]
        # Code under `if __name__ == "__main__"` runs in a notebook, but not in a script.
        module = ModuleType("__main__" if file.notebook else file.module)
        module.__file__ = file.filename
        module.__spec__ = ModuleSpec(file.module, None, origin=file.filename)
        vars(module)["__builtins__"] = _builtins
        self._modules[name] = module
        if name not in sys.stdlib_module_names:
            sys.modules.setdefault(name, module)  # where dataclasses and pickle look for it
        self._loading.append(name)
        broken = len(self.failures)
        try:
            self._run(file, vars(module))
        finally:
            self._loading.remove(name)
        versions = [each for each in self._files if each.startswith(name + VERSION)]
        for key, value in list(vars(module).items()) if versions else ():
            if is_stub(value):
                vars(module)[key] = self._written(key, versions) or value
        # A name that a broken file never defined must not stop other files that import it.
        is_broken = not file.cells or any(
            failure.filename == file.filename for failure in self.failures[broken:]
        )
        if is_broken or versions:
            lacking = partial(self._lacking, module, versions, is_broken)
            vars(module).setdefault("__getattr__", lacking)
        return module

    def _lacking(self, module: ModuleType, versions: list[str], broken: bool, name: str) -> Any:
        """The module's `__getattr__`: look for the name in its other versions.

        If the module is broken, any other file will do, else a placeholder. Raises AttributeError.
        """
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._written(name, versions)
        if found is None and broken:
            return self._elsewhere(name) or undefined(_name_of(module), name, None)
        if found is None:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}", name=name)
        return found

    def _written(self, name: str, modules: Iterable[str]) -> Any:
        """The value of that name in the first module where it is not a stub; None if there is none.

        Modules that are refused or are just being run are skipped.
        """
        for each in modules:
            if each not in self._refused and each not in self._loading:
                value = vars(self._load(each)).get(name)
                if _is_written(value):
                    return value
        return None

    def _elsewhere(self, name: str) -> Any:
        """The function of that name in any file of the submission, or None.

        Graded functions are looked for in every file too.
        """
        return self._written(
            name, [each for each in list(self._files) if self._defines(each, name)]
        )

    def _defines(self, module: str, name: str) -> bool:
        """Whether the text of a student's file has a `def` of that name."""
        file, begun = self._files[module], f"def {name}".encode()
        if file.support or not any(begun in cell for cell in file.cells):
            return False  # a quick check first: a file that imports many names asks for each
        definition = re.compile(rb"^[ \t]*(?:async )?def %s\b" % re.escape(name.encode()), re.M)
        return any(map(definition.search, file.cells))

    # --- running files ------------------------------------------------------------------------

    def _run(self, file: File, names: dict[str, Any]) -> None:
        if file.notebook:
            self._run_cells(file, names)
        elif file.cells:
            for piece in self._pieces(file):
                raised = self._run_piece(names, piece)
                if raised is not None and not is_plain_end(raised, file.filename):
                    self._fail(file.filename, -1, raised)
                    self._run_definitions(file.filename, names, raised)

    def _run_cells(self, file: File, names: dict[str, Any]) -> None:
        """Run a notebook's cells in order, then rerun those that stopped with a NameError.

        The author may have run them in another order, so a later cell may define the name.
        """
        texts = [str(cell, "utf-8", "replace") for cell in file.cells]
        compiled = shell.compiled
        if any(map(shell.OUTPUTS.search, texts)):
            compiled = shell.Outputs(names).compiled
        cell: Callable[[], CodeType]
        stopped: list[tuple[int, Callable[[], CodeType], BaseException]] = []
        for number, text in enumerate(texts, 1):
            name = self._place(file.filename, number, text)
            cell = partial(compiled, text, name)
            raised = self._run_piece(names, cell)
            if raised is not None and not is_plain_end(raised, name):
                self._run_definitions(name, names, raised)
                stopped.append((number, cell, raised))
        for number, cell, raised in stopped:
            before = dict(names)
            again = self._run_piece(names, cell) if type(raised) is NameError else raised
            names.update(before)
            if again is not None:
                self._fail(file.filename, number, raised)

    def _run_piece(
        self, names: dict[str, Any], compile: Callable[[], CodeType]
    ) -> BaseException | None:
        """Run a cell or a script; return the exception that it raises, or None."""
        try:
            code = compile()
            with self._allowance, running_files():
                shell.run(code, names)
        except BaseException as exception:
            return exception
        return None

    def _run_definitions(self, name: str, names: dict[str, Any], raised: BaseException) -> None:
        """Run the definitions, imports and assignments below the line where the code stopped.

        `name` is what the code was compiled under. A missing data file, or an `input()` that nobody
        answers, must not cost the functions below it. Names that were defined before keep their
        values, unless they are stubs.
        """
        at = stopped_in(name, raised)
        if at is None or at.tb_frame.f_code.co_name != "<module>":
            return
        flags = at.tb_frame.f_code.co_flags & __future__.annotations.compiler_flag
        for statement in shell.definitions("".join(linecache.getlines(name)), at.tb_lineno):
            before = {key: value for key, value in names.items() if not is_stub(value)}
            self._run_piece(names, partial(compile, statement, name, "exec", flags, True))
            names.update(before)

    def _fail(self, filename: str, number: int, exception: BaseException) -> None:
        error = self.error_of(exception)
        line = error.frames[-1].line if error.frames else 0
        failure = (filename, number, f"{line} {error.type} {error.message}")
        if failure not in self._failed:  # `%run` may run a file more than once
            self._failed.add(failure)
            self.failures.append(Failure(filename, number, error))

    def _pieces(self, file: File) -> Iterator[Callable[[], CodeType]]:
        """Functions that compile a script: one for a plain script, one per cell for an export."""
        cell, name = file.cells[0], file.filename
        try:
            text = decode_source(cell)
        except (SyntaxError, UnicodeDecodeError):
            text = str(cell, "utf-8", "replace")
        self._place(name, -1, text)
        if (made := file.code) is not None:
            yield lambda: made
            return
        if exports.SIGNS.search(cell) and (pieces := _exported(text, name)):
            yield from pieces
            return
        try:
            code = compile(cell, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            yield from _repaired(text, name, error)
        else:
            yield lambda: code

    def _place(self, filename: str, number: int, text: str) -> str:
        """Register the text of a file or cell with linecache; return the name to compile it under.

        `number` is -1 for a script.
        """
        name = filename if number < 0 else f"{filename}, cell {number}"
        self._places[name] = (filename, number)
        # A modification time of None keeps linecache from looking for a file on the disk.
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        return name

    # --- what a notebook runs and writes ------------------------------------------------------

    def _run_in(self, path: str, names: dict[str, Any], inside: bool) -> None:
        """`%run`: run a notebook, or a script with `-i`, in the caller's namespace `names`.

        Other scripts run in a namespace of their own, whose names are then copied to `names`.
        """
        name = self._of_path(path)
        if name is None:
            error = FileNotFoundError(f"%run {path}: this file is not in the submission")
            filename, number = self._places.get(sys._getframe(3).f_code.co_filename, (path, -1))
            self._fail(filename, number, error)
        elif name not in self._refused and (run := f"%run {name}") not in self._loading:
            file = self._files[name]
            is_shared = inside or file.notebook
            own = names if is_shared else {"__builtins__": _builtins, "__name__": "__main__"}
            self._loading.append(run)
            try:
                self._run(file, own)
            finally:
                self._loading.remove(run)
            if own is not names:
                names.update({key: own[key] for key in own if not key.startswith("__")})

    def _of_path(self, path: str) -> str | None:
        """The name of the module whose file `path` means, ignoring folders; None if there is none.

        A file of the same name comes first, then one of the same stem.
        """
        last = path.replace("\\", "/").rpartition("/")[2]
        stem, dot, ending = last.rpartition(".")
        if ending not in ("py", "ipynb"):
            stem, dot = last, ""
        for name, file in self._files.items():
            if dot and file.filename.replace("\\", "/").rpartition("/")[2] == last:
                return name
        same = [name for name, file in self._files.items() if file.module == stem]
        kind = [name for name in same if self._files[name].notebook == (ending == "ipynb")]
        own = (kind if dot else None) or same
        return own[0] if own and self._files[own[0]].cells else None

    def _write(self, path: str, text: str, append: bool, frame: FrameType) -> None:
        """`%%writefile`: make the text a module that can be imported from then on."""
        last = path.replace("\\", "/").rpartition("/")[2]
        module = last.removesuffix(".py")
        known = self._files.get(module)
        if module == last or module in _NEVER_SHADOWED or (known and known not in self._made):
            return  # files that a notebook writes were already found when it was read
        filename, _ = self._places.get(frame.f_code.co_filename, (last, -1))
        written = ("\n" * frame.f_lineno + text).encode("utf-8", "replace")
        before = known.cells[0] + b"\n" if append and known else b""
        self._files[module] = File(module, filename, False, False, [before + written])
        self._made.append(self._files[module])
        self._modules.pop(module, None)

    # --- imports ------------------------------------------------------------------------------

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """`__import__` for a submission's files: their own modules come first."""
        top, dot, _ = name.partition(".")
        if top in self._files:
            inner = self._from_folder(name, fromlist or ()) if dot else None
            module = inner or self._with_files(self._load(top), fromlist or ())
            return self._offered(module, fromlist, globals or {}) if fromlist else module
        if not level:
            try:
                found = builtins.__import__(name, globals, locals, fromlist or (), 0)
                if top in surroundings.ADAPTED and builtins.open is not _open:
                    surroundings.adapt(top)
                return found
            except ImportError as error:
                own = self._from_folder(name, fromlist or ())
                if own is None and (isinstance(error, ModuleNotFoundError) or top in _SYSTEMS):
                    own = placeholder(name, fromlist or (), sys._getframe(1))
                if own is None:
                    raise
        else:
            own = self._from_folder(name, fromlist or ())
            if own is None:
                raise ModuleNotFoundError(f"module {name} is not in the submission", name=name)
        return self._offered(own, fromlist, globals or {}) if fromlist else own

    def _offered(
        self, module: ModuleType, wanted: Sequence[str], globals: Mapping[str, Any]
    ) -> ModuleType:
        """The module, with stubs and placeholders replaced by what the student wrote elsewhere.

        That is the importing file's own function, if it has one already, or any other file's.
        """
        if is_missing(module):
            return module
        names = list(vars(module)) if "*" in wanted else wanted
        better = {}
        for name in names:
            value = vars(module).get(name)
            if value is None and "*" not in wanted:
                try:
                    value = getattr(module, name)
                except AttributeError:
                    value = self._undefined(module, name, sys._getframe(2))
                    if value is None:
                        continue  # Python raises the ImportError
            if is_stub(value) or is_undefined(value):
                own = globals.get(name)
                is_own = callable(own) and _is_written(own)
                better[name] = own if is_own else self._elsewhere(name) or value
        if not better:
            return module
        view = ModuleType(module.__name__)
        vars(view).update({**vars(module), **better})
        return view

    def _undefined(self, module: ModuleType, name: str, frame: FrameType) -> Any:
        """The placeholder for a name that a whole file of the submission does not define.

        None if the code at `frame` that imports it handles the ImportError, or if the file is still
        being run, so that it may define the name later.
        """
        own = _name_of(module)
        if own not in self._modules or own in self._loading or is_prepared(frame):
            return None
        return undefined(own, name, [each for each in vars(module) if each[:1] != "_"])

    def _from_folder(self, name: str, wanted: Sequence[str]) -> ModuleType | None:
        """A module imported by way of a folder: `from week1.part1_softmax import f`; else None."""
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
        # A file called `setup` is not what it imports itself from setuptools.
        if not wanted or any(one not in self._files or one in self._loading for one in wanted):
            return None
        package = ModuleType(last)
        for each in wanted:
            setattr(package, each, self._load(each))
        return package

    def _with_files(self, module: ModuleType, wanted: Sequence[str]) -> ModuleType:
        """The module; if it is an `__init__.py`, with the wanted files of the submission added."""
        if str(module.__file__).endswith("__init__.py"):
            for each in wanted:
                if each in self._files and each not in vars(module):
                    setattr(module, each, self._load(each))
        return module

    # The last finder of sys.meta_path, for `importlib.import_module` and code that is not a
    # student's.

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        return ModuleSpec(name, self) if name in self._files else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._load(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: `create_module` has run the file."""


_SYSTEMS = {"tkinter", "turtle", "curses", "readline", "msvcrt", "winreg", "winsound", "dbm"}
"""Modules of the standard library that are not available on every machine."""


def _exported(text: str, name: str) -> list[Callable[[], CodeType]]:
    """Functions that compile the cells of a script that was exported from a notebook.

    Empty for a marimo notebook with a syntax error.
    """
    if re.search(r"^app = marimo\.App", text, re.MULTILINE):
        try:
            return [partial(shell.code_of, cell, name) for cell in exports.marimo_cells(text)]
        except (SyntaxError, ValueError):
            return []
    return [partial(shell.compiled, cell, name) for cell in exports.cells_of(text)]


def _repaired(text: str, name: str, error: Exception) -> list[Callable[[], CodeType]]:
    """Functions that compile the cells of a script that is not plain Python.

    If the script is not an exported notebook either, a single function that raises `error`.
    """

    def fail() -> NoReturn:
        raise error

    try:
        cells = exports.cells_of(text)
        if any(shell.is_special(cell) for cell in cells):
            return [partial(shell.compiled, cell, name) for cell in cells]
        # The lines begin with `>>>`, or the whole text is indented.
        if python_of(text).strip() != text.strip():
            code = shell.compiled(text, name)
            return [lambda: code]
    except (SyntaxError, ValueError, RecursionError):
        pass
    return [fail]
