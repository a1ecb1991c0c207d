"""Bounds how much of wrong answers is kept in memory until they are explained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.model import Case, GroupResult, Outcome

MOST_KEPT = 16 << 20
"""Bytes that the wrong answers of one exercise may have together, beside what the right ones have.

They are compared with one another, too, and a student decides how large they are."""


MOST_REMEMBERED = 2048
"""Bytes of an answer that is remembered: a class gives the same ones again and again."""


def room_for(cases: Sequence[Case], before: Sequence[GroupResult]) -> int:
    """Bytes that are left for the answers to `cases`, after those that came `before`."""
    room = MOST_KEPT + sum(case.expected.nbytes for case in cases)
    return room - sum(size(outcome) for result in before for outcome in result.outcomes)


def size(outcome: Outcome) -> int:
    """Bytes of the arrays that came back."""
    own = 0 if outcome.value is None else outcome.value.nbytes
    own += 0 if outcome.data is None else _bytes(outcome.data.value)
    if outcome.arguments is None:
        return own
    return own + sum(each.nbytes for each in outcome.arguments if isinstance(each, np.ndarray))


def _bytes(part: object) -> int:
    """About what plain data takes in memory."""
    if isinstance(part, np.ndarray):
        return part.nbytes
    if isinstance(part, dict):
        return 64 + sum(_bytes(key) + _bytes(value) for key, value in part.items())
    if isinstance(part, list | tuple | set):
        return 64 + sum(map(_bytes, part))
    return 32 + (len(part) if isinstance(part, str) else 0)
