"""Turns a solution's text into the students' files: stubs, notebooks and otter's test files."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from autograder.authoring.script import (
    MARKER,
    Cell,
    Function,
    Leftovers,
    comments_above,
    comments_below,
    find_leftovers,
    first_line,
    lines_of,
    signature_ends,
    split_cells,
)
from autograder.errors import CourseError, EntryError
from autograder.model.course import Exercise, Part, TestGroup
from autograder.text import did_you_mean

WIDTH = 100


@dataclass(frozen=True)
class Stub:
    """A part's file as students get it."""

    text: str
    lesson: tuple[str, ...]
    """The names of the lesson code, which keeps its body."""


def stub_text(solution: str, part: Part) -> str:
    """Return the text of `exercises/<part>.py`; see `stub_of`."""
    return stub_of(solution, part).text


def stub_of(solution: str, part: Part) -> Stub:
    """Return the stub of a part, derived from the text of `solutions/<part>.py`.

    Markdown cells, signatures, docstrings and lesson code stay as they are, with their comments;
    the body of each exercise becomes `raise NotImplementedError`. Also removed are the decorators
    of exercises, cells with the tag `solution`, and the private functions, constants and imports
    that only removed code uses. Line ends are LF.

    Raises CourseError if the solution cannot be stubbed safely: an exercise is missing, is defined
    twice or has no docstring, kept code needs a name that only a dropped cell defines, or the stub
    would contain code that is neither declared nor used by declared code.
    """
    place = f"solutions/{part.name}.py"
    text = solution.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    lines = text.split("\n")
    cells = split_cells(text, place)
    tree = _parse(text, place)
    dropped_cells = [cell for cell in cells if "solution" in cell.tags]
    dropped = [node for node in tree.body if _cell_of(node, cells) in dropped_cells]
    exercises = _exercises(tree, part, dropped, place)
    uses = frozenset(name for exercise in part.exercises for name in exercise.uses)
    leftovers = find_leftovers(tree, exercises, dropped, uses, frozenset(part.lesson))
    if leftovers.missing:
        raise CourseError(
            f"{place}: the lesson needs {', '.join(sorted(leftovers.missing))}, which only a cell "
            'with the tag "solution" defines; take the tag off that cell or move the definition'
        )
    lesson = tuple(sorted({name for binding in leftovers.lesson for name in binding.names}))
    _check_declared(leftovers, part, frozenset(lesson), place)
    gone = {*dropped, *leftovers.statements}
    _check_one_per_line(tree, gone, place)

    edits = _shorter_imports(tree, gone, leftovers, lines) | _stubbed_all(
        exercises, part, lines, signature_ends(text), place
    )
    removed = {line for node in leftovers.statements for line in lines_of(node, lines)}
    removed.update(line for exercise in exercises for line in _class_lines(exercise, lines))
    for cell in cells:
        inside = [node for node in tree.body if _cell_of(node, cells) == cell]
        if cell in dropped_cells or (inside and gone.issuperset(inside)):
            removed.update(range(cell.first, cell.last + 1))
    edits |= {number: [] for number in removed}

    stub = "\n".join(_remaining(lines, edits)).strip("\n") + "\n"
    _parse(stub, f"{place}, as a stub")
    return Stub(stub, lesson)


def is_stub(function: Function) -> bool:
    """Whether the body is only a docstring, if any, and `raise NotImplementedError`.

    A class is a stub if it has nothing but methods that are.
    """
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if isinstance(function, ast.ClassDef):
        return all(isinstance(one, ast.FunctionDef) and is_stub(one) for one in body)
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc.func if isinstance(body[0].exc, ast.Call) else body[0].exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _parse(text: str, place: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"{place}:{error.lineno}: {error.msg}; fix the syntax") from None


def _cell_of(node: ast.stmt, cells: tuple[Cell, ...]) -> Cell:
    return next(cell for cell in reversed(cells) if cell.first <= node.lineno)


def _exercises(tree: ast.Module, part: Part, dropped: list[ast.stmt], place: str) -> list[Function]:
    functions: list[Function] = []
    for exercise in part.exercises:
        found = [
            node for node in tree.body if isinstance(node, Function) and node.name == exercise.name
        ]
        if len(found) != 1:
            count = "not defined" if not found else f"defined {len(found)} times"
            defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
            once = f"define it once, as `def {exercise.name}(...)` at the left margin"
            remedy = once if found else did_you_mean(exercise.name, defined, once)
            raise CourseError(f"{place}: the exercise {exercise.name} is {count}; {remedy}")
        if found[0] in dropped:
            raise CourseError(
                f"{place}:{found[0].lineno}: the exercise {exercise.name} is in a cell with "
                'the tag "solution"; take the tag off'
            )
        if ast.get_docstring(found[0]) is None:
            raise CourseError(
                f"{place}:{found[0].lineno}: {exercise.name} has no docstring; "
                "write one, it is all that a student gets"
            )
        functions += found
    return functions


def _check_declared(leftovers: Leftovers, part: Part, lesson: frozenset[str], place: str) -> None:
    """Refuse code that would be handed out by accident, such as an exercise no longer declared."""
    for binding in leftovers.undeclared:
        names = ", ".join(sorted(binding.names))
        raise CourseError(
            f"{place}:{binding.node.lineno}: {names} would be handed out as it is, with its body, "
            f"but is neither an exercise nor lesson code; declare it in course.yaml, as an "
            f"exercise or under 'lesson' of {part.name}, or take it out of the file"
        )
    for name in part.lesson:
        if name not in lesson:
            hint = did_you_mean(name, lesson, "define it there or take it off")
            raise EntryError(
                f"course.yaml: {part.name}.lesson: {place} has no {name}; {hint}", "lesson", name
            )


def _check_one_per_line(tree: ast.Module, gone: set[ast.stmt], place: str) -> None:
    for before, after in zip(tree.body, tree.body[1:], strict=False):
        if before.end_lineno == after.lineno and (before in gone) != (after in gone):
            raise CourseError(
                f"{place}:{after.lineno}: two statements on one line, one of which belongs to a "
                "solution; write each on its own line"
            )


def _functions(exercise: Function) -> list[ast.FunctionDef]:
    """Return what a student writes: the function, or a class's methods except private ones."""
    if isinstance(exercise, ast.FunctionDef):
        return [exercise]
    methods = (node for node in exercise.body if isinstance(node, ast.FunctionDef))
    return [one for one in methods if one.name.endswith("__") or not one.name.startswith("_")]


def _class_lines(exercise: Function, lines: list[str]) -> Iterator[int]:
    """The lines of a class except its docstring and the methods that a student writes."""
    for node in exercise.body[1:] if isinstance(exercise, ast.ClassDef) else ():
        if node not in _functions(exercise):
            yield from lines_of(node, lines)


_Edits = dict[int, list[str]]
"""What is written in place of a line, by its number."""


def _stubbed_all(
    exercises: Sequence[Function],
    part: Part,
    lines: list[str],
    colons: Mapping[int, tuple[int, int]],
    place: str,
) -> _Edits:
    """The edits that make each exercise a stub; `colons` is where the signatures end."""
    edits: _Edits = {}
    for exercise, declared in zip(exercises, part.exercises, strict=True):
        forbidden = declared.forbid
        for function in _functions(exercise):
            edits |= _stubbed(function, lines, colons[function.lineno], forbidden, place)
            forbidden = ()  # only in the first method of a class
    return edits


def _stubbed(
    function: ast.FunctionDef,
    lines: list[str],
    colon: tuple[int, int],
    forbidden: Sequence[str],
    place: str,
) -> _Edits:
    """The edits that make a function a stub.

    The signature stays without its comment, and the docstring, which the `raise` follows.
    """
    line, column = colon
    first = function.body[0]
    if first.lineno <= line:
        raise CourseError(
            f"{place}:{function.lineno}: the docstring of {function.name} begins on the line of "
            "the signature; write it on a line of its own"
        )
    last = function.end_lineno or function.lineno
    gone = {*range(line + 1, last + 1), *comments_below(last, lines)}
    if function.decorator_list:
        above = first_line(function)
        gone.update(comments_above(above, lines), range(above, function.lineno))
    kept = {line: [lines[line - 1][:column]]}
    end = line
    if ast.get_docstring(function) is not None:
        end = first.end_lineno or first.lineno
        gone.difference_update(range(first.lineno, end))
        # ast counts columns in UTF-8 bytes.
        kept[end] = [lines[end - 1].encode()[: first.end_col_offset].decode()]
    kept[end] += _to_write(function, lines[first.lineno - 1][: first.col_offset], forbidden)
    return {number: [] for number in gone} | kept


def _to_write(function: ast.FunctionDef, margin: str, forbidden: Sequence[str]) -> Iterator[str]:
    """The lines that replace an answer; they list what it may not use."""
    start = f"{margin}# "
    if forbidden:
        text = f"Not allowed here: {', '.join(forbidden)}."
        yield from wrap(
            text, WIDTH, initial_indent=start, subsequent_indent=start, break_on_hyphens=False
        )
    yield f'{margin}raise NotImplementedError("write {function.name} here")'


def _shorter_imports(
    tree: ast.Module, gone: Collection[ast.stmt], leftovers: Leftovers, lines: list[str]
) -> _Edits:
    """The edits of the imports that stay, but lose some of their names."""
    edits: _Edits = {}
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and node not in gone:
            edits |= _shorter_import(node, leftovers, lines)
    return edits


def _shorter_import(
    node: ast.Import | ast.ImportFrom, leftovers: Leftovers, lines: list[str]
) -> _Edits:
    kept = [alias for alias in node.names if alias not in leftovers.aliases]
    if len(kept) == len(node.names):
        return {}
    shorter = copy(node)
    shorter.names = kept
    text = ast.unparse(shorter)
    last = node.end_lineno or node.lineno
    pragma = re.search(r"  # noqa.*$", lines[last - 1])
    text += pragma[0] if pragma else ""
    wrapped = [text]
    if len(text) > WIDTH and isinstance(node, ast.ImportFrom):
        head = text[: text.index(" import ") + len(" import ")]
        wrapped = [f"{head}(", *(f"    {ast.unparse(alias)}," for alias in kept), ")"]
    return {number: [] for number in range(node.lineno, last + 1)} | {node.lineno: wrapped}


def _remaining(lines: list[str], edits: _Edits) -> Iterator[str]:
    """Yield the lines of the stub, without duplicate blank lines around removed ones."""
    previous, after_gap = "", True
    for number, line in enumerate(lines, 1):
        written = edits.get(number, [line])
        after_gap = after_gap or not written
        for text in written:
            text = text.rstrip()
            if after_gap and not text and (not previous or MARKER.match(previous)):
                continue
            after_gap, previous = False, text
            yield text


_FIRST = """\
# Run this cell first: it makes the checks below work. Leave the notebook in the folder that it
# came in, next to tests/.
try:
    import otter
except ModuleNotFoundError:  # the same checks, without otter
    from autograder.integrations import notebook_check as otter

grader = otter.Notebook({notebook}, tests_dir="tests")"""

# Not otter's check_all(), which would also check the functions of other parts.
_LAST = """\
# Every check of this part once more. These groups are not all: `autograder check` names those
# that are run only when your work is graded.
for exercise in {exercises}:
    print(grader.check(exercise))"""


def notebook_text(stub: str, part: Part) -> str:
    """Return the text of `exercises/<part>.ipynb`: the stub's cells, a check after each exercise.

    The checks use otter, or our replacement if otter is not installed. The same stub gives the
    same text: cell ids are numbers, and nothing depends on the machine or the time.
    """
    import jupytext

    checked = [e.name for e in part.exercises if any(group.public for group in e.groups)]
    cells: list[_Cell] = []
    for cell in jupytext.reads(stub, fmt="py:percent").cells:
        if cell.cell_type == "code" and not any(kind == "code" for kind, _, _ in cells):
            cells.append(_check(_FIRST.format(notebook=json.dumps(f"{part.name}.ipynb"))))
        tags = {"tags": list(cell.metadata["tags"])} if cell.metadata.get("tags") else {}
        cells.append((cell.cell_type, cell.source, tags))
        if cell.cell_type == "code":
            defined = _defined(cell.source)
            cells += [_check(f"grader.check({json.dumps(n)})") for n in checked if n in defined]
    cells.append(_check(_LAST.format(exercises=json.dumps(checked))))
    notebook = {
        "cells": [_json(number, *cell) for number, cell in enumerate(cells, 1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


_Cell = tuple[str, str, dict[str, Any]]
"""The cell's type, source and metadata."""


def _check(source: str) -> _Cell:
    return "code", source, {"deletable": False, "editable": False}


def _json(number: int, kind: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    cell = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": metadata,
        "source": source.splitlines(keepends=True),
    }
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell


def _defined(source: str) -> set[str]:
    try:
        nodes = ast.parse(source).body
    except SyntaxError:  # a line such as `%matplotlib inline`
        return set()
    return {node.name for node in nodes if isinstance(node, Function)}


HEADER = "# Made by `autograder sync` from course.yaml; what is changed here is lost.\n"

_TOP = """\
from otter.test_files import test_case
{imports}
OK_FORMAT = False
name = {name}
all_or_nothing = False
"""
_IMPORTS = """
from autograder.integrations.notebook_check import check_public
"""
_CASE = """

@test_case(name={title}, points={points:g})
def group_{number}(env):
    check_public({exercise}, {group}, env)
"""


def otter_test(exercise: Exercise) -> str | None:
    """Return the text of `exercises/tests/<exercise>.py`; None without a public group.

    The file contains no inputs and no answers: it calls `check_public`, which reads both from the
    public key next to the exercises and reports the same as `autograder check`.
    """
    public = [group for group in exercise.groups if group.public]
    return otter_file(HEADER, exercise, public, _CASE, _IMPORTS) if public else None


def otter_file(
    header: str, exercise: Exercise, groups: Iterable[TestGroup], case: str, imports: str = ""
) -> str:
    """Return an otter test of these groups of an exercise, with the text `case` for each."""
    # Otter collects the decorated values from the module's namespace: two functions of one name
    # would be one test, so they are numbered.
    cases = (
        case.format(
            title=quoted(f"{exercise.name}: {group.name}"),
            points=group.points,
            hidden=not group.public,
            number=number,
            exercise=quoted(exercise.name),
            group=quoted(group.name),
        )
        for number, group in enumerate(groups, 1)
    )
    return header + _TOP.format(imports=imports, name=quoted(exercise.name)) + "".join(cases)


def quoted(text: str) -> str:
    """Return `text` as a Python literal in double quotes, as the formatter writes it."""
    return json.dumps(text)
