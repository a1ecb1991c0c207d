"""Finds the module-level statements that nobody needs once the solutions are gone."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

Function = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Binding:
    """A module-level statement, or one name of an import, that gives a value to names."""

    node: ast.stmt
    alias: ast.alias | None
    names: frozenset[str]
    needs: frozenset[str]

    @property
    def defines(self) -> bool:
        """Whether it is a function or a class."""
        return isinstance(self.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))

    @property
    def private(self) -> bool:
        return self.defines and not _is_public(self)


@dataclass(frozen=True)
class Leftovers:
    """What goes with the solutions; a statement whose every name goes is in `statements`."""

    statements: frozenset[ast.stmt]
    aliases: frozenset[ast.alias]
    lesson: tuple[Binding, ...]
    """What stays that is not an import, in the order of the text."""
    undeclared: tuple[Binding, ...]
    """Those of them that may not go out: not declared, not used by what is."""
    missing: frozenset[str]
    """Names that the kept code needs and that only dropped statements give."""


def find_leftovers(
    tree: ast.Module,
    exercises: Iterable[Function],
    dropped: Iterable[ast.stmt],
    keep_names: frozenset[str],
    declared: frozenset[str] = frozenset(),
) -> Leftovers:
    """What can go when the bodies of `exercises` and all of `dropped` are gone.

    A function, constant or import goes when only removed code uses it; a private function also
    when no code uses it. `import numpy as np` stays, since every answer is written with it, and
    so do imports of `keep_names`, the earlier exercises that an answer may use.

    What is `declared` as lesson code stays, with what it uses. Of the rest, a public function or
    class that stays is undeclared, for it may be an exercise that was taken out of the course; so
    is a constant that nothing uses.
    """
    exercises, dropped = list(exercises), list(dropped)
    gone = set(dropped)
    bindings: list[Binding] = []
    kept_needs: set[str] = set()
    removed_needs: set[str] = set().union(*map(needed_names, dropped))
    for node in tree.body:
        if node in gone:
            continue
        if node in exercises and isinstance(node, Function):
            kept_needs |= signature_needs(node)
            removed_needs |= needed_names(node)
        elif found := list(_bindings(node)):
            bindings += found
            if any(binding.names & declared for binding in found):
                kept_needs |= declared
        else:
            kept_needs |= needed_names(node)

    for binding in bindings:
        if _always_stays(binding, keep_names):
            kept_needs |= binding.names
    kept = _reach(bindings, kept_needs)
    rest = [binding for binding in bindings if binding not in kept]
    for binding in rest:
        if binding.private:
            removed_needs |= binding.names
    removed = _reach(rest, removed_needs)
    # What neither side uses is the lesson's own: it stays, with all that it needs.
    unused = [binding for binding in rest if binding not in removed]
    for binding in unused:
        kept_needs |= binding.names
    kept = _reach(bindings, kept_needs)

    signatures = set().union(*(signature_needs(node) for node in exercises))
    allowed = _reach(bindings, signatures | set(declared))
    lesson = tuple(one for one in bindings if one in kept and one.alias is None)
    undeclared = tuple(
        one
        for one in lesson
        if one not in allowed and (_is_public(one) if one.defines else one in unused)
    )
    statements = {binding.node for binding in bindings} - {binding.node for binding in kept}
    aliases = {b.alias for b in bindings if b.alias is not None and b not in kept}
    needed = kept_needs.union(*(binding.needs for binding in kept))
    given = {name for node in dropped for b in _bindings(node) for name in b.names}
    given -= {name for binding in kept for name in binding.names}
    given -= {exercise.name for exercise in exercises}
    return Leftovers(
        frozenset(statements), frozenset(aliases), lesson, undeclared, frozenset(needed & given)
    )


def needed_names(node: ast.AST) -> set[str]:
    """The names that `node` reads, those in quoted annotations included."""
    names: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            names.add(inner.id)
        elif isinstance(inner, ast.AugAssign) and isinstance(inner.target, ast.Name):
            names.add(inner.target.id)
        elif isinstance(inner, (ast.arg, ast.AnnAssign)) and inner.annotation:
            names |= _quoted(inner.annotation)
        elif isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner.returns:
            names |= _quoted(inner.returns)
    return names


def signature_needs(function: Function) -> set[str]:
    """The names that the parameters, their defaults and the annotations read."""
    if isinstance(function, ast.ClassDef):
        methods = (node for node in function.body if isinstance(node, ast.FunctionDef))
        return set().union(*map(needed_names, function.bases), *map(signature_needs, methods))
    names = needed_names(function.args)
    if function.returns:
        names |= needed_names(function.returns) | _quoted(function.returns)
    return names


def _quoted(annotation: ast.expr) -> set[str]:
    names: set[str] = set()
    for inner in ast.walk(annotation):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            try:
                names |= needed_names(ast.parse(inner.value, mode="eval"))
            except SyntaxError:
                continue
    return names


def _is_public(binding: Binding) -> bool:
    return not all(name.startswith("_") for name in binding.names)


def _bindings(node: ast.stmt) -> Iterable[Binding]:
    """What `node` binds; nothing for a statement that acts: a call, an assert, a loop."""
    needs = frozenset(needed_names(node))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield Binding(node, None, frozenset({node.name}), needs)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        if any(alias.name == "*" for alias in node.names):
            return
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            yield Binding(node, alias, frozenset({name}), frozenset())
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        inner = [part for target in targets for part in ast.walk(target)]
        # `table[0] = ...` changes a value rather than naming one: it goes where its name goes.
        names = frozenset(part.id for part in inner if isinstance(part, ast.Name))
        yield Binding(node, None, names, needs)


def _always_stays(binding: Binding, keep_names: frozenset[str]) -> bool:
    alias = binding.alias
    if alias is None:
        return False
    if isinstance(binding.node, ast.Import):
        return alias.name == "numpy"
    return alias.name in keep_names


def _reach(bindings: list[Binding], names: set[str]) -> set[Binding]:
    """The bindings that `names` lead to, straight or through one another."""
    reached: set[Binding] = set()
    open_names = set(names)
    seen: set[str] = set()
    while open_names:
        seen |= open_names
        step = {b for b in bindings if b.names & open_names} - reached
        reached |= step
        open_names = {name for b in step for name in b.needs} - seen
    return reached
