"""The table of all students, to be sorted, filtered, and followed to their own pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.gradebook.final_mark import FinalMark, Standing
from autograder.reporting.class_results import ClassResults, StudentRow
from autograder.reporting.pages.html import Html, join, tag
from autograder.reporting.pages.meter import DASH
from autograder.reporting.pages.sortable import sortable_table

_SHADES = 4
_NO_MARK = {Standing.JUDGE_ERROR: "not graded", Standing.MISSING: "no hand-in"}


def student_table(results: ClassResults, marks: Sequence[FinalMark], rows: Html) -> Html:
    """The filters, which the script shows, and the table with its headings around `rows`."""
    has = _Columns.of(marks)
    heads = [("Student", "text")]
    heads += [("Section", "text")] * has.section
    heads += [("Mark", "number")]
    heads += [("As graded", "number")] * has.graded
    heads += [(exercise.name, "number") for exercise in results.exercises]
    heads += [("Seconds", "number")]
    return join(_filters(results), sortable_table("Students", heads, [rows], id="all-students"))


def student_rows(
    results: ClassResults, marks: Sequence[FinalMark], links: Mapping[int, str]
) -> Iterator[Html]:
    """One row for each mark, made as it is asked for.

    `links` are the addresses of the feedback pages, by the place of the mark.
    """
    has = _Columns.of(marks)
    places = {one.id: place for place, one in enumerate(results.students)}
    points = results.earned_by_exercise
    most = [one.points for one in results.exercises]
    empty = [_EMPTY] * len(most)
    for number, mark in enumerate(marks):
        place = places.get(mark.submission or "")
        row = None if place is None else results.students[place]
        graded = row is not None and row.judge_error is None
        yield tag(
            "tr",
            tag("th", _name(mark, links.get(number)), scope="row"),
            tag("td", mark.student.section, class_="section") if has.section else None,
            _mark(mark),
            tag("td", _points(mark.score)) if has.graded else None,
            map(_cell, points[place].tolist(), most) if graded else empty,
            _EMPTY if row is None else tag("td", f"{row.seconds:.3f}"),
            data_m=_mistakes(row),
        )


@dataclass(frozen=True)
class _Columns:
    """Which columns there are only where somebody has something in them."""

    section: bool
    graded: bool

    @classmethod
    def of(cls, marks: Sequence[FinalMark]) -> _Columns:
        return cls(
            any(mark.student.section for mark in marks),
            any(mark.lost or mark.adjustments for mark in marks),
        )


def _name(mark: FinalMark, address: str | None) -> Html:
    """The name, or the id where there is none; the id beside a name, since names repeat."""
    id = mark.submission or ", ".join(mark.student.ids)
    name = mark.student.name or id
    beside = tag("small", id, dir="auto") if name != id and id else None
    shown = tag("a", name, href=address, dir="auto") if address else tag("bdi", name)
    return join(shown, beside)


def _mark(mark: FinalMark) -> Html:
    if mark.final is None:
        return tag("td", _NO_MARK.get(mark.standing, DASH), class_="none", data_v="")
    parts = []
    if mark.days_late:
        parts.append("late")
    if mark.adjustments:
        parts.append("adjusted")
    remark = tag("small", ", ".join(parts)) if parts else None
    return tag("td", tag("b", f"{mark.final:g}"), remark, data_v=f"{mark.final:g}")


def _cell(points: float, most: float) -> Html:
    """Points, on a tint that is stronger the more of them are missing; full marks have none."""
    missing = (1.0 - points / most) if most else 0.0
    shade = min(_SHADES, int(missing * _SHADES) + 1) if missing > 1e-9 else 0
    return tag("td", f"{points:g}", class_=f"s{shade}" if shade else None)


_EMPTY = tag("td")


def _points(score: float | None) -> str:
    return "" if score is None else f"{score:g}"


def _mistakes(row: StudentRow | None) -> str | None:
    return " ".join(map(str, row.mistakes)) or None if row is not None else None


def _filters(results: ClassResults) -> Html:
    options = (
        tag(
            "option",
            f"{results.exercises[one.exercise].name}: {one.name} ({one.count})",
            value=str(place),
        )
        for place, one in enumerate(results.mistakes)
    )
    return tag(
        "form",
        tag("label", "Find ", tag("input", type="search", id="find", placeholder="name or id")),
        tag(
            "label",
            "Mistake ",
            tag("select", tag("option", "any or none", value=""), options, id="mistake"),
        ),
        tag("p", id="found", role="status"),
        id="filters",
        role="search",
        aria_label="Filter the students",
        hidden=True,
    )
