"""Cells in IPython's syntax, as Python: the same as IPython's own transformer makes of them."""

from __future__ import annotations

import io
import random
import re
import sys
import tokenize
from collections.abc import Callable

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


NAMES = ("x", "np.exp", "Größe", "übung_1", "变量", "ﬁ", "f", "In", "_", "async_", "x1", "a.b[0]")
MAGICS = (
    *("%time ", "%timeit -n 1 -r 1 ", "%matplotlib inline", "%cd ..", "%run -i a.py", "%", "%%"),
    *("!ls -l {x}", "!pip install $x", "!!ls", "?f", "??np.exp", ",f a b", ";f a b", "/f a b"),
    *("%env A=b", "%load_ext autoreload", "%größe x", "%a.b c", "! ls", "% time x", "?", "!"),
)
TEXTS = (
    *("'%time'", '"!ls"', "'it?'", "f'{x!r:>{n}} {y!s}?'", 'f"{d[1]} %s"', "rb'\\n'", "'\\'?'"),
    *("'''a\n%time b\n!c?\n'''", 'f"""\n{x}\n?f\n"""', "u'ü'", "b''", "'a' \\\n  '%b'"),
)


def expression(chance: random.Random, depth: int = 0) -> str:
    def inner() -> str:
        return expression(chance, depth + 1)

    if depth > 3 or chance.random() < 0.25:
        return chance.choice([*NAMES, *TEXTS, "1", "0x1F", "1e-5", "2.", "...", "None"])
    gap = chance.choice(["", " ", " ", "  ", "\t", " \\\n ", " \\\n\t"])
    wrap = chance.choice(["", "\n", "\n    ", "\n\t", "  # why?\n", "\n%", "\n!", "\n?"])
    forms = (
        lambda: (
            f"{inner()}{gap}{chance.choice(['+', '%', '!=', '==', '@', '//', 'if', '<'])} {inner()}"
        ),
        lambda: f"({wrap}{inner()},{wrap}{inner()})",
        lambda: f"[{inner()}{wrap} for x in {inner()}]",
        lambda: f"{{{inner()}:{gap}{inner()},{wrap} **{inner()}}}",
        lambda: (
            f"{chance.choice(NAMES)}({inner()}, y={chance.choice(['', '', '%', '!'])}{inner()})"
        ),
        lambda: f"{chance.choice(NAMES)}[{inner()}:{inner()}]",
        lambda: f"lambda a={inner()}: {inner()}",
        lambda: f"await {inner()}",
        lambda: f"{inner()}{gap}{chance.choice(['?', '??'])}{gap}{inner()}",
    )
    return chance.choice(forms)()


def statement(chance: random.Random, indent: str = "", depth: int = 0) -> str:
    """A statement, or what looks like one, with the lines below it."""
    one = expression(chance)
    name = chance.choice(NAMES)
    help = chance.choice(["", "", "", "?", "??", " ?", "?  # no", "; x?"])
    plain = (
        f"{one}{help}",
        f"{name}{help}",
        f"{name} = {one}",
        f"{name} = {chance.choice(MAGICS)}{one}",
        f"{name}: int = {chance.choice(['%time ', '!'])}{one}",
        f"{name}, y = {chance.choice(['%time ', '!', ''])}{one}",
        f"{name} += {one}",
        chance.choice(MAGICS),
        f"{chance.choice(MAGICS)}{one}",
        f"!ls {name} \\\n  -l | grep '{name}'",
        f"%time {name} = \\\n    {one}",
        f"assert {one}, {chance.choice(TEXTS)}",
        f"x = 1; {chance.choice(MAGICS)}",
        f"# {one.splitlines()[0]}?",
        "",
        "   ",
        "del x  # really?",
    )
    if depth > 2 or chance.random() < 0.7:
        return indent + chance.choice(plain)
    step = chance.choice(["    ", "\t", "  ", "        "])
    head = chance.choice(
        ["for x in y:", "async for x in y:", "async with a as b:", "else:", "try:", "class A:"]
        if chance.random() < 0.5
        else [f"if {one}:", f"def {name}(a, b={one}):", "async def f():", f"with {one}:"]
    )
    above = chance.choice(["", "", f"{indent}@{name}\n", f"{indent}@dec({one})\n"])
    body = [statement(chance, indent + step, depth + 1) for _ in range(chance.randrange(1, 4))]
    return "\n".join([f"{above}{indent}{head}", *body])


def grown(seed: int) -> str:
    """A cell by a grammar of Python and IPython, in which either may be anywhere."""
    chance = random.Random(seed)
    lines = [statement(chance) for _ in range(chance.choice([1, 2, 3, 5]))]
    top = ["", "", "", "%%time", "%%capture out --no-stderr", "%%bash -s x", "%%writefile -a h.py"]
    if magic := chance.choice(top):
        lines.insert(0, magic)
    elif chance.random() < 0.1:
        lines = [chance.choice([">>> ", "In [2]: ", "    "]) + line for line in lines]
    cell = "\n".join(lines)
    if chance.random() < 0.1:
        cell = cell.replace("    ", "\t", chance.randrange(3))
    return cell + chance.choice(["", "\n", "\n\n", "\n  \n"])


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


_STRINGS = re.compile(
    r"""'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'"""
    r"""|"(?:[^"\\\n]|\\.)*"|\#[^\n]*""",
    re.DOTALL,
)


def sinks(text: str) -> bool:
    """Whether a bracket closes that none opened, or a quote opens and does not close.

    Python's versions read what follows differently.
    """
    depth = 0
    text = _STRINGS.sub("", text)
    if "'" in text or '"' in text:
        return True
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return True
    return False


def disagreements(made: Callable[[int], str], seeds: range) -> tuple[int, list[str]]:
    """How many cells were compared, and those on which we and IPython differ.

    The other way to make cells than from snippets is run on 100,000 of them with

        python -m tests.sandbox.guest.test_cells 100000
    """
    manager = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager
    compared, wrong = 0, []
    for seed in seeds:
        cell = made(seed)
        try:
            expected = manager().transform_cell(cell)
        except Exception:  # SyntaxError; tokenize's own errors depend on Python's version
            continue
        wanted = tokens(expected)
        # of what no tokenizer takes, newer ones say nothing from the place on that they refuse
        refused = sys.version_info >= (3, 12) and isinstance(next(iter(wanted), None), str)
        if refused or sinks(cell) or sinks(expected):
            continue
        compared += 1
        if tokens(python_of(cell)) != wanted:
            wrong.append(cell)
    return compared, wrong


@pytest.mark.parametrize("made", [generated, grown])
def test_generated_cells_are_what_ipython_makes_of_them(made: Callable[[int], str]) -> None:
    compared, wrong = disagreements(made, range(1000))
    assert wrong == []
    assert compared > 650


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


if __name__ == "__main__":
    count, differing = disagreements(grown, range(int(sys.argv[1])))
    print(f"{count} cells compared, {len(differing)} differ", *differing[:5], sep="\n---\n")
