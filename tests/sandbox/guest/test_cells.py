"""Cells in IPython's syntax, as Python: the same as IPython's own transformer makes of them."""

from __future__ import annotations

import io
import random
import tokenize

import pytest

from autograder.sandbox.guest.cells import python_of

SNIPPETS = r"""
%time p = np.ones(3)
---
x = !ls
---
x = %time f(1)
---
!pip install numpy \
    matplotlib
---
!pip install a \
  b \
  c
---
%matplotlib inline
---
def f(x):
    return x  # really?
---
def f(x):
    %time y = x
    !ls
    z = %timeit -n 1 f
    return y
---
def f(x):
    '''Is it %d?
    !no
    '''
    return x
---
if a != 0:
    pass
---
assert (z.size
        != 0)
---
y = (7
     % 4)
---
y = (7 %
     # why?
     4)
---
f?
---
f??
---
%time?
---
?f
---
??f.g
---
*int*?
---
f.g[0]?
---
    f?
---
x = 5 % 3
---
'''doc?
%not magic
'''
---
s = "it's %d" % 3
---
s = '%time' \
    '!ls'
---
!echo it's
---
,f a b
---
;f a b
---
/f a b
---
!!ls -l
---
x = a if b else \
    c
---
a = b = %foo
---
x == %foo
---
assert x, "what?"
---
{"a": 1,
 "b": 2}
---
%run part1.ipynb
---
%%time
---
%%bash
---
# comment?
---
#
---

---
f(a=%b)
---
lambda x=1: x
---
x: int = !ls
---
x += 1
---
x, y = !ls
---
class A:
    def g(self): pass
---
@dec
def g(): pass
---
for i in range(3): print(i)
---
%cd ..
---
%env A=b
---
>>> x = 1
... y = 2
---
>>> def f():
...     return 1
1
---
    >>> x = 1
---
In [1]: x = 1
   ...: y = 2
---
await g()
---
x = f"{a!r} {b!s}"
---
print(x) ; y?
---
;
---
rb"raw\n"
---
0x1F % 3
---
1e-5 % x
---
x[1:2]?
---
f()?
---
%
---
!
---
?
---
s = 'open
---
x = [
---
x = %time f(1, \
    2)
---
get_ipython().run_line_magic("time", "x = 1")
""".strip("\n").split("\n---\n")


def generated(seed: int) -> str:
    """A cell of some of the snippets, whole or cut off, now and then indented or after a gap."""
    chance = random.Random(seed)
    pieces = [chance.choice(SNIPPETS) for _ in range(chance.choice([1, 1, 2, 3, 5, 8]))]
    cell = "\n".join(pieces)
    if chance.random() < 0.1:
        cell = "\n  \n" + cell
    if chance.random() < 0.1:
        cell = "\n".join("    " + line for line in cell.split("\n"))
    if chance.random() < 0.1:
        cell = cell[: chance.randrange(len(cell) + 1)]
    return cell


def tokens(text: str) -> list[tuple[int, str]] | list[str]:
    """Without empty lines and comments; the lines of what no tokenizer takes."""
    try:
        return [
            (token.type, token.string)
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type not in (tokenize.NL, tokenize.COMMENT)
        ]
    except (tokenize.TokenError, SyntaxError):
        return [line.rstrip() for line in text.split("\n") if line.strip()]


def sinks(text: str) -> bool:
    """Whether a bracket closes that none opened: Python's versions read the rest differently."""
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return True
    return False


def disagreements(seeds: range) -> tuple[int, list[str]]:
    """How many cells were compared, and those on which we and IPython differ."""
    manager = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager
    compared, wrong = 0, []
    for seed in seeds:
        cell = generated(seed)
        try:
            expected = manager().transform_cell(cell)
        except SyntaxError:
            continue
        if sinks(cell) or sinks(expected):
            continue
        compared += 1
        if tokens(python_of(cell)) != tokens(expected):
            wrong.append(cell)
    return compared, wrong


def test_generated_cells_are_what_ipython_makes_of_them() -> None:
    compared, wrong = disagreements(range(4000))
    assert wrong == []
    assert compared > 3500


@pytest.mark.parametrize(
    "cell",
    [
        "%%time\nx = 1",
        "\n%%capture out\nx = 1\n\ny = '''a\nb'''",
        "%%writefile -a helpers.py\ndef g(): return 1\n",
        "%%html\n<b>x</b>",
        "%%time?",
        "%%\nx",
        "%%bash --out x\nls \\\n  -l",
    ],
)
def test_a_whole_cell_s_magic_is_what_ipython_makes_of_it(cell: str) -> None:
    manager = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager
    assert tokens(python_of(cell)) == tokens(manager().transform_cell(cell))


def test_plain_python_stays_as_it_is() -> None:
    text = 'def f(x):\n    """Why?"""\n    return (x\n            % 3)  # really?\n'
    assert python_of(text) == text


@pytest.mark.parametrize(
    "cell",
    [
        "%load_ext x\n\ndef f():\n    return 1",
        "!pip install a \\\n   b\ndef f():\n    return 1",
        "\n\n!ls\nf = lambda: 1",
    ],
)
def test_lines_keep_their_numbers(cell: str) -> None:
    names: dict[str, object] = {"get_ipython": lambda: _Shell()}
    exec(compile(python_of(cell), "cell", "exec"), names)
    lines = cell.split("\n")
    line = next(number for number, line in enumerate(lines, 1) if "f()" in line or "f =" in line)
    assert names["f"].__code__.co_firstlineno == line  # type: ignore[attr-defined]


class _Shell:
    def __getattr__(self, name: str) -> object:
        return lambda *given: None
