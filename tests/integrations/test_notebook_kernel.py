"""A function of this process has the outcomes that the sandbox would have."""

from __future__ import annotations

import linecache
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.integrations.notebook_check import KernelSession
from autograder.model.submission import Outcome, Status
from autograder.model.values import Seeded, Step, SupportFunction
from autograder.sandbox.host.wire import Call, Job


def call(function: Any, *arguments: Any, **options: bool) -> Outcome:
    (outcome,) = KernelSession({"f": function}, 10.0).run(
        [Job("f", "part1", [Call(arguments, **options)])]
    )
    return outcome


@pytest.mark.parametrize(
    ("function", "status"),
    [
        (None, Status.MISSING),
        (3, Status.MISSING),
        (lambda: [1, 2], Status.RETURNED),
        (lambda: None, Status.RETURNED_OTHER),
        (lambda: "text", Status.RETURNED_OTHER),
        (lambda: 1 / 0, Status.RAISED),
        (lambda: sys.exit(), Status.RAISED),
    ],
)
def test_what_a_function_does_is_an_outcome(function: Any, status: Status) -> None:
    assert call(function).status is status


def test_exceptions_have_a_status_of_their_own() -> None:
    def unwritten() -> None:
        raise NotImplementedError("write f here")

    def hungry() -> None:
        raise MemoryError

    assert call(unwritten).status is Status.NOT_WRITTEN
    assert call(hungry).status is Status.OUT_OF_MEMORY


def test_arguments_are_fresh_and_come_back_when_asked_for() -> None:
    given = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    seen = []

    def f(a: Any, rate: float) -> Any:
        seen.append((a.flags.f_contiguous, a.flags.writeable, rate))
        a += rate
        return a

    outcome = call(f, given, 0.5, keeps_arguments=True)
    assert seen == [(True, True, 0.5)]
    assert given[0, 0] == 0.0
    assert outcome.value is not None
    assert outcome.arguments is not None
    np.testing.assert_array_equal(outcome.value, given + 0.5)
    np.testing.assert_array_equal(outcome.arguments[0], given + 0.5)
    assert call(f, given, 0.5, read_only=True).status is Status.RAISED
    assert not call(lambda a: a, given).arguments


def test_a_line_is_named_as_jupyter_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {}
    cells = {
        "/tmp/ipykernel_1/2.py": "def g(x):\n    return x / 0",
        "/tmp/ipykernel_1/3.py": "\n\ndef f(x):\n    return g(x)",
    }
    for filename, text in cells.items():
        exec(compile(text, filename, "exec"), names)
    shell = SimpleNamespace(compile=SimpleNamespace(_filename_map={"/tmp/ipykernel_1/3.py": 7}))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    (outcome,) = KernelSession(names, 10.0).run([Job("f", "part1", [Call([1.0])])])
    assert outcome.error is not None
    places = [(frame.filename, frame.cell, frame.line) for frame in outcome.error.frames]
    assert places == [("cell In[7]", None, 4), ("an earlier cell", None, 2)]


def test_everything_that_a_case_can_ask_for_is_asked_for_here_too() -> None:
    """Functions and generators as arguments, arguments by name, steps, and plain data."""

    def f(function: Any, rng: Any, *, scale: float) -> Any:
        seen = [function(scale), float(rng.random())]
        return lambda more: {"seen": seen, "more": more}

    double = SupportFunction("helpers", "double")
    steps = [(Step("call", arguments=("more",)), [3])]
    asked = Call(
        [double, Seeded(5), 0.5, 2.0],
        as_data=True,
        own=3,
        keywords=["scale"],
        steps=steps,
    )
    names = {"double": lambda x: 2 * x}
    session = KernelSession({"f": f}, 10.0, {"helpers": names}.__getitem__)
    (outcome,) = session.run([Job("f", "part1", [asked])])
    assert outcome.status is Status.RETURNED
    assert outcome.data is not None
    first = float(np.random.default_rng(5).random())
    assert outcome.data.value == ({"seen": [1.0, first], "more": 2.0},)


def test_plain_data_that_is_none_is_told() -> None:
    (outcome,) = KernelSession({"f": lambda: object()}, 10.0).run(
        [Job("f", "part1", [Call([], as_data=True)])]
    )
    assert outcome.status is Status.RETURNED_OTHER


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python has what is missing")
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("from itertools import batched", "itertools.batched needs Python 3.12 or newer"),
        ("import typing\ntyping.override", "typing.override needs Python 3.12 or newer"),
        ("def first[T](x: T) -> T:\n    return x\n", "this needs Python 3.12 or newer"),
    ],
)
def test_a_newer_python_that_is_missing_is_named_as_in_the_sandbox(text: str, what: str) -> None:
    linecache.cache["cell.py"] = (len(text), None, text.splitlines(keepends=True), "cell.py")
    error = call(lambda: exec(compile(text, "cell.py", "exec"))).error
    del linecache.cache["cell.py"]
    assert error is not None
    assert error.message.startswith(what)


def test_a_setting_that_another_cell_made_costs_no_answer() -> None:
    """As in the sandbox: `np.seterr(all="raise")` is for the student's own eyes."""
    session = KernelSession({"f": np.exp}, 1.0)
    with np.errstate(all="raise"):
        outcome = session.call("f", "part1", [np.array([-1e4, 0.0])])
    assert outcome.status is Status.RETURNED
    assert np.array_equal(outcome.value, [0.0, 1.0])


def test_a_second_call_gets_the_arguments_as_they_were() -> None:
    def halved(x: Any) -> Any:
        x /= 2.0
        return np.exp(x)

    session = KernelSession({"f": halved}, 1.0)
    with np.errstate(all="raise"):
        outcome = session.call("f", "part1", [np.array([-1e4, 2.0])])
    assert np.array_equal(outcome.value, np.exp([-5e3, 1.0]))
