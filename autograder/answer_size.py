"""Limits the memory that answers take up while they wait to be explained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.model.course import Case
from autograder.model.report import GroupResult
from autograder.model.submission import Outcome

MOST_KEPT = 16 << 20
"""Bytes that the answers to one exercise may take, in addition to the size of the expected ones.

A limit is needed because the student decides how large an answer is, and because answers are also
compared with one another."""


def room_for(cases: Sequence[Case], before: Sequence[GroupResult]) -> int:
    """Bytes left for the answers to `cases`, given the results that came `before`."""
    room = MOST_KEPT + sum(case.expected.nbytes for case in cases)
    return room - sum(size(outcome) for result in before for outcome in result.outcomes)


def size(outcome: Outcome) -> int:
    """Bytes of the returned value and of the arguments that were sent back."""
    own = 0 if outcome.value is None else outcome.value.nbytes
    own += 0 if outcome.data is None else _bytes(outcome.data.value)
    if outcome.arguments is None:
        return own
    return own + sum(each.nbytes for each in outcome.arguments if isinstance(each, np.ndarray))


def _bytes(part: object) -> int:
    """The approximate memory use of plain data, in bytes."""
    if isinstance(part, np.ndarray):
        return part.nbytes
    if isinstance(part, dict):
        return 64 + sum(_bytes(key) + _bytes(value) for key, value in part.items())
    if isinstance(part, list | tuple | set):
        return 64 + sum(map(_bytes, part))
    return 32 + (len(part) if isinstance(part, str) else 0)
