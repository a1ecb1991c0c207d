"""Packed calls; that they arrive as they were is shown in test_wire.py."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.errors import SandboxError
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.host.packing import Call, pack_value


def test_a_call_is_packed_once() -> None:
    call = Call([np.arange(3.0), 1.5], read_only=True)
    assert call.packed is call.packed
    packed = pack_value(np.arange(3.0)) + pack_value(1.5)
    assert call.packed == bytes([guest.READ_ONLY, 2]) + packed


def test_what_the_wire_cannot_carry_is_refused_by_name() -> None:
    with pytest.raises(SandboxError, match="type object"):
        pack_value(np.array([None]))
