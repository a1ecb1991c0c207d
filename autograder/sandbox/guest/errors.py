"""Describes exceptions in plain text, and interrupts code that runs out of time.

Interrupting slow code here, which shows the line it was at, is best effort: the code may suppress
the exception. The grader ends the process a little later in any case.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # typeshed leaves it out
import builtins
import linecache
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType, TracebackType

from autograder.sandbox.guest import WALL_FACTOR, surroundings
from autograder.sandbox.guest.cells import python_of
from autograder.sandbox.guest.protocol import Error, Frame

MOST_TEXT = 2000
MOST_FRAMES = 12
_TICK = 0.05
"""Seconds between two checks of the clocks."""


def _below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _below(one)


# By the class, since numpy gives several the same name.
_numpy_errors = {one for one in _below(Exception) if one.__module__.split(".")[0] == "numpy"}


# --- timeouts -----------------------------------------------------------------------------------


class TooLong(BaseException):
    """Raised inside a student's code when it runs out of time."""

    def __str__(self) -> str:
        return "it took too long"


class Allowance:
    """The CPU time limit for one request, shared by all the code that the request runs.

    The timer ticks all the time: setting it, or reading the CPU time, for each call would take
    longer than many calls do. Hence CPU time is counted from the first tick on.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._cpu: float | None = None
        """The process's CPU time at which the limit is reached; None until the first tick."""
        self._wall = 0.0
        self._depth = 0
        self._can_tick = hasattr(signal, "setitimer")  # not on Windows
        self._handler = self._look
        if self._can_tick:
            signal.signal(signal.SIGALRM, self._handler)

    def begin(self, seconds: float) -> None:
        self._seconds, self._cpu = seconds, None
        self._wall = time.monotonic() + seconds * WALL_FACTOR
        self._depth = 0

    def take_timers(self) -> None:
        """Start the timer, and stop those that a student's code has left.

        Otherwise the signal would interrupt a function that never asked for it.
        """
        if self._can_tick:
            _signal.signal(_signal.SIGALRM, self._handler)
            signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)

    def keep_timer(self) -> None:
        """Take the timers back if a student's code has taken over their signal."""
        # Not signal.getsignal, whose search for a name of the handler takes longer than many calls.
        if self._can_tick and _signal.getsignal(_signal.SIGALRM) is not self._handler:
            self.take_timers()

    def __enter__(self) -> None:
        """Allow interrupts from here on; may be nested, as imports are."""
        self._depth += 1

    def __exit__(self, *raised: object) -> None:
        self._depth -= 1

    def _look(self, number: int, frame: object) -> None:
        if not self._depth:
            return
        if self._cpu is None:
            self._cpu = time.process_time() + self._seconds
        if time.process_time() > self._cpu or time.monotonic() > self._wall:
            raise TooLong


# --- exceptions ---------------------------------------------------------------------------------


def plain(text: object) -> str:
    """The text as an exact str of at most MOST_TEXT characters; "" if the conversion fails."""
    try:
        # str's own slicing, since a subclass may override it.
        return str.__getitem__(str(text), slice(0, MOST_TEXT))
    except BaseException:
        return ""


def type_name(kind: type) -> str:
    return plain(type.__dict__["__name__"].__get__(kind))


def error_of(exception: BaseException, places: Mapping[str, tuple[str, int]]) -> Error:
    """A description of the exception, with the traceback frames in the student's files.

    `places` maps the name that code was compiled under to its file and cell.
    """
    kind = TimeoutError if type(exception) is TooLong else type(exception)
    name = type_name(kind)
    builtin = vars(builtins).get(name) is kind or kind in _numpy_errors
    frames = _frames(exception.__traceback__, places)
    text: object = exception
    if isinstance(exception, SyntaxError) and exception.lineno and exception.filename in places:
        filename, cell = places[str(exception.filename)]
        line = _number(exception.lineno)
        frames.append(Frame(filename, cell, line, "<module>", plain(exception.text or "").strip()))
        text = exception.msg  # Python's own text ends with the file and the line
    message = _in_students_terms(exception, frames[-1].source if frames else "")
    return Error(name, builtin, message or plain(text), frames[-MOST_FRAMES:])


def _in_students_terms(exception: BaseException, line: str) -> str | None:
    """A message for errors that grading itself causes; None if the exception's own is clear.

    `line` is the source line that raised it.
    """
    try:
        text = ""
        if isinstance(exception, SyntaxError) and exception.filename:
            text = python_of("".join(linecache.getlines(exception.filename)))
        return (
            _needs_newer(exception, text)
            or (_in_markdown(exception, text) if text else None)
            or surroundings.in_students_terms(exception, line)
        )
    except BaseException:  # methods of a student's exception class may do anything
        return None


def _frames(trace: TracebackType | None, places: Mapping[str, tuple[str, int]]) -> list[Frame]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in places:
            filename, cell = places[code.co_filename]
            line = _number(trace.tb_lineno)
            source = plain(linecache.getline(code.co_filename, line)).strip()
            frames.append(Frame(filename, cell, line, plain(code.co_name), source))
        trace = trace.tb_next
    return frames


def _number(line: object) -> int:
    return min(max(line, 0), 1 << 30) if isinstance(line, int) else 0


def is_plain_end(raised: BaseException, name: str) -> bool:
    """Whether it is `sys.exit()` with no error, and no code is below it in the file."""
    at = stopped_in(name, raised)
    if at is None or type(raised) is not SystemExit or raised.code not in (None, 0):
        return False
    return all(line.strip()[:1] in ("", "#") for line in linecache.getlines(name)[at.tb_lineno :])


def stopped_in(name: str, raised: BaseException) -> TracebackType | None:
    """The traceback's first entry in the code that was compiled under `name`."""
    at = raised.__traceback__
    while at is not None and at.tb_frame.f_code.co_filename != name:
        at = at.tb_next
    return at


# --- which newer Python a file needs ------------------------------------------------------------

# For syntax, each version's new constructs are rewritten to older ones; if the text then compiles,
# that version is the one that it needs.
_FORMATTED = re.compile(r"(?<![\w\"'])(?:[rR]?[fF]|[fF][rR])(\"\"\"|'''|\"|')")
_TEMPLATE = re.compile(r"(?<![\w\"'])(?:[rR]?[tT]|[tT][rR])(\"\"\"|'''|\"|')")
_QUOTE = re.compile(r"[rRbBuUfFtT]{0,2}(\"\"\"|'''|\"|')")
_TYPE_PARAMETERS = re.compile(r"^(\s*(?:async\s+)?(?:def|class)\s+\w+)\[[^\]]*\]", re.MULTILINE)
_TYPE_ALIAS = re.compile(r"^(\s*)type\s+(\w+)(?:\[[^\]]*\])?\s*=", re.MULTILINE)
_BARE_EXCEPT = re.compile(r"^(\s*except\s+)((?:[\w.]+\s*,\s*)+[\w.]+)(\s*:)", re.MULTILINE)


def _without(formatted: re.Pattern[str], text: str) -> str:
    """Replace each f-string with a plain one; since 3.12, f-strings may reuse their own quotes.

    `formatted` matches the start of one: of an f-string, or of a t-string.
    """
    pieces = []
    at = 0
    while found := formatted.search(text, at):
        end = _end_of_formatted(text, found.end(), found[1])
        if end < 0:
            break
        lines = text.count("\n", found.start(), end)
        pieces.append(text[at : found.start()] + "''" + "\\\n" * lines)
        at = end
    return "".join(pieces) + text[at:]


def _end_of_formatted(text: str, at: int, quote: str) -> int:
    """The end of the f-string whose text begins at `at`; -1 if it is unclosed."""
    depth = 0
    while at < len(text):
        if not depth and text.startswith(quote, at):
            return at + len(quote)
        if not depth and len(quote) == 1 and text[at] == "\n":
            return -1
        if (text.startswith(("{{", "}}"), at) and not depth) or (text[at] == "\\" and not depth):
            at += 2
        elif depth and (inner := _QUOTE.match(text, at)):
            at = _end_of_formatted(text, inner.end(), inner[1])
            if at < 0:
                return -1
        else:
            depth += (text[at] == "{") - (text[at] == "}")
            at += 1
    return -1


def _older_312(text: str) -> str:
    text = _TYPE_ALIAS.sub(r"\1\2 =", _TYPE_PARAMETERS.sub(r"\1", text))
    return _without(_FORMATTED, text)


def _older_314(text: str) -> str:
    return _without(_TEMPLATE, _BARE_EXCEPT.sub(r"\1(\2)\3", text))


_CHANGES: tuple[tuple[tuple[int, int], Callable[[str], str]], ...] = (
    ((3, 11), lambda text: re.sub(r"\bexcept\s*\*", "except ", text)),
    ((3, 12), _older_312),
    ((3, 14), _older_314),
)

_SINCE: dict[tuple[int, int], str] = {
    (3, 11): """
        tomllib typing.Self typing.assert_never typing.LiteralString typing.Never
        typing.reveal_type enum.StrEnum enum.ReprEnum datetime.UTC math.cbrt math.exp2
        contextlib.chdir asyncio.TaskGroup asyncio.Runner asyncio.timeout""",
    (3, 12): """
        typing.override typing.TypeAliasType itertools.batched math.sumprod
        inspect.markcoroutinefunction collections.abc.Buffer random.binomialvariate
        calendar.Month calendar.Day""",
    (3, 13): """
        warnings.deprecated typing.TypeIs typing.ReadOnly typing.NoDefault
        typing.get_protocol_members typing.is_protocol copy.replace math.fma
        os.process_cpu_count queue.ShutDown random.main glob.translate""",
    (3, 14): """
        annotationlib compression concurrent.interpreters string.templatelib
        functools.Placeholder heapq.heappush_max heapq.heappop_max heapq.heapify_max
        operator.is_none""",
}
"""Modules and names that were added to the standard library, by version."""


def needed(text: str) -> tuple[int, int] | None:
    """The newer Python version that the text needs; None if that is not why it fails to compile."""
    changes = [each for each in _CHANGES if each[0] > sys.version_info[:2]]
    if not changes or _compiles(text):
        return None
    for version, older in changes:
        text = older(text)
        if _compiles(text):
            return version
    return None


def _compiles(text: str) -> bool:
    try:
        compile(text, "text", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _needs_newer(error: BaseException, text: str) -> str | None:
    """A message for an error that needs a newer Python, else None; `text` is the file's text."""
    here = ".".join(map(str, sys.version_info[:2]))
    if isinstance(error, SyntaxError):
        version = needed(text)
        what, then = "this", f"write line {error.lineno} as Python {here} allows"
    else:
        missing = _missing_name(error)
        version = next((each for each, names in _SINCE.items() if missing in names.split()), None)
        what, then = missing, "use something else"
    if version is None or version <= sys.version_info[:2]:
        return None
    needs = ".".join(map(str, version))
    return f"{what} needs Python {needs} or newer, and is graded with Python {here}: {then}"


_FENCED = re.compile(r"^```\w*[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _in_markdown(error: BaseException, text: str) -> str | None:
    """A message for code that was pasted with the Markdown around it; else None."""
    blocks = _FENCED.findall(text)
    if not blocks or not isinstance(error, SyntaxError) or not _compiles("\n".join(blocks)):
        return None
    return "this is Markdown: hand in only the code, without the lines of ``` and what is around"


def _missing_name(error: BaseException) -> str:
    """The missing `module` or `module.name`; "" if the error is about something else."""
    if isinstance(error, ModuleNotFoundError):
        return str(error.name)
    if isinstance(error, ImportError):
        found = re.match("cannot import name '(\\w+)' from '([\\w.]+)'", str(error))
        return f"{found[2]}.{found[1]}" if found else ""
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        return f"{error.obj.__name__}.{error.name}"
    return ""
