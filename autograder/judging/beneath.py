"""Finds the earlier functions of a student that make a later one wrong, or make it raise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autograder.judging.explain import explain_crash_beneath
from autograder.judging.score import first_mismatch, is_wrong
from autograder.judging.source_text import calls_of
from autograder.model.course import Exercise
from autograder.model.report import Flaw, GroupResult, Mismatch
from autograder.model.submission import Source, Status


def wrong_beneath(
    exercises: Iterable[Exercise],
    results: Mapping[str, Sequence[GroupResult]],
    sources: tuple[Source, ...],
) -> dict[str, tuple[str, ...]]:
    """The wrong functions that each wrong exercise calls, traced down to those that call no other.

    `exercises` are in the course's order. An exercise is left out if it calls none, or is wrong on
    a kind of input on which a called function is right: then the mistake is its own. Inputs drawn
    by the same recipe are of the same kind.
    """
    found: dict[str, tuple[str, ...]] = {}
    for exercise in filter(lambda one: is_wrong(results[one.name]), exercises):
        called = calls_of(exercise.name, sources, frozenset(exercise.uses))
        names = [name for name in exercise.uses if name in called]
        wrong = [name for name in names if is_wrong(results.get(name, ()))]
        failing = {one.group.draw.recipe for one in results[exercise.name] if first_mismatch(one)}
        passing = {
            one.group.draw.recipe
            for name in wrong
            for one in results[name]
            if not first_mismatch(one)
        }
        if wrong and not failing & passing:
            deepest = (one for name in wrong for one in found.get(name, (name,)))
            found[exercise.name] = tuple(dict.fromkeys(deepest))
    return found


def crash_beneath(
    exercises: Iterable[Exercise],
    results: Mapping[str, Sequence[GroupResult]],
    sources: tuple[Source, ...],
) -> dict[str, str]:
    """The earlier function that makes each exercise raise, where that is clear.

    It is one that the exercise calls, and that is missing, raises, or returns something of another
    shape or kind, which fits the exception; if another function makes that one raise, it is the
    other one. Inputs drawn by the same recipe on which the called function is right show that it is
    not the reason. Only public groups decide, so that a check says the same as grading.
    `exercises` are in the course's order.
    """
    found: dict[str, str] = {}
    for exercise in exercises:
        raising = [
            (one.group.draw.recipe, kind)
            for one in _public(results[exercise.name])
            if (kind := _kind(first_mismatch(one))) is not None
        ]
        if not raising:
            continue
        recipes, kinds = map(set, zip(*raising, strict=True))
        called = calls_of(exercise.name, sources, frozenset(results))
        for name in (name for name in results if name in called):
            passes = any(
                one.group.draw.recipe in recipes and first_mismatch(one) is None
                for one in _public(results[name])
            )
            if not passes and kinds <= _raised_by(_first_public(results[name])):
                found[exercise.name] = found.get(name, name)
                break
    return found


def _raised_by(mismatch: Mismatch | None) -> set[str]:
    """The exceptions that a function may raise that calls the one with this mismatch."""
    if mismatch is None:
        return set()
    if mismatch.outcome.status is Status.MISSING:
        return {"NameError"}
    if mismatch.outcome.status is Status.RAISED:
        return {_kind(mismatch) or ""} - {""}
    return _OF_SHAPE_OR_KIND if mismatch.flaw in _OTHER_KIND else set()


_OTHER_KIND = (Flaw.SHAPE, Flaw.STATUS, Flaw.STRUCTURE)
_OF_SHAPE_OR_KIND = {
    "ValueError",
    "TypeError",
    "IndexError",
    "AttributeError",
    "LinAlgError",
}
"""Exceptions that numpy and Python raise for a value of another shape or kind."""


def reason(name: str, results: Mapping[str, Sequence[GroupResult]]) -> str:
    """The words for the function `name` as the reason that a later function raises."""
    return explain_crash_beneath(name, _first_public(results[name]))


def _first_public(results: Sequence[GroupResult]) -> Mismatch | None:
    return next(filter(None, map(first_mismatch, _public(results))), None)


def _public(results: Sequence[GroupResult]) -> list[GroupResult]:
    return [one for one in results if one.group.public]


def _kind(mismatch: Mismatch | None) -> str | None:
    """The exception's name if it is of Python or numpy, else ""; None if nothing was raised."""
    if mismatch is None or mismatch.outcome.status is not Status.RAISED:
        return None
    error = mismatch.outcome.error
    return error.type if error is not None and error.builtin else ""
