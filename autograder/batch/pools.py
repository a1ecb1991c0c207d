"""The pools that grade batches: this process, worker processes, or a Dask cluster's workers."""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import logging
import multiprocessing
import os
import pickle
import re
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from autograder.answer_key.assignment import Assignment, digest_assignment, pack_assignment
from autograder.batch.schedule import Graded, WorkerDied, grade_batch
from autograder.errors import SandboxError, UsageError
from autograder.fixed_names import NAME, installed
from autograder.judging.grader import Grader
from autograder.model.submission import Submission

_SPARE_SECONDS = 60.0


class OwnProcess(contextlib.ExitStack):
    """A pool whose only worker is this process. A context manager."""

    capacity = 1

    def __init__(self, assignment: Assignment) -> None:
        super().__init__()
        self._assignment = assignment
        self._grader: Grader | None = None

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        if self._grader is None:
            self._grader = self.enter_context(Grader(self._assignment))
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


# --- the workers of a Dask cluster --------------------------------------------------------------


_CONNECT_SECONDS = 15


class ClusterPool:
    """A pool of the workers known to a Dask scheduler. A context manager.

    Submissions are sent as bytes and reports come back, so no shared file system is needed. The
    assignment is sent to every worker once. When a worker dies, Dask itself gives its batch to
    another one; a batch that kills several workers ends in WorkerDied.

    Entering it raises UsageError if the scheduler does not answer or has no workers, or if a
    worker lacks this package or has another version of it.
    """

    def __init__(self, assignment: Assignment, scheduler: str) -> None:
        self._assignment = assignment
        self._scheduler = scheduler

    def __enter__(self) -> ClusterPool:
        self._client = _connect(self._scheduler)
        try:
            threads = sum(self._client.nthreads().values())
            if not threads:
                raise UsageError(
                    f"--scheduler {self._scheduler}: it has no workers;"
                    f" start some with `dask worker {self._scheduler} --nthreads 1`"
                )
            _require_same_engine(self._client, self._scheduler)
            self.capacity = 2 * threads
            digest = digest_assignment(self._assignment, _engine())
            self._name = f"{digest} {self._assignment.least_level}"
            pickled = pack_assignment(self._assignment)
            self._scattered = self._client.scatter(pickled, broadcast=True)
            self._executor = self._client.get_executor(pure=False)
        except BaseException:
            self._client.close()
            raise
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self._executor.shutdown(wait=kind is None)
        self._client.close()

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        promise: Future[Graded] = Future()
        future = self._executor.submit(grade_on_worker, self._name, self._scattered, tuple(batch))
        future.add_done_callback(lambda done: _keep(promise, done))
        return promise


def grade_on_worker(name: str, assignment: bytes, batch: tuple[Submission, ...]) -> Graded:
    """Grade a batch on a cluster worker, in the warm sandbox of the calling thread.

    Each thread keeps the grader of the assignment it saw last, and makes a new one only when
    `name` changes. The assignment therefore comes as pickled bytes rather than as an object: Dask
    drops data unused for two seconds and sends it again on demand, which would give a new object.
    """
    known: tuple[str, Grader] | None = getattr(_thread, "known", None)
    if known is None or known[0] != name:
        if known is not None:
            known[1].__exit__(None, None, None)
            del _thread.known
        known = _thread.known = name, Grader(pickle.loads(assignment)).__enter__()
    return grade_batch(known[1], batch)


_thread = threading.local()


def _engine() -> str:
    return installed().version


def _connect(scheduler: str) -> Any:
    if not re.fullmatch(r"(tcp|tls|ws|wss)://[^/\s]+:\d+", scheduler):
        raise UsageError(
            f"--scheduler {scheduler}: no address of a scheduler; give the one that"
            " `dask scheduler` prints, such as tcp://host:8786"
        )
    try:
        import distributed
    except ModuleNotFoundError:
        raise UsageError(
            f"--scheduler {scheduler}: Dask is not installed; run `pip install '{NAME}[cluster]'`"
        ) from None
    # Silence its log of workers that come and go: the user only waits for marks.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client: Any = distributed.Client
        return client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        why = str(error).partition("\n")[0] or type(error).__name__
        raise UsageError(
            f"--scheduler {scheduler}: no answer ({why}); start it with"
            " `dask scheduler`, or give the address that it prints"
        ) from None


def _require_same_engine(client: Any, scheduler: str) -> None:
    try:
        engines = client.run(_engine)
    except Exception as error:  # a worker without the package may raise anything
        raise UsageError(
            f"--scheduler {scheduler}: its workers cannot run this engine"
            f" ({type(error).__name__}: {error}); install {NAME} {_engine()} on them"
        ) from None
    other = {worker: engine for worker, engine in engines.items() if engine != _engine()}
    if other:
        worker, engine = next(iter(other.items()))
        raise UsageError(
            f"--scheduler {scheduler}: worker {worker} has {NAME} {engine},"
            f" here it is {_engine()}; install the same on all"
        )


def _keep(promise: Future[Graded], done: Future[Graded]) -> None:
    """Copy the outcome of `done` to `promise`, with Dask's KilledWorker as WorkerDied."""
    from distributed import KilledWorker

    if done.cancelled():
        promise.cancel()
        return
    error = done.exception()
    if isinstance(error, KilledWorker):
        death = WorkerDied("the grading process ended each time while grading this submission")
        promise.set_exception(death)
    elif error is not None:
        promise.set_exception(error)
    else:
        promise.set_result(done.result())
