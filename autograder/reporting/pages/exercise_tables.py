"""What a class's results say about its exercises, their test groups, the idle ones among these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from autograder.reporting.class_results import ClassResults
from autograder.reporting.pages.html import Html, join, tag
from autograder.reporting.pages.meter import DASH, MINUS, meter, percent
from autograder.reporting.pages.sortable import sortable_table
from autograder.reporting.statistics import Matrix, Vector, difficulty, discrimination, separates

_LEGEND = (
    "Difficulty is the share of the points that the class lost. Discrimination is the correlation "
    "between the points for this and those for everything else: from about 0.3 on it tells strong "
    "work from weak; below 0, those who do well elsewhere do badly here."
)


def exercise_table(results: ClassResults) -> Html:
    """One row for each exercise."""
    graded = results.graded
    earned = results.earned_by_exercise[graded]
    points = np.array([one.points for one in results.exercises])
    totals = earned.sum(axis=1)
    hard, apart = difficulty(earned, points), discrimination(earned, totals)
    passed = _mean(results.passed_by_exercise[graded])
    rows = (
        tag(
            "tr",
            tag("th", tag("code", one.name), scope="row"),
            tag("td", f"{one.points:g}", class_="number"),
            *_figures(passed[place], hard[place], apart[place]),
            tag("td", _frequent(results, place), class_="name"),
        )
        for place, one in enumerate(results.exercises)
    )
    heads = [
        ("Exercise", "text"),
        ("Points", "number"),
        ("Passed in full", "number"),
        ("Difficulty", "number"),
        ("Discrimination", "number"),
        ("Most frequent mistake", "text"),
    ]
    return join(tag("p", _LEGEND, class_="soft"), sortable_table("Exercises", heads, rows))


def group_table(results: ClassResults) -> Html:
    """One row for each test group of each exercise."""
    earned, totals, points = _by_group(results)
    hard, apart = difficulty(earned, points), discrimination(earned, totals)
    passed = _mean(results.passed[results.graded])
    rows = (
        tag(
            "tr",
            tag("th", tag("code", results.exercises[group.exercise].name), scope="row"),
            tag("th", group.name, scope="row"),
            tag("td", "public" if group.public else "hidden"),
            tag("td", f"{group.points:g}", class_="number"),
            *_figures(passed[place], hard[place], apart[place]),
        )
        for place, group in enumerate(results.groups)
    )
    heads = [
        ("Exercise", "text"),
        ("Test group", "text"),
        ("Seen", "text"),
        ("Points", "number"),
        ("Passed", "number"),
        ("Difficulty", "number"),
        ("Discrimination", "number"),
    ]
    summary = tag("summary", f"All {len(results.groups)} test groups")
    return tag("details", summary, sortable_table("Test groups", heads, rows))


def idle_groups(results: ClassResults) -> Html:
    """Which groups gave everybody the same points: in this class they told nobody apart."""
    earned, _, _ = _by_group(results)
    if len(earned) < 2:
        return tag("p", "Two hand-ins at least are needed to say what tells them apart.")
    idle = np.flatnonzero(~separates(earned))
    passed = _mean(results.passed[results.graded])
    if not idle.size:
        return tag("p", "Every test group tells some students from others.")
    lists = (
        ("Passed by everybody", [int(place) for place in idle if passed[place] == 1.0]),
        ("Passed by nobody", [int(place) for place in idle if passed[place] == 0.0]),
    )
    return join(
        tag(
            "p",
            f"{idle.size} of {len(results.groups)} test groups separate nobody in this class. "
            "That may be as it should be: they guard against mistakes that nobody made this time.",
        ),
        (_idle(results, title, places) for title, places in lists if places),
    )


def _idle(results: ClassResults, title: str, places: Sequence[int]) -> Html:
    by_exercise: dict[int, list[str]] = {}
    for place in places:
        group = results.groups[place]
        by_exercise.setdefault(group.exercise, []).append(group.name)
    lines = (
        tag("li", tag("code", results.exercises[exercise].name), f": {', '.join(names)}")
        for exercise, names in by_exercise.items()
    )
    return join(tag("h3", f"{title}: {len(places)}"), tag("ul", lines, class_="plain"))


def _by_group(results: ClassResults) -> tuple[Matrix, Vector, Vector]:
    """Points earned by those who were graded, their totals, the points that there are."""
    earned = results.earned[results.graded]
    points = np.array([group.points for group in results.groups])
    return earned, earned.sum(axis=1), points


def _mean(passed: npt.NDArray[np.bool_]) -> Vector:
    if not len(passed):
        return np.full(passed.shape[1], np.nan)
    shares: Vector = passed.mean(axis=0)
    return shares


def _figures(passed: float, hard: float, apart: float) -> Iterator[Html]:
    bar = meter(passed) if passed == passed else None
    share = "" if passed != passed else f"{passed:.4f}"
    yield tag("td", bar, percent(passed), class_="number", data_v=share)
    yield tag("td", _decimal(hard), class_="number")
    remark = tag("small", "check this") if apart < 0 else None
    yield tag("td", _decimal(apart), remark, class_="number")


def _decimal(value: float) -> str:
    return DASH if value != value else f"{value:.2f}".replace("-", MINUS)


def _frequent(results: ClassResults, exercise: int) -> Html | None:
    own = (one for one in results.mistakes if one.exercise == exercise)
    first = next(own, None)
    return None if first is None else join(tag("code", first.name), f" ({first.count})")
