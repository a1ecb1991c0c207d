"""Checks the functions of a running notebook on the public groups, with the messages of `check`.

The functions run in the kernel's own process, without any of the sandbox's protections, so use it
only in a student's own notebook. Outcomes are encoded and decoded as in the sandbox, so that both
agree.
"""

from __future__ import annotations

import builtins
import ctypes
import inspect
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FunctionType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, cast

from autograder.answer_key.file import read_key
from autograder.errors import UsageError
from autograder.fixed_names import PUBLIC_KEY
from autograder.judging.check import check, solutions_beside
from autograder.judging.judge import judge
from autograder.model.course import Course
from autograder.model.report import ExerciseReport, GroupReport, Verdict
from autograder.model.submission import LoadFailure, Outcome, Source, Status, Submission
from autograder.model.values import Value
from autograder.reporting.styled_text import grid_text
from autograder.sandbox.guest import WALL_FACTOR
from autograder.sandbox.guest.calls import (
    current_settings,
    described,
    described_data,
    forgiving,
    sendable,
)
from autograder.sandbox.guest.errors import TooLong, error_of
from autograder.sandbox.guest.protocol import Answer, pack_answer, read_call
from autograder.sandbox.guest.surroundings import NO_INPUT
from autograder.sandbox.guest.values import Reader
from autograder.sandbox.host.wire import GOES_ON, Call, Job, read_answer

if TYPE_CHECKING:
    from autograder.sandbox.sandbox import Session


def check_public(exercise: str, group: str, env: Mapping[str, Any]) -> None:
    """Return if the student's function passes this public group. Otter's tests call this.

    The function is the one in `env`. If `env` has none and the exercises' folder is the current
    folder, the function in its files is run, in the sandbox. Raises AssertionError with the message
    of `autograder check` if it does not pass, and UsageError if course.json is missing or has no
    such group.
    """
    folder = Path(sys._getframe(1).f_code.co_filename).parent.parent
    report = _report(_key_beside(folder), exercise, env, only=group)
    if not report.groups:
        raise UsageError(f"{PUBLIC_KEY}: {exercise} has no public group '{group}'; {_REMEDY}")
    if report.groups[0].verdict is not Verdict.ACCEPTED:
        raise AssertionError(_unmarked("\n".join([*_lines(report.groups[0]), *_hint(report)])))


class Notebook:
    """Replaces otter's Notebook if otter is not installed."""

    def __init__(self, nb_path: str | None = None, tests_dir: str = "tests") -> None:
        self._folder = Path(tests_dir).parent

    def check(self, question: str, global_env: Mapping[str, Any] | None = None) -> Check:
        """Check an exercise's public groups on `global_env` (default: the caller's globals)."""
        env = sys._getframe(1).f_globals if global_env is None else global_env
        return Check(_report(_key_beside(self._folder), question, env))


class Check:
    """The result of a check; its repr is the text to show."""

    def __init__(self, report: ExerciseReport) -> None:
        self.report = report

    def __repr__(self) -> str:
        lines = [f"{self.report.name}:"]
        for group in self.report.groups:
            told = ["passed"] if group.verdict is Verdict.ACCEPTED else _lines(group)
            lines += [f"  {group.name}: {told[0]}", *(f"    {line}" for line in told[1:])]
        return "\n".join([*lines, *(f"  {line}" for line in _hint(self.report))])


_REMEDY = "get the exercises' folder anew, or run 'autograder sync'"


def _lines(group: GroupReport) -> list[str]:
    return [group.message, *(grid_text(group.grid) if group.grid else [])]


def _hint(report: ExerciseReport) -> list[str]:
    return [f"Hint: {report.hint}"] if report.hint else []


def _report(
    path: Path, name: str, env: Mapping[str, Any], only: str | None = None
) -> ExerciseReport:
    """The report on the public groups of an exercise, or only on the group called `only`.

    Only the first group has a grid: the others mostly ask for the same numbers.
    """
    course, key = read_key(path)
    if name not in course.by_name:
        raise UsageError(f"{path}: has no exercise {name}; {_REMEDY}")
    # In another folder, these files may not belong to the author of the checked code.
    at_home = path.parent.resolve() == Path().resolve()
    if at_home and not callable(env.get(name)):
        # another part's function is not in this notebook
        judged = check(path.parent, course=path.parent, exercises=[name]).check
    else:
        support = partial(_names_of, course, path.parent)
        session = cast(  # `judge` only makes calls on it
            "Session", KernelSession(env, course.limits.case_seconds, support)
        )
        judged = judge(
            course,
            key,
            Submission("notebook", _cells_run(course, name, env), ""),
            lambda _: nullcontext(session),
            names=[name],
            public_only=True,
            solutions=solutions_beside(course, key),
        )
    report = judged.exercises[0].report
    groups = [
        group if at == 0 else replace(group, grid=None) for at, group in enumerate(report.groups)
    ]
    chosen = tuple(group for group in groups if only in (None, group.name))
    return replace(report, groups=chosen)


def _names_of(course: Course, folder: Path, module: str) -> Mapping[str, Any]:
    """The names defined by a support file, loaded from the exercises' folder."""
    from autograder.answer_key.trusted_modules import load_modules

    files = {Path(one).stem: folder / one for one in course.support if one.endswith(".py")}
    return vars(load_modules(files, [module])[module])


def _cells_run(course: Course, name: str, env: Mapping[str, Any]) -> tuple[Source, ...]:
    """The executed cells, numbered as in IPython, if the exercise has rules; else the functions.

    What a function calls is read from its text.
    """
    exercise = course.by_name[name]
    cells = env.get("In")
    written: Iterable[str]
    if exercise.forbid:
        written = map(str, cells[1:]) if isinstance(cells, list) else ()
    else:
        written = _functions_of(env)
    texts = tuple(text.encode("utf-8", "replace") for text in written)
    if not texts:
        return ()
    return (Source(exercise.part, "this notebook", texts, notebook=True),)


def _functions_of(env: Mapping[str, Any]) -> Iterator[str]:
    """The text of each function that was defined in the notebook."""
    for function in list(env.values()):
        if isinstance(function, FunctionType) and function.__globals__ is env:
            with suppress(OSError, TypeError, SyntaxError):  # its text is not known
                yield inspect.getsource(function)


def _key_beside(folder: Path) -> Path:
    """The public key's path: in the exercises' folder, or here if otter has moved its tests."""
    for place in (folder, Path()):
        if (place / PUBLIC_KEY).is_file():
            return place / PUBLIC_KEY
    raise UsageError(f"{folder / PUBLIC_KEY}: not found; {_REMEDY}")


def _unmarked(message: str) -> str:
    """Break HTML tags and entities in the message with invisible characters.

    Otter puts the message into the page unescaped, and part of it comes from the student's code.
    """
    return re.sub(r"([<&])(?=[\w/!?#])", "\\1\N{WORD JOINER}", message)


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
            with _within(self._seconds), _unasked():
                strict = current_settings().are_strict()
                returned, handed = forgiving(found, handed, self._support, strict)
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
def _unasked() -> Iterator[None]:
    """Let `input` fail as it does when graded, where nobody can answer."""

    def fail(*prompt: object) -> NoReturn:
        raise EOFError(NO_INPUT.format("input"))

    before, builtins.input = builtins.input, fail
    try:
        yield
    finally:
        builtins.input = before


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
