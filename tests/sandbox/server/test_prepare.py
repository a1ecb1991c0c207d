"""Imports from memory in an interpreter without a path, and a heap without holes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.sandbox.server import prepare

ROOT = Path(__file__).parents[3]
PREAMBLE = f"""
import os, sys
folders = [{str(ROOT)!r}, {str(Path(np.__file__).parents[1])!r}]
sys.path += folders
from autograder.sandbox.server import prepare
prepare.warm_up()
prepare.import_from_memory(dict(numpy=os.path.join(folders[1], "numpy")))
"""


def run(text: str, preamble: str = PREAMBLE) -> str:
    command = [sys.executable, "-I", "-S", "-c", preamble + text]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_modules_that_were_not_warmed_come_from_memory() -> None:
    out = run(
        "import builtins, io\n"
        "def refuse(*a, **k): raise AssertionError(a)\n"
        "os.listdir = os.scandir = os.stat = os.open = builtins.open = io.open = refuse\n"
        "import asyncio, email.mime.text, xml.dom.minidom, zoneinfo, numpy.matlib\n"
        "import cProfile, multiprocessing.pool, concurrent.futures.process\n"
        "from numpy import *\n"
        "print(asyncio.sleep.__name__, email.mime.text.__package__, 'x'.encode('cp437'), pi)\n"
    )
    assert out.startswith("sleep email.mime b'x' 3.14159")


def test_a_lean_interpreter_imports_whatever_a_warm_one_has() -> None:
    lean = PREAMBLE.replace("prepare.warm_up()", "prepare.import_extensions()")
    imports = (
        "import importlib\n"
        "for name in prepare.MODULES.split():\n"
        "    try: importlib.import_module(name)\n"
        "    except ImportError: print(name)\n"
        "from importlib.machinery import ExtensionFileLoader\n"
        "for name, module in sys.modules.items():\n"
        "    if isinstance(getattr(module, '__loader__', None), ExtensionFileLoader): print(name)\n"
    )
    of_lean, of_warm = (set(run(imports, start).split()) for start in (lean, PREAMBLE))
    # asyncio does without, and nothing else in the sandbox has any use for them
    unused = {"_asyncio", "_ssl", "grp", "readline", "_interpreters", "_zstd"}
    assert of_warm - of_lean <= unused
    assert of_lean & {"_bz2", "_ctypes", "_decimal"}
    assert not of_lean & set(prepare.MODULES.split()) - of_warm


def test_modules_are_as_their_files_would_make_them_and_nothing_else_is_found() -> None:
    out = run(
        "import sched\nprint(sched.__name__, sched.__package__ == '', sched.scheduler)\n"
        "for name in ('pytest', 'pip', 'yaml', 'nowhere'):\n"
        "    try:\n        __import__(name)\n"
        "    except ModuleNotFoundError as error: print(error)\n"
        "print(sys.path)\n"
    )
    names = ("pytest", "pip", "yaml", "nowhere")
    assert out.splitlines() == [
        "sched True <class 'sched.scheduler'>",
        *(f"No module named '{name}'" for name in names),
        "[]",
    ]


# --- memory -------------------------------------------------------------------------------------

C_HEAP = """
import ctypes
from autograder.sandbox.server import prepare
if not hasattr(ctypes.CDLL(None), "mallinfo2"):
    raise SystemExit(77)
kept = [bytes(1000 + at % 7000) for at in range(3000)]
del kept[::2]
def holes():
    info = ctypes.CDLL(None).mallinfo2
    info.restype = prepare._Info
    return info().fordblks - info().keepcost
before = holes()
prepare.fill_holes()
assert before > 1_000_000 > 100_000 > holes(), (before, holes())
"""

PYTHON_HEAP = """
from autograder.sandbox.server import prepare
kept = [bytes(67) for _ in range(5000)]
places = set(map(id, kept[::7]))
del kept[::7]
prepare.fill_holes()
later = [bytes(67) for _ in range(100)]
assert not places & set(map(id, later))
assert 5 > sum(one != other - 112 for one, other in zip(map(id, later), map(id, later[1:])))
"""


@pytest.mark.parametrize("text", [C_HEAP, PYTHON_HEAP])
def test_holes_are_filled(text: str) -> None:
    command = [sys.executable, "-c", text]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("another C library")
    assert done.returncode == 0, done.stderr
