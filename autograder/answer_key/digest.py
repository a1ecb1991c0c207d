"""Gives an answer key a fingerprint that is the same on every machine."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import numpy as np

from autograder.model import Array, Case, Data, Value
from autograder.values import Seeded, SupportFunction

_STEPS = 20
"""Numbers count to this many binary digits of the largest beside them."""


def digest_cases(cases: Mapping[str, Iterable[Case]]) -> str:
    """Return the sha256, in hex, of names, arguments, expected values, tolerances and flags.

    Two machines compute exp and matrix products that differ in the last bit, so numbers are
    rounded first, to 2**-20 of the largest magnitude of their array. Points are left out: they
    do not change what is right. Raises ValueError where a number is not finite.
    """
    digest = sha256()
    for exercise in sorted(cases):
        for case in cases[exercise]:
            tolerance = case.tolerance
            flags = [tolerance.rtol, tolerance.atol, case.keeps_arguments, case.read_only]
            digest.update(_text(exercise, case.group, case.index, *flags, *case.arguments))
            for value in case.arguments.values():
                digest.update(_value_bytes(value))
            # Below the absolute tolerance there may be nothing but rounding, which machines vary.
            digest.update(_number_bytes(case.expected, tolerance.atol))
            if case.data is not None:
                digest.update(_data_bytes(case.data.value, tolerance.atol))
            more = [case.own, *case.keywords, *map(str, case.steps)]
            if any(word is not None for word in more):
                digest.update(_text(*more))
    return digest.hexdigest()


def _text(*words: object) -> bytes:
    return json.dumps(words).encode() + b"\n"


def _value_bytes(value: Value) -> bytes:
    if isinstance(value, Data):
        return _data_bytes(value.value, 0.0)
    if isinstance(value, SupportFunction | Seeded):
        return _text(type(value).__name__, *vars(value).values())
    return _number_bytes(value, 0.0)


def _data_bytes(value: Any, floor: float) -> bytes:
    if value is None or isinstance(value, bool | str):
        return _text("data", value)
    if isinstance(value, int):
        return _text("data", str(value))
    if isinstance(value, complex | np.ndarray | float):
        return _number_bytes(np.asarray(value), floor)
    parts = value
    if isinstance(value, set):
        parts = sorted(value, key=repr)
    elif isinstance(value, dict):
        parts = [part for pair in sorted(value.items(), key=repr) for part in pair]
    head = _text(type(value).__name__, len(value))
    return head + b"".join(_data_bytes(part, floor) for part in parts)


def _number_bytes(value: Array | float | int, floor: float) -> bytes:
    array = np.asarray(value)
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    kind = array.dtype.kind if isinstance(value, np.ndarray) else type(value).__name__
    if array.dtype.kind == "c":
        both = np.stack([array.real, array.imag])
        return _text("complex") + _number_bytes(both, floor)
    if array.dtype.kind != "f":
        return _text(kind, array.shape, fortran) + array.astype("<i8").tobytes()
    if not np.isfinite(array).all():
        raise ValueError("a number is not finite")
    exponent = _exponent(max(float(np.abs(array).max(initial=0.0)), floor))
    # The shift keeps round numbers away from the edges where a last bit decides the rounding.
    steps = np.rint(np.ldexp(array.astype(np.float64), _STEPS - exponent) + 0.1415).astype("<i8")
    return _text(kind, array.shape, fortran, exponent) + steps.tobytes()


def _exponent(magnitude: float) -> int:
    """The power of two above `magnitude`; one that falls just short of a power counts as on it."""
    mantissa, exponent = math.frexp(magnitude)
    return exponent + 1 if mantissa > 1 - 2.0**-_STEPS else exponent
