"""Starts and ends the processes that run students' code: forks of a server, or interpreters."""

from __future__ import annotations

import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from autograder.errors import SandboxError
from autograder.model import Limits, Source
from autograder.sandbox import server as fork_server
from autograder.sandbox.host import wire
from autograder.sandbox.host.channel import Channel, PipeChannel
from autograder.sandbox.host.launch import Launched, launch_interpreter
from autograder.sandbox.kernel_layers import LAYERS

START_SECONDS = 60.0
REPLY_SECONDS = 30.0


def cpu_limit(submission_seconds: float) -> int:
    """Seconds of CPU time after which the kernel ends a child that nobody else ended."""
    return int(2 * submission_seconds) + 1


def cpu_seconds(pid: int) -> float:
    """CPU time that the process has used; 0.0 where this system does not tell."""
    try:
        # The kernel's number for the CPU clock of another process: see clock_getcpuclockid(3).
        return time.clock_gettime((~pid << 3) | 2)
    except (OSError, AttributeError, OverflowError):
        return 0.0


class ForkedChild:
    """A child of the fork server."""

    def __init__(self, pid: int, channel: Channel, reap: Callable[[int], int]) -> None:
        self.channel = channel
        self._pid = pid
        self._reap = reap

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._pid)

    def end(self) -> int:
        self.channel.close()
        return self._reap(self._pid)


class ForkServer:
    """Our side of one warm interpreter that forks a child for each session."""

    keeps_support = True

    def __init__(self, limits: Limits, launched: Launched) -> None:
        self._limits = limits
        self._launched = launched
        self._states: Mapping[str, str] | None = None
        self._closed = False
        self._support: Sequence[Source] = ()
        """The files that every new child has."""

    @property
    def states(self) -> Mapping[str, str]:
        """Each layer of isolation with its state; waits until the server is ready."""
        self._wait_until_ready()
        return self._states or {}

    def start(self, support: Sequence[Source]) -> ForkedChild:
        """Fork a child that has these files of the course."""
        self._wait_until_ready()
        if support != self._support:
            files = wire.sources_request((), support, ())
            head = fork_server.REQUEST.pack(fork_server.SUPPORT, 0, len(files), 0)
            self._ask(head + files)
            self._support = support
        ours, theirs = socket.socketpair()
        output, printing = os.pipe()
        answers, answering = os.pipe()
        memory = self._limits.memory_mb << 20
        seconds = cpu_limit(self._limits.submission_seconds)
        request = fork_server.REQUEST.pack(fork_server.FORK, 0, memory, seconds)
        try:
            pid = self._ask(request, [theirs.fileno(), printing, answering])
            if pid < 0:
                raise SandboxError(f"the sandbox could not fork: {_why(pid)}")
        except SandboxError:
            ours.close()
            os.close(output)
            os.close(answers)
            raise
        finally:
            theirs.close()
            os.close(printing)
            os.close(answering)
        channel = Channel(ours, output, answers, self._limits.output_kb << 10)
        return ForkedChild(pid, channel, self._reap)

    def _reap(self, pid: int) -> int:
        if self._closed:  # and the child has ended with the server
            return -signal.SIGKILL
        status = self._ask(fork_server.REQUEST.pack(fork_server.REAP, pid, 0, 0))
        if status <= fork_server.REFUSED:
            raise SandboxError(f"the sandbox lost a child: {_why(status)}")
        return status

    def close(self) -> None:
        """End the server; children that are left end with it."""
        self._closed = True
        self._launched.close()

    def _wait_until_ready(self) -> None:
        if self._states is not None:
            return
        connection = self._launched.connection
        connection.settimeout(START_SECONDS)
        try:
            (length,) = fork_server.READY.unpack(_receive(connection, fork_server.READY.size))
            text = _receive(connection, length)
        except (OSError, struct.error):
            raise SandboxError(f"the sandbox did not start: {self._last_words()}") from None
        connection.settimeout(REPLY_SECONDS)
        self._states = dict(line.split("\t") for line in text.decode().splitlines())

    def _last_words(self) -> str:
        process = self._launched.process
        process.kill()
        said = (process.communicate()[1] or b"").decode("utf-8", "replace").strip()
        if os.strerror(errno.EAGAIN) in said:
            return _why(fork_server.REFUSED - errno.EAGAIN)
        return said.rpartition("\n")[2] or "it said nothing"

    def _ask(self, request: bytes, descriptors: Sequence[int] = ()) -> int:
        connection = self._launched.connection
        try:
            if descriptors:
                socket.send_fds(connection, [request], list(descriptors))
            else:
                connection.sendall(request)
            answer = _receive(connection, fork_server.ANSWER.size)
        except OSError as error:
            self.close()  # what it would still say could be taken for the next answer
            raise SandboxError(f"the sandbox's server does not answer: {error}") from error
        if len(answer) != fork_server.ANSWER.size:
            raise SandboxError("the sandbox's server is gone; grade this submission again")
        return int(fork_server.ANSWER.unpack(answer)[0])


class FreshChild:
    """An interpreter that runs one submission."""

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


class FreshInterpreters:
    """The children of a sandbox without a fork server."""

    keeps_support = False

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    @property
    def states(self) -> Mapping[str, str]:
        """Each layer of isolation with its state."""
        why = "off (a fresh interpreter has none)"
        limits = "on" if os.name == "posix" else "off (not on this system)"
        return {**dict.fromkeys(LAYERS, why), "limits": limits}

    def start(self, support: Sequence[Source]) -> FreshChild:
        """Start an interpreter, which has no files yet; it is not waited for."""
        memory = self._limits.memory_mb << 20
        process = launch_interpreter(memory, cpu_limit(self._limits.submission_seconds))
        return FreshChild(process, self._limits.output_kb << 10)

    def close(self) -> None:
        """Nothing outlives the sessions."""


def _receive(connection: socket.socket, wanted: int) -> bytes:
    """That many bytes, or fewer where the server is gone."""
    data = b""
    while len(data) < wanted and (piece := connection.recv(wanted - len(data))):
        data += piece
    return data


def _why(answer: int) -> str:
    number = fork_server.REFUSED - answer
    if number == errno.EAGAIN:
        return (
            "this account may start no more processes; end others, or raise the limit "
            "(`ulimit -u`), then run this again"
        )
    return os.strerror(number)
