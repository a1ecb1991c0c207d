"""Stand-ins for what draws, displays and grades, and placeholders for missing packages."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.guest import standins
from autograder.sandbox.guest.standins import (
    NAMES,
    NOTHING,
    Finder,
    Missing,
    begin_call,
    is_missing,
    placeholder,
    running_files,
)

NOTEBOOK = """
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib import cm
from mpl_toolkits.mplot3d import Axes3D
from IPython.display import display, Markdown
import otter
from google.colab import drive
drive.mount("/content/drive")
grader = otter.Notebook("part1.ipynb")
figure, axes = plt.subplots(2, figsize=(4, 3))
for ax in axes:
    ax.plot([1, 2], color=cm.viridis(0.5))[0].set_label("x")
plt.rcParams["font.size"] = 12
with plt.style.context("dark"):
    plt.show()
display(Markdown("# x"))
grader.check("q1")
"""


@pytest.fixture
def importable() -> Iterator[None]:
    before, finders = dict(sys.modules), sys.meta_path[:]
    for name in list(sys.modules):
        if name.partition(".")[0] in set(NAMES) - {"autograder"}:
            del sys.modules[name]
    sys.meta_path.insert(0, Finder())
    yield
    sys.meta_path[:] = finders
    sys.modules.clear()
    sys.modules.update(before)


@pytest.mark.usefixtures("importable")
def test_plotting_notebook_runs() -> None:
    names: dict = {}
    exec(compile(NOTEBOOK, "notebook", "exec"), names)
    assert names["grader"] is NOTHING


@pytest.mark.parametrize(
    "statement",
    [
        "figure, axes = nothing",
        "figure, (left, middle, right) = nothing",
        "count, bins, patches = nothing",
        "line, = nothing",
        "[[a, b, c], [d, e, f], [g, h, i]] = nothing",
        "first, second, third, *rest = nothing",
        "for line, in [nothing]: pass",
    ],
)
def test_it_is_unpacked_into_as_many_names_as_there_are(statement: str) -> None:
    names = {"nothing": NOTHING}
    for _ in range(20):  # so that the interpreter has its quicker form of the statement in use
        exec(compile(statement, "statement", "exec"), names)
    names.pop("__builtins__")
    assert all(value is NOTHING or value == [] for value in names.values())


def test_it_is_two_where_nobody_says_how_many() -> None:
    assert list(NOTHING) == [NOTHING, NOTHING]
    assert [each for each in NOTHING] == [NOTHING, NOTHING]  # noqa: C416  another instruction


def test_it_takes_every_operator() -> None:
    assert NOTHING | None is NOTHING  # plt.Axes | None
    assert (2 * NOTHING - 1) / 3 is NOTHING
    assert abs(-NOTHING) is NOTHING
    assert np.arange(3.0) * NOTHING is NOTHING


def test_it_is_a_short_array() -> None:
    assert np.array(NOTHING).tolist() == [NOTHING, NOTHING]
    assert np.ravel(NOTHING).shape == (2,)  # for ax in np.ravel(axes)
    assert np.array([NOTHING, NOTHING]).dtype == object


@pytest.mark.usefixtures("importable")
def test_other_names_are_left_alone() -> None:
    assert Finder().find_spec("pandas") is None


def test_special_names_are_not_invented() -> None:
    with pytest.raises(AttributeError):
        NOTHING.__array_interface__  # noqa: B018  it is the access that must fail


# --- missing packages -------------------------------------------------------------------------

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
        standins._Phase.asked = 0
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
