"""Makes mutants of a function: copies of its module with one small edit.

A mutant is a slip of the pen that some test group must catch. The edits are our own rather than a
mutation library's: cosmic-ray and mutmut edit operators, comparisons and constants, but not axes,
transposes, index order or operands, where numpy code goes wrong.

solutions/equivalent_mutants.yaml lists the mutants that change no answer, with the reason:

    double:
      - reason: the order of a sum does not matter
        edits:
          - "return v + w  ->  return w + v"

An edit is written as `autograder validate` prints it.
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from autograder.atomic_write import write_whole
from autograder.course.strict_yaml import Place, read_yaml
from autograder.errors import CourseError, WriteError

_TARGET = re.compile(r"(^|\bfor )\(([^()]*)\)( = | in )")
"""Python 3.10 unparses `for x, y in z` as `for (x, y) in z`; later versions do not."""


@dataclass(frozen=True)
class Mutant:
    """A module with one edit in it."""

    function: str
    """The edited function."""
    edit: str
    """The statement before and after: `return a - b  ->  return b - a`; unique in its function."""
    text: str
    """The text of the whole module."""


def mutants_of(
    text: str, function: str, axes: Mapping[str, int] = MappingProxyType({})
) -> tuple[Mutant, ...]:
    """Return every mutant of `function` in the module `text`, in the order of its statements.

    `axes` gives the number of axes of its parameters and, under `return`, of its answer, as far as
    known: arrays with fewer than two equal their transpose, so no such mutant is made. Neither is
    one that only drops a type conversion of the answer, since only its numbers are judged.

    Private functions of the module that it calls, directly or indirectly, are edited too, since a
    reference may use helpers. Docstrings, defaults and annotations are left alone. Raises
    SyntaxError if `text` is not Python, and KeyError if it does not define `function`.
    """
    tree = ast.parse(text)
    functions: dict[str, ast.FunctionDef | ast.ClassDef] = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    lines = text.splitlines()
    found: list[Mutant] = []
    seen: Counter[str] = Counter()
    for name in _reached(functions, function):
        here = functions[name]
        known = axes if name == function else _axes_of_helper(functions[function], name, axes)
        methods = (one for one in getattr(here, "body", []) if isinstance(one, ast.FunctionDef))
        for each in [here] if isinstance(here, ast.FunctionDef) else methods:
            found += _mutants(each, lines, known, seen if each is not here else Counter())
    return tuple(found)


def _axes_of_helper(function: ast.AST, helper: str, axes: Mapping[str, int]) -> dict[str, int]:
    """Return the number of axes of what `helper` returns, if it is all that `function` returns."""
    returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    is_all = bool(returns) and all(value and _called(value) == helper for value in returns)
    return {"return": axes["return"]} if is_all and "return" in axes else {}


def _reached(functions: Mapping[str, ast.AST], function: str) -> list[str]:
    reached = [function]
    for name in reached:
        named = {node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)}
        reached += sorted(
            other for other in named.difference(reached) & functions.keys() if other[0] == "_"
        )
    return reached


def _mutants(
    function: ast.FunctionDef, lines: list[str], axes: Mapping[str, int], seen: Counter[str]
) -> Iterator[Mutant]:
    texts = {ast.unparse(function)}
    above, below = lines[: function.lineno - 1], lines[function.end_lineno :]
    for edit, text in _edited(function, axes):
        if text in texts:
            continue
        texts.add(text)
        seen[edit] += 1
        unique = edit if seen[edit] == 1 else f"{edit}  ({seen[edit]})"
        body = textwrap.indent(text, " " * function.col_offset)
        yield Mutant(function.name, unique, "\n".join([*above, body, *below]) + "\n")


def _edited(function: ast.FunctionDef, axes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield each edit of the body, with the text of the edited function."""
    names = [argument.arg for argument in function.args.args]
    first = 1 if ast.get_docstring(function) is not None else 0
    places = list(_places(function, function.body[first:]))
    around = _around_the_answer([one.node for one in places])
    for node, statement, put in places:
        if _prints(statement):
            continue
        for replacement in replacements(node, names):
            if _changes_nothing(node, replacement, axes, around):
                continue
            before = _lines(statement)
            put(ast.fix_missing_locations(replacement))
            after = _lines(replacement if node is statement else statement)
            text = ast.unparse(function)
            put(node)
            if after[0] == before[0]:  # a block whose first line is unchanged
                after = [f"{after[0]} ... {after[-1].strip()}"]
            yield f"{before[0]}{ARROW}{after[0]}", text


def _prints(statement: ast.AST) -> bool:
    """Whether the statement only prints, which changes no answer."""
    called = getattr(getattr(statement, "value", None), "func", None)
    return isinstance(statement, ast.Expr) and getattr(called, "id", "") == "print"


class _Place(NamedTuple):
    """The position of a node in the tree."""

    node: ast.AST
    statement: ast.AST
    """The innermost statement that contains it."""
    put: Callable[[ast.AST], None]
    """Replaces it by another node."""


def _places(function: ast.FunctionDef, statements: Iterable[ast.stmt]) -> Iterator[_Place]:
    """Yield the places of all nodes in these statements, each in the order of `ast.walk`."""

    def inside(around: ast.AST, statement: ast.AST) -> Iterator[_Place]:
        for field, value in ast.iter_fields(around):
            if isinstance(value, ast.AST):
                own = value if isinstance(value, ast.stmt) else statement
                yield _Place(value, own, partial(setattr, around, field))
            elif isinstance(value, list):
                for index, each in enumerate(value):
                    if isinstance(each, ast.AST):
                        own = each if isinstance(each, ast.stmt) else statement
                        yield _Place(each, own, partial(value.__setitem__, index))

    wanted = set(statements)
    for place in inside(function, function):
        if place.node in wanted:
            waiting = [place]
            for one in waiting:  # grows during the loop
                waiting += inside(one.node, one.statement)
            yield from waiting


def _lines(statement: ast.AST) -> list[str]:
    return [_TARGET.sub(r"\1\2\3", line) for line in ast.unparse(statement).splitlines()]


_TO_ANOTHER_TYPE = {"float", "list", "tuple", "array", "asarray"}


def _around_the_answer(body: Iterable[ast.AST]) -> set[ast.AST]:
    """Return the calls that only convert the type of the answer or of one of several values.

    An example is `return float(np.array(x)), bool(x > 0)`.
    """
    around: set[ast.AST] = set()
    waiting = [(one.value, True) for one in body if isinstance(one, ast.Return | ast.Yield)]
    for value, alone in waiting:  # grows during the loop
        if isinstance(value, ast.Tuple | ast.List | ast.Set):
            waiting += [(one, False) for one in value.elts]
        elif isinstance(value, ast.Dict):
            waiting += [(one, False) for one in value.values]
        elif isinstance(value, ast.Call) and value.args and _only_converts(value, alone=alone):
            around.add(value)
            waiting.append((value.args[0], alone))
    return around


def _only_converts(call: ast.Call, *, alone: bool) -> bool:
    """Whether it changes only the type; among several values, lists and arrays differ."""
    name, inside = _called(call), call.args[0]
    if name in ("bool", "int"):
        return isinstance(inside, ast.Compare) or _called(inside) in _TRUTHS
    if name == "frozenset":
        return isinstance(inside, ast.Set | ast.SetComp) or _called(inside) == "set"
    return name in _TO_ANOTHER_TYPE if alone else name == "float"


_TRUTHS = ("all", "allclose", "any", "array_equal")


def _called(node: ast.AST) -> str:
    """The name of the function or method that the node calls; empty if it is not a call."""
    called = getattr(node, "func", None)
    name: str = getattr(called, "attr", getattr(called, "id", ""))
    return name


def _changes_nothing(
    node: ast.AST, replacement: ast.AST, axes: Mapping[str, int], around: Collection[ast.AST]
) -> bool:
    """Whether the form of the edit shows that it changes no answer."""
    if isinstance(node, ast.Attribute) and node.attr == "T" and replacement is node.value:
        return isinstance(node.value, ast.Name) and axes.get(node.value.id, 2) < 2
    if isinstance(node, ast.Return) and isinstance(replacement, ast.Return):
        value = replacement.value
        return isinstance(value, ast.Attribute) and value.attr == "T" and axes.get("return", 2) < 2
    if node in around and isinstance(node, ast.Call):
        fewer = isinstance(replacement, ast.Call) and len(replacement.keywords) < len(node.keywords)
        return replacement is node.args[0] or fewer
    return False


ARROW = "  ->  "
"""Separates a statement from its edited form."""
EQUIVALENTS = "solutions/equivalent_mutants.yaml"


def accept(folder: Path, exercise: str, reason: str, edits: Sequence[str]) -> None:
    """Add `edits` of `exercise` to the list of equivalents; the rest of the file is unchanged.

    Raises WriteError if the file cannot be written.
    """
    path = folder / EQUIVALENTS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    head = f"{exercise}:"
    at = next((n for n, line in enumerate(lines) if line.split("#")[0].rstrip() == head), None)
    dash = "  "
    if at is None:
        lines += ["", head] if lines else [head]
        at = len(lines) - 1
    else:
        entry = next((line for line in lines[at + 1 :] if line.lstrip().startswith("- ")), "  -")
        dash = entry[: entry.index("-")]
    quoted = [f"{dash}    - {json.dumps(edit, ensure_ascii=False)}" for edit in edits]
    said = json.dumps(" ".join(reason.split()), ensure_ascii=False)
    lines[at + 1 : at + 1] = [f"{dash}- reason: {said}", f"{dash}  edits:", *quoted]
    try:
        write_whole(path, ("\n".join(lines) + "\n").encode())
    except OSError as error:
        raise WriteError(EQUIVALENTS, error, "check it") from None


def read_equivalents(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the edits listed as equivalent, by exercise; empty if the course has no such file.

    Raises CourseError if the file is malformed or an edit has no reason.
    """
    listed = read_reasons(folder, EQUIVALENTS, "edits")
    return {exercise: tuple(edits) for exercise, edits in listed.items()}


def read_reasons(folder: Path, file: str, key: str) -> dict[str, dict[str, str]]:
    """Return, by exercise, each text that a file of the course lists under `key`, and its reason.

    Empty if there is no such file. Raises CourseError if it is malformed or an entry has no reason.
    """
    if not (folder / file).exists():
        return {}
    document = read_yaml(folder / file)

    def wrong(place: Place, wanted: str) -> CourseError:
        line = document.lines.get(place, 1)
        return CourseError(f"{file}:{line}: is something else; write {wanted}")

    if not isinstance(document.data, dict):
        raise wrong((), f"an exercise, then its {key}")
    found: dict[str, dict[str, str]] = {}
    for exercise, entries in document.data.items():
        if not isinstance(entries, list):
            raise wrong((exercise,), f"a list of entries, each with a reason and its {key}")
        own = found[exercise] = {}
        for number, entry in enumerate(entries):
            place = (exercise, number)
            if not isinstance(entry, dict) or entry.keys() != {"reason", key}:
                raise wrong(place, f"an entry with a reason and its {key}")
            reason, listed = entry["reason"], entry[key]
            if not isinstance(reason, str) or not reason.strip():
                raise wrong(place, f"the reason why, for these {key}")
            if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
                raise wrong(place, f"the {key} as a list of texts")
            own |= dict.fromkeys(listed, " ".join(reason.split()))
    return found


# --- the edits, by type of syntax tree node -------------------------------------------------------

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
    match node:
        case ast.BinOp(left, op, right):
            for operator in _OPERATORS.get(type(op), ()):
                yield ast.BinOp(left, operator(), right)
            if not isinstance(op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
                yield ast.BinOp(right, op, left)
            yield left
            yield right
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Compare(left, [op], [right]):
            constants = isinstance(left, ast.Constant) or isinstance(right, ast.Constant)
            for comparison in _COMPARISONS.get(type(op), ()):
                if not (comparison is ast.Is and constants):
                    yield ast.Compare(left, [comparison()], [right])
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            less = ast.Constant(value - 1)
            yield ast.Constant(value + 1)
            yield less if value >= 1 else ast.UnaryOp(ast.USub(), ast.Constant(1))
        case ast.Name(name, ast.Load()) if name in parameters:
            yield from (ast.Name(other, ast.Load()) for other in parameters if other != name)
        case ast.Attribute(value, "T"):
            yield value
        case ast.Attribute(value, "size"):
            shape = ast.Attribute(value, "shape", ast.Load())
            yield ast.Subscript(shape, ast.Constant(0), ast.Load())
        case ast.Attribute(value, name, ast.Load()):
            yield from (ast.Attribute(value, other, ast.Load()) for other in _CALLS.get(name, ()))
        case ast.Call():
            yield from _calls(node)
        case ast.Subscript(value, index, context):
            if isinstance(context, ast.Load):
                yield value  # drops the index
            if isinstance(index, ast.Tuple) and len(index.elts) > 1:
                yield ast.Subscript(value, ast.Tuple(index.elts[::-1], ast.Load()), context)
        case ast.Slice(lower, upper, step):
            for amount in (1, -1):
                if lower is not None:
                    yield ast.Slice(_shifted(lower, amount), upper, step)
                if upper is not None:
                    yield ast.Slice(lower, _shifted(upper, amount), step)
        case ast.Return(ast.expr() as value):
            if not isinstance(value, ast.UnaryOp):  # dropping that sign is an edit of its own
                yield ast.Return(ast.UnaryOp(ast.USub(), value))
            yield ast.Return(ast.Attribute(value, "T", ast.Load()))
        case ast.Expr():
            yield ast.Pass()
        case ast.AugAssign(target, op, value):
            for operator in _OPERATORS.get(type(op), ()):
                yield ast.AugAssign(target, operator(), value)
            yield ast.Assign([target], value)
            yield ast.Pass()
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.For(target, values, body, orelse):
            yield ast.For(target, values, [*body, ast.Break()], orelse)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    arguments, keywords = node.args, node.keywords
    for first in range(len(arguments) - 1):
        swapped = list(arguments)
        swapped[first : first + 2] = reversed(swapped[first : first + 2])
        yield ast.Call(node.func, swapped, keywords)
    for number in range(len(keywords)):
        yield ast.Call(node.func, arguments, keywords[:number] + keywords[number + 1 :])
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        for amount in (1, -1):
            yield ast.Call(node.func, [*arguments[:-1], _shifted(arguments[-1], amount)], [])
    elif len(arguments) == 1:
        yield arguments[0]  # drops the call
    elif not arguments and isinstance(node.func, ast.Attribute):
        yield node.func.value
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("ravel", "reshape", "flatten"):
        order = ast.keyword("order", ast.Constant("F"))
        yield ast.Call(node.func, arguments, [*keywords, order])


def _shifted(node: ast.expr, amount: int) -> ast.expr:
    operator = ast.Add() if amount > 0 else ast.Sub()
    return ast.BinOp(node, operator, ast.Constant(abs(amount)))
