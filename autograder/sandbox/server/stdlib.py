"""Keeps the standard library, numpy and the course's packages in memory, so imports need no files.

A student's code can then import the same modules on every machine and under every isolation layer:
imports do not depend on permission to read files, and no other package is found.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterator, Mapping
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec
from types import CodeType, ModuleType

from autograder.sandbox.guest import standins as guest_standins

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
        compiled = {name.partition(".")[0]: path for name, path in _compiled(folder)}
        with os.scandir(folder) as entries:
            for entry in entries:
                name, ending = os.path.splitext(entry.name)
                if ending == ".py":
                    package = name == "__init__"
                    module = prefix[:-1] if package else prefix + name
                    if module and module not in sys.modules:
                        path = compiled.get(name, entry.path)
                        self._modules[module] = (path, _bytes(path), package)
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


def install(packages: Mapping[str, str]) -> None:
    """Make imports use memory only: the standard library and the packages in these folders.

    `packages` maps each package's name to its folder.
    """
    library = Library()
    library.read(os.path.dirname(os.__file__))
    for name, folder in packages.items():
        library.read(folder, f"{name}.")
    sys.path.clear()
    sys.path_importer_cache.clear()
    finders = [BuiltinImporter, FrozenImporter, library, guest_standins.Finder()]
    sys.meta_path[:] = finders  # type: ignore[assignment]


def _compiled(folder: str) -> Iterator[tuple[str, str]]:
    """The folder's .pyc files for this interpreter, as (name, path)."""
    ending = f".{sys.implementation.cache_tag}.pyc"
    try:
        with os.scandir(os.path.join(folder, "__pycache__")) as entries:
            for entry in entries:
                if entry.name.endswith(ending):
                    yield entry.name, entry.path
    except OSError:  # nothing is compiled yet, which only makes a first import slower
        return


def _bytes(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()
