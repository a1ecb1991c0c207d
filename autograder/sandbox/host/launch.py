"""Starts the interpreter that will run students' code. Does not import numpy."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Collection
from importlib.util import find_spec
from typing import NamedTuple

from autograder.errors import CourseError, SandboxError
from autograder.sandbox.guest import UNWRITTEN_BYTE
from autograder.sandbox.kernel_layers import LAYERS

# One thread for linear algebra, so that sums are added up in the same order on every machine, and
# so that a child, which may not start threads, never waits for one.
_ENVIRONMENT = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "BLIS")},
    "VECLIB_MAXIMUM_THREADS": "1",
    # perturb: glibc fills newly allocated memory with the complement of this byte.
    # The thresholds make glibc keep the memory of large arrays: getting new pages from the kernel
    # each time costs more than the computation on them.
    "GLIBC_TUNABLES": f"glibc.malloc.perturb={UNWRITTEN_BYTE ^ 0xFF}:glibc.malloc.tcache_count=0"
    ":glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=268435456",
    # Sets of strings iterate in the same order in every run.
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "HOME": "/nonexistent",
    "PATH": "/nonexistent",
    # Otherwise macOS may end a forked process whose parent had threads in a system library.
    "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
    # Without it, Windows cannot start an interpreter.
    **({"SYSTEMROOT": os.path.expandvars("%SYSTEMROOT%")} if sys.platform == "win32" else {}),
}
_START = """\
import sys
folders = sys.argv[1:3]
sys.path[:] = [*filter(None, sys.path), *folders]
from autograder.sandbox.server import start
start.{function}(folders, sys.argv[3:])
"""


class Launched(NamedTuple):
    """A fork server that was started and may still be warming up."""

    process: subprocess.Popen[bytes]
    connection: socket.socket

    def close(self) -> None:
        """End it and its remaining children. May be called more than once."""
        self.connection.close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


def _command(function: str, packages: Collection[str], arguments: list[str]) -> list[str]:
    numpy = find_spec("numpy")
    if numpy is None or numpy.origin is None:
        raise SandboxError("numpy is not installed beside autograder; run `pip install numpy`")
    folders = [_folder_around(__file__, 4), _folder_around(numpy.origin, 2)]
    # -s and -S: no user folder, no site-packages, no .pth files. Not -I, which would also ignore
    # PYTHONHASHSEED and the rest of the environment, which we set ourselves.
    start = _START.format(function=function)
    places = os.pathsep.join(map(_place, packages))
    return [sys.executable, "-s", "-S", "-c", start, *folders, places, *arguments]


def _place(package: str) -> str:
    """Where to import a package from: the folder that contains it, joined with its name.

    Raises CourseError if it is not installed.
    """
    top = package.partition(".")[0]
    found = find_spec(top)
    if found is None or found.origin is None:
        raise CourseError(f"packages: {top} is not installed here; run 'pip install {top}'")
    levels = 2 if found.submodule_search_locations else 1
    return os.path.join(_folder_around(found.origin, levels), package)


def _folder_around(path: str, levels: int) -> str:
    for _ in range(levels):
        path = os.path.dirname(path)
    return path


def launch_server(
    layers: Collection[str] = LAYERS, *, lean: bool = False, packages: Collection[str] = ()
) -> Launched:
    """Start a fork server with those of these isolation layers that the machine allows.

    Returns at once; the server is ready about 200 ms later. A lean server is ready in half the
    time, but its children import what they use themselves: use it for a single submission.
    Students' code may import numpy and `packages`. Raises SandboxError if numpy is missing,
    CourseError if one of the packages is.
    """
    preparation = ["lean" if lean else "warm", *_completed(layers)]
    command = _command("fork_server", packages, preparation)
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [*command, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd="/",
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return Launched(process, ours)


def launch_interpreter(
    memory: int, seconds: int, packages: Collection[str] = ()
) -> subprocess.Popen[bytes]:
    """Start an interpreter for one session, limited to `memory` bytes and `seconds` of CPU time."""
    return subprocess.Popen(
        _command("interpreter", packages, [str(memory), str(seconds)]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_ENVIRONMENT,
        cwd=os.path.abspath(os.sep),
        start_new_session=sys.platform != "win32",
    )


def _completed(layers: Collection[str]) -> list[str]:
    """The layers and those they depend on, in order. Raises SandboxError for an unknown one."""
    unknown = set(layers) - set(LAYERS)
    if unknown:
        raise SandboxError(f"there is no layer {min(unknown)!r}; there are {LAYERS}")
    # The kernel refuses both to a process that could gain privileges.
    needed = {"no new privileges"} if {"landlock", "seccomp"} & set(layers) else set()
    return [layer for layer in LAYERS if layer in {*layers, *needed}]
