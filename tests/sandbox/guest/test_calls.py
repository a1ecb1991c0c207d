"""What comes of a call: arrays, words, exceptions; and what it leaves behind for the next."""

from __future__ import annotations

import gc
import random
import signal
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.guest.calls import Calls, described, sendable
from autograder.sandbox.guest.protocol import Answer, Call, File, Request


@pytest.fixture(autouse=True)
def _same_interpreter_after() -> Iterator[None]:
    modules, finders, alarm = dict(sys.modules), sys.meta_path[:], signal.getsignal(signal.SIGALRM)
    trace, profile, limit = sys.gettrace(), sys.getprofile(), sys.getrecursionlimit()
    options, state = np.get_printoptions(), random.getstate()
    with warnings.catch_warnings(), np.errstate():
        yield
    sys.meta_path[:] = finders
    for name in sys.modules.keys() - modules.keys():
        del sys.modules[name]
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, alarm)
    sys.settrace(trace)
    sys.setprofile(profile)
    sys.setrecursionlimit(limit)
    np.set_printoptions(**options)
    random.setstate(state)
    gc.enable()


def calls(text: str) -> Calls:
    source = b"import numpy as np\n" + text.encode()
    return Calls([File("part1", "part1.py", False, False, [source])], set())


def request(
    function: str, *arguments: Any, keeps: bool = False, stub: bool = False, seconds: float = 5.0
) -> tuple[Request, Call]:
    return Request(function, "part1", seconds, stub), Call(arguments, keeps)


def call(text: str, *arguments: Any, **options: bool) -> Answer:
    return calls(text).call(*request("f", *arguments, **options))


# --- what counts as an array of numbers -------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shape", "kind"),
    [
        ([1, 2], (2,), "i"),
        (((1.5,), (2,)), (2, 1), "f"),
        (3, (), "i"),
        (True, (), "b"),
        (2.5, (), "f"),
        (1 + 2j, (), "c"),
        (np.float32(1), (), "f"),
        (np.float16([1]), (1,), "f"),
        (np.longdouble([1]), (1,), "f"),
        (np.arange(2).view(type("Own", (np.ndarray,), {})), (2,), "i"),
        (np.arange(6).reshape(2, 3).T[::-1], (3, 2), "i"),
        (np.zeros((2, 0)), (2, 0), "f"),
        (np.array([1.0]).astype(">f8"), (1,), "f"),
        (np.ma.masked_array([1.0, 2.0]), (2,), "f"),
        ([np.float64(1), np.array(2)], (2,), "f"),
        (range(3), (3,), "i"),
        (memoryview(b"ab"), (2,), "u"),
    ],
)
def test_number_like_values_are_arrays(value: Any, shape: tuple[int, ...], kind: str) -> None:
    answer = described(value)
    assert answer.status == "RETURNED"
    assert type(answer.value) is np.ndarray
    assert (answer.value.shape, answer.value.dtype.kind) == (shape, kind)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        ("text", "a str"),
        (b"bytes", "a bytes"),
        ({"a": 1}, "a dict"),
        ({1, 2}, "a set"),
        ((x for x in ()), "a generator"),
        (len, "a builtin_function_or_method"),
        (OSError(), "an OSError"),
        ([[1], [1, 2]], "a list of unequal rows"),
        ([1, "a"], "a list that is not a numeric array"),
        ([None], "a list that is not a numeric array"),
        ((1, object()), "a tuple that is not a numeric array"),
        (np.array([1, None]), "an array of type object"),
        (np.array(["a"]), "an array of type <U1"),
        (np.array(["2020-01-01"], "M8[D]"), "an array of type datetime64[D]"),
        (np.zeros(1, [("a", "f8")]), "an array of type [('a', '<f8')]"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), "an array with masked entries"),
        (np.ma.masked, "an array with masked entries"),
        (10**30, "an int"),
    ],
)
def test_anything_else_is_told_in_words(value: Any, words: str) -> None:
    assert described(value) == Answer("RETURNED_OTHER", returned=words)


def test_object_whose_conversion_fails_is_told_by_its_type() -> None:
    class Odd:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            raise RuntimeError

    assert described(Odd()).returned == "an Odd"


def test_huge_array_is_too_much_output() -> None:
    assert described(np.broadcast_to(0.0, (10**6, 10**6))).status == "OUT_OF_OUTPUT"


# --- what a call comes to ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "f = lambda x: x + 1",
        "import functools\nf = functools.partial(np.add, 1)",
        "class F:\n    def __call__(self, x): return x + 1\nf = F()",
        "f = np.vectorize(lambda x: x + 1)",
        "import functools\n@functools.lru_cache\ndef f(x): return x + 1",
        "def deco(g):\n    return lambda *a: g(*a)\n@deco\ndef f(anything): return anything + 1",
        "class A:\n    @staticmethod\n    def f(x): return x + 1\nf = A.f",
    ],
)
def test_any_callable_is_called_by_position(text: str) -> None:
    assert call(text, 2).value == 3


def test_not_written_missing_and_not_callable() -> None:
    stub = "def f(x):\n    raise NotImplementedError\n"
    assert call(stub, 1).status == "MISSING"
    assert call(stub, 1, stub=True).status == "NOT_WRITTEN"
    assert call("def g(x): return x", 1).status == "MISSING"
    assert call("f = 3", 1).status == "MISSING"


def test_function_that_only_stands_for_that_of_a_missing_file_is_missing() -> None:
    absent = File("part0", "part0.py", False, False, [])
    importing = File("part1", "part1.py", False, False, [b"from part0 import f\n"])
    assert Calls([absent, importing], set()).call(*request("f", 1)).status == "MISSING"
    inner = "def g(x):\n    raise NotImplementedError\ndef f(x): return g(x)\n"
    answer = call(inner, 1)
    assert answer.status == "NOT_WRITTEN"
    assert [frame.function for frame in answer.error.frames] == ["f", "g"]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ("1 / 0", "RAISED", "ZeroDivisionError"),
        ("raise SystemExit", "RAISED", "SystemExit"),
        ("raise KeyboardInterrupt", "RAISED", "KeyboardInterrupt"),
        ("raise MemoryError", "OUT_OF_MEMORY", "MemoryError"),
        ("return f(x)", "RAISED", "RecursionError"),
        ("return f(x, x)", "RAISED", "TypeError"),
    ],
)
def test_whatever_is_raised_is_an_answer(body: str, status: str, kind: str) -> None:
    answer = call(f"def f(x):\n    {body}", 1)
    assert (answer.status, answer.error.type) == (status, kind)
    assert answer.error.builtin


def test_too_long_is_told_with_its_line() -> None:
    work = calls("def f(x):\n    while True:\n        x = 1")
    answer = work.call(*request("f", 1, seconds=0.05))
    assert answer.status == "OUT_OF_TIME"
    assert answer.error.frames[0].function == "f"


def test_arguments_come_back_as_the_call_left_them() -> None:
    array = np.zeros(2)
    answer = call("def f(x, y):\n    x += 1\n    return 0", array, 2.0, keeps=True)
    assert answer.arguments[0].tolist() == [1, 1]
    assert answer.arguments[1] == 2.0
    assert call("def f(x): return 0", array).arguments == ()


def test_argument_whose_type_was_changed_comes_back_empty() -> None:
    array = np.zeros(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy 2.5 advises against it, and still does it
        array.dtype = "M8[s]"
    assert sendable(array).shape == (0,)
    assert sendable(3) == 3


# --- what it leaves behind --------------------------------------------------------------------


def test_error_state_of_one_function_does_not_reach_another() -> None:
    work = calls(
        "def f(x):\n    np.seterr(all='raise')\n    return x\n"
        "def g(x):\n    return np.exp(np.float64(1000)) * 0 + x\n"
    )
    assert work.call(*request("f", 1)).status == "RETURNED"
    assert work.call(*request("g", 1)).status == "RETURNED"


def test_warnings_never_become_errors_for_another() -> None:
    work = calls(
        "import warnings\ndef f(x):\n    warnings.simplefilter('error')\n    return x\n"
        "def g(x):\n    warnings.warn('careful')\n    return np.log(np.zeros(1))\n"
    )
    assert work.call(*request("f", 1)).status == "RETURNED"
    assert work.call(*request("g", 1)).status == "RETURNED"


@pytest.mark.parametrize(
    "setting", ["np.seterr(all='raise')", "import warnings; warnings.simplefilter('error')"]
)
def test_answer_may_rest_on_the_settings_of_its_file(setting: str) -> None:
    source = (
        f"{setting}\n"
        "def f(x):\n    try:\n        e = np.exp(x)\n"
        "    except (FloatingPointError, RuntimeWarning):\n        e = np.exp(x - x.max())\n"
        "    return e / e.sum()\n"
        "def g(x):\n    np.seterr(all='ignore')\n    return x\n"
    )
    work = calls(source)
    work.load("part1", 5.0)
    for _ in range(2):
        assert work.call(*request("f", np.full(2, 1000.0))).value.tolist() == [0.5, 0.5]
        work.call(*request("g", 1.0))


@pytest.mark.parametrize(
    "setting", ["np.seterr(all='raise')", "import warnings; warnings.simplefilter('error')"]
)
def test_warning_that_the_file_made_an_error_of_costs_nothing(setting: str) -> None:
    work = calls(f"{setting}\ndef f(x):\n    return np.exp(x)")
    work.load("part1", 5.0)
    for _ in range(2):
        assert work.call(*request("f", np.array([1000.0, 0.0]))).value.tolist() == [np.inf, 1.0]


def test_exception_of_its_own_is_raised_for_good() -> None:
    answer = call("np.seterr(all='raise')\ndef f(x):\n    raise FloatingPointError('mine')", 1)
    assert (answer.status, answer.error.message) == ("RAISED", "mine")


def test_recursion_may_be_as_deep_as_the_file_says() -> None:
    work = calls(
        "import sys\nsys.setrecursionlimit(3000)\n"
        "def f(x):\n    return x if x == 0 else 1 + f(x - 1)\n"
        "def g(x):\n    sys.setrecursionlimit(500)\n    return x\n"
    )
    work.load("part1", 5.0)
    assert work.call(*request("g", 1)).status == "RETURNED"
    assert work.call(*request("f", 2000)).value == 2000


def test_print_options_seeds_and_limits_are_the_same_for_each_function() -> None:
    look = (
        "import random, sys\n"
        "def look(x):\n    return [np.get_printoptions()['precision'], sys.getrecursionlimit(),"
        " random.random(), np.random.rand()]\n"
    )
    spoil = (
        "def f(x):\n    np.set_printoptions(precision=1); sys.setrecursionlimit(50000)\n"
        "    random.seed(9); np.random.seed(9); sys.stdout = None\n    return x\n"
    )
    fresh = calls(look).call(*request("look", 1)).value
    spoilt = calls(look + spoil)
    spoilt.call(*request("f", 1))
    assert spoilt.call(*request("look", 1)).value.tolist() == fresh.tolist()
    assert sys.stdout is not None


@pytest.mark.parametrize("size", [3, 15, 128])
def test_empty_array_never_holds_the_answer_of_the_call_before(size: int) -> None:
    """Larger ones come from the C library: test_sandbox.py has them, where it is ours to set."""
    work = calls(
        "def f(n):\n    a = np.empty(n)\n    a[:] = 0.25\n    return a\n"
        "def g(n):\n    return np.empty(n)\n"
    )
    for _ in range(5):
        answer = work.call(*request("f", size))
        assert answer.value.tolist() == [0.25] * size
        del answer
        assert not np.any(np.isclose(work.call(*request("g", size)).value, 0.25))


def test_load_tells_each_failure_once() -> None:
    work = calls("1 / 0")
    assert len(work.load("part1", 1.0)) == 1
    assert work.load("part1", 1.0) == []
