"""The shell that `get_ipython()` returns: magics that run code do so, others have no effect."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from inspect import CO_COROUTINE
from types import CodeType, FrameType
from typing import Any

from autograder.sandbox.guest.cells import python_of
from autograder.sandbox.guest.standins import NOTHING, pylab_names
from autograder.sandbox.guest.surroundings import event_loop

_STATEMENT = {
    "time": re.compile(r"(?:--no-raise-error\s+)?"),
    "timeit": re.compile(r"(?:-[nrp]\s*\d+(?:\s+|$)|-[tcqov]+(?:\s+|$))*"),
    "prun": re.compile(r"(?:-[lsTD]\s*\S+(?:\s+|$)|-[rq]+(?:\s+|$))*"),
    "memit": re.compile(r"(?:-[rt]\s*\d+(?:\s+|$)|-[coi]+(?:\s+|$))*"),
    "mprun": re.compile(r"(?:-[fT]\s*\S+(?:\s+|$)|-[cr]+(?:\s+|$))*"),
    "lprun": re.compile(r"(?:-[fmTDu]\s*\S+(?:\s+|$)|-[rsz]+(?:\s+|$))*"),
    "snakeviz": re.compile(r"(?:-\w+(?:\s+|$))*"),
    "pyinstrument": re.compile(r"(?:--?\S+(?:\s+|$))*"),
}
"""Magics that run a statement or their cell, with the options that may come before it."""
_CELL_ONLY = {"capture", "python", "python3", "pypy", "debug", "local"}
"""Cell magics that run the cell as it is. (`%%python` would run it in another process.)"""
_WRITES = {"writefile", "file"}
FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
"""Compiler flags for a cell: allow `await` outside a function."""


class Captured:
    """What `%%capture NAME` binds to the name; always without output."""

    stdout = stderr = ""
    outputs: tuple[()] = ()

    def show(self) -> None:
        """Do nothing."""

    __call__ = show

    def __str__(self) -> str:
        return ""


class Lines(list[str]):
    """The output of a system command: always empty, as commands are not run."""

    n = s = nlstr = spstr = ""
    p: tuple[()] = ()
    paths = p

    @property
    def l(self) -> Lines:  # noqa: E743  # IPython's own name
        return self

    list = l

    def grep(self, *_: object, **__: object) -> Lines:
        """Return no lines."""
        return self

    fields = grep
    sort = grep  # type: ignore[assignment]  # IPython's differs from list.sort


class Shell:
    """The part of IPython's shell that runs code.

    `run_file(path, names, inside)` implements `%run`; `write_file(path, text, append, frame)`
    implements `%%writefile`, called from `frame`.
    """

    def __init__(
        self,
        run_file: Callable[[str, dict[str, Any], bool], None],
        write_file: Callable[[str, str, bool, FrameType], None],
    ) -> None:
        self._run_file = run_file
        self._write_file = write_file

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return NOTHING

    def system(self, command: str) -> None:
        """Do nothing: there are no other programs."""

    def getoutput(self, command: str) -> Lines:
        """Return no lines."""
        return Lines()

    def magic(self, text: str) -> Any:
        """Run a line magic, as older exports do: `get_ipython().magic("time f()")`."""
        name, _, rest = text.lstrip("%").partition(" ")
        return self._line(name, rest, sys._getframe(1))

    def run_line_magic(self, name: str, line: str, *_: object) -> Any:
        """Run the statement that the magic would run; return its value, if it is an expression."""
        return self._line(name, line, sys._getframe(1))

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """Run the cell in the caller's namespace, if the magic would run it."""
        frame = sys._getframe(1)
        if name in _WRITES:
            file, options = _file_and_options(line)
            if file:
                self._write_file(file, cell, bool(options & {"-a", "--append"}), frame)
            return None
        if name in _STATEMENT:
            setup = _STATEMENT[name].sub("", line.strip(), count=1)
            if setup:
                self._execute(setup, frame, at=frame.f_lineno)
        elif name not in _CELL_ONLY:
            return None
        elif name == "capture":
            names = [word for word in line.split() if word.isidentifier()]
            frame.f_globals.update({word: Captured() for word in names[:1]})
        return self._execute(cell, frame, at=frame.f_lineno + 1)

    def run_cell(self, cell: str, *_: object, **__: object) -> Any:
        """Run the text as a cell."""
        frame = sys._getframe(1)
        return self._execute(cell, frame, at=frame.f_lineno)

    ex = run_cell

    def _line(self, name: str, line: str, frame: FrameType) -> Any:
        line = line.strip()
        if name in _STATEMENT:
            statement = _STATEMENT[name].sub("", line, count=1)
            return self._execute(statement, frame, at=frame.f_lineno) if statement else None
        if name == "run":
            file, options = _file_and_options(line)
            if file:
                self._run_file(file, frame.f_globals, "-i" in options)
        elif name == "pylab":
            frame.f_globals.update(pylab_names())
        return None

    def _execute(self, text: str, frame: FrameType, at: int) -> Any:
        """Run the text as if on line `at` of the caller's file; return its value, or None."""
        text = "\n" * (at - 1) + text
        name = frame.f_code.co_filename
        try:
            code = compile(text.strip() if "\n" not in text.strip() else "(", name, "eval", FLAGS)
        except SyntaxError:
            code = compiled(text, name)
        return run(code, frame.f_globals, frame.f_locals)


_AUTOMAGIC = re.compile(
    r"^(?:(?:pip3?|conda|mamba) (?:install|uninstall|list)|matplotlib (?:inline|notebook|widget)"
    r"|load_ext \w|cd [\w./~]|ls$)[^\n]*$",
    re.MULTILINE,
)
"""Magics that are often called without their `%`."""


def _python_of(text: str) -> str:
    return python_of(_AUTOMAGIC.sub(r"%\g<0>", text))


def compiled(text: str, name: str) -> CodeType:
    """Compile a cell, which may use IPython's syntax. Raises SyntaxError."""
    if text.startswith("In ["):  # a prompt, which happens to be an annotation in Python
        text = _python_of(text)
    try:
        return code_of(text, name)
    except SyntaxError as error:
        python = _python_of(text)
        if python == text:
            raise
        first = error
    try:
        return code_of(python, name)
    except SyntaxError:
        if "get_ipython()." in python:
            raise
    raise first


OUTPUTS = re.compile(r"(?<![\w.])(?:_{1,3}|_[1-9]\d*|_i+|_[io]h|Out|In)(?![\w'\"])")
"""Names of the outputs and inputs of earlier cells."""


class Outputs:
    """Provides the outputs and inputs of a notebook's cells: `_`, `Out[3]`, `_3`, `In[2]`."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._count = 0
        names.update(In=[""], Out={})
        names.update(_ih=names["In"], _oh=names["Out"])

    def compiled(self, text: str, name: str) -> CodeType:
        """Like the function of that name, but the code also stores its last expression's value."""
        code = compiled(text, name)
        if not text.strip():
            return code
        self._count += 1
        self._names["In"].append(text)
        try:
            tree = ast.parse(python_of(text))
        except (SyntaxError, ValueError, RecursionError):
            return code
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr) or text.rstrip().endswith(";"):
            return code
        keep = ast.Call(ast.Name(_KEEP, ast.Load()), [last.value], [])
        tree.body[-1] = ast.fix_missing_locations(ast.copy_location(ast.Expr(keep), last))
        self._names[_KEEP] = partial(self._keep, self._count)
        return code_of(tree, name)

    def _keep(self, number: int, value: Any) -> None:
        if value is not None:
            names = self._names
            names["Out"][number] = names[f"_{number}"] = value
            names["___"], names["__"], names["_"] = names.get("__"), names.get("_"), value


_KEEP = "_autograder_keeps"


def code_of(cell: str | ast.Module, name: str) -> CodeType:
    code: CodeType = compile(cell, name, "exec", FLAGS, dont_inherit=True)
    return code


_DEFINITIONS = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign),
)


def definitions(text: str, below: int) -> list[ast.Module]:
    """The statements below line `below` that define, import or assign something, one each."""
    try:
        body = ast.parse(python_of(text)).body
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [
        ast.Module([each], [])
        for each in body
        if each.lineno > below and isinstance(each, _DEFINITIONS)
    ]


def is_special(text: str) -> bool:
    """Whether the text has IPython syntax."""
    python = _python_of(text)
    return "get_ipython()." in python and python != text


def run(code: CodeType, names: dict[str, Any], local: Any = None) -> Any:
    """Run the code of a cell, awaiting it if needed; return its value if it is an expression."""
    value = eval(code, names, names if local is None else local)
    if not code.co_flags & CO_COROUTINE:
        return value
    return _complete(value)


def _complete(coroutine: Coroutine[Any, Any, Any]) -> Any:
    loop = event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


def _file_and_options(line: str) -> tuple[str, set[str]]:
    """The file and options of `%run [options] FILE [arguments]` or `%%writefile [-a] FILE`.

    The file is "" if there is none.
    """
    import shlex  # imported here, as few cells run or write a file

    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()
    file = next((word for word in words if not word.startswith("-")), "")
    return file, {word for word in words if word.startswith("-")}
