"""Starts and ends the processes that run students' code: forks of a server, or interpreters.

Imports neither numpy nor dataclasses: a server is launched before anything else is imported, and
warms up meanwhile.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from autograder.errors import CourseError, SandboxError
from autograder.sandbox import server as fork_server
from autograder.sandbox.guest import UNWRITTEN_BYTE
from autograder.sandbox.host.channel import Channel, PipeChannel
from autograder.sandbox.kernel_layers import LAYERS

if TYPE_CHECKING:
    from autograder.model.course import Limits

_CORES = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
START_SECONDS = 60.0
REPLY_SECONDS = 30.0
_GONE_SECONDS = 2.0

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
    # As in this process: otherwise the engine's own files, where nothing compiled them when they
    # were installed, would be compiled again at each start.
    **({"PYTHONDONTWRITEBYTECODE": "1"} if sys.dont_write_bytecode else {}),
    **({"PYTHONPYCACHEPREFIX": sys.pycache_prefix} if sys.pycache_prefix else {}),
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
from autograder.sandbox import server
server.{function}(folders, sys.argv[3:])
"""


# --- launching ----------------------------------------------------------------------------------


class Launched(NamedTuple):
    """A fork server that was started and may still be warming up."""

    process: subprocess.Popen[bytes]
    connection: socket.socket

    def close(self) -> None:
        """End it and its remaining children. May be called more than once."""
        # Its end of the connection tells when it has gone; waiting for the process would poll.
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_GONE_SECONDS)
            while self.connection.recv(fork_server.ANSWER.size):  # answers that nobody needs
                pass
        self.connection.close()
        try:
            self.process.wait(_GONE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


def _command(function: str, packages: Collection[str], arguments: list[str]) -> list[str]:
    numpy = find_spec("numpy")
    if numpy is None or numpy.origin is None:
        raise SandboxError("numpy is not installed next to autograder; run `pip install numpy`")
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


def _completed(layers: Collection[str]) -> list[str]:
    """The layers and those they depend on, in order. Raises SandboxError for an unknown one."""
    unknown = set(layers) - set(LAYERS)
    if unknown:
        raise SandboxError(f"there is no layer {min(unknown)!r}; there are {LAYERS}")
    # The kernel refuses both to a process that could gain privileges.
    needed = {"no new privileges"} if {"landlock", "seccomp"} & set(layers) else set()
    return [layer for layer in LAYERS if layer in {*layers, *needed}]


def _budget(limits: Limits) -> tuple[int, int]:
    """A child's limits: bytes of memory, and seconds of CPU time, as a last resort."""
    return limits.memory_mb << 20, int(2 * limits.submission_seconds) + 1


def cpu_seconds(pid: int) -> float:
    """CPU time that the process has used, in seconds; 0.0 if this system cannot report it."""
    try:
        # The clock ID of another process's CPU clock: see clock_getcpuclockid(3).
        return time.clock_gettime((~pid << 3) | 2)
    except (OSError, AttributeError, OverflowError):
        return 0.0


# --- forks of a server --------------------------------------------------------------------------


class _Reply:
    """The server's reply to one request; None until it has been read."""

    value: int | None = None


class ForkedChild:
    """A child of the fork server."""

    def __init__(self, server: ForkServer, forked: _Reply, channel: Channel) -> None:
        self.channel = channel
        self._server = server
        self._forked = forked

    @property
    def pid(self) -> int:
        """Its process ID. Waits until it exists; raises SandboxError if it could not be forked."""
        return self._server.value(self._forked, "could not fork")

    def cpu_seconds(self) -> float:
        """CPU time that it has used, in seconds; 0.0 if this system cannot report it."""
        return cpu_seconds(self.pid)

    def end(self) -> int | None:
        """End it and all processes it started; return its status, as `Popen.returncode` does."""
        self.channel.close()
        return self._server.reap(self.pid, wait=True)

    def leave(self) -> None:
        """End it and all processes it started, without waiting for that if another may run."""
        self.channel.close()
        self._server.reap(self.pid, wait=False)


class ForkServer:
    """Our side of one warm interpreter that forks a child for each session.

    From the second session on, it forks the next session's child ahead, while the current one runs.
    """

    keeps_support = True
    """Whether a new child has the support files already, so that they need not be sent."""

    def __init__(self, limits: Limits, launched: Launched) -> None:
        self._limits = limits
        self._launched = launched
        self._states: Mapping[str, str] | None = None
        self._closed = False
        self._support = b""
        """The course's files that the server has; every new child gets them."""
        self._replies: deque[_Reply] = deque()
        """The replies that have not been read yet, in order."""
        self._spare: ForkedChild | None = None
        self._started = False

    @property
    def states(self) -> Mapping[str, str]:
        """The state of each isolation layer. Waits until the server is ready."""
        if self._states is None:
            connection = self._launched.connection
            connection.settimeout(START_SECONDS)
            try:
                (length,) = fork_server.READY.unpack(_receive(connection, fork_server.READY.size))
                text = _receive(connection, length)
            except (OSError, struct.error):
                raise SandboxError(f"the sandbox did not start: {self._last_words}") from None
            connection.settimeout(REPLY_SECONDS)
            self._states = dict(line.split("\t") for line in text.decode().splitlines())
        return self._states

    @property
    def _is_apart(self) -> bool:
        """Whether children are isolated from each other, so that several may exist at a time."""
        return self.states["seccomp"].startswith("on")

    @property
    def runs_ahead(self) -> bool:
        """Whether the next submission may be run while the current one is graded."""
        return self._is_apart and _CORES > 1

    def start(self, support: bytes) -> ForkedChild:
        """Fork a child that has these support files. Raises SandboxError."""
        is_apart = self._is_apart
        spare = self._take_spare()
        if support != self._support:
            if spare is not None:
                spare.leave()
                spare = None
            request = fork_server.REQUEST.pack(fork_server.SUPPORT, 0, len(support), 0)
            self.value(self._ask(request + support), "did not take the course's files")
            self._support = support
        child = spare or self._fork()
        try:
            _ = child.pid  # waits for it
        except SandboxError:
            child.channel.close()
            raise
        if self._started and is_apart:
            self._spare = self._fork()
        self._started = True
        return child

    def _fork(self) -> ForkedChild:
        """Ask for a child, without waiting until it exists."""
        ours, theirs = socket.socketpair()
        output, printing = os.pipe()
        answers, answering = os.pipe()
        channel = Channel(ours, output, answers, self._limits.output_kb << 10)
        request = fork_server.REQUEST.pack(fork_server.FORK, 0, *_budget(self._limits))
        try:
            forked = self._ask(request, [theirs.fileno(), printing, answering])
        except SandboxError:
            channel.close()
            raise
        finally:
            theirs.close()
            os.close(printing)
            os.close(answering)
        return ForkedChild(self, forked, channel)

    def _take_spare(self) -> ForkedChild | None:
        """The child forked ahead; None if there is none."""
        spare, self._spare = self._spare, None
        try:
            _ = spare and spare.pid
        except SandboxError:  # no room for a second child; there may be room for one now
            assert spare is not None
            spare.channel.close()
            return None
        return spare

    def reap(self, pid: int, *, wait: bool) -> int | None:
        """End the child; return its exit status, or None without waiting for that.

        Waits in any case if children are not isolated from each other.
        """
        if self._closed:  # the child has ended with the server
            return -signal.SIGKILL
        reply = self._ask(fork_server.REQUEST.pack(fork_server.REAP, pid, 0, 0))
        return self.value(reply, "lost a child") if wait or not self._is_apart else None

    def close(self) -> None:
        """End the server and with it all remaining children."""
        if self._spare is not None and not self._closed:
            self._spare.channel.close()
        self._closed = True
        self._launched.close()

    @cached_property
    def _last_words(self) -> str:
        process = self._launched.process
        process.kill()
        said = (process.communicate()[1] or b"").decode("utf-8", "replace").strip()
        if os.strerror(errno.EAGAIN) in said:
            return _why(errno.EAGAIN)
        if re.search("memory", said, re.IGNORECASE):  # numpy's words, or those of OpenBLAS
            return "it has too little memory; free some, or raise the limit with `ulimit -v`"
        return said.rpartition("\n")[2] or "it said nothing"

    def _ask(self, request: bytes, descriptors: Sequence[int] = ()) -> _Reply:
        """Send a request; its reply is read when it, or a later one, is needed."""
        try:
            if descriptors:
                socket.send_fds(self._launched.connection, [request], list(descriptors))
            else:
                self._launched.connection.sendall(request)
        except OSError as error:
            raise self._gone(error) from error
        self._replies.append(_Reply())
        return self._replies[-1]

    def value(self, reply: _Reply, failure: str) -> int:
        """The server's reply. Waits until it has come; raises SandboxError if it is a refusal."""
        while reply.value is None:
            try:
                data = _receive(self._launched.connection, fork_server.ANSWER.size)
            except OSError as error:
                raise self._gone(error) from error
            if len(data) != fork_server.ANSWER.size:
                raise SandboxError("the sandbox's server is gone; grade this submission again")
            (self._replies.popleft().value,) = fork_server.ANSWER.unpack(data)
        if reply.value <= fork_server.REFUSED:
            why = _why(fork_server.REFUSED - reply.value)
            raise SandboxError(f"the sandbox {failure}: {why}")
        return reply.value

    def _gone(self, error: OSError) -> SandboxError:
        self.close()  # a late answer could be mistaken for that to the next request
        return SandboxError(f"the sandbox's server does not answer: {error}")


def _receive(connection: socket.socket, wanted: int) -> bytes:
    """Receive that many bytes, or fewer if the server has ended."""
    data = b""
    while len(data) < wanted and (piece := connection.recv(wanted - len(data))):
        data += piece
    return data


def _why(number: int) -> str:
    """The message for an error number of the system, with advice if there is any."""
    if number == errno.EAGAIN:
        return (
            "this account may start no more processes; end others, or raise the limit "
            "(`ulimit -u`), then run this again"
        )
    return os.strerror(number)


# --- fresh interpreters -------------------------------------------------------------------------


class FreshChild:
    """A fresh interpreter that runs one submission."""

    def __init__(self, process: subprocess.Popen[bytes], keep: int) -> None:
        self._process = process
        self.channel = PipeChannel(process, keep)

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._process.pid)

    def end(self) -> int:
        if sys.platform == "win32":
            tree = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
            subprocess.run(tree, capture_output=True, check=False)
        else:
            os.killpg(self._process.pid, signal.SIGKILL)
        status = self._process.wait()
        self.channel.close()
        return status

    leave = end


class FreshInterpreters:
    """Starts a fresh interpreter for each session, where there is no fork server."""

    keeps_support = False
    runs_ahead = False

    def __init__(self, limits: Limits, packages: Collection[str] = ()) -> None:
        self._limits = limits
        self._packages = packages

    @property
    def states(self) -> Mapping[str, str]:
        """The state of each isolation layer."""
        why = "off (a fresh interpreter has none)"
        limits = "on" if os.name == "posix" else "off (not on this system)"
        return {**dict.fromkeys(LAYERS, why), "limits": limits}

    def start(self, support: bytes) -> FreshChild:
        """Start an interpreter, without waiting until it is ready. It has no files yet."""
        process = subprocess.Popen(
            _command("interpreter", self._packages, [*map(str, _budget(self._limits))]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd=os.path.abspath(os.sep),
            start_new_session=sys.platform != "win32",
        )
        return FreshChild(process, self._limits.output_kb << 10)

    def close(self) -> None:
        """Do nothing: each session ends its own interpreter."""
