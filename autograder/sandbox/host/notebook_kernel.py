"""Calls the functions of a running notebook, with the same outcomes as the sandbox.

This is for a student's own notebook alone: the function runs in this very process, without any of
the sandbox's protections. An outcome goes through the wire format, so that both ends agree.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from autograder.model import LoadFailure, Outcome, Status, Value
from autograder.sandbox.guest import WALL_FACTOR
from autograder.sandbox.guest.calls import (
    described,
    described_data,
    forgiving,
    result_of,
    sendable,
)
from autograder.sandbox.guest.errors import TooLong, error_of
from autograder.sandbox.guest.protocol import Answer, pack_answer, read_call
from autograder.sandbox.guest.values import Reader
from autograder.sandbox.host.wire import GOES_ON, Call, Job, read_answer

_AGAIN = 0.1  # s between two looks at the clock


class KernelSession:
    """The functions of a namespace, called like those of a sandbox's session."""

    def __init__(
        self,
        names: Mapping[str, Any],
        case_seconds: float,
        support: Callable[[str], Mapping[str, Any]] = lambda module: {},
    ) -> None:
        self._names = names
        self._seconds = case_seconds
        self._support = support
        """Gives the names of one of the course's support files."""

    def load_failures(self) -> tuple[LoadFailure, ...]:
        """None: what failed in the notebook is in the notebook."""
        return ()

    def call(self, function: str, home: str, arguments: Sequence[Value]) -> Outcome:
        """What it does with these arguments, handed over by position."""
        return next(self.run([Job(function, home, [Call(arguments)])]))

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        """What the functions of these names do; their homes, the parts, do not matter here.

        An interrupt of the kernel is passed on, everything else that is raised is an outcome.
        """
        for job in jobs:
            for call in job.calls:
                outcome = self._call(self._names.get(job.function), call)
                yield outcome
                if outcome.status not in GOES_ON:
                    return

    def _call(self, found: Any, call: Call) -> Outcome:
        if not callable(found):
            return Outcome(Status.MISSING)
        handed = read_call(Reader(call.packed))
        try:
            with _within(self._seconds):
                returned = forgiving(lambda: result_of(found, handed, self._support))
                answer = described_data(returned) if call.as_data else described(returned)
        except TooLong as error:
            answer = Answer("OUT_OF_TIME", error=error_of(error, _places(error.__traceback__)))
        except NotImplementedError as error:
            answer = Answer("NOT_WRITTEN", error=error_of(error, _places(error.__traceback__)))
        except MemoryError as error:
            answer = Answer("OUT_OF_MEMORY", error=error_of(error, _places(error.__traceback__)))
        except (Exception, SystemExit) as error:
            answer = Answer("RAISED", error=error_of(error, _places(error.__traceback__)))
        if call.keeps_arguments and answer.status in ("RETURNED", "RETURNED_DATA"):
            answer = answer._replace(arguments=[sendable(value) for value in handed.arguments])
        return read_answer(pack_answer(answer))


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise TooLong in the block once it has used this CPU time, or WALL_FACTOR times that.

    In the main thread of a system with signals, a call that waits is interrupted too. Elsewhere it
    is raised between two steps of Python code.
    """
    cpu, wall = time.process_time() + seconds, time.monotonic() + WALL_FACTOR * seconds

    def is_over() -> bool:
        return time.process_time() > cpu or time.monotonic() > wall

    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():

        def ring(number: int, frame: object) -> None:
            if is_over():
                raise TooLong

        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, before)
        return
    done = threading.Event()
    thread = ctypes.c_ulong(threading.get_ident())

    def watch() -> None:
        while not done.wait(_AGAIN):
            if is_over():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooLong))
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _places(trace: TracebackType | None) -> dict[str, tuple[str, int]]:
    """What to call the files of the student's frames: a cell the way Jupyter's tracebacks do."""
    cells = _cell_numbers()
    places = {}
    for name in _files(trace):
        if name in cells:
            places[name] = (f"cell In[{cells[name]}]", -1)
        elif "ipykernel" in name or name.startswith("<ipython-input"):
            places[name] = ("an earlier cell", -1)
    return places


def _files(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename
        trace = trace.tb_next


def _cell_numbers() -> Mapping[str, int]:
    """By the name that IPython gave its code, the number of each cell that was run."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    numbers = getattr(getattr(shell, "compile", None), "_filename_map", None)
    return numbers if isinstance(numbers, dict) else {}
