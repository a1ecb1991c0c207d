"""Explains in one line why a case failed, without revealing a hidden number."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

import numpy as np

from autograder.compare import changed_arguments, in_short
from autograder.judging.diff_grid import first_wrong, two_numbers
from autograder.judging.source_text import NOTHING, Ran, written_before
from autograder.model.course import Case
from autograder.model.report import Flaw, Mismatch
from autograder.model.submission import Frame, LoadFailure, Outcome, Source, Status, StudentError
from autograder.model.values import Array, Data, Seeded, SupportFunction, Value
from autograder.submissions.entries import NOTE_LIMIT
from autograder.text import ordinal, printable

_TRY_OTHERS = "try it on inputs of your own, with other sizes and values"

_WRITES = re.compile(
    r"\]\s*=(?!=)|[-+*/@%&|^]=|\bout\s*=|\.(?:sort|fill|put|partition|resize)\("
    r"|\b(?:copyto|fill_diagonal|place|putmask)\("
)
"""Matches code that writes into an array: item assignment, `+=` and the like, `out=`, a method."""
_READ_ONLY = "its arguments are read-only here: if it writes into one, work on a copy instead"

_STATUS = {
    Status.OUT_OF_TIME: "ran out of time: look for a loop that never ends, or a needless loop",
    Status.OUT_OF_MEMORY: (
        "used more memory than allowed: look for a large array that you need not build"
    ),
    Status.OUT_OF_OUTPUT: "printed or returned far too much: remove the print statements",
    Status.CRASHED: "ended the whole process: look for exit(), or for what crashes Python",
}


def explain(
    mismatch: Mismatch,
    *,
    public: bool,
    ran: Ran = NOTHING,
    uses: Collection[str] = (),
    because: str = "",
) -> str:
    """One line for the student: what was found, what was expected, what to do next.

    For a hidden group it contains no inputs, expected values or sizes, and no text into which the
    student's code could have written them. What `ran` shows why a function is missing; `uses` names
    the exercises that this one may call; `because` says why the function raised, if an earlier
    function is the reason.
    """
    case, outcome = mismatch.case, mismatch.outcome
    if outcome.status in _STATUS:
        return _STATUS[outcome.status]
    if outcome.status is Status.MISSING:
        return _missing(case, ran)
    if outcome.status is Status.NOT_WRITTEN:
        return _not_written(case, outcome, uses, ran.sources)
    if outcome.status is Status.RAISED:
        return _raised(case, outcome, public, because)
    text = _said(mismatch, public) if mismatch.said else _FLAWS[mismatch.flaw](mismatch, public)
    if public and mismatch.flaw in _BY_HAND and case.data is None:
        text += _called_with(case)
    if not mismatch.place:
        return text
    # For a hidden case, say only which of several values is wrong: a dict key may be an answer.
    place = ", ".join(mismatch.place) if public else mismatch.place[0]
    shown = public or not mismatch.place[0].startswith("key ")
    return f"{printable(place)}: {text}" if shown else text


def _said(mismatch: Mismatch, public: bool) -> str:
    assert mismatch.said is not None
    return printable(mismatch.said[0] if public else mismatch.said[1])


_BY_HAND = frozenset({Flaw.SHAPE, Flaw.NON_FINITE, Flaw.VALUES})
_SHORT = 160
"""Arguments are shown if their text is at most this long, since they can be checked by hand."""
_NUMBERS = 40


@lru_cache(256)
def _called_with(case: Case) -> str:
    """The addition to a message that shows the arguments; "" unless they are few and short."""
    if sum(map(np.size, case.arguments.values())) > _NUMBERS:
        return ""
    called = in_words(case)
    return f"; called with {called}" if called and len(called) <= _SHORT else ""


def in_words(case: Case) -> str:
    """The arguments of a case as text: `Z = [0.354, 0.418], rate = 0.5`."""
    return ", ".join(
        f"{name} = {numbers_in_words(value)}" for name, value in case.arguments.items()
    )


def numbers_in_words(value: Value) -> str:
    """An argument as text: `[0.354, 0.418]`, only the shape of a large array, or how to make it."""
    if isinstance(value, Data):
        if not isinstance(value.value, np.ndarray):
            return re.sub(r"\n\s*", " ", in_short(value.value))
        value = value.value
    if isinstance(value, Seeded):
        return f"np.random.default_rng({value.seed})"
    if isinstance(value, SupportFunction):
        return value.name
    array = np.asarray(value)
    if array.size > _NUMBERS:
        return f"an array of shape {array.shape}"
    text = np.array2string(array, precision=5, separator=",", max_line_width=10_000)
    return re.sub(r"(?<=\[) +| +(?=\])", "", re.sub(r"\s*,\s*", ", ", text))


def explain_failure(failure: LoadFailure) -> str:
    """Where a file or cell stopped, and with which error; safe to show."""
    where = place(failure.filename, failure.cell)
    text, frames = _error_text(failure.error), failure.error.frames
    line = f" (line {frames[-1].line})" if frames else ""
    return f"{where}: {text}{line}"


def explain_failures(failures: Sequence[LoadFailure]) -> list[str]:
    """A note on each of the first NOTE_LIMIT failures, and one with the number of the others."""
    notes = list(map(explain_failure, failures[:NOTE_LIMIT]))
    left = len(failures) - len(notes)
    return [*notes, f"and {left} more that stopped with an error"] if left else notes


def explain_follow_through(names: Sequence[str], share: float, *, accepted: bool) -> str:
    """The message for wrong answers that follow from the functions `names` and earn `share`.

    `accepted` functions are only inexact, and a small error has grown.
    """
    listed = " and ".join(names)
    advice = (
        f"make {listed} exact for all of them: look for a small number that is added for safety, "
        "rounding or float32"
        if accepted
        else f"fix {listed} for all of them"
    )
    return (
        f"right for what your {listed} return{'s' if len(names) == 1 else ''}, and wrong only "
        f"because of that: {share:.0%} of the points; {advice}"
    )


def explain_wrong_beneath(names: Sequence[str]) -> str:
    """The message for wrong answers that may be wrong only because the functions `names` are."""
    listed = " and ".join(names)
    are, them = ("is", "it") if len(names) == 1 else ("are", "them")
    return (
        f"uses your {listed}, which {are} wrong: fix {them} first, then see whether this is right"
    )


def explain_crash_beneath(name: str, mismatch: Mismatch | None) -> str:
    """Why a function that calls the function `name` raises, if `name` does as in `mismatch`.

    `mismatch` is of a public case; None if `name` fails on hidden cases only.
    """
    why = "is wrong"
    if mismatch is not None:
        status, error = mismatch.outcome.status, mismatch.outcome.error
        if status is Status.MISSING:
            why = "is missing"
        elif status is Status.RAISED and error is not None:
            why = f"raises {printable(error.type, 60)}"
        elif mismatch.flaw is Flaw.SHAPE:
            why = f"returns shape {_value(mismatch).shape}, not {mismatch.case.expected.shape}"
        elif mismatch.outcome.returned in ("None", "NoneType"):
            why = "returns None"
        elif mismatch.flaw in (Flaw.STATUS, Flaw.STRUCTURE):
            why = "does not return a numeric array"
    return f"it calls your {name}, which {why}: fix that first"


def distinct_frames(error: StudentError) -> tuple[Frame, ...]:
    """The frames of the traceback; for a RecursionError, each line only once."""
    if error.type != "RecursionError":
        return error.frames
    return tuple({(one.filename, one.cell, one.line): one for one in error.frames}.values())


def place(filename: str, cell: int | None, line: int | None = None) -> str:
    """A place in a file as text: `part1_softmax.ipynb, cell 3, line 2`, as far as known."""
    parts = [printable(filename)]
    if cell is not None:
        parts.append(f"cell {cell}")
    if line is not None:
        parts.append(f"line {line}")
    return ", ".join(parts)


# --- the function could not be called ---------------------------------------------------------


def _missing(case: Case, ran: Ran) -> str:
    name = case.exercise
    at_home = ran.stopped_at_home(name)
    if not at_home and (other := ran.defined_as(name)):
        return f"{name} is not in the submission; it is defined as {other}: rename it to {name}"
    if not at_home and (why := ran.why_absent(name)):
        return f"{name} is not in the submission; {why}"
    defining = ran.stopped_with(name)
    stopped = at_home or defining
    if not stopped and any(one.cells for one in ran.home(name)):
        return f"{name} is not in the submission: {ran.parts[name]} does not define it"
    if stopped := stopped or list(ran.failures):
        more = f", and {len(stopped) - 1} more" if len(stopped) > 1 else ""
        why = explain_failure(stopped[0])
        if stopped[0] in defining:
            return f"{name} could not be loaded: {why}{more}"
        return f"{name} is not in the submission; a file stopped early: {why}{more}"
    return f"{name} is not in the submission: hand in the file that defines it"


def _not_written(
    case: Case, outcome: Outcome, uses: Collection[str], sources: Sequence[Source]
) -> str:
    frames = outcome.error.frames if outcome.error is not None else ()
    inner = frames[-1].function if frames else case.exercise
    if inner in uses and inner != case.exercise:
        return f"calls {inner}, which is not written yet"
    return why_not_reached(outcome, sources) or f"{case.exercise} is not written yet"


def why_not_reached(outcome: Outcome, sources: Sequence[Source]) -> str:
    """Why the stub's `raise` runs although code is written; "" if there is no such code.

    The code is below the `raise`, or in an earlier definition that the stub replaces.
    """
    frames = outcome.error.frames if outcome.error is not None else ()
    if not frames or outcome.status is not Status.NOT_WRITTEN:
        return ""
    last = frames[-1]
    source = next((one for one in sources if one.filename == last.filename), None)
    upto = source.cells[: last.cell or 1] if source is not None else ()
    if not upto:
        return ""
    where = place(last.filename, last.cell, last.line)
    if _goes_on(upto[-1], last.line):
        return f"your code is below a raise and is never reached: delete the raise ({where})"
    if earlier := written_before(last.function, upto, last.line):
        cell, line = earlier
        first = place(last.filename, cell if last.cell is not None else None, line)
        return (
            f"{printable(last.function)} is defined in {first}, but a stub below replaces it: "
            f"delete the stub ({where})"
        )
    return ""


@lru_cache(256)
def _goes_on(text: bytes, line: int) -> bool:
    """Whether code follows `line` in the same block: indented at least as far as `line` is."""
    lines = text.decode("utf-8", "replace").expandtabs().splitlines()[line - 1 :]
    indents = [
        len(each) - len(each.lstrip())
        for each in lines
        if each.strip() and not each.lstrip().startswith("#")
    ]
    return len(indents) > 1 and indents[1] >= indents[0] > 0


def _raised(case: Case, outcome: Outcome, public: bool, because: str = "") -> str:
    error = outcome.error
    if error is None:
        return f"raised an exception; {_TRY_OTHERS}"
    if said := _refused_call(case, error, public):
        return said
    if public:
        last = error.frames[-1] if error.frames else None
        where = f" ({place(last.filename, last.cell, last.line)})" if last else ""
        refused = error.builtin and error.type == "ValueError" and case.read_only
        writes = last is not None and _WRITES.search(last.source) is not None
        advice = f"; {_READ_ONLY}" if refused and writes else ""
        if because:
            return f"raised {_error_text(error)}{where}; {because}"
        called = "" if advice or last is None else _shapes(case, error, last)
        return f"raised {_error_text(error)}{where}{called}{advice}"
    name = error.type if error.builtin else "an exception"
    if because:
        return f"raised {name} on a hidden input; {because}"
    if case.read_only and name == "ValueError":
        return f"raised ValueError; {_READ_ONLY}"
    return f"raised {name} on a hidden input; {_TRY_OTHERS}"


_LACKS = re.compile(r"missing \d+ required .*arguments?: (.*)")
_UNKNOWN = re.compile(
    r"unexpected keyword argument '(\w+)'|some positional-only arguments .*: '(.*)'"
)


def _refused_call(case: Case, error: StudentError, public: bool) -> str:
    """What the grader calls the function with, if its definition does not accept that; else ""."""
    is_step = bool(case.steps) and not error.message.startswith(f"{case.exercise}(")
    if is_step or not error.refuses_call:
        return ""
    own = tuple(case.arguments)[: case.own]
    by_position = own[: len(own) - len(case.keywords)]
    called = ", ".join([*by_position, *(f"{name}={name}" for name in case.keywords)])
    text = f"{case.exercise} is called with ({called})"
    if not public:
        return f"{text}, which your definition does not accept: change its parameters"
    if lacks := _LACKS.search(error.message):
        names = printable(lacks[1].replace("'", ""))
        return f"{text}; your definition also requires {names}: remove it or give it a default"
    if unknown := _UNKNOWN.search(error.message):
        return f"{text}; your definition has no parameter {printable(unknown[1])}"
    return f"{text}; your definition does not take that many: {printable(error.message)}"


def _shapes(case: Case, error: StudentError, last: Frame) -> str:
    """The arguments with their shapes, for a ValueError of numpy: its message gives no names.

    "" for other errors, and for errors that the student's own code raises.
    """
    own = last.source.lstrip().startswith("raise")
    if own or not error.builtin or error.type != "ValueError":
        return ""
    arrays = {name: np.shape(value) for name, value in case.arguments.items() if np.ndim(value)}
    listed = ", ".join(f"{name} {shape}" for name, shape in arrays.items())
    return f"; called with {listed}" if listed else ""


def _error_text(error: StudentError) -> str:
    message = printable(error.message)
    name = printable(error.type, 60)
    return f"{name}: {message}" if message else name


# --- the answer is not right ------------------------------------------------------------------


def _structure(mismatch: Mismatch, public: bool) -> str:
    returned = mismatch.outcome.returned
    if returned in ("None", "NoneType"):
        return "returned None: add a return statement"
    if public and returned:
        return f"returned {printable(returned)}, expected an array of numbers"
    return "did not return a numeric array"


def _dtype(mismatch: Mismatch, public: bool) -> str:
    return f"returned an array of {_value(mismatch).dtype.name}, expected real numbers"


def _shape(mismatch: Mismatch, public: bool) -> str:
    got, expected = _value(mismatch).shape, mismatch.case.expected.shape
    if public:
        if not expected:
            return f"returned shape {got}, expected one number"
        if not got:
            return f"returned one number, expected shape {expected}"
        return f"returned shape {got}, expected {expected}"
    if len(got) != len(expected):
        return f"returned {_dimensions(got)}, expected {_dimensions(expected, article=False)}"
    return "returned the right number of dimensions but not the right shape"


def _dimensions(shape: tuple[int, ...], article: bool = True) -> str:
    if not shape:
        return "a single number"
    return f"a {len(shape)}-d array" if article else f"{len(shape)}-d"


def _non_finite(mismatch: Mismatch, public: bool) -> str:
    index = first_wrong(mismatch)
    assert index is not None
    got, expected = _value(mismatch)[index], mismatch.case.expected[index]
    if public:
        return f"{_at(index)}got {got:g}, expected {expected:g}{_count(mismatch)}"
    if np.isfinite(got):
        return "holds a finite number where an infinite one is expected"
    kind = "NaN (not a number)" if np.isnan(got) else "infinity"
    return f"holds {kind} where it should not: look for overflow, log of 0 or a division by 0"


def _values(mismatch: Mismatch, public: bool) -> str:
    advice = _dtype_advice(_value(mismatch), mismatch.case.expected)
    if not public:
        return f"returned wrong values{advice or '; ' + _TRY_OTHERS}"
    index = first_wrong(mismatch)
    assert index is not None
    got, expected = two_numbers(_value(mismatch)[index], mismatch.case.expected[index])
    return f"{_at(index)}got {got}, expected {expected}{_count(mismatch)}{advice}"


def _arguments(mismatch: Mismatch, public: bool) -> str:
    names = tuple(mismatch.case.arguments)
    changed = changed_arguments(mismatch.case, mismatch.outcome)
    if not changed or mismatch.outcome.arguments is None:
        return "changes its arguments: work on a copy"
    place = ordinal(names.index(changed[0]))
    return f"changes its {place} argument, {changed[0]}: work on a copy of it"


def _value(mismatch: Mismatch) -> Array:
    value = mismatch.outcome.value
    assert value is not None
    return value


def _at(index: tuple[int, ...]) -> str:
    return f"at [{', '.join(map(str, index))}] " if index else ""


def _count(mismatch: Mismatch) -> str:
    wrong = mismatch.wrong
    if wrong is None or wrong.size < 2:
        return ""
    count = int(wrong.sum())
    return f" ({count} of {wrong.size} cells {'is' if count == 1 else 'are'} wrong)"


def _dtype_advice(value: Array, expected: Array) -> str:
    if value.dtype.kind in "biu" and expected.dtype.kind == "f":
        return f"; the result is {value.dtype.name}, which cannot hold fractions"
    if value.dtype in (np.float16, np.float32):
        return f"; the result is {value.dtype.name}, which may not be precise enough: use float64"
    return ""


_FLAWS: dict[Flaw, Callable[[Mismatch, bool], str]] = {
    Flaw.STATUS: _structure,
    Flaw.STRUCTURE: _structure,
    Flaw.DTYPE: _dtype,
    Flaw.SHAPE: _shape,
    Flaw.NON_FINITE: _non_finite,
    Flaw.VALUES: _values,
    Flaw.ARGUMENTS: _arguments,
}
