"""Statements go when only solutions need them, and stay when anything else does."""

import ast

import pytest

from autograder.authoring.script import Leftovers, find_leftovers


def leftovers(text: str, keep: frozenset[str] = frozenset(), dropped: str = "") -> Leftovers:
    tree = ast.parse(text)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "f"]
    cut = [n for n in tree.body if dropped and ast.unparse(n).startswith(dropped)]
    return find_leftovers(tree, functions, cut, keep)


def gone(text: str, keep: frozenset[str] = frozenset()) -> set[str]:
    found = leftovers(text, keep)
    whole = {ast.unparse(node) for node in found.statements if not hasattr(node, "names")}
    return whole | {alias.asname or alias.name for alias in found.aliases}


F = "def f(x):\n    return {}\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A = 1\n" + F.format("A"), {"A = 1"}),
        ("A = 1\n" + F.format("x"), set()),
        ("A = 1\nprint(A)\n" + F.format("A"), set()),
        ("A = 1\nB = A\n" + F.format("B"), {"A = 1", "B = A"}),
        ("A = 1\nB = A\nprint(A)\n" + F.format("B"), {"B = A"}),
        ("A, B = 1, 2\nprint(B)\n" + F.format("A"), set()),
        ("A: int = 1\nA += 1\n" + F.format("A"), {"A: int = 1", "A += 1"}),
        ("A = {}\nA[0] = 1\n" + F.format("A"), {"A = {}", "A[0] = 1"}),
        ("A = 1\ndef f(x=A):\n    return A\n", set()),
        ("T = int\ndef f(x: 'T') -> 'list[T]':\n    return T\n", set()),
        ("import math, cmath\n" + F.format("math.e"), {"math"}),
        ("from a import b as c, d\n" + F.format("c"), {"c"}),
        ("import os.path\n" + F.format("os.path"), {"os.path"}),
        ("import numpy as np\n" + F.format("np.e"), set()),
        ("from numpy import exp\n" + F.format("exp(x)"), {"exp"}),
        ("from a import *\n" + F.format("b"), set()),
        ("from __future__ import annotations\n" + F.format("annotations"), set()),
        ("class A: pass\n" + F.format("A()"), {"class A:\n    pass"}),
        ("class _A: pass\n" + F.format("x"), {"class _A:\n    pass"}),
        ("class _A: pass\nprint(_A)\n" + F.format("x"), set()),
    ],
)
def test_only_what_solutions_alone_need_goes(text: str, wanted: set[str]) -> None:
    assert gone(text) == wanted


def test_functions_that_call_one_another_go_together() -> None:
    text = "def _a(n): return _b(n)\ndef _b(n): return _a(n)\ndef f(x): return _a(x)\n"
    assert len(leftovers(text).statements) == 2


def test_a_public_function_that_nobody_calls_stays_with_its_tools() -> None:
    text = "T = 1\ndef _tool(): return T\ndef plot(): return _tool()\ndef f(x): return _tool()\n"
    assert leftovers(text).statements == frozenset()


def test_an_earlier_exercise_that_may_be_used_stays_imported() -> None:
    text = "from part1 import softmax, sm_dir\n" + F.format("softmax(x) + sm_dir(x)")
    assert gone(text, frozenset({"softmax"})) == {"sm_dir"}


def test_names_that_only_a_dropped_statement_gives_are_missing() -> None:
    text = "A = 1\nB = 2\nprint(A)\n" + F.format("A + B")
    assert leftovers(text, dropped="A").missing == {"A"}
    assert leftovers(text, dropped="B").missing == set()
    twice = "A = 1\n" + text
    assert leftovers(twice, dropped="B").missing == set()
