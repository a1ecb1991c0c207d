"""Which misconceptions how many students have."""

from __future__ import annotations

from autograder.reporting.class_results import ClassResults
from autograder.reporting.pages.html import Html, join, tag
from autograder.reporting.pages.meter import meter, percent
from autograder.reporting.pages.sortable import sortable_table

_FIRST = 12
"""Mistakes that are shown at once; the rest opens when asked for."""


def mistake_table(results: ClassResults) -> Html:
    """One row for each mistake that was recognised, the most frequent first."""
    if not results.mistakes:
        return tag("p", "No misconception was recognised in any hand-in.")
    graded = max(1, int(results.graded.sum()))
    rows = [
        tag(
            "tr",
            tag("th", tag("code", one.name), scope="row"),
            tag("td", tag("code", results.exercises[one.exercise].name)),
            # the script makes a button of it, which shows these students
            tag("td", str(one.count), class_="number", data_mistake=str(place)),
            tag("td", meter(one.count / graded), percent(one.count / graded), class_="number"),
            tag("td", one.hint, class_="words"),
        )
        for place, one in enumerate(results.mistakes)
    ]
    heads = [
        ("Mistake", "text"),
        ("Exercise", "text"),
        ("Students", "number"),
        ("Of the class", "number"),
        ("What the numbers show", "text"),
    ]
    first = sortable_table("Mistakes", heads, rows[:_FIRST])
    if len(rows) <= _FIRST:
        return first
    others = len(rows) - _FIRST
    summary = tag("summary", f"The other {others} mistakes" if others > 1 else "The other mistake")
    rest = sortable_table("The other mistakes", heads, rows[_FIRST:])
    return join(first, tag("details", summary, rest))
