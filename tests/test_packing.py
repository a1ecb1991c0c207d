"""Packed arguments; that they arrive as they were is shown in test_wire.py."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.errors import SandboxError
from autograder.sandbox import wire
from autograder.sandbox.packing import Arguments, pack_value


def test_arguments_are_packed_once() -> None:
    arguments = Arguments([np.arange(3.0), 1.5])
    assert arguments == (arguments[0], 1.5)
    assert arguments.packed is arguments.packed
    assert arguments.packed == pack_value(np.arange(3.0)) + pack_value(1.5)


def test_a_call_is_the_same_with_arguments_packed_before() -> None:
    values = [np.eye(2), 3, 0.5]
    assert wire.call_request("f", "p", Arguments(values), 1.0) == wire.call_request(
        "f", "p", values, 1.0
    )


def test_what_the_wire_cannot_carry_is_refused_by_name() -> None:
    with pytest.raises(SandboxError, match="type object"):
        pack_value(np.array([None]))
