"""A script in percent format falls apart into its cells, every line in one of them."""

import pytest

from autograder.authoring.cells import Cell, split_cells
from autograder.errors import CourseError


def test_cells_hold_every_line_in_order() -> None:
    text = "# ---\n# jupyter\n# ---\n# %% [markdown]\n# # Title\n#%%\nx = 1\n# %% a title [md]\n"
    assert split_cells(text, "a.py") == (
        Cell(1, 3, markdown=False, tags=()),
        Cell(4, 5, markdown=True, tags=()),
        Cell(6, 7, markdown=False, tags=()),
        Cell(8, 8, markdown=True, tags=()),
    )


@pytest.mark.parametrize("line", ["# %%time", "x = 1  # %%", "  # %%", "# % %", "%%"])
def test_what_only_looks_like_a_marker_is_none(line: str) -> None:
    assert len(split_cells(f"x = 0\n{line}\n", "a.py")) == 1


@pytest.mark.parametrize(
    ("marker", "tags"),
    [
        ('# %% tags=["solution"]', ("solution",)),
        ('# %% [markdown] tags=["a", "solution"]', ("a", "solution")),
        ('# %% {"tags": ["solution"]}', ("solution",)),
        ("# %% tags=[]", ()),
        ("# %% no tags", ()),
    ],
)
def test_tags(marker: str, tags: tuple[str, ...]) -> None:
    assert split_cells(marker + "\n", "a.py")[0].tags == tags


@pytest.mark.parametrize("tag", ["Solution", "solutions", "SOLUTION ", "the-solution"])
def test_a_tag_that_is_nearly_solution_is_refused(tag: str) -> None:
    with pytest.raises(CourseError, match=r"^a\.py:2: the cell has the tag "):
        split_cells(f'x = 1\n# %% tags=["{tag}"]\n', "a.py")


def test_an_empty_text_is_one_cell() -> None:
    assert split_cells("", "a.py") == (Cell(1, 0, markdown=False, tags=()),)
