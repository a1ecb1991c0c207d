"""Searches the text of a submission for what an exercise forbids.

The search covers the exercise's function and everything in the submission that it mentions,
directly or not, except the earlier exercises that it may use. Names are followed through imports,
aliases, `getattr` with a constant string, and constant strings passed to `eval` or `exec`.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from autograder.judging.explain import place
from autograder.model.course import Exercise
from autograder.model.submission import Source
from autograder.sandbox.guest.cells import python_of

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FORS = (ast.For, ast.AsyncFor)
_KINDS: dict[str, tuple[type[ast.AST], ...]] = {
    "for": _FORS,
    "while": (ast.While,),
    "comprehensions": _COMPREHENSIONS,
    "loops": (*_FORS, ast.While, *_COMPREHENSIONS),
    "lambda": (ast.Lambda,),
    "@": (ast.MatMult,),
}
SYNTAX = (*_KINDS, "recursion")
"""What can be forbidden in addition to names."""
_Definition = ast.stmt
_Key = tuple[str, str]
"""A module of the submission and a name in it."""


def search(exercise: Exercise, sources: tuple[Source, ...]) -> dict[str, str]:
    """Return the rules that the exercise's function breaks, each with the first place: file, cell
    and line, safe to show."""
    modules = _modules(sources)
    start = _start(exercise, modules)
    return _Search(exercise, modules).run(start) if start else {}


# --- what a file defines --------------------------------------------------------------------------


@dataclass
class _Module:
    """The names of one module of the submission, and what they are bound to."""

    name: str
    definitions: dict[str, list[_Definition]] = field(default_factory=lambda: defaultdict(list))
    """The statements that bind each name, except imports."""
    imports: dict[str, dict[str, ast.stmt]] = field(default_factory=lambda: defaultdict(dict))
    """The dotted names that imports bind to each name, each with its import statement."""
    stars: list[str] = field(default_factory=list)
    places: dict[ast.AST, tuple[str, int | None]] = field(default_factory=dict)
    """The file and cell of each statement."""
    attributes: set[str] = field(default_factory=set)
    """Names of the attributes and methods that the file gives to objects of its own."""

    def where(self, statement: ast.stmt, node: ast.AST) -> str:
        """The file, cell and line of a node in `statement`, as text."""
        filename, cell = self.places[statement]
        return place(filename, cell, getattr(node, "lineno", statement.lineno))


@lru_cache(4)
def _modules(sources: tuple[Source, ...]) -> Mapping[str, _Module]:
    found: dict[str, _Module] = {}
    for source in sources:
        module = found.setdefault(source.module, _Module(source.module))
        for number, cell in enumerate(source.cells, 1):
            statements = _parsed(cell)
            for statement in _flat(statements):
                module.places[statement] = (source.filename, number if source.notebook else None)
                module.attributes.update(_attributes(statement))
                _bind(module, statement, always=statement in statements)
    return found


def _parsed(cell: bytes) -> list[ast.stmt]:
    """The statements of a cell; empty if it does not compile, since it then does not run either."""
    text = cell.decode("utf-8", "replace")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for version in (str, python_of):
            try:
                return ast.parse(version(text)).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
    return []


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a file, including those inside `if`, `try`, loops and the like."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for block in ("body", "orelse", "finalbody"):
                yield from _flat(getattr(statement, block, ()))
            for handler in getattr(statement, "handlers", ()):
                yield from _flat(handler.body)


def _bind(module: _Module, statement: ast.stmt, *, always: bool) -> None:
    """Record what a statement binds; an unconditional (`always`) def or class replaces others."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        if always:
            module.definitions[statement.name].clear()
        module.definitions[statement.name].append(statement)
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for name, path in _imported(statement):
            if name == "*":
                module.stars.append(path)
            else:
                module.imports[name].setdefault(path, statement)
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                module.definitions[node.id].append(statement)


def _attributes(statement: ast.stmt) -> Iterator[str]:
    """Yield the names of attributes and methods that a statement, or what is in it, defines."""
    for node in ast.walk(statement):
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield one.name
                else:
                    stored = (name for name in ast.walk(one) if isinstance(name, ast.Name))
                    yield from (one.id for one in stored if isinstance(one.ctx, ast.Store))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Call) and _last_name(node.func) == "SimpleNamespace":
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)
        elif isinstance(node, ast.Call) and _last_name(node.func) in ("namedtuple", "NamedTuple"):
            texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
            yield from " ".join(map(str, texts)).replace(",", " ").split()


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _imported(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yield each name that an import binds, with the dotted name of what it is bound to."""
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            before = f"{statement.module}." if statement.module else ""
            path = statement.module or "" if alias.name == "*" else f"{before}{alias.name}"
            yield alias.asname or alias.name, path
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            top = alias.name.partition(".")[0]
            yield top, top


def _start(exercise: Exercise, modules: Mapping[str, _Module]) -> _Key | None:
    """The graded function: in its part, or else in the first file that has more than a stub."""
    nearest = sorted(modules.values(), key=lambda module: module.name != exercise.part)
    having = [
        module
        for module in nearest
        if exercise.name in module.definitions or exercise.name in module.imports
    ]
    written = (one for one in having if not _is_stub(one.definitions.get(exercise.name, ())))
    module = next(written, None)
    return (module.name, exercise.name) if module else None


def _is_stub(definitions: Sequence[ast.stmt]) -> bool:
    if len(definitions) != 1 or not isinstance(definitions[0], ast.FunctionDef):
        return False
    last = definitions[0].body[-1]
    return isinstance(last, ast.Raise) and "NotImplementedError" in ast.dump(last)


# --- the search -------------------------------------------------------------------------------


class _Search:
    """A search that starts from one function and follows every name that it mentions."""

    def __init__(self, exercise: Exercise, modules: Mapping[str, _Module]) -> None:
        self._modules = modules
        self._rules = exercise.forbid
        self._passed_over = frozenset(exercise.uses)
        self._declared = {name for module in modules.values() for name in module.attributes}
        self.exercise = exercise.name
        self._objects = {rule: _object(rule) for rule in self._rules}
        self._found: dict[str, str] = {}
        self._calls: dict[_Key, dict[_Key, str]] = defaultdict(dict)
        """For each name, the names that its statements use, with the place of each use."""

    def run(self, start: _Key) -> dict[str, str]:
        """The broken rules, each with the first place."""
        waiting, seen = [start], {start}
        for key in waiting:  # grows during the loop
            module = self._modules[key[0]]
            for statement in module.definitions.get(key[1], ()):
                _Scope(self, module, key, statement).search()
            for path, statement in module.imports.get(key[1], {}).items():
                self.use(key, path, module.where(statement, statement))
            new = [one for one in self._calls[key] if one not in seen]
            seen.update(new)
            waiting += new
        if "recursion" in self._rules:
            self._find_recursion()
        return self._found

    def note(self, rule: str, where: str) -> None:
        self._found.setdefault(rule, where)

    def use(self, key: _Key, path: str, where: str) -> None:
        """Record that the statements of `key` use the dotted name `path`."""
        for rule in self._rules:
            known = self._objects[rule]
            if (
                path == rule
                or path.startswith(f"{rule}.")
                or (known is not None and _object(path) is known)
            ):
                self.note(rule, where)
        self._reach(key, path, where)

    def use_syntax(self, node: ast.AST, where: str) -> None:
        for rule in self._rules:
            if isinstance(node, _KINDS.get(rule, ())):
                self.note(rule, where)

    def use_attribute(self, name: str, where: str, is_array: Callable[[], bool]) -> None:
        """Record the use of a method. If objects of the submission have one of this name, too, it
        counts only if it `is_array` whose method is used."""
        if f".{name}" in self._rules and (name not in self._declared or is_array()):
            self.note(f".{name}", where)

    def is_module(self, path: str) -> bool:
        """Whether a dotted name is that of a module, whose functions are not methods."""
        return path in {*self._modules, *sys.modules, *sys.stdlib_module_names}

    def use_any_of(self, path: str, where: str) -> None:
        """Record the use of an unknown attribute of `path`: every rule about one is broken."""
        for rule in self._rules:
            if rule.rpartition(".")[0] == path:
                self.note(rule, where)

    def _reach(self, key: _Key, path: str, where: str) -> None:
        module, _, name = path.partition(".")
        own = self._modules.get(module)
        if own is not None and name and "." not in name and name not in self._passed_over:
            self._calls[key].setdefault((module, name), where)

    def _find_recursion(self) -> None:
        for caller, called in self._calls.items():
            for one, where in called.items():
                if where and caller in self._from(one):
                    self.note("recursion", where)

    def _from(self, key: _Key) -> Collection[_Key]:
        reached = [key]
        for one in reached:
            reached += [new for new in self._calls.get(one, ()) if new not in reached]
        return reached


class _Scope:
    """The names in one statement of a file, including all functions inside it."""

    def __init__(
        self, search: _Search, module: _Module, key: _Key, statement: ast.stmt, depth: int = 0
    ) -> None:
        self._search, self._module, self._key = search, module, key
        self._depth = depth
        self._statement = statement
        self._aliases: dict[str, list[ast.expr]] = defaultdict(list)
        self._imports: dict[str, set[str]] = defaultdict(set)
        self._stars: list[str] = []
        self._locals: set[str] = set()
        inside = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name, path in _imported(node):
                    if name == "*":
                        self._stars.append(path)
                    else:
                        self._imports[name].add(path)
            elif isinstance(node, ast.arg):
                self._locals.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and inside:
                self._locals.add(node.id)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    self._pair(target, node.value)
            elif isinstance(node, ast.NamedExpr | ast.AnnAssign) and node.value is not None:
                self._pair(node.target, node.value)

    def _pair(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._aliases[target.id].append(value)
        elif isinstance(target, ast.Attribute):
            self._aliases[ast.unparse(target)].append(value)
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for one, other in zip(target.elts, value.elts, strict=False):
                self._pair(one, other)

    def search(self) -> None:
        for node in ast.walk(self._statement):
            where = self._module.where(self._statement, node)
            self._search.use_syntax(node, where)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                self._method(node.value, node.attr, where)
            if isinstance(node, ast.Call):
                self._call(node, where)
            if isinstance(node, ast.Import | ast.ImportFrom):
                paths = {path for _, path in _imported(node)}
            elif isinstance(node, ast.expr) and not isinstance(
                getattr(node, "ctx", None), ast.Store | ast.Del
            ):
                paths = self._paths(node)
            else:
                continue
            for path in paths:
                self._search.use(self._key, path, where)

    def _method(self, holder: ast.expr, name: str, where: str) -> None:
        paths = self._paths(holder)
        if not paths or not all(map(self._search.is_module, paths)):
            self._search.use_attribute(name, where, partial(self._is_array, holder))

    def _is_array(self, node: ast.expr, following: frozenset[str] = frozenset()) -> bool:
        """Whether an expression is an array, as far as the text shows.

        What an object of the student's own holds is taken for an array, but not a helper's
        argument.
        """
        if isinstance(node, ast.Name | ast.Attribute):
            return self._is_name_of_array(node, following)
        if isinstance(node, ast.Call):
            is_numpys = any(path.startswith("numpy.") for path in self._paths(node.func))
            holder = node.func.value if isinstance(node.func, ast.Attribute) else None
            return is_numpys or (holder is not None and self._is_array(holder, following))
        if isinstance(node, ast.BinOp):
            return self._is_array(node.left, following) or self._is_array(node.right, following)
        if isinstance(node, ast.UnaryOp | ast.Subscript):
            inner = node.operand if isinstance(node, ast.UnaryOp) else node.value
            return self._is_array(inner, following)
        return False

    def _is_name_of_array(self, node: ast.Name | ast.Attribute, following: frozenset[str]) -> bool:
        name = ast.unparse(node)
        values = () if name in following else self._aliases.get(name, ())
        known = [self._is_array(value, following | {name}) for value in values]
        if isinstance(node, ast.Name):
            return all(known) if known else name in self._graded_arguments
        made_otherwise = any(
            isinstance(value, ast.Call) and not is_array
            for value, is_array in zip(values, known, strict=True)
        )
        is_own = _last_name(node.value) == "self" and not made_otherwise
        return is_own or node.attr == "T" or "numpy.ndarray" in self._paths(node)

    @property
    def _graded_arguments(self) -> set[str]:
        """The names of the graded function's arguments, if this is its scope."""
        own = self._statement
        if not isinstance(own, ast.FunctionDef) or own.name != self._search.exercise:
            return set()
        return {one.arg for one in ast.walk(own.args) if isinstance(one, ast.arg)}

    def _call(self, node: ast.Call, where: str) -> None:
        called = self._paths(node.func)
        if "getattr" in called and len(node.args) > 1:
            name = _text(node.args[1])
            if name is not None:
                self._method(node.args[0], name, where)
            else:
                for path in self._paths(node.args[0]):
                    self._search.use_any_of(path, where)
        if called & {"eval", "exec"} and node.args and self._depth < 3:
            text = _text(node.args[0])
            for statement in _parsed((text or "").encode("utf-8", "replace")):
                for inner in ast.walk(statement):
                    for at in ("lineno", "end_lineno"):
                        if hasattr(inner, at):
                            setattr(inner, at, node.lineno)
                self._module.places[statement] = self._module.places[self._statement]
                depth = self._depth + 1
                _Scope(self._search, self._module, self._key, statement, depth).search()

    def _paths(self, node: ast.expr, following: frozenset[str] = frozenset()) -> set[str]:
        """The dotted names that an expression may refer to; empty if only known at run time."""
        if isinstance(node, ast.Name):
            return self._of_name(node.id, following)
        if isinstance(node, ast.Attribute):
            return {_joined(path, node.attr) for path in self._paths(node.value, following)}
        if isinstance(node, ast.NamedExpr):
            return self._paths(node.value, following)
        if isinstance(node, ast.IfExp):
            return self._paths(node.body, following) | self._paths(node.orelse, following)
        if isinstance(node, ast.BoolOp):
            return set().union(*(self._paths(value, following) for value in node.values))
        if isinstance(node, ast.Subscript) and (name := _text(node.slice)) is not None:
            return self._of_entry(node.value, name, following)
        if isinstance(node, ast.Call) and node.args:
            return self._of_call(node, following)
        return set()

    def _of_name(self, name: str, following: frozenset[str]) -> set[str]:
        if name in following:  # x = x.y
            return set()
        paths = set(self._imports.get(name, ()))
        for value in self._aliases.get(name, ()):
            paths |= self._paths(value, following | {name})
        if paths or name in self._locals:
            return paths
        if name in self._module.definitions:
            paths.add(f"{self._module.name}.{name}")
            for statement in self._module.definitions[name]:
                if isinstance(statement, ast.Assign):
                    paths |= self._paths(statement.value, following | {name})
        paths |= self._module.imports.get(name, {}).keys()
        if not paths:
            paths = {f"{star}.{name}" for star in (*self._module.stars, *self._stars)}
            if name in vars(builtins):
                paths.add(name)
        return paths

    def _of_entry(self, holder: ast.expr, name: str, following: frozenset[str]) -> set[str]:
        """The dotted names for `vars(module)["name"]`, `module.__dict__["name"]` and the like."""
        if isinstance(holder, ast.Attribute) and holder.attr == "__dict__":
            return {_joined(path, name) for path in self._paths(holder.value, following)}
        if isinstance(holder, ast.Call):
            called = self._paths(holder.func, following)
            if "globals" in called:
                return self._of_name(name, following)
            if "vars" in called and holder.args:
                return {_joined(path, name) for path in self._paths(holder.args[0], following)}
        if "sys.modules" in self._paths(holder, following):
            return {name}
        return set()

    def _of_call(self, node: ast.Call, following: frozenset[str]) -> set[str]:
        called, name = self._paths(node.func, following), _text(node.args[-1])
        if "getattr" in called and len(node.args) > 1:
            name = _text(node.args[1])
            paths = self._paths(node.args[0], following)
            return {_joined(path, name) for path in paths} if name else set()
        if called & {"__import__", "importlib.import_module"} and name:
            return {name}
        return set()


def _joined(path: str, name: str) -> str:
    return name if path == "builtins" else f"{path}.{name}"


def _text(node: ast.expr) -> str | None:
    """The value of an expression of constant strings, such as `"a" + "b"`; None for others."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.JoinedStr):
        parts = [_text(one) for one in node.values]
        return None if None in parts else "".join(filter(None, parts))
    if isinstance(node, ast.FormattedValue):
        return _text(node.value) if node.format_spec is None else None
    return None


@lru_cache(4096)
def _object(path: str) -> Any:
    """The function or class that a dotted name refers to in a loaded module; None if there is none.

    Comparing objects matters because numpy has many of its functions under several names. Nothing
    is imported or evaluated here, since the name comes from a student.
    """
    names = path.split(".")
    found: Any = sys.modules.get(names[0])
    for name in names[1:]:
        if not inspect.ismodule(found):
            return None
        found = vars(found).get(name)
    return found if len(names) > 1 and callable(found) else None
