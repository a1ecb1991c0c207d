"""Runs checks next to the screen, on a thread of their own; a newer one ends the one that runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.errors import AutograderError
from autograder.judging.judge import Judgement, Solutions, judge
from autograder.model import AnswerKey, Course, GroupResult, Source, Submission
from autograder.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from autograder.sandbox.host.session import Session

_AGAIN = 0.05  # s between two tries to end a call: it may only be about to begin


@dataclass(frozen=True)
class Job:
    """What to check."""

    submission: Submission
    first: tuple[str, ...]
    """The exercises whose result is waited for; it is told before the others are run."""
    others: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """What came of a part of a job."""

    job: Job
    judgement: Judgement
    seconds: Mapping[str, float]
    """By exercise, how long its function ran."""
    last: bool
    """Whether the job is done."""


@dataclass(frozen=True)
class Broken:
    """A job that came to nothing, through our own fault."""

    job: Job
    error: AutograderError


class Cancelled(Exception):
    """A newer job has taken the place of this one."""


class Checker:
    """One job at a time, on a thread of its own. A context manager.

    `tell` is called on that thread with what was found. Sessions are opened on it too, so nothing
    else may use the sandbox in the meantime.
    """

    def __init__(
        self,
        course: Course,
        key: AnswerKey,
        sandbox: Sandbox,
        support: Sequence[Source],
        solutions: Solutions,
        tell: Callable[[Found | Broken], None] = lambda found: None,
    ) -> None:
        self._course = course
        self._key = key
        self._sandbox = sandbox
        self._support = support
        self._solutions = solutions
        self.tell = tell
        self._changed = threading.Condition()
        self._wanted: Job | None = None
        self._running: Job | None = None
        self._closed = False
        self._session: Session | None = None
        self._now = ""
        self._began = 0.0
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Checker:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        while self._thread.is_alive():
            self._interrupt()
            self._thread.join(_AGAIN)

    @property
    def now(self) -> tuple[str, float] | None:
        """The exercise that runs, "" before the first does, and the seconds since the job began."""
        with self._changed:
            if self._running is None and self._wanted is None:
                return None
            return self._now, time.monotonic() - self._began

    def start(self, job: Job) -> None:
        """Begin with this job at once; the one that runs is given up, and nothing told of it."""
        with self._changed:
            if self._running is None and self._wanted is None:
                self._now, self._began = "", time.monotonic()
            self._wanted = job
            self._changed.notify_all()

    def run(self, job: Job, tell: Callable[[Found], None]) -> None:
        """Do the job on this thread. Raises SandboxError, and Cancelled where another is wanted."""
        known: dict[str, tuple[GroupResult, ...]] = {}
        parts = [names for names in (job.first, job.others) if names]
        for names in parts:
            seconds: dict[str, float] = {}
            judged = judge(
                self._course,
                self._key,
                job.submission,
                lambda sources, seconds=seconds: self._open(sources, seconds),  # type: ignore[misc]
                names=names,
                solutions=lambda: self._solutions,
                known=known,
                shows_hidden=True,
            )
            known |= {one.exercise.name: one.results for one in judged.exercises}
            tell(Found(job, judged, seconds, names is parts[-1]))

    def _work(self) -> None:
        while True:
            with self._changed:
                self._running = None
                while self._wanted is None and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                assert self._wanted is not None
                job = self._running = self._wanted
                self._wanted = None
                self._now, self._began = "", time.monotonic()
            stop = threading.Event()
            guard = threading.Thread(target=self._guard, args=(stop,), daemon=True)
            guard.start()
            try:
                self.run(job, self._tell)
            except Cancelled:
                continue
            except AutograderError as error:
                if not self._given_up:
                    self._done()
                    self.tell(Broken(job, error))
            finally:
                stop.set()
                guard.join()

    def _tell(self, found: Found) -> None:
        if self._given_up:
            raise Cancelled
        if found.last:
            self._done()
        self.tell(found)

    def _done(self) -> None:
        with self._changed:
            self._running = None

    def _guard(self, stop: threading.Event) -> None:
        """End the call that runs as soon as its job is given up."""
        while not stop.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._given_up or stop.is_set(), _AGAIN)
            if self._given_up:
                self._interrupt()
                stop.wait(_AGAIN)

    @property
    def _given_up(self) -> bool:
        return self._wanted is not None or self._closed

    def _interrupt(self) -> None:
        session = self._session
        if session is not None:
            session.interrupt()

    @contextmanager
    def _open(self, sources: Sequence[Source], seconds: dict[str, float]) -> Iterator[Any]:
        with self._sandbox.session(sources, self._support) as session:
            self._session = session
            try:
                yield _Watched(self, session, seconds)
            finally:
                self._session = None

    def entered(self, function: str) -> None:
        """Note what runs now. Raises Cancelled where the job was given up."""
        self._now = function
        if self._given_up:
            raise Cancelled


class _Watched:
    """A session that says what it is asked, and stops when the job is given up."""

    def __init__(self, checker: Checker, session: Session, seconds: dict[str, float]) -> None:
        self._checker = checker
        self._session = session
        self._seconds = seconds

    def load_failures(self) -> Any:
        """As the session itself."""
        return self._session.load_failures()

    def call(self, function: str, home: str, arguments: Any) -> Any:
        """As the session itself."""
        self._checker.entered(function)
        outcome = self._session.call(function, home, arguments)
        self._checker.entered(function)
        return outcome

    def run(self, jobs: Any) -> Iterator[Any]:
        """As the session itself."""
        functions = iter([job.function for job in jobs for _ in job.calls])
        function = next(functions, "")
        self._checker.entered(function)
        began = time.monotonic()
        for outcome in self._session.run(jobs):
            passed, began = time.monotonic() - began, time.monotonic()
            self._seconds[function] = self._seconds.get(function, 0.0) + passed
            function = next(functions, function)
            self._checker.entered(function)
            yield outcome
