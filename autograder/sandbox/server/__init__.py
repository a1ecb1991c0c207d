"""The interpreters that run students' code: the fork server's protocol, and their entry points.

Both ends of the protocol are trusted. When the server is ready, it sends READY: the length of a
UTF-8 text, then the text: one line for each isolation layer, with its name, a tab and its state.
From then on it answers requests:

    FORK    with three descriptors: the child's socket, its output pipe and its answer pipe
            -> the pid of the new child
    SUPPORT followed by as many bytes as its memory field says: the files that every new child gets,
            in the format of the request SOURCES in `guest/protocol.py`, from its count of files on
            -> 0
    REAP    end this child's process group and wait for it
            -> the child's exit status, as in `Popen.returncode`

An answer of REFUSED or lower is REFUSED minus the errno of the error.
"""

from __future__ import annotations

import gc
import importlib
import os
import struct
import sys

if sys.platform == "win32":
    import msvcrt

READY = struct.Struct("<I")
REQUEST = struct.Struct("<BIQI")
"""The request's kind, a pid, bytes of memory or of the data that follows, seconds of CPU time."""
ANSWER = struct.Struct("<i")
FORK, REAP, SUPPORT = 1, 2, 3
REFUSED = -1000
TOO_FEW_FILES = 71
"""The exit status of a child that could not start because it may not open enough files."""


def fork_server(folders: list[str], arguments: list[str]) -> None:
    """Run as the fork server.

    The arguments are the locations of the packages that students may import, `warm` or `lean`, the
    layers wanted, and the control socket's descriptor.

    Fork hooks are suppressed while modules are imported. With them, Python's modules would create
    new locks in each child, in case a lost thread held the old ones, and reseed the random
    generator. Neither is needed: the server has one thread, and a child is seeded for each
    function. The hooks would cost a submission that computes little 4 % more CPU time.
    """
    packages, preparation, *wanted, descriptor = arguments
    gc.disable()  # until it is prepared, since imported modules are never freed
    register = os.register_at_fork
    os.register_at_fork = lambda **hooks: None
    try:
        # This imports numpy, and with it most of the modules that register hooks.
        server = importlib.import_module("autograder.sandbox.server.fork_server")
        server.get_ready(folders, packages, lean=preparation == "lean")
    finally:
        os.register_at_fork = register
    server.serve(wanted, int(descriptor))


def interpreter(folders: list[str], arguments: list[str]) -> None:
    """Run one submission, on systems that cannot fork a warm interpreter.

    Requests and answers use standard input and output, and what the student's code prints goes to
    standard error. The arguments are the locations of the packages that students may import, the
    memory limit in bytes and the CPU time limit in seconds.
    """
    packages, *budget = arguments
    reading, writing = _take_channel()
    from autograder.sandbox.guest import protocol, standins
    from autograder.sandbox.guest.calls import open_workspace
    from autograder.sandbox.server import prepare

    prepare.import_packages(packages)
    failed = ""
    if sys.platform != "win32":
        from autograder.sandbox.kernel_layers import isolation

        layers, _ = isolation.make_layers(["limits"])
        failed = isolation.shut_in(layers, isolation.Budget(*map(int, budget)))
    sys.path[:] = [place for place in sys.path if place not in folders]
    sys.meta_path.append(standins.Finder())
    prepare.hide_the_grader()
    protocol.converse(reading, writing, open_workspace, failed)
    os._exit(0)


def _take_channel() -> tuple[int, int]:
    """Return new descriptors for requests and answers.

    Afterwards standard input is empty, and standard output goes to standard error.
    """
    reading, writing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    if sys.platform == "win32":
        for descriptor in (reading, writing):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return reading, writing
