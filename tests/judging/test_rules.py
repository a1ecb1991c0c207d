"""What an exercise forbids, found in the text of a submission."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.judging.rules import forbidden_uses, under_rules, unknown_name
from autograder.model.course import Exercise, TestGroup
from autograder.model.report import ExerciseReport, GroupReport, Verdict
from autograder.model.submission import Source

SOLVE = "numpy.linalg.solve"


def exercise(*rules: str, uses: tuple[str, ...] = (), penalty: float = 1.0) -> Exercise:
    groups = (TestGroup("any", 4.0, public=True),)
    return Exercise("f", "part", groups, uses=uses, forbid=rules, forbid_penalty=penalty)


def script(text: str, module: str = "part") -> Source:
    return Source(module, f"{module}.py", (text.encode(),))


def broken(text: str, *rules: str, uses: tuple[str, ...] = ()) -> list[str]:
    return [use.rule for use in forbidden_uses(exercise(*rules, uses=uses), (script(text),))]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ndef f(A, b):\n    return np.linalg.solve(A, b)",
        "from numpy.linalg import solve as s\ndef f(A, b):\n    return s(A, b)",
        "from numpy import linalg as la\ndef f(A, b):\n    return la.solve(A, b)",
        "import numpy.linalg\ndef f(A, b):\n    return numpy.linalg.solve(A, b)",
        "from numpy.linalg import *\ndef f(A, b):\n    return solve(A, b)",
        "def f(A, b):\n    from numpy.linalg import solve\n    return solve(A, b)",
        "import numpy as np\ns = np.linalg.solve\ndef f(A, b):\n    return s(A, b)",
        "import numpy as np\nla = np.linalg\ndef f(A, b):\n    return la.solve(A, b)",
        "import numpy as np\ndef f(A, b):\n    la = np.linalg\n    return la.solve(A, b)",
        "import numpy as np\ndef f(A, b):\n    la, c = np.linalg, 1\n    return la.solve(A, b)",
        "import numpy as np\ndef f(A, b):\n    return (la := np.linalg).solve(A, b)",
        "import numpy as np\ndef f(A, b, solve=np.linalg.solve):\n    return solve(A, b)",
        "import numpy as np\ndef f(A, b):\n    return getattr(np.linalg, 'solve')(A, b)",
        "import numpy as np\ndef f(A, b):\n    return getattr(np.linalg, 'so' + 'lve')(A, b)",
        "import numpy as np\ndef f(A, b):\n    return getattr(np.linalg, f'so{\"lve\"}')(A, b)",
        "import numpy as np\ndef f(A, b):\n    return vars(np.linalg)['solve'](A, b)",
        "import numpy as np\ndef f(A, b):\n    return np.linalg.__dict__['solve'](A, b)",
        "import numpy as np\ndef f(A, b):\n    return globals()['np'].linalg.solve(A, b)",
        "import sys\ndef f(A, b):\n    return sys.modules['numpy'].linalg.solve(A, b)",
        "def f(A, b):\n    return __import__('numpy').linalg.solve(A, b)",
        "import importlib\ndef f(A, b):\n"
        "    return importlib.import_module('numpy.linalg').solve(A, b)",
        "import numpy as np\ndef f(A, b):\n    return eval('np.linalg.solve(A, b)')",
        "import numpy as np\ndef f(A, b):\n    return (lambda *x: np.linalg.solve(*x))(A, b)",
        "import numpy as np\ndef g(A, b):\n    return np.linalg.solve(A, b)\n"
        "def f(A, b):\n    return g(A, b)",
        "import numpy as np\nclass G:\n    def g(self, *a):\n        return np.linalg.solve(*a)\n"
        "def f(A, b):\n    return G().g(A, b)",
        "import numpy as np\nT = {'s': np.linalg.solve}\ndef f(A, b):\n    return T['s'](A, b)",
        "import numpy as np\nif True:\n    def f(A, b):\n        return np.linalg.solve(A, b)",
        "import numpy as np\ntry:\n    from numpy.linalg import solve as s\nexcept ImportError:\n"
        "    s = None\ndef f(A, b):\n    return s(A, b)",
        "import numpy as np\n@np.vectorize\ndef f(A, b):\n    return np.linalg.solve(A, b)",
        "import numpy as np\nf = np.linalg.solve",
        "from numpy.linalg import solve as f",
        "import numpy as np\ndef f(A, b):\n    n = input()\n    return getattr(np.linalg, n)(A, b)",
    ],
)
def test_a_forbidden_function_is_found_under_any_name(text: str) -> None:
    assert broken(text, SOLVE) == [SOLVE]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ndef f(A, b):\n    return np.linalg.lstsq(A, b)",
        "import numpy as np\ndef solve(A, b):\n    return A\ndef f(A, b):\n    return solve(A, b)",
        "import numpy as np\ndef f(A, b):\n    solve = A @ b\n    return solve",
        "from numpy.linalg import solve\ndef f(A, b):\n    return A",
        "import numpy as np\ndef g(*a):\n    return np.linalg.solve(*a)\ndef f(A):\n    return A",
        '"""np.linalg.solve"""\ndef f(A, b):\n    # np.linalg.solve\n    return A',
        "import numpy as np\ndef f(A, b):\n    return np.linalg.solve(A, b)\n"
        "def f(A, b):\n    return A",
        "from mine import solve\ndef f(A, b):\n    return solve(A, b)",
        "import numpy as np\nf(1\n",
        "",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert broken(text, SOLVE) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("numpy.linalg", "from numpy.linalg import norm\ndef f(x):\n    return norm(x)"),
        ("numpy.absolute", "import numpy as np\ndef f(x):\n    return np.abs(x)"),
        ("sorted", "def f(x):\n    return sorted(x)"),
        ("sorted", "import builtins\ndef f(x):\n    return builtins.sorted(x)"),
        (".sort", "def f(x):\n    x.sort()\n    return x"),
        (".sort", "def f(x):\n    getattr(x, 'sort')()\n    return x"),
        ("scipy", "def f(x):\n    import scipy.linalg\n    return x"),
        ("statistics.mean", "from statistics import *\ndef f(x):\n    return mean(x)"),
        ("for", "def f(x):\n    for i in x:\n        pass"),
        ("while", "def f(x):\n    while x:\n        x -= 1"),
        ("comprehensions", "def f(x):\n    return [i for i in x]"),
        ("loops", "def f(x):\n    return sum(i for i in x)"),
        ("loops", "def g(x):\n    while x:\n        x -= 1\ndef f(x):\n    return g(x)"),
        ("lambda", "def f(x):\n    return (lambda y: y)(x)"),
        ("@", "def f(x):\n    return x @ x"),
        ("@", "def f(x):\n    x @= x\n    return x"),
        ("recursion", "def f(x):\n    return f(x - 1) if x else 0"),
        ("recursion", "def g(x):\n    return f(x - 1)\ndef f(x):\n    return g(x) if x else 0"),
    ],
)
def test_modules_methods_builtins_and_syntax_can_be_forbidden(rule: str, text: str) -> None:
    assert broken(text, rule) == [rule]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("sorted", "def f(x, sorted):\n    return sorted(x)"),
        ("sorted", "def sorted(x):\n    return x\ndef f(x):\n    return sorted(x)"),
        ("for", "def f(x):\n    return [i for i in x]"),
        ("recursion", "def g(x):\n    return x\ndef f(x):\n    return g(g(x))"),
        ("recursion", "def f(x):\n    return x\nprint(f(1))"),
        ("scipy", "def f(scipy):\n    return scipy.linalg"),
    ],
)
def test_and_what_is_allowed_stays_so(rule: str, text: str) -> None:
    assert broken(text, rule) == []


STATS = "class Stats:\n    def __init__(self, x):\n        self.x = x\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{STATS}    def mean(self):\n        return 1\ndef f(x):\n    return Stats(x).mean()",
        f"{STATS}    def mean(self):\n        return 1\n"
        "def f(x):\n    s = Stats(x)\n    return s.mean()",
        f"{STATS}    def mean(self):\n        return 1\n    def all(self):\n"
        "        return self.mean()\ndef f(x):\n    return Stats(x).all()",
        f"{STATS}    mean = 1\ndef f(x):\n    return Stats.mean",
        f"{STATS}        self.mean = 1\ndef f(x):\n    return Stats(x).mean",
        "class Record(dict):\n    pass\n"
        "def f(x):\n    r = Record()\n    r.mean = 1\n    return r.mean",
        "from types import SimpleNamespace\ndef f(x):\n    return SimpleNamespace(mean=1).mean",
        "from collections import namedtuple\nS = namedtuple('S', 'mean, std')\n"
        "def f(x):\n    return S(1, 2).mean",
        "from typing import NamedTuple\nclass S(NamedTuple):\n    mean: float\n"
        "def g(s):\n    return s.mean\ndef f(x):\n    return g(S(1))",
        "import statistics\ndef f(x):\n    return statistics.mean(x)",
        "import numpy as np\ndef f(x):\n    return np.mean(x)",
        "import mine\ndef f(x):\n    return x['mean'] + len('x.mean')",
    ],
)
def test_an_attribute_of_ones_own_is_not_the_method(text: str) -> None:
    assert broken(text, ".mean") == []


OWN = "class S:\n    def mean(self):\n        return 1\n"


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return x.mean()",
        "def g(v):\n    return v.mean()\ndef f(x):\n    return g(x)",
        f"{OWN}def f(x):\n    return x.mean() + S().mean()",
        f"{OWN}def f(x):\n    y = x[1:]\n    return y.mean()",
        f"import numpy as np\n{OWN}def f(x):\n    return np.exp(x).mean()",
        f"{OWN}def f(x):\n    return (x - 1).T.mean()",
        f"{OWN}def f(x):\n    return getattr(-x, 'mean')()",
        f"{STATS}    def mean(self):\n        return self.x.mean()\n"
        "def f(x):\n    return Stats(x).mean()",
        f"import numpy as np\n{OWN}def f(x):\n    return np.ndarray.mean(x)",
    ],
)
def test_an_arrays_method_counts_next_to_ones_own(text: str) -> None:
    assert broken(text, ".mean") == [".mean"]


def test_what_an_earlier_exercise_uses_is_its_own_affair() -> None:
    text = "def g(x):\n    return [i for i in x]\ndef f(x):\n    return g(x)"
    assert broken(text, "loops", uses=("g",)) == []
    assert broken(text, "loops") == ["loops"]


def test_a_helper_in_another_file_counts() -> None:
    part = script("from helpers import g\nimport helpers as h\ndef f(x):\n    return g(x) + h.k(x)")
    helpers = "import numpy as np\ndef g(x):\n    return np.sum(x)\ndef k(x):\n    return max(x)"
    found = forbidden_uses(exercise("numpy.sum", "max"), (part, script(helpers, "helpers")))
    assert [str(use) for use in found] == [
        "numpy.sum (helpers.py, line 3)",
        "max (helpers.py, line 5)",
    ]


def test_the_place_is_the_first_use_in_its_cell() -> None:
    cells = (b"import numpy as np", b"%matplotlib inline\n\ndef f(x):\n    return np.sort(x)")
    notebook = Source("part", "part.ipynb", cells, notebook=True)
    (use,) = forbidden_uses(exercise("numpy.sort"), (notebook,))
    assert str(use) == "numpy.sort (part.ipynb, cell 2, line 4)"


def test_the_file_that_is_graded_is_the_one_that_is_searched() -> None:
    stub = script('def f(x):\n    """Sort."""\n    raise NotImplementedError("write f here")')
    draft = script("def f(x):\n    return sorted(x)", "draft")
    assert [use.rule for use in forbidden_uses(exercise("sorted"), (stub, draft))] == ["sorted"]
    written = script("def f(x):\n    return x")
    assert forbidden_uses(exercise("sorted"), (written, draft)) == ()


@pytest.mark.parametrize("text", ["-" * 50_000 + "1", "a" + ".b" * 50_000, "(" * 5000, "\0"])
def test_a_file_that_cannot_be_parsed_has_nothing_to_find(text: str) -> None:
    assert broken(f"{text}\ndef f(x):\n    return sorted(x)", "sorted") == []


def test_code_too_long_to_search_breaks_the_rule() -> None:
    (use,) = forbidden_uses(exercise("sorted"), (script("x = 1\n" * 100_000),))
    assert "too long" in str(use)


def report(*groups: GroupReport) -> ExerciseReport:
    return ExerciseReport("f", "part", groups)


RIGHT = GroupReport("any", True, 4.0, 4.0, Verdict.ACCEPTED)
WRONG = GroupReport("size", False, 1.0, 2.0, Verdict.WRONG_ANSWER, "its values are wrong")
USES = forbidden_uses(exercise("sorted"), (script("def f(x):\n    return sorted(x)"),))


def test_using_it_costs_all_points_of_the_exercise() -> None:
    judged = under_rules(report(RIGHT, WRONG), exercise("sorted"), USES)
    assert (judged.score, judged.verdict) == (0.0, Verdict.WRONG_ANSWER)
    said = (
        "not allowed in f: sorted (part.py, line 2); no points for that; "
        "write the answer without it"
    )
    assert [group.message for group in judged.groups] == [said, f"its values are wrong; {said}"]


def test_or_the_share_that_the_author_says() -> None:
    judged = under_rules(report(RIGHT, WRONG), exercise("sorted", penalty=0.25), USES)
    assert [group.score for group in judged.groups] == [3.0, 0.75]
    assert "that costs 25% of the points" in judged.groups[0].message
    free = under_rules(report(RIGHT), exercise("sorted", penalty=0.0), USES)
    assert (free.score, free.verdict) == (4.0, Verdict.ACCEPTED)
    assert "costs nothing" in free.groups[0].message


def test_what_is_not_written_breaks_no_rule() -> None:
    untouched = report(GroupReport("any", True, 0.0, 4.0, Verdict.NOT_ATTEMPTED, "is not written"))
    assert under_rules(untouched, exercise("sorted"), USES) == untouched


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("numpy.linalg.slove", "numpy.linalg has no slove"),
        ("sortde", "there is no sortde"),
        (SOLVE, ""),
        ("loops", ""),
        ("sorted", ""),
        ("math", ""),
        (".sort", ""),
        ("not_installed.at_all", ""),
    ],
)
def test_a_name_that_nothing_has_is_told(rule: str, why: str) -> None:
    assert unknown_name(rule) == why


def test_nothing_of_a_submission_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    text = f"open({str(mark)!r}, 'w')\ndef f(x, y=open({str(mark)!r}, 'w')):\n    return sorted(x)"
    assert broken(text, "sorted") == ["sorted"]
    assert not mark.exists()
