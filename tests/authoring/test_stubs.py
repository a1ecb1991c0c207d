"""Stubs keep what a student needs, and nothing of the solution."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.authoring.stubs import is_stub, stub_of, stub_text
from autograder.errors import CourseError
from autograder.model.course import Exercise, Part


def part(*names: str, uses: tuple[str, ...] = (), lesson: tuple[str, ...] = ()) -> Part:
    exercises = tuple(Exercise(name, "part1", (), uses=uses) for name in names)
    return Part("part1", "A part", exercises, lesson)


SOLUTION = '''\
# %% [markdown]
# # The softmax
# It is $e^{Z_i}$ over a sum — always positive.

# %%
from functools import lru_cache, reduce
import math

import numpy as np
from numpy import asarray, exp, log  # noqa: F401
from part0 import earlier, secret

TINY = 1e-300  # smaller than any probability
# Used by the lesson.
LOGITS = np.array([1.0, 2.0])

# %% tags=["solution"]
def _shifted(Z):
    """Z without its maximum."""
    return Z - Z.max()


# %%
# What keeps exp from overflowing.
def _safe(Z):
    return exp(_shifted(Z)) + TINY


# A classic.
@lru_cache
# for speed
def softmax(
    Z: "np.ndarray",  # the logits
) -> np.ndarray:  # the trick: subtract the maximum
    # think of overflow
    """Return the softmax of `Z`, shape (K,).

    >>> softmax(np.array([0.0]))   # é
    array([1.])
    """  # numerically sound
    # first the shift


    powers = _safe(asarray(Z))
    def inner():
        return math.pi * secret(log)
    return powers / powers.sum()  # normalise
    # the sum is 1 now

    # really


def loss(S, eps=LOGITS):
    r"""One-line \\alpha."""


# %% [markdown]
# ## Try it

# %%
# Your numbers:
probabilities = reduce(max, LOGITS)
print(asarray(probabilities))
'''


def test_nothing_of_the_solution_is_left_and_all_else_is() -> None:
    assert (
        stub_text(SOLUTION, part("softmax", "loss", uses=("earlier",)))
        == '''\
# %% [markdown]
# # The softmax
# It is $e^{Z_i}$ over a sum — always positive.

# %%
from functools import reduce

import numpy as np
from numpy import asarray  # noqa: F401
from part0 import earlier

# Used by the lesson.
LOGITS = np.array([1.0, 2.0])

# %%
def softmax(
    Z: "np.ndarray",  # the logits
) -> np.ndarray:
    """Return the softmax of `Z`, shape (K,).

    >>> softmax(np.array([0.0]))   # é
    array([1.])
    """
    raise NotImplementedError("write softmax here")


def loss(S, eps=LOGITS):
    r"""One-line \\alpha."""
    raise NotImplementedError("write loss here")


# %% [markdown]
# ## Try it

# %%
# Your numbers:
probabilities = reduce(max, LOGITS)
print(asarray(probabilities))
'''
    )


def test_line_ends_and_the_last_newline_do_not_matter() -> None:
    wanted = stub_text(SOLUTION, part("softmax", "loss"))
    windows = "\ufeff" + SOLUTION.replace("\n", "\r\n") + "\r\n\r\n"
    assert stub_text(windows, part("softmax", "loss")) == wanted
    assert "\r" not in wanted


def test_a_stub_of_a_stub_is_itself() -> None:
    stub = stub_text(SOLUTION, part("softmax", "loss", uses=("earlier",)))
    again = stub_text(stub, part("softmax", "loss", uses=("earlier",)))
    assert again == stub


def test_a_private_function_that_the_lesson_needs_stays_with_what_it_needs() -> None:
    solution = """\
SCALE = 2
UNUSED = 3
def _show(value):
    print(value * SCALE)
def _never_called():
    return _show(UNUSED)
def plot(value):
    _show(value)
def f(x):
    "Doc."
    return _show(x)
"""
    stub = stub_text(solution, part("f", lesson=("plot",)))
    assert "_never_called" not in stub
    assert "UNUSED" not in stub
    for kept in ("SCALE = 2", "def _show(value):", "def plot(value):"):
        assert kept in stub


TAKEN_OUT = """\
def f(x):
    "Doc."
    return x
def g(x):
    "Doc."
    return f(x) + _half(x)
def _half(x):
    return x / 2
class Walk:
    def __init__(self):
        self.place = 0
BOUND = 3
"""


@pytest.mark.parametrize(
    ("lesson", "extra", "refused"),
    [
        ((), "", "solutions/part1.py:4: g would be handed out"),
        (("g",), "", "solutions/part1.py:9: Walk would be handed out"),
        (("g", "Walk"), "", "solutions/part1.py:12: BOUND would be handed out"),
        # That the lesson calls it does not make an exercise that was taken out its own.
        (("Walk", "BOUND"), 'if __name__ == "__main__":\n    print(g(1))\n', "part1.py:4: g would"),
    ],
)
def test_a_solution_that_is_no_longer_declared_is_refused_by_name(
    lesson: tuple[str, ...], extra: str, refused: str
) -> None:
    with pytest.raises(CourseError) as caught:
        stub_text(TAKEN_OUT + extra, part("f", lesson=lesson))
    assert refused in str(caught.value)
    assert "'lesson' of part1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_declared_goes_out_and_is_told() -> None:
    stub = stub_of(TAKEN_OUT, part("f", lesson=("g", "Walk", "BOUND")))
    assert stub.lesson == ("BOUND", "Walk", "_half", "g")
    assert "return f(x) + _half(x)" in stub.text
    with pytest.raises(CourseError, match=r"lesson: .*part1.py has no wlak; did you mean 'walk'"):
        stub_of(TAKEN_OUT.lower(), part("f", lesson=("g", "walk", "bound", "wlak")))


def test_a_misspelt_exercise_is_told_what_it_may_have_been_meant_to_be() -> None:
    with pytest.raises(CourseError, match="softmx is not defined; did you mean 'softmax'"):
        stub_text('def softmax(x):\n    "Doc."\n    return x\n', part("softmx"))


def test_a_long_import_is_wrapped_after_a_name_is_gone() -> None:
    names = [f"quite_a_long_name_{letter}" for letter in "abcdef"]
    imports = (
        "from numpy import (\n" + "".join(f"    {name},\n" for name in [*names, "exp"]) + ")\n"
    )
    solution = imports + 'def f(x):\n    """Doc."""\n    return exp(x)\n' + "\n".join(names) + "\n"
    stub = stub_text(solution, part("f"))
    assert "exp" not in stub
    assert max(map(len, stub.splitlines())) <= 100
    assert [alias.name for alias in ast.parse(stub).body[0].names] == names


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        ("x = 1\n", "part1.py: the exercise f is not defined"),
        ("f = lambda x: x\n", "the exercise f is not defined"),
        ('def f(x):\n    """A."""\n' * 2, "the exercise f is defined 2 times"),
        ("def f(x):\n    return x\n", "part1.py:1: f has no docstring"),
        ('def f(x): """A."""\n', "part1.py:1: the docstring of f begins on the line"),
        ('# %% tags=["solution"]\ndef f(x):\n    """A."""\n', "part1.py:2: the exercise f is in a"),
        ('# %% tags=["Solutions"]\nx = 1\n', 'part1.py:1: the cell has the tag "Solutions"'),
        ("# %% tags=[solution]\nx = 1\n", "part1.py:1: the cell has tags=[solution]; write"),
        ("def f(x)\n", "part1.py:1: expected ':'; fix the syntax"),
        (
            'A = 1; B = 2\ndef f(x):\n    """A."""\n    return A\nprint(B)\n',
            "part1.py:1: two statements on one line",
        ),
        (
            '# %%\ndef f(x):\n    """A."""\n# %% tags=["solution"]\nA = 1\n# %%\nprint(A)\n',
            "the lesson needs A, which only a cell",
        ),
    ],
)
def test_a_solution_that_cannot_be_stubbed_safely_is_refused(solution: str, message: str) -> None:
    with pytest.raises(CourseError) as caught:
        stub_text(solution, part("f"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


# Blocks of a solution: what must go says SECRET, what must stay says KEEP with a number.
BLOCKS = {
    "exercise": (
        "# SECRET\n@SECRET\n# SECRET\ndef f{n}(x):  # SECRET\n    # SECRET\n"
        '    """KEEP{n}"""  # SECRET\n    # SECRET\n\n\n'
        "    return (x,\n# SECRET\n{uses})  # SECRET\n\n    # SECRET\n"
    ),
    "helper": (
        "# SECRET\ndef _used{n}(x):\n    SECRET = 1\n    return x  # SECRET\n    # SECRET\n"
        "# KEEP{n}\nkept{n} = {n}\n"
    ),
    "unused helper": "def _unused{n}():\n    return SECRET\nkept{n} = 'KEEP{n}'\n",
    "constant": "# KEEP{n}\nkept{n} = 1\n\n# SECRET\nused{n} = [\n    'SECRET',\n]  # SECRET\n",
    "import": "from somewhere import used{n}, KEEP{n}\n",
    "solution cell": '# %% tags=["solution"]\n# SECRET\nSECRET = 1\n\n# %%\nkept{n} = "KEEP{n}"\n',
    "markdown cell": "# %% [markdown]\n# KEEP{n}\n# %%\n",
    "shown helper": "def _shown{n}(x):\n    # KEEP{n}\n    return x\n_shown{n}(1)\n",
    "loop": "for KEEP{n} in range(3):\n    # KEEP{n}\n    print(KEEP{n})\n",
}


@given(
    st.lists(st.sampled_from(sorted(BLOCKS)), min_size=1, max_size=8),
    st.lists(st.sampled_from(["", "\n", "\n\n\n", "\n# %%\n"]), min_size=9, max_size=9),
)
def test_any_mixture_of_blocks_keeps_what_it_must(kinds: list[str], gaps: list[str]) -> None:
    kinds = [*kinds, "exercise"]
    uses = "".join(f"_used{n}(used{n})," for n in range(len(kinds)))
    text = ""
    for n, (kind, gap) in enumerate(zip(kinds, gaps, strict=False)):
        text += BLOCKS[kind].replace("{n}", str(n)).replace("{uses}", uses) + gap
    names = [f"f{n}" for n, kind in enumerate(kinds) if kind == "exercise"]

    lesson = tuple(f"kept{n}" for n in range(len(kinds)) if f"kept{n} =" in text)
    whole = part(*names, lesson=lesson)
    stub = stub_text(text, whole)

    assert "SECRET" not in stub
    for n, kind in enumerate(kinds):
        assert text.count(f"KEEP{n}") == stub.count(f"KEEP{n}"), kind
        assert f"used{n}" not in stub
    functions = (node for node in ast.parse(stub).body if isinstance(node, ast.FunctionDef))
    stubs = [function for function in functions if function.name in names]
    assert [function.name for function in stubs] == names
    assert all(is_stub(function) for function in stubs)
    assert stub_text(stub, whole) == stub


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        ("def step(self):\n        raise NotImplementedError", True),
        ("def step(self):\n        return 1", False),
        ("def _half(self):\n        return 1", False),
        ("rate = 0.1", False),
    ],
)
def test_a_class_with_anything_of_ones_own_is_no_stub(body: str, is_one: bool) -> None:
    (found,) = ast.parse(f'class Walk:\n    """It walks."""\n    {body}\n').body
    assert isinstance(found, ast.ClassDef)
    assert is_stub(found) is is_one
