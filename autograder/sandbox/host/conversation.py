"""Asks a child one thing after another, in a new child whenever the last one came to grief."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from autograder.errors import IsolationError, SandboxError
from autograder.model import Status, StudentError
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest.alarm import WALL_FACTOR
from autograder.sandbox.host import wire
from autograder.sandbox.host.channel import ChannelClosed, Left, OutputFlooded
from autograder.sandbox.host.values import WireError

GRACE_FACTOR, GRACE_SECONDS = 1.25, 0.25
"""How long the guest has to interrupt what takes too long, before it is ended from outside."""
START_SECONDS = 30.0


class Bytes(Protocol):
    """What carries requests to a child, and its answers and its output back."""

    def send(self, data: bytes, left: Left) -> None: ...

    def receive(self, wanted: int, left: Left) -> memoryview:
        """So many bytes, which are there until it is called again."""

    def unread(self) -> bool: ...

    def holds_more(self) -> bool: ...

    def printed(self) -> str: ...

    def forget_printed(self) -> None: ...


class Child(Protocol):
    """A process that is ready for the sources of a submission."""

    @property
    def channel(self) -> Bytes: ...

    def cpu_seconds(self) -> float:
        """CPU time that it has used; 0.0 where this system does not tell."""

    def end(self) -> int:
        """End it with all it started; how it had ended, as `subprocess.returncode` has it."""


class Stopped(Exception):
    """The child was given up before it answered."""

    def __init__(self, status: Status, error: StudentError | None, printed: str) -> None:
        super().__init__(status)
        self.status = status
        self.error = error
        self.printed = printed


class Conversation:
    """Requests to the present child; the one that answered the last request, or a new one."""

    def __init__(
        self, start: Callable[[], Child], sources: Callable[[], bytes], seconds: float
    ) -> None:
        self._start_child = start
        self._sources = sources
        self._child: Child | None = None
        self._sequence = 0
        self._owed = 0
        """Answers that are still to come to the last request."""
        self.seconds = seconds
        """Wall time that is left for all requests together."""

    @property
    def running(self) -> bool:
        """Whether the next request goes to the child that answered the last.

        It does not where that child has said more than it was asked for, or still has to answer.
        """
        if self._child is not None and (self._owed or self._child.channel.unread()):
            self.close()
        return self._child is not None

    def close(self) -> int | None:
        """End the child; how it had ended."""
        child, self._child = self._child, None
        return None if child is None else child.end()

    def ask(self, kind: int, payload: bytes, expected: int, seconds: float) -> memoryview:
        """The payload of the one answer; raises Stopped where none comes in that CPU time."""
        return next(self.answers(kind, payload, expected, seconds, 1))

    def answers(
        self, kind: int, payload: bytes, expected: int, seconds: float, count: int
    ) -> Iterator[memoryview]:
        """The payloads of so many answers, as they come; each of them has that CPU time.

        Raises Stopped where one does not come in time. What is printed between several is dropped.
        The child is asked nothing else before it has given them all, or `expect_no_more` says so.
        """
        if self.seconds <= 0:
            raise Stopped(Status.OUT_OF_TIME, None, "")
        child = self._child or self._start()
        patience = _Patience(self, child, seconds * GRACE_FACTOR + GRACE_SECONDS)
        self._owed = count
        try:
            child.channel.printed()  # drops what is left of several calls before
            self._send(child, kind, payload, patience.left)
            while self._owed:
                answer = self._receive(child, (expected,), patience.left)[1]
                patience.renew()
                if count > 1:
                    child.channel.forget_printed()
                yield answer
        except TimeoutError:
            raise self.give_up(Status.OUT_OF_TIME) from None
        except OutputFlooded:
            raise self.give_up(Status.OUT_OF_OUTPUT) from None
        except ChannelClosed:
            raise self.give_up(Status.CRASHED) from None
        except WireError as error:
            raise self.give_up(Status.CRASHED, str(error)) from None
        finally:
            patience.renew()

    def expect_no_more(self) -> None:
        """Take the answers that are owed as not to come."""
        self._owed = 0

    def printed(self) -> str:
        """What the child printed since the last time, as far as it is kept."""
        try:
            return self._child.channel.printed() if self._child else ""
        except OutputFlooded:
            raise self.give_up(Status.OUT_OF_OUTPUT) from None

    def give_up(self, status: Status, why: str = "") -> Stopped:
        """End the child for this reason; the exception that says so."""
        try:
            printed = self._child.channel.printed() if self._child else ""
        except OutputFlooded:
            printed = ""
        ended = self.close()
        error = StudentError("crashed", why or _ending(ended), builtin=True)
        return Stopped(status, error if status is Status.CRASHED else None, printed)

    def _start(self) -> Child:
        child = self._child = self._start_child()
        self._sequence = 0
        self._owed = 1
        until = time.monotonic() + START_SECONDS

        def left() -> float:
            return until - time.monotonic()

        try:
            self._send(child, guest.SOURCES, self._sources(), left)
            kind, payload = self._receive(child, (guest.READY, guest.FAILED), left)
        except (TimeoutError, ChannelClosed, OutputFlooded, WireError) as error:
            ended = _ending(self.close())
            raise SandboxError(f"a child of the sandbox did not start: {ended}") from error
        if kind == guest.FAILED:
            self.close()
            raise IsolationError(f"a child of the sandbox had to stop: {wire.read_failed(payload)}")
        return child

    def _send(self, child: Child, kind: int, payload: bytes, left: Left) -> None:
        child.channel.send(wire.frame(kind, self._sequence + 1, payload), left)

    def _receive(
        self, child: Child, expected: tuple[int, ...], left: Left
    ) -> tuple[int, memoryview]:
        self._sequence += 1
        header = child.channel.receive(guest.HEADER.size, left)
        answer, length = wire.payload_length(header, expected, self._sequence)
        received = child.channel.receive(length, left)
        self._owed -= 1
        if not self._owed and child.channel.holds_more():
            raise WireError("more came than was asked for")
        return answer, received


class _Patience:
    """How long to wait for each of several answers: so much CPU time of the child, and wall time.

    The clock runs from when it is first looked at: an answer that is there already needs none.
    """

    def __init__(self, conversation: Conversation, child: Child, cpu: float) -> None:
        self._conversation = conversation
        self._child = child
        self._cpu = cpu
        self._began = self._used = 0.0

    def left(self) -> float:
        if not self._began:
            self._began, self._used = time.monotonic(), self._child.cpu_seconds()
        passed = time.monotonic() - self._began
        wall = min(self._cpu * WALL_FACTOR, self._conversation.seconds)
        least = min(self._cpu, wall)
        if passed < least:  # it cannot have used more than has passed
            return least - passed
        return min(wall - passed, self._cpu - (self._child.cpu_seconds() - self._used))

    def renew(self) -> None:
        """Take the time from what is left for all requests, and begin anew."""
        if self._began:
            self._conversation.seconds -= time.monotonic() - self._began
            self._began = 0.0


def _ending(status: int | None) -> str:
    if status is None or status >= 0:
        return f"it ended with exit status {status}"
    if status == -signal.SIGKILL:
        return "it closed its channel, or was killed"
    try:
        return f"it ended with {signal.Signals(-status).name}"
    except ValueError:  # most real-time signals have no name
        return f"it ended with signal {-status}"
