"""Which newer Python a file needs, for its grammar or for a name of the standard library."""

from __future__ import annotations

import sys

import pytest

from autograder.sandbox.guest.newer import in_students_terms, needed

HERE = sys.version_info[:2]
GRAMMAR = [
    ("try:\n    pass\nexcept* ValueError:\n    pass\n", (3, 11)),
    ("print(f'{d['a']}')\n", (3, 12)),
    ("print(f'{'\\n'.join(x)}')\n", (3, 12)),
    ("print(f'''{\nx # why\n}''')\n", (3, 12)),
    ("type Vector = list[float]\n", (3, 12)),
    ("type Pair[T] = tuple[T, T]\n", (3, 12)),
    ("def first[T](x: list[T]) -> T:\n    return x[0]\n", (3, 12)),
    ("class Box[T]:\n    pass\n", (3, 12)),
    ("try:\n    pass\nexcept ValueError, TypeError:\n    pass\n", (3, 14)),
    ("x = t'{y}'\n", (3, 14)),
]


@pytest.mark.parametrize(("text", "version"), GRAMMAR)
def test_a_newer_grammar_is_named(text: str, version: tuple[int, int]) -> None:
    assert needed(f"x = 1\n{text}y = 2\n") == (version if version > HERE else None)


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "print 'x'\n",
        "x = (1\n",
        "f'{x\n",
        "type\n",
        "# ä\nx = 1\n",
        "\0",
        "x = 'open\n",
    ],
)
def test_what_no_python_takes_needs_none(text: str) -> None:
    assert needed(text) is None


def raised(statement: str) -> BaseException:
    try:
        exec(statement)
    except Exception as error:
        return error
    raise AssertionError


@pytest.mark.skipif(HERE >= (3, 12), reason="this Python has these names")
@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("from typing import override", "typing.override needs Python 3.12 or newer"),
        ("from itertools import batched", "itertools.batched needs Python 3.12 or newer"),
        ("import itertools\nitertools.batched", "itertools.batched needs Python 3.12 or newer"),
        ("from warnings import deprecated", "warnings.deprecated needs Python 3.13 or newer"),
        ("import annotationlib", "annotationlib needs Python 3.14 or newer"),
        ("from string.templatelib import Template", "string.templatelib needs Python 3.14"),
    ],
)
def test_a_newer_name_is_named(statement: str, what: str) -> None:
    said = in_students_terms(raised(statement), "")
    assert said is not None
    assert said.startswith(what)
    assert f"graded with Python {HERE[0]}.{HERE[1]}" in said


@pytest.mark.parametrize(
    "statement",
    [
        "import no_such",
        "from math import no_such",
        "import math\nmath.no",
        "(1).no",
        "1 / 0",
        "''.x",
    ],
)
def test_other_errors_say_it_themselves(statement: str) -> None:
    assert in_students_terms(raised(statement), "") is None


def test_the_line_is_named_as_python_does() -> None:
    text = next((text for text, version in GRAMMAR if version > HERE), None)
    if text is None:
        pytest.skip("this Python takes all of these")
    error = raised(f"compile({text!r}, 'part1.py', 'exec')")
    said = in_students_terms(error, text)
    assert said is not None
    assert "(part1.py, line " in said
