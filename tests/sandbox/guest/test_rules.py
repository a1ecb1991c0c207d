"""Functions that an exercise forbids raise an error in its calls, and in no others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from autograder.model.course import Exercise, Limits
from autograder.model.submission import Outcome, Source, Status
from autograder.sandbox.guest.rules import NotAllowed, refusal
from autograder.sandbox.sandbox import Sandbox

RULES = ("numpy.linalg.inv", "numpy.mean", "numpy.exp", "numpy.fft", "math.sqrt", "sum", ".sort")
MATRIX = np.array([[2.0, 1.0], [1.0, 3.0]])


NO_FUNCTIONS = ("numpy.no_such_thing", "nothing.at_all", "for")
EXERCISES = (
    Exercise("f", "part", (), forbid=(*RULES, "numpy.diff", *NO_FUNCTIONS)),
    Exercise("g", "part", ()),
    Exercise("uses_g", "part", (), uses=("g",), forbid=("numpy.linalg.inv",)),
    Exercise("costs_a_share", "part", (), forbid=("numpy.linalg.inv",), forbid_penalty=0.5),
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(), exercises=EXERCISES) as sandbox:
        yield sandbox


def call(sandbox: Sandbox, text: str, name: str = "f", support: str = "") -> Outcome:
    sources = [Source("part", "part.py", (f"import numpy as np\n{text}".encode(),))]
    given = [Source("given", "given.py", (f"import numpy as np\n{support}".encode(),))]
    with sandbox.session(sources, given if support else ()) as session:
        return session.call(name, "part", [MATRIX])


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("numpy.linalg.inv", "def f(A): return np.linalg.inv(A)"),
        ("numpy.linalg.inv", "from numpy.linalg import inv\ndef f(A): return inv(A)"),
        ("numpy.linalg.inv", "I = np.linalg.inv\ndef f(A): return list(map(I, [A]))"),
        (
            "numpy.linalg.inv",
            "import operator\ndef f(A): return operator.methodcaller('i' 'nv', A)(np.linalg)",
        ),
        ("numpy.linalg.inv", "def f(A): return vars(np.linalg)['vni'[::-1]](A)"),
        ("numpy.linalg.inv", "def f(A): return np.linalg.__dict__[chr(105) + 'nv'](A)"),
        (
            "numpy.linalg.inv",
            "import importlib\n"
            "def f(A): return getattr(importlib.import_module('num' + 'py.linalg'), 'in' 'v')(A)",
        ),
        (
            "numpy.linalg.inv",
            "import sys\ndef f(A):\n    for name, module in sorted(sys.modules.items()):\n"
            "        if name.startswith('numpy.linalg') and 'inv' in vars(module):\n"
            "            return vars(module)['inv'](A)",
        ),
        (
            "numpy.linalg.inv",
            "import functools\ndef f(A): return functools.partial(np.linalg.inv, A)()",
        ),
        (
            "numpy.mean",
            "class C:\n    def m(self, A): return np.mean(A)\ndef f(A): return C().m(A)",
        ),
        ("numpy.mean", "def f(A): return next(np.mean(row) for row in A)"),
        ("numpy.exp", "def f(A): return np.exp(A)"),
        ("numpy.exp", "def f(A): return np.exp.outer(A, A)"),
        ("numpy.fft", "def f(A): return np.fft.fft2(A)"),
        ("math.sqrt", "from math import *\ndef f(A): return sqrt(A[0, 0])"),
        ("sum", "def f(A): return sum(A)"),
        ("sum", "def f(A): return eval('sum')(A)"),
    ],
)
def test_a_forbidden_function_raises_wherever_it_comes_from(
    sandbox: Sandbox, rule: str, text: str
) -> None:
    outcome = call(sandbox, text)
    assert outcome.status is Status.RAISED
    assert outcome.error is not None
    assert outcome.error.type == NotAllowed.__name__
    assert outcome.error.message == refusal(rule)
    assert outcome.error.frames[-1].filename == "part.py"


@pytest.mark.parametrize(
    "text",
    [
        "def f(A): return np.linalg.pinv(A)",
        "def f(A): return np.gradient(A)[0]",  # it uses np.diff in some versions
        "def f(A): return np.average(A, axis=0)",
        "def f(A): return A.mean(axis=0)",
        "def f(A): return np.std(A, axis=0)",
        "def f(A): return np.expm1(A)",
        "def f(A): return np.linalg.matrix_power(A, -1)",
        "import statistics\ndef f(A): return statistics.stdev(map(float, A.ravel()))",
        "B = np.linalg.inv(np.eye(2))\ndef f(A): return A",
        "def helper(A): return np.linalg.inv(A)\ndef f(A): return A",
        "def f(A):\n    def sum(A): return A\n    return sum(A)",
        "class N:\n    def inv(self, A): return A\ndef f(A): return N().inv(A)",
    ],
)
def test_what_is_allowed_runs(sandbox: Sandbox, text: str) -> None:
    outcome = call(sandbox, text)
    assert outcome.status is Status.RETURNED, outcome.error


def test_a_rule_is_for_its_own_exercise_alone(sandbox: Sandbox) -> None:
    text = (
        "from numpy.linalg import inv\n"
        "def f(A): return inv(A)\ndef g(A): return inv(A) + sum(np.exp(A))"
    )
    with sandbox.session(
        [Source("part", "part.py", (f"import numpy as np\n{text}".encode(),))]
    ) as s:
        outcomes = [s.call(name, "part", [MATRIX]) for name in ("f", "g", "f")]
    assert [one.status for one in outcomes] == [Status.RAISED, Status.RETURNED, Status.RAISED]
    assert outcomes[1].value is not None
    assert np.allclose(outcomes[1].value, np.linalg.inv(MATRIX) + np.exp(MATRIX).sum(axis=0))


def test_files_that_run_late_are_not_part_of_the_call(sandbox: Sandbox) -> None:
    part = Source("part", "part.py", (b"def f(A): return A",))
    late = Source(
        "late", "late.py", (b"import numpy as np\nI = np.linalg.inv([[2.0]])\ndef g(A): return I",)
    )
    with sandbox.session([part, late]) as session:
        assert session.call("f", "part", [MATRIX]).status is Status.RETURNED
        assert session.call("g", "late", [MATRIX]).value == [[0.5]]


def test_a_fresh_interpreter_has_the_rules_too() -> None:
    with Sandbox(Limits(), exercises=EXERCISES, warm=False) as sandbox:
        outcome = call(sandbox, "def f(A): return np.linalg.inv(A)")
    assert outcome.error is not None
    assert outcome.error.type == NotAllowed.__name__


def test_support_files_may_use_what_students_may_not(sandbox: Sandbox) -> None:
    support = "def given(A): return np.linalg.inv(A)"
    outcome = call(sandbox, "from given import given\ndef f(A): return given(A)", support=support)
    assert outcome.status is Status.RETURNED
    stolen = "import given\ndef f(A): return given.np.linalg.inv(A)"
    assert call(sandbox, stolen, support=support).status is Status.RAISED


def test_an_earlier_exercise_may_call_it(sandbox: Sandbox) -> None:
    text = (
        "def _help(A): return np.linalg.inv(A)\ndef g(A): return _help(A)\n"
        "def f(A): return g(A)\ndef uses_g(A): return g(A)"
    )
    assert call(sandbox, text, "uses_g").status is Status.RETURNED
    assert call(sandbox, text, "f").status is Status.RAISED


def test_where_it_costs_only_a_share_it_runs(sandbox: Sandbox) -> None:
    text = "def costs_a_share(A): return np.linalg.inv(A)"
    assert call(sandbox, text, "costs_a_share").status is Status.RETURNED


def test_without_rules_numpy_is_untouched() -> None:
    text = "def f(A): return [type(np.linalg.inv).__name__ == 'function', type(np.exp) is np.ufunc]"
    here = [type(np.linalg.inv).__name__ == "function", True]
    with Sandbox(Limits(), exercises=[Exercise("f", "part", ())]) as sandbox:
        outcome = call(sandbox, text)
    assert outcome.value is not None
    assert outcome.value.tolist() == here
