"""Draws a share as a bar, and says it as a percentage."""

from __future__ import annotations

from autograder.reporting.pages.html import Html, tag

DASH = "\N{EN DASH}"
"""Where there is no number."""
MINUS = "\N{MINUS SIGN}"


def meter(share: float) -> Html:
    """A bar filled to `share`, between 0 and 1; a number beside it has to say the same."""
    return tag(
        "svg",
        tag("rect", class_="track", width=100, height=4),
        tag("rect", class_="fill", width=round(100 * share, 1), height=4) if share > 0 else None,
        viewBox="0 0 100 4",
        preserveAspectRatio="none",
        class_="meter",
        aria_hidden="true",
    )


def percent(share: float) -> str:
    """Whole percents, but never 0% for some nor 100% for not all; a dash where it is not known."""
    if share != share:
        return DASH
    if 0.0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1.0:
        return ">99%"
    return f"{share:.0%}"
