"""Finds and calls the functions of one submission."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, count, takewhile
from typing import Protocol

from autograder.model import Limits, LoadFailure, Outcome, Source, Status, StudentError, Value
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.host import wire
from autograder.sandbox.host.conversation import Child, Conversation, Stopped
from autograder.sandbox.host.values import WireError
from autograder.sandbox.host.wire import Call, Job

_FINDING = (guest.LOADING, guest.LOADED, guest.FOUND)
_CALLING = (guest.ANSWER,)
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
        named: dict[str, Source] = {}
        for source in sources:
            versions = (f"{source.module}{guest.VERSION}{number}" for number in count(2))
            named[next(n for n in chain([source.module], versions) if n not in named)] = source
        self._named = {name: source for name, source in named.items() if source.cells}
        """Modules that have something to run; one without only stands for a missing file."""
        self._names = sorted(self._named)
        self._filenames = {source.filename for source in (*sources, *support)}
        self._reported: set[str] = set()
        """Modules whose load failures, if there are any, have been fully reported."""
        self._called = False
        """Whether the present process was called, so that it knows inputs which may be hidden."""
        self._places: dict[tuple[str, str], wire.Place | None] = {}
        """Where the present process has each function, by its name and its home; None: nowhere."""
        self._loading = ""
        """The module whose file is being run."""
        self._broken: dict[str, Outcome] = {}
        """Modules that hung or crashed when they were run, with how."""
        self._failures: dict[str, tuple[LoadFailure, ...]] = {}
        sent = () if children.keeps_support else support
        self._conversation = Conversation(
            lambda: children.start(support),
            lambda: wire.sources_request(self._sources, sent, self._broken),
            limits.submission_seconds,
        )

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the submission's process, and all that it started."""
        self._conversation.close()

    def interrupt(self) -> None:
        """End the process that is being asked, from another thread; it then counts as crashed."""
        self._conversation.interrupt()

    def load_failures(self) -> tuple[LoadFailure, ...]:
        """The files and cells that stop with an error; runs those that were not run yet.

        An error's text may say whatever its file came to know. It is shown to the student, so it is
        taken from a process only that was not called before.
        """
        if self._called and set(self._names) - self._reported:
            self._conversation.close()
        with contextlib.suppress(Stopped):  # there is no time left
            while left := [name for name in self._names if name not in self._reported]:
                if self._find([("", [(name, False) for name in left])]) is not None:
                    break
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
        return next(self.run([Job(function, home, [Call(arguments, keeps_arguments, read_only)])]))

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        """What the submission's functions do in each call of these jobs in turn, as it comes.

        A function is looked for in the job's `home` first, then in every other module, by name; one
        that is an untouched stub gives way to one that is written. An outcome that is not in
        `wire.GOES_ON` is the last. What was printed is reported only if there is a single call.
        Raises SandboxError where the sandbox itself fails.
        """
        left = list(jobs)
        alone = sum(len(job.calls) for job in left) == 1
        try:
            while left:
                self._look_for(left)
                there = list(takewhile(self._place, left))
                if not there:
                    yield self._missing(left[0].home)
                    return
                for outcome in self._answers(there, keep_printed=alone):
                    yield outcome
                    if outcome.status not in wire.GOES_ON:
                        return
                left = left[len(there) :]
        except Stopped as stopped:
            yield _outcome(stopped)

    def _place(self, job: Job) -> wire.Place | None:
        return self._places.get((job.function, job.home))

    def _missing(self, home: str) -> Outcome:
        """The outcome of a function that was found nowhere: that of a file which broke, if any."""
        broken = (self._broken[name] for name in self._in_order(home) if name in self._broken)
        return next(broken, Outcome(Status.MISSING))

    def _in_order(self, home: str) -> list[str]:
        return sorted(self._names, key=lambda name: name.partition(guest.VERSION)[0] != home)

    def _look_for(self, jobs: Sequence[Job]) -> None:
        """Find the functions in the present process, or a new one; raises Stopped."""
        while True:
            self._begin()
            asked = dict.fromkeys((job.function, job.home) for job in jobs)
            new = [key for key in asked if key not in self._places]
            if set(self._names) <= self._broken.keys():
                self._places |= dict.fromkeys(new)  # there is nowhere to look
                return
            if not new:
                return
            searches = []
            for function, home in new:
                names = [name for name in self._in_order(home) if name not in self._broken]
                places = [(name, take_stub) for take_stub in (False, True) for name in names]
                searches.append((function, places))
            found = self._find(searches)
            if found is not None:
                self._places |= dict(zip(new, found, strict=True))
                return

    def _begin(self) -> None:
        """Take note if what comes next goes to a new process."""
        if not self._conversation.running:
            self._called = False
            self._places.clear()

    def _find(
        self, searches: Sequence[tuple[str, Sequence[wire.Place]]]
    ) -> list[wire.Place | None] | None:
        """Where each of these functions is; None if a file broke when it was run for that.

        Raises Stopped if there is no time left.
        """
        self._begin()
        talk, seconds = self._conversation, self._limits.case_seconds * LOAD_FACTOR
        found: list[wire.Place | None] = []
        self._loading = ""
        try:
            talk.ask(guest.FIND, wire.find_request(searches, seconds), seconds)
            while len(found) < len(searches):
                ((kind, payload),) = talk.receive(_FINDING, seconds)
                if kind == guest.LOADING:
                    self._loading = wire.read_loading(payload, self._names)
                elif kind == guest.LOADED:
                    self._note_loaded(wire.read_loaded(payload))
                else:
                    found.append(wire.read_found(payload, searches[len(found)][1]))
            talk.finish()
            talk.printed()
        except WireError as error:
            self._note_broken(talk.give_up(Status.CRASHED, str(error)))
            return None
        except Stopped as stopped:
            self._note_broken(stopped)
            return None
        return found

    def _answers(self, jobs: Sequence[Job], *, keep_printed: bool) -> Iterator[Outcome]:
        """The outcomes of calls of functions that were found; raises Stopped."""
        self._called = True
        talk, seconds = self._conversation, self._limits.case_seconds
        placed = [(job, place) for job in jobs if (place := self._place(job))]
        talk.ask(guest.CALL, wire.call_request(placed, seconds), seconds)
        left = sum(len(job.calls) for job in jobs)
        while left:
            for _, payload in talk.receive(_CALLING, seconds, left):
                left -= 1
                try:
                    outcome = wire.read_answer(payload)
                except WireError as error:
                    raise talk.give_up(Status.CRASHED, str(error)) from None
                if keep_printed and (printed := talk.printed()):
                    outcome = replace(outcome, printed=printed)
                if outcome.status not in wire.GOES_ON:
                    talk.break_off()
                elif not left:
                    talk.finish()
                if outcome.status is Status.OUT_OF_MEMORY:
                    talk.end()  # what it holds on to would starve the next call
                yield outcome
            if not keep_printed:
                talk.forget_printed()

    def _note_loaded(self, failures: Sequence[LoadFailure]) -> None:
        module, self._loading = self._loading, ""
        if failures and self._called:
            return
        self._reported.add(module)
        room = wire.MOST_FAILURES - sum(map(len, self._failures.values()))
        by_file: dict[str, list[LoadFailure]] = {}
        for failure in failures[: max(room, 0)]:
            if failure.filename in self._filenames:
                by_file.setdefault(failure.filename, []).append(failure)
        self._failures.update({name: tuple(own) for name, own in by_file.items()})

    def _note_broken(self, stopped: Stopped) -> None:
        """The file that was being run broke; raises Stopped if it may not be its fault."""
        module, self._loading = self._loading, ""
        if not module or self._conversation.seconds <= 0:
            raise stopped
        outcome = self._broken[module] = _outcome(stopped)
        self._reported.add(module)
        error = outcome.error
        if error is None or self._called:  # how it ended may tell of what it was called with
            error = StudentError("stopped", f"it {outcome.status.value}", builtin=True)
        if module in self._named:
            filename = self._named[module].filename
            self._failures[filename] = (LoadFailure(filename, None, error),)


def _outcome(stopped: Stopped) -> Outcome:
    return Outcome(stopped.status, error=stopped.error, printed=stopped.printed)
