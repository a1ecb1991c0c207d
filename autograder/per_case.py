"""Remembers what was made of a case for as long as the case is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from autograder.model import Case

Made = TypeVar("Made")


def once_per_case(make: Callable[[Case], Made]) -> Callable[[Case], Made]:
    """`make`, called once for each case: every submission is asked the same ones."""
    made: WeakKeyDictionary[Case, Made] = WeakKeyDictionary()

    @wraps(make)
    def remembered(case: Case) -> Made:
        found = made.get(case)
        if found is None:
            found = made[case] = make(case)
        return found

    return remembered
