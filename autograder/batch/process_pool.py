"""Grades on one machine: in this process, or in worker processes."""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import multiprocessing
import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from pathlib import Path

from autograder.answer_key.assignment import Assignment, pack_assignment
from autograder.batch.schedule import Graded, WorkerDied, grade_batch
from autograder.errors import SandboxError, UsageError
from autograder.judging.grader import Grader
from autograder.model.submission import Submission

_SPARE_SECONDS = 60.0


class OwnProcess:
    """A pool whose only worker is this process. A context manager."""

    capacity = 1

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._grader: Grader | None = None

    def __enter__(self) -> OwnProcess:
        return self

    def __exit__(self, *raised: object) -> None:
        if self._grader is not None:
            self._grader.__exit__(None, None, None)

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        if self._grader is None:
            self._grader = Grader(self._assignment).__enter__()
        future: Future[Graded] = Future()
        future.set_result(grade_batch(self._grader, batch))
        return future


class ProcessPool:
    """A pool of worker processes, each with its own sandbox. A context manager.

    Each worker is an executor with a single process: when a process dies, its executor fails as a
    whole and does not say which batch caused it. A dead worker is replaced.
    """

    def __init__(self, assignment: Assignment, workers: int) -> None:
        self._assignment = pack_assignment(assignment)
        self._threads = ThreadPoolExecutor(workers)
        self._idle: deque[_Worker] = deque()
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False
        self.capacity = 2 * workers

    def __enter__(self) -> ProcessPool:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        with self._lock:
            self._closed = True
            for worker in self._all if kind is not None else ():
                worker.process.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.executor.shutdown()

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        with _no_room():
            return self._threads.submit(self._grade, tuple(batch))

    def _grade(self, batch: tuple[Submission, ...]) -> Graded:
        try:
            worker = self._idle.pop()
        except IndexError:
            worker = self._start()
        try:
            graded = worker.executor.submit(_grade, batch).result()
        except BaseException as error:
            worker.process.kill()
            worker.executor.shutdown()
            with self._lock:
                self._all.discard(worker)
            if isinstance(error, BrokenProcessPool):
                raise worker.death() from error
            raise
        self._idle.append(worker)
        return graded

    def _start(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise WorkerDied("the pool is closed")
            with _no_room():
                worker = _Worker(self._assignment)
            self._all.add(worker)
        return worker


class _Worker:
    """An executor with one running process.

    Workers must be created one at a time: the new process is found by comparing this process's
    children before and after.
    """

    def __init__(self, assignment: bytes) -> None:
        self.executor = ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(assignment,)
        )
        before = set(multiprocessing.active_children())
        with _without_current_folder():
            self.executor.submit(os.getpid)
        self.process: BaseProcess
        # a process that has died already is not among them
        started = set(multiprocessing.active_children()) - before
        if not started:
            self.executor.shutdown()
            raise WorkerDied("the grading process ended twice before it graded this submission")
        (self.process,) = started

    def death(self) -> WorkerDied:
        code = self.process.exitcode
        how = f" (signal {-code})" if code and code < 0 else f" (exit code {code})" if code else ""
        return WorkerDied(f"the grading process ended twice while grading this submission{how}")


@contextlib.contextmanager
def _no_room() -> Iterator[None]:
    """Raise SandboxError with a remedy if the system cannot start a thread or process."""
    try:
        yield
    except (OSError, RuntimeError) as error:  # a thread that cannot start raises RuntimeError
        raise SandboxError(
            f"no grading process can be started ({error}); use fewer --workers, or raise the "
            "limits of processes and open files (`ulimit -u`, `ulimit -n`), then run this again"
        ) from error


@contextlib.contextmanager
def _without_current_folder() -> Iterator[None]:
    """Keep Python processes started in the block from importing from the current folder.

    It may hold submissions, and one may have the name of a standard library module.
    """
    if sys.version_info < (3, 11):  # no PYTHONSAFEPATH before 3.11
        for name in sys.stdlib_module_names.intersection(p.stem for p in Path().iterdir()):
            raise UsageError(
                f"the current folder holds {name}, which Python would take for its own module"
                f" {name}; run the command in another folder, or with --workers 1"
            )
    given = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if given is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = given


# --- in the worker ----------------------------------------------------------------------------

_assignment: Assignment
_grader: Grader | None = None


def _begin(assignment: bytes) -> None:
    """Prepare this worker process: own session, no standard streams, ended with its parent."""
    global _assignment
    if hasattr(os, "setsid"):
        # so that Ctrl-C reaches only the parent, which then ends its workers in order
        os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)  # drop what libraries print: the user only waits for marks
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _assignment = pickle.loads(assignment)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)  # nobody is left to receive the reports


def _grade(batch: tuple[Submission, ...]) -> Graded:
    global _grader
    if _grader is None:
        _grader = Grader(_assignment).__enter__()
        atexit.register(_grader.__exit__, None, None, None)
    # The sandbox enforces its own limits; this ends a worker where it fails to.
    patience = len(batch) * (3 * _assignment.course.limits.submission_seconds + _SPARE_SECONDS)
    faulthandler.dump_traceback_later(patience, exit=True)
    try:
        return grade_batch(_grader, batch)
    finally:
        faulthandler.cancel_dump_traceback_later()
