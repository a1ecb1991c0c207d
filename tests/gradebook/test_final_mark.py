from typing import Any

import pytest

from autograder.gradebook.final_mark import Adjustment, FinalMark, Standing, in_words
from autograder.model import Student

LI = Student("Li", ("1",))
BONUS = Adjustment(2.0, "a good idea", "2026-09-12T10:00:00+00:00")
TAKEN = Adjustment(-100.0, "copied", "2026-09-13T10:00:00+00:00")


def mark(standing: Standing = Standing.GRADED, **parts: Any) -> FinalMark:
    return FinalMark(LI, "li", standing, 100.0, **parts)


def test_the_parts_add_up():
    assert mark(score=87.5).final == 87.5
    assert mark(score=87.5, days_late=2, lost=17.5, adjustments=(BONUS,)).final == 72.0
    assert mark(score=100.0, adjustments=(BONUS, BONUS)).final == 104.0


def test_a_mark_is_never_below_zero():
    both = mark(score=87.5, adjustments=(TAKEN, BONUS))
    assert (both.adjustment, both.final) == (-98.0, 0.0)


def test_what_was_not_graded_has_no_mark_whatever_was_adjusted():
    assert mark(Standing.JUDGE_ERROR, adjustments=(BONUS,)).final is None
    assert "no fault" in in_words(mark(Standing.JUDGE_ERROR))[0]


def test_who_handed_nothing_in_has_no_mark_but_one_given_by_hand():
    assert mark(Standing.MISSING).final is None
    assert in_words(mark(Standing.MISSING)) == ("no hand-in",)
    given = mark(Standing.MISSING, adjustments=(BONUS,))
    assert given.final == 2.0
    assert in_words(given)[-1] == "final mark: 2 of 100"


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        ({}, ("graded: 87.5 of 100",)),
        (
            {"days_late": 2, "lost": 17.5, "adjustments": (BONUS,)},
            (
                "graded: 87.5 of 100",
                "late by 2 days: -17.5",
                "adjusted: +2 (a good idea)",
                "final mark: 72 of 100",
            ),
        ),
        (
            {"days_late": 1},
            ("graded: 87.5 of 100", "late by 1 day: +0", "final mark: 87.5 of 100"),
        ),
    ],
)
def test_in_words(parts, lines):
    assert in_words(mark(score=87.5, **parts)) == lines


def test_a_reason_stays_on_its_line():
    odd = Adjustment(1.0, "a\nb\x1b[31m\u202e", "2026")
    lines = in_words(mark(score=1.0, adjustments=(odd,)))
    assert all(line.isprintable() for line in lines)
