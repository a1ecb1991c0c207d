"""How the run itself went: failures of our own, the slowest hand-ins, the isolation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.gradebook.final_mark import FinalMark
from autograder.model import Isolation
from autograder.reporting.class_results import ClassResults
from autograder.reporting.pages.html import Html, join, tag
from autograder.reporting.pages.sortable import sortable_table
from autograder.reporting.statistics import largest

_SLOWEST = 10
_LEVELS = {
    "full": "Every protection there is stood between the students' code and the machine.",
    "partial": "Some protections were missing; see below which.",
    "process": "Students' code ran in a process of its own, with little else around it.",
}


def not_graded(results: ClassResults) -> Html | None:
    """Whom the grader failed, and why; nothing where there is nobody."""
    failed = [one for one in results.students if one.judge_error is not None]
    if not failed:
        return None
    lines = (tag("li", tag("strong", one.id, dir="auto"), f": {one.judge_error}") for one in failed)
    return tag(
        "div",
        tag("h3", f"Not graded, through no fault of theirs: {len(failed)}"),
        tag("ul", lines),
        class_="aside",
    )


def slowest_table(
    results: ClassResults, marks: Sequence[FinalMark], links: Mapping[int, str]
) -> Html | None:
    """The hand-ins that took the longest to grade."""
    if not results.students:
        return None
    addresses: dict[str | None, str] = {}
    for place, address in links.items():
        addresses.setdefault(marks[place].submission, address)
    seconds = np.array([one.seconds for one in results.students])
    slowest = [results.students[place] for place in largest(seconds, _SLOWEST)]
    rows = (
        tag(
            "tr",
            tag("th", tag("a", one.id, href=addresses.get(one.id), dir="auto"), scope="row"),
            tag("td", f"{one.seconds:.3f}", class_="number"),
        )
        for one in slowest
    )
    heads = [("Hand-in", "text"), ("Seconds", "number")]
    return join(tag("h3", "Slowest hand-ins"), sortable_table("Slowest hand-ins", heads, rows))


def isolation_table(isolation: Isolation) -> Html:
    """The level, and the state of every layer."""
    rows = (
        tag("tr", tag("th", layer, scope="row"), tag("td", state))
        for layer, state in isolation.layers.items()
    )
    heads = [("Layer", "text"), ("State", "text")]
    table = sortable_table("Layers of isolation", heads, rows) if isolation.layers else None
    return join(
        tag("h3", f"Isolation: {isolation.level}"),
        tag("p", _LEVELS.get(isolation.level, "")),
        table,
    )
