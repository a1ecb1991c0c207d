from __future__ import annotations

import ast

import pytest

from autograder.authoring.mutants import replacements


def edited(source: str, parameters: tuple[str, ...] = ()) -> set[str]:
    """The texts of all replacements of the outermost node of `source`."""
    node: ast.AST = ast.parse(source).body[0]
    if isinstance(node, ast.Expr):
        node = node.value
    return {
        ast.unparse(ast.fix_missing_locations(one)).replace("\n    ", " ")
        for one in replacements(node, parameters)
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a + b", {"a - b", "a * b", "a", "b"}),
        ("a - b", {"a + b", "a * b", "b - a", "a", "b"}),
        ("a @ b", {"a * b", "b @ a", "a", "b"}),
        ("-a", {"a"}),
        ("a == b", {"a != b", "a is b"}),
        ("a == 1", {"a != 1"}),
        ("a < b", {"a <= b", "a > b"}),
        ("a and b", {"a or b"}),
        ("a if c else b", {"b if c else a"}),
        ("3", {"4", "2"}),
        ("0", {"1", "-1"}),
        ("True", {"False"}),
        ("'text'", set()),
        ("a.T", {"a"}),
        ("a.size", {"a.shape[0]"}),
        ("f(a, b)", {"f(b, a)"}),
        ("f(a)", {"a"}),
        ("a.sum()", {"a"}),
        ("f(a, axis=k)", {"f(a)", "a"}),
        ("range(n)", {"range(n + 1)", "range(n - 1)"}),
        ("a.ravel()", {"a", "a.ravel(order='F')"}),
        ("a[i]", {"a"}),
        ("a[i, j]", {"a", "a[j, i]"}),
        ("a += b", {"a -= b", "a *= b", "a = b", "pass"}),
        ("return a", {"return -a", "return a.T"}),
        ("return -a", {"return (-a).T"}),
        ("return", set()),
        ("if a: b", {"if not a: b"}),
        ("for a in b: c", {"for a in b: c break"}),
    ],
)
def test_edits_of_a_node(source: str, expected: set[str]) -> None:
    wrapped = f"def f():\n {source}" if source.startswith("return") else source
    if wrapped is not source:
        node = ast.parse(wrapped).body[0].body[0]  # type: ignore[attr-defined]
        found = {ast.unparse(ast.fix_missing_locations(one)) for one in replacements(node, ())}
    else:
        found = edited(source)
    assert found == expected


def test_a_parameter_is_taken_for_every_other() -> None:
    assert edited("x", ("W", "x", "y")) == {"W", "y"}
    assert edited("z", ("W", "x", "y")) == set()


def test_numpy_functions_are_taken_for_their_neighbours() -> None:
    assert edited("np.max") == {"np.min"}
    assert edited("np.exp") == {"np.exp2", "np.expm1"}
    assert edited("np.outer") == set()


def test_slices_are_shifted() -> None:
    [node] = [n for n in ast.walk(ast.parse("a[1:k]")) if isinstance(n, ast.Slice)]
    found = {ast.unparse(one) for one in replacements(node, ())}
    assert found == {"1 + 1:k", "1 - 1:k", "1:k + 1", "1:k - 1"}
