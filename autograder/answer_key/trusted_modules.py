"""Loads functions from trusted Python files that may import one another by stem."""

from __future__ import annotations

import ast
import inspect
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from autograder.errors import CourseError, together
from autograder.fixed_names import SOLUTIONS
from autograder.model.course import AnswerKey, Course
from autograder.model.values import SupportFunction
from autograder.text import did_you_mean

Function = Callable[..., Any]
Sources = Mapping[str, Path | str]
"""Each module's file or source text, by import name."""

RECIPES = "inputs"
"""The module of solutions/ whose functions draw the inputs."""

_WALL_FACTOR = 3
"""Wall-clock limit of a call as a multiple of its CPU limit, the same as for students."""

_one_at_a_time = threading.RLock()  # sys.modules is shared by the whole process


def load_references(course: Course) -> dict[str, Function]:
    """Return the reference of every exercise, by name, in course order.

    Raises CourseError if a file is missing, does not run, or lacks its function.
    """
    modules = load_modules(solution_sources(course), course.part_names)
    know_support(course)
    found, faults = {}, []
    for exercise in course.exercises:
        try:
            found[exercise.name] = _function(modules[exercise.part], exercise.name)
        except CourseError as error:
            faults.append(error)
    if faults:
        raise together(faults)
    return found


def references_of(course: Course, key: AnswerKey) -> Mapping[str, Function]:
    """Return the references in `key`, by exercise; empty if it does not include the solutions.

    Raises CourseError if a solution does not run.
    """
    parts = {one.name: one.part for one in course.exercises}
    if not key.solutions:
        return {}
    # Next to their support files: on a platform those are next to the answer key.
    folder = course.folder / SOLUTIONS
    _SourceLoader.texts_in = folder if folder.is_dir() else course.folder
    modules = load_modules(key.solutions, sorted(set(parts.values())))
    know_support(course, key.solutions)
    return {name: getattr(modules[part], name) for name, part in parts.items()}


support_functions: dict[SupportFunction, Function] = {}
"""The functions that support files define, so that references can be called with them."""


def know_support(course: Course, sources: Sources | None = None) -> None:
    """Load the support files' functions into `support_functions`: a case may have one as argument.

    The files are read from `sources` (default: solutions/). Raises like load_references.
    """
    names = [Path(name).stem for name in course.support if name.endswith(".py")]
    if not names:
        return
    files = solution_sources(course) if sources is None else sources
    for name, module in load_modules(files, names).items():
        for function, value in functions_of(module).items():
            support_functions[SupportFunction(name, function)] = value


def load_recipes(course: Course) -> dict[str, Function]:
    """Return the functions of solutions/inputs.py by name. Raises like load_references."""
    module = load_modules(solution_sources(course), [RECIPES])[RECIPES]
    return functions_of(module)


def load_modules(sources: Sources, names: Iterable[str] | None = None) -> dict[str, ModuleType]:
    """Run and return the modules of these names (default: all), by import name.

    While they run they can import any of `sources`. sys.modules and sys.path are restored
    afterwards, so these imports must be at the top of a file, not in a function. Raises
    CourseError, in one line, for any error in them.
    """
    with importable(sources) as loader:
        names = list(sources if names is None else names)
        for name in names:
            if name not in sources:
                raise CourseError(f"{loader.folder}/{name}.py: not found; write it")
        return {name: import_module(name) for name in names}


class TooSlow(BaseException):
    """An author's function took too long. Its own `except Exception` must not catch this."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"took more than {seconds:g} s")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TooSlow if the block takes more CPU time than this, or three times that by the clock.

    What it prints goes to standard error, since a program may read the command's output. A block
    that hangs is interrupted only in the main thread of a system with interval timers; elsewhere
    its CPU time is checked once it is done.
    """
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()

    stopped = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopped
        stopped = True
        raise TooSlow(seconds)

    if timed:
        before = signal.signal(signal.SIGALRM, stop)
        # Repeats, in case a bare `except:` catches the first one.
        signal.setitimer(signal.ITIMER_REAL, _WALL_FACTOR * seconds, 0.1)
    started = time.process_time()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, before)
    if stopped or time.process_time() - started > seconds:
        raise TooSlow(seconds)


def functions_of(module: ModuleType) -> dict[str, Function]:
    """Return the public functions and classes that `module` itself defines, in source order."""
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", None) == module.__name__
        and not name.startswith("_")
    }


def defined(function: ast.FunctionDef, names: Mapping[str, Any]) -> Function:
    """Execute a trusted function definition in a namespace with `names`; return the function."""
    own = dict(names)
    exec(compile(ast.Module([function], []), "<edited>", "exec", dont_inherit=True), own)
    return own[function.name]  # type: ignore[no-any-return]  # the definition has set it


def solution_sources(course: Course) -> dict[str, Path]:
    """Return the Python files of solutions/ by import name. Raises CourseError if it has none."""
    paths = sorted((course.folder / "solutions").glob("*.py"))
    if not paths:
        raise CourseError("solutions: holds no .py file; write the references there")
    return {path.stem: path for path in paths}


class Parameter(NamedTuple):
    """One parameter of a function."""

    name: str
    needed: bool = True
    """Whether it is required, that is, has no default."""
    by_name: bool = False
    """Whether it is keyword-only."""


def parameters_of(function: Function, place: str) -> tuple[Parameter, ...]:
    """Return the parameters of a reference.

    Raises CourseError if they cannot be determined, or include `*args` or `**kwargs`.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        raise CourseError(f"{place}: its parameters are unknown; write it with def") from None
    for one in parameters:
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            raise CourseError(f"{place}: parameter {one} takes any number; make it plain")
    return tuple(
        Parameter(one.name, one.default is one.empty, one.kind is one.KEYWORD_ONLY)
        for one in parameters
    )


def failure(error: BaseException) -> str:
    """Start a one-line message: where in a trusted file `error` was raised, and what it says."""
    place, trace = "solutions", error.__traceback__
    while trace:
        code, names = trace.tb_frame.f_code, trace.tb_frame.f_globals
        if isinstance(names.get("__loader__"), _SourceLoader):
            place = f"{_shown(Path(code.co_filename))}:{trace.tb_lineno}"
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        place = f"{_shown(Path(error.filename))}:{error.lineno}"
        return f"{place}: {type(error).__name__}: {error.msg}"
    text = " ".join(str(error).split())[:200]
    return (
        f"{place}: {type(error).__name__}: {text}" if text else f"{place}: {type(error).__name__}"
    )


def _function(module: ModuleType, name: str) -> Function:
    function = vars(module).get(name)
    if not callable(function):
        found = "has no function" if function is None else "does not define as a function:"
        place = _shown(Path(getattr(module, "__file__", None) or f"{module.__name__}.py"))
        hint = did_you_mean(name, functions_of(module), "define it")
        raise CourseError(f"{place}: {found} {name}; {hint}")
    return function  # type: ignore[no-any-return]  # callable() proves no signature


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


@contextmanager
def importable(sources: Sources) -> Iterator[_SourceLoader]:
    """Let the block import the modules of `sources`; see load_modules."""
    for name in sources:
        if name in sys.stdlib_module_names or name in ("numpy", "autograder"):
            raise CourseError(f"solutions/{name}.py: hides the module {name}; rename the file")
    loader = _SourceLoader(sources)
    with _one_at_a_time:
        search_path = list(sys.path)
        hidden = {name: sys.modules.pop(name) for name in sources if name in sys.modules}
        sys.meta_path.insert(0, loader)
        try:
            yield loader
        finally:
            sys.meta_path.remove(loader)
            for name in sources:
                sys.modules.pop(name, None)
            sys.modules.update(hidden)
            sys.path[:] = search_path


class _SourceLoader:
    """An importer for the modules of a mapping only; writes no __pycache__.

    It does not subclass `importlib.abc`, which takes longer to import than everything else here.
    """

    texts_in = Path(SOLUTIONS)
    """The folder of a text's `__file__`, for modules that open their data next to it."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        paths = [source for source in sources.values() if isinstance(source, Path)]
        self.folder = paths[0].parent.name if paths else SOLUTIONS

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        source = self.sources.get(fullname)
        if source is None:
            return None
        path = source if isinstance(source, Path) else self.texts_in / f"{fullname}.py"
        return spec_from_file_location(fullname, path, loader=self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        source = self.sources[module.__name__]
        is_path = isinstance(source, Path)
        filename = str(source) if is_path else f"{self.folder}/{module.__name__}.py"
        try:
            text = source.read_bytes() if isinstance(source, Path) else source
        except OSError as error:
            shown = _shown(Path(filename))
            raise CourseError(f"{shown}: cannot be read ({error.strerror}); check it") from None
        try:
            with redirect_stdout(sys.stderr):
                exec(compile(text, filename, "exec", dont_inherit=True), vars(module))
        except (CourseError, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit too: a module that exits is a broken module
            raise CourseError(f"{failure(error)}; fix the file") from error
