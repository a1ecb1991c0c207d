# ruff: noqa: E501  # the texts are lines of real files
"""marimo notebooks of several versions: cells in the order in which each has what it takes."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.sandbox.guest.marimo import cells_of

HEAD = "__generated_with = '0.1'\napp = marimo.App(width='medium')\n\n"
TAIL = "\nif __name__ == '__main__':\n    app.run()\n"
NP = "@app.cell\ndef {name}():\n    one = 1\n    return {returned}\n"
F = "@app.cell(hide_code=True)\ndef {name}(one):\n    def f(x):\n        return x + one\n    return {returned}\n"


def names_of(*cells: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for cell in cells_of(HEAD + "\n\n".join(cells) + TAIL):
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
    assert len(cells_of(HEAD + "\n\n".join(cells) + TAIL)) == 2


def test_text_that_is_not_python_is_a_syntax_error() -> None:
    with pytest.raises(SyntaxError):
        cells_of("app = marimo.App()\ndef f(:")
