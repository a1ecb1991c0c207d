"""Turns the results of a group's cases into its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from autograder.model.report import Flaw, Grid, GroupReport, GroupResult, Mismatch, Verdict


def score_group(
    result: GroupResult, message: str = "", share: float = 0.0, grid: Grid | None = None
) -> GroupReport:
    """The report of one group: full points if every case is right, otherwise `share` of them.

    `share`, between 0 and 1, is the follow-through credit or what a judge grants. A group without
    cases, or one whose outcomes are right but fewer than its cases, earns nothing.
    """
    wrong = first_mismatch(result) is not None
    passed = not wrong and _complete(result)
    group, points = result.group, result.group.points
    granted = min(max(share, 0.0), 1.0) if wrong else 0.0
    score = round(points if passed else points * granted, 6)
    found = Verdict.ACCEPTED if passed else verdict(result)
    report = shared_report(
        group.name, group.public, score, points, found, message, extra=group.extra
    )
    return report if grid is None else replace(report, grid=grid)


@lru_cache(1 << 13)
def shared_report(
    name: str,
    public: bool,
    score: float,
    max_score: float,
    verdict: Verdict,
    message: str,
    *,
    extra: bool = False,
) -> GroupReport:
    """Interned: equal reports share one object, which saves building and pickling."""
    return GroupReport(name, public, score, max_score, verdict, message, extra=extra)


def first_mismatch(result: GroupResult) -> Mismatch | None:
    """The mismatch of the first case that is not right; None if all are right."""
    for mismatch in result.mismatches:
        if mismatch is not None:
            return mismatch
    return None


def only_numbers_are_wrong(result: GroupResult) -> bool:
    """Whether the group has mismatches, all of them in shape, non-finite cells or values."""
    flaws = [mismatch.flaw for mismatch in result.mismatches if mismatch is not None]
    return bool(flaws) and all(flaw in _WRONG_NUMBERS for flaw in flaws)


_WRONG_NUMBERS = frozenset({Flaw.SHAPE, Flaw.NON_FINITE, Flaw.VALUES})


def verdict(result: GroupResult) -> Verdict:
    """The verdict of the first case that is not right; JUDGE_ERROR if there are no cases or some
    were not run."""
    mismatch = first_mismatch(result)
    if mismatch is not None:
        return mismatch.verdict
    return Verdict.ACCEPTED if _complete(result) else Verdict.JUDGE_ERROR


def _complete(result: GroupResult) -> bool:
    return 0 < len(result.cases) == len(result.outcomes) == len(result.mismatches)


def is_wrong(results: Sequence[GroupResult]) -> bool:
    """Whether the function is written and some group is wrong."""
    mismatches = filter(None, map(first_mismatch, results))
    return any(mismatch.verdict is not Verdict.NOT_ATTEMPTED for mismatch in mismatches)
