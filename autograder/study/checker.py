"""Runs checks on a background thread; a new check cancels the running one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.errors import AutograderError
from autograder.judging.judge import Judgement, Solutions, judge
from autograder.model.course import AnswerKey, Course
from autograder.model.report import GroupResult
from autograder.model.submission import Source, Submission
from autograder.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from autograder.sandbox.sandbox import Session

_AGAIN = 0.05  # s between attempts to interrupt a call, which may not have started yet


@dataclass(frozen=True)
class Job:
    """A submission and the exercises to check."""

    submission: Submission
    first: tuple[str, ...]
    """The exercises whose result the student waits for; reported before the others are run."""
    others: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """The results of one part of a job."""

    job: Job
    judgement: Judgement
    seconds: Mapping[str, float]
    """By exercise, how long its function ran."""
    last: bool
    """Whether this completes the job."""


@dataclass(frozen=True)
class Broken:
    """A job that failed through the grader's fault."""

    job: Job
    error: AutograderError


class Cancelled(Exception):
    """A newer job has replaced this one."""


class Checker:
    """Runs one job at a time on its own thread. A context manager.

    `tell` is called on that thread with the results. Sandbox sessions are opened on it too, so
    nothing else may use the sandbox in the meantime.
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
        """The exercise being run ("" before the first one) and the seconds since the job began.

        None if no check is running.
        """
        with self._changed:
            if self._running is None and self._wanted is None:
                return None
            return self._now, time.monotonic() - self._began

    def start(self, job: Job) -> None:
        """Start this job at once; cancel the running one and drop its results."""
        with self._changed:
            if self._running is None and self._wanted is None:
                self._now, self._began = "", time.monotonic()
            self._wanted = job
            self._changed.notify_all()

    def run(self, job: Job, tell: Callable[[Found], None]) -> None:
        """Run the job on this thread. Raises SandboxError, or Cancelled if a newer job waits."""
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
                solutions=lambda wrong: self._solutions,
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
        """Interrupt the running call as soon as its job is cancelled."""
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
        """Record the function being run. Raises Cancelled if the job was cancelled."""
        self._now = function
        if self._given_up:
            raise Cancelled


class _Watched:
    """A session that reports each call to the checker, and stops when the job is cancelled."""

    def __init__(self, checker: Checker, session: Session, seconds: dict[str, float]) -> None:
        self._checker = checker
        self._session = session
        self._seconds = seconds

    def load_failures(self) -> Any:
        """Delegate to the session."""
        return self._session.load_failures()

    def call(self, function: str, home: str, arguments: Any) -> Any:
        """Delegate to the session."""
        self._checker.entered(function)
        outcome = self._session.call(function, home, arguments)
        self._checker.entered(function)
        return outcome

    def run(self, jobs: Any) -> Iterator[Any]:
        """Delegate to the session, and add up the seconds of each function."""
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
