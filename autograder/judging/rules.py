"""Finds uses of what an exercise forbids.

Most are found in the text, without running the submission; see `rule_search.py`. A function that is
called in some other way raises an error; see `sandbox/guest/rules.py`.

This catches shortcuts, but not somebody who deliberately hides them.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.judging.explain import place
from autograder.judging.rule_search import SYNTAX, search
from autograder.judging.score import first_mismatch
from autograder.model.course import Exercise
from autograder.model.report import ExerciseReport, GroupReport, GroupResult, Verdict
from autograder.model.submission import Outcome, Source
from autograder.sandbox.guest.rules import NotAllowed, refusal

_WORDS = {
    "for": "a for loop",
    "while": "a while loop",
    "comprehensions": "a comprehension",
    "loops": "a loop",
    "lambda": "a lambda",
    "@": "the operator @",
    "recursion": "a function that calls itself",
}
_MOST_BYTES = 500_000
"""Longer code is not parsed: that would take seconds, and no coursework is that long."""


@dataclass(frozen=True)
class Use:
    """The first place where a submission uses something that is forbidden."""

    rule: str
    """The rule as in course.yaml."""
    where: str
    """File, cell and line, safe to show."""

    def __str__(self) -> str:
        return f"{_WORDS.get(self.rule, self.rule)} ({self.where})"


def forbidden_uses(
    exercise: Exercise, sources: Sequence[Source], results: Sequence[GroupResult] = ()
) -> tuple[Use, ...]:
    """The forbidden things that the exercise's function uses, each with the first place.

    `results` shows the calls that were refused. They may be empty, where nothing has run.
    """
    if not exercise.forbid:
        return ()
    if sum(len(cell) for source in sources for cell in source.cells) > _MOST_BYTES:
        return (Use(", ".join(exercise.forbid), "the code is too long to be searched"),)
    found = search(exercise, tuple(sources))
    for result in results:
        for outcome in result.outcomes:
            if (rule := _refused(exercise, outcome)) and rule not in found:
                found[rule] = _where(result, outcome)
    return tuple(Use(rule, found[rule]) for rule in exercise.forbid if rule in found)


def _refused(exercise: Exercise, outcome: Outcome) -> str | None:
    """The rule for which the sandbox refused a call, as far as the student's process says so."""
    if outcome.error is None or outcome.error.type != NotAllowed.__name__:
        return None
    return {refusal(rule): rule for rule in exercise.forbid}.get(outcome.error.message)


def _where(result: GroupResult, outcome: Outcome) -> str:
    # A process that has seen hidden inputs could say one of them as a line number.
    if not result.group.public or outcome.error is None or not outcome.error.frames:
        return "called on a hidden input"
    last = outcome.error.frames[-1]
    return place(last.filename, last.cell, last.line)


def under_rules(
    report: ExerciseReport,
    exercise: Exercise,
    uses: Sequence[Use],
    results: Sequence[GroupResult] = (),
) -> ExerciseReport:
    """The report after deducting the points for `uses` of forbidden things, found in `results`."""
    attempted = [one for one in report.groups if one.verdict is not Verdict.NOT_ATTEMPTED]
    refused = {
        result.group.name
        for result in results
        if (first := first_mismatch(result)) and _refused(exercise, first.outcome)
    }
    if not uses or not attempted:
        return report
    listed = " and ".join(map(str, uses))
    kept = 1.0 - exercise.forbid_penalty
    cost = {0.0: "no points for that", 1.0: "it costs nothing this time"}.get(
        kept, f"that costs {exercise.forbid_penalty:.0%} of the points"
    )
    told = f"not allowed in {exercise.name}: {listed}; {cost}; write the answer without it"

    def judged(group: GroupReport) -> GroupReport:
        if group not in attempted:
            return group
        accepted = group.verdict is Verdict.ACCEPTED
        alone = accepted or group.name in refused or not group.message
        message = told if alone else f"{group.message}; {told}"
        verdict = Verdict.WRONG_ANSWER if accepted and kept < 1.0 else group.verdict
        return replace(group, score=round(group.score * kept, 6), verdict=verdict, message=message)

    return replace(report, groups=tuple(map(judged, report.groups)))


def unknown_name(rule: str) -> str:
    """Why a forbidden name does not exist, for the author; "" if it exists or cannot be checked."""
    if rule in SYNTAX or rule.startswith("."):
        return ""
    top, *names = rule.split(".")
    found: Any = vars(builtins).get(top) if not names else None
    if found is None:
        try:
            found = __import__(top)
        except ImportError:
            return f"there is no {top}" if not names else ""
    for name in names:
        try:
            found = getattr(found, name)
        except AttributeError:
            try:
                __import__(f"{found.__name__}.{name}")
                found = getattr(found, name)
            except (ImportError, AttributeError):
                return f"{getattr(found, '__name__', top)} has no {name}"
    return ""
