"""The parts of a student's final mark: score, lateness, adjustments by hand.

Whoever shows a mark takes its parts from here: `Gradebook.marks()` gives one FinalMark for each
student, and `in_words` says the parts of one as lines of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from autograder.model import Student
from autograder.text import printable


class Standing(Enum):
    """Where a student's mark comes from, or why there is none."""

    GRADED = "graded"
    JUDGE_ERROR = "judge_error"
    """Grading itself failed: no mark, and never a zero."""
    MISSING = "missing"
    """Is in the roster and handed nothing in."""


@dataclass(frozen=True)
class Adjustment:
    """Points given or taken by hand."""

    points: float
    reason: str
    """In the instructor's words, as they were typed: escape them."""
    made_at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True)
class FinalMark:
    """What one student gets, with all that it is made of."""

    student: Student
    submission: str | None
    """The id of the attempt that counts; None for who handed nothing in."""
    standing: Standing
    max_score: float
    score: float | None = None
    """As graded; None where there is none."""
    days_late: int = 0
    lost: float = 0.0
    """Points that lateness costs, at least 0."""
    adjustments: tuple[Adjustment, ...] = ()
    """In the order in which they were made."""

    @property
    def adjustment(self) -> float:
        """All adjustments together."""
        return round(sum((one.points for one in self.adjustments), 0.0), 6)

    @property
    def final(self) -> float | None:
        """Score less what lateness costs, adjusted: at least 0, above the maximum where given so.

        None where grading failed, and for who handed nothing in, unless points were given by hand.
        """
        if self.standing is Standing.JUDGE_ERROR:
            return None
        if self.score is None and not self.adjustments:
            return None
        return max(0.0, round((self.score or 0.0) - self.lost + self.adjustment, 6))


def in_words(mark: FinalMark) -> tuple[str, ...]:
    """Each part on a line, the final mark last; only the score's where nothing else counts.

    Plain text on one line each, that is still to be escaped for HTML or Markdown.
    """
    if mark.standing is Standing.JUDGE_ERROR:
        return ("not graded yet, through no fault of the hand-in",)
    lines = [
        "no hand-in" if mark.score is None else f"graded: {mark.score:g} of {mark.max_score:g}"
    ]
    if mark.days_late:
        days = "1 day" if mark.days_late == 1 else f"{mark.days_late} days"
        lines.append(f"late by {days}: {-mark.lost or 0.0:+g}")
    lines += [f"adjusted: {one.points:+g} ({printable(one.reason)})" for one in mark.adjustments]
    if len(lines) > 1 and mark.final is not None:
        lines.append(f"final mark: {mark.final:g} of {mark.max_score:g}")
    return tuple(lines)
