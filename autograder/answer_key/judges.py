"""Judges answers that are not unique, with the functions in the course's solutions/judges.py.

A judge's parameters are filled by name: with the arguments of the case, `answer` (the student's
value) and `expected` (the reference's). It returns True to accept the answer, a text that says why
not, a share of the points from 0 to 1, or such a share and a text that says what is missing. It
runs on the trusted side, and gets only plain data from a student: arrays, numbers, text and
containers of them; all numbers are finite.
"""

from __future__ import annotations

import copy
import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.answer_key.inputs import fresh
from autograder.answer_key.trusted_modules import (
    Function,
    TooSlow,
    failure,
    load_modules,
    within,
)
from autograder.errors import CourseError, JudgeError
from autograder.file_names import SOLUTIONS
from autograder.model.course import Case, Course, Exercise, Judge

MODULE = "judges"
PLACE = f"{SOLUTIONS}/{MODULE}.py"


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
            raise CourseError(f"{PLACE}: has no function {self.name}; define it")
        expected = case.expected if case.data is None else case.data.value
        known = {name: fresh(argument) for name, argument in case.arguments.items()}
        # Copies, as equal answers of different students, and the key, are one object.
        known |= copy.deepcopy({"answer": value, "expected": expected})
        wanted = inspect.signature(function).parameters
        missing = [name for name in wanted if name not in known]
        if missing:
            raise CourseError(
                f"{PLACE}: {self.name} takes {missing[0]}, which {case.exercise} does not; "
                f"it may take {', '.join(known)}"
            )
        try:
            with np.errstate(all="ignore"), within(self.seconds):
                verdict = function(**{name: known[name] for name in wanted})
        except TooSlow as slow:
            raise JudgeError(f"{PLACE}: {self.name} {slow}; make it quicker") from None
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
                f"{PLACE}: {self.name} returned {verdict!r:.60}; return True, a text that says "
                "what is wrong, a share from 0 to 1, or a share and a text"
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
        raise CourseError(f"{PLACE}: has no function {name}; define it")
    return CourseJudge(name, text, seconds)


def judges_text(course: Course) -> str:
    """Return the text of solutions/judges.py; empty if no exercise has a judge."""
    if not any(exercise.judge for exercise in course.exercises):
        return ""
    path = course.folder / PLACE
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{PLACE}: not found; write the judges there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{PLACE}: cannot be read ({error}); check it") from None


_known: dict[str, dict[str, Function]] = {}


def _loaded(text: str) -> dict[str, Function]:
    if text not in _known:
        module = load_modules({MODULE: text}, [MODULE])[MODULE]
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
