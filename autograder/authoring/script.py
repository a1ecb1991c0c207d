"""Analyses a solution's text: its cells, its lines, and the statements that a stub keeps."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autograder.errors import CourseError

MARKER = re.compile(r"#\s*%%(\s|$)")
TAGS = re.compile(r"""\btags"?\s*[=:]\s*(\[[^\]]*\])""")


@dataclass(frozen=True)
class Cell:
    """The lines from one `# %%` marker to the next; the first cell may have no marker."""

    first: int
    """Its first line, that of the marker if it has one; counted from 1."""
    last: int
    markdown: bool
    tags: tuple[str, ...]


def split_cells(text: str, place: str) -> tuple[Cell, ...]:
    """Split `text` into cells, which together contain every line.

    Raises CourseError if a cell's tags are not a JSON list, or one looks like a misspelt
    `solution`.
    """
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if MARKER.match(line)]
    if not starts or starts[0] != 1:
        starts.insert(0, 1)
    ends = [start - 1 for start in starts[1:]] + [len(lines)]
    return tuple(
        _cell(lines[first - 1] if lines else "", first, last, place)
        for first, last in zip(starts, ends, strict=True)
    )


def _cell(marker: str, first: int, last: int, place: str) -> Cell:
    if not MARKER.match(marker):
        return Cell(first, last, markdown=False, tags=())
    found = TAGS.search(marker)
    tags: list[str] = []
    if found:
        try:
            tags = [str(tag) for tag in json.loads(found[1])]
        except ValueError:
            raise CourseError(
                f'{place}:{first}: the cell has {found[0]}; write tags=["solution"]'
            ) from None
    for tag in tags:
        # A misspelt tag would leave the solution in the stub.
        if tag != "solution" and "solution" in tag.lower():
            raise CourseError(f'{place}:{first}: the cell has the tag "{tag}"; write "solution"')
    return Cell(first, last, bool(re.search(r"\[(markdown|md)\]", marker)), tuple(tags))


def first_line(node: ast.stmt) -> int:
    """The line of the statement's first decorator, or of the statement itself."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def comments_above(first: int, lines: list[str]) -> Iterator[int]:
    """The comment lines directly above line `first`."""
    number = first - 1
    while number >= 1 and lines[number - 1].startswith("#") and not MARKER.match(lines[number - 1]):
        yield number
        number -= 1


def comments_below(last: int, lines: list[str]) -> Iterator[int]:
    """The indented comments after a function's last statement, which belong to its body."""
    blank: list[int] = []
    for number in range(last + 1, len(lines) + 1):
        line = lines[number - 1]
        if not line.strip():
            blank.append(number)
        elif line[0].isspace() and line.lstrip().startswith("#"):
            yield from blank
            yield number
            blank = []
        else:
            return


def lines_of(node: ast.stmt, lines: list[str]) -> Iterator[int]:
    """All lines of the statement, with the comments that belong to it."""
    first, last = first_line(node), node.end_lineno or node.lineno
    yield from comments_above(first, lines)
    yield from range(first, last + 1)
    yield from comments_below(last, lines)


def signature_ends(text: str) -> dict[int, tuple[int, int]]:
    """Map the line of each `def` to the position, (line, column), after the signature's colon."""
    ends: dict[int, tuple[int, int]] = {}
    start: int | None = None
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string == "def" and start is None:
            start, depth = token.start[0], 0
        elif token.type == tokenize.OP and start is not None:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                ends[start] = token.end
                start = None
    return ends


Function = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Binding:
    """A module-level statement, or one alias of an import, that binds names."""

    node: ast.stmt
    alias: ast.alias | None
    names: frozenset[str]
    needs: frozenset[str]
    """The names that it reads."""

    @property
    def defines(self) -> bool:
        """Whether it is a function or a class."""
        return isinstance(self.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))

    @property
    def private(self) -> bool:
        return self.defines and not _is_public(self)


@dataclass(frozen=True)
class Leftovers:
    """What is removed together with the solutions, and what stays."""

    statements: frozenset[ast.stmt]
    """The statements removed as a whole."""
    aliases: frozenset[ast.alias]
    """The names removed from imports."""
    lesson: tuple[Binding, ...]
    """What stays, except imports, in source order."""
    undeclared: tuple[Binding, ...]
    """The part of `lesson` that must not be handed out: neither declared nor used by declared
    code."""
    missing: frozenset[str]
    """Names that the kept code needs but only dropped statements define."""


def find_leftovers(
    tree: ast.Module,
    exercises: Iterable[Function],
    dropped: Iterable[ast.stmt],
    keep_names: frozenset[str],
    declared: frozenset[str] = frozenset(),
) -> Leftovers:
    """Find what can be removed along with the bodies of `exercises` and all of `dropped`.

    A function, constant or import is removed if only removed code uses it; a private function also
    if no code uses it. `import numpy as np` stays, since every answer needs it, and so do imports
    of `keep_names`, the earlier exercises that an answer may use.

    Code that is `declared` as lesson code stays, with what it uses. Any other public function or
    class that stays is undeclared, since it may be an exercise that was removed from the course; so
    is a constant that nothing uses.
    """
    exercises, dropped = list(exercises), list(dropped)
    bindings = [
        binding
        for node in tree.body
        if node not in dropped and node not in exercises
        for binding in bindings_of(node)
    ]
    kept_needs = _needs_of_kept(tree, exercises, dropped, bindings, keep_names, declared)
    kept = _reach(bindings, kept_needs)
    rest = [binding for binding in bindings if binding not in kept]
    removed_needs = set().union(*map(needed_names, (*dropped, *exercises)))
    removed_needs.update(name for binding in rest if binding.private for name in binding.names)
    removed = _reach(rest, removed_needs)
    # What neither side uses belongs to the lesson: it stays, with all that it needs.
    unused = [binding for binding in rest if binding not in removed]
    kept_needs.update(name for binding in unused for name in binding.names)
    kept = _reach(bindings, kept_needs)

    signatures = set().union(*map(signature_needs, exercises))
    allowed = _reach(bindings, signatures | declared)
    lesson = tuple(one for one in bindings if one in kept and one.alias is None)
    undeclared = tuple(
        one
        for one in lesson
        if one not in allowed and (_is_public(one) if one.defines else one in unused)
    )
    needed = kept_needs.union(*(binding.needs for binding in kept))
    given = {name for node in dropped for binding in bindings_of(node) for name in binding.names}
    given -= {name for binding in kept for name in binding.names}
    given -= {exercise.name for exercise in exercises}
    return Leftovers(
        statements=frozenset(one.node for one in bindings) - {one.node for one in kept},
        aliases=frozenset(one.alias for one in bindings if one.alias and one not in kept),
        lesson=lesson,
        undeclared=undeclared,
        missing=frozenset(needed & given),
    )


def _needs_of_kept(
    tree: ast.Module,
    exercises: Sequence[Function],
    dropped: Sequence[ast.stmt],
    bindings: Sequence[Binding],
    keep_names: frozenset[str],
    declared: frozenset[str],
) -> set[str]:
    """Return the names used by what stays in any case, and the names that stay in any case."""
    needs = set().union(*map(signature_needs, exercises))
    bound = {binding.node for binding in bindings}
    for node in tree.body:
        if node not in bound and node not in exercises and node not in dropped:
            needs |= needed_names(node)
    if any(binding.names & declared for binding in bindings):
        needs |= declared
    for binding in bindings:
        if _always_stays(binding, keep_names):
            needs |= binding.names
    return needs


def needed_names(node: ast.AST) -> set[str]:
    """Return the names that `node` reads, including those in quoted annotations."""
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
    """Return the names read by a function's signature, or by a class's bases and signatures."""
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


def bindings_of(node: ast.stmt) -> Iterable[Binding]:
    """Yield the bindings of `node`; none for other statements, such as a call, assert or loop."""
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
        # `table[0] = ...` counts as binding `table`, so it is kept or removed with it.
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
    """Return the bindings that `names` need, directly or through one another."""
    reached: set[Binding] = set()
    open_names = set(names)
    seen: set[str] = set()
    while open_names:
        seen |= open_names
        step = {b for b in bindings if b.names & open_names} - reached
        reached |= step
        open_names = {name for b in step for name in b.needs} - seen
    return reached
