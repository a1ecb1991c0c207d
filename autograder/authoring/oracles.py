"""Compares a course's references with oracles: independent computations of the same answers.

The examples in a reference's docstring are run, too. Students see them, in the form of doctest:
`>>> mean([1.0, 2.0])`, with what it prints on the lines below.

solutions/oracles.py defines them:

- An oracle is a function `exercise__oracle` with the parameters of the exercise's reference. It
  computes the reference's answer by another method, and returns None for a case that it cannot
  compute. If it raises ImportError, a package is missing: that is a note, not a failure.
- ALLOWED maps each oracle to the largest error allowed: by its full name, or by the part after
  the underscores for all exercises.
- `printed(references, example)` yields triples: an exercise, what its reference returns, and the
  text of the same numbers in the course's source, where each may be rounded or truncated.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import numpy as np

from autograder.answer_key.answers import Calling, call_with, calling_of
from autograder.answer_key.inputs import copy_arguments, plain_data
from autograder.answer_key.trusted_modules import (
    Function,
    TooSlow,
    failure,
    functions_of,
    importable,
    load_modules,
    solution_sources,
    within,
)
from autograder.authoring.proof import OracleProof
from autograder.compare import compare
from autograder.errors import CourseError
from autograder.model.course import AnswerKey, Case, Course, Exercise
from autograder.model.submission import Outcome, Status
from autograder.model.values import Array, Data
from autograder.text import did_you_mean, number_of

MODULE = "oracles"
_PLACE = f"solutions/{MODULE}.py"
_PATIENCE = 10
"""Time limit of an oracle as a multiple of a student's: it may compute with fifty digits."""
_NUMBER = re.compile(r"[-+]?\d+(?:\.(\d*))?(?:e([-+]?\d+))?")
"""A number, with the digits after its point, if it has one, and its exponent."""


@dataclass(frozen=True)
class Witness:
    """What the oracles and the printed numbers say about the references."""

    proofs: Mapping[str, tuple[OracleProof, ...]] = field(default_factory=dict)
    """The result of each oracle, by exercise."""
    printed: Mapping[str, int] = field(default_factory=dict)
    """By exercise, how many printed numbers match."""
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def load_oracles(course: Course, exercises: Collection[Exercise]) -> ModuleType | None:
    """Return solutions/oracles.py, or None if there is none.

    Raises CourseError if it does not run, an oracle belongs to no exercise, or one of these
    exercises has an oracle without an allowed error.
    """
    sources = solution_sources(course)
    if MODULE not in sources:
        return None
    module = load_modules(sources, [MODULE])[MODULE]
    _check_names(module, course)
    for exercise in exercises:
        for name, _ in _oracles(module, exercise.name):
            _allowed(module, exercise.name, name)
    return module


def consult(
    course: Course,
    key: AnswerKey,
    exercises: Collection[Exercise],
    references: Mapping[str, Function],
) -> Witness:
    """Run the oracles on every case of these exercises, and compare all printed numbers.

    Raises CourseError if an oracle fails, or it or the printed numbers are malformed.
    """
    module = load_oracles(course, exercises)
    if module is None:
        note = f"{_PLACE}: there is none, so nothing but itself vouches for a reference"
        return Witness(notes=(note,))
    seconds = _PATIENCE * course.limits.case_seconds
    printed, failures = _compare_printed(module, course, references, seconds)
    proofs: dict[str, tuple[OracleProof, ...]] = {}
    notes: list[str] = []
    for exercise in exercises:
        calling = calling_of(exercise, references[exercise.name])
        for name, function in _oracles(module, exercise.name):
            try:
                cases, allowed = key.cases[exercise.name], _allowed(module, exercise.name, name)
                proof = _proof(name, function, calling, cases, allowed, seconds)
            except ImportError as error:
                notes.append(f"{_PLACE}: {exercise.name}__{name}: not consulted: {error}")
                continue
            proofs[exercise.name] = (*proofs.get(exercise.name, ()), proof)
            if not proof.error <= proof.allowed:
                failures.append(
                    f"{_PLACE}: {exercise.name}__{name} differs by {proof.error:.1e} from the "
                    f"reference, {proof.allowed:.0e} is allowed; fix one of the two"
                )
    return Witness(proofs, printed, tuple(failures), tuple(notes))


def _oracles(module: ModuleType, exercise: str) -> list[tuple[str, Function]]:
    prefix = f"{exercise}__"
    return [
        (name.removeprefix(prefix), function)
        for name, function in vars(module).items()
        if name.startswith(prefix) and callable(function)
    ]


def _check_names(module: ModuleType, course: Course) -> None:
    """Refuse an oracle that belongs to no exercise, since it would never run."""
    names = course.by_name
    for oracle in functions_of(module):
        if "__" in oracle and not any(oracle.startswith(f"{name}__") for name in names):
            hint = did_you_mean(oracle.partition("__")[0], names)
            raise CourseError(f"{_PLACE}: {oracle} begins with the name of no exercise; {hint}")


def _allowed(module: ModuleType, exercise: str, oracle: str) -> float:
    table, full = getattr(module, "ALLOWED", {}), f"{exercise}__{oracle}"
    allowed = table.get(full, table.get(oracle)) if isinstance(table, dict) else None
    if isinstance(allowed, bool) or not isinstance(allowed, int | float):
        raise CourseError(
            f"{_PLACE}: ALLOWED has no error for '{oracle}'; write ALLOWED = {{\"{full}\": 1e-9}}"
        )
    return allowed


def _proof(
    name: str,
    function: Function,
    calling: Calling,
    cases: Sequence[Case],
    allowed: float,
    seconds: float,
) -> OracleProof:
    answers = [(case, _ask(name, function, calling, case, seconds)) for case in cases]
    errors = [_error_on(case, answer) for case, answer in answers if answer is not None]
    if not errors:
        raise CourseError(f"{_PLACE}: {cases[0].exercise}__{name} judges no case; remove it")
    return OracleProof(name, max(errors), allowed, len(errors))


def _ask(
    name: str, function: Function, calling: Calling, case: Case, seconds: float
) -> Array | Data | None:
    about = f"oracle {case.exercise}__{name}, group '{case.group}'"
    try:
        with np.errstate(all="ignore"), within(seconds):
            answer = call_with(function, calling, case.arguments, copy_arguments(case.arguments))
    except ImportError:
        raise
    except (Exception, SystemExit, TooSlow) as error:
        raise CourseError(f"{failure(error)} ({about}); fix it") from error
    if answer is None:
        return None
    if case.data is not None:
        return Data(plain_data(answer, f"{_PLACE}: {about}: returns its answer"))
    try:
        return np.asarray(answer, dtype=case.expected.dtype)
    except (TypeError, ValueError):
        kind = type(answer).__name__
        raise CourseError(f"{_PLACE}: {about}: returns {kind}; return numbers or None") from None


def _error_on(case: Case, answer: Array | Data) -> float:
    """Return the distance of the oracle from the reference.

    For plain data, or with a judge, it is 0 if the answer is accepted and infinity if not.
    """
    if isinstance(answer, np.ndarray) and case.judge is None:
        return _error(answer, case.expected)
    value = None if isinstance(answer, Data) else answer
    data = answer if isinstance(answer, Data) else None
    outcome = Outcome(Status.RETURNED, value, data=data)
    mismatch = compare(replace(case, keeps_arguments=False), outcome)
    return 0.0 if mismatch is None else float("inf")


def _error(answer: Array, expected: Array) -> float:
    if answer.shape != expected.shape:
        return float("inf")
    error = np.abs(answer - expected) / np.maximum(1.0, np.abs(expected))
    worst = float(error.max(initial=0.0))
    return worst if worst == worst else float("inf")


def _printed(
    module: ModuleType, course: Course, references: Mapping[str, Function], seconds: float
) -> Iterator[tuple[str, list[float], list[re.Match[str]]]]:
    """For each triple of `printed`: the exercise, the reference's values, the printed numbers."""
    printed = getattr(module, "printed", None)
    if printed is None:
        return
    try:
        with within(seconds):
            triples = list(printed(references, dict(course.example)))
    except (Exception, SystemExit, TooSlow) as error:
        raise CourseError(f"{failure(error)} (in printed); fix it") from error
    for number, triple in enumerate(triples, 1):
        try:
            exercise, value, text = triple
            values = np.ravel(np.asarray(value, dtype=np.float64)).tolist()
            numbers = list(_NUMBER.finditer(text))
        except (TypeError, ValueError):
            raise CourseError(
                f"{_PLACE}: printed: number {number} is {triple!r:.80}; yield an exercise, what "
                "its reference gives, and the text that is printed"
            ) from None
        if exercise not in references:
            raise CourseError(
                f"{_PLACE}: printed: number {number} is for {exercise!r:.60}, which is not an "
                f"exercise; there are {', '.join(sorted(references))}"
            )
        yield exercise, values, numbers


def _compare_printed(
    module: ModuleType, course: Course, references: Mapping[str, Function], seconds: float
) -> tuple[dict[str, int], list[str]]:
    counts: dict[str, int] = {}
    failures: list[str] = []
    for exercise, values, numbers in _printed(module, course, references, seconds):
        if len(numbers) != len(values):
            failures.append(
                f"{_PLACE}: printed: {exercise} gives {number_of(len(values), 'number')}, the text "
                f"has {len(numbers)}; print all of them"
            )
            continue
        wrong = [(n[0], got) for n, got in zip(numbers, values, strict=True) if not _is(got, n)]
        for number, got in wrong:
            failures.append(
                f"{_PLACE}: printed: {exercise} gives {got!r} where the source prints {number}; "
                "fix the reference or the text"
            )
        counts[exercise] = counts.get(exercise, 0) + len(values) - len(wrong)
    return counts, failures


def _is(got: float, printed: re.Match[str]) -> bool:
    """Whether the printed number is `got`, rounded or truncated to the printed digits."""
    number, unit, room = _read(printed, got)
    cut = -room <= abs(got) - abs(number) < unit and number * got >= 0
    return abs(number - got) <= unit / 2 + room or cut


def _read(printed: re.Match[str], got: float) -> tuple[float, float, float]:
    """Return a printed number, the unit of its last digit, and the rounding error of `got`."""
    unit = 10.0 ** (int(printed[2] or 0) - len(printed[1] or ""))
    return float(printed[0]), unit, 4 * float(np.spacing(abs(got)))


_WRAPPED = re.compile(r"np\.(?:float|int|uint)\d+\(([^()]*)\)|np\.(True|False)_")
"""A scalar as numpy 2 shows it; numpy 1 shows the number alone."""
_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def try_examples(
    course: Course, exercises: Collection[Exercise]
) -> tuple[dict[str, int], list[str]]:
    """Run the examples of these exercises, each docstring within the author's time limit.

    Returns, by exercise, how many numbers of its examples are right, and a line for each example
    that prints something else. Names mean what they mean in the solution's file. A number may be
    rounded to the digits that the docstring shows. Raises CourseError if a solution does not run.
    """
    sources = solution_sources(course)
    modules = load_modules(sources, {exercise.part for exercise in exercises})
    right: dict[str, int] = {}
    failures: list[str] = []
    for exercise in exercises:
        path = sources[exercise.part]
        place = f"solutions/{path.name}"
        names = vars(modules[exercise.part])
        for line, text in _docstrings(ast.parse(path.read_bytes()), exercise.name):
            try:
                parts = doctest.DocTestParser().get_examples(text)
            except ValueError as error:
                why = str(error).partition(" has ")[2] or str(error)
                failures.append(f"{place}:{line}: {exercise.name}: an example has {why}")
                continue
            test = doctest.DocTest(parts, dict(names), exercise.name, str(path), line, text)
            runner = _Runner(f"{place}:", exercise.name)
            try:
                with importable(sources), within(course.limits.case_seconds):
                    runner.run(test, out=lambda shown: None, clear_globs=False)
            except TooSlow as slow:
                failures.append(
                    f"{place}:{line}: {exercise.name}: the examples of its docstring {slow}, the "
                    "limit for students (limits.case_seconds); make them quicker"
                )
                continue
            failures += runner.complaints
            right[exercise.name] = right.get(exercise.name, 0) + runner.right
    return right, failures


def _docstrings(tree: ast.Module, name: str) -> Iterator[tuple[int, str]]:
    """The docstrings of a function, or of a class and its methods, with their first lines."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            inside = node.body if isinstance(node, ast.ClassDef) else []
            for one in (node, *(part for part in inside if isinstance(part, ast.FunctionDef))):
                if text := ast.get_docstring(one, clean=False):
                    yield one.body[0].lineno, text


class _Runner(doctest.DocTestRunner):
    """Keeps a line for each example that fails, and shows nothing."""

    def __init__(self, place: str, name: str) -> None:
        super().__init__(_Checker(), verbose=False, optionflags=_FLAGS)
        self.complaints: list[str] = []
        self.right = 0
        """How many numbers are printed as the docstring shows them."""
        self._place = place
        self._name = name

    def report_success(self, out: Any, test: Any, example: Any, got: str) -> None:
        self.right += len(_NUMBER.findall(_plain(example.want)))

    def report_failure(self, out: Any, test: Any, example: Any, got: str) -> None:
        prints = f"prints {_short(got)}" if got else "prints nothing"
        wanted = f"shows {_short(example.want)}" if example.want else "shows nothing"
        self._fails(test, example, f"{prints}, and the docstring {wanted}")

    def report_unexpected_exception(self, out: Any, test: Any, example: Any, error: Any) -> None:
        if issubclass(error[0], TooSlow):
            return  # raised again by `within`
        self._fails(test, example, f"raises {error[0].__name__}: {_short(str(error[1]))}")

    def _fails(self, test: doctest.DocTest, example: doctest.Example, why: str) -> None:
        line = (test.lineno or 0) + example.lineno
        self.complaints.append(
            f"{self._place}{line}: {self._name}: the example {_short(example.source)} {why}; fix "
            "the reference or the example"
        )


class _Checker(doctest.OutputChecker):
    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        want, got = _plain(want), _plain(got)
        if _text(want) != _text(got):
            return False
        numbers = list(_NUMBER.finditer(got))
        # A zero may be the difference of numbers as large as the others: 1e-16 rather than 0.
        largest = max((abs(float(number[0])) for number in numbers), default=0.0)
        pairs = zip(_NUMBER.finditer(want), numbers, strict=True)
        return all(_rounds_to(one, other, largest) for one, other in pairs)


def _plain(text: str) -> str:
    return _WRAPPED.sub(lambda match: match[1] or match[2], text)


def _text(shown: str) -> str:
    """What is around the numbers; spaces only align them."""
    return "".join(_NUMBER.sub("\0", shown).split())


def _rounds_to(want: re.Match[str], got: re.Match[str], largest: float) -> bool:
    """Whether the number is the other one, rounded to the digits shown; 3 and 3. are exact, but for
    the rounding errors of a number as large as `largest`."""
    found = float(got[0])
    shown, unit, room = _read(want, largest)
    return abs(shown - found) <= (unit / 2 if want[1] else 0.0) + room


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"
