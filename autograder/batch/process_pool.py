"""The workers of one machine."""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, cast

from autograder.answer_key.assignment import Assignment
from autograder.batch.schedule import Graded, WorkerDied, grade_batch
from autograder.errors import AutograderError
from autograder.judging.grader import Grader
from autograder.model import Submission

# -I keeps the current folder, which may hold submissions, off the path of a trusted process
_START = """\
import sys; sys.path[:] = sys.argv[1:]
from autograder.batch.worker_process import main; main()
"""
_FAREWELL_SECONDS = 5.0


class OwnProcess:
    """A pool of one worker: this process. A context manager."""

    capacity = 1

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._grader: Grader | None = None

    def __enter__(self) -> OwnProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._grader is not None:
            self._grader.__exit__(kind, error, trace)

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        if self._grader is None:
            self._grader = Grader(self._assignment).__enter__()
        future: Future[Graded] = Future()
        future.set_result(grade_batch(self._grader, batch))
        return future


class ProcessPool:
    """A pool of worker processes, each with its own sandbox. A context manager.

    Worker processes are fresh interpreters, never forks of this one. They start when the first
    batches come, are replaced when they die, and die with this process.
    """

    def __init__(self, assignment: Assignment, workers: int) -> None:
        # only protocol 5 hands arrays over without a copy
        self._assignment = pickle.dumps(assignment, protocol=5)
        self._threads = ThreadPoolExecutor(workers)
        self._idle: deque[WorkerProcess] = deque()
        self._all: set[WorkerProcess] = set()
        self._lock = threading.Lock()
        self._closed = False
        self.capacity = 2 * workers

    def __enter__(self) -> ProcessPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._closed = True
            for worker in self._all:
                if kind is None:
                    worker.dismiss()
                else:
                    worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.wait()

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        return self._threads.submit(self._grade, tuple(batch))

    def _grade(self, batch: tuple[Submission, ...]) -> Graded:
        worker = self._idle.pop() if self._idle else self._start()
        try:
            graded = worker.grade(batch)
        except BaseException:
            worker.kill()
            worker.wait()
            with self._lock:
                self._all.discard(worker)
            raise
        self._idle.append(worker)
        return graded

    def _start(self) -> WorkerProcess:
        with self._lock:
            if self._closed:
                raise WorkerDied("the pool is closed")
            worker = WorkerProcess()
            self._all.add(worker)
        worker.begin(self._assignment)
        return worker


class WorkerProcess:
    """The near end of one worker process."""

    def __init__(self) -> None:
        package = str(Path(__file__).resolve().parents[2])
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, *filter(None, sys.path), package],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # a Ctrl-C of the terminal is for this process, which then ends the workers in order
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def begin(self, assignment: bytes) -> None:
        """Hand over the assignment. Raises what the worker met when it opened its sandbox."""
        self._send(assignment)
        self._receive()

    def grade(self, batch: tuple[Submission, ...]) -> Graded:
        """Raises WorkerDied where the process ends before it answers."""
        self._send(pickle.dumps(batch, protocol=5))
        return cast(Graded, self._receive())

    def dismiss(self) -> None:
        """Ask the worker to end; it does so once it is idle."""
        with contextlib.suppress(OSError):
            cast(IO[bytes], self._process.stdin).close()

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> None:
        """Return when the process has ended, killed if it takes too long, its pipes closed."""
        try:
            self._process.wait(_FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self.dismiss()
        cast(IO[bytes], self._process.stdout).close()

    def _send(self, message: bytes) -> None:
        pipe = cast(IO[bytes], self._process.stdin)
        try:
            pipe.write(message)
            pipe.flush()
        except (OSError, ValueError) as error:
            raise self._death() from error

    def _receive(self) -> object:
        try:
            answer = pickle.load(cast(IO[bytes], self._process.stdout))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
            raise self._death() from error
        if isinstance(answer, AutograderError):
            raise answer
        return answer

    def _death(self) -> WorkerDied:
        self.kill()
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return WorkerDied(f"the grading process ended twice while grading this submission ({how})")
