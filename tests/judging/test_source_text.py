"""The text of a submission says what a function calls, without being run."""

from __future__ import annotations

import pytest

from autograder.judging.source_text import Ran, calls_of
from autograder.model.submission import Source

EXERCISES = frozenset({"softmax", "weight_gradient", "train_step", "fit"})

TEXT = b'''
import numpy as np
from part1_softmax import softmax as sm

def helper(W):
    # weight_gradient(W)
    return sm(W)

def train_step(W, x, y, rate):
    """softmax(Z) and weight_gradient(W, S, x, y)"""
    return (helper(W)
) - 1

def fit(W):
    note = "weight_gradient(W)"
    return train_step(W)

def recursive(W):
    return recursive(W) + other(W)

def other(W):
    return recursive(W)

called_at_the_end = weight_gradient(3)
'''


@pytest.mark.parametrize(
    ("function", "called"),
    [
        ("train_step", {"softmax"}),
        ("fit", {"train_step"}),
        ("helper", {"softmax"}),
        ("recursive", set()),
        ("absent", set()),
    ],
)
def test_calls(function: str, called: set[str]) -> None:
    source = Source("part4_training", "part4_training.py", (TEXT,))
    assert calls_of(function, (source,), EXERCISES) == called


@pytest.mark.parametrize("text", [b'def f():\n    """softmax(', b"def f(:\n softmax(", b"\xff\x00"])
def test_text_that_is_no_python_is_read_all_the_same(text: bytes) -> None:
    found = calls_of("f", (Source("part", "part.py", (text,)),), EXERCISES)
    assert found <= {"softmax"}


@pytest.mark.parametrize(
    ("name", "cell", "why"),
    [
        (
            "nb.ipynb",
            b"%%script false --no-raise-error\ndef fit(W):\n    return W\n",
            "it is in a %%script cell of nb.ipynb, which does not run: remove that line",
        ),
        (
            "nb.py",
            b"app = marimo.App()\n\n@app.cell(hide_code=True, disabled=True)\ndef _(np):\n"
            b"    def fit(W):\n        return W\n    return (fit,)\n",
            "it is in a cell of nb.py that is switched off: remove disabled=True",
        ),
    ],
)
def test_a_function_in_a_cell_that_does_not_run_is_found_there(
    name: str, cell: bytes, why: str
) -> None:
    assert Ran((Source("nb", name, (cell,)),)).why_absent("fit") == why
