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
    """
    raising = list(filter(raises, results[exercise.name]))
    if not raising:
        return ""
    error = first_mismatch(raising[0]).outcome.error  # type: ignore[union-attr]
    called = calls_of(exercise.name, sources, frozenset(results))
    for name in results:
        found = _first_public(results.get(name, ())) if name in called else None
        if found is None or error is None or not error.builtin:
            continue
        passing = {one.group.draw.recipe for one in results[name] if not first_mismatch(one)}
        if passing & {one.group.draw.recipe for one in raising}:
            continue
        theirs = found.outcome.error
        if found.outcome.status is Status.MISSING:
            fits = error.type == "NameError"
        elif found.outcome.status is Status.RAISED:
            fits = theirs is not None and theirs.type == error.type
        else:
            fits = found.flaw in _OTHER_KIND and error.type in _OF_SHAPE_OR_KIND
        if fits:
            return known.get(name, name)
    return ""


_OTHER_KIND = (Flaw.SHAPE, Flaw.STATUS, Flaw.STRUCTURE)
_OF_SHAPE_OR_KIND = ("ValueError", "TypeError", "IndexError", "AttributeError", "LinAlgError")
"""Exceptions that numpy and Python raise for a value of another shape or kind."""


def reason(name: str, results: Mapping[str, Sequence[GroupResult]]) -> str:
    return explain_crash_beneath(name, _first_public(results[name]))


def _first_public(results: Sequence[GroupResult]) -> Mismatch | None:
    public = (first_mismatch(one) for one in results if one.group.public)
    return next(filter(None, public), None)


def raises(result: GroupResult) -> bool:
    mismatch = first_mismatch(result)
    return mismatch is not None and mismatch.outcome.status is Status.RAISED
