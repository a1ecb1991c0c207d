"""What the fork server makes of the course's own files before it forks."""

from __future__ import annotations

import pytest

from autograder.sandbox.guest.protocol import File
from autograder.sandbox.server.fork_server import compiled


def script(text: bytes) -> File:
    return File("workbench", "workbench.py", False, True, [text])


def test_a_script_is_compiled() -> None:
    code = compiled(script(b"x = 6 * 7"))
    names: dict[str, object] = {}
    assert code is not None
    exec(code, names)
    assert names["x"] == 42
    assert code.co_filename == "workbench.py"


@pytest.mark.parametrize("text", [b"def f(:", b"\0", b"# coding: nothing\n"])
def test_what_does_not_compile_has_no_code(text: bytes) -> None:
    assert compiled(script(text)) is None


def test_a_notebook_has_no_code() -> None:
    assert compiled(File("a", "a.ipynb", True, True, [b"x = 1"])) is None


def test_what_python_warns_of_is_no_matter() -> None:
    assert compiled(script(b"x = 1 is 1")) is not None
