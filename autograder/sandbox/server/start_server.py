"""Starts the fork server without what its modules would do in each child after the fork.

They would give themselves new locks, since a thread that is gone may have held the old ones, and
the random generator a new seed. The server has one thread, and a child gets its seed for each
function. Without this, a submission that computes little takes 4 % more CPU time.
"""

from __future__ import annotations

import importlib
import os


def start(folders: list[str], arguments: list[str]) -> None:
    """Run as the fork server.

    The arguments are `warm` or `lean`, the layers wanted, and the control socket's descriptor.
    """
    preparation, *wanted, descriptor = arguments
    register = os.register_at_fork
    os.register_at_fork = _forget
    try:
        # It imports numpy, and thereby most of the modules that this is about.
        server = importlib.import_module("autograder.sandbox.server.server")
        server.prepare(folders, lean=preparation == "lean")
    finally:
        os.register_at_fork = register
    server.serve(wanted, int(descriptor))


def _forget(**hooks: object) -> None:
    """Take what `os.register_at_fork` takes, and do not register it."""
