"""Sends requests to a child process; starts a new one after a crash or timeout."""

from __future__ import annotations

import contextlib
import signal
import struct
import time
from collections.abc import Callable, Collection, Iterator

from autograder.errors import IsolationError, SandboxError
from autograder.model.submission import Outcome, Status, StudentError
from autograder.sandbox import server as fork_server
from autograder.sandbox.guest import WALL_FACTOR
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.host import wire
from autograder.sandbox.host.channel import ChannelClosed, Left, OutputFlooded
from autograder.sandbox.host.launch import ForkedChild, FreshChild
from autograder.sandbox.host.wire import WireError

GRACE_FACTOR, GRACE_SECONDS = 1.25, 0.25
"""The host's timeout is a little longer than the guest's own (seconds * factor + seconds), so that
the guest can interrupt slow code first and report the line."""
START_SECONDS = 30.0
_SENT_AT_ONCE = 1 << 16
"""Bytes that a new child's socket takes whether or not the child reads them."""


Child = ForkedChild | FreshChild


class Stopped(Exception):
    """The child was ended before it answered."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.status)
        self.outcome = outcome


class Conversation:
    """Sends requests to the current child: the one that answered the last request, or a new one."""

    def __init__(
        self, start: Callable[[], Child], sources: Callable[[], bytes], seconds: float
    ) -> None:
        self._start_child = start
        self._sources = sources
        self._child: Child | None = None
        self._sequence = 0
        self._owed = False
        """Whether answers to the last request are still to come."""
        self._sent_ahead: tuple[int, bytes] | None = None
        """The first request of a child that was started ahead, until it is asked for."""
        self._limit = self._began = self._used = 0.0
        """For the next answer: the CPU time limit, the time at which the wait for it began, and the
        CPU time that the child had used by then. The last two are set when the clock is first
        checked."""
        self.seconds = seconds
        """Wall time left for all requests together, in seconds."""

    @property
    def running(self) -> bool:
        """Whether the next request goes to the child that answered the last one.

        If that child has sent more than it was asked for, or still owes answers, it is ended.
        """
        if self.is_ahead:
            return False
        if self._child is not None and (self._owed or self._child.channel.unread()):
            self.close()
        return self._child is not None

    def begin(self, kind: int, request: bytes) -> None:
        """Start a child and send it its first request, which `ask` then only waits for.

        Does nothing if that is not possible at once; `ask` then starts one as usual.
        """
        sources = self._sources()
        if len(sources) + len(request) > _SENT_AT_ONCE:
            return
        try:
            self._send_first(sources, kind, request, lambda: 0.0)
        except (SandboxError, ChannelClosed, TimeoutError):
            self.close()
        else:
            self._sent_ahead = kind, request

    @property
    def is_ahead(self) -> bool:
        """Whether a child was started ahead, and what it does has not been asked for yet."""
        return self._sent_ahead is not None

    def has_used(self, seconds: float) -> bool:
        """Whether the child has used that much CPU time."""
        return self._child is not None and self._child.cpu_seconds() >= seconds

    def close(self) -> None:
        """End the child, possibly without waiting for that."""
        child, self._child, self._sent_ahead = self._child, None, None
        if child is not None:
            child.leave()

    def end(self) -> int | None:
        """End the child; return its exit status, or None if there was no child."""
        child, self._child = self._child, None
        return None if child is None else child.end()

    def interrupt(self) -> None:
        """Stop waiting for the child, from another thread; the child then counts as crashed."""
        child = self._child
        if child is not None:
            child.channel.interrupt()

    def ask(self, kind: int, request: bytes, seconds: float) -> None:
        """Send a request, within that many seconds of CPU time; `receive` returns its answers.

        Starts a child if there is none. Raises Stopped if the child does not read the request, or
        if no time is left for any request, and SandboxError if a new child does not start.
        """
        if self.seconds <= 0:
            raise Stopped(Outcome(Status.OUT_OF_TIME))
        ahead, self._sent_ahead = self._sent_ahead, None
        if ahead is not None and ahead != (kind, request):
            self.close()
        with self._within(seconds):
            if self._child is None or ahead:
                self._start(kind, request)
            else:
                self._child.channel.output.take()  # discard the output of earlier calls
                self._send(kind, self._sequence + 1, request, self._left)
        self._owed = True

    def receive(
        self, kinds: Collection[int], seconds: float, most: int = 1
    ) -> list[tuple[int, memoryview]]:
        """Return the kind and payload of the next answer, which may take `seconds` of CPU time.

        Answers that have come with it are returned too, up to `most`. The payloads are valid until
        the next call. Raises Stopped if no answer of one of these kinds comes in time.
        """
        with self._within(seconds):
            return self._receive(kinds, self._left, most)

    def finish(self) -> None:
        """Note that the request is fully answered. Raises Stopped if the child has sent more."""
        self._owed = False
        if self._child is not None and self._child.channel.holds_more():
            raise self.give_up(Status.CRASHED, "more came than was asked for")

    def break_off(self) -> None:
        """Note that no more answers will come, since the child has skipped the remaining calls."""
        self._owed = False

    def printed(self) -> str:
        """Return what the child printed since the last call. Raises Stopped if it is too much."""
        try:
            return self._child.channel.output.take() if self._child else ""
        except OutputFlooded:
            raise self.give_up(Status.OUT_OF_OUTPUT) from None

    def forget_printed(self) -> None:
        """Reset the count of printed bytes: the limit applies to each call."""
        if self._child is not None:
            self._child.channel.output.forget()

    def give_up(self, status: Status, why: str = "") -> Stopped:
        """End the child; return the exception to raise, with this status and reason."""
        try:
            printed = self._child.channel.output.take() if self._child else ""
        except OutputFlooded:
            printed = ""
        ended = self.end()
        error = None
        if status is Status.CRASHED:
            error = StudentError("crashed", why or _ending(ended), builtin=True)
        return Stopped(Outcome(status, error=error, printed=printed))

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Limit sending or receiving to this CPU time; turns its errors into Stopped."""
        self._limit = seconds * GRACE_FACTOR + GRACE_SECONDS
        try:
            yield
        except TimeoutError:
            raise self.give_up(Status.OUT_OF_TIME) from None
        except OutputFlooded:
            raise self.give_up(Status.OUT_OF_OUTPUT) from None
        except ChannelClosed:
            raise self.give_up(Status.CRASHED) from None
        except WireError as error:
            raise self.give_up(Status.CRASHED, str(error)) from None
        finally:
            if self._began:
                self.seconds -= time.monotonic() - self._began
                self._began = 0.0

    def _left(self) -> float:
        """Seconds until the child may have reached its limit of CPU time or of wall time."""
        child = self._child
        assert child is not None
        if not self._began:
            self._began, self._used = time.monotonic(), child.cpu_seconds()
        passed = time.monotonic() - self._began
        wall = min(self._limit * WALL_FACTOR, self.seconds)
        least = min(self._limit, wall)
        if passed < least:  # neither limit can be reached yet, so the CPU time is not read
            return least - passed
        return min(wall - passed, self._limit - (child.cpu_seconds() - self._used))

    def _start(self, kind: int, request: bytes) -> None:
        """Wait until the child is ready; if there is none, start it with this first request."""
        until = time.monotonic() + START_SECONDS

        def left() -> float:
            return until - time.monotonic()

        try:
            if self._child is None:
                self._send_first(self._sources(), kind, request, left)
            ((answer, payload),) = self._receive((guest.READY, guest.FAILED), left)
        except (TimeoutError, ChannelClosed, OutputFlooded, WireError) as error:
            ended = _ending(self.end())
            raise SandboxError(f"a child of the sandbox did not start: {ended}") from error
        if answer == guest.FAILED:
            why = wire.read_failed(payload)
            self.close()
            raise IsolationError(f"a child of the sandbox had to stop: {why}")

    def _send_first(self, sources: bytes, kind: int, request: bytes, left: Left) -> None:
        """Start a child, and send it the sources and its first request."""
        child = self._child = self._start_child()
        self._sequence = 0
        self._send(guest.SOURCES, 1, struct.pack("<I", child.channel.quiet) + sources, left)
        self._send(kind, 2, request, left)

    def _send(self, kind: int, sequence: int, payload: bytes, left: Left) -> None:
        assert self._child is not None
        self._child.channel.send(wire.frame(kind, sequence, payload), left)

    def _receive(
        self, kinds: Collection[int], left: Left, most: int = 1
    ) -> list[tuple[int, memoryview]]:
        assert self._child is not None
        channel = self._child.channel
        came = channel.receive(guest.HEADER.size, left)
        length = wire.frame_length(came, kinds, self._sequence + 1)
        if length > len(came):
            came = channel.receive(length, left, begun=True)
        frames, read = wire.split_frames(came, kinds, self._sequence + 1, most)
        self._sequence += len(frames)
        channel.consume(read)
        return frames


def _ending(status: int | None) -> str:
    if status == fork_server.TOO_FEW_FILES:
        return "it may open too few files; raise the limit, such as with `ulimit -n 256`"
    if status is None or status >= 0:
        return f"it ended with exit status {status}"
    if status == -signal.SIGKILL:
        return "it closed its channel, or was killed"
    try:
        return f"it ended with {signal.Signals(-status).name}"
    except ValueError:  # most real-time signals have no name
        return f"it ended with signal {-status}"
