"""The course's own files, compiled for every child."""

from __future__ import annotations

import marshal

import pytest

from autograder.model import Source
from autograder.sandbox.host.compiled import code_of


def test_a_script_becomes_its_code_once() -> None:
    script = Source("workbench", "workbench.py", (b"x = 6 * 7",))
    names: dict[str, object] = {}
    code = marshal.loads(code_of(script))
    exec(code, names)
    assert names["x"] == 42
    assert code.co_filename == "workbench.py"
    assert code_of(script) is code_of(Source("workbench", "workbench.py", (b"x = 6 * 7",)))


@pytest.mark.parametrize(
    "source",
    [
        Source("a", "a.py", (b"def f(:",)),
        Source("a", "a.py", (b"\0",)),
        Source("a", "a.py", (b"# coding: nothing\n",)),
        Source("a", "a.ipynb", (b"x = 1",), notebook=True),
    ],
)
def test_what_is_no_script_has_no_code(source: Source) -> None:
    assert code_of(source) == b""


def test_what_python_warns_of_is_no_matter() -> None:
    assert code_of(Source("a", "a.py", (b"x = 1 is 1",)))
