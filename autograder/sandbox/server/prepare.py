"""Prepares an interpreter for students' code: modules, all imports from memory, and its heap.

A student's code can then import the same modules on every machine and under every isolation layer:
imports do not depend on permission to read files, and no other package is found.
"""

from __future__ import annotations

import ctypes
import importlib
import marshal
import os
import random
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.machinery import EXTENSION_SUFFIXES, BuiltinImporter, FrozenImporter, ModuleSpec
from importlib.util import cache_from_source
from types import CodeType, ModuleType
from typing import Any

from autograder.sandbox.guest import standins

# Modules that take more than a few milliseconds and that no numerical exercise needs are left out.
MODULES = """
    numpy numpy.char numpy.ctypeslib numpy.fft numpy.lib.recfunctions numpy.lib.stride_tricks
    numpy.linalg numpy.ma numpy.polynomial numpy.random numpy.rec numpy.testing numpy.typing
    abc argparse array ast base64 bisect bz2 calendar cmath code codecs collections.abc colorsys
    concurrent.futures concurrent.futures.thread contextlib contextvars copy copyreg csv ctypes
    dataclasses datetime decimal difflib dis doctest enum errno fractions functools gc getpass
    gettext glob graphlib gzip hashlib heapq hmac html importlib.resources importlib.util inspect
    io itertools json keyword linecache locale logging lzma marshal math mmap multiprocessing
    numbers operator os pathlib pickle pkgutil platform pprint queue random re reprlib secrets
    select selectors shlex shutil signal socket stat statistics string struct subprocess sys
    tempfile textwrap threading time timeit token tokenize traceback types typing unicodedata
    unittest unittest.mock uuid warnings weakref zipfile zlib
    _lsprof _multiprocessing
    encodings.ascii encodings.cp1252 encodings.idna encodings.latin_1 encodings.utf_16
    encodings.utf_8_sig
"""


# The extension modules that these modules use, which cannot be imported from memory later.
EXTENSIONS = """
    _bisect _blake2 _bz2 _csv _ctypes _datetime _decimal _hashlib _heapq _json _lsprof _lzma _md5
    _multiprocessing _opcode _pickle _posixsubprocess _queue _random _sha1 _sha2 _sha256 _sha3
    _sha512 _socket _statistics _struct _typing _uuid array binascii cmath fcntl math
    mmap select termios unicodedata zlib numpy.fft numpy.random
"""


# What the files of a course itself are likely to import.
_LIKELY = "csv pathlib"


def import_extensions() -> None:
    """Import only extension modules, which a student's code could not import later, and _LIKELY.

    It takes at most a third of the time of `warm_up`.
    """
    _import(EXTENSIONS)
    _import(_LIKELY)


def warm_up() -> None:
    """Import MODULES; use LAPACK, the random generators, the compiler and a traceback once."""
    _import(MODULES)
    _compute()
    time.localtime()
    try:
        exec(compile("def f():\n    raise ValueError\nf()", "<warm>", "exec"), {})
    except ValueError:
        traceback.format_exc()


def import_packages(places: str) -> dict[str, str]:
    """Import these packages and all their extension modules; return their folders, by name.

    The result includes packages from the same parent folders that they import themselves. A place
    is a folder's path with the name of a module in it appended; several are joined as in PATH.
    Raises ImportError.
    """
    known = set(sys.modules)
    folders = []
    for place in filter(None, places.split(os.pathsep)):
        folder, name = os.path.split(place)
        folders.append(folder)
        sys.path.append(folder)
        importlib.import_module(name)
        _import(" ".join(_extensions(os.path.join(folder, *name.split(".")), name)))
    sys.path[:] = [place for place in sys.path if place not in folders]
    tops = {name.partition(".")[0] for name in sys.modules.keys() - known}
    found = ((top, getattr(sys.modules.get(top), "__path__", None)) for top in tops)
    return {
        top: path[0] for top, path in sorted(found) if path and os.path.dirname(path[0]) in folders
    }


def _extensions(folder: str, package: str) -> Iterator[str]:
    """The names of a package's extension modules, which cannot be imported from memory later."""
    for place, inside, names in os.walk(folder):
        inside[:] = sorted(name for name in inside if name not in ("tests", "__pycache__"))
        prefix = ".".join([package, *os.path.relpath(place, folder).split(os.sep)])
        for name in sorted(names):
            if name.endswith(tuple(EXTENSION_SUFFIXES)):
                yield f"{prefix.removesuffix('..')}.{name.partition('.')[0]}"


def _import(names: str) -> None:
    for name in names.split():
        try:
            importlib.import_module(name)
        except ImportError:  # some builds of Python lack some modules
            continue


def _compute() -> None:
    np: Any = importlib.import_module("numpy")
    square = np.eye(64) + 0.1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.linalg.solve(square, square @ square)
        np.linalg.svd(square), np.linalg.eigh(square), np.linalg.inv(square)
        np.exp(square) / square.sum(), np.log(square), np.einsum("ij,jk", square, square)
        np.kron(square, square), np.outer(square, square), str(square), repr(square)
    np.random.default_rng(0).normal(size=3), np.random.rand(3), np.random.seed(0)
    random.random()


_PATCHED = {"_io", "builtins", "io", "os", "sys", "warnings"}
"""Modules that the guest itself changes, so that it needs the real ones."""


def hide_the_grader() -> None:
    """Separate the guest from a student's code, which then finds no module or argument of ours.

    The guest gets copies of the modules that it uses: a function that a student's code replaces in
    numpy, for example, must not fail in the guest later, when another function is called.
    """
    copies: dict[str, ModuleType] = {}
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograder"]:
        ours = vars(sys.modules.pop(name))
        if not name.startswith("autograder.sandbox.guest."):
            continue
        for key, used in [*ours.items()]:
            top = getattr(used, "__name__", "").partition(".")[0]
            if isinstance(used, ModuleType) and top not in {"autograder", *_PATCHED}:
                if used.__name__ not in copies:
                    copies[used.__name__] = ModuleType(used.__name__)
                    vars(copies[used.__name__]).update(vars(used))
                ours[key] = copies[used.__name__]
    sys.argv = [""]
    sys.dont_write_bytecode = True
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


# --- imports from memory ------------------------------------------------------------------------

# Large folders that no exercise can use: tests, GUI toolkits, installers.
_LEFT_OUT = """
    __pycache__ _pyinstaller dist-packages distutils ensurepip idlelib lib-dynload lib2to3 msilib
    pydoc_data site-packages test tests tkinter turtledemo venv
"""
_HEADER_BYTES = 16  # of a .pyc file: PEP 552


class Library:
    """A module finder and loader for files that were read into memory."""

    def __init__(self) -> None:
        self._modules: dict[str, tuple[str, bytes, bool]] = {}
        self._left_out = set(_LEFT_OUT.split())

    def read(self, folder: str, prefix: str = "") -> None:
        """Read the Python files of a folder and of its subfolders."""
        with os.scandir(folder) as entries:
            for entry in entries:
                name, ending = os.path.splitext(entry.name)
                if ending == ".py":
                    package = name == "__init__"
                    module = prefix[:-1] if package else prefix + name
                    if module and module not in sys.modules:
                        self._modules[module] = (*_code_or_text(entry.path), package)
                elif entry.name not in self._left_out and "." not in entry.name and entry.is_dir():
                    self.read(entry.path, f"{prefix}{entry.name}.")

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name not in self._modules:
            return None
        spec = ModuleSpec(name, self, is_package=self._modules[name][2])  # type: ignore[arg-type]
        spec.origin = self._modules[name][0]
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.get_code(module.__name__), vars(module))

    def get_code(self, name: str) -> CodeType:
        path, data, _ = self._modules[name]
        if path.endswith(".pyc"):
            code: CodeType = marshal.loads(memoryview(data)[_HEADER_BYTES:])
            return code
        return compile(data, path, "exec", dont_inherit=True)


def import_from_memory(packages: Mapping[str, str]) -> None:
    """Make imports use memory only: the standard library and the packages in these folders.

    `packages` maps each package's name to its folder.
    """
    library = Library()
    library.read(os.path.dirname(os.__file__))
    for name, folder in packages.items():
        library.read(folder, f"{name}.")
    sys.path.clear()
    sys.path_importer_cache.clear()
    finders = [BuiltinImporter, FrozenImporter, library, standins.Finder()]
    sys.meta_path[:] = finders  # type: ignore[assignment]


def _code_or_text(path: str) -> tuple[str, bytes]:
    """The path and content of the file's .pyc, or its own if it is not compiled yet."""
    try:
        compiled = cache_from_source(path)
        with open(compiled, "rb", buffering=0) as file:
            return compiled, file.read()
    except OSError:
        with open(path, "rb", buffering=0) as file:
            return path, file.read()


# --- memory -------------------------------------------------------------------------------------

_PIECES = (65536, 16384, 4096, 2048, 1024, 512, 256, 128, 64, 24)
_MOST = 100_000
"""The most pieces of one size to allocate, in case the allocator does not behave as expected."""
_IN_A_ROW = 12
_FLOATS = 5000
_EMPTY = 33
"""Size of an empty `bytes` object, in bytes."""

_COUNTS = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"

_kept: list[object] = []


def fill_holes() -> None:
    """Allocate the free memory between objects in use, for as long as this process lives.

    Otherwise a child's allocations would first fill these holes. They are scattered over hundreds
    of pages, and each page that a child writes to is copied for it. Without holes, it gets new
    memory in one piece. Without this function, a submission that computes little takes 10 % more
    CPU time.
    """
    _fill_python(16, object)
    for size in range(48, 513, 16):
        _fill_python(size, partial(bytes, size - _EMPTY))
    # Ints that hold addresses are 32 bytes, so floats fill that size class.
    _kept.extend(map(float, range(_FLOATS)))
    _fill_c()


def _fill_python(size: int, make: Callable[[], object]) -> None:
    """Allocate objects of this size until they are adjacent, as Python fills holes first."""
    in_a_row, place = 0, 0
    for _ in range(_MOST):
        made = make()
        _kept.append(made)
        in_a_row = in_a_row + 1 if id(made) == place + size else 0
        place = id(made)
        if in_a_row == _IN_A_ROW:
            break


class _Info(ctypes.Structure):
    """`struct mallinfo2` of malloc.h."""

    _fields_ = [(name, ctypes.c_size_t) for name in _COUNTS.split()]


def _fill_c() -> None:
    """Allocate every free piece of C memory but the last, which the heap grows from. glibc only."""
    libc = ctypes.CDLL(None)
    try:
        tell, take = libc.mallinfo2, libc.malloc
    except AttributeError:
        return
    tell.restype, take.restype, take.argtypes = _Info, ctypes.c_void_p, [ctypes.c_size_t]
    for size in _PIECES:
        info = tell()
        for _ in range(_MOST):
            if info.fordblks - info.keepcost < size:
                break
            take(size)
            end, info = info.keepcost, tell()
            if info.keepcost != end:  # there was no hole of this size
                break
