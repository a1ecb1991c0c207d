"""Draws how many students have how many points, with the same numbers as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.reporting.pages.html import Html, tag
from autograder.reporting.statistics import Summary

_WIDTH, _HEIGHT = 720.0, 190.0
_BELOW, _ABOVE = 24.0, 42.0
_TICKS = 5
_LABEL = 90.0
"""Room for the name of a line."""


def histogram_figure(counts: Sequence[int], top: float, summary: Summary | None) -> Html:
    """Bars for equal steps from 0 to `top`, with marks at the mean and the median."""
    step = top / len(counts)
    description = (
        f"Histogram of marks in steps of {step:g} points. "
        + (f"Mean {summary.mean:.1f}, median {summary.median:.1f}. " if summary else "")
        + "The table below has the numbers."
    )
    picture = tag(
        "svg",
        tag("title", description),
        _bars(counts, step),
        _axis(top),
        None if summary is None else _marks(summary, top),
        class_="histogram",
        role="img",
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT + _BELOW + _ABOVE:g}",
    )
    rows = (
        tag(
            "tr",
            tag("th", _range(place, step, len(counts)), scope="row"),
            tag("td", str(count), class_="number"),
        )
        for place, count in enumerate(counts)
    )
    heads = tag("th", "Points", scope="col"), tag("th", "Students", scope="col", class_="number")
    numbers = tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows), class_="narrow")
    return tag("figure", picture, tag("details", tag("summary", "The numbers"), numbers))


def _bars(counts: Sequence[int], step: float) -> Iterator[Html]:
    width, most = _WIDTH / len(counts), max(max(counts), 1)
    for place, count in enumerate(counts):
        if not count:
            continue
        height = max(2.0, _HEIGHT * count / most)
        left, up = place * width, _ABOVE + _HEIGHT - height
        hover = tag("title", f"{_range(place, step, len(counts))} points: {count}")
        bar = tag("rect", x=left + 1.5, y=up, width=width - 3, height=height, rx=2)
        number = tag("text", str(count), x=left + width / 2, y=up - 5, text_anchor="middle")
        yield tag("g", hover, bar, number)


def _axis(top: float) -> Iterator[Html]:
    base = _ABOVE + _HEIGHT
    yield tag("line", class_="axis", x1=0, y1=base + 0.5, x2=_WIDTH, y2=base + 0.5)
    for place in range(_TICKS + 1):
        anchor = {0: "start", _TICKS: "end"}.get(place, "middle")
        x = _WIDTH * place / _TICKS
        yield tag("text", f"{top * place / _TICKS:g}", x=x, y=base + 17, text_anchor=anchor)


def _marks(summary: Summary, top: float) -> Iterator[Html]:
    """A line for each, told apart by dashes, with its name on the side away from the other."""
    both = sorted([(summary.mean, "mean"), (summary.median, "median")])
    for row, (value, name) in enumerate(both):
        x = _WIDTH * min(max(value / top, 0.0), 1.0) if top > 0 else 0.0
        up = 10 + 13 * row
        yield tag("line", class_=name, x1=x, y1=up - 8, x2=x, y2=_ABOVE + _HEIGHT)
        leans = x > _LABEL if row == 0 else x > _WIDTH - _LABEL
        anchor = "end" if leans else "start"
        text = f"{name} {value:.1f}"
        yield tag("text", text, x=x + (-5 if leans else 5), y=up, text_anchor=anchor)


def _range(place: int, step: float, count: int) -> str:
    low, high = place * step, (place + 1) * step
    return f"{low:g} to {high:g}" if place == count - 1 else f"{low:g} to under {high:g}"
