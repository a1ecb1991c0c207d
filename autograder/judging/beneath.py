"""Finds the earlier functions of a student that make a later one wrong, or make it raise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograder.judging.explain import explain_crash_beneath
from autograder.judging.score import first_mismatch, is_wrong
from autograder.judging.source_text import calls_of
from autograder.model.course import Exercise
from autograder.model.report import Flaw, GroupResult, Mismatch
from autograder.model.submission import Source, Status


def wrong_beneath(
    exercise: Exercise,
    results: Mapping[str, Sequence[GroupResult]],
    sources: tuple[Source, ...],
    beneath: Mapping[str, tuple[str, ...]],
) -> tuple[str, ...]:
    """The wrong functions that a wrong exercise calls, traced down to those that call no other.

    Empty if the exercise is wrong on a kind of input on which a called function is right: then the
    mistake is its own. Inputs drawn by the same recipe are of the same kind.
    """
    called = calls_of(exercise.name, sources, frozenset(exercise.uses))
    wrong = [name for name in exercise.uses if name in called and is_wrong(results.get(name, ()))]
    failing = {one.group.draw.recipe for one in results[exercise.name] if first_mismatch(one)}
    names: list[str] = []
    for name in wrong:
        passing = {one.group.draw.recipe for one in results[name] if not first_mismatch(one)}
        if failing & passing:
            return ()
        names += beneath.get(name) or (name,)
    return tuple(dict.fromkeys(names))


def crash_beneath(
    exercise: Exercise,
    results: Mapping[str, Sequence[GroupResult]],
    sources: tuple[Source, ...],
    known: Mapping[str, str],
) -> str:
    """The earlier function that makes the exercise raise; "" if that is not clear.

    It is one that the exercise calls, and that is missing, raises, or returns something of another
    shape or kind, which fits the exception. `known` has the answers for earlier exercises. Inputs
    drawn by the same recipe on which the called function is right show that it is not the reason.
    Only public groups decide, so that a check says the same as grading.
    """
    raising = [
        (one.group.draw.recipe, kind)
        for one in results[exercise.name]
        if one.group.public and (kind := _kind(first_mismatch(one))) is not None
    ]
    if not raising:
        return ""
    recipes, kinds = map(set, zip(*raising, strict=True))
    called = calls_of(exercise.name, sources, frozenset(results))
    for name in results:
        found = _first_public(results[name]) if name in called else None
        if found is None:
            continue
        if any(
            one.group.draw.recipe in recipes and first_mismatch(one) is None
            for one in results[name]
            if one.group.public
        ):
            continue
        if found.outcome.status is Status.MISSING:
            fitting: set[str | None] = {"NameError"}
        elif found.outcome.status is Status.RAISED:
            fitting = {_kind(found)} - {""}
        else:
            fitting = _OF_SHAPE_OR_KIND if found.flaw in _OTHER_KIND else set()
        if kinds <= fitting:
            return known.get(name, name)
    return ""


_OTHER_KIND = (Flaw.SHAPE, Flaw.STATUS, Flaw.STRUCTURE)
_OF_SHAPE_OR_KIND: set[str | None] = {
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
    public = (first_mismatch(one) for one in results if one.group.public)
    return next(filter(None, public), None)


def _kind(mismatch: Mismatch | None) -> str | None:
    """The exception's name if it is of Python or numpy, else ""; None if nothing was raised."""
    if mismatch is None or mismatch.outcome.status is not Status.RAISED:
        return None
    error = mismatch.outcome.error
    return error.type if error is not None and error.builtin else ""
