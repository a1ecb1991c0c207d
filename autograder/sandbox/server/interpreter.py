"""Runs one submission in an interpreter of its own, on systems that cannot fork a warm one.

It talks over its standard input and output; what the student's code prints goes to standard error.
"""

from __future__ import annotations

import os
import sys

from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest import standins as guest_standins
from autograder.sandbox.guest.calls import open_workspace

if sys.platform == "win32":
    import msvcrt


def start(folders: list[str], arguments: list[str]) -> None:
    """Answer the grader until it has no more to ask; memory and seconds are the arguments."""
    reading, writing = _take_channel()
    failed = ""
    if sys.platform != "win32":
        from autograder.sandbox.kernel_layers import isolation

        layers, _ = isolation.make_layers(["limits"])
        failed = isolation.shut_in(layers, isolation.Budget(*map(int, arguments)))
    sys.path[:] = [place for place in sys.path if place not in folders]
    sys.meta_path.append(guest_standins.Finder())
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograder"]:
        del sys.modules[name]
    sys.argv = [""]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    guest.converse(reading, writing, open_workspace, failed)
    os._exit(0)


def _take_channel() -> tuple[int, int]:
    """Descriptors for the grader; a student's code finds no input, and prints elsewhere."""
    reading, writing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    if sys.platform == "win32":
        for descriptor in (reading, writing):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return reading, writing
