"""Which attempt counts."""

from datetime import datetime, timezone

import pytest

from autograder.gradebook.attempts import counted
from autograder.model import Attempt, Student

ADA, LI = Student("Ada", ("1",)), Student("Li", ("2",))


def _at(day: int) -> datetime:
    return datetime(2026, 9, day, tzinfo=timezone.utc)


ATTEMPTS = (
    Attempt("late", (), (ADA,), _at(12)),
    Attempt("early", (), (ADA, LI), _at(10)),
    Attempt("undated", (), (Student("Ada W.", ("1", "ada")),), None, 7),
)
SCORES = {"late": 50.0, "early": 90.0, "undated": 10.0}


def _chosen(rule: str, scores: dict[str, float] = SCORES) -> dict[str, str]:
    return {who.ids[0]: each.id for who, each in counted(ATTEMPTS, scores, rule).items()}


def test_the_latest_or_the_best_counts() -> None:
    assert _chosen("latest") == {"1": "late", "2": "early"}
    assert _chosen("best") == {"1": "early", "2": "early"}


def test_of_equal_scores_the_later_counts_and_none_is_below_all() -> None:
    assert _chosen("best", {"late": 90.0, "early": 90.0})["1"] == "late"
    assert _chosen("best", {"undated": 0.0})["1"] == "undated"


def test_numbers_order_what_has_no_time() -> None:
    attempts = [Attempt(str(number), (), (ADA,), None, number) for number in (2, 10, 1)]
    assert counted(attempts, {})[ADA].id == "10"


def test_an_unknown_rule() -> None:
    with pytest.raises(KeyError):
        counted(ATTEMPTS, SCORES, "average")
