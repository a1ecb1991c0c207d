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
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence

from autograder.errors import SandboxError
from autograder.model.course import Limits
from autograder.model.submission import Source
from autograder.sandbox import server as fork_server
from autograder.sandbox.host import wire
from autograder.sandbox.host.channel import Channel, PipeChannel
from autograder.sandbox.host.launch import Launched, launch_interpreter
from autograder.sandbox.kernel_layers import LAYERS

START_SECONDS = 60.0
REPLY_SECONDS = 30.0


def cpu_limit(submission_seconds: float) -> int:
    """The CPU time limit that the kernel enforces on a child, in seconds: a last resort."""
    return int(2 * submission_seconds) + 1


def cpu_seconds(pid: int) -> float:
    """CPU time that the process has used, in seconds; 0.0 if this system cannot report it."""
    try:
        # The clock ID of another process's CPU clock: see clock_getcpuclockid(3).
        return time.clock_gettime((~pid << 3) | 2)
    except (OSError, AttributeError, OverflowError):
        return 0.0


class ForkedChild:
    """A child of the fork server."""

    def __init__(self, pid: int, channel: Channel, reap: Callable[[int], _Reply]) -> None:
        self.channel = channel
        self._pid = pid
        self._reap = reap

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._pid)

    def end(self) -> int:
        self.channel.close()
        return self._reap(self._pid).value

    def leave(self) -> None:
        self.channel.close()
        self._reap(self._pid)


class ForkServer:
    """Our side of one warm interpreter that forks a child for each session.

    From the second session on, it forks the next session's child ahead, while the current one runs.
    """

    keeps_support = True

    def __init__(self, limits: Limits, launched: Launched) -> None:
        self._limits = limits
        self._launched = launched
        self._states: Mapping[str, str] | None = None
        self._closed = False
        self._support: Sequence[Source] = ()
        """The course's files that the server has; every new child gets them."""
        self._replies: deque[_Reply] = deque()
        """The replies that have not been read yet, in order."""
        self._spare: _Forked | None = None
        self._started = False

    @property
    def states(self) -> Mapping[str, str]:
        """The state of each isolation layer. Waits until the server is ready."""
        self._wait_until_ready()
        return self._states or {}

    def start(self, support: Sequence[Source]) -> ForkedChild:
        """Fork a child that has these support files. Raises SandboxError."""
        self._wait_until_ready()
        if support != self._support:
            self._drop_spare()
            files = wire.sources_request((), support, ())
            head = fork_server.REQUEST.pack(fork_server.SUPPORT, 0, len(files), 0)
            self._tell(head + files, "did not take the course's files")
            self._support = support
        forked, pid = self._take_spare() or self._fork_now()
        if self._started and self._is_apart:
            self._spare = self._fork()
        self._started = True
        keep = self._limits.output_kb << 10
        channel = Channel(forked.connection, forked.output, forked.answers, keep)
        return ForkedChild(pid, channel, self._reap)

    @property
    def _is_apart(self) -> bool:
        """Whether children are isolated from each other, so that several may exist at a time."""
        return self.states["seccomp"].startswith("on")

    def _fork(self) -> _Forked:
        ours, theirs = socket.socketpair()
        output, printing = os.pipe()
        answers, answering = os.pipe()
        memory = self._limits.memory_mb << 20
        seconds = cpu_limit(self._limits.submission_seconds)
        request = fork_server.REQUEST.pack(fork_server.FORK, 0, memory, seconds)
        forked = _Forked(ours, output, answers)
        try:
            descriptors = [theirs.fileno(), printing, answering]
            forked.reply = self._tell(request, "could not fork", descriptors)
        except SandboxError:
            forked.close()
            raise
        finally:
            theirs.close()
            os.close(printing)
            os.close(answering)
        return forked

    def _fork_now(self) -> tuple[_Forked, int]:
        forked = self._fork()
        return forked, forked.pid()

    def _take_spare(self) -> tuple[_Forked, int] | None:
        """The child forked ahead, with its process ID; None if there is none."""
        spare, self._spare = self._spare, None
        if spare is None:
            return None
        try:
            return spare, spare.pid()
        except SandboxError:  # no room for a second child; there may be room for this one now
            return None

    def _drop_spare(self) -> None:
        spare = self._take_spare()
        if spare is not None:
            forked, pid = spare
            forked.close()
            self._reap(pid)

    def _reap(self, pid: int) -> _Reply:
        """Tell the server to end the child. Waits for it only if children are not isolated."""
        if self._closed:  # the child has ended with the server
            return _Reply("", self._read, -signal.SIGKILL)
        reply = self._tell(fork_server.REQUEST.pack(fork_server.REAP, pid, 0, 0), "lost a child")
        if not self._is_apart:
            self._read(reply)
        return reply

    def close(self) -> None:
        """End the server and with it all remaining children."""
        if self._spare is not None and not self._closed:
            self._spare.close()
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
            return _why(errno.EAGAIN)
        return said.rpartition("\n")[2] or "it said nothing"

    def _tell(self, request: bytes, failure: str, descriptors: Sequence[int] = ()) -> _Reply:
        """Send a request; its reply is read when it, or a later one, is needed."""
        connection = self._launched.connection
        try:
            if descriptors:
                socket.send_fds(connection, [request], list(descriptors))
            else:
                connection.sendall(request)
        except OSError as error:
            raise self._gone(error) from error
        self._replies.append(_Reply(failure, self._read))
        return self._replies[-1]

    def _read(self, wanted: _Reply) -> None:
        """Read replies up to this one."""
        while wanted in self._replies:
            try:
                answer = _receive(self._launched.connection, fork_server.ANSWER.size)
            except OSError as error:
                raise self._gone(error) from error
            if len(answer) != fork_server.ANSWER.size:
                raise SandboxError("the sandbox's server is gone; grade this submission again")
            reply = self._replies.popleft()
            reply.take(fork_server.ANSWER.unpack(answer)[0])

    def _gone(self, error: OSError) -> SandboxError:
        self.close()  # a late answer could be mistaken for that to the next request
        return SandboxError(f"the sandbox's server does not answer: {error}")


class _Reply:
    """The fork server's reply to one request."""

    def __init__(
        self, failure: str, read: Callable[[_Reply], None], value: int | None = None
    ) -> None:
        self._failure = failure
        self._read = read
        self._value = value

    def take(self, value: int) -> None:
        """Store the server's answer. Raises SandboxError if it refused the request."""
        self._value = value
        if value <= fork_server.REFUSED:
            why = _why(fork_server.REFUSED - value)
            raise SandboxError(f"the sandbox {self._failure}: {why}")

    @property
    def value(self) -> int:
        """The server's answer. Waits until it has come."""
        if self._value is None:
            self._read(self)
        assert self._value is not None
        return self._value


class _Forked:
    """Our ends of the socket and pipes of a child that the server was asked to fork."""

    reply: _Reply

    def __init__(self, connection: socket.socket, output: int, answers: int) -> None:
        self.connection = connection
        self.output = output
        self.answers = answers

    def pid(self) -> int:
        """The child's process ID. Raises SandboxError if the server could not fork."""
        try:
            return self.reply.value
        except SandboxError:
            self.close()
            raise

    def close(self) -> None:
        self.connection.close()
        os.close(self.output)
        os.close(self.answers)


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

    def leave(self) -> None:
        self.end()


class FreshInterpreters:
    """Starts a fresh interpreter for each session, where there is no fork server."""

    keeps_support = False

    def __init__(self, limits: Limits, packages: Collection[str] = ()) -> None:
        self._limits = limits
        self._packages = packages

    @property
    def states(self) -> Mapping[str, str]:
        """The state of each isolation layer."""
        why = "off (a fresh interpreter has none)"
        limits = "on" if os.name == "posix" else "off (not on this system)"
        return {**dict.fromkeys(LAYERS, why), "limits": limits}

    def start(self, support: Sequence[Source]) -> FreshChild:
        """Start an interpreter, without waiting until it is ready. It has no files yet."""
        memory = self._limits.memory_mb << 20
        seconds = cpu_limit(self._limits.submission_seconds)
        process = launch_interpreter(memory, seconds, self._packages)
        return FreshChild(process, self._limits.output_kb << 10)

    def close(self) -> None:
        """Do nothing: each session ends its own interpreter."""


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
