"""The architecture, as tests: who imports whom, what stays light, what is never used.

Each test collects all offenders, so that one run shows everything there is to fix.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import autograder

PACKAGE = Path(autograder.__file__).parent
ROOT = Path(__file__).parent.parent.parent

HEIGHT = {
    name: height
    for height, names in enumerate(
        (
            ("model", "errors", "text", "fixed_names"),
            ("codec", "atomic_write"),
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
            ("api",),
            ("cli",),
            ("__main__",),
        )
    )
    for name in names
}
"""The floor of each module or folder of the package; it may import its own and lower floors."""

LONGEST = 500
"""Lines of a module; a guide, and room enough for one idea."""

UNSAFE: dict[str, dict[str, str]] = {
    "eval": {"sandbox.guest.shell": "a student's code, in the sandbox"},
    "exec": {
        "answer_key.trusted_modules": "the course's own solutions",
        "sandbox.server.prepare": "the standard library, in the sandbox, and a text of its own",
    },
    ".extractall": {},
    "os.system": {},
    "yaml.load": {},
    "pickle": {
        "answer_key.assignment": "writes one for another process of ours, and reads none",
        "batch.pools": "between two processes that are both ours",
    },
    "dill": {},
    "shelve": {},
    "marshal": {
        "sandbox.server.prepare": "compiled files of the interpreter itself",
    },
}
"""Calls and modules that can run what they are given, with the only users they may have."""

CHECK_PATH = (
    "model.report",
    "text",
    "judging.judge",
    "judging.check",
    "answer_key.file",
    "submissions.read",
    "submissions.read",
    "sandbox.sandbox",
)


@cache
def tree(name: str) -> ast.Module:
    path = PACKAGE.joinpath(*name.split("."))
    inside = path / "__init__.py"  # a folder may be left from another branch
    path = inside if inside.is_file() else path.with_suffix(".py")
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


@cache
def our_imports(name: str) -> frozenset[str]:
    ours = (one for one in imported(name) if one.startswith("autograder."))
    return frozenset(one.removeprefix("autograder.") for one in ours) - {name}


def layer(name: str) -> str:
    return name.partition(".")[0]


def path_of(name: str) -> Path:
    return PACKAGE.joinpath(*name.split(".")).with_suffix(".py")


def test_every_module_has_a_place_in_the_layers() -> None:
    assert len(MODULES) > 30
    assert {layer(name) for name in MODULES} <= HEIGHT.keys()


def test_imports_point_one_way() -> None:
    wrong = [
        f"{name} may not import {other}"
        for name in MODULES
        for other in sorted(our_imports(name))
        if layer(other) != layer(name) and HEIGHT[layer(other)] >= HEIGHT[layer(name)]
    ]
    assert wrong == []


def test_no_modules_import_one_another_in_a_circle() -> None:
    TopologicalSorter({name: our_imports(name) for name in MODULES}).prepare()


def test_modules_say_what_they_do() -> None:
    first = {name: (ast.get_docstring(tree(name)) or "").split("\n\n")[0] for name in MODULES}
    wrong = [
        f"{name}: begin its docstring with a sentence"
        for name, sentence in first.items()
        if not sentence.rstrip().endswith((".", ":"))
    ]
    assert wrong == []


def test_modules_are_short() -> None:
    lines = {
        name: len(path_of(name).read_text(encoding="utf-8").splitlines())
        for name in MODULES
        if path_of(name).exists()
    }
    long = [f"{name} has {count} lines" for name, count in lines.items() if count > LONGEST]
    assert long == [], "split by what it does"


@cache
def used(name: str) -> frozenset[str]:
    """Names that the module imports or calls: `pickle`, `exec`, `.extractall`, `yaml.load`."""
    calls = [node.func for node in ast.walk(tree(name)) if isinstance(node, ast.Call)]
    methods = {f".{call.attr}" for call in calls if isinstance(call, ast.Attribute)}
    functions = {ast.unparse(call) for call in calls if _is_short(call)}
    return frozenset(methods | functions | set(imported(name)))


def _is_short(called: ast.expr) -> bool:
    """`name` or `module.name`; to write out a longer one takes time and names nothing unsafe."""
    return isinstance(called, ast.Name) or (
        isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name)
    )


def test_nothing_unsafe_is_used() -> None:
    wrong = [
        f"{name} uses {word}"
        for name in MODULES
        for word in sorted(used(name) & UNSAFE.keys())
        if name not in UNSAFE[word]
    ]
    assert wrong == []


def test_nothing_is_unpickled_by_numpy_or_run_by_a_shell() -> None:
    wrong = [
        f"{name}:{node.value.lineno}: {node.arg}"
        for name in MODULES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.keyword)
        and node.arg in ("allow_pickle", "shell")
        and getattr(node.value, "value", True)
    ]
    assert wrong == []


def test_exceptions_for_what_is_unsafe_are_still_needed() -> None:
    unneeded = [
        f"{name} does not use {word}"
        for word, users in UNSAFE.items()
        for name in users
        if name not in MODULES or word not in used(name)
    ]
    assert unneeded == []


READS = ("sys.argv", "os.environ", "os.getenv", "os.getcwd", "Path.cwd")
SURROUNDINGS = {
    "batch.pools": "sets PYTHONSAFEPATH for a worker that starts, and sets it back",
}


def test_only_the_command_line_reads_arguments_and_surroundings() -> None:
    wrong = [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name in MODULES
        if layer(name) not in ("cli", "__main__") and name not in SURROUNDINGS
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and f"{node.value.id}.{node.attr}" in READS
    ]
    assert wrong == []


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


def test_a_server_is_launched_before_anything_slow_is_imported() -> None:
    script = "import sys, autograder.sandbox.host.launch; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        capture_output=True, text=True, check=True, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert {"numpy", "dataclasses", "inspect", "json"}.isdisjoint(done.stdout.split())


NOT_FOR_CHECK = {
    *("asyncio", "concurrent", "csv", "decimal", "difflib", "email", "html", "http", "jinja2"),
    *("logging", "multiprocessing", "pydantic", "rich", "sqlite3", "statistics"),
    *("tarfile", "tempfile", "unittest", "xml", "yaml", "zipfile"),
}
"""Modules that take long to import, and that a check without a wrong answer has no use for."""
OWN_FOR_CHECK = {
    *("answer_key", "cli", "judging", "model", "reporting", "sandbox", "submissions"),
    *("atomic_write", "codec", "compare", "errors", "fixed_names", "text"),
}


def test_a_check_of_the_stubs_loads_only_what_it_needs() -> None:
    script = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "sys.argv = ['autograder', 'check']\n"
        "from autograder.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 1, done.stderr
    loaded = done.stderr.split()
    numpy_alone = subprocess.run(
        [sys.executable, "-c", "import sys, numpy; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    added = set(loaded) - set(numpy_alone.stdout.split())
    assert {name for name in added if layer(name) in NOT_FOR_CHECK} == set()
    own = {name.removeprefix("autograder.") for name in loaded if name.startswith("autograder.")}
    assert {layer(name) for name in own} <= OWN_FOR_CHECK
    assert (
        own & {"answer_key.trusted_modules", "answer_key.judges", "judging.follow_through"} == set()
    )
    assert len(own) <= 55, sorted(own)


def test_guest_imports_the_standard_library_and_numpy_only() -> None:
    foreign = [
        f"{name} imports {module}"
        for name in MODULES
        if name.startswith("sandbox.guest")
        for module in imported(name)
        if layer(module) not in sys.stdlib_module_names
        and layer(module) != "numpy"
        and not f"{module}.".startswith("autograder.sandbox.guest.")
    ]
    assert foreign == []
