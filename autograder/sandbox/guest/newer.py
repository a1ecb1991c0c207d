"""Finds out which newer Python a file needs, for its syntax or a name of the standard library.

For syntax, each version's new constructs are rewritten to older ones; if the text then compiles,
that version is the one that it needs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import ModuleType

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


def in_students_terms(error: BaseException, text: str) -> str | None:
    """A message for an error that needs a newer Python, else None; `text` is the file's text."""
    here = ".".join(map(str, sys.version_info[:2]))
    if isinstance(error, SyntaxError):
        version = needed(text)
        what, then = "this", f"write line {error.lineno} as Python {here} allows"
    else:
        missing = _missing_name(error)
        version = next((each for each, names in _SINCE.items() if missing in names.split()), None)
        what, then = missing, "do without it"
    if version is None or version <= sys.version_info[:2]:
        return None
    needs = ".".join(map(str, version))
    said = f"{what} needs Python {needs} or newer, and is graded with Python {here}: {then}"
    if not isinstance(error, SyntaxError):
        return said
    return str(SyntaxError(said, (error.filename, error.lineno, None, None)))


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
