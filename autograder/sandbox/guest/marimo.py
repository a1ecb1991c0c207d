"""Finds the cells of a marimo notebook, which is a script of decorated functions.

A cell's parameters are the names that it takes from others, and what it returns are those that it
gives to them. Here all cells share one namespace, as they do in the notebook, in an order in which
each comes after those it takes names from: https://docs.marimo.io/guides/reactivity/.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class _Cell(NamedTuple):
    body: list[ast.stmt]
    takes: set[str]
    gives: set[str]


def cells_of(text: str) -> list[ast.Module]:
    """The cells in the order in which they run. Raises SyntaxError."""
    cells: list[_Cell] = []
    rest: list[ast.stmt] = []
    for statement in ast.parse(text).body:
        decorators = getattr(statement, "decorator_list", [])
        kinds = {_app_attribute(decorator) for decorator in decorators}
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and "cell" in kinds:
            if not any(map(_is_disabled, decorators)):
                cells.append(_cell(statement, len(cells)))
        elif isinstance(statement, ast.With) and _app_attribute(statement.items[0].context_expr):
            rest += statement.body  # app.setup
        elif kinds & {"function", "class_definition"}:
            assert isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            statement.decorator_list = [one for one in decorators if not _app_attribute(one)]
            cells.append(_Cell([statement], set(), {statement.name}))
        elif not _is_frame(statement):
            rest.append(statement)
    bodies = [[one] for one in rest] + [cell.body for cell in _ordered(cells)]
    return [ast.Module(body, []) for body in bodies if body]


def _app_attribute(node: ast.expr) -> str:
    """`cell` of `@app.cell` and of `@app.cell(hide_code=True)`; "" of anything else."""
    node = node.func if isinstance(node, ast.Call) else node
    is_app = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return node.attr if is_app and node.value.id == "app" else ""  # type: ignore[attr-defined]


def _is_disabled(decorator: ast.expr) -> bool:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return any(
        one.arg == "disabled" and isinstance(one.value, ast.Constant) and bool(one.value.value)
        for one in keywords
    )


def _is_frame(statement: ast.stmt) -> bool:
    """Whether it is marimo's own: the app, the version, a cell that is not Python, `app.run()`."""
    if isinstance(statement, ast.Expr) and _app_attribute(statement.value):
        return True
    if isinstance(statement, ast.Assign):
        names = {one.id for one in statement.targets if isinstance(one, ast.Name)}
        return bool(names & {"app", "__generated_with"})
    return isinstance(statement, ast.If) and "app" in {
        node.id for node in ast.walk(statement) if isinstance(node, ast.Name)
    }


def _cell(function: ast.FunctionDef | ast.AsyncFunctionDef, number: int) -> _Cell:
    parameters = {one.arg for one in (*function.args.posonlyargs, *function.args.args)}
    body = list(function.body)
    gives: set[str] = set()
    if isinstance(body[-1], ast.Return):
        returned = body.pop().value  # type: ignore[attr-defined]
        names = ast.walk(returned) if returned else ()
        gives = {node.id for node in names if isinstance(node, ast.Name)}
    private = _Private(function, number)
    return _Cell([private.visit(one) for one in body], parameters, gives)


class _Private(ast.NodeTransformer):
    """Names that begin with an underscore are a cell's own, so they get its number."""

    def __init__(self, cell: ast.FunctionDef | ast.AsyncFunctionDef, number: int) -> None:
        found = {getattr(one, "name", "") for one in cell.body}
        for node in ast.walk(cell):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.alias):
                found.add(node.asname or node.name)
        own = {name for name in found if name.startswith("_") and not name.endswith("__")}
        self._names = {name: f"_cell{number}{name}" for name in own}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self._names.get(node.arg, node.arg)
        return node

    def visit_alias(self, node: ast.alias) -> ast.alias:
        name = node.asname or node.name
        if name in self._names:
            node.asname = self._names[name]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._names.get(node.name, node.name)
        return self.generic_visit(node)


def _ordered(cells: Sequence[_Cell]) -> Iterator[_Cell]:
    """Each after those that give what it takes; otherwise, and in a circle, as they come."""
    left = list(cells)
    while left:
        for cell in left:
            given_later = set().union(*(other.gives for other in left if other is not cell))
            if not cell.takes & given_later:
                break
        else:
            cell = left[0]
        left.remove(cell)
        yield cell
