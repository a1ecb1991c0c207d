"""Warms up the server before the first fork: imports modules, runs code once, fills memory."""

from __future__ import annotations

import ctypes
import importlib
import os
import random
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from importlib.machinery import EXTENSION_SUFFIXES
from typing import Any

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


def prepare_imports() -> None:
    """Import only extension modules, which a student's code could not import later.

    It takes at most a third of the time of `warm_up`.
    """
    _import(EXTENSIONS)


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
