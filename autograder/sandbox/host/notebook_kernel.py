"""Calls the functions of a running notebook, with the same outcomes as the sandbox.

Use it only in a student's own notebook: the function runs in this process, without any of the
sandbox's protections. Outcomes are encoded and decoded as in the sandbox, so that both agree.
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

from autograder.model.submission import LoadFailure, Outcome, Status
from autograder.model.values import Value
from autograder.sandbox.guest import WALL_FACTOR
from autograder.sandbox.guest.calls import (
    described,
    described_data,
    forgiving,
    sendable,
)
from autograder.sandbox.guest.errors import TooLong, error_of
from autograder.sandbox.guest.protocol import Answer, pack_answer, read_call
from autograder.sandbox.guest.values import Reader
from autograder.sandbox.host.wire import GOES_ON, Call, Job, read_answer

_AGAIN = 0.1  # seconds between two checks of the clock


class KernelSession:
    """Calls the functions of a namespace, with the interface of a sandbox's session."""

    def __init__(
        self,
        names: Mapping[str, Any],
        case_seconds: float,
        support: Callable[[str], Mapping[str, Any]] = lambda module: {},
    ) -> None:
        self._names = names
        self._seconds = case_seconds
        self._support = support
        """Returns the namespace of one of the course's support files, by module name."""

    def load_failures(self) -> tuple[LoadFailure, ...]:
        """Return nothing: the notebook itself shows which cells failed."""
        return ()

    def call(self, function: str, home: str, arguments: Sequence[Value]) -> Outcome:
        """Call the function with these positional arguments; return the outcome."""
        return next(self.run([Job(function, home, [Call(arguments)])]))

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        """Call the functions of these jobs; yield the outcomes. A job's `home` is ignored.

        An interrupt of the kernel is passed on; any other exception becomes an outcome.
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
                returned, handed = forgiving(found, handed, self._support)
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
    """Raise TooLong in the block after `seconds` of CPU time, or WALL_FACTOR times that wall time.

    In the main thread, on systems with signals, a blocking call is interrupted too. Elsewhere the
    exception is raised between two bytecode instructions.
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
    """The names to show for the files in the traceback: `cell In[3]`, as in Jupyter's own."""
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
    """The number of each cell that was run, by the filename that IPython compiled it under."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    numbers = getattr(getattr(shell, "compile", None), "_filename_map", None)
    return numbers if isinstance(numbers, dict) else {}
