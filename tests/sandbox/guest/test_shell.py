# ruff: noqa: E501  # the texts are lines of real files
"""The shell of a notebook: what magics run, and what cells give."""

from __future__ import annotations

import ast
from types import FrameType
from typing import Any

import pytest

from autograder.sandbox.guest.shell import (
    OUTPUTS,
    Lines,
    Outputs,
    Shell,
    compiled,
    definitions,
    is_special,
    run,
)
from autograder.sandbox.guest.standins import use_shell


class Recorder:
    """What the shell asks of the submission's files."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.names: dict[str, Any] = {}
        use_shell(Shell(self._run_file, self._write_file))
        from autograder.sandbox.guest.standins import get_ipython

        self.names["get_ipython"] = get_ipython

    def _run_file(self, path: str, names: dict[str, Any], inside: bool) -> None:
        self.asked.append(("run", path, inside))

    def _write_file(self, path: str, text: str, append: bool, frame: FrameType) -> None:
        self.asked.append(("write", path, text, append))

    def cell(self, text: str) -> dict[str, Any]:
        run(compiled(text, "cell"), self.names)
        return self.names


@pytest.fixture
def shell() -> Recorder:
    return Recorder()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("%time x = 3", 3),
        ("x = %time 3", 3),
        ("%%time\nx = 3", 3),
        ("%%timeit -n 5 -r 2\nx = 3", 3),
        ("%%timeit -n5 -r2 x = 3\npass", 3),
        ("%%prun -s cumulative -q\nx = 3", 3),
        ("%lprun -f f x = 3", 3),
        ("%%capture out --no-stderr\nx = 3", 3),
        ("%%python3\nx = 3", 3),
        ("x = 3\n%matplotlib inline", 3),
        ("x = 3\n%cd ..\n%env A=b\n!rm x", 3),
        ("x = 1\nfor i in range(3):\n    %time x = x + i", 4),
        ("x = 3\n%%bash", 3),
        ("pip install numpy==2.0 scipy>=1\nx = 3", 3),
        ("cd ../data\nmatplotlib inline\nls\nx = 3", 3),
        ("import asyncio\nx = await asyncio.sleep(0, 3)", 3),
        ("async def g():\n    yield 3\nasync for x in g():\n    pass", 3),
        ("get_ipython().run_cell_magic('time', '', 'x = 3')", 3),
        ("get_ipython().magic('time x = 3')", 3),
        ("get_ipython().run_cell('x = 3')", 3),
        ("x = !ls\nx = x.grep('a').fields(0).sort().n + x.s or 3", 3),
        ("x = !!ls\nx = len(x.l) + 3", 3),
    ],
)
def test_what_a_magic_would_run_is_run(shell: Recorder, cell: str, value: object) -> None:
    assert shell.cell(cell)["x"] == value


@pytest.mark.parametrize("cell", ["%%bash\nx = 3", "%%html\nx = 3", "%%sql\nx = 3", "%%R\nx <- 3"])
def test_other_languages_are_not_run(shell: Recorder, cell: str) -> None:
    assert "x" not in shell.cell(cell)


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("%run a.py", ("run", "a.py", False)),
        ("%run -i 'my file.py' --n 3", ("run", "my file.py", True)),
        ("%run -t -i ./x/a.ipynb", ("run", "./x/a.ipynb", True)),
        ("%%writefile a.py\nx = 1", ("write", "a.py", "x = 1", False)),
        ('%%writefile -a "a b.py"\nx = 1', ("write", "a b.py", "x = 1", True)),
        ("%%file a.py --append\nx = 1", ("write", "a.py", "x = 1", True)),
    ],
)
def test_files_are_run_and_written(shell: Recorder, cell: str, asked: tuple[object, ...]) -> None:
    shell.cell(cell)
    (found,) = shell.asked
    assert (*found[:2], *(str(each).strip() for each in found[2:])) == (
        *asked[:2],
        *map(str, asked[2:]),
    )


def test_pylab_brings_numpys_names(shell: Recorder) -> None:
    names = shell.cell("%pylab inline\nx = exp(0.0) + linspace(0, 1, 3).sum()\nplot([1, 2])")
    assert names["x"] == 2.5


def test_an_unknown_magic_is_nothing(shell: Recorder) -> None:
    shell.cell("%no_such_magic x\nget_ipython().events.register('x', print)\n")
    with pytest.raises(AttributeError):
        shell.cell("get_ipython().__no_such_attribute__")


def test_lines_are_a_list() -> None:
    assert Lines() == []
    assert Lines().p == ()


# --- `_` and `Out` ----------------------------------------------------------------------------


def after(*cells: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    outputs = Outputs(names)
    for number, cell in enumerate(cells):
        run(outputs.compiled(cell, f"cell {number}"), names)
    return names


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (("2 + 3", "x = _"), 5),
        (("2", "3", "x = __ * 10 + _"), 23),
        (("2", "3", "4", "x = ___"), 2),
        (("2", "", "3;", "None", "x = _"), 2),
        (("2", "y = 1\n7", "x = Out[2] + _1"), 9),
        (("2", "x = In[1]"), "2"),
        (("y = 0\nfor i in range(3): y += 1\ny", "x = _"), 3),
        (("import asyncio\nawait asyncio.sleep(0, 4)", "x = _"), 4),
        (("2 # two", "x = _"), 2),
    ],
)
def test_what_a_cell_gives_is_kept(cells: tuple[str, ...], value: object) -> None:
    assert after(*cells)["x"] == value


@pytest.mark.parametrize("text", ["x = _ + 1", "Out[3]", "_3 * 2", "p(__)", "In[-1]", "_oh"])
def test_a_use_of_it_is_seen(text: str) -> None:
    assert OUTPUTS.search(text)


@pytest.mark.parametrize(
    "text", ["self._x", "__name__", "x_", "Outer", "Input", "_helper(3)", "'In'"]
)
def test_other_names_are_not(text: str) -> None:
    assert not OUTPUTS.search(text)


# --- the rest of a cell -----------------------------------------------------------------------


def test_what_defines_something_below_a_line_is_found() -> None:
    text = "import a\nx = 1\n!ls\nprint(x)\ndef f(): pass\nclass A: pass\nfrom b import c\ny: int = 2\n"
    found = [ast.unparse(each).split("\n")[0] for each in definitions(text, 2)]
    assert found == ["def f():", "class A:", "from b import c", "y: int = 2"]
    assert definitions("def f(:", 0) == []


@pytest.mark.parametrize(
    ("text", "special"),
    [("%time x", True), ("x?", True), ("x % y", False), ("get_ipython()", False)],
)
def test_special_text_is_told_apart(text: str, special: bool) -> None:
    assert is_special(text) is special


@pytest.mark.parametrize("text", ["def f(:\n", "x = = 1", "%time x\ndef f(:"])
def test_what_no_rule_explains_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        compiled(text, "cell")
