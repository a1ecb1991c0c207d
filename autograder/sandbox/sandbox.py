"""The sandbox: sessions that run submissions one after another, on a warm server."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count, takewhile
from types import MappingProxyType

from autograder.model.course import Exercise, Limits
from autograder.model.report import Isolation
from autograder.model.submission import LoadFailure, Outcome, Source, Status, StudentError
from autograder.model.values import Value
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.host import wire
from autograder.sandbox.host.conversation import Conversation, Stopped
from autograder.sandbox.host.launch import ForkServer, FreshInterpreters, Launched, launch_server
from autograder.sandbox.host.wire import Call, Job, WireError
from autograder.sandbox.kernel_layers import LAYERS

_FINDING = (guest.LOADING, guest.LOADED, guest.FOUND)
_CALLING = (guest.ANSWER,)
_LOAD_FACTOR = 2
"""The time limit for running a file and what it imports, as a multiple of a call's."""
_IMPATIENT_FACTOR = 0.25
"""The same where only its errors are wanted, and a call has run out of time before."""
_Search = tuple[str, Sequence[wire.Place]]
"""A function, and the places to look for it in this order."""


class Sandbox(contextlib.ExitStack):
    """A warm server; as a context manager, it ends the server and all its children.

    Students' code may import numpy and `packages`. The functions of `exercises` are looked for
    together; what one of them forbids raises an error in its calls, unless that costs only a share
    of the points. `layers` names the isolation layers
    to apply, from `kernel_layers.LAYERS`; layers that the machine refuses stay off, as `isolation`
    reports. `launched` is a server that was started earlier. It was started without packages, so if
    there are any, it is closed and replaced. If `warm` is false, each session gets a fresh
    interpreter, with process isolation only.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        packages: Collection[str] = (),
        exercises: Collection[Exercise] = (),
        layers: Collection[str] = LAYERS,
        launched: Launched | None = None,
        warm: bool = hasattr(os, "fork"),
    ) -> None:
        super().__init__()
        self._limits = limits
        self._functions = [(one.name, one.part) for one in exercises]
        self._rules = {
            one.name: guest.Rule(one.forbid, one.uses)
            for one in exercises
            if one.forbid and one.forbid_penalty == 1.0
        }
        self._ahead: Session | None = None
        self._children: ForkServer | FreshInterpreters
        if launched and packages:
            launched.close()
            launched = None
        if warm:
            launched = launched or launch_server(layers, packages=packages)
            self._children = ForkServer(limits, launched)
        else:
            self._children = FreshInterpreters(limits, packages)
        if "undumpable" in layers and sys.platform == "linux":
            self.enter_context(_undumpable())
        self.callback(self._children.close)
        self.callback(self._end_ahead)

    @property
    def isolation(self) -> Isolation:
        """Which protections are on, and why the others are off. Waits until the server is ready."""
        states = self._children.states
        on = {name for name, state in states.items() if state.startswith("on")}
        if "seccomp" not in on:
            return Isolation("process", states)
        # "full" does not require Landlock: the seccomp list allows no call that opens a file.
        return Isolation("full" if on & {"namespaces", "uid"} else "partial", states)

    def session(
        self,
        sources: Sequence[Source],
        support: Sequence[Source] = (),
        *,
        case_seconds: float | None = None,
    ) -> Session:
        """Return a session for one submission. Nothing runs before its first call, unless `prepare`
        was called for it.

        `support` are the course's own files that students' code may import.
        `case_seconds`, if given, overrides the value in the limits.
        """
        ahead = self._ahead
        if ahead and case_seconds is None and ahead.is_of(sources, support):
            self._ahead = None
            return ahead
        seconds = self._limits.case_seconds if case_seconds is None else case_seconds
        limits = replace(self._limits, case_seconds=seconds)
        return Session(
            self._children,
            limits,
            sources,
            support,
            self._rules,
            self._functions,
            meanwhile=self._begin_ahead,
        )

    def prepare(self, sources: Sequence[Source], support: Sequence[Source] = ()) -> None:
        """Let a process run these files while the current submission is graded.

        It starts when that one's process is busy with calls. The next call of `session` with the
        same arguments returns its session. Does nothing where children are not isolated from each
        other, or where there is no second core.
        """
        if self._ahead and self._ahead.is_of(sources, support):
            return
        self._end_ahead()
        if self._children.runs_ahead:
            self._ahead = self.session(sources, support)

    def _begin_ahead(self) -> None:
        if self._ahead is not None:
            self._ahead.begin()

    def _end_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.close()


_undumpable_lock = threading.Lock()
_undumpable_users = 0
_dumpable_before = 0


@contextlib.contextmanager
def _undumpable() -> Iterator[None]:
    """Keep other processes of this user from reading the answers in our memory.

    The setting belongs to the whole process, so the users are counted: the first one saves the old
    value, and the last one restores it.
    """
    from autograder.sandbox.kernel_layers import linux  # loads on Linux only

    global _undumpable_users, _dumpable_before
    with _undumpable_lock:
        if not _undumpable_users:
            _dumpable_before = linux.prctl(linux.PR_GET_DUMPABLE)
            linux.prctl(linux.PR_SET_DUMPABLE, 0)
        _undumpable_users += 1
    try:
        yield
    finally:
        with _undumpable_lock:
            _undumpable_users -= 1
            if not _undumpable_users and _dumpable_before == 1:  # only 0 and 1 can be set
                linux.prctl(linux.PR_SET_DUMPABLE, 1)


class Session:
    """One submission in the sandbox; use it as a context manager."""

    def __init__(
        self,
        children: ForkServer | FreshInterpreters,
        limits: Limits,
        sources: Sequence[Source],
        support: Sequence[Source] = (),
        rules: Mapping[str, guest.Rule] = MappingProxyType({}),
        functions: Sequence[tuple[str, str]] = (),
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self._limits = limits
        self._functions = functions
        """The (name, home) of functions that are likely to be called."""
        self._meanwhile = meanwhile
        """Called when the process has received calls, and the host would only wait."""
        self._sources = tuple(sources)
        self._support = tuple(support)
        named: dict[str, Source] = {}
        for source in sources:
            versions = (f"{source.module}{guest.VERSION}{number}" for number in count(2))
            named[next(n for n in chain([source.module], versions) if n not in named)] = source
        self._named = {name: source for name, source in named.items() if source.cells}
        """The modules with code. A source without cells only marks a missing file."""
        self._names = list(self._named)
        self._filenames = {source.filename for source in (*sources, *support)}
        self._reported: set[str] = set()
        """Modules whose load failures, if there are any, have been fully reported."""
        self._called = False
        """Whether the current process has received calls, so that it may know hidden inputs."""
        self._hung = False
        """Whether a call ran out of time."""
        self._places: dict[tuple[str, str], wire.Place | None] = {}
        """Where the current process has each function, by (name, home); None if not found."""
        self._stubs: dict[tuple[str, str], Outcome] = {}
        """What each call of an untouched stub gives, as far as it is known."""
        self._loading = ""
        """The module whose file is being run."""
        self._broken: dict[str, Outcome] = {}
        """Modules that hung or crashed when they were run, with the outcome to report."""
        self._failures: dict[str, tuple[LoadFailure, ...]] = {}
        kept, sent = (support, ()) if children.keeps_support else ((), support)
        packed = wire.sources_request((), kept, ())
        self._conversation = Conversation(
            lambda: children.start(packed),
            lambda: wire.sources_request(self._sources, sent, self._broken, rules),
            limits.submission_seconds,
        )

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the submission's process and all processes it started."""
        self._conversation.close()

    def is_of(self, sources: Sequence[Source], support: Sequence[Source]) -> bool:
        """Whether this is a session for these files."""
        return self._sources == tuple(sources) and self._support == tuple(support)

    def begin(self) -> None:
        """Start running the files, and look for the functions that are likely to be called."""
        if self._functions and not self._conversation.is_ahead:
            request = wire.find_request(self._searches(self._functions), self._find_seconds())
            self._conversation.begin(guest.FIND, request)

    def interrupt(self) -> None:
        """Stop the running request, from another thread; its process then counts as crashed."""
        self._conversation.interrupt()

    def load_failures(self) -> tuple[LoadFailure, ...]:
        """Return the errors that files and cells stop with; runs the files not run yet.

        After a call that ran out of time, these get little time, and one that uses it up is not
        reported: it most likely makes the same call, as the lessons' own checks do.

        An error's text is shown to the student, and may contain anything that the process knows. So
        it is taken only from a process that has not received calls, and with them hidden inputs.
        """
        if self._called and set(self._names) - self._reported:
            self._conversation.close()
        factor = _IMPATIENT_FACTOR if self._hung else _LOAD_FACTOR
        before = set(self._failures)
        with contextlib.suppress(Stopped):  # no time is left
            while left := [name for name in self._names if name not in self._reported]:
                if self._find([("", [(name, False) for name in left])], factor) is not None:
                    break
        if self._hung:
            self._failures = {
                name: tuple(one for one in own if name in before or not self._took_too_long(one))
                for name, own in self._failures.items()
            }
        return self._all_failures()

    def _took_too_long(self, failure: LoadFailure) -> bool:
        """Whether the file ran out of time: by an exception in it, or the process was ended."""
        if failure.error.builtin and failure.error.type == "TimeoutError":
            return True
        return any(
            outcome.status is Status.OUT_OF_TIME
            for name, outcome in self._broken.items()
            if name in self._named and self._named[name].filename == failure.filename
        )

    def call(
        self,
        function: str,
        home: str,
        arguments: Sequence[Value],
        *,
        keeps_arguments: bool = False,
        read_only: bool = False,
    ) -> Outcome:
        """Call the submission's function with these positional arguments; return the outcome.

        Raises SandboxError if the sandbox itself fails.
        """
        return next(self.run([Job(function, home, [Call(arguments, keeps_arguments, read_only)])]))

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        """Make the calls of these jobs in order; yield each outcome when it arrives.

        A function is looked for in the job's `home` first, then in all other modules in order of
        name; an untouched stub is used only if no module has a written function. An outcome whose
        status is not in `wire.GOES_ON` is the last one. Printed output is reported only if there is
        a single call. Raises SandboxError if the sandbox itself fails.
        """
        left = list(jobs)
        alone = sum(len(job.calls) for job in left) == 1
        if alone and (left[0].function, left[0].home) in self._stubs:
            yield self._stubs[left[0].function, left[0].home]
            return
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
            self._hung |= stopped.outcome.status is Status.OUT_OF_TIME
            yield stopped.outcome

    def _place(self, job: Job) -> wire.Place | None:
        return self._places.get((job.function, job.home))

    def _missing(self, home: str) -> Outcome:
        """The outcome for a function that was not found: that of a broken file, if any."""
        broken = (self._broken[name] for name in self._in_order(home) if name in self._broken)
        return next(broken, Outcome(Status.MISSING))

    def _in_order(self, home: str) -> list[str]:
        return sorted(self._names, key=lambda name: name.partition(guest.VERSION)[0] != home)

    def _look_for(self, jobs: Sequence[Job]) -> None:
        """Find the functions in the current process or a new one. Raises Stopped."""
        while True:
            self._begin()
            asked = dict.fromkeys(
                chain(self._functions, ((job.function, job.home) for job in jobs))
            )
            new = [key for key in asked if key not in self._places]
            if set(self._names) <= self._broken.keys():
                self._places |= dict.fromkeys(new)  # there is nowhere to look
                return
            if not new:
                return
            found = self._find(self._searches(new))
            if found is not None:
                self._places |= dict(zip(new, found, strict=True))
                return

    def _searches(self, functions: Iterable[tuple[str, str]]) -> list[_Search]:
        """Each function with the places to look for it."""
        searches: list[_Search] = []
        for function, home in functions:
            names = [name for name in self._in_order(home) if name not in self._broken]
            places = [(name, take_stub) for take_stub in (False, True) for name in names]
            searches.append((function, places))
        return searches

    def _begin(self) -> None:
        """Reset what is known about the process if the next request goes to a new one."""
        if not self._conversation.running:
            self._called = False
            self._places.clear()

    def _find_seconds(self, factor: float = _LOAD_FACTOR) -> float:
        return self._limits.case_seconds * factor

    def _find(
        self, searches: Sequence[_Search], factor: float = _LOAD_FACTOR
    ) -> list[wire.Place | None] | None:
        """Return the place of each function, or None if the files have to be run again.

        They have to if a file hung or crashed while it was run. `factor` is a file's time limit as
        a multiple of a call's. Raises Stopped if no time is left.
        """
        self._begin()
        ahead, seconds = self._conversation.is_ahead, self._find_seconds(factor)
        try:
            found = self._receive_places(searches, seconds)
        except Stopped as stopped:
            if ahead:
                self._start_over()
            else:
                self._note_broken(stopped)
            return None
        late = ahead and any(map(self._took_too_long, self._all_failures()))
        if late and not self._conversation.has_used(seconds):
            # It may only have waited until somebody read its output.
            self._start_over()
            return None
        return found

    def _receive_places(
        self, searches: Sequence[_Search], seconds: float
    ) -> list[wire.Place | None]:
        """Ask for the places and note what the files that are run stop with. Raises Stopped."""
        talk = self._conversation
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
            raise talk.give_up(Status.CRASHED, str(error)) from None
        return found

    def _start_over(self) -> None:
        """Forget the process that was started ahead, so that the files are run in their turn."""
        self._conversation.close()
        self._conversation.seconds = self._limits.submission_seconds
        self._reported.clear()
        self._failures.clear()

    def _all_failures(self) -> tuple[LoadFailure, ...]:
        return tuple(failure for name in sorted(self._failures) for failure in self._failures[name])

    def _answers(self, jobs: Sequence[Job], *, keep_printed: bool) -> Iterator[Outcome]:
        """Make the calls of functions that were found; yield the outcomes. Raises Stopped."""
        self._called = True
        talk, seconds = self._conversation, self._limits.case_seconds
        placed = [(job, place) for job in jobs if (place := self._place(job))]
        talk.ask(guest.CALL, wire.call_request(placed, seconds), seconds)
        self._meanwhile()
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
                if keep_printed and outcome.status is Status.NOT_WRITTEN and placed[0][1][1]:
                    self._stubs[jobs[0].function, jobs[0].home] = outcome
                self._hung |= outcome.status is Status.OUT_OF_TIME
                if outcome.status not in wire.GOES_ON:
                    talk.break_off()
                elif not left:
                    talk.finish()
                if outcome.status is Status.OUT_OF_MEMORY:
                    talk.end()  # a child that still holds the memory could fail the next call
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
        """Record that the file being run hung or crashed.

        Raises Stopped if no file was being run, or if no time is left.
        """
        module, self._loading = self._loading, ""
        if not module or self._conversation.seconds <= 0:
            raise stopped
        outcome = self._broken[module] = stopped.outcome
        self._reported.add(module)
        error = outcome.error
        if error is None or self._called:  # how it ended may reveal hidden inputs
            error = StudentError("stopped", f"it {outcome.status.value}", builtin=True)
        if module in self._named:
            filename = self._named[module].filename
            self._failures[filename] = (LoadFailure(filename, None, error),)
