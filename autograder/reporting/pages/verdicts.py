"""Shows verdicts as words, beside which the style sheet puts a sign of a shape of its own."""

from __future__ import annotations

from autograder.model import Verdict
from autograder.reporting.pages.html import Html, tag

WORDS = {
    Verdict.ACCEPTED: ("pass", "passed"),
    Verdict.WRONG_ANSWER: ("fail", "wrong answer"),
    Verdict.RUNTIME_ERROR: ("fault", "error"),
    Verdict.TIME_LIMIT_EXCEEDED: ("time", "out of time"),
    Verdict.MEMORY_LIMIT_EXCEEDED: ("memory", "out of memory"),
    Verdict.OUTPUT_LIMIT_EXCEEDED: ("output", "too much output"),
    Verdict.NOT_ATTEMPTED: ("todo", "not written"),
    Verdict.JUDGE_ERROR: ("judge", "not graded"),
}
"""Of each verdict the name in the style sheet and the words."""


def verdict(value: Verdict) -> Html:
    name, words = WORDS[value]
    return tag("span", words, class_=f"sign {name}")
