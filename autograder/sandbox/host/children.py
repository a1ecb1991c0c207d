"""Starts and ends the processes that run students' code."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from autograder.errors import SandboxError
from autograder.model import Limits, Source
from autograder.sandbox import control
from autograder.sandbox.host import wire
from autograder.sandbox.host.channel import Channel
from autograder.sandbox.host.launch import Launched
from autograder.sandbox.kernel_layers import cores

START_SECONDS = 60.0
REPLY_SECONDS = 30.0


def cpu_seconds(pid: int) -> float:
    """CPU time that the process has used; 0.0 where this system does not tell."""
    try:
        # The kernel's number for the CPU clock of another process: see clock_getcpuclockid(3).
        return time.clock_gettime((~pid << 3) | 2)
    except (OSError, AttributeError, OverflowError):
        return 0.0


class ForkedChild:
    """A child of the fork server."""

    def __init__(
        self, pid: int, channel: Channel, reap: Callable[[int], int], ours: cores.Cores
    ) -> None:
        self.channel = channel
        self._pid = pid
        self._reap = reap
        self._cores = ours

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._pid)

    def end(self) -> int:
        self.channel.close()
        self._cores.roam()
        return self._reap(self._pid)


class ForkServer:
    """Our side of one warm interpreter that forks a child for each session."""

    keeps_support = True

    def __init__(self, limits: Limits, launched: Launched) -> None:
        self._limits = limits
        self._launched = launched
        self._states: Mapping[str, str] | None = None
        self._closed = False
        self._cores = cores.Cores()
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
            self._ask(control.REQUEST.pack(control.SUPPORT, 0, len(files), 0, cores.ANY) + files)
            self._support = support
        ours, theirs = socket.socketpair()
        output, printing = os.pipe()
        memory = self._limits.memory_mb << 20
        seconds = control.cpu_limit(self._limits.submission_seconds)
        core = self._cores.settle()
        request = control.REQUEST.pack(control.FORK, 0, memory, seconds, core)
        try:
            pid = self._ask(request, [theirs.fileno(), printing])
            if pid < 0:
                raise SandboxError(f"the sandbox could not fork: {_why(pid)}")
        except SandboxError:
            self._cores.roam()
            ours.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(printing)
        channel = Channel(ours, output, self._limits.output_kb << 10)
        return ForkedChild(pid, channel, self._reap, self._cores)

    def _reap(self, pid: int) -> int:
        if self._closed:  # and the child has ended with the server
            return -signal.SIGKILL
        status = self._ask(control.REQUEST.pack(control.REAP, pid, 0, 0, cores.ANY))
        if status <= control.REFUSED:
            raise SandboxError(f"the sandbox lost a child: {_why(status)}")
        return status

    def close(self) -> None:
        """End the server; children that are left end with it."""
        self._closed = True
        self._launched.connection.close()
        process = self._launched.process
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stderr is not None:
            process.stderr.close()

    def _wait_until_ready(self) -> None:
        if self._states is not None:
            return
        server = self._launched.connection
        server.settimeout(START_SECONDS)
        try:
            (length,) = control.READY.unpack(_receive(server, control.READY.size))
            text = _receive(server, length)
        except (OSError, struct.error):
            raise SandboxError(f"the sandbox did not start: {self._last_words()}") from None
        server.settimeout(REPLY_SECONDS)
        self._states = dict(line.split("\t") for line in text.decode().splitlines())

    def _last_words(self) -> str:
        process = self._launched.process
        process.kill()
        said = process.communicate()[1] or b""
        return said.decode("utf-8", "replace").strip().rpartition("\n")[2] or "it said nothing"

    def _ask(self, request: bytes, descriptors: Sequence[int] = ()) -> int:
        server = self._launched.connection
        try:
            if descriptors:
                socket.send_fds(server, [request], list(descriptors))
            else:
                server.sendall(request)
            answer = _receive(server, control.ANSWER.size)
        except OSError as error:
            self.close()  # what it would still say could be taken for the next answer
            raise SandboxError(f"the sandbox's server does not answer: {error}") from error
        if len(answer) != control.ANSWER.size:
            raise SandboxError("the sandbox's server is gone; grade this submission again")
        return int(control.ANSWER.unpack(answer)[0])


def _receive(server: socket.socket, wanted: int) -> bytes:
    """That many bytes, or fewer where the server is gone."""
    data = b""
    while len(data) < wanted and (piece := server.recv(wanted - len(data))):
        data += piece
    return data


def _why(answer: int) -> str:
    return os.strerror(control.REFUSED - answer)
