"""Placeholders for missing packages, and for names that a submission does not define."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.guest import placeholders
from autograder.sandbox.guest.placeholders import (
    Missing,
    begin_call,
    is_missing,
    placeholder,
    running_files,
)

USES = {
    "call": lambda it: it("a", b=1),
    "attribute": lambda it: it.nn.Module(),
    "index": lambda it: it[0],
    "set": lambda it: it.__setitem__(0, 1),
    "operator": lambda it: (it + 1, 1 - it, -it, it @ it, it == 1, it < 2),
    "numpy": lambda it: (np.asarray(it), np.exp(it), np.zeros(3) + it),
    "iterate": lambda it: list(it),
    "unpack": lambda it: [(a, b) for a, b in [it]],
    "with": lambda it: it.__enter__(),
    "length": lambda it: len(it),
    "condition": lambda it: bool(it),
    "number": lambda it: (float(it), int(it), range(it)),
    "contains": lambda it: 1 in it,
}


@pytest.fixture(autouse=True)
def _phase() -> Iterator[None]:
    with running_files():
        placeholders._Phase.asked = 0
        yield


@pytest.mark.parametrize("use", USES)
def test_any_use_is_nothing_while_files_are_run(use: str) -> None:
    USES[use](Missing("torch"))


@pytest.mark.parametrize("use", USES)
def test_any_use_in_a_call_raises(use: str) -> None:
    begin_call()
    with pytest.raises(ModuleNotFoundError, match=r"^package torch is not available here$"):
        USES[use](Missing("torch.nn"))


def test_what_is_asked_of_it_in_passing_never_raises() -> None:
    begin_call()
    it = Missing("torch.Tensor")
    assert str(it) == f"{it}" == repr(it) == "<torch.Tensor is not available here>"
    assert not isinstance(3, it)
    assert it.__version__ == "not available here"
    assert hash(it) is not None
    assert is_missing(it)
    assert not is_missing(3)


def test_a_decorator_leaves_the_function_and_a_base_class_is_none() -> None:
    torch = Missing("torch")

    @torch.jit
    def f(x: int) -> int:
        return x + 1

    class Net(torch.nn.Module):  # type: ignore[misc]
        def g(self) -> int:
            return 1

    assert f(1) == 2
    assert Net().g() == 1


@pytest.mark.parametrize(
    "decorator",
    [
        Missing("torch").jit.script,
        Missing("numba").njit(cache=True),
        Missing("nobody.knows"),
        partial(Missing("jax").jit, static_argnums=0),
    ],
)
def test_an_unknown_decorator_leaves_the_function(decorator: Any) -> None:
    @decorator
    def f(x: int) -> int:
        return x + 1

    assert f(1) == 2


@pytest.mark.parametrize("name", ["jax.grad", "jax.vmap", "numba.vectorize", "dask.delayed"])
def test_a_decorator_that_makes_another_function_is_used_where_it_is_called(name: str) -> None:
    @Missing(name)
    def f(x: int) -> int:
        return x + 1

    begin_call()
    with pytest.raises(ModuleNotFoundError, match="is not available here"):
        f(1)


def test_a_function_that_has_a_name_already_is_not_decorated() -> None:
    def f(x: int) -> int:
        return x + 1

    assert is_missing(Missing("jax").checkpoint(f))


def test_a_loop_that_waits_for_it_ends() -> None:
    it = Missing("torch")

    def wait() -> None:
        while not it:
            pass

    with pytest.raises(ModuleNotFoundError):
        wait()


PREPARED = ["try:", "    import cupy", "except {}:", "    cupy = None"]


@pytest.mark.parametrize(
    ("lines", "raises"),
    [
        (["import cupy"], False),
        ([line.format("ImportError") for line in PREPARED], True),
        ([line.format("ModuleNotFoundError as error") for line in PREPARED], True),
        ([line.format("(OSError, ImportError)") for line in PREPARED], True),
        ([line.format("Exception") for line in PREPARED], True),
        (["try:", "    import cupy", "except:", "    pass"], True),
        ([line.format("ValueError") for line in PREPARED], False),
        (["with suppress(ImportError):", "    import cupy"], True),
        (["%time x = 1", *(line.format("ImportError") for line in PREPARED)], True),
    ],
)
def test_code_that_is_prepared_for_the_error_gets_it(lines: list[str], raises: bool) -> None:
    at = next(number for number, line in enumerate(lines) if "import cupy" in line)
    linecache.cache["part1.py"] = (1, None, [line + "\n" for line in lines], "part1.py")
    names: dict[str, Any] = {"look": lambda: placeholder("cupy", (), sys._getframe(1))}
    exec(compile("\n" * at + "found = look()", "part1.py", "exec"), names)
    with suppress(KeyError):
        del linecache.cache["part1.py"]
    assert (names["found"] is None) is raises


def test_an_import_binds_the_top_and_from_binds_what_lies_within() -> None:
    frame = sys._getframe()
    assert str(placeholder("torch.nn", (), frame)) == "<torch is not available here>"
    assert str(placeholder("torch.nn", ("Linear",), frame)) == "<torch.nn is not available here>"
