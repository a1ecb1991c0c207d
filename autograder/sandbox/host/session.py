"""Finds and calls the functions of one submission."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Protocol

from autograder.model import Limits, LoadFailure, Outcome, Source, Status, StudentError, Value
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.host import wire
from autograder.sandbox.host.conversation import Child, Conversation, Stopped
from autograder.sandbox.host.values import WireError
from autograder.sandbox.host.wire import Call

LOAD_FACTOR = 2
"""How many times as long as a call a file may run, with those that it imports."""


class Children(Protocol):
    """Whatever starts the processes of sessions."""

    keeps_support: bool
    """Whether a child has the support files from the start, so that they need not be sent."""

    def start(self, support: Sequence[Source]) -> Child: ...


class Session:
    """One submission in the sandbox; use it as a context manager."""

    def __init__(
        self,
        children: Children,
        limits: Limits,
        sources: Sequence[Source],
        support: Sequence[Source] = (),
    ) -> None:
        self._limits = limits
        self._sources = tuple(sources)
        self._names = sorted({source.module for source in sources if source.cells})
        """Modules that have something to run; one without only stands for a missing file."""
        self._filenames = {source.filename for source in (*sources, *support)}
        self._loaded: set[str] = set()
        self._ran: set[str] = set()
        """Modules of whose failures, if there are any, all that can be told is known."""
        self._called = False
        """Whether the present process was called, so that it knows inputs which may be hidden."""
        self._broken: dict[str, Outcome] = {}
        self._failures: dict[str, tuple[LoadFailure, ...]] = {}
        self._places: dict[tuple[str, str], tuple[str, bool]] = {}
        sent = () if children.keeps_support else support
        self._conversation = Conversation(
            lambda: children.start(support),
            lambda: wire.sources_request(self._sources, sent, self._broken),
            limits.submission_seconds,
        )

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the submission's process, and all that it started."""
        self._conversation.close()

    def load_failures(self) -> tuple[LoadFailure, ...]:
        """The files and cells that stop with an error; runs those that were not run yet.

        An error's text may say whatever its file came to know. It is shown to the student, so it is
        taken from a process only that was not called before.
        """
        left = [name for name in self._names if name not in self._ran]
        if left and self._called:
            self._conversation.close()
        for name in left:
            self._load(name)
        return tuple(failure for name in sorted(self._failures) for failure in self._failures[name])

    def call(
        self,
        function: str,
        home: str,
        arguments: Sequence[Value],
        *,
        keeps_arguments: bool = False,
        read_only: bool = False,
    ) -> Outcome:
        """What the submission's function does with these arguments, handed over by position.

        Raises SandboxError where the sandbox itself fails.
        """
        return next(self.calls(function, home, [Call(arguments, keeps_arguments, read_only)]))

    def calls(self, function: str, home: str, calls: Sequence[Call]) -> Iterator[Outcome]:
        """What it does with each of these in turn, as it comes.

        It is looked for in the module `home` first, then in every other one, by name; a function
        that is an untouched stub gives way to one that is written. An outcome that is not in
        `wire.GOES_ON` is the last. What was printed is told only where there is a single call.
        Raises SandboxError where the sandbox itself fails.
        """
        known = self._places.get((function, home))
        missing = Outcome(Status.MISSING)
        for module, take_stub in [known] if known else self._tries(home):
            stopped = self._load(module)
            if stopped is not None:
                missing = stopped if missing.status is Status.MISSING else missing
                continue
            seconds = self._limits.case_seconds
            request = wire.call_request(function, module, calls, seconds, take_stub=take_stub)
            outcomes = self._outcomes(request, len(calls))
            first = next(outcomes)
            if first.status is not Status.MISSING:
                self._places[function, home] = (module, take_stub)
                yield first
                yield from outcomes
                return
        yield missing

    def _tries(self, home: str) -> list[tuple[str, bool]]:
        names = sorted(self._names, key=lambda name: name != home)
        return [(name, take_stub) for take_stub in (False, True) for name in names]

    def _outcomes(self, request: bytes, count: int) -> Iterator[Outcome]:
        self._called = True
        talk, seconds = self._conversation, self._limits.case_seconds
        try:
            for payload in talk.answers(guest.CALL, request, guest.ANSWER, seconds, count):
                try:
                    outcome = wire.read_answer(payload)
                except WireError as error:
                    raise talk.give_up(Status.CRASHED, str(error)) from None
                if count == 1 and (printed := talk.printed()):
                    outcome = replace(outcome, printed=printed)
                if outcome.status not in wire.GOES_ON:
                    talk.expect_no_more()
                if outcome.status is Status.OUT_OF_MEMORY:
                    talk.close()  # what it holds on to would starve the next call
                yield outcome
        except Stopped as stopped:
            yield _outcome(stopped)

    def _load(self, module: str) -> Outcome | None:
        """Run the module's file in the present process; what stopped it, if it must be given up."""
        if module in self._broken:
            return self._broken[module]
        if not self._conversation.running:
            self._loaded.clear()
            self._called = False
        if module in self._loaded:
            return None
        try:
            seconds = self._limits.case_seconds * LOAD_FACTOR
            request = wire.load_request(module, seconds)
            payload = self._conversation.ask(guest.LOAD, request, guest.LOADED, seconds)
            try:
                failures = wire.read_loaded(payload)
            except WireError as error:
                raise self._conversation.give_up(Status.CRASHED, str(error)) from None
            self._conversation.printed()
        except Stopped as stopped:
            outcome = _outcome(stopped)
            if self._conversation.seconds > 0:  # else it may not be this file's fault
                self._broken[module] = outcome
                self._ran.add(module)
                self._note_broken(module, outcome)
            return outcome
        self._loaded.add(module)
        if failures and self._called:
            return None
        self._ran.add(module)
        self._keep(failures)
        return None

    def _keep(self, failures: Sequence[LoadFailure]) -> None:
        room = wire.MOST_FAILURES - sum(map(len, self._failures.values()))
        by_file: dict[str, list[LoadFailure]] = {}
        for failure in failures[: max(room, 0)]:
            if failure.filename in self._filenames:
                by_file.setdefault(failure.filename, []).append(failure)
        self._failures.update({name: tuple(own) for name, own in by_file.items()})

    def _note_broken(self, module: str, outcome: Outcome) -> None:
        error = outcome.error
        if error is None or self._called:  # how it ended may tell of what it was called with
            error = StudentError("stopped", f"it {outcome.status.value}", builtin=True)
        for source in self._sources:
            if source.module == module:
                self._failures[source.filename] = (LoadFailure(source.filename, None, error),)


def _outcome(stopped: Stopped) -> Outcome:
    return Outcome(stopped.status, error=stopped.error, printed=stopped.printed)
