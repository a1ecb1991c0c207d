"""Turns what happened on the cases of a group into its marks."""

from __future__ import annotations

from autograder.model import Grid, GroupReport, GroupResult, Mismatch, Verdict


def score_group(
    result: GroupResult, message: str = "", share: float = 0.0, grid: Grid | None = None
) -> GroupReport:
    """The marks of one group: its points when every case is right, else `share` of them.

    `share`, between 0 and 1, is the follow-through credit. A group without cases, or with fewer
    outcomes than cases, earns nothing.
    """
    passed = first_mismatch(result) is None and _complete(result)
    points = result.group.points
    return GroupReport(
        name=result.group.name,
        public=result.group.public,
        score=round(points if passed else points * min(max(share, 0.0), 1.0), 6),
        max_score=points,
        verdict=Verdict.ACCEPTED if passed else verdict(result),
        message=message,
        grid=grid,
    )


def first_mismatch(result: GroupResult) -> Mismatch | None:
    """The first case of the group that is not right; None where all are."""
    for mismatch in result.mismatches:
        if mismatch is not None:
            return mismatch
    return None


def verdict(result: GroupResult) -> Verdict:
    """The verdict of the first case that is not right; a judge error where cases are missing."""
    mismatch = first_mismatch(result)
    if mismatch is not None:
        return mismatch.verdict
    return Verdict.ACCEPTED if _complete(result) else Verdict.JUDGE_ERROR


def _complete(result: GroupResult) -> bool:
    return 0 < len(result.cases) == len(result.outcomes) == len(result.mismatches)
