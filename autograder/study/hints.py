"""Gives the hints for an exercise, from a first push to nearly the answer."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.judging.explain import in_words, numbers_in_words
from autograder.judging.judge import JudgedExercise
from autograder.judging.score import first_mismatch
from autograder.model import Case, Verdict


def hints_for(standing: JudgedExercise) -> tuple[str, ...]:
    """The hints of the mistake that was recognised, else what can be said of any mistake."""
    if standing.solved:
        return ()
    report = standing.report
    return (report.hint, *report.more_hints) if report.hint else tuple(_general(standing))


def _general(standing: JudgedExercise) -> Iterator[str]:
    name, part = standing.exercise.name, standing.exercise.part
    if standing.untouched:
        yield f"Read the docstring of {name} in {part}: it gives the shapes and the formula."
    elif standing.mismatch is None and (told := _first_message(standing)):
        yield told  # its numbers are right; a rule of the course is broken
    else:
        yield _passed_and_failed(standing)
    if (case := _public_case(standing)) is not None:
        yield _worked(case)
    yield f"Read the lesson above {name} once more; r shows the reference."


def _first_message(standing: JudgedExercise) -> str:
    return next((group.message for group in standing.report.groups if group.message), "")


def _passed_and_failed(standing: JudgedExercise) -> str:
    groups = standing.report.groups
    passed = [group.name for group in groups if group.verdict is Verdict.ACCEPTED]
    failed = [group.name for group in groups if group.verdict is not Verdict.ACCEPTED]
    if not passed:
        return "No group passes yet, so begin with the worked example: it is shown cell by cell."
    return (
        f"It passes {_quoted(passed)} and fails {_quoted(failed)}: "
        "what do the inputs of the second kind have that those of the first kind lack?"
    )


def _public_case(standing: JudgedExercise) -> Case | None:
    """The public case that fails, if there is one: no hidden number is ever shown."""
    public = [result for result in standing.results if result.group.public and result.cases]
    failing = [result for result in public if first_mismatch(result) is not None]
    return next((result.cases[0] for result in (*failing, *public)), None)


def _worked(case: Case) -> str:
    return f"With {in_words(case)}, {case.exercise} returns {numbers_in_words(case.expected)}."


def _quoted(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
