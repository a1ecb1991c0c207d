"""The small edits that make mutants, by type of syntax tree node."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.Sub),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq, ast.Is),
    ast.NotEq: (ast.Eq, ast.Gt),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_CALLS = {
    "max": ("min",),
    "min": ("max",),
    "argmax": ("argmin",),
    "sum": ("mean", "prod"),
    "mean": ("sum",),
    "prod": ("sum",),
    "exp": ("exp2", "expm1"),
    "log": ("log2", "log1p"),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "zeros_like": ("ones_like",),
    "tile": ("repeat",),
    "repeat": ("tile",),
    "vstack": ("hstack",),
    "divide": ("multiply",),
    "multiply": ("divide",),
}
"""numpy functions and array methods that are easily confused."""


def replacements(node: ast.AST, parameters: Sequence[str]) -> Iterator[ast.AST]:
    """Yield the replacements for `node`, each with one edit; most nodes have none.

    `parameters` are those of the enclosing function: one edit confuses a parameter with another.
    """
    for kind, edit in _EDITS.items():
        if isinstance(node, kind):
            yield from edit(node, parameters)


def _binary(node: ast.BinOp, parameters: Sequence[str]) -> Iterator[ast.AST]:
    for operator in _OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(node.left, operator(), node.right)
    if not isinstance(node.op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
        yield ast.BinOp(node.right, node.op, node.left)
    yield node.left
    yield node.right


def _unary(node: ast.UnaryOp, parameters: Sequence[str]) -> Iterator[ast.AST]:
    yield node.operand


def _comparison(node: ast.Compare, parameters: Sequence[str]) -> Iterator[ast.AST]:
    constants = isinstance(node.left, ast.Constant) or any(
        isinstance(other, ast.Constant) for other in node.comparators
    )
    for operator in _COMPARISONS.get(type(node.ops[0]), ()):
        if len(node.ops) == 1 and not (operator is ast.Is and constants):
            yield ast.Compare(node.left, [operator()], node.comparators)


def _logic(node: ast.BoolOp, parameters: Sequence[str]) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _choice(node: ast.IfExp, parameters: Sequence[str]) -> Iterator[ast.AST]:
    yield ast.IfExp(node.test, node.orelse, node.body)


def _constant(node: ast.Constant, parameters: Sequence[str]) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1) if value >= 1 else ast.UnaryOp(ast.USub(), ast.Constant(1))


def _name(node: ast.Name, parameters: Sequence[str]) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load) and node.id in parameters:
        yield from (ast.Name(other, ast.Load()) for other in parameters if other != node.id)


def _attribute(node: ast.Attribute, parameters: Sequence[str]) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value
    if node.attr == "size":
        yield _indexed(ast.Attribute(node.value, "shape", ast.Load()), 0)
    if node.attr in _CALLS and isinstance(node.ctx, ast.Load):
        yield from (ast.Attribute(node.value, other, ast.Load()) for other in _CALLS[node.attr])


def _call(node: ast.Call, parameters: Sequence[str]) -> Iterator[ast.AST]:
    arguments, keywords = node.args, node.keywords
    for first in range(len(arguments) - 1):
        swapped = list(arguments)
        swapped[first : first + 2] = reversed(swapped[first : first + 2])
        yield ast.Call(node.func, swapped, keywords)
    for number in range(len(keywords)):
        yield ast.Call(node.func, arguments, keywords[:number] + keywords[number + 1 :])
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        last = arguments[-1]
        yield ast.Call(node.func, [*arguments[:-1], _shifted(last, 1)], [])
        yield ast.Call(node.func, [*arguments[:-1], _shifted(last, -1)], [])
    elif len(arguments) == 1:
        yield arguments[0]  # drops the call
    elif not arguments and isinstance(node.func, ast.Attribute):
        yield node.func.value
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("ravel", "reshape", "flatten"):
        order = ast.keyword("order", ast.Constant("F"))
        yield ast.Call(node.func, arguments, [*keywords, order])


def _subscript(node: ast.Subscript, parameters: Sequence[str]) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load):
        yield node.value  # drops the index
    if isinstance(node.slice, ast.Tuple) and len(node.slice.elts) > 1:
        turned = ast.Tuple(node.slice.elts[::-1], ast.Load())
        yield ast.Subscript(node.value, turned, node.ctx)


def _slice(node: ast.Slice, parameters: Sequence[str]) -> Iterator[ast.AST]:
    for amount in (1, -1):
        if node.lower is not None:
            yield ast.Slice(_shifted(node.lower, amount), node.upper, node.step)
        if node.upper is not None:
            yield ast.Slice(node.lower, _shifted(node.upper, amount), node.step)


def _return(node: ast.Return, parameters: Sequence[str]) -> Iterator[ast.AST]:
    if node.value is not None:
        if not isinstance(node.value, ast.UnaryOp):  # dropping that sign is an edit of its own
            yield ast.Return(ast.UnaryOp(ast.USub(), node.value))
        yield ast.Return(ast.Attribute(node.value, "T", ast.Load()))


def _dropped(node: ast.stmt, parameters: Sequence[str]) -> Iterator[ast.AST]:
    yield ast.Pass()


def _assigned_in_place(node: ast.AugAssign, parameters: Sequence[str]) -> Iterator[ast.AST]:
    for operator in _OPERATORS.get(type(node.op), ()):
        yield ast.AugAssign(node.target, operator(), node.value)
    yield ast.Assign([node.target], node.value)
    yield ast.Pass()


def _if(node: ast.If, parameters: Sequence[str]) -> Iterator[ast.AST]:
    yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def _loop(node: ast.For, parameters: Sequence[str]) -> Iterator[ast.AST]:
    yield ast.For(node.target, node.iter, [*node.body, ast.Break()], node.orelse)


def _shifted(node: ast.expr, amount: int) -> ast.expr:
    operator = ast.Add() if amount > 0 else ast.Sub()
    return ast.BinOp(node, operator, ast.Constant(abs(amount)))


def _indexed(node: ast.expr, index: int) -> ast.expr:
    return ast.Subscript(node, ast.Constant(index), ast.Load())


_EDITS: dict[type[ast.AST], Callable[..., Iterator[ast.AST]]] = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _comparison,
    ast.BoolOp: _logic,
    ast.IfExp: _choice,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Return: _return,
    ast.Expr: _dropped,
    ast.AugAssign: _assigned_in_place,
    ast.If: _if,
    ast.For: _loop,
}
