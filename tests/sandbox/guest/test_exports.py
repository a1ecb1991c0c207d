# ruff: noqa: E501  # the texts are lines of real files
"""Scripts that were made from notebooks: their cells, with the numbers of their lines."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.sandbox.guest.exports import SIGNS, cells_of, marimo_cells


def bare(text: str) -> list[str]:
    return [cell.strip("\n") for cell in cells_of(text) if cell.strip()]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("x = 1\n", ["x = 1"]),
        ("# %%\nx = 1\n# %% [markdown]\n# text\n# %% title\ny = 2\n", ["x = 1", "y = 2"]),
        ("# %%\nx = 1\n# %% [markdown]\nNote\n#%% raw\nraw: text\n", ["x = 1"]),
        ("# %% [markdown]\ndef f():\n    return 1\n", ["def f():\n    return 1"]),
        ("#%% md\n# # Title\n#%% title\nx = 1\n", ["x = 1"]),
        ('# %% active="md"\nx = 1\n# %% active="ipynb"\ny = 2\n', ["y = 2"]),
        ('# + tags=["active-md"]\nx = 1\n# + tags=["active-ipynb-py"]\ny = 2\n', ["y = 2"]),
        ("# %%writefile a.py\nx = 1", ["%%writefile a.py\nx = 1"]),
        (
            "# %%writefile a.py\nx = 1\n\n\ny = 2\n# +\nz = 3\n",
            ["%%writefile a.py\nx = 1", "y = 2", "z = 3"],
        ),
        (
            "# +\n# %%writefile a.py\nx = 1\n\n\ny = 2\n# -\nz = 3\n",
            ["%%writefile a.py\nx = 1\n\n\ny = 2", "z = 3"],
        ),
        ("#%% Spyder\nx = 1\n#%%\n%time y = 2\n", ["x = 1", "%time y = 2"]),
        ("# In[1]:\n\nx = 1\n\n# In[ ]:\n\ny = 2\n", ["x = 1", "y = 2"]),
        ("# +\nx = 1\n# -\n\n# + tags=['a']\ny = 2\n", ["x = 1", "y = 2"]),
        ("# <codecell>\nx = 1\n", ["x = 1"]),
        ("%%time\nx = 1\ny = 2\n", ["%%time\nx = 1\ny = 2"]),
        ("%%bash\nls\n\n\nx = 1\n", ["%%bash\nls", "x = 1"]),
        ("# %%\n# %%time\nx = 1\n", ["# %%time\nx = 1"]),
        ("# %time x = 1\n", ["%time x = 1"]),
        ("# %%\n# %%writefile a.py\nx = 1\n", ["%%writefile a.py\nx = 1"]),
        (
            "# Commented out IPython magic to ensure Python compatibility.\n# %%time\n# x = 1\ny = 2\n",
            [
                "# Commented out IPython magic to ensure Python compatibility.",
                "%%time\nx = 1",
                "y = 2",
            ],
        ),
        (
            "# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC x\n"
            "\n# COMMAND ----------\n\n# MAGIC %run ./a\n",
            [
                "# Databricks notebook source\nx = 1",
                "# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC x",
                "# COMMAND ----------\n\n%run ./a",
            ],
        ),
        (
            "# Databricks notebook source\n# MAGIC %python\n# MAGIC x = 1\n",
            ["# Databricks notebook source\n\nx = 1"],
        ),
    ],
)
def test_cells_are_found(text: str, cells: list[str]) -> None:
    assert bare(text) == cells


@pytest.mark.parametrize("text", ["# %%\nx = 1\n\n# %% b\ny = 2\n%time z\n", "%%time\nx\n\n\ny\n"])
def test_lines_keep_their_numbers(text: str) -> None:
    lines = text.split("\n")
    for cell in cells_of(text):
        for number, line in enumerate(cell.split("\n")):
            assert line in ("", lines[number])


@pytest.mark.parametrize(
    "text",
    [
        b"# Databricks notebook source\n",
        b"  # %time x\n",
        b"app = marimo.App()\n",
        b"# %% [markdown]\n\nNote\n",
        b"#%% md\nNote\n",
        b'# %% active="md"\nx = 1\n',
    ],
)
def test_signs_of_an_export_are_seen(text: bytes) -> None:
    assert SIGNS.search(text)


@pytest.mark.parametrize(
    "text",
    [
        b"# %% title\nx = 1",
        b"# 10 %time",
        b"def app(): pass",
        b"# %% [markdown]\n# Note\n\n# %%\nx = 1\n",
        b'# %% [markdown]\nr"""\nNote\n"""\n',
    ],
)
def test_a_plain_script_has_none(text: bytes) -> None:
    assert not SIGNS.search(text)


# --- marimo: cells in the order in which each has what it takes --------------------------------

HEAD = "__generated_with = '0.1'\napp = marimo.App(width='medium')\n\n"
TAIL = "\nif __name__ == '__main__':\n    app.run()\n"
NP = "@app.cell\ndef {name}():\n    one = 1\n    return {returned}\n"
F = "@app.cell(hide_code=True)\ndef {name}(one):\n    def f(x):\n        return x + one\n    return {returned}\n"


def names_of(*cells: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for cell in marimo_cells(HEAD + "\n\n".join(cells) + TAIL):
        exec(compile(cell, "cell", "exec"), names)
    return names


@pytest.mark.parametrize("name", ["__", "_", "named"])
@pytest.mark.parametrize("returned", ["{},", "({},)", "{}"])
@pytest.mark.parametrize("backwards", [False, True])
def test_cells_of_every_version_run_in_their_order(
    name: str, returned: str, backwards: bool
) -> None:
    cells = [
        NP.format(name=name, returned=returned.format("one")),
        F.format(name=name, returned=returned.format("f")),
    ]
    assert names_of(*(cells[::-1] if backwards else cells))["f"](1) == 2


@pytest.mark.parametrize(
    "cells",
    [
        ("with app.setup:\n    one = 1", "@app.function\ndef f(x):\n    return x + one"),
        (
            "@app.function(hide_code=True)\ndef f(x):\n    return A.one + x",
            "@app.class_definition\nclass A:\n    one = 1",
        ),
        ("with app.setup(hide_code=True):\n    one = 1", F.format(name="_", returned="(f,)")),
        (
            "@app.cell(disabled=True)\ndef _():\n    1 / 0\n    return",
            "@app.function\ndef f(x):\n    return x + 1",
        ),
        (
            "@app.cell\ndef _():\n    _one = 5\n    return",
            "@app.cell\ndef _():\n    _one = 1\n    def f(x):\n        return x + _one\n    return (f,)",
            "@app.cell\ndef _():\n    _one = 7\n    return",
        ),
        (
            "app._unparsable_cell('x = = 1', name='_')",
            "@app.cell\ndef _():\n    import math as _m\n    def f(x):\n        return x + _m.cos(0)\n    return (f,)",
        ),
        ("def f(x):\n    return x + 1",),
    ],
)
def test_every_form_gives_its_names(cells: tuple[str, ...]) -> None:
    assert names_of(*cells)["f"](1) == 2


def test_cells_in_a_circle_come_as_they_are() -> None:
    cells = [f"@app.cell\ndef _({a}):\n    {b} = 1\n    return ({b},)" for a, b in ("ab", "ba")]
    assert len(marimo_cells(HEAD + "\n\n".join(cells) + TAIL)) == 2


def test_text_that_is_not_python_is_a_syntax_error() -> None:
    with pytest.raises(SyntaxError):
        marimo_cells("app = marimo.App()\ndef f(:")
