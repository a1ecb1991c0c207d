"""Notebook cells without what only a notebook understands."""

from __future__ import annotations

import pytest

from autograder.sandbox.guest.cells import python_of


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!pip install x\nx = 1", "pass\nx = 1"),
        ("softmax?\nx = 1", "pass\nx = 1"),
        ("?softmax", "pass"),
        ("if x:\n    %timeit f()\n    y = 2", "if x:\n    pass\n    y = 2"),
        ("files = !ls\nx = 1", "files = None\nx = 1"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%capture out\nx = 1", "\n\nx = 1"),
        ("%%bash\nrm -rf /", ""),
        ("%%html\n<b>x</b>", ""),
        ("%%\nx", ""),
    ],
)
def test_magics_are_taken_out(cell: str, python: str) -> None:
    assert python_of(cell) == python


def test_what_is_left_compiles_on_the_same_lines() -> None:
    code = compile(python_of("%load_ext x\n\ndef f():\n    return 1"), "cell", "exec")
    names: dict[str, object] = {}
    exec(code, names)
    assert names["f"].__code__.co_firstlineno == 3
