"""Names the feedback pages: one for each hand-in, or one for each partner where marks differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.gradebook.final_mark import FinalMark, in_words
from autograder.submissions.names import distinct_ids

FOLDER = "feedback"


@dataclass(frozen=True)
class FeedbackFile:
    """One page, of a hand-in that was graded or should have been."""

    stem: str
    """The file's name without its ending: safe on every system, unlike every other one."""
    submission: str
    places: tuple[int, ...]
    """Among all marks, of those whose page it is: they got the same for the same reasons."""

    @property
    def path(self) -> str:
        """Below the folder of the gradebook, with a slash."""
        return f"{FOLDER}/{self.stem}.html"


def feedback_files(marks: Sequence[FinalMark]) -> tuple[FeedbackFile, ...]:
    """One page for each hand-in, in the order of `marks`.

    Partners of whom one was adjusted and another was not get a page each: what a teacher gave one
    of them is nobody else's business.
    """
    together: dict[str, dict[tuple[str, ...], list[int]]] = {}
    for place, mark in enumerate(marks):
        if mark.submission is not None:
            together.setdefault(mark.submission, {}).setdefault(in_words(mark), []).append(place)
    wanted = [
        (submission if len(by_words) == 1 else f"{submission}~{_identity(marks[own[0]])}", own)
        for submission, by_words in together.items()
        for own in by_words.values()
    ]
    stems = distinct_ids((name,) for name, _ in wanted)
    return tuple(
        FeedbackFile(stem, marks[own[0]].submission or "", tuple(own))
        for stem, (_, own) in zip(stems, wanted, strict=True)
    )


def _identity(mark: FinalMark) -> str:
    return next(iter(mark.student.ids), mark.student.name)
