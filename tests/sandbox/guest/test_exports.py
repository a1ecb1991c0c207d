# ruff: noqa: E501  # the texts are lines of real files
"""Scripts that were made from notebooks: their cells, with the numbers of their lines."""

from __future__ import annotations

import pytest

from autograder.sandbox.guest.exports import SIGNS, cells_of


def bare(text: str) -> list[str]:
    return [cell.strip("\n") for cell in cells_of(text) if cell.strip()]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("x = 1\n", ["x = 1"]),
        ("# %%\nx = 1\n# %% [markdown]\n# text\n# %% title\ny = 2\n", ["x = 1", "# text", "y = 2"]),
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
    "text", [b"# Databricks notebook source\n", b"  # %time x\n", b"app = marimo.App()\n"]
)
def test_signs_of_an_export_are_seen(text: bytes) -> None:
    assert SIGNS.search(text)


@pytest.mark.parametrize("text", [b"# %% title\nx = 1", b"# 10 %time", b"def app(): pass"])
def test_a_plain_script_has_none(text: bytes) -> None:
    assert not SIGNS.search(text)
