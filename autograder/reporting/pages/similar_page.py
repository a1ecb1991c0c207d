"""The page of hand-ins that are alike: places to look, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograder.reporting.pages.document import page
from autograder.similarity.class_matches import MatchWithCode
from autograder.similarity.matches import MOST


def similar_page(
    course: str, pairs: Sequence[MatchWithCode], compared: int, names: Mapping[str, str]
) -> str:
    """The whole page; `names` are the students' by submission, where they are known."""
    pieces = page(
        "similar.html",
        style="similar.css",
        course=course,
        pairs=pairs,
        compared=compared,
        names=names,
        most=MOST,
    )
    return "".join(pieces)
