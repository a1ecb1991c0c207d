"""Finds out whether an answer is right: calls the reference, or the judge where several are.

A reference is called the way a student's function is called.

A judge is a function of the course's solutions/judges.py. Its parameters are filled by name: with
the arguments of the case, `answer` (the student's value) and `expected` (the reference's). It
returns True to accept the answer, a text that says why not, a share of the points from 0 to 1, or
such a share and a text that says what is missing. It runs on the trusted side, and gets only plain
data from a student: arrays, numbers, text and containers of them; all numbers are finite.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from traceback import walk_tb
from typing import Any

import numpy as np

from autograder.answer_key.inputs import copy_arguments, plain_data
from autograder.answer_key.trusted_modules import (
    Function,
    Parameter,
    TooSlow,
    failure,
    load_modules,
    parameters_of,
    within,
)
from autograder.compare import is_finite, same_value
from autograder.errors import CourseError, EntryError, JudgeError
from autograder.fixed_names import SOLUTIONS
from autograder.model.course import Case, Course, Exercise, Judge
from autograder.model.values import (
    MOST_RESULT_BYTES,
    Array,
    Data,
    Seeded,
    Step,
    SupportFunction,
    Value,
)
from autograder.text import number_of


@dataclass(frozen=True)
class Calling:
    """How the functions of an exercise are called."""

    parameters: tuple[Parameter, ...]
    """The function's parameters, then the values that only the steps take."""
    steps: tuple[Step, ...] = ()
    own: int | None = None
    """How many of the parameters are the function's; None if there are no steps."""

    def names(self, arguments: Mapping[str, Value]) -> tuple[int | None, tuple[str, ...]]:
        """Return how many of these arguments the function gets, and which are passed by keyword.

        The number is None if it gets all of them by position. Keyword-only arguments, and all that
        follow an omitted one, are passed by keyword.
        """
        mine = self.parameters[: self.own]
        given = [one for one in mine if one.name in arguments]
        plain = 0
        while plain < len(given) and given[plain] is mine[plain] and not given[plain].by_name:
            plain += 1
        keywords = tuple(one.name for one in given[plain:])
        return (len(given) if keywords or self.steps else None), keywords


def calling_of(exercise: Exercise, reference: Function) -> Calling:
    """Derive from its reference and course.yaml how `exercise` is called. Raises CourseError."""
    place = f"solutions/{exercise.part}.py: {exercise.name}"
    own = parameters_of(reference, place)
    names = [one.name for one in own]
    passed = [name for one in exercise.calls if one.kind != "argument" for name in one.arguments]
    for step in exercise.calls:
        if step.kind == "argument" and step.name not in (*names, *passed):
            known = ", ".join(dict.fromkeys((*names, *passed))) or "none"
            raise EntryError(
                f"course.yaml: {exercise.name}: 'calls' has the step '{step.name}', which is not "
                f"one of the arguments ({known}); name one of them, or write '.{step.name}' for "
                f"an attribute and '{step.name}()' for a method",
                "calls",
            )
    # A step needs its argument, even where the function has a default for it.
    used = {name for step in exercise.calls for name in step.arguments}
    own = tuple(one._replace(needed=one.needed or one.name in used) for one in own)
    more = tuple(Parameter(name) for name in dict.fromkeys(passed) if name not in names)
    return Calling((*own, *more), exercise.calls, len(own) if exercise.calls else None)


def call_with(
    function: Function, calling: Calling, arguments: Mapping[str, Value], values: Sequence[Any]
) -> Any:
    """Return the function's result or, with steps, the tuple of their results; catches nothing.

    It is called with `values`, copies of `arguments` which the caller can inspect afterwards.
    """
    own, keywords = calling.names(arguments)
    mine = list(values[:own])
    plain = len(mine) - len(keywords)
    result = function(*mine[:plain], **dict(zip(keywords, mine[plain:], strict=True)))
    if not calling.steps:
        return result
    by_name = dict(zip(arguments, values, strict=True))
    return tuple(
        _step(result, step, [by_name[n] for n in step.arguments]) for step in calling.steps
    )


def _step(on: Any, step: Step, arguments: Sequence[Any]) -> Any:
    # Keep equal to guest/calls.py: the student's process cannot import this module.
    if step.kind == "call":
        return on(*arguments)
    if step.kind == "take":
        return list(islice(on, step.count))
    if step.kind == "argument":
        return copy.deepcopy(arguments[0])
    found = getattr(on, step.name)
    return found(*arguments) if step.kind == "method" else found


def _in_step(error: BaseException) -> bool:
    """Whether a step asks for what is not there, or for a call with too few or too many values."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    return isinstance(error, AttributeError | TypeError) and frames[-1].f_code is _step.__code__


def answer_of(
    reference: Function,
    calling: Calling,
    arguments: Mapping[str, Value],
    place: str,
    seconds: float,
) -> Array | Data:
    """Call the reference twice, and return its answer.

    Raises CourseError if it fails, takes more than `seconds`, changes an argument that no step
    reads, answers differently the second time, or returns anything but numbers or plain data.
    """
    first, second = (_once(reference, calling, arguments, place, seconds) for _ in range(2))
    if not same_value(first, second):
        raise CourseError(
            f"{place}: returns a different answer the second time; keep no state in it"
        )
    return first


def _once(
    reference: Function,
    calling: Calling,
    arguments: Mapping[str, Value],
    place: str,
    seconds: float,
) -> Array | Data:
    copies = copy_arguments(arguments)
    try:
        # Ignore numpy's warnings: what they warn of shows in the numbers, which are checked.
        with np.errstate(all="ignore"), within(seconds):
            returned = call_with(reference, calling, arguments, copies)
    except TooSlow as slow:
        raise CourseError(
            f"{place}: {slow}, the limit for students (limits.case_seconds); make "
            "the reference faster, the inputs smaller or the limit larger"
        ) from None
    except (Exception, SystemExit) as error:
        if _in_step(error):
            why = " ".join(str(error).split())[:200]
            raise EntryError(
                f"course.yaml: {place.partition(': ')[2]}: 'calls' has a step that does not fit "
                f"what the reference returns ({why}); fix the step or the reference",
                "calls",
            ) from error
        raise CourseError(f"{failure(error)} (for {place}); fix the reference") from error
    changed = {step.name for step in calling.steps if step.kind == "argument"}
    for (name, before), after in zip(arguments.items(), copies, strict=True):
        must_stay = isinstance(before, np.ndarray | Data) and name not in changed
        if must_stay and not same_value(before, as_drawn(before, after)):
            raise CourseError(
                f"{place}: changes its argument {name}; work on a copy and return the answer, or "
                f"write 'calls: [{name}]' if it is meant to change {name} in place"
            )
    return _answer(returned, place)


def as_drawn(before: Value, after: Any) -> Value:
    """Convert an argument after a call to the form in which it was drawn, to compare the two."""
    if isinstance(before, Data):
        return Data(after)
    return before if isinstance(before, SupportFunction | Seeded) else after


def check_answer(exercise: Exercise, answer: Array | Data, place: str) -> None:
    """Raise CourseError for NaN and infinity, unless the exercise allows them; EntryError unless
    `outputs`, if given, has an entry for each value of the answer."""
    value = answer.value if isinstance(answer, Data) else answer
    if not (exercise.nonfinite or is_finite(value)):
        raise CourseError(
            f"{place}: returns a number that is not finite; fix it or the inputs, or write "
            "'nonfinite: true' if such answers are right"
        )
    count = len(value) if isinstance(value, list | tuple) else 1
    entries = len(exercise.outputs)
    if entries not in (0, count):
        listed = "1 entry" if entries == 1 else f"{entries} entries"
        raise EntryError(
            f"course.yaml: {exercise.name}.outputs has {listed}, the reference returns "
            f"{number_of(count, 'value')}; write an entry for each value",
            "outputs",
        )


def check_axes(exercise: Exercise, cases: Sequence[Case]) -> None:
    """Raise EntryError if `axes` names more or fewer axes than any answer of the exercise has."""
    found = sorted({case.expected.ndim for case in cases if case.data is None})
    if exercise.axes and found and len(exercise.axes) not in found:
        raise EntryError(
            f"course.yaml: {exercise.name}.axes has {len(exercise.axes)} of the axes, the "
            f"reference's answers have {' or '.join(map(str, found))}; write an entry for each",
            "axes",
        )


def _answer(returned: Any, place: str) -> Array | Data:
    """Convert a result to an array if it is numeric, else to plain data; a tuple is plain data."""
    scalar = isinstance(returned, np.generic) or type(returned) in (bool, float, complex)
    if scalar or (isinstance(returned, list) and _is_regular(returned)):
        returned = np.array(returned)
    elif type(returned) is int and -(2**63) <= returned < 2**63:
        returned = np.array(returned, dtype=np.int64)
    if isinstance(returned, np.ndarray) and type(returned) is not np.ndarray:
        raise CourseError(f"{place}: returns {type(returned).__name__}; return a plain array")
    if type(returned) is not np.ndarray or returned.dtype.kind in "UO":
        own_class = hasattr(returned, "__dict__") and not isinstance(returned, tuple | list | dict)
        if callable(returned) or isinstance(returned, Iterator) or own_class:
            kind = type(returned).__name__
            raise CourseError(
                f"{place}: returns a {kind}; say in course.yaml under 'calls' what to do with it, "
                "such as 'calls: [(x)]' to call it, 'calls: [take 5]' for its first values or "
                "'calls: [step(x), .root]' for a method and an attribute"
            )
        return Data(plain_data(returned, f"{place}: returns its answer"))
    if returned.dtype.kind in "biu":
        returned = returned.astype(bool if returned.dtype.kind == "b" else np.int64)
    if returned.dtype not in (np.float64, np.complex128, np.int64, np.bool_):
        raise CourseError(
            f"{place}: returns an array of {returned.dtype}; return float64, complex128, whole "
            "numbers or bool"
        )
    if returned.nbytes > MOST_RESULT_BYTES:
        raise CourseError(
            f"{place}: returns {returned.nbytes >> 20} MiB, and a student's function at most "
            f"{MOST_RESULT_BYTES >> 20}; draw smaller inputs"
        )
    answer = np.array(returned, order="C")
    answer.setflags(write=False)
    return answer


def _is_regular(returned: list[Any]) -> bool:
    try:
        array = np.array(returned)
    except ValueError:
        return False
    return array.dtype.kind in "bifc" and not _holds_tuples(returned)


def _holds_tuples(part: Any) -> bool:
    return isinstance(part, tuple) or (isinstance(part, list) and any(map(_holds_tuples, part)))


_JUDGES = "judges"
JUDGES_FILE = f"{SOLUTIONS}/{_JUDGES}.py"


# --- judges --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CourseJudge:
    """A function of solutions/judges.py, kept as source text so that it can be pickled."""

    name: str
    text: str
    seconds: float

    def __call__(self, case: Case, value: Any) -> tuple[float, str]:
        """Return the share of the points, and the reason if it is not all of them.

        Raises JudgeError if the judge fails on a value of the same kind as the reference's, and
        CourseError if it cannot be called at all.
        """
        function = _loaded(self.text).get(self.name)
        if function is None:
            raise CourseError(f"{JUDGES_FILE}: has no function {self.name}; define it")
        expected = case.expected if case.data is None else case.data.value
        known = dict(zip(case.arguments, copy_arguments(case.arguments), strict=True))
        # Copies, as equal answers of different students, and the key, are one object.
        known |= copy.deepcopy({"answer": value, "expected": expected})
        wanted = inspect.signature(function).parameters
        missing = [name for name in wanted if name not in known]
        if missing:
            raise CourseError(
                f"{JUDGES_FILE}: {self.name} takes {missing[0]}, which {case.exercise} does not; "
                f"it may take {', '.join(known)}"
            )
        try:
            with np.errstate(all="ignore"), within(self.seconds):
                verdict = function(**{name: known[name] for name in wanted})
        except TooSlow as slow:
            raise JudgeError(f"{JUDGES_FILE}: {self.name} {slow}; make it quicker") from None
        except (Exception, SystemExit) as error:
            if _kind(value) != _kind(expected):  # the judge need not handle this
                return 0.0, "returned something that cannot be judged: look at what is asked for"
            raise JudgeError(f"{failure(error)} (judge {self.name}); fix it") from error
        return self._share(verdict)

    def _share(self, verdict: Any) -> tuple[float, str]:
        share, why = verdict if isinstance(verdict, tuple) and len(verdict) == 2 else (verdict, "")
        if isinstance(share, str) and share and not why:
            share, why = 0.0, share
        if isinstance(share, np.generic):  # as numpy's comparisons and norms return
            share = share.item()
        if (
            not isinstance(share, int | float)
            or not 0.0 <= share <= 1.0
            or not isinstance(why, str)
        ):
            raise JudgeError(
                f"{JUDGES_FILE}: {self.name} returned {verdict!r:.60}; return True, a text that "
                "says what is wrong, a share from 0 to 1, or a share and a text"
            )
        unsaid = _IN_PART if share > 0.0 else _NOT_AT_ALL
        return float(share), " ".join(why.split()) or unsaid


_NOT_AT_ALL = "is not an answer that fits: check what it has to satisfy"
_IN_PART = "satisfies only a part of what it has to satisfy"


def judge_of(course: Course, exercise: Exercise) -> Judge | None:
    """Return the judge of `exercise`, if it has one. Raises CourseError if it is not defined."""
    if not exercise.judge:
        return None
    return known_judge(exercise.judge, judges_text(course), course.limits.case_seconds)


def known_judge(name: str, text: str, seconds: float) -> Judge | None:
    """Return the judge called `name` in the text of a judges.py; None if `name` is empty.

    Raises CourseError if the text does not define it.
    """
    if not name:
        return None
    if name not in _loaded(text):
        raise CourseError(f"{JUDGES_FILE}: has no function {name}; define it")
    return CourseJudge(name, text, seconds)


def judges_text(course: Course) -> str:
    """Return the text of solutions/judges.py; empty if no exercise has a judge."""
    if not any(exercise.judge for exercise in course.exercises):
        return ""
    path = course.folder / JUDGES_FILE
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{JUDGES_FILE}: not found; write the judges there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{JUDGES_FILE}: cannot be read ({error}); check it") from None


_known: dict[str, dict[str, Function]] = {}


def _loaded(text: str) -> dict[str, Function]:
    if text not in _known:
        module = load_modules({_JUDGES: text}, [_JUDGES])[_JUDGES]
        _known[text] = {name: one for name, one in vars(module).items() if callable(one)}
    return _known[text]


def _kind(value: Any) -> Any:
    """The types and shapes in a value; a judge must handle all values of the reference's kind."""
    if isinstance(value, list | tuple):
        return type(value), tuple(map(_kind, value))
    if isinstance(value, dict):
        return type(value), tuple(sorted((repr(key), repr(_kind(value[key]))) for key in value))
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.kind
    return type(value)
