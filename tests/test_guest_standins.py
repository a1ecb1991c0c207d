"""Stand-ins for what draws, displays and grades: importable, and without effect."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from autograder.sandbox.guest_standins import NAMES, NOTHING, Finder

NOTEBOOK = """
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib import cm
from mpl_toolkits.mplot3d import Axes3D
from IPython.display import display, Markdown
import otter
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
def standins() -> Iterator[None]:
    before, finders = dict(sys.modules), sys.meta_path[:]
    for name in list(sys.modules):
        if name.partition(".")[0] in set(NAMES) - {"autograder"}:
            del sys.modules[name]
    sys.meta_path.insert(0, Finder())
    yield
    sys.meta_path[:] = finders
    sys.modules.clear()
    sys.modules.update(before)


@pytest.mark.usefixtures("standins")
def test_plotting_notebook_runs() -> None:
    names: dict = {}
    exec(compile(NOTEBOOK, "notebook", "exec"), names)
    assert names["grader"] is NOTHING


@pytest.mark.usefixtures("standins")
def test_other_names_are_left_alone() -> None:
    assert Finder().find_spec("pandas") is None


def test_special_names_are_not_invented() -> None:
    with pytest.raises(AttributeError):
        NOTHING.__array__  # noqa: B018  it is the access that must fail
