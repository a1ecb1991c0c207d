"""Runs the examples in a reference's docstring, and compares what they print.

Students see these examples, in the form of doctest: `>>> mean([1.0, 2.0])`, with what it prints on
the lines below.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.answer_key.trusted_modules import (
    TooSlow,
    importable,
    load_modules,
    solution_sources,
    within,
)
from autograder.model.course import Course, Exercise

_NUMBER = re.compile(r"[-+]?\d+(?:\.(\d*))?(?:e([-+]?\d+))?")
_WRAPPED = re.compile(r"np\.(?:float|int|uint)\d+\(([^()]*)\)|np\.(True|False)_")
"""A scalar as numpy 2 shows it; numpy 1 shows the number alone."""
_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@dataclass(frozen=True)
class Examples:
    """What the examples say about the references."""

    printed: dict[str, int] = field(default_factory=dict)
    """By exercise, how many numbers of its examples are right."""
    failures: list[str] = field(default_factory=list)
    """One line for each example that prints something else."""


def try_examples(course: Course, exercises: Iterable[Exercise]) -> Examples:
    """Run the examples of these exercises, each docstring within the author's time limit.

    Names mean what they mean in the solution's file. A number may be rounded to the digits that
    the docstring shows. Raises CourseError if a solution does not run.
    """
    sources = solution_sources(course)
    found = Examples()
    for exercise in exercises:
        path = sources[exercise.part]
        place = f"solutions/{path.name}"
        names = vars(load_modules(sources, [exercise.part])[exercise.part])
        for line, text in _docstrings(ast.parse(path.read_bytes()), exercise.name):
            try:
                parts = doctest.DocTestParser().get_examples(text)
            except ValueError as error:
                why = str(error).partition(" has ")[2] or str(error)
                found.failures.append(f"{place}:{line}: {exercise.name}: an example has {why}")
                continue
            test = doctest.DocTest(parts, dict(names), exercise.name, str(path), line, text)
            runner = _Runner(f"{place}:", exercise.name)
            try:
                with importable(sources), within(course.limits.case_seconds):
                    runner.run(test, out=lambda shown: None, clear_globs=False)
            except TooSlow as slow:
                found.failures.append(
                    f"{place}:{line}: {exercise.name}: the examples of its docstring {slow}, the "
                    "limit for students (limits.case_seconds); make them quicker"
                )
                continue
            found.failures.extend(runner.complaints)
            found.printed[exercise.name] = found.printed.get(exercise.name, 0) + runner.right
    return found


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
        if [_text(piece) for piece in _NUMBER.sub("\0", want).split("\0")] != [
            _text(piece) for piece in _NUMBER.sub("\0", got).split("\0")
        ]:
            return False
        pairs = zip(_NUMBER.finditer(want), _NUMBER.finditer(got), strict=True)
        return all(_is(one, other) for one, other in pairs)


def _plain(text: str) -> str:
    return _WRAPPED.sub(lambda match: match[1] or match[2], text)


def _text(piece: str) -> str:
    """What is between two numbers; spaces only align them."""
    return "".join(piece.split())


def _is(want: re.Match[str], got: re.Match[str]) -> bool:
    """Whether the number is the other one, rounded to the digits shown; 3 and 3. are exact."""
    shown, found = float(want[0]), float(got[0])
    if not want[1]:
        return shown == found
    unit = 10.0 ** (int(want[2] or 0) - len(want[1]))
    return abs(shown - found) <= unit / 2 + 4 * float(np.spacing(abs(found)))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"
