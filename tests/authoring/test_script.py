from __future__ import annotations

import ast

import pytest

from autograder.authoring.script import Cell, first_line, lines_of, signature_ends, split_cells
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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a = 1\nTHIS = 2\nb = 3", [2]),
        ("# far\n\n# near\n# nearer\nTHIS = 2", [3, 4, 5]),
        ("# %%\n# near\nTHIS = 2", [2, 3]),
        ("def THIS():\n    pass\n    # in it\n\n    # too\n# not in it", [1, 2, 3, 4, 5]),
        ("def THIS():\n    pass\n\n\n# not in it", [1, 2]),
        ("@a\n# between\n@b(\n    c\n)\ndef THIS():\n    pass", [1, 2, 3, 4, 5, 6, 7]),
        ("THIS = [\n    # in it\n]\nb = 1", [1, 2, 3]),
    ],
)
def test_lines_of_a_statement(text: str, wanted: list[int]) -> None:
    node = next(n for n in ast.parse(text).body if "THIS" in ast.unparse(n))
    assert sorted(lines_of(node, text.split("\n"))) == wanted
    assert first_line(node) in wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("def f(x): return x\n", {1: (1, 9)}),
        ("def f(\n    x: int = {1: 2}[1],  # :\n) -> 'a:b':\n    pass\n", {1: (3, 11)}),
        ("def f(x=lambda: 1):\n    pass\n", {1: (1, 19)}),
        ("class A:\n    def f(self): pass\n", {2: (2, 16)}),
        ("x = 1\n", {}),
    ],
)
def test_where_a_signature_ends(text: str, wanted: dict[int, tuple[int, int]]) -> None:
    assert signature_ends(text) == wanted
