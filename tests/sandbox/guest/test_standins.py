"""Stand-ins for what draws, displays and grades."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.sandbox.guest.standins import (
    NAMES,
    NOTHING,
    Finder,
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
