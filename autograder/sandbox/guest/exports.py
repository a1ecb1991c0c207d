"""Splits a script that was exported from a notebook, or is edited like one, into cells.

Each cell is padded with empty lines at the start, so that its line numbers are those of the file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograder.sandbox.guest.shell import compiled

SIGNS = re.compile(
    rb"^(?:# Databricks notebook source|# Commented out IPython magic|[ \t]*# %%?(?:run|time|timeit"
    rb"|prun|capture|writefile|file)\b|app = marimo\.App|#[ \t]*(?:%%|\+)[^\n]*(?:\bactive[=-]"
    rb"|[ \t](?:\[(?:markdown|md|raw)\]|(?:md|raw)[ \t]*$)[^\n]*\n\s*(?![rRfF]?[\"'])[^\s#]))",
    re.MULTILINE,
)
"""Signs of an exported notebook that compiles as Python, but means more: for example magics that
the export has turned into comments, or text in a cell that is not code."""

_MARK = re.compile(r"#[ \t]*(?:%%(?=[ \t\[]|$)|In ?\[[ \d]*\]|<codecell>)|# \+(?:[ \t{]|$)|# -$")
_NO_CODE = re.compile(r"[ \t](?:\[(?:markdown|md|raw)\]|(?:md|raw)$)")
"""What jupytext, Spyder, VS Code and PyCharm write into the mark of a cell that is not code."""
_ACTIVE = re.compile(r"\bactive(?:=[\"']([\w, ]*)[\"']|-([\w-]+))")
"""jupytext's option, or tag, with the kinds of file in which a cell runs."""
_DEFINITION = re.compile(r"(?:async )?def \w")
_CELL_MAGIC = re.compile(r"%%\w")
_PLAIN_CELL = re.compile(r"%%(?:time|timeit|capture|prun|memit|python3?)\b")
_COMMENTED = re.compile(r"([ \t]*)# (%(?:run|time|timeit|prun)\b.*)")
_COMMENTED_CELL = re.compile(r"# (%%(?:writefile|file)\b.*)")
_COLAB = "# Commented out IPython magic"
_DATABRICKS = "# Databricks notebook source"
_MAGIC = "# MAGIC"


def cells_of(text: str) -> list[str]:
    """The cells of a script, in order; a single one with the whole text if nothing divides it."""
    lines = text.split("\n")
    if text.lstrip().startswith(_DATABRICKS):
        ends = {number for number, line in enumerate(lines) if line.startswith("# COMMAND -----")}
        return [_databricks(cell, start) for start, cell in _divided(lines, ends)]
    marks = [number for number, line in enumerate(lines) if _MARK.match(line.rstrip())]
    starts = {number for number, line in enumerate(lines) if _CELL_MAGIC.match(line)} | set(marks)
    if any(line.startswith(_COLAB) for line in lines):
        lines = _colab(lines, starts)
    for number in range(len(lines)):
        commented = _COMMENTED_CELL.match(lines[number])
        if commented:
            lines[number] = commented[1]
            starts |= {number, _end_of_cell(lines, number, marks)}
        else:
            lines[number] = _COMMENTED.sub(r"\1\2", lines[number])
    for start in starts - {len(lines)} if not marks else set():
        if lines[start].startswith("%%") and not _PLAIN_CELL.match(lines[start]):
            starts.add(_end_of_cell(lines, start, marks))
    cells = []
    for start, cell in _divided(lines, starts):
        if start in marks and cell[0].startswith("#"):
            # blank the mark, as a cell's magic must be its first line
            cell = [""] if _is_off(cell) else ["", *cell[1:]]
        cells.append(_numbered(cell, start))
    return cells


def _is_off(cell: list[str]) -> bool:
    """Whether notebooks do not run the cell, as its mark says so.

    A function below the mark of a cell with text is code nevertheless.
    """
    active = _ACTIVE.search(cell[0])
    if active:
        return not {"py", "ipynb"} & set(re.split(r"\W+", active[1] or active[2]))
    return bool(_NO_CODE.search(cell[0].rstrip())) and not any(map(_DEFINITION.match, cell))


def _divided(lines: list[str], starts: set[int]) -> Iterator[tuple[int, list[str]]]:
    bounds = sorted({0, *starts})
    for start, end in zip(bounds, [*bounds[1:], len(lines)], strict=True):
        yield start, lines[start:end]


def _numbered(lines: list[str], start: int) -> str:
    return "\n" * start + "\n".join(lines)


def _end_of_cell(lines: list[str], start: int, marks: list[int]) -> int:
    """Where the cell whose magic is line `start` ends: at the next mark, or at the end.

    If no mark begins it, it ends at the first two empty lines in a row, if these come earlier.
    """
    end = next((mark for mark in marks if mark > start), len(lines))
    if any(mark < start and not any(map(str.strip, lines[mark + 1 : start])) for mark in marks):
        return end
    gaps = range(start + 1, end - 1)
    return next((at for at in gaps if not lines[at].strip() and not lines[at + 1].strip()), end)


def _databricks(lines: list[str], start: int) -> str:
    """The text of a Databricks cell; if it is a Python cell, without the MAGIC comment prefixes."""
    magic = [line[len(_MAGIC) :].strip() for line in lines if line.startswith(_MAGIC)]
    if magic and re.match(r"%(?:python|run|time|timeit|prun)\b", magic[0]):
        lines = [_without_magic(line) for line in lines]
    return _numbered(lines, start)


def _without_magic(line: str) -> str:
    if not line.startswith(_MAGIC):
        return line
    text = line[len(_MAGIC) :].removeprefix(" ")
    return text.replace("%python", "", 1) if text.startswith("%python") else text


def _colab(lines: list[str], starts: set[int]) -> list[str]:
    """Uncomment the cells that Colab has commented out; adds their bounds to `starts`."""
    lines = list(lines)
    for number, line in enumerate(lines):
        if not line.startswith(_COLAB):
            continue
        end = number + 1
        while end < len(lines) and lines[end].startswith("#") and not lines[end].startswith(_COLAB):
            end += 1
        block = [re.sub("^# ?", "", line) for line in lines[number + 1 : end]]
        first = next((place for place, line in enumerate(block) if line.strip()), 0)
        if block[first : first + 1] and block[first].startswith("%%") and _is_code(block[first:]):
            lines[number + 1 : end] = block
            starts |= {number + 1 + first, end}
    return lines


def _is_code(block: list[str]) -> bool:
    """Whether a commented-out block is a cell, rather than a magic with ordinary comments below."""
    if not _PLAIN_CELL.match(block[0]):
        return True
    try:
        compiled("\n".join(block[1:]), "cell")
    except (SyntaxError, ValueError):
        return False
    return any(line.strip() for line in block[1:])


# --- marimo ------------------------------------------------------------------------------------


class _Cell(NamedTuple):
    body: list[ast.stmt]
    takes: set[str]
    gives: set[str]


def marimo_cells(text: str) -> list[ast.Module]:
    """The cells of a marimo notebook in the order in which they run. Raises SyntaxError.

    A cell's parameters are the names that it uses from other cells, and it returns the names that
    it defines for them. Here all cells share one namespace, as they do in the notebook, and each
    comes after those that define what it uses: https://docs.marimo.io/guides/reactivity/.
    """
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
    """`cell` for `@app.cell` and `@app.cell(hide_code=True)`; "" for anything else."""
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
    """Whether marimo wrote the statement: the app, the version, a non-Python cell, `app.run()`."""
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
    """Prefixes a cell's private names, which begin with an underscore, with the cell's number."""

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
    """Sort the cells so that each follows those it depends on; otherwise the order is kept.

    A cycle is broken at its first cell.
    """
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
