"""The architecture, as tests: who imports whom, what stays light, what is never used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import autograder

PACKAGE = Path(autograder.__file__).parent

HEIGHT = {
    name: height
    for height, names in enumerate(
        (
            ("model", "errors", "text"),
            ("replacing", "whole_file", "answer_size", "per_case"),
            ("compare",),
            ("course",),
            ("similarity",),
            ("submissions",),
            ("answer_key",),
            ("sandbox",),
            ("diagnosis",),
            ("judging",),
            ("gradebook",),
            ("batch",),
            ("platforms",),
            ("reporting",),
            ("authoring",),
            ("study",),
            ("integrations",),
            ("cli",),
            ("__main__",),
        )
    )
    for name in names
}
"""Of each module or folder of the package; it may import itself, and what stands lower."""

LONGEST = 500
LONGER: dict[str, str] = {}

UNSAFE: dict[str, dict[str, str]] = {
    "eval": {},
    "exec": {
        "answer_key.trusted_modules": "the course's own solutions",
        "sandbox.guest.modules": "a student's code, in the sandbox",
        "sandbox.server.stdlib": "the standard library, in the sandbox",
        "sandbox.server.warm": "a text of its own",
    },
    ".extractall": {},
    "os.system": {},
    "yaml.load": {},
    "pickle": {
        "batch.dask_pool": "between two processes that are both ours",
        "batch.process_pool": "likewise",
        "batch.worker_process": "the other end of it",
    },
    "dill": {},
    "shelve": {},
    "marshal": {
        "sandbox.host.compiled": "writes the course's own code, and reads none",
        "sandbox.guest.modules": "reads that, in the sandbox",
        "sandbox.server.stdlib": "compiled files of the interpreter itself",
    },
}
"""Calls and modules that can run what they are given, with the only users they may have."""

CHECK_PATH = (
    "model",
    "text",
    "judging.judge",
    "judging.public_check",
    "answer_key.file",
    "submissions.read",
    "submissions.support_files",
    "sandbox.sandbox",
)


@cache
def tree(name: str) -> ast.Module:
    path = PACKAGE.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_names() -> list[str]:
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        names.append(".".join(part for part in parts if part != "__init__"))
    return [name for name in names if name]


MODULES = module_names()


def imported(name: str) -> Iterator[str]:
    """The modules that `name` imports anywhere in its text, with `autograder` for our own."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: write the import in full"
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                is_module = inside.removeprefix("autograder.") in MODULES
                yield inside if is_module else str(node.module)


def our_imports(name: str) -> set[str]:
    ours = (one for one in imported(name) if one.startswith("autograder."))
    return {one.removeprefix("autograder.") for one in ours} - {name}


def layer(name: str) -> str:
    return name.partition(".")[0]


def test_every_module_has_a_place_in_the_layers() -> None:
    assert len(MODULES) > 30
    assert {layer(name) for name in MODULES} <= HEIGHT.keys()


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name: str) -> None:
    here = layer(name)
    wrong = {
        other
        for other in our_imports(name)
        if layer(other) != here and HEIGHT[layer(other)] >= HEIGHT[here]
    }
    assert not wrong, f"{name} may not import {sorted(wrong)}"


def test_no_modules_import_one_another_in_a_circle() -> None:
    TopologicalSorter({name: our_imports(name) for name in MODULES}).prepare()


@pytest.mark.parametrize("name", MODULES)
def test_module_is_short_and_says_what_it_does(name: str) -> None:
    text = ast.get_docstring(tree(name))
    assert text, f"{name}: write a docstring"
    assert text.split("\n\n")[0].rstrip().endswith((".", ":")), f"{name}: begin with a sentence"
    path = PACKAGE.joinpath(*name.split(".")).with_suffix(".py")
    if path.exists() and name not in LONGER:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= LONGEST, f"{name} has {lines} lines; split it by what it does"


def test_exceptions_to_the_length_are_still_needed() -> None:
    for name in LONGER:
        path = PACKAGE.joinpath(*name.split(".")).with_suffix(".py")
        assert len(path.read_text(encoding="utf-8").splitlines()) > LONGEST


def used(name: str) -> set[str]:
    """Names that the module imports or calls: `pickle`, `exec`, `.extractall`, `yaml.load`."""
    calls = [node.func for node in ast.walk(tree(name)) if isinstance(node, ast.Call)]
    methods = {f".{call.attr}" for call in calls if isinstance(call, ast.Attribute)}
    return methods | {ast.unparse(call) for call in calls} | set(imported(name))


@pytest.mark.parametrize("name", MODULES)
def test_nothing_unsafe_is_used(name: str) -> None:
    unsafe = {word for word in used(name) & UNSAFE.keys() if name not in UNSAFE[word]}
    assert not unsafe, f"{name} uses {sorted(unsafe)}"
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.keyword) and node.arg in ("allow_pickle", "shell"):
            assert not getattr(node.value, "value", True), f"{name}:{node.value.lineno}: {node.arg}"


def test_exceptions_for_what_is_unsafe_are_still_needed() -> None:
    for word, users in UNSAFE.items():
        for name in users.keys() & set(MODULES):
            assert word in used(name), f"{name} does not use {word} any more"


READS = ("sys.argv", "os.environ", "os.getenv", "os.getcwd", "Path.cwd")


@pytest.mark.parametrize("name", [n for n in MODULES if layer(n) not in ("cli", "__main__")])
def test_only_the_command_line_reads_arguments_and_surroundings(name: str) -> None:
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            written = ast.unparse(node)
            assert written not in READS or name in SURROUNDINGS, f"{name}:{node.lineno} {written}"


SURROUNDINGS = {
    "sandbox.server.server": "it empties its own arguments, so that students' code finds none",
}


def test_checking_imports_nothing_but_numpy_and_the_standard_library() -> None:
    script = (
        "import sys; before = set(sys.modules)\n"
        f"for name in {CHECK_PATH}: __import__('autograder.' + name)\n"
        "loaded = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(loaded - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    # numpy looks for its own optional packages; Cython leaves a name of its own behind.
    strangers = {name for name in done.stdout.split() if not name.startswith(("_", "cython"))}
    assert strangers == {"autograder", "numpy"}


@pytest.mark.parametrize("name", [n for n in MODULES if n.startswith("sandbox.guest")])
def test_guest_imports_the_standard_library_and_numpy_only(name: str) -> None:
    foreign = {
        module
        for module in imported(name)
        if layer(module) not in sys.stdlib_module_names
        and layer(module) != "numpy"
        and not module.startswith("autograder.sandbox.guest.")
    }
    assert not foreign, f"{name} imports {sorted(foreign)}"
