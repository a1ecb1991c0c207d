"""Grades on the workers of a Dask cluster."""

from __future__ import annotations

import logging
import pickle
import re
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from autograder.answer_key.assignment import Assignment, digest_assignment, pack_assignment
from autograder.batch.schedule import Graded, WorkerDied, grade_batch
from autograder.errors import UsageError
from autograder.installed import NAME, installed
from autograder.judging.grader import Grader
from autograder.model.submission import Submission

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
