"""Reads a course's banks of named answers: its misconceptions and its variants.

A bank is a folder in solutions/ with a file per part or per exercise. A public function with two
underscores in its name, such as `sm_dir__diagonal_only`, is an answer to the exercise named before
them. The file may import the references. The paragraphs of a misconception's docstring are its
hints.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from autograder.answer_key.answers import Calling, as_drawn, call_with, calling_of
from autograder.answer_key.inputs import copy_arguments, plain_data
from autograder.answer_key.trusted_modules import (
    Function,
    TooSlow,
    load_modules,
    load_references,
    solution_sources,
    within,
)
from autograder.compare import NUMERIC_KINDS, compare
from autograder.errors import CourseError
from autograder.model.course import Answered, Case, Course, Misconception
from autograder.model.report import Flaw
from autograder.model.submission import Outcome, Status
from autograder.model.values import Array, Data

MISCONCEPTIONS = "misconceptions"
VARIANTS = "variants"

LEVELS = 3
"""Maximum number of hints of a misconception."""


@dataclass(frozen=True, eq=False)
class NamedAnswer:
    """One function of a bank."""

    exercise: str
    name: str
    """The part of the function's name after the two underscores."""
    file: str
    """The stem of its file: the name of the part or of the exercise."""
    function: Function
    hints: tuple[str, ...]
    """The paragraphs of its docstring, each on one line."""

    @property
    def identifier(self) -> str:
        """The name of the function in its file."""
        return f"{self.exercise}__{self.name}"


def read_bank(course: Course, bank: str) -> tuple[NamedAnswer, ...]:
    """Return the answers in the folder `bank` of solutions/, in course order, then in file order.

    A part or an exercise need not have a file. Raises CourseError if a file does not run or belongs
    to no part or exercise, if a function's name does not begin with an exercise of its file, or if
    a misconception has no hint or more than LEVELS hints.
    """
    files = {
        stem: tuple(exercises)
        for part in course.parts
        for stem, exercises in (
            (part.name, [exercise.name for exercise in part.exercises]),
            *((exercise.name, [exercise.name]) for exercise in part.exercises),
        )
    }
    found = [path.stem for path in (course.folder / "solutions" / bank).glob("*.py")]
    for stem in sorted(found):
        if stem not in files:
            raise CourseError(
                f"solutions/{bank}/{stem}.py: no part or exercise is called {stem}; "
                f"name the file after one of {', '.join(files)}"
            )
    answers = [
        answer
        for stem, exercises in files.items()
        if stem in found
        for answer in _answers_of(course, bank, stem, exercises)
    ]
    known = {exercise.name: number for number, exercise in enumerate(course.exercises)}
    return tuple(sorted(answers, key=lambda answer: known[answer.exercise]))


def module_name(bank: str, stem: str) -> str:
    """Return the import name of a bank's file; not the part's, which the file may import."""
    return f"{bank}_{stem}"


def texts_of_solutions(course: Course) -> dict[str, str]:
    """Return the source of the solutions, and of variants with a loop form, by import name.

    Grading runs them to give follow-through credit, and to find out which mistake was made.
    """
    folder = course.folder / "solutions" / VARIANTS
    texts = {path.stem: path.read_text("utf-8") for path in solution_sources(course).values()}
    variants = {
        module_name(VARIANTS, path.stem): path.read_text("utf-8")
        for path in sorted(folder.glob("*.py"))
    }
    return texts | {name: text for name, text in variants.items() if "__loops" in text}


def _answers_of(
    course: Course, bank: str, stem: str, exercises: tuple[str, ...]
) -> list[NamedAnswer]:
    path = course.folder / "solutions" / bank / f"{stem}.py"
    name = module_name(bank, stem)
    module = load_modules({**solution_sources(course), name: path}, [name])[name]
    found: list[NamedAnswer] = []
    for identifier, function in vars(module).items():
        if identifier.startswith("_") or not callable(function):
            continue
        place = f"solutions/{bank}/{stem}.py: {identifier}"
        if "__" not in identifier:
            if getattr(function, "__module__", "") == name:
                _refuse_single_underscore(identifier, exercises, place)
            continue
        exercise = next((one for one in exercises if identifier.startswith(f"{one}__")), None)
        if exercise is None:
            raise _misplaced(course, bank, identifier, exercises, place)
        hints = _paragraphs(function) if bank == MISCONCEPTIONS else ()
        if bank == MISCONCEPTIONS and not 0 < len(hints) <= LEVELS:
            raise CourseError(
                f"{place}: its docstring has {len(hints)} paragraphs, which are its hints; "
                f"write one to {LEVELS}"
            )
        mistake = identifier.removeprefix(f"{exercise}__")
        found.append(NamedAnswer(exercise, mistake, stem, function, hints))
    return found


def _refuse_single_underscore(identifier: str, exercises: Iterable[str], place: str) -> None:
    for one in exercises:
        if identifier.startswith(f"{one}_"):
            raise CourseError(
                f"{place}: has a single underscore after the name of the exercise; rename "
                f"it to {one}__{identifier[len(one) + 1 :]}, or, if it is a helper, to "
                f"_{identifier}"
            )


def _misplaced(
    course: Course, bank: str, identifier: str, exercises: Iterable[str], place: str
) -> CourseError:
    """The error for an answer that is in another exercise's file, or belongs to no exercise."""
    for other in course.exercises:
        if identifier.startswith(f"{other.name}__"):
            return CourseError(
                f"{place}: is an answer to the exercise {other.name}; move it to "
                f"solutions/{bank}/{other.name}.py or solutions/{bank}/{other.part}.py"
            )
    return CourseError(
        f"{place}: does not begin with the name of an exercise of this file "
        f"and two underscores; the exercises are {', '.join(exercises)}"
    )


def _paragraphs(function: Function) -> tuple[str, ...]:
    text = inspect.getdoc(function) or ""
    return tuple(" ".join(one.split()) for one in text.split("\n\n") if one.strip())


MOST_CELLS = 2048
"""Larger wrong answers are kept only if a misconception has no smaller one."""


def misconceptions_of(
    course: Course, cases: Mapping[str, Sequence[Case]]
) -> dict[str, tuple[Misconception, ...]]:
    """Return each exercise's misconceptions, with their answers on `cases`.

    Raises CourseError if the bank cannot be read.
    """
    seconds = course.limits.case_seconds
    references = load_references(course)
    callings = {
        exercise.name: calling_of(exercise, references[exercise.name])
        for exercise in course.exercises
    }
    known: dict[str, tuple[Misconception, ...]] = dict.fromkeys(cases, ())
    public = {
        exercise.name: {group.name for group in exercise.groups if group.public}
        for exercise in course.exercises
    }
    for answer in read_bank(course, MISCONCEPTIONS):
        name = answer.exercise
        if name in known:
            _check_call(answer, callings[name], cases[name])
            known[name] += (
                _misconception(answer, callings[name], cases[name], public[name], seconds),
            )
    return known


def _check_call(answer: NamedAnswer, calling: Calling, cases: Sequence[Case]) -> None:
    """Raise CourseError if the function cannot be called like the reference, as it would then be
    wrong for that reason alone."""
    taken = inspect.signature(answer.function)
    for given in {tuple(case.arguments) for case in cases}:
        own, keywords = calling.names(dict.fromkeys(given, 0))
        mine = given[:own]
        try:
            taken.bind(*mine[: len(mine) - len(keywords)], **dict.fromkeys(keywords))
        except TypeError:
            raise CourseError(
                f"solutions/{MISCONCEPTIONS}/{answer.file}.py: {answer.identifier}: takes {taken}, "
                f"and is called with ({', '.join(mine)}); give it the exercise's parameters"
            ) from None


def _misconception(
    answer: NamedAnswer, calling: Calling, cases: Sequence[Case], public: set[str], seconds: float
) -> Misconception:
    # In the order in which a student's function is called, for a misconception that keeps state.
    order = sorted(range(len(cases)), key=lambda index: cases[index].group not in public)
    answers: list[_Answer] = [None] * len(cases)
    try:
        with _quietly(seconds):  # once for all of them, which are nearly always quick
            for index in order:
                answers[index] = _answer(answer, calling, cases[index])
    except TooSlow:
        for index in order:
            try:
                with _quietly(seconds):
                    answers[index] = _answer(answer, calling, cases[index])
            except TooSlow:
                answers[index] = None
    arrays = [one for one in answers if isinstance(one, np.ndarray)]
    if any(one.size <= MOST_CELLS for one in arrays):
        answers = [
            Answered.WRONG if isinstance(one, np.ndarray) and one.size > MOST_CELLS else one
            for one in answers
        ]
    return Misconception(answer.exercise, answer.name, answer.hints, tuple(answers))


_Answer = Array | Answered | Data | None


@contextmanager
def _quietly(seconds: float) -> Iterator[None]:
    """Silence warnings, and raise TooSlow after `seconds`."""
    with np.errstate(all="ignore"), warnings.catch_warnings(), within(seconds):
        warnings.simplefilter("ignore")
        yield


def _answer(answer: NamedAnswer, calling: Calling, case: Case) -> _Answer:
    arguments = copy_arguments(case.arguments)
    if case.read_only:
        for value in arguments:
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
    try:
        returned = call_with(answer.function, calling, case.arguments, arguments)
        if case.data is not None:
            returned = Data(plain_data(returned, answer.identifier))
        else:
            returned = np.array(returned)
    except (Exception, SystemExit):
        return None
    after = tuple(map(as_drawn, case.arguments.values(), arguments))
    if isinstance(returned, Data):
        mismatch = compare(case, Outcome(Status.RETURNED, None, after, data=returned))
    else:
        if returned.dtype.kind not in NUMERIC_KINDS:
            return None
        if returned.dtype.kind == "f" and returned.dtype.itemsize > 8:
            returned = returned.astype(np.float64)  # long doubles differ between machines
        mismatch = compare(case, Outcome(Status.RETURNED, returned, after))
    if mismatch is None:
        return Answered.RIGHT
    if mismatch.flaw is Flaw.ARGUMENTS:
        return None
    if isinstance(returned, np.ndarray):
        returned.setflags(write=False)
    answered: Array | Data = returned
    return answered
