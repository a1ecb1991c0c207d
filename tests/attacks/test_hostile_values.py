"""Values that lie, grow or never end, as hand-ins: no points, no harm, an outcome with a name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from autograder.answer_key.build import build_key
from autograder.course.load import load_course
from autograder.judging.judge import grade
from autograder.model.course import AnswerKey, Course
from autograder.model.report import Report, Verdict
from autograder.model.submission import Source, Submission
from autograder.sandbox.sandbox import Sandbox

COURSE = """
name: Values
version: 1.0.0
seed: 5
limits: {case_seconds: 1.5, submission_seconds: 30.0}
parts:
  - name: part
    title: Values
    exercises:
      - name: table
        groups:
          - {name: shown, points: 1, public: true, draw: numbers}
          - {name: kept, points: 1, draw: numbers, count: 2, keeps_arguments: true}
      - name: judged
        judge: half
        groups:
          - {name: shown, points: 1, public: true, draw: numbers}
          - {name: hidden, points: 1, draw: numbers, count: 2}
"""
REFERENCE = '''
import numpy as np

def table(x, more):
    """A table of floats."""
    return {"n": len(x), "name": "abc", "rows": [[1], [2, 3]], "mean": x.mean(), "none": None}

def judged(x, more):
    """Any dict of floats whose value at 'half' is half of the sum."""
    return {"half": x.sum() / 2}
'''
JUDGES = """
def half(x, answer):
    return type(answer) is dict and abs(answer["half"] - x.sum() / 2) < 1e-9 or "is not the half"
"""
RECIPES = """
import numpy as np

def numbers(rng):
    return {"x": rng.normal(size=3), "more": [1, {"a": [2.0]}]}
"""
RIGHT = '{"n": len(x), "name": "abc", "rows": [[1], [2, 3]], "mean": x.mean(), "none": None}'


@dataclass(frozen=True)
class Ground:
    course: Course
    key: AnswerKey
    sandbox: Sandbox

    def grade(self, text: str) -> Report:
        source = Source("part", "part.py", (text.encode("utf-8", "surrogatepass"),))
        return grade(self.course, self.key, Submission("x", (source,), ""), self.sandbox, ())


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("values")
    (folder / "solutions").mkdir()
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    for name, text in (("part", REFERENCE), ("judges", JUDGES), ("inputs", RECIPES)):
        (folder / "solutions" / f"{name}.py").write_text(text, encoding="utf-8")
    course = load_course(folder)
    with Sandbox(course.limits) as sandbox:
        yield Ground(course, build_key(course), sandbox)


@pytest.fixture(scope="module")
def impatient(patient: Ground) -> Iterator[Ground]:
    """For what runs out of time anyway."""
    with Sandbox(replace(patient.course.limits, case_seconds=0.1)) as sandbox:
        yield replace(patient, sandbox=sandbox)


WRONG, ERROR = Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR
TOO_MUCH, TOO_LONG = Verdict.OUTPUT_LIMIT_EXCEEDED, Verdict.TIME_LIMIT_EXCEEDED
TOO_BIG = Verdict.MEMORY_LIMIT_EXCEEDED

LIES = """
class Lies({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __len__(self): return 5
    def __bool__(self): return True
    def __iter__(self): return iter(RIGHT)
    def __getitem__(self, key): return RIGHT[key]
    def __contains__(self, key): return True
    def keys(self): return RIGHT.keys()
    def values(self): return RIGHT.values()
    def items(self): return RIGHT.items()
    def get(self, key, default=None): return RIGHT.get(key)
    def copy(self): return RIGHT
    def __reduce__(self): return dict, (RIGHT,)
    def __float__(self): return RIGHT["mean"]
    def __str__(self): return "abc"
    __repr__ = __str__
    def __array__(self, dtype=None, copy=None): return np.array(RIGHT["mean"])
"""


def lies(base: str, value: str) -> str:
    """An answer of which every method speaks of the right one, and only the content is wrong."""
    body = LIES.format(base=base) + f"return {value}"
    return "global RIGHT\n    RIGHT = " + RIGHT + body.replace("\n", "\n    ")


HOSTILE: dict[str, tuple[str, Verdict]] = {
    "nested deeply": ("v = []\n    for _ in range(40): v = [v]\n    return v", TOO_MUCH),
    "nested very deeply": (
        "v = {}\n    for _ in range(200_000): v = {'a': v}\n    return v",
        TOO_MUCH,
    ),
    "a list in itself": ("v = []\n    v.append(v)\n    return v", TOO_MUCH),
    "a dict in itself": ("v = {}\n    v['a'] = v\n    return v", TOO_MUCH),
    "a wide tree of one node": (
        "v = [0]\n    for _ in range(14): v = [v] * 10\n    return v",
        TOO_MUCH,
    ),
    "a huge dict": ("return {i: i for i in range(300_000)}", TOO_MUCH),
    "a huge list": ("return [0] * 3_000_000", TOO_MUCH),
    "more than there is memory for": ("return [0] * 10**9", TOO_BIG),
    "a huge text": ("return {'name': 'a' * 70_000_000}", TOO_MUCH),
    "a huge int": ("return {'n': 1 << 10_000_000}", TOO_MUCH),
    "a huge array inside": ("return {'n': np.zeros(30_000_000)}", TOO_MUCH),
    "a dict that lies": (lies("dict", "Lies(n=0)"), WRONG),
    "a list that lies": (lies("list", "Lies([0])"), WRONG),
    "a tuple that lies": (lies("tuple", "Lies([0])"), WRONG),
    "a set that lies": (lies("set", "Lies([0])"), WRONG),
    "a text that lies": (lies("str", "{**RIGHT, 'name': Lies('no')}"), WRONG),
    "a float that lies": (lies("float", "{**RIGHT, 'mean': Lies(7)}"), WRONG),
    "an int that lies": (lies("int", "{**RIGHT, 'n': Lies(7)}"), WRONG),
    "keys that lie": (lies("str", "{Lies(k + '!'): v for k, v in RIGHT.items()}"), WRONG),
    "an object that lies": (lies("object", "Lies()"), WRONG),
    "an object that poses as a dict": (
        "class P:\n        __class__ = property(lambda self: dict)\n"
        f"        def items(self): return {RIGHT}.items()\n    return P()",
        WRONG,
    ),
    "an object whose class takes for ever": (
        "class P:\n        @property\n        def __class__(self):\n            while True: pass\n"
        "    return P()",
        WRONG,
    ),
    "a metaclass that says yes": (
        "class M(type(dict)):\n        def __instancecheck__(c, i): return True\n"
        "        def __eq__(c, o): return True\n        def __hash__(c): return hash(dict)\n"
        "    class P(metaclass=M): pass\n    return P()",
        WRONG,
    ),
    "a mapping that is no dict": (
        f"import types\n    return types.MappingProxyType({RIGHT})",
        WRONG,
    ),
    "keys that change": (
        "class K(str):\n        n = 0\n        def __hash__(self):\n            K.n += 1\n"
        "            return K.n\n        def __eq__(self, o): return K.n % 2 == 0\n"
        "    return {K('n'): 1, K('n'): 2, K('n'): 3}",
        ERROR,
    ),
    "a generator": ("return (i for i in range(3))", WRONG),
    "a generator without an end": ("import itertools\n    return itertools.count()", WRONG),
    "a list whose loop never ends": (
        "class L(list):\n        def __iter__(self):\n            while True: yield 1\n"
        "    return L([1])",
        WRONG,
    ),
    "an iterator that waits": (
        "class I:\n        def __iter__(self): return self\n        def __next__(self):\n"
        "            while True: pass\n    return list(I())",
        TOO_LONG,
    ),
    "recursion": (
        "def f(n): return [f(n + 1)]\n    return f(0)",
        ERROR,
    ),
    "recursion in __getattr__": (
        "class P:\n        def __getattr__(self, name): return getattr(self, name)\n"
        "    return P().a",
        ERROR,
    ),
    "nan and infinity": (f"return {{**{RIGHT}, 'mean': float('nan'), 'n': float('inf')}}", WRONG),
    "None": ("return None", WRONG),
    "a class": ("return dict", WRONG),
    "a module": ("return np", WRONG),
    "the function itself": ("return table", WRONG),
    "bytes": ("return bytearray(b'abc')", WRONG),
    "an array of objects": (
        f"return {{**{RIGHT}, 'rows': np.array([[1], 'a', None], object)}}",
        WRONG,
    ),
    "an array of records": ("return {'rows': np.zeros(2, [('a', 'i4'), ('b', 'O')])}", WRONG),
    "a masked array": (f"return {{**{RIGHT}, 'mean': np.ma.masked}}", WRONG),
    "an array subclass": (
        "class A(np.ndarray):\n        def __eq__(self, o): return np.ones(3, bool)\n"
        f"    return {{**{RIGHT}, 'mean': np.zeros(()).view(A)}}",
        WRONG,
    ),
    "dates": (f"return {{**{RIGHT}, 'mean': np.datetime64('2020-01-01')}}", WRONG),
    "keys of two kinds that are equal": (
        f"return {{**{RIGHT}, True: 1, 1.0: 2, (1, 2): 3, None: 4}}",
        WRONG,
    ),
    "names that move the cursor": (
        "return {'\\x1b[2J\\u202e\\0<script>alert(1)</script>': 1, '\\ud800': '\\udfff'}",
        WRONG,
    ),
    "an argument that holds itself": (
        f"more.append(more)\n    x[:] = 0\n    return {RIGHT}",
        WRONG,
    ),
    "a builtin that lies": (
        "import builtins\n    builtins.isinstance = lambda *a: True\n"
        "    builtins.type = lambda *a: dict\n    return object()",
        ERROR,
    ),
    "the garbage collector": (
        "import gc\n    found = (o for o in gc.get_objects() if isinstance(o, dict))\n"
        "    return next((o for o in found if 'mean' in o), {})",
        WRONG,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_value_earns_nothing_and_is_named(
    name: str, request: pytest.FixtureRequest
) -> None:
    body, verdict = HOSTILE[name]
    ground: Ground = request.getfixturevalue("impatient" if verdict is TOO_LONG else "patient")
    text = (
        f"import numpy as np\n\ndef table(x, more):\n    {body}\n\n"
        "def judged(x, more):\n    return table(x, more)\n"
    )
    begun = time.perf_counter()
    report = ground.grade(text)
    assert time.perf_counter() - begun < 60
    assert report.judge_error is None
    assert report.score == 0.0
    table, judged = report.exercises
    assert table.verdict is verdict
    assert judged.verdict in (verdict, WRONG, ERROR)
    for group in (*table.groups, *judged.groups):
        assert 0 < len(group.message) < 1000
        assert group.message.isprintable()
    again = ground.grade(REFERENCE)
    assert again.score == again.max_score
