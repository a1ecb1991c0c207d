"""The text of a submission says what a function calls, without being run."""

from __future__ import annotations

import pytest

from autograder.judging.source_text import calls_of
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
