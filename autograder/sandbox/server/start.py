"""Where an interpreter for students' code begins: as the fork server, or for one submission."""

from __future__ import annotations

import gc
import importlib
import os
import sys

if sys.platform == "win32":
    import msvcrt


def fork_server(folders: list[str], arguments: list[str]) -> None:
    """Run as the fork server.

    The arguments are where the packages are that students may import, `warm` or `lean`, the layers
    wanted, and the control socket's descriptor.

    Modules of Python's would give themselves new locks in each child after the fork, since a thread
    that is gone may have held the old ones, and the random generator a new seed. The server has one
    thread, and a child gets its seed for each function. Without this, a submission that computes
    little takes 4 % more CPU time.
    """
    packages, preparation, *wanted, descriptor = arguments
    gc.disable()  # until it is prepared: what is imported stays
    register = os.register_at_fork
    os.register_at_fork = _forget
    try:
        # It imports numpy, and thereby most of the modules that this is about.
        server = importlib.import_module("autograder.sandbox.server.server")
        server.prepare(folders, packages, lean=preparation == "lean")
    finally:
        os.register_at_fork = register
    server.serve(wanted, int(descriptor))


def _forget(**hooks: object) -> None:
    """Take what `os.register_at_fork` takes, and do not register it."""


def interpreter(folders: list[str], arguments: list[str]) -> None:
    """Run one submission, on systems that cannot fork a warm interpreter.

    It talks over its standard input and output, and what the student's code prints goes to standard
    error. The arguments are where the packages are that students may import, memory in bytes and
    seconds of CPU time.
    """
    packages, *budget = arguments
    reading, writing = _take_channel()
    from autograder.sandbox.guest import protocol, standins
    from autograder.sandbox.guest.calls import open_workspace
    from autograder.sandbox.server import warm

    warm.import_packages(packages)
    failed = ""
    if sys.platform != "win32":
        from autograder.sandbox.kernel_layers import isolation

        layers, _ = isolation.make_layers(["limits"])
        failed = isolation.shut_in(layers, isolation.Budget(*map(int, budget)))
    sys.path[:] = [place for place in sys.path if place not in folders]
    sys.meta_path.append(standins.Finder())
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograder"]:
        del sys.modules[name]
    sys.argv = [""]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    protocol.converse(reading, writing, open_workspace, failed)
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
