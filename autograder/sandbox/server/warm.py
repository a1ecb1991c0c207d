"""Imports and exercises, before the first fork, what a student's code is likely to use."""

from __future__ import annotations

import importlib
import random
import time
import traceback
import warnings
from typing import Any

# What takes more than a few milliseconds to import, and no numerical exercise needs, is left out.
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


# The parts of these modules that are no Python text, and so cannot be imported from memory later.
EXTENSIONS = """
    _bisect _blake2 _bz2 _csv _ctypes _datetime _decimal _hashlib _heapq _json _lsprof _lzma _md5
    _multiprocessing _opcode _pickle _posixsubprocess _queue _random _sha1 _sha2 _sha256 _sha3
    _sha512 _socket _statistics _struct _typing _uuid _zoneinfo array binascii cmath fcntl math
    mmap select termios unicodedata zlib numpy.fft numpy.random
"""


def prepare_imports() -> None:
    """Import only what a student's code could not import later: a third of the time, or less."""
    _import(EXTENSIONS)


def warm_up() -> None:
    """Import the modules; run LAPACK, the generators, the compiler and a traceback once."""
    _import(MODULES)
    _compute()
    time.localtime()
    try:
        exec(compile("def f():\n    raise ValueError\nf()", "<warm>", "exec"), {})
    except ValueError:
        traceback.format_exc()


def _import(names: str) -> None:
    for name in names.split():
        try:
            importlib.import_module(name)
        except ImportError:  # not every Python is built with every module
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
