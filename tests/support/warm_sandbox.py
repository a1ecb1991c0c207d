"""One sandbox for a whole module: to start one takes longer than most tests that run in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from autograder.model.course import Limits
from autograder.sandbox.sandbox import Sandbox

_opened = ExitStack()
_sandboxes: dict[Limits, Sandbox] = {}


def warm_sandbox(limits: Limits) -> Sandbox:
    """The module's sandbox with these limits."""
    if limits not in _sandboxes:
        _sandboxes[limits] = _opened.enter_context(Sandbox(limits))
    return _sandboxes[limits]


@pytest.fixture(autouse=True, scope="module")
def closed_sandboxes() -> Iterator[None]:
    """Closes the sandboxes of a module that imports this."""
    yield
    _sandboxes.clear()
    _opened.close()
