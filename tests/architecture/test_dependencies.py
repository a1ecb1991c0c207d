"""What a student installs is enough for a student, and what is missing is named in one line."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

import autograder
from autograder.cli import EXTRAS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PACKAGE = Path(autograder.__file__).parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ONLY_INSIDE_OTTER = {"integrations/otter_plugin.py": {"otter", "nbformat"}}
"""Modules that otter loads, and what it has installed then."""


def distributions(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", one)[0].lower() for one in requirements}


BASE = distributions(PROJECT["dependencies"])
BY_EXTRA = {
    extra: distributions(requirements)
    for extra, requirements in PROJECT["optional-dependencies"].items()
}


brought = cache(packages_distributions)


def third_party_imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"autograder"}


def test_every_package_that_is_imported_is_in_the_base_or_in_a_named_extra() -> None:
    wrong = [
        f"{place}: {module}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for place in [path.relative_to(PACKAGE).as_posix()]
        for module in sorted(third_party_imports(path))
        if not {one.lower() for one in brought().get(module, ())} & BASE
        and module not in EXTRAS
        and module not in ONLY_INSIDE_OTTER.get(place, ())
        and module != "pydantic_core"  # comes with pydantic, in step with it
    ]
    assert wrong == []


@pytest.mark.parametrize("module", EXTRAS)
def test_the_extra_that_is_named_brings_the_module(module: str) -> None:
    names = {one.lower() for one in brought()[module]}
    names |= {"dask"} if module == "distributed" else set()  # its extra of the same name
    assert names & BY_EXTRA[EXTRAS[module]]


def run(command: list[str], blocked: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """`autograder COMMAND` where none of the blocked modules can be imported."""
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r}))\n"
        f"sys.argv = ['autograder', *{command!r}]\n"
        "from autograder.cli import main; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=120
    )


def test_a_student_needs_no_extra(synced: Path) -> None:
    for command in (
        ["check"],
        ["study", "--once"],
        ["grade", "exercises", "--out", "graded", "--workers", "1"],
    ):
        done = run(command, [*EXTRAS, "nbformat"], synced)
        assert done.returncode in (0, 1), done.stderr
        assert done.stderr == ""


@pytest.mark.parametrize(
    ("command", "missing", "extra"),
    [
        ("sync", "jupytext", "author"),
        ("build", "otter", "instructor"),
    ],
)
def test_a_missing_extra_is_one_line_that_says_what_to_install(
    tiny_folder: Path, command: str, missing: str, extra: str
) -> None:
    options = [] if command == "sync" else ["--out", "dist"]
    done = run([*command.split(), *options], [missing], tiny_folder)
    assert done.returncode == 2
    assert done.stderr == (
        f"autograder: '{command.split()[0]}' needs {missing}, which is not installed; "
        f"run pip install 'softmax-autograder[{extra}]'\n"
    )
    assert not (tiny_folder / "dist").exists()


def test_plain_pytest_of_a_student_runs_the_courses_public_groups_alone() -> None:
    blocked = ["hypothesis", "jupytext", "mpmath", "nbformat", "otter", "pexpect", "xdist"]
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r}))\n"
        "import pytest\n"
        "plugin = 'autograder.integrations.pytest_plugin'\n"
        "sys.exit(pytest.main(['-p', plugin, '-p', 'no:cacheprovider', '-v']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "the engine's own tests need hypothesis, jupytext" in done.stdout, done.stderr
    ran = [line for line in done.stdout.splitlines() if line.endswith("%]")]
    assert len(ran) > 12
    assert {line.partition("::")[0] for line in ran} == {"course.yaml"}
    assert done.stderr == ""
